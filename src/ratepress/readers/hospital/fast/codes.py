"""The codes of new items, column by column: each distinct type and code is normalised once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.codes.normalise import SYSTEMS, NormalisedCode, normalise
from ratepress.readers.hospital.cells import CSV_NAMES, Deviation, ItemCells
from ratepress.readers.hospital.fast.texts import encoded, pairs, texts_of
from ratepress.readers.hospital.loader import read_item
from ratepress.readers.hospital.values import DRUG_UNIT_TYPES

_RANK = {system: rank for rank, system in enumerate(SYSTEMS)}
_NO_CODE = len(SYSTEMS) + 1


class _Column(NamedTuple):
    """One pair of columns: for each item a number into `read`, -1 where it has no code."""

    numbers: Any
    read: list[NormalisedCode]
    is_odd: Any


class CodeColumns:
    """The codes of `n` items. `systems`, `codes` and `types` are those of the comparable code."""

    def __init__(self, columns: Sequence[tuple[pa.Array, pa.Array]], n: int) -> None:
        self._texts = columns
        self._n = n
        self._columns = [_column(kind, code) for kind, code in columns]
        self.systems: list[str | None] = [None] * n
        self.codes: list[str | None] = [None] * n
        self.types: list[str | None] = [None] * n
        self._choose()

    def _choose(self) -> None:
        """Find each item's comparable code: the best system's, of those the first stated."""
        ranks = np.full((len(self._columns), self._n), _NO_CODE)
        for at, column in enumerate(self._columns):
            of_code = [_RANK.get(code.system, len(SYSTEMS)) for code in column.read]
            ranks[at] = np.array([*of_code, _NO_CODE])[column.numbers]
        if not len(ranks):
            return
        best = ranks.argmin(axis=0)
        for at, column in enumerate(self._columns):
            items = np.flatnonzero((best == at) & (ranks[at] < _NO_CODE))
            for item, number in zip(items.tolist(), column.numbers[items].tolist(), strict=True):
                code = column.read[number]
                self.systems[item] = code.system
                self.codes[item] = code.code
                self.types[item] = code.published_type

    def flat(self) -> dict[str, Any]:
        """The rows of `item_codes`, in order; `item_id` counts from 0."""
        items, numbers = [], []
        read: list[NormalisedCode] = []
        for column in self._columns:
            has = np.flatnonzero(column.numbers >= 0)
            items.append(has)
            numbers.append(column.numbers[has] + len(read))
            read += column.read
        item = np.concatenate(items) if items else np.zeros(0, np.int64)
        order = np.argsort(item, kind="stable")
        item = item[order]
        which = np.concatenate(numbers)[order] if items else item
        starts = np.searchsorted(item, item)
        return {
            "item_id": item,
            "position": pa.array(np.arange(len(item)) - starts),
            "code_system": encoded([code.system for code in read], which),
            "code": encoded([code.code for code in read], which),
            "published_type": encoded([code.published_type or None for code in read], which),
            "published_code": encoded([code.published_code for code in read], which),
        }

    def deviations(
        self, description: pa.Array, unit: pa.Array, unit_type: pa.Array
    ) -> Iterator[tuple[int, tuple[Deviation, ...]]]:
        """Items in which anything deviates, read as the plain loader reads them."""
        is_odd = unit.is_valid().to_numpy(zero_copy_only=False)
        is_odd = is_odd | unit_type.is_valid().to_numpy(zero_copy_only=False)
        if is_odd.any():
            known = pa.array(sorted(DRUG_UNIT_TYPES))
            is_known = pc.is_in(pc.utf8_upper(unit_type), known)
            is_plain = pc.match_substring_regex(unit, r"^[1-9]\d{0,7}$")
            is_right = pc.and_(is_known, is_plain.fill_null(fill_value=False))
            is_odd &= ~is_right.to_numpy(zero_copy_only=False)
        for column in self._columns:
            is_odd |= column.is_odd
        for item in np.flatnonzero(is_odd).tolist():
            codes = tuple(
                (kind[item].as_py() or "", code[item].as_py() or "")
                for kind, code in self._texts
                if kind[item].is_valid or code[item].is_valid
            )
            texts = (column[item].as_py() or "" for column in (description, unit, unit_type))
            said, quantity, kind_of_unit = texts
            found = read_item(ItemCells(said, codes, quantity, kind_of_unit), CSV_NAMES).deviations
            if found:
                yield item, found


def _column(kind: pa.Array, code: pa.Array) -> _Column:
    if code.null_count == len(code):
        is_odd = kind.is_valid().to_numpy(zero_copy_only=False)
        return _Column(np.full(len(code), -1, np.int64), [], is_odd)
    kinds, codes = texts_of(kind), texts_of(code)
    combined, firsts = pairs((kinds.numbers, len(kinds.texts)), (codes.numbers, len(codes.texts)))
    kind_of = [*kinds.texts, ""]
    of_kind, of_code = kinds.numbers[firsts].tolist(), codes.numbers[firsts].tolist()
    known: list[int] = []
    read: list[NormalisedCode] = []
    odd: list[bool] = []
    for kind_number, code_number in zip(of_kind, of_code, strict=True):
        if code_number < 0:
            known.append(-1)
            odd.append(kind_number >= 0)
            continue
        found = normalise(kind_of[kind_number], codes.texts[code_number])
        known.append(len(read))
        read.append(found)
        odd.append(kind_number < 0 or found.problem is not None)
    return _Column(np.array(known, np.int64)[combined], read, np.array(odd, np.bool_)[combined])
