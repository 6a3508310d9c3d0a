"""YAML that users write, as texts with their lines: no number, date or object is made of them.

A version 1.10 stays `1.10` and a code 00100 keeps its zeros. Aliases are refused, because a short
file can grow without end by them, and so is nesting deeper than any form has.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ratepress.core.errors import UnreadableInput
from ratepress.readers.source import Source

MOST_BYTES = 1 << 24
_DEEPEST = 12
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FIRST_LINE = re.compile(
    rb"(?:\xef\xbb\xbf)? (?: [ \t]* (?: \#[^\n]* | --- )? \r?\n )* ratepress [ ]* :[ ]* [\"']?"
    rb"(?P<form>[a-z-]{1,40})/(?P<version>[0-9]{1,4})",
    re.VERBOSE,
)


class Branch:
    """One node: a text, a list or a mapping, and the line it begins on."""

    __slots__ = ("line", "value")

    def __init__(self, value: str | list[Branch] | dict[str, Branch], line: int) -> None:
        self.value = value
        self.line = line


def form_of(head: bytes) -> tuple[str, str] | None:
    r"""The form and its version that a file's first line states, or None.

    >>> form_of(b"# ours\nratepress: payer-policies/1\n")
    ('payer-policies', '1')
    """
    found = _FIRST_LINE.match(head)
    return (found["form"].decode(), found["version"].decode()) if found else None


def whole_text(source: Source) -> str:
    """All of a small UTF-8 file; `UnreadableInput` for a large one and for other encodings."""
    with source.open() as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UnreadableInput(
            f"{source.name}: the file is too large for its form",
            expected=f"at most {MOST_BYTES >> 20} MiB",
            todo="split it into several files",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableInput(
            f"{source.name}: the text is not UTF-8",
            place=f"byte {error.start:,}",
            todo="save it again as UTF-8",
        ) from error


def tree(text: str, name: str) -> Branch:
    """The document as branches; `UnreadableInput` where it is no YAML that a form may have."""
    try:
        _refuse_growth(text, name)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UnreadableInput(
            f"{name}: this is no readable YAML: {getattr(error, 'problem', None) or 'broken'}",
            place=None if mark is None else f"line {mark.line + 1}",
            todo="mend that line; texts with a colon or a # need quotation marks",
        ) from error
    if node is None:
        raise UnreadableInput(f"{name}: the document is empty", todo="write the form's keys")
    return _branch(node, name)


def _refuse_growth(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        is_alias = isinstance(event, yaml.AliasEvent)
        if is_alias or depth > _DEEPEST:
            what = "an alias" if is_alias else f"more than {_DEEPEST} levels"
            raise UnreadableInput(
                f"{name}: {what} in a form that has none",
                place=None if event.start_mark is None else f"line {event.start_mark.line + 1}",
                todo="write the value out where it is wanted",
            )


def _branch(node: Node, name: str) -> Branch:
    line = node.start_mark.line + 1
    if isinstance(node, ScalarNode):
        is_null = node.tag == "tag:yaml.org,2002:null"
        return Branch("" if is_null else str(node.value), line)
    if isinstance(node, SequenceNode):
        return Branch([_branch(item, name) for item in node.value], line)
    assert isinstance(node, MappingNode)  # noqa: S101 - YAML has no fourth kind
    found: dict[str, Branch] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode) or str(key.value) in found:
            raise UnreadableInput(
                f"{name}: a key is no text or stands twice",
                place=f"line {key.start_mark.line + 1}",
                found=str(key.value),
                expected="each key once",
                todo="take one of them out",
            )
        found[str(key.value)] = _branch(value, name)
    return Branch(found, line)
