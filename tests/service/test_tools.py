"""Assistants get the same answers, with sources and gaps, in bounded size."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mcp import Client, StdioServerParameters, stdio_client

import own_loop
from ratepress.core.errors import LakeDamaged, UsageError
from ratepress.core.shapes import success, to_json
from ratepress.lake.store import Lake
from ratepress.medicare.quote import quote
from ratepress.service.questions import QUESTIONS, Reply
from ratepress.service.tools import MOST_BYTES, bounded, call, server, tool

DAY = "2026-07-15"


def asked(lake: Path, name: str, **arguments: Any) -> Any:
    """What the SDK's own client gets from a server in this process."""

    async def talk() -> Any:
        async with Client(server(Lake.open(lake))) as client:
            return await client.call_tool(name, arguments)

    return own_loop.run(talk())


def test_a_price_is_what_quote_says_with_its_sources(examples: Path) -> None:
    found = asked(examples, "price", code="32557", date=DAY)
    expected = quote(Lake.open(examples), "32557", date(2026, 7, 15))
    whole = json.loads(to_json(success("price", expected, expected.notes)))
    assert not found.is_error
    assert found.structured_content == whole
    assert json.loads(found.content[0].text) == whole
    assert '"content_id"' in found.content[0].text
    assert '"gap"' in found.content[0].text


def test_the_tools_are_the_questions_and_say_what_they_take(examples: Path) -> None:
    async def talk() -> Any:
        async with Client(server(Lake.open(examples))) as client:
            return (await client.list_tools()).tools, client.instructions

    tools, instructions = own_loop.run(talk())
    assert [one.name for one in tools] == [question.name for question in QUESTIONS]
    assert "gaps" in instructions
    for one in tools:
        Draft202012Validator.check_schema(one.input_schema)
        assert one.annotations.read_only_hint
    price = next(one for one in tools if one.name == "price").input_schema
    assert price["required"] == ["code", "date"]
    check = Draft202012Validator(tool(QUESTIONS[3]).input_schema)
    assert check.is_valid({"lines": [{"claim_id": "1", "date": DAY, "code": "99213"}]})
    assert not check.is_valid({"lines": [{"claim_id": 1}]})


def test_claim_lines_are_checked(examples: Path) -> None:
    line = {"claim_id": "1", "date": DAY, "code": "32557", "modifiers": "26", "pos": "22"}
    found = asked(examples, "check", lines=[line]).structured_content["data"]
    assert [one["status"] for one in found["lines"]] == ["deny"]
    assert found["lines"][0]["findings"][0]["rule"] == "C64"


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("price", {"code": "32557"}, "usage"),
        ("price", {"code": "32557", "date": DAY, "units": "3"}, "usage"),
        ("price", {"code": "32557", "date": DAY, "colour": "red"}, "usage"),
        ("rule", {"rule_id": "M999"}, "usage"),
        ("nothing", {}, "usage"),
        ("code", {"code": "32557", "date": "2019-07-15"}, "missing-reference-data"),
    ],
)
def test_an_error_is_told_in_the_one_shape(
    examples: Path, name: str, arguments: dict[str, Any], code: str
) -> None:
    found = call(Lake.open(examples), name, arguments)
    assert found.is_error
    assert found.structured_content is not None
    assert found.structured_content["ok"] is False
    assert found.structured_content["error"]["code"] == code


def test_an_error_of_ours_tells_nothing_of_our_insides(
    examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Reply:
        raise LakeDamaged("/srv/secret: gone")

    monkeypatch.setattr("ratepress.service.tools.QUESTIONS", (QUESTIONS[0]._replace(answer=fail),))
    found = call(Lake.open(examples), "price", {"code": "32557", "date": DAY})
    assert found.is_error
    assert "secret" not in found.model_dump_json()


def test_no_answer_is_longer_than_an_assistant_reads(examples: Path) -> None:
    """The list of all rules and the code sheet are longer, and are cut."""
    for name, arguments in (("rules", {}), ("code", {"code": "32557", "date": DAY})):
        found = call(Lake.open(examples), name, arguments)
        assert not found.is_error
        assert len(found.content[0].text.encode()) <= MOST_BYTES  # type: ignore[union-attr]
        assert found.structured_content is not None
        assert any("left out" in note for note in found.structured_content["notes"])


@given(
    st.recursive(
        st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text("ab"), inner),
        max_leaves=200,
    ),
    st.integers(300, 2000),
)
def test_what_is_cut_is_counted(data: Any, most: int) -> None:
    try:
        found = bounded("x", Reply(data), most)
    except UsageError:
        return
    assert len(json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass")) <= most
    if found["data"] == data:
        assert found["notes"] == []
    else:
        missing = sum(int(n.split()[0].replace(",", "")) for n in found["notes"][:-1])
        assert missing > 0


def test_it_talks_over_standard_input_and_output(examples: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "ratepress", "mcp", "--lake", str(examples)]
    )

    async def talk() -> Any:
        async with Client(stdio_client(command)) as client:
            tools = await client.list_tools()
            return tools, await client.call_tool("rule", {"rule_id": "M05"})

    tools, found = own_loop.run(talk())
    assert len(tools.tools) == len(QUESTIONS)
    assert found.structured_content["data"]["id"] == "M05"
