"""The first of two passes: what a rate needs and what may stand behind it in the file.

JSON has no order of keys: the payer's name, the providers and even an item's own code may come
after the rates. This pass collects them, so that the second (rates.py) writes each rate at once
and neither holds more than one element of an array.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ratepress.core.errors import UnreadableInput
from ratepress.readers.payer.groups import Groups
from ratepress.readers.payer.keys import FILE, HEADER, KeyCheck
from ratepress.readers.payer.tokens import Tokens, joined
from ratepress.readers.source import Source

ITEM_HEAD = (
    "negotiation_arrangement",
    "billing_code_type",
    "billing_code",
    "severity_of_illness",
)
"""The keys of an item that its rates need."""


@dataclass(slots=True)
class Survey:
    """What the first pass found: the header's values, and the head of each item by position."""

    header: dict[str, Any] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)


def survey(source: Source, tokens: Tokens, groups: Groups, check: KeyCheck) -> Survey:
    """Read the whole file once, leaving the rates out; provider groups go to `groups`.

    Raises `UnreadableInput` where it is no JSON, no object, or has no array `in_network`.
    """
    found = Survey()
    if tokens.first()[0] != "start_map":
        raise _not_in_network(source, "the document is not an object")
    seen: set[str] = set()
    references: int | None = None
    other_references = None
    has_rates = False
    for key in tokens.object_keys():
        if key in seen:
            check.repeated("", key, "the top level")
        seen.add(key)
        first = tokens.first()
        is_array = first[0] == "start_array"
        if key == "in_network" and is_array:
            has_rates = True
            _item_heads(tokens, found.items)
        elif key == "provider_references" and is_array:
            references = references or 0
            for element in tokens.elements():
                groups.define(tokens.build(element), f"provider_references[{references}]")
                references += 1
        elif key == "provider_references":
            other_references = tokens.build(first)
        elif key in HEADER:
            value = tokens.build(first)
            found.header[key] = joined(found.header[key], value) if key in found.header else value
        else:
            tokens.skip(first)
    tokens.finish()
    if references is None and other_references is not None:
        groups.misplaced(other_references)
    if not has_rates:
        raise _not_in_network(source, "there is no array `in_network` at the top level")
    check.keys("", seen, FILE, "the top level")
    return found


def _item_heads(tokens: Tokens, items: list[dict[str, Any]]) -> None:
    for first in tokens.elements():
        head: dict[str, Any] = {}
        items.append(head)
        if first[0] != "start_map":
            tokens.skip(first)
            continue
        for key in tokens.object_keys():
            if key in ITEM_HEAD:
                value = tokens.value()
                head[key] = joined(head[key], value) if key in head else value
                if isinstance(head[key], list | dict):
                    head[key] = type(head[key])()  # No code: what is in it need not be kept.
            else:
                tokens.skip_value()


def _not_in_network(source: Source, why: str) -> UnreadableInput:
    return UnreadableInput(
        f"{source.name}: not an in-network file: {why}",
        expected="reporting_entity_name, in_network and the other keys of the CMS schema",
        todo="run `ratepress inspect` on it",
    )
