"""The reference page of the HTTP API, printed from its OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markdown_cells import table_of
from ratepress.service.limits import Limits
from ratepress.service.openapi import document

_GROUPS = {
    "questions": "Questions, each a Python function too. Its answer is the success shape.",
    "pages": "Pages, at the addresses of the static site, in several forms.",
    "service": "What every service has.",
}


def sections() -> Iterator[str]:
    """Every address by group: what it gives, what it takes, and the statuses it may have."""
    told = document(Limits())
    for group, about in _GROUPS.items():
        yield f"## {group.capitalize()}"
        yield about
        for path, item in told["paths"].items():
            for method, operation in item.items():
                if operation["tags"] == [group]:
                    yield from _operation(path, method.upper(), operation)
    yield "## Statuses"
    responses = told["components"]["responses"]
    rows = [("200", "The answer."), ("304", "What was asked for by its `ETag` has not changed.")]
    rows += [(name.removeprefix("Error"), one["description"]) for name, one in responses.items()]
    yield table_of(("status", "when"), rows)
    yield "Every error is the [one error shape](json.md)."


def _operation(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"### `{method} {path}`"
    kinds = ", ".join(f"`{kind}`" for kind in operation["responses"]["200"]["content"])
    yield f"{operation['summary']} Gives {kinds}."
    rows = [_parameter(one) for one in operation.get("parameters", [])]
    if rows:
        yield table_of(("parameter", "in", "needed", "kind", "what"), rows)
    if "requestBody" in operation:
        bodies = ", ".join(f"`{kind}`" for kind in operation["requestBody"]["content"])
        yield f"The body is {bodies}."


def _parameter(one: dict[str, Any]) -> tuple[str, ...]:
    needed = "yes" if one["required"] else "no"
    return (
        f"`{one['name']}`", one["in"], needed, _kind(one["schema"]), one.get("description", ""),
    )  # fmt: skip


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "enum" in schema:
        words = " or ".join(f"`{one}`" for one in schema["enum"])
    elif schema.get("type") == "array":
        words = f"repeated: {_kind(schema['items'])}"
    elif "anyOf" in schema:
        words = " or ".join(_kind(one) for one in schema["anyOf"])
    else:
        words = schema.get("format") or schema.get("type", "any")
    bounds = [str(schema[name]) for name in ("minimum", "maximum") if name in schema]
    if bounds:
        words += f", {' to '.join(bounds)}"
    return f"{words}; `{schema['default']}`" if "default" in schema else words
