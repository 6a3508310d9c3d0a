"""The OpenAPI document is valid, is what the service does, and no generated request breaks it."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from starlette.testclient import TestClient

from ratepress.lake.store import Lake
from ratepress.service.app import application
from ratepress.service.limits import Limits
from ratepress.service.openapi import document
from ratepress.service.pages import KINDS
from ratepress.service.questions import QUESTIONS

# A code may be of the right form and be none, and a modifier may not go with a code: that such a
# question is refused is meant, so that all which fits the document is accepted is not among them.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.use_after_free,
]


@pytest.fixture(scope="session")
def schema(examples: Path) -> Any:
    app = application(Lake.open(examples), hosts=["testserver"])
    return schemathesis.openapi.from_asgi("/api/openapi.json", app)


OPERATIONS = [
    (path, method, mode)
    for path, item in document(Limits())["paths"].items()
    for method, operation in item.items()
    for mode in GenerationMode
    # Without a parameter or a body there is nothing to get wrong.
    if mode is GenerationMode.POSITIVE or operation.get("parameters") or "requestBody" in operation
]


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
def test_no_request_that_is_generated_from_the_document_violates_it(
    schema: Any, path: str, method: str, mode: GenerationMode
) -> None:
    operation = schema[path][method.upper()]
    strategy = operation.as_strategy(generation_mode=mode)

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def holds(case: Any) -> None:
        found = case.call()
        # RFC 9110 15.5.15: too long an address is refused unread; schemathesis does not count it.
        if found.status_code != HTTPStatus.REQUEST_URI_TOO_LONG:
            case.validate_response(found, checks=CHECKS)

    holds()


def test_the_document_is_openapi_3_1_and_every_schema_in_it_is_one(client: TestClient) -> None:
    told = client.get("/api/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    for schema_ in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema_)
    refs = set(_refs(told))
    assert {ref.rpartition("/")[2] for ref in refs if "/schemas/" in ref} <= set(
        told["components"]["schemas"]
    )


def _refs(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [ref for value in node.values() for ref in _refs(value)]
    return [ref for one in node for ref in _refs(one)] if isinstance(node, list) else []


def test_every_question_and_every_kind_of_page_is_in_the_document() -> None:
    told = document(Limits())["paths"]
    assert {question.path for question in QUESTIONS} <= set(told)
    names = [operation["operationId"] for item in told.values() for operation in item.values()]
    assert len(set(names)) == len(names)
    forms = sum(len(kind.write) for kind in KINDS)
    assert len([name for name in names if name.startswith("page_")]) == forms


def test_a_parameter_of_the_document_is_one_of_the_record_and_told_when_required() -> None:
    told = document(Limits())["paths"]["/api/price/{code}"]["get"]["parameters"]
    assert [one["name"] for one in told if one["required"]] == ["code", "date"]
    assert [one["in"] for one in told[:2]] == ["path", "query"]
    units = next(one for one in told if one["name"] == "units")
    assert units["schema"] == {"type": "integer", "minimum": 1, "maximum": 9999, "default": 1}


def test_the_document_is_the_same_each_time() -> None:
    assert json.dumps(document(Limits())) == json.dumps(document(Limits()))
