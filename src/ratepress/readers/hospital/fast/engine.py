"""A hospital CSV read in columns: the same rows, ids, places and counts as the plain reader's.

Where the file is small, or of a shape that only the plain reader can judge, that one reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.readers.base import Tally
from ratepress.readers.hospital.cells import CHARGE_COLUMNS
from ratepress.readers.hospital.columns import UNKNOWN_COLUMN, Columns
from ratepress.readers.hospital.fast.ahead import Behind
from ratepress.readers.hospital.fast.charges import Charges
from ratepress.readers.hospital.fast.found import Found
from ratepress.readers.hospital.fast.items import Items
from ratepress.readers.hospital.fast.masks import any_filled
from ratepress.readers.hospital.fast.payers import Payer, payers_of, stated
from ratepress.readers.hospital.fast.rates import RateWriter, Rows, places_of
from ratepress.readers.hospital.fast.texts import Keys
from ratepress.readers.hospital.fast.windows import Window, keep
from ratepress.readers.hospital.loader import MODIFIER_PRICE, NO_CHARGE, NO_CODE
from ratepress.readers.hospital.rows import LONG_ROW, SHORT_ROW

_AMOUNTS = CHARGE_COLUMNS[3:7]
_GENERIC_NOTE = CHARGE_COLUMNS[-1]


class ColumnLoader:
    """Loads the windows of one file, in their order."""

    def __init__(
        self, out: Behind, tally: Tally, columns: Columns, default_class: str | None
    ) -> None:
        self._out, self._tally, self._columns = out, tally, columns
        self._items = Items(columns, out)
        self._charges = Charges(out, default_class)
        self._rates = RateWriter(out)
        self._notes = 0
        self._stride = len(columns.blocks) + 1
        self._block_columns = np.array([0, *(b.column + 1 for b in columns.blocks)], np.int64)

    def keyed(self, windows: Iterator[Window]) -> Iterator[tuple[Window, Keys | None]]:
        """Each window with the keys of its items, where its records are as long as the header.

        It needs no more than the window, so another thread may do it ahead.
        """
        for window in windows:
            n, missing = len(window.numbers), self._columns.width - len(window.columns)
            keys = None
            if n and missing >= 0:
                nothing = [pa.nulls(n, pa.string())] * missing
                keys = self._items.keys([*window.columns, *nothing])
            yield window, keys

    def load(self, window: Window, keys: Keys | None) -> None:
        """Count and load every record of a window, of which `keyed` gave the keys."""
        window = self._fitted(window)
        n = len(window.numbers)
        if not n:
            return
        found = Found()
        self._count_shapes(window, found)
        payers = payers_of(self._columns, window.columns, n)
        leaves = np.zeros(n, np.int64)
        for payer in payers:
            leaves += payer.filled
        total = int(np.maximum(leaves, 1).sum())
        self._tally.read += total
        self._tally.loaded += total
        is_note = self._modifiers_alone(window, found)
        loads, priced = self._loads(window, payers, is_note, found)
        self._write_notes(window, payers, is_note)
        found.tell(self._tally, lambda order: self._place(window, order))
        if loads.all():
            self._load_prices(window, keys, payers, priced)
        elif loads.any():
            kept = keep(window, loads)
            # A payer's cells are columns of the window.
            now = {id(old): new for old, new in zip(window.columns, kept.columns, strict=True)}
            few = [
                payer._replace(cells={name: now[id(cell)] for name, cell in payer.cells.items()})
                for payer in payers
            ]
            self._load_prices(kept, None, few, [mask[loads] for mask in priced])

    def _fitted(self, window: Window) -> Window:
        """The window as wide as the header; longer records are set aside and counted."""
        width, n = self._columns.width, len(window.numbers)
        extra = window.columns[width:]
        is_long = any_filled(extra, n)
        for row in np.flatnonzero(is_long).tolist():
            place = f"row {window.numbers[row]}"
            sample = next(cell[row].as_py() for cell in extra if cell[row].is_valid)
            self._tally.read += 1
            self._tally.problem(LONG_ROW, "row", place, sample)
            self._tally.set_aside(LONG_ROW, place)
        missing = [pa.nulls(n, pa.string())] * (width - len(window.columns))
        fitted = window._replace(columns=[*window.columns[:width], *missing])
        return keep(fitted, ~is_long) if is_long.any() else fitted

    def _count_shapes(self, window: Window, found: Found) -> None:
        short = np.flatnonzero(window.lengths < self._columns.needed)
        if len(short):
            sample = f"{window.lengths[short[0]]} cells of {self._columns.needed}"
            found.add(SHORT_ROW, "row", int(short[0]) * self._stride, sample, len(short))
        for position, name, said in self._columns.unknown:
            column = window.columns[position]
            if column.null_count == len(column):
                continue
            is_news = pc.not_equal(column, said).fill_null(fill_value=False)
            rows = np.flatnonzero(is_news.to_numpy(zero_copy_only=False))
            for row in rows[:1].tolist():
                sample = column[row].as_py()
                found.add(UNKNOWN_COLUMN, name, row * self._stride, sample, len(rows))

    def _modifiers_alone(self, window: Window, found: Found) -> Any:
        """Which records name a modifier and no code; those that name neither are counted."""
        n = len(window.numbers)
        has_code = any_filled([window.columns[code] for _, code, _ in self._columns.codes], n)
        has_modifier = any_filled([self._cell(window, "modifiers")], n)
        self._count_rows(~has_code & ~has_modifier, NO_CODE, "description", window, found)
        return ~has_code & has_modifier

    def _count_rows(self, mask: Any, rule: str, column: str, window: Window, found: Found) -> None:
        rows = np.flatnonzero(mask)
        if len(rows):
            subject = "row" if rule == NO_CHARGE else "code|1"
            sample = self._cell(window, column)[int(rows[0])].as_py() or ""
            found.add(rule, subject, int(rows[0]) * self._stride, sample, len(rows))

    def _loads(
        self, window: Window, payers: Sequence[Payer], is_note: Any, found: Found
    ) -> tuple[Any, list[Any]]:
        """Which records have an item, and for each payer which have its price."""
        n = len(window.numbers)
        if not is_note.any():
            return np.ones(n, np.bool_), [payer.filled for payer in payers]
        money = any_filled([self._cell(window, name) for name in _AMOUNTS], n)
        priced = [payer.filled & (~is_note | money | payer.money) for payer in payers]
        loads = ~is_note | money
        for mask in priced:
            loads |= mask
        self._count_rows(is_note & loads, MODIFIER_PRICE, "modifiers", window, found)
        return loads, priced

    def _write_notes(self, window: Window, payers: Sequence[Payer], is_note: Any) -> None:
        """What is said of modifiers alone: few records, so one after the other."""
        for row in np.flatnonzero(is_note).tolist():
            said: list[Payer | None] = [payer for payer in payers if payer.filled[row]]
            for payer in said or [None]:
                self._write_note(window, row, payer)

    def _write_note(self, window: Window, row: int, payer: Payer | None) -> None:
        def text(name: str) -> str | None:
            return self._cell(window, name)[row].as_py()  # type: ignore[no-any-return]

        own = None
        name, plan, order = None, None, 0
        if payer is None or payer.order == 0:
            name = text("payer_name") if payer else None
            plan = text("plan_name") if payer else None
            own = text("additional_payer_notes")
        else:
            name, plan, order = payer.payer, payer.plan, payer.order
            if (column := payer.cells.get("additional_payer_notes")) is not None:
                own = column[row].as_py()
        self._out.add(
            "modifier_notes",
            position=self._notes,
            modifier=text("modifiers"),
            description=text("description"),
            setting=text("setting"),
            payer_name=name or None,
            plan_name=plan or None,
            note=own or text(_GENERIC_NOTE),
            place=self._place(window, row * self._stride + order),
        )
        self._notes += 1

    def _load_prices(
        self, window: Window, keys: Keys | None, payers: Sequence[Payer], priced: Sequence[Any]
    ) -> None:
        found = Found()
        stride = self._stride
        keys = keys or self._items.keys(window.columns)
        items = self._items.of(window.columns, keys, window.numbers, found, stride)
        cells = {name: self._cell(window, name) for name in CHARGE_COLUMNS}
        charges = self._charges.of(cells, items, window.numbers, found, stride)
        has_rate = np.zeros(len(window.numbers), np.bool_)
        for mask in priced:
            has_rate |= mask
        self._count_rows(~has_rate & ~charges.has_amount, NO_CHARGE, "description", window, found)
        if has_rate.any():
            said = stated(payers, priced, cells[_GENERIC_NOTE])
            places = places_of(window.numbers[said.rows], self._block_columns[said.orders])
            self._rates.write(said, Rows(items, charges, places), found, stride)
        found.tell(self._tally, lambda order: self._place(window, order))

    def _cell(self, window: Window, name: str) -> pa.Array:
        position = self._columns.at.get(name)
        if position is None:
            return pa.nulls(len(window.numbers), pa.string())
        return window.columns[position]

    def _place(self, window: Window, order: int) -> str:
        row, block = divmod(order, self._stride)
        place = f"row {window.numbers[row]}"
        return f"{place} column {self._block_columns[block]}" if block else place
