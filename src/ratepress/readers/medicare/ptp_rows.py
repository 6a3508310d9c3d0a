"""PTP edits as columns: each distinct cell is read once, then rows are sorted and repeats found.

A release has a million rows and a few thousand distinct codes and days, so that a column is its
distinct values and a number for each row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.core.errors import UnreadableInput
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import BATCH_ROWS
from ratepress.readers.base import Tally
from ratepress.readers.medicare.periods import Period

COLUMNS: Final = (
    "column_1",
    "column_2",
    "existed",
    "effective",
    "deletion",
    "indicator",
    "rationale",
)
MOST_ROWS: Final = 20_000_000
"""A release has two million edits in all; a file with ten times as many is none of it."""

_CODE = re.compile(r"[A-Z0-9]{5}", re.ASCII)
_DAY = re.compile(r"\d{8}", re.ASCII)
_MALFORMED: Final = object()
Ranks = npt.NDArray[np.int32]


def as_written(row: Sequence[str], where: Mapping[str, int]) -> tuple[str | None, ...]:
    """The cells of an edit in the order of `COLUMNS`; None for a column the file has not."""
    return tuple(
        None if column not in where else row[where[column]] if where[column] < len(row) else ""
        for column in COLUMNS
    )


class Edits:
    """Rows of edits as written, each with its row number, until they are sorted and checked.

    >>> edits = Edits()
    >>> edits.add(2, ("32557", "76942", "", "20130101", "*", "1", "Standards"))
    >>> tally = Tally()
    >>> [b.num_rows for b in edits.batches("a", Period("2026C", None, None), "practitioner", tally)]
    [1]
    """

    def __init__(self) -> None:
        self._written: dict[str, dict[str | None, int]] = {c: {} for c in COLUMNS}
        self._indices: dict[str, list[int]] = {c: [] for c in COLUMNS}
        self._numbers: list[int] = []
        self._table: pa.Table | None = None
        self._first = 0

    @classmethod
    def of_table(cls, table: pa.Table, where: Mapping[str, int], first: int) -> Edits:
        """The rows of a table of dictionary columns, the first of which is row `first`."""
        edits = cls()
        edits._table = pa.table({name: table.column(n) for name, n in where.items()})
        edits._first = first
        return edits

    def add(self, number: int, cells: Sequence[str | None]) -> None:
        """One row, its cells in the order of `COLUMNS`."""
        if len(self._numbers) >= MOST_ROWS:
            raise UnreadableInput(
                f"more than {MOST_ROWS:,} rows: no release of edits has so many",
                place=f"row {number:,}",
                todo="check where the file came from",
            )
        self._numbers.append(number)
        for column, cell in zip(COLUMNS, cells, strict=True):
            known = self._written[column]
            self._indices[column].append(known.setdefault(cell, len(known)))

    def batches(
        self, content_id: str, period: Period, setting: str, tally: Tally
    ) -> Iterator[pa.RecordBatch]:
        """Batches of the table `ncci_ptp` in its order; every row is counted once in `tally`."""
        numbers, columns = self._columns()
        read = {c: _read(*columns[c], _PARSE[c]) for c in COLUMNS}
        order = _checked(numbers, columns, read, tally)
        shared = {
            "content_id": content_id,
            "release": period.release,
            "effective_from": period.first,
            "effective_until": period.last,
            "setting": setting,
        }
        schema = TABLES["ncci_ptp"].arrow
        values = {
            target: pa.array(read[column][1], schema.field(target).type)
            for column, target in _TARGETS.items()
        }
        for start in range(0, len(order), BATCH_ROWS):
            rows = order[start : start + BATCH_ROWS]
            made: dict[str, Any] = {
                name: pa.array([value] * len(rows), schema.field(name).type)
                for name, value in shared.items()
            }
            for column, target in _TARGETS.items():
                made[target] = values[target].take(pa.array(read[column][0][rows]))
            made["place"] = pc.binary_join_element_wise(
                "row", pa.array(numbers[rows]).cast(pa.string()), " "
            )
            yield pa.RecordBatch.from_arrays([made[f.name] for f in schema], schema=schema)

    def _columns(self) -> tuple[npt.NDArray[np.int64], dict[str, tuple[Ranks, list[Any]]]]:
        """The row numbers, and of each column the index of each row and the texts as written."""
        if self._table is None:
            numbers = np.array(self._numbers, dtype=np.int64)
            return numbers, {
                c: (np.array(self._indices[c], dtype=np.int32), list(self._written[c]))
                for c in COLUMNS
            }
        n = self._table.num_rows
        columns: dict[str, tuple[Ranks, list[Any]]] = {}
        for name in COLUMNS:
            if name not in self._table.column_names:
                columns[name] = (np.zeros(n, dtype=np.int32), [None])
                continue
            one = self._table.column(name).unify_dictionaries().combine_chunks()
            columns[name] = (one.indices.to_numpy(), one.dictionary.to_pylist())
        return np.arange(self._first, self._first + n, dtype=np.int64), columns


def _read(
    indices: Ranks, written: Sequence[str | None], parse: Callable[[str | None], Any]
) -> tuple[Ranks, list[Any]]:
    """The rank of each row's value, -1 where it is malformed, and the values by rank."""
    parsed = [parse(None if text is None else text.strip()) for text in written]
    values = sorted(
        {value for value in parsed if value is not _MALFORMED},
        key=lambda value: (value is not None, value if value is not None else ""),
    )
    ranks = {value: rank for rank, value in enumerate(values)}
    by_text = np.array(
        [-1 if value is _MALFORMED else ranks[value] for value in parsed], dtype=np.int32
    )
    return (by_text[indices] if len(indices) else indices), values


def _checked(
    numbers: npt.NDArray[np.int64],
    columns: Mapping[str, tuple[Ranks, list[Any]]],
    read: Mapping[str, tuple[Ranks, list[Any]]],
    tally: Tally,
) -> npt.NDArray[np.int64]:
    """The rows to load, in the table's order; the others are counted under their rule."""
    blank = _is_blank(*columns["column_1"]) & _is_blank(*columns["column_2"])
    ranks = {c: read[c][0] for c in COLUMNS}
    no_code = ~blank & ((ranks["column_1"] < 0) | (ranks["column_2"] < 0))
    others = np.minimum.reduce([ranks[c] for c in COLUMNS[2:]])
    no_edit = ~blank & ~no_code & (others < 0)
    _count(tally, "F304", "column 1, column 2", no_code, numbers, columns)
    _count(tally, "F315", "dates, modifier indicator", no_edit, numbers, columns)
    kept = np.flatnonzero(~blank & ~no_code & ~no_edit)
    keys = [ranks[c][kept] for c in ("column_1", "column_2", "effective", "deletion")]
    by_last: list[npt.NDArray[Any]] = [numbers[kept], *reversed(keys)]
    order = np.lexsort(by_last)
    again = np.zeros(len(kept), dtype=bool)
    if len(kept) > 1:
        same = [key[order][1:] == key[order][:-1] for key in keys]
        again[1:] = np.logical_and.reduce(same)
    repeated = np.zeros(len(numbers), dtype=bool)
    repeated[kept[order[again]]] = True
    _count(tally, "F303", "column 1, column 2, dates", repeated, numbers, columns)
    tally.read += int(np.count_nonzero(~blank))
    tally.loaded += int(np.count_nonzero(~again))
    found: npt.NDArray[np.int64] = kept[order[~again]]
    return found


def _is_blank(indices: Ranks, written: Sequence[str | None]) -> npt.NDArray[np.bool_]:
    blank = np.array([not (text or "").strip() for text in written], dtype=bool)
    return blank[indices] if len(indices) else np.zeros(0, dtype=bool)


def _count(
    tally: Tally,
    rule_id: str,
    subject: str,
    which: npt.NDArray[np.bool_],
    numbers: npt.NDArray[np.int64],
    columns: Mapping[str, tuple[Ranks, list[Any]]],
) -> None:
    for row in np.flatnonzero(which):
        place = f"row {numbers[row]}"
        cells = [columns[c][1][columns[c][0][row]] or "" for c in COLUMNS[:6]]
        tally.problem(rule_id, subject, place, " ".join(" ".join(cells).split()))
        tally.set_aside(rule_id, place)


def _code(text: str | None) -> Any:
    code = (text or "").upper()
    return code if _CODE.fullmatch(code) else _MALFORMED


def _effective(text: str | None) -> Any:
    return None if text is None else _day(text)


def _deletion(text: str | None) -> Any:
    return None if text in (None, "", "*") else _day(text or "")


def _day(text: str) -> Any:
    if not _DAY.fullmatch(text):
        return _MALFORMED
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return _MALFORMED


_PARSE: dict[str, Callable[[str | None], Any]] = {
    "column_1": _code,
    "column_2": _code,
    "existed": lambda text: None if text is None else text == "*",
    "effective": _effective,
    "deletion": _deletion,
    "indicator": lambda text: text if text in ("0", "1", "9") else _MALFORMED,
    "rationale": lambda text: text or None,
}
_TARGETS = {
    "column_1": "column_1",
    "column_2": "column_2",
    "existed": "is_before_1996",
    "effective": "edit_from",
    "deletion": "edit_until",
    "indicator": "modifier_indicator",
    "rationale": "rationale",
}
