"""The OpenAPI 3.1 document, made from the questions and the kinds of page.

docs/reference/http-api.md is made from it.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any, Final

import msgspec

from ratepress.service.answers import TYPES
from ratepress.service.asked import MOST_LINES
from ratepress.service.limits import Limits
from ratepress.service.pages import KINDS, Kind
from ratepress.service.questions import QUESTIONS, Question
from ratepress.service.schema import Schema, Schemas

CHECK_CSV: Final = "/api/check.csv"
_ERRORS = {
    400: "The question is not understood, or asks for what cannot be.",
    404: "Nothing stands here, or the lake has not the release that the answer needs.",
    405: "There is no such method at this address.",
    413: "The body, or the number of its lines, is over the limit.",
    414: "The address is over the limit.",
    415: "The body is of another type.",
    421: "The service does not answer to that host name.",
    500: "The service failed at this question.",
    503: "Too much is asked at once, the answer takes too long, or the lake cannot be read.",
}
_OF_ALL = (400, 404, 414, 421, 500, 503)
_OF_BODIES = (413, 415)


def document(limits: Limits) -> dict[str, Any]:
    """The document; `limits` are told in its description.

    >>> document(Limits())["openapi"]
    '3.1.0'
    """
    schemas, taken = Schemas(), Schemas(is_input=True)
    paths: dict[str, Any] = {}
    for question in QUESTIONS:
        paths |= _question(question, schemas, taken)
    paths[CHECK_CSV] = {"post": _check_csv()}
    for kind in KINDS:
        paths |= _page(kind)
    paths |= _of_every_service()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ratepress",
            "version": version("ratepress"),
            "summary": "Prices by billing code, with their sources, and what may be billed.",
            "description": (
                "Money is text, with its digits kept; dates are ISO. Every answer carries an "
                "`ETag` that holds until the lake changes. At most "
                f"{limits.body_bytes:,} bytes in a body, {limits.query_bytes:,} in a query, "
                f"{limits.seconds:g} seconds for an answer."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": {**dict(sorted((schemas.named | taken.named).items())), "Failure": _FAILURE},
            "responses": {
                f"Error{status}": {
                    "description": about,
                    "content": {"application/json": {"schema": _ref("Failure")}},
                }
                for status, about in _ERRORS.items()
            },
        },
    }


def _question(question: Question, schemas: Schemas, taken: Schemas) -> dict[str, Any]:
    gives = {"application/json": {"schema": success_of(question.name, schemas.of(question.gives))}}
    operation: dict[str, Any] = {
        "operationId": question.name,
        "summary": question.about,
        "tags": ["questions"],
    }
    if question.method == "POST":
        body = {"schema": taken.of(question.asked)}
        operation |= {
            "requestBody": {"required": True, "content": {"application/json": body}},
            "responses": _responses(gives, has_body=True),
        }
        return {question.path: {"post": operation}}
    operation["parameters"] = parameters(question.asked, question.path)
    operation["responses"] = _responses(gives, is_cached=True)
    if question.table is None:
        return {question.path: {"get": operation}}
    table = {"text/csv": {"schema": {"type": "string"}}}
    operation["responses"]["200"]["content"] |= table
    as_csv = {
        **operation,
        "operationId": f"{question.name}_csv",
        "summary": f"{question.about} As CSV.",
        "responses": _responses(table, is_cached=True),
    }
    return {f"{question.path}.csv": {"get": as_csv}, question.path: {"get": operation}}


def _check_csv() -> dict[str, Any]:
    text = {"text/csv": {"schema": {"type": "string"}}}
    return {
        "operationId": "check_csv",
        "summary": f"As `check`, from CSV to CSV; at most {MOST_LINES:,} lines.",
        "tags": ["questions"],
        "parameters": [
            {"name": "strict", "in": "query", "required": False, "schema": {"type": "boolean"}}
        ],
        "requestBody": {"required": True, "content": text},
        "responses": _responses(text, has_body=True),
    }


def _page(kind: Kind) -> dict[str, Any]:
    """The address of a kind of page, and one more for each of its other forms."""
    if not kind.is_folder:
        (form,) = kind.write
        path = f"/{kind.shown}.{form}"
        return {path: _page_operation(kind, kind.name, (form,), path)}
    stem = f"/{kind.shown}/" if kind.shown else "/"
    found = {stem: _page_operation(kind, kind.name, tuple(kind.write), stem)}
    for form in kind.write:
        if form != "html":
            path = f"/{kind.shown}.{form}"
            found[path] = _page_operation(kind, f"{kind.name}_{form}", (form,), path)
    return found


def _page_operation(kind: Kind, name: str, forms: tuple[str, ...], path: str) -> dict[str, Any]:
    content: dict[str, Any] = {TYPES[form].partition(";")[0]: {"schema": {}} for form in forms}
    in_path = [
        {"name": n, "in": "path", "required": True, "schema": _of_part(kind, n)}
        for n in re.findall(r"{(\w+)}", path)
    ]
    return {
        "get": {
            "operationId": f"page_{name}",
            "summary": kind.about,
            "tags": ["pages"],
            "parameters": [*in_path, *parameters(kind.asked, path)],
            "responses": _responses(content, is_cached=True),
        }
    }


def _of_part(kind: Kind, name: str) -> Schema:
    """The schema of a part of an address: what the kind's own pattern takes there."""
    parts = dict(re.findall(r"\(\?P<(\w+)>([^()]*)\)", kind.address.pattern))
    plain = parts[name].removesuffix(r"\Z")  # JSON Schema has no such end.
    return {"type": "string", "pattern": f"^(?:{plain})$"}


def _of_every_service() -> dict[str, Any]:
    health = {
        "type": "object",
        "properties": {"generation": {"type": "integer"}},
        "required": ["generation"],
    }
    told = {
        "health": ("/health", "Whether the lake can be read, and its generation.", {
            "application/json": {"schema": success_of("health", health)}}),
        "metrics": ("/metrics", "Counts of requests, for Prometheus.", {
            "text/plain": {"schema": {"type": "string"}}}),
        "openapi": ("/api/openapi.json", "This document.", {
            "application/json": {"schema": {"type": "object"}}}),
    }  # fmt: skip
    return {
        path: {
            "get": {
                "operationId": name,
                "summary": about,
                "tags": ["service"],
                "responses": _responses(content, is_cached=name == "openapi"),
            }
        }
        for name, (path, about, content) in told.items()
    }


def parameters(kind: type[msgspec.Struct], path: str) -> list[dict[str, Any]]:
    """The parameters of a question, those in its path first."""
    schemas = Schemas()
    in_path = re.findall(r"{(\w+)}", path)
    made = []
    for field in msgspec.structs.fields(kind):
        schema = schemas.of(field.type)
        about = schema.pop("description", None)
        one: dict[str, Any] = {
            "name": field.name,
            "in": "path" if field.name in in_path else "query",
            "required": field.required,
            "schema": _of_text(schema, field.default),
        }
        made.append(one if about is None else {**one, "description": about})
    return sorted(made, key=lambda one: one["in"] != "path")


def _of_text(schema: Schema, default: Any) -> Schema:
    """The schema of a parameter: one that may be left out is never null where it stands."""
    choices = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(choices) == 1:
        schema = {**choices[0], **{k: v for k, v in schema.items() if k != "anyOf"}}
    is_stated = default not in (msgspec.NODEFAULT, None, ())
    return {**schema, "default": default} if is_stated else schema


def success_of(command: str, data: Schema) -> Schema:
    """The schema of the one success shape around `data`.

    >>> success_of("rule", {})["required"]
    ['ok', 'command', 'data', 'notes']
    """
    return {
        "type": "object",
        "properties": {
            "ok": {"const": True},
            "command": {"const": command},
            "data": data,
            "notes": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["ok", "command", "data", "notes"],
    }


def _responses(
    content: dict[str, Any], *, has_body: bool = False, is_cached: bool = False
) -> dict[str, Any]:
    errors = (*_OF_ALL, *(_OF_BODIES if has_body else ()))
    found: dict[str, Any] = {"200": {"description": "The answer.", "content": content}}
    if is_cached:
        found["200"]["headers"] = {
            "ETag": {"description": "Holds until the lake changes.", "schema": {"type": "string"}}
        }
        found["304"] = {"description": "What was asked for by its ETag has not changed."}
    return found | {
        str(status): {"$ref": f"#/components/responses/Error{status}"} for status in sorted(errors)
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT_OR_NOTHING: Schema = {"type": ["string", "null"]}
_FAILURE: Schema = {
    "type": "object",
    "properties": {
        "ok": {"const": False},
        "command": {"type": "string"},
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string"},
                "exit_code": {"type": "integer"},
                "message": {"type": "string"},
                **dict.fromkeys(("place", "found", "expected", "todo"), _TEXT_OR_NOTHING),
            },
            "required": ["code", "exit_code", "message", "place", "found", "expected", "todo"],
        },
    },
    "required": ["ok", "command", "error"],
}
