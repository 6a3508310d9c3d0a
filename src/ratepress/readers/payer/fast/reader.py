"""In-network files fast: the rows of the plain reader, most of them without its work.

The document is walked once, and again where something that rates repeat (the payer's name, an
item's own code) stands behind them. Common elements of `negotiated_rates` go from bytes to
columns; all else is built as values and read by the plain reader's own functions. A document that
is no JSON, or odd in its outline, is left to the plain reader whole (`Unsuited`).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.payer import items
from ratepress.readers.payer.fast import outline
from ratepress.readers.payer.fast.batches import CAPACITY
from ratepress.readers.payer.fast.cursor import Cursor
from ratepress.readers.payer.fast.decode import decode
from ratepress.readers.payer.fast.defining import References
from ratepress.readers.payer.fast.elements import Elements
from ratepress.readers.payer.fast.groups import LateGroups
from ratepress.readers.payer.fast.heads import (
    Head,
    before_rates,
    behind_rates,
    head_of,
    item_heads,
)
from ratepress.readers.payer.fast.rates import DONE, FOLLOWS, IS_NEXT, RATE_ID
from ratepress.readers.payer.fast.sink import Sink
from ratepress.readers.payer.fast.window import BLOCK, Unsuited, Window
from ratepress.readers.payer.header import FileHeader, file_header
from ratepress.readers.payer.in_network import NO_RATES, _Rates
from ratepress.readers.payer.items import Item
from ratepress.readers.payer.keys import FILE, HEADER, KeyCheck
from ratepress.readers.payer.keys import ITEM as ITEM_KEYS
from ratepress.readers.payer.prices import Prices
from ratepress.readers.payer.tokens import Repeated, joined
from ratepress.readers.source import Source

TOP = "the top level"
_USUAL = {"negotiation_arrangement": "ffs"}


class _OtherHeader(Exception):
    """Rates were read with a header that changed behind them; `header` is the right one."""

    def __init__(self, header: FileHeader) -> None:
        super().__init__("the header stands behind the rates")
        self.header = header


class _OtherItem(Exception):
    """An item's rates were read with a code that changed behind them."""


def read_fast(
    source: Source,
    out: LakeWriter,
    tally: Tally,
    *,
    block: int = BLOCK,
    capacity: int = CAPACITY,
) -> Header:
    """Read all of `source` into `out`, which gets what the plain reader would give it.

    Raises `Unsuited` where the document is one for the plain reader; `out` may then hold rows,
    and `tally` is as it was.
    """
    header: FileHeader | None = None
    heads: list[Head] | None = None
    with _without_collection():
        while True:
            document = _Document(source, out, header, heads, block, capacity)
            try:
                return document.read(tally)
            except _OtherHeader as other:
                header = other.header
            except _OtherItem:
                heads = item_heads(source, block)
            out.discard()


@contextmanager
def _without_collection() -> Iterator[None]:
    """No search for cycles among millions of groups and sets: there are none to find."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _of_rates(header: FileHeader) -> tuple[str | None, ...]:
    """What each rate repeats of a header."""
    return (
        header.payer_name,
        header.plan_name,
        header.line_of_business,
        header.line_of_business_evidence,
    )


class _Begun(NamedTuple):
    """An item whose rates are read: what was taken of it, and what was met in that.

    `met` is None where that is counted already, as of a head without oddities.
    """

    item: Item
    head: dict[str, Any]
    guess: Head
    met: Tally | None
    rate_id: int


class _Document:
    """One walk over a document. What `survey` counts and what rates count is kept apart."""

    def __init__(
        self,
        source: Source,
        out: LakeWriter,
        header: FileHeader | None,
        heads: list[Head] | None,
        block: int,
        capacity: int,
    ) -> None:
        self._source = source
        self._out = out
        self._block = block
        self._capacity = capacity
        self._tally = Tally()
        self._check = KeyCheck(self._tally)
        self._rates_tally = Tally()
        self._rates_check = self._check.counting_in(self._rates_tally)
        self._groups = LateGroups(out, self._rates_tally, self._rates_check)
        self._stated: dict[str, Any] = {}
        self._references: int | None = None
        self._n_items: int | None = None
        self._header = header
        self._heads = heads
        self._elements: Elements | None = None

    def read(self, tally: Tally) -> Header:
        """Walk it, and count what was met in `tally`."""
        with Window(self._source, self._block) as window, Sink(self._out) as sink:
            self._cursor, self._sink = Cursor(window), sink
            self._cursor.begin()
            self._members()
            self._cursor.finish()
            header = file_header(self._stated, self._tally)
            if self._header is not None and _of_rates(header) != _of_rates(self._header):
                raise _OtherHeader(header)
            if self._elements is not None:
                self._elements.finish()
            if self._check.is_full:
                raise Unsuited("too many kinds of unknown keys")
            self._tally.absorb(self._rates_tally)
            self._groups.count_in(self._tally, self._check)
            # While the last rates are written.
            self._groups.finish()
        plan = header.plan()
        if plan is not None:
            self._out.add("plans", **plan)
        tally.absorb(self._tally)
        is_v2 = self._check.has_v2_keys or self._rates_check.has_v2_keys
        return Header(
            publisher=header.payer_name,
            declared_version=header.texts["version"],
            detected_version="2.x" if is_v2 else "1.x",
            published_on=header.last_updated_on,
        )

    def _members(self) -> None:
        """The top level, as `survey` reads it."""
        cursor, check = self._cursor, self._check
        seen: set[str] = set()
        other_references = None
        while cursor.move(outline.member) != DONE:
            key = decode(cursor.found())
            if key in seen:
                check.repeated("", key, TOP)
            seen.add(key)
            if key == "in_network" and cursor.enters_array():
                self._in_network()
            elif key == "provider_references" and cursor.enters_array():
                self._provider_references()
            elif key == "provider_references":
                other_references = cursor.value()
            elif key in HEADER:
                value, stated = cursor.value(), self._stated
                stated[key] = joined(stated[key], value) if key in stated else value
            else:
                cursor.move(outline.whole)
            cursor.state[IS_NEXT] = 1
        if self._references is None and other_references is not None:
            self._groups.count_in(self._tally, check)
            self._groups.misplaced(other_references)
        if self._n_items is None:
            raise Unsuited("there is no array of items")
        check.keys("", seen, FILE, TOP)

    def _provider_references(self) -> None:
        self._groups.count_in(self._tally, self._check)
        references = References(self._cursor, self._groups, self._check, self._references or 0)
        references.read()
        self._references = references.number

    def _in_network(self) -> None:
        self._groups.count_in(self._rates_tally, self._rates_check)
        if self._elements is None:
            self._elements = self._new_elements()
        number = self._n_items or 0
        while (reason := self._cursor.move(outline.item)) != DONE:
            if reason == outline.WITH_RATES:
                number = self._item_with_rates(number, self._elements)
            else:
                self._item(number, decode(self._cursor.found()))
            self._cursor.state[IS_NEXT] = 1
            number += 1
        self._n_items = number

    def _new_elements(self) -> Elements:
        tally, check = self._rates_tally, self._rates_check
        if self._header is None:
            # Taken to be complete: what stands behind the rates seldom changes it.
            self._header = file_header(self._stated, Tally())
        plain = _Rates(None, self._sink, tally, check, self._groups)  # type: ignore[arg-type]
        plain.prices = Prices(self._sink, tally, check, self._header)  # type: ignore[arg-type]
        self._plain = plain
        return Elements(
            self._cursor,
            self._sink,
            tally,
            check,
            self._groups,
            plain,
            self._header,
            self._capacity,
        )

    def _item(self, number: int, value: Any) -> None:
        """An item without an array of rates, or what stands in its place."""
        if not isinstance(value, dict):
            self._plain._wrong("in_network", value, f"in_network[{number}]")
            return
        tally = self._rates_tally
        item = items.begin(number, head_of(value), tally)
        self._repeats(value, item.place)
        other = value.pop("negotiated_rates", None)
        keys = set(value)
        if other is not None:
            self._plain._wrong("negotiated_rates", other, item.place)
        self._finish(item, value, keys)
        tally.problem(NO_RATES, "negotiated_rates", item.place)

    def _item_with_rates(self, number: int, elements: Elements) -> int:
        """An item with its rates, and those that follow it; gives the last one's number."""
        cursor, state = self._cursor, self._cursor.state
        head = before_rates(cursor)
        # The item as its rates need it, before all of it is known.
        heads, met = self._heads, Tally()
        guess = _USUAL | head_of(head) if heads is None else heads[number]
        begun = _Begun(items.begin(number, guess, met), head, guess, met, int(state[RATE_ID]))
        state[IS_NEXT] = 0
        # Where heads are known beforehand, they were not complete before their rates.
        state[FOLLOWS] = heads is None

        def follow(number: int, head: dict[str, str], rate_id: int) -> Item:
            nonlocal begun
            self._end(begun, {}, rate_id)
            item = items.begin(number, head, self._rates_tally)
            begun = _Begun(item, head, head, None, rate_id)
            return item

        elements.read(begun.item, follow)
        self._end(begun, behind_rates(cursor, begun.head), int(state[RATE_ID]))
        return begun.item.item_id

    def _end(self, begun: _Begun, behind: dict[str, Any], rate_id: int) -> None:
        """Write an item, of which all is known now; `rate_id` is that of the next price."""
        item, head, guess, met, first = begun
        tally = self._rates_tally
        stated = head | behind if behind else head
        if met is None and not behind:
            items.finish(item, stated, self._out, tally, self._rates_check)
        else:
            if head_of(stated) != guess:
                met = Tally() if met is None else tally
                if items.begin(item.item_id, head_of(stated), met) != item:
                    raise _OtherItem
            elif met is not None:
                tally.absorb(met)
            for part in (head, behind):
                self._repeats(part, item.place)
            self._finish(item, stated, {*stated, "negotiated_rates"})
        if rate_id == first:
            tally.problem(NO_RATES, "negotiated_rates", item.place)

    def _repeats(self, value: dict[str, Any], place: str) -> None:
        if isinstance(value, Repeated):
            for key in value.repeated:
                self._rates_check.repeated("in_network", key, place)

    def _finish(self, item: Item, value: dict[str, Any], keys: set[str]) -> None:
        self._rates_check.keys("in_network", keys, ITEM_KEYS, item.place)
        stated = {key: value[key] for key in value if key in ITEM_KEYS}
        items.finish(item, stated, self._out, self._rates_tally, self._rates_check)
