"""Every command says what it is, which Python function is its twin, and what each option is for."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.models import ArgumentInfo, OptionInfo

from cli_calls import Call
from ratepress.cli import commands as commands_package
from ratepress.cli.app import app

COMMANDS: dict[str, Callable[..., Any]] = {
    info.name or info.callback.__name__.replace("_", "-"): info.callback
    for info in app.registered_commands
    if info.callback is not None
}
# The demo makes its own, and what is fetched or inspected is not added.
WITHOUT_A_LAKE = ("demo", "fetch", "inspect")
# `mcp` speaks a protocol of its own on standard output.
WITHOUT_JSON = ("mcp",)
TWIN = re.compile(r"Python: (.*)", re.DOTALL)


def parameters(command: Callable[..., Any]) -> dict[str, ArgumentInfo | OptionInfo]:
    """The argument or option of each parameter of a command's function."""
    hints = typing.get_type_hints(command, include_extras=True)
    return {
        name: next(
            extra
            for extra in typing.get_args(hints[name])[1:]
            if isinstance(extra, (ArgumentInfo, OptionInfo))
        )
        for name in inspect.signature(command).parameters
    }


def written(info: ArgumentInfo | OptionInfo) -> list[str]:
    """How an option is written; typer holds the first spelling as its default until it is used."""
    said = (info.default, *(info.param_decls or ()))
    return [option for option in said if isinstance(option, str) and option.startswith("--")]


def test_there_is_one_module_for_each_command() -> None:
    folder = Path(commands_package.__file__ or "").parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert modules == {name.replace("-", "_") for name in COMMANDS}


def test_the_commands_of_the_first_press_run_are_there() -> None:
    wanted = "add sources remove verify price code benchmark explain publish demo"
    assert set(wanted.split()) <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_names_a_python_twin_that_exists(name: str) -> None:
    found = TWIN.search(inspect.getdoc(COMMANDS[name]) or "")
    assert found
    twins = [twin for twin in re.findall(r"`([\w.]+)`", found[1]) if twin.startswith("ratepress.")]
    assert twins
    for twin in twins:
        module, _, attribute = twin.rpartition(".")
        try:
            owner: Any = import_module(module)
        except ModuleNotFoundError:  # A method: the module is one step up.
            module, _, owner_name = module.rpartition(".")
            owner = getattr(import_module(module), owner_name)
        assert callable(getattr(owner, attribute)), twin


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_and_option_is_explained_in_a_sentence(name: str) -> None:
    for parameter, info in parameters(COMMANDS[name]).items():
        assert info.help, parameter
        assert info.help.endswith("."), info.help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_json_and_the_folder_of_the_lake(name: str) -> None:
    options = {option for info in parameters(COMMANDS[name]).values() for option in written(info)}
    assert ("--json" in options) is (name not in WITHOUT_JSON)
    assert ("--lake" in options) is (name not in WITHOUT_A_LAKE)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_every_option(call: Call, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("TERMINAL_WIDTH", "300")
    done = call(name, "--help")
    assert done.code == 0
    options = [o for info in parameters(COMMANDS[name]).values() for o in written(info)]
    assert options
    assert [option for option in options if option not in done.out] == []
