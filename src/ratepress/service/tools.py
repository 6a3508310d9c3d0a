"""The questions as tools for assistants, over MCP: the same answers, bounded in size.

An assistant reads an answer whole, so a long list in one is cut, and the answer says what was left
out and how to ask for it.
"""

from __future__ import annotations

import asyncio
import json
from importlib.metadata import version
from typing import Any, Final

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from ratepress.core.errors import RatepressError, UsageError
from ratepress.core.shapes import failure, success, to_json
from ratepress.lake.store import Lake
from ratepress.service.errors import told
from ratepress.service.questions import QUESTIONS, Question, Reply, understood
from ratepress.service.schema import Schemas

MOST_BYTES: Final = 40_000
"""The largest answer, as JSON; some ten thousand tokens."""
_LENGTHS: Final = (200, 100, 50, 25, 12, 6, 3, 1)
_INSTRUCTIONS: Final = (
    "Prices by US billing code, from published price files and Medicare's schedules, and what may "
    "be billed. Money is text in dollars. Cite the sources that stand in an answer, give the rules "
    "(M05, C02, …; the tool `rule` explains one), and say what is missing: gaps say why. "
    "Never call a price good or bad. Dates of service are asked for; none is taken from today."
)


def server(lake: Lake) -> Server[Any]:
    """An MCP server over a lake, with a tool for each question.

    >>> import tempfile, pathlib
    >>> server(Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")).name
    'ratepress'
    """

    async def list_tools(_: object, __: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[tool(question) for question in QUESTIONS])

    async def call_tool(_: object, asked: types.CallToolRequestParams) -> types.CallToolResult:
        return await asyncio.to_thread(call, lake, asked.name, asked.arguments or {})

    return Server(
        "ratepress",
        version=version("ratepress"),
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def run(lake: Lake) -> None:
    """Answer an assistant over standard input and output, until it hangs up."""

    async def talk() -> None:
        made = server(lake)
        async with stdio_server() as (incoming, outgoing):
            await made.run(incoming, outgoing, made.create_initialization_options())

    asyncio.run(talk())


def tool(question: Question) -> types.Tool:
    """A question as a tool: what it takes, as JSON schema with all records inside it.

    >>> from ratepress.service.questions import QUESTIONS
    >>> tool(QUESTIONS[0]).input_schema["required"]
    ['code', 'date']
    """
    schemas = Schemas(is_input=True)
    schemas.of(question.asked)
    schema = schemas.named.pop(question.asked.__name__)
    if schemas.named:
        schema["$defs"] = schemas.named
    return types.Tool(
        name=question.name,
        description=question.about,
        input_schema=_local(schema),
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


def call(lake: Lake, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
    """What a tool answers, in the one success shape or the one error shape.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> call(lake, "rule", {"rule_id": "M05"}).structured_content["data"]["id"]
    'M05'
    """
    try:
        question = next((one for one in QUESTIONS if one.name == name), None)
        if question is None:
            expected = ", ".join(one.name for one in QUESTIONS)
            raise UsageError("There is no such tool", found=name, expected=expected)
        asked = understood(question.asked, arguments, is_text=False)
        shape = bounded(name, question.answer(lake, asked))
        is_error = False
    except Exception as error:
        shape, is_error = _plain(failure(name, _told(error))), True
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=json.dumps(shape, ensure_ascii=False))],
        structured_content=shape,
        is_error=is_error,
    )


def bounded(name: str, reply: Reply, most: int = MOST_BYTES) -> dict[str, Any]:
    """The success shape, with long lists cut until it is at most `most` bytes.

    What was left out stands in the notes. `UsageError` where even short lists are too long.
    """
    whole: dict[str, Any] = _plain(success(name, reply.data, reply.notes))
    if _size(whole) <= most:
        return whole
    for length in _LENGTHS:
        left_out: dict[str, int] = {}
        data = _cut(whole["data"], length, "", left_out)
        said = [f"{n:,} more in {place} are left out" for place, n in left_out.items()]
        said = [*said[:20], "Ask for less, or with another offset, to see them."]
        shape = {**whole, "data": data, "notes": [*whole["notes"], *said]}
        if _size(shape) <= most:
            return shape
    raise UsageError(
        "The answer is too long for an assistant",
        found=f"{_size(whole):,} bytes",
        expected=f"at most {most:,}",
        todo="ask for one code, fewer lines, or with a filter",
    )


def _cut(node: Any, length: int, place: str, left_out: dict[str, int]) -> Any:
    """`node` with each list no longer than `length`; what is missing is counted by place."""
    if isinstance(node, dict):
        return {k: _cut(v, length, f"{place}.{k}".lstrip("."), left_out) for k, v in node.items()}
    if isinstance(node, list):
        if len(node) > length:
            name = place or "the list"
            left_out[name] = left_out.get(name, 0) + len(node) - length
        return [_cut(one, length, place, left_out) for one in node[:length]]
    return node


def _local(node: Any) -> Any:
    """Schemas that refer to each other inside one document of their own."""
    if isinstance(node, dict):
        return {key: _local(value) for key, value in node.items()}
    if isinstance(node, str):
        return node.replace("#/components/schemas/", "#/$defs/")
    return [_local(one) for one in node] if isinstance(node, list) else node


def _told(error: Exception) -> RatepressError:
    return told(error).error


def _plain(value: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to_json(value, pretty=False))
    return found


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
