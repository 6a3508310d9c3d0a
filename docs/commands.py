"""The commands of a Typer app as Markdown, read from the signatures of their functions.

What `typer` builds out of a signature changes between its versions; the signature does not, so
the page is the same whichever version made it.
"""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import typer
from typer.models import ArgumentInfo, OptionInfo

from markdown_cells import table_of

_PLAIN = {
    str: "text",
    int: "whole number",
    Decimal: "number",
    Path: "path",
    date: "date",
    datetime: "date",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument or option: how it is written, what it takes, what it is for."""

    written: str
    value: str
    said: str
    is_hidden: bool


def sections(app: typer.Typer) -> Iterator[str]:
    """One section for each command, in the order of their names."""
    for name, function, said in sorted(listed(app)):
        found = [p for p in parameters(function) if not p.is_hidden]
        yield f"(command-{name})=\n## `{name}`"
        yield f"```text\n{_usage(name, found)}\n```"
        yield said
        if found:
            rows = [(p.written, p.value, p.said) for p in found]
            yield table_of(("argument or option", "value", "what"), rows)


def listed(app: typer.Typer) -> Iterator[tuple[str, Callable[..., Any], str]]:
    """Name, function and help of every command that `--help` shows."""
    for info in app.registered_commands:
        function = info.callback
        if function is None or info.hidden:
            continue
        name = info.name or function.__name__.replace("_", "-")
        yield name, function, _help(info.help or function.__doc__ or "")


def parameters(function: Callable[..., Any]) -> Iterator[Parameter]:
    """The arguments and options of one command's function."""
    hints = typing.get_type_hints(function, include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints[name]
        if hint is typer.Context:
            continue
        info: Any = parameter.default
        default: Any = parameter.default
        if typing.get_origin(hint) is typing.Annotated:
            hint, *extras = typing.get_args(hint)
            info = next(e for e in extras if isinstance(e, (ArgumentInfo, OptionInfo)))
        elif isinstance(info, (ArgumentInfo, OptionInfo)):
            default = info.default
        is_argument = isinstance(info, ArgumentInfo)
        written = _argument(name, info) if is_argument else _option(name, info, hint)
        yield Parameter(
            written,
            _value(hint, info, default),
            _said(info),
            bool(getattr(info, "hidden", False)),
        )


def _argument(name: str, info: ArgumentInfo) -> str:
    return f"`{info.metavar or name.upper()}`"


def _option(name: str, info: Any, hint: Any) -> str:
    # Inside Annotated the first name stands where the default of the old style stood.
    given = (getattr(info, "default", None), *(getattr(info, "param_decls", None) or ()))
    declared = [d for d in given if isinstance(d, str) and d.startswith("-")]
    if not declared:
        dashed = name.replace("_", "-")
        declared = [f"--{dashed}/--no-{dashed}" if hint is bool else f"--{dashed}"]
    return ", ".join(f"`{part}`" for d in declared for part in d.split("/"))


def _value(hint: Any, info: Any, default: Any) -> str:
    if hint is bool:
        return "flag"
    value = _kind(hint)
    if isinstance(info, OptionInfo) and info.metavar:
        value = f"`{info.metavar}`" + (", several" if "several" in value else "")
    if default is inspect.Parameter.empty or default is ...:
        return f"{value}, required"
    if default is None or default in ((), []):
        return value
    shown = default.value if isinstance(default, enum.Enum) else default
    return f"{value}, default `{shown}`"


def _kind(hint: Any) -> str:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _kind(next(kind for kind in inner if kind is not type(None)))
    if origin in (list, tuple):
        return f"{_kind(inner[0])}, several"
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return " or ".join(f"`{member.value}`" for member in hint)
    return _PLAIN[hint]


def _said(info: Any) -> str:
    said = getattr(info, "help", None) or ""
    envvar = getattr(info, "envvar", None)
    names = [envvar] if isinstance(envvar, str) else list(envvar or ())
    if names:
        said += " Environment: " + ", ".join(f"`{name}`" for name in names) + "."
    return said


def _usage(name: str, found: list[Parameter]) -> str:
    arguments = [p for p in found if not p.written.startswith("`-")]
    words = [f"ratepress {name}"]
    if len(arguments) < len(found):
        words.append("[OPTIONS]")
    for argument in arguments:
        word = argument.written.strip("`")
        word += "..." if ", several" in argument.value else ""
        words.append(word if "required" in argument.value else f"[{word}]")
    return " ".join(words)


def _help(text: str) -> str:
    # `\f` ends what --help shows, and `\b` marks text that it must not wrap.
    return inspect.cleandoc(text.split("\f")[0].replace("\b\n", ""))
