"""The keys of an item around its rates: what the rates need of it may stand behind them.

CMS in-network schema: JSON has no order of keys, and some payers sort them by name.
"""

from __future__ import annotations

from typing import Any

from ratepress.readers.payer.fast import outline
from ratepress.readers.payer.fast.cursor import Cursor
from ratepress.readers.payer.fast.decode import decode
from ratepress.readers.payer.fast.rates import DONE, IS_NEXT
from ratepress.readers.payer.fast.window import Unsuited, Window
from ratepress.readers.payer.survey import ITEM_HEAD
from ratepress.readers.source import Source

Head = dict[str, Any]
"""The values of `survey.ITEM_HEAD` that an item states."""


def head_of(value: dict[str, Any]) -> Head:
    """The head of an item, as `survey` keeps it.

    >>> head_of({"billing_code": ["32557"], "name": "x"})
    {'billing_code': []}
    """
    found = {key: value[key] for key in ITEM_HEAD if key in value}
    return {k: type(v)() if isinstance(v, list | dict) else v for k, v in found.items()}


def before_rates(cursor: Cursor) -> dict[str, Any]:
    """The members that stand before an item's rates, which `outline.item` found.

    Raises `Unsuited` where rates that are no array are among them.
    """
    raw = cursor.found().rstrip(b" \t\r\n").removesuffix(b",")
    before: dict[str, Any] = decode(raw + b"}")
    if "negotiated_rates" in before:
        raise Unsuited("an item states its rates twice")
    return before


def behind_rates(cursor: Cursor, before: dict[str, Any]) -> dict[str, Any]:
    """Go on to the end of the item; the members that stand there.

    Raises `Unsuited` where one of them stands before the rates too.
    """
    if cursor.closes_object():
        return {}
    cursor.move(outline.tail)
    raw = cursor.found().lstrip(b" \t\r\n").removeprefix(b",")
    if raw == b"}":
        return {}
    behind: dict[str, Any] = decode(b"{" + raw)
    if before.keys() & behind.keys() or "negotiated_rates" in behind:
        raise Unsuited("an item states a key before and behind its rates")
    return behind


def item_heads(source: Source, block: int) -> list[Head]:
    """The heads of all items, by a walk that passes over everything else."""
    found: list[Head] = []
    with Window(source, block) as window:
        cursor = Cursor(window)
        cursor.begin()
        while cursor.move(outline.member) != DONE:
            key = decode(cursor.found())
            if not cursor.enters_array():
                cursor.move(outline.whole)
            elif key == "in_network":
                _of_array(cursor, found)
            else:
                cursor.move(outline.skip_elements)
            cursor.state[IS_NEXT] = 1
    return found


def _of_array(cursor: Cursor, found: list[Head]) -> None:
    while (reason := cursor.move(outline.item)) != DONE:
        if reason == outline.WITH_RATES:
            before = before_rates(cursor)
            cursor.state[IS_NEXT] = 0
            cursor.move(outline.skip_elements)
            found.append(head_of(before | behind_rates(cursor, before)))
        else:
            value = decode(cursor.found())
            found.append(head_of(value) if isinstance(value, dict) else {})
        cursor.state[IS_NEXT] = 1
