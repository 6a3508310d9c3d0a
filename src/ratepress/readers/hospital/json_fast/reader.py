"""Hospital JSON fast: the rows, places and counts of the plain reader, without its work.

Items are decoded a block at a time into typed objects, and columns are made of them. An item that
is not as the template has it goes through the plain reader's own code, in its turn; a document of
another outline, or that is no JSON, is left to it whole (`Unsuited`).
"""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.hospital.elements import NAMES, Elements
from ratepress.readers.hospital.fast.ahead import ahead
from ratepress.readers.hospital.json_fast.blocks import Blocks, Unsuited
from ratepress.readers.hospital.json_fast.columns import (
    Block,
    Capture,
    Pending,
)
from ratepress.readers.hospital.json_fast.items import (
    load_items,
)
from ratepress.readers.hospital.json_fast.lines import Lines
from ratepress.readers.hospital.json_fast.numbers import Odd
from ratepress.readers.hospital.json_fast.payers import Payers, payers_of
from ratepress.readers.hospital.json_fast.rates import RatesTable
from ratepress.readers.hospital.json_fast.shapes import (
    ABSENT,
    ITEM,
    ITEMS,
    PAYERS,
    RAWS,
    Charge,
    Item,
    keys_in,
)
from ratepress.readers.hospital.loader import Loader
from ratepress.readers.hospital.stream import ITEMS as ITEMS_KEY
from ratepress.readers.hospital.stream import Piece, pieces_of
from ratepress.readers.source import Source

SHORTEST_RUN = 50
"""So many items in a row are worth columns."""


def read_fast(
    source: Source,
    elements: Elements,
    out: LakeWriter,
    take: Callable[[Piece], None],
) -> None:
    """Read all of `source`: its items into `out`, all other pieces into `take`.

    `elements` is the plain reader's, and does what is odd. Raises `Unsuited` where the document is
    one for the plain reader; `out`, `elements` and whatever `take` filled are then of no use.
    """
    rates = RatesTable(out)
    elements.loader.out = rates  # type: ignore[assignment]
    fast = _Fast(source.name, elements, out, rates, take)
    try:
        # The pools end before the stream, which they may still be reading.
        with (
            source.open() as stream,
            ThreadPoolExecutor(1) as pool,
            ThreadPoolExecutor(1) as decoding,
            _without_collector(),
        ):
            blocks = Blocks(source.name, stream)
            for piece in blocks.before():
                take(piece)
            for array, prepared in ahead(_prepared(ahead(iter(blocks), pool)), decoding):
                fast.block(array, prepared)
            for piece in blocks.behind():
                take(piece)
    except UnreadableInput as error:
        raise Unsuited("the plain reader knows its place") from error
    fast.finish()


class _Prepared(NamedTuple):
    """Items that are decoded, their charge lines, and the payers on these as columns."""

    items: list[Item]
    charges: list[Charge]
    payers: Payers


def _prepared(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, _Prepared | None]]:
    """Blocks as arrays, decoded where all their items are as the template has them."""
    for text in blocks:
        array = b"[%b]" % text
        yield array, _prepare(array)


def _prepare(array: bytes) -> _Prepared | None:
    """The items of an array; None where one has something odd."""
    try:
        items = ITEMS.decode(array)
        charges = _flat(item.standard_charges for item in items)
        if charges is None:
            return None
        return _Prepared(items, charges, payers_of([c.payers_information for c in charges]))
    except (msgspec.ValidationError, Odd):
        return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unsuited("an item is no JSON") from error


@contextmanager
def _without_collector() -> Iterator[None]:
    # The many short-lived objects here make no cycles, and looking for some takes a tenth.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Fast:
    """The items of one document."""

    def __init__(
        self,
        name: str,
        elements: Elements,
        out: LakeWriter,
        rates: RatesTable,
        take: Callable[[Piece], None],
    ) -> None:
        self._name = name
        self._elements = elements
        self._take = take
        self._rates = rates
        self._pending = Pending(out)
        self._capture = Capture(out)
        self._reading = Loader(self._capture, self._capture, NAMES)  # type: ignore[arg-type]
        self._reading._modifier_sets = elements.loader._modifier_sets
        self._lines = Lines(elements, self._capture, self._reading)

    def block(self, array: bytes, prepared: _Prepared | None) -> None:
        """An array of whole items."""
        if self._run(prepared, array):
            return
        for is_usual, run in groupby(RAWS.decode(array), _is_usual):
            raws = [bytes(raw) for raw in run]
            if is_usual and len(raws) >= SHORTEST_RUN:
                part = b"[%b]" % b",".join(raws)
                if self._run(_prepare(part), part):
                    continue
            self._plain(raws)

    def _plain(self, raws: list[bytes]) -> None:
        """Items through the plain reader."""
        text = b'{"%b":[%b]}' % (ITEMS_KEY.encode(), b",".join(raws))
        for piece in pieces_of(self._name, io.BytesIO(text)):
            self._take(piece._replace(position=self._elements.items))

    def _run(self, prepared: _Prepared | None, array: bytes) -> bool:
        """Items as columns; False, and nothing is kept, where one has something odd."""
        if prepared is None:
            return False
        items, charges, payers = prepared
        loader = self._elements.loader
        block = Block(self._elements.items, loader._items, len(items))
        try:
            loaded = load_items(items, self._lines.known, block)
            rates = self._lines.read(items, charges, payers, loaded, block)
        except Odd:
            return False
        if block.n_keys != keys_in(array):
            return False  # An object states a key twice.
        self._elements.items += len(items)
        loader._items += len(items)
        loader._charges += len(charges)
        loader._rates += len(rates.rate_id)
        loader.tally.absorb(block.tally)
        self._pending.add(block)
        self._rates.take(rates)
        if self._rates.is_full or self._lines.is_full:
            self._write()
        return True

    def _write(self) -> None:
        self._rates.write(self._lines.known.codes, self._lines.prototypes)
        self._lines.forget()

    def finish(self) -> None:
        """Write what is left."""
        with ThreadPoolExecutor(1) as pool:
            others = pool.submit(self._pending.finish)
            self._write()
            others.result()
        self._rates.finish()


def _is_usual(raw: msgspec.Raw) -> bool:
    """Whether columns can be made of an item."""
    try:
        item = ITEM.decode(raw)
        for charge in item.standard_charges or ():
            if charge.payers_information is not ABSENT:
                PAYERS.decode(charge.payers_information)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return bool(item.standard_charges)


def _flat(lists: Iterator[Any]) -> list[Charge] | None:
    """All charges; None where an item has none."""
    flat: list[Charge] = []
    for charges in lists:
        if not charges:
            return None
        flat += charges
    return flat
