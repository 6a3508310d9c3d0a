"""The codes of new items, column by column: each distinct type and code is normalised once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.codes.normalise import SYSTEMS, NormalisedCode, normalise
from ratepress.readers.hospital.cells import CSV_NAMES, Deviation, ItemCells
from ratepress.readers.hospital.fast.texts import pairs, texts_of
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
        read = [code for column in self._columns for code in column.read]
        self._parts = [
            pa.array([getattr(code, part) for code in read], pa.string())
            for part in ("system", "code", "published_type", "published_code")
        ]
        best = self._best(read)
        self.systems, self.codes, self.types = (
            part.take(best).to_pylist() for part in self._parts[:3]
        )

    def _best(self, read: list[NormalisedCode]) -> pa.Array:
        """Each item's comparable code: the best system's, of those the first stated."""
        ranks = np.array([_RANK.get(code.system, len(SYSTEMS)) for code in read] + [_NO_CODE])
        best = np.full(self._n, len(read), np.int64)
        for numbers in self._numbers():
            numbers = np.where(numbers < 0, len(read), numbers)
            best = np.where(ranks[numbers] < ranks[best], numbers, best)
        return pa.array(best, mask=best == len(read))

    def _numbers(self) -> Iterator[Any]:
        """Each column's codes as numbers into all codes read, -1 where there is none."""
        first = 0
        for column in self._columns:
            yield np.where(column.numbers < 0, -1, column.numbers + first)
            first += len(column.read)

    def flat(self) -> dict[str, Any]:
        """The rows of `item_codes`, in order; `item_id` counts from 0."""
        # Item by item, and in an item column by column.
        table = np.array(list(self._numbers()), np.int64).reshape(len(self._columns), self._n).T
        item, column = np.nonzero(table >= 0)
        which = pa.array(table[item, column])
        system, code, kind, written = (part.take(which) for part in self._parts)
        return {
            "item_id": item,
            "position": pa.array(np.arange(len(item)) - np.searchsorted(item, item)),
            "code_system": system,
            "code": code,
            "published_type": pc.if_else(pc.equal(kind, ""), None, kind),
            "published_code": written,
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
    of_kind, of_code = kinds.numbers[firsts], codes.numbers[firsts]
    has_code = of_code >= 0
    read = [
        normalise(kind_of[kind_number], codes.texts[code_number])
        for kind_number, code_number in zip(
            of_kind[has_code].tolist(), of_code[has_code].tolist(), strict=True
        )
    ]
    known = np.where(has_code, np.cumsum(has_code) - 1, -1)
    is_odd = has_code != (of_kind >= 0)
    is_odd[has_code] |= np.array([code.problem is not None for code in read], np.bool_)
    return _Column(known[combined], read, is_odd[combined])
