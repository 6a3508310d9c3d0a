"""The items and charge lines of a block as columns; each different code and line is read once.

What a code, a drug quantity or a charge line's words come to is asked of the plain loader, which
writes into a `Capture`: so nothing is decided here again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import UNSET

from ratepress.codes.normalise import SYSTEMS, plain_forms
from ratepress.lake.schema import FACTOR
from ratepress.readers.hospital.cells import ChargeCells, Deviation, ItemCells
from ratepress.readers.hospital.json_fast.columns import Block, Capture, per, texts
from ratepress.readers.hospital.json_fast.numbers import LONGEST, Odd, plain_text
from ratepress.readers.hospital.json_fast.shapes import Drug, Item, Numbered, cleaned
from ratepress.readers.hospital.loader import NO_CODE, Charge, Loader
from ratepress.readers.hospital.loader import Item as Loaded

_RANK = {system: rank for rank, system in enumerate(SYSTEMS)}
MOST_KNOWN = 1 << 18
_LATER = 1 << 32
_EMPTY = Loaded(0, None, None, None, has_codes=False, deviations=())
MAIN_TYPE = "main_type"
_OF_CODE = ("code_system", "code", "published_type", "published_code")
_PAIR = attrgetter("type", "code")
_NO_DRUG = (b"", UNSET)


class Codes:
    """Codes by number, each read once: the columns of item_codes, and what decides between codes.

    `main_type` is the type of a main code, which may be the empty text.
    """

    def __init__(self, loader: Loader, capture: Capture) -> None:
        self._loader = loader
        self._capture = capture
        self._numbers = Numbered()
        self.columns: dict[str, list[str | None]] = {name: [] for name in (*_OF_CODE, MAIN_TYPE)}
        self.ranks: list[int] = []
        self.n_keys: list[int] = []
        self.deviations: dict[int, tuple[Deviation, ...]] = {}

    def __len__(self) -> int:
        return len(self.ranks)

    def numbers(self, items: list[Item]) -> tuple[Any, Any]:
        """The number of each code, and the row of the item that it is of."""
        lists = [item.code_information or () for item in items]
        known = self._numbers
        pairs = map(_PAIR, chain.from_iterable(lists))
        numbers = np.fromiter(map(known.__getitem__, pairs), np.int32)
        new = list(islice(known, len(self.ranks), None))
        if new:
            self._read(new)
        return numbers, np.repeat(np.arange(len(items)), [len(codes) for codes in lists])

    def _read(self, new: list[tuple[Any, Any]]) -> None:
        """Read codes that were not met before; nearly all are told by their form."""
        first, n = len(self.ranks), len(new)
        kinds, codes = ([cleaned(text) for text in column] for column in zip(*new, strict=True))
        systems: list[str | None] = [None] * n
        rows_of: dict[str, list[int]] = {}
        for row, kind in enumerate(kinds):
            rows_of.setdefault(kind, []).append(row)
        for kind, rows in rows_of.items():
            column = pa.array([codes[row] for row in rows], pa.string())
            for system, form in reversed(plain_forms(kind)):
                for at in np.flatnonzero(pc.match_substring_regex(column, form)).tolist():
                    systems[rows[at]] = system
        self.ranks += [_RANK.get(str(system), len(_RANK)) for system in systems]
        read: tuple[Sequence[str | None], ...] = (systems, codes, kinds, codes, kinds)
        for column_of, texts_of in zip(self.columns.values(), read, strict=True):
            column_of += texts_of
        self.n_keys += [(kind is not UNSET) + (code is not UNSET) for kind, code in new]
        for row in [row for row, system in enumerate(systems) if system is None]:
            stated = self._by_the_loader((kinds[row], codes[row]), first + row)
            self.ranks[first + row] = _RANK.get(str(stated[0]), len(_RANK))
            for column_of, text in zip(self.columns.values(), stated, strict=True):
                column_of[first + row] = text

    def _by_the_loader(self, pair: tuple[str, str], number: int) -> tuple[str | None, ...]:
        item = self._loader.item(ItemCells("", (pair,) if any(pair) else (), "", ""), "")
        row = self._capture.take("item_codes") or {}
        if item.deviations:
            self.deviations[number] = item.deviations
        return (*(row.get(name) for name in _OF_CODE), item.published_type)

    def texts(self, name: str, numbers: Any) -> pa.Array:
        """A column of the codes of these numbers; null for -1."""
        known = [*self.columns[name], None]
        return pa.array([known[number] for number in numbers.tolist()], pa.string())


class Known:
    """The codes, drug quantities and charge lines met so far, each read once."""

    def __init__(self, loader: Loader, capture: Capture) -> None:
        self._loader = loader
        self._capture = capture
        self.codes = Codes(loader, capture)
        self._drugs, self._lines = Numbered(), Numbered()
        self.drug_rows: list[dict[str, Any]] = []
        self.drug_keys: list[int] = []
        self.charges: list[Charge] = []
        self.drug_deviations: dict[int, tuple[Deviation, ...]] = {}
        self.line_deviations: dict[int, tuple[Deviation, ...]] = {}

    @property
    def is_full(self) -> bool:
        """Whether so much is known that it should be forgotten."""
        return len(self.codes) + len(self._drugs) + len(self._lines) > MOST_KNOWN

    def drug_numbers(self, items: list[Item]) -> Any:
        """The number of each item's drug quantity."""
        known = self._drugs
        numbers = np.array([known[_drug(item.drug_information)] for item in items], np.int32)
        for unit, kind in list(known)[len(self.drug_rows) :]:
            cells = ItemCells("", (), _unit(unit), cleaned(kind))
            item = self._loader.item(cells, "")
            if item.deviations:
                self.drug_deviations[len(self.drug_rows)] = item.deviations
            self.drug_rows.append(self._capture.take("items") or {})
            self.drug_keys.append((unit != b"") + (kind is not UNSET))
        return numbers

    def line_numbers(self, lines: Sequence[tuple[Any, Any, Any]]) -> Any:
        """The number of each charge line's setting, class and modifiers."""
        known = self._lines
        numbers = np.array([known[line] for line in lines], np.int32)
        for setting, own_class, modifiers in list(known)[len(self.charges) :]:
            members = [text for text in map(cleaned, modifiers) if text]
            cells = ChargeCells(
                cleaned(setting), cleaned(own_class), "|".join(members), "", "", "", "", ""
            )
            charge = self._loader.charge(_EMPTY, cells, "")
            if charge.deviations:
                self.line_deviations[len(self.charges)] = charge.deviations
            self.charges.append(charge)
        return numbers


class Items(NamedTuple):
    """What charges and rates need of the items: the number of the main code, or -1."""

    descriptions: list[str]
    main: Any
    has_codes: Any
    code_system: pa.Array
    code: pa.Array


def load_items(items: list[Item], known: Known, block: Block) -> Items:
    """Read the items and their codes into a block."""
    n = len(items)
    descriptions = [cleaned(item.description) for item in items]
    codes = known.codes
    numbers, owner = codes.numbers(items)
    drugs = known.drug_numbers(items)
    block.n_keys += _n_item_keys(items)
    block.n_keys += int(per(codes.n_keys, numbers).sum() + per(known.drug_keys, drugs).sum())
    block.deviations(codes.deviations, numbers, lambda at: block.item_place(int(owner[at])))
    block.deviations(known.drug_deviations, drugs, block.item_place)
    is_code = np.array([code is not None for code in codes.columns["code"]], np.bool_)[numbers]
    numbers, owner = numbers[is_code], owner[is_code]
    has_codes = np.bincount(owner, minlength=n) > 0
    block.met(
        NO_CODE,
        "code_information",
        np.flatnonzero(~has_codes),
        block.item_place,
        descriptions.__getitem__,
    )
    main = _main(per(codes.ranks, numbers), numbers, owner, n)
    system, code = codes.texts("code_system", main), codes.texts("code", main)
    at = pa.array(drugs)
    block.add(
        "items",
        n,
        item_id=pa.array(block.first_item + np.arange(n)),
        description=texts(descriptions),
        code_system=system,
        code=code,
        drug_unit=pa.array([row.get("drug_unit") for row in known.drug_rows], FACTOR).take(at),
        drug_unit_type=texts([row.get("drug_unit_type") for row in known.drug_rows]).take(at),
        place=block.item_places(),
    )
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    position = np.arange(len(numbers)) - np.repeat(starts, np.diff(starts, append=len(numbers)))
    block.add(
        "item_codes",
        len(numbers),
        item_id=pa.array(block.first_item + owner),
        position=pa.array(position),
        **{name: codes.texts(name, numbers) for name in _OF_CODE},
    )
    return Items(descriptions, main, has_codes, system, code)


def _n_item_keys(items: list[Item]) -> int:
    stated = 4 * len(items)
    for name in Item.__struct_fields__:
        stated -= sum([getattr(item, name) is UNSET for item in items])
    return stated


def _main(ranks: Any, numbers: Any, owner: Any, n: int) -> Any:
    """The number of each item's comparable code: of the best rank the first."""
    main = np.full(n, -1, np.int32)
    if len(numbers):
        order = ranks.astype(np.int64) * _LATER + np.arange(len(numbers))
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        best = np.minimum.reduceat(order, starts) % _LATER
        main[owner[starts]] = numbers[best]
    return main


def _drug(drug: Any) -> tuple[bytes, Any]:
    return (bytes(drug.unit), drug.type) if isinstance(drug, Drug) else _NO_DRUG


def _unit(raw: bytes) -> str:
    if raw in (b"", b"null"):
        return ""
    if raw.startswith(b'"'):
        return str(msgspec.json.decode(raw, type=str)).strip()
    text = raw.decode()
    if text[0] not in "-0123456789" or len(text) > LONGEST:
        raise Odd
    return plain_text(text)
