"""The items of a window: which row is of which item, and the new ones written.

Two rows are of one item where description, codes and drug unit are the same, in whatever columns
the codes stand; so a key puts codes that stand behind an empty pair before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.readers.hospital.cells import Deviation
from ratepress.readers.hospital.columns import Columns
from ratepress.readers.hospital.fast.ahead import Behind
from ratepress.readers.hospital.fast.codes import CodeColumns
from ratepress.readers.hospital.fast.found import Found
from ratepress.readers.hospital.fast.masks import filled
from ratepress.readers.hospital.fast.numbers import factors_of
from ratepress.readers.hospital.fast.texts import (
    Keys,
    joined,
    key_of,
    row_places,
    split_key,
)

_NAMES = ("description", "drug_unit_of_measurement", "drug_type_of_measurement")


class ItemsOfRows(NamedTuple):
    """The item of each row, as a number into columns that have one entry an item."""

    numbers: Any
    ids: Any
    system: pa.DictionaryArray
    code: pa.DictionaryArray
    type: pa.DictionaryArray


@dataclass(slots=True)
class Items:
    """All items of a file, by their texts."""

    columns: Columns
    out: Behind
    _known: dict[str, int] = field(default_factory=dict)
    _codes: tuple[list[str | None], ...] = field(default_factory=lambda: ([], [], []))
    _deviations: dict[int, tuple[Deviation, ...]] = field(default_factory=dict)

    def keys(self, cells: Sequence[pa.Array]) -> Keys:
        """Which rows of a window are of one item; another thread may ask."""
        named, codes = self._columns_of(cells)
        keys = joined([*named, *(column for pair in codes for column in pair)])
        self._close_gaps(keys.texts, codes, keys.firsts)
        return keys

    def of(
        self, cells: Sequence[pa.Array], keys: Keys, numbers: Any, found: Found, stride: int
    ) -> ItemsOfRows:
        """The item of each row of a window; new ones are written, deviations counted per row."""
        named, codes = self._columns_of(cells)
        known = self._known
        before = len(known)
        ids = np.array([known.setdefault(key, len(known)) for key in keys.texts], np.int64)
        new, at = np.unique(ids, return_index=True)
        rows = keys.firsts[at[new >= before]]
        read = self._add(named, codes, rows, numbers, before)
        if self._deviations:
            self._count(ids, keys, found, stride)
        return ItemsOfRows(keys.numbers, ids, *self._codes_of(ids, read, before))

    def _count(self, ids: Any, keys: Keys, found: Found, stride: int) -> None:
        odd = np.flatnonzero(np.isin(ids, list(self._deviations)))
        counts = np.bincount(keys.numbers, minlength=len(ids)) if len(odd) else ()
        for place in odd.tolist():
            for rule, subject, sample in self._deviations[int(ids[place])]:
                first, count = int(keys.firsts[place]), int(counts[place])
                found.add(rule, subject, first * stride, sample, count)

    def _codes_of(self, ids: Any, read: CodeColumns, before: int) -> Iterator[pa.DictionaryArray]:
        """System, code and type of items, which are new from the id `before` on."""
        is_old = ids < before
        old = ids[is_old].tolist()
        at = ids - before
        at[is_old] = len(read.codes) + np.arange(len(old))
        take = pa.array(at)
        for kept, new in zip(self._codes, (read.systems, read.codes, read.types), strict=True):
            again = pa.array([kept[item_id] for item_id in old], pa.string())
            yield pa.concat_arrays([new, again.dictionary_encode()]).take(take)
            kept.extend(new.cast(pa.string()).to_pylist())

    def _columns_of(
        self, cells: Sequence[pa.Array]
    ) -> tuple[list[pa.Array], list[tuple[pa.Array, pa.Array]]]:
        """The columns that name an item, and those of types and codes, pair by pair."""
        nothing = pa.nulls(len(cells[0]), pa.string())
        at = self.columns.at
        named = [cells[at[name]] if name in at else nothing for name in _NAMES]
        codes = []
        for position, code, stated in self.columns.codes:
            kind = nothing if position is None else cells[position]
            if stated:
                kind = pc.if_else(cells[code].is_valid(), stated, None)
            codes.append((kind, cells[code]))
        return named, codes

    def _close_gaps(
        self, keys: list[str], codes: Sequence[tuple[pa.Array, pa.Array]], firsts: Any
    ) -> None:
        """Write keys anew whose codes stand behind an empty pair."""
        is_gap = np.zeros(len(firsts), np.bool_)
        was_empty = np.zeros(len(firsts), np.bool_)
        for pair in codes:
            is_full = np.zeros(len(firsts), np.bool_)
            for column in pair:
                if column.null_count < len(column):
                    is_full |= filled(column)[firsts]
            is_gap |= was_empty & is_full
            was_empty |= ~is_full
        for number in np.flatnonzero(is_gap).tolist():
            parts = split_key(keys[number], len(_NAMES) + 2 * len(codes))
            named, flat = parts[: len(_NAMES)], parts[len(_NAMES) :]
            pairs = zip(flat[::2], flat[1::2], strict=True)
            close = [text for pair in pairs if any(pair) for text in pair]
            close += [""] * (len(flat) - len(close))
            keys[number] = key_of([*named, *close])

    def _add(
        self,
        named: Sequence[pa.Array],
        codes: Sequence[tuple[pa.Array, pa.Array]],
        rows: Any,
        numbers: Any,
        first_id: int,
    ) -> CodeColumns:
        """Write new items: those of these rows, in their order."""
        take = pa.array(rows)
        description, *units = (column.take(take) for column in named)
        unit, unit_type = (column.cast(pa.string()) for column in units)
        read = CodeColumns([(kind.take(take), code.take(take)) for kind, code in codes], len(rows))
        for number, deviations in read.deviations(description, unit, unit_type):
            self._deviations[first_id + number] = deviations
        everyone = np.arange(len(rows))
        self.out.rows(
            "items",
            len(rows),
            item_id=pa.array(first_id + everyone),
            description=description,
            code_system=read.systems,
            code=read.codes,
            drug_unit=factors_of(unit).values,
            drug_unit_type=pc.utf8_upper(unit_type),
            place=row_places(numbers[rows]),
        )
        flat = read.flat()
        flat["item_id"] = pa.array(first_id + flat["item_id"])
        self.out.rows("item_codes", len(flat["item_id"]), **flat)
        return read
