"""What a block of items comes to before it is written: columns, and counted deviations.

Nothing of a block reaches the lake before all of it was read, so that a block with something odd
in it can be left to the plain reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Tally
from ratepress.readers.hospital.cells import Deviation
from ratepress.readers.hospital.runs import batch_of, write_run

RUN_ROWS = 1 << 18
_ITEM = "standard_charge_information["


class Capture:
    """Stands for the writer and the tally of a plain loader, and hands over what it was told.

    Rows of modifier_sets are real, and go on to the lake.
    """

    def __init__(self, out: LakeWriter) -> None:
        self._out = out
        self._rows: dict[str, dict[str, Any]] = {}
        self._met: list[Deviation] = []

    def add(self, table: str, /, **row: Any) -> None:
        """Keep a row."""
        if table == "modifier_sets":
            self._out.add(table, **row)
        else:
            self._rows[table] = row

    def problem(self, rule: str, subject: str, _place: str, sample: str) -> None:
        """Keep a deviation."""
        self._met.append(Deviation(rule, subject, sample))

    def deviations(self) -> tuple[Deviation, ...]:
        """The deviations since the last call."""
        met = tuple(self._met)
        self._met.clear()
        return met

    def take(self, table: str) -> dict[str, Any] | None:
        """The last row of a table, once."""
        return self._rows.pop(table, None)


class Block:
    """A block of items: its columns by table, and its own tally. `first_item` is an id."""

    def __init__(self, first_position: int, first_item: int, n_items: int) -> None:
        self.first_position = first_position
        self.first_item = first_item
        self.n_items = n_items
        self.n_keys = 0
        self.tally = Tally()
        self.batches: list[tuple[str, int, dict[str, pa.Array]]] = []

    def add(self, table: str, rows: int, **columns: pa.Array) -> None:
        """Rows of a table; columns left out are null."""
        if rows:
            self.batches.append((table, rows, columns))

    def item_place(self, row: int) -> str:
        """The place of one item of the block."""
        return f"{_ITEM}{self.first_position + row}]"

    def item_places(self) -> pa.Array:
        """The places of all its items."""
        return places(_ITEM, pa.array(self.first_position + np.arange(self.n_items)), "]")

    def met(
        self,
        rule: str,
        subject: str,
        rows: Any,
        place: Callable[[int], str],
        sample: Callable[[int], str],
    ) -> None:
        """Count the rows, in the order of the file, that met a rule."""
        if len(rows):
            row = int(rows[0])
            self.tally.problem(rule, subject, place(row), sample(row))
            self.tally.again(rule, subject, len(rows) - 1)

    def deviations(
        self,
        known: dict[int, tuple[Deviation, ...]],
        numbers: Any,
        place: Callable[[int], str],
    ) -> None:
        """Count what each row deviates in; `known` says it of the things that rows have."""
        by_rule: dict[tuple[str, str], dict[int, list[str]]] = {}
        for number, deviations in known.items():
            for rule, subject, sample in deviations:
                by_rule.setdefault((rule, subject), {}).setdefault(number, []).append(sample)
        for (rule, subject), samples in by_rule.items():
            times = np.zeros(max(int(numbers.max(initial=0)), *samples) + 1, np.int64)
            times[list(samples)] = [len(said) for said in samples.values()]
            rows = np.flatnonzero(times[numbers])
            if len(rows):
                row = int(rows[0])
                total = int(times[numbers].sum())
                self.tally.problem(rule, subject, place(row), samples[int(numbers[row])][0])
                self.tally.again(rule, subject, total - 1)


class Pending:
    """Collects the batches of each table, and writes them in sorted runs of bounded size."""

    def __init__(self, out: LakeWriter) -> None:
        self._out = out
        self._held: dict[str, list[pa.RecordBatch]] = {}

    def add(self, block: Block) -> None:
        """Take the columns of a block."""
        for table, rows, columns in block.batches:
            held = self._held.setdefault(table, [])
            held.append(batch_of(table, rows, columns, self._out.content_id))
            if sum(batch.num_rows for batch in held) >= RUN_ROWS:
                self._write(table)

    def finish(self) -> None:
        """Write what is left."""
        for table in list(self._held):
            self._write(table)

    def _write(self, table: str) -> None:
        write_run(self._out, table, self._held.pop(table))


def per(values: Sequence[int], numbers: Any) -> Any:
    """A number that each known thing has, by the numbers of the things."""
    return np.array(values, np.int64)[numbers]


def texts(values: Sequence[str | None]) -> pa.Array:
    """A column of texts in which the empty one is null.

    >>> texts(["a", ""]).to_pylist()
    ['a', None]
    """
    return pa.array([value or None for value in values], pa.string())


def places(*parts: str | pa.Array) -> pa.Array:
    """A column of places from constant texts and columns of numbers.

    >>> places("a[", pa.array([3, 4]), "]").to_pylist()
    ['a[3]', 'a[4]']
    """
    cast = [part if isinstance(part, str) else part.cast(pa.string()) for part in parts]
    return pc.binary_join_element_wise(*cast, "")


def decimals(scaled: Any, has_value: Any, kind: pa.DataType) -> pa.Array:
    """128-bit decimals of whole numbers that are scaled, null where there is no value.

    >>> import numpy as np
    >>> decimals(np.array([12345, -1]), np.array([True, True]), pa.decimal128(18, 4)).to_pylist()
    [Decimal('1.2345'), Decimal('-0.0001')]
    """
    wide = np.empty((len(scaled), 2), np.int64)
    wide[:, 0] = scaled
    wide[:, 1] = scaled >> 63  # The sign goes on into the upper half.
    valid = None if has_value.all() else pa.py_buffer(np.packbits(has_value, bitorder="little"))
    return pa.Array.from_buffers(kind, len(scaled), [valid, pa.py_buffer(wide)])
