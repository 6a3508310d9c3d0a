"""The codes of new items, column by column: most are told by their form, the others one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.codes.normalise import SYSTEMS, normalise, plain_forms
from ratepress.readers.hospital.cells import CSV_NAMES, Deviation, ItemCells
from ratepress.readers.hospital.fast.masks import filled
from ratepress.readers.hospital.fast.texts import coded, pairs, unique
from ratepress.readers.hospital.loader import read_item
from ratepress.readers.hospital.values import DRUG_UNIT_TYPES

_EMPTY = pa.array([], pa.string())


class _Column(NamedTuple):
    """One pair of columns: for each item a number into what was read, -1 where it has no code.

    `systems` are numbers too; all parts have one entry for each type and code that differs.
    """

    numbers: Any
    systems: Any
    codes: pa.Array
    types: pa.Array
    written: pa.Array
    is_odd: Any


class CodeColumns:
    """The codes of `n` items. `systems`, `codes` and `types` are those of the comparable code."""

    def __init__(self, columns: Sequence[tuple[pa.Array, pa.Array]], n: int) -> None:
        self._texts = columns
        self._n = n
        names = {system: number for number, system in enumerate(SYSTEMS)}
        self._columns = [_column(kind, code, names) for kind, code in columns]
        systems = np.concatenate(
            [np.zeros(0, np.int32), *(column.systems for column in self._columns)]
        )
        self._parts = [
            pa.DictionaryArray.from_arrays(pa.array(systems), pa.array(list(names))),
            self._whole("codes"),
            self._whole("types"),
            self._whole("written"),
        ]
        best = self._best(systems)
        self.systems, self.codes, types = (part.take(best) for part in self._parts[:3])
        # A code without a type has the empty one, an item without a code none.
        if types.null_count > best.null_count:
            said = types.cast(pa.string()).fill_null("")
            types = unique(pc.if_else(best.is_valid(), said, None))
        self.types = types

    def _whole(self, part: str) -> pa.DictionaryArray:
        return unique(pa.concat_arrays([_EMPTY, *(getattr(c, part) for c in self._columns)]))

    def _best(self, systems: Any) -> pa.Array:
        """Each item's comparable code: the best system's, of those the first stated."""
        nothing = len(systems)
        ranks = np.append(np.minimum(systems, len(SYSTEMS)), len(SYSTEMS) + 1)
        best = np.full(self._n, nothing, np.int64)
        for numbers in self._numbers():
            numbers = np.where(numbers < 0, nothing, numbers)
            best = np.where(ranks[numbers] < ranks[best], numbers, best)
        return pa.array(best, mask=best == nothing)

    def _numbers(self) -> Iterator[Any]:
        """Each column's codes as numbers into all codes read, -1 where there is none."""
        first = 0
        for column in self._columns:
            yield np.where(column.numbers < 0, -1, column.numbers + first)
            first += len(column.systems)

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
            "published_type": kind,
            "published_code": written,
        }

    def deviations(
        self, description: pa.Array, unit: pa.Array, unit_type: pa.Array
    ) -> Iterator[tuple[int, tuple[Deviation, ...]]]:
        """Items in which anything deviates, read as the plain loader reads them."""
        is_odd = filled(unit) | filled(unit_type)
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


def _column(kind: pa.Array, code: pa.Array, names: dict[str, int]) -> _Column:
    """Read a pair of columns; systems that have no number yet get one in `names`."""
    kind_numbers, kinds = coded(kind)
    code_numbers, codes = coded(code)
    combined, firsts = pairs((kind_numbers, len(kinds)), (code_numbers, len(codes)))
    of_kind, of_code = kind_numbers[firsts], code_numbers[firsts]
    has_code = of_code >= 0
    is_odd = has_code != (of_kind >= 0)
    known = np.where(has_code, np.cumsum(has_code) - 1, -1)
    of_kind = of_kind[has_code]
    written = codes.take(pa.array(of_code[has_code]))
    published = [*kinds.to_pylist(), ""]
    systems = _plain_systems(of_kind, written, published, names)
    normal = written
    others = np.flatnonzero(systems < 0)
    if len(others):
        read = [
            normalise(published[number], text)
            for number, text in zip(
                of_kind[others].tolist(), written.take(pa.array(others)).to_pylist(), strict=True
            )
        ]
        systems[others] = [names.setdefault(one.system, len(names)) for one in read]
        is_other = np.zeros(len(written), np.bool_)
        is_other[others] = True
        texts = pa.array([one.code for one in read], pa.string())
        normal = pc.replace_with_mask(written, pa.array(is_other), texts)
        odd = is_odd[has_code]
        odd[others] |= np.array([one.problem is not None for one in read], np.bool_)
        is_odd[has_code] = odd
    types = kinds.take(pa.array(of_kind, mask=of_kind < 0))
    return _Column(known[combined], systems, normal, types, written, is_odd[combined])


def _plain_systems(of_kind: Any, codes: pa.Array, kinds: list[str], names: dict[str, int]) -> Any:
    """The number of each code's system where its form tells it, else -1."""
    systems = np.full(len(codes), -1, np.int32)
    for number, kind in enumerate(kinds[:-1]):
        forms = plain_forms(kind)
        rows = np.flatnonzero(of_kind == number) if forms else ()
        if len(rows):
            texts = codes.take(pa.array(rows))
            for system, form in reversed(forms):
                is_so = pc.match_substring_regex(texts, form).to_numpy(zero_copy_only=False)
                systems[rows[is_so]] = names[system]
    return systems
