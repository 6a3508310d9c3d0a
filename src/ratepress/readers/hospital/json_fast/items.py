"""The items and charge lines of a block as columns; each different code and line is read once.

What a code, a drug quantity or a charge line's words come to is asked of the plain loader, which
writes into a `Capture`: so nothing is decided here again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import UNSET

from ratepress.codes.normalise import SYSTEMS, normalise
from ratepress.lake.schema import FACTOR
from ratepress.readers.hospital.cells import ChargeCells, Deviation, ItemCells
from ratepress.readers.hospital.json_fast.columns import Block, Capture, per, texts
from ratepress.readers.hospital.json_fast.numbers import LONGEST, Odd, plain_text
from ratepress.readers.hospital.json_fast.shapes import Drug, Item, Numbered
from ratepress.readers.hospital.loader import NO_CODE, Charge, Loader
from ratepress.readers.hospital.loader import Item as Loaded

_RANK = {system: rank for rank, system in enumerate(SYSTEMS)}
MOST_KNOWN = 1 << 18
_LATER = 1 << 32
_EMPTY = Loaded(0, None, None, None, has_codes=False, deviations=())
_OF_CODE = ("code_system", "code", "published_type", "published_code")
_NO_DRUG = (b"", UNSET)


def cleaned(text: Any) -> str:
    """A text of the template without the spaces round it; empty where it is not stated."""
    return text.strip() if isinstance(text, str) else ""


class Read(NamedTuple):
    """What a different thing comes to: a code, a drug quantity. `n_keys` it states in the file."""

    row: dict[str, Any] | None
    deviations: tuple[Deviation, ...]
    n_keys: int
    rank: int = 0
    is_stated: bool = True


class Known:
    """The codes, drug quantities and charge lines met so far, each read once."""

    def __init__(self, loader: Loader, capture: Capture) -> None:
        self._loader = loader
        self._capture = capture
        self.codes, self.drugs, self.lines = Numbered(), Numbered(), Numbered()
        self.code_reads: list[Read] = []
        self.drug_reads: list[Read] = []
        self.charges: list[Charge] = []

    @property
    def is_full(self) -> bool:
        """Whether so much is known that it should be forgotten."""
        return len(self.codes) + len(self.drugs) + len(self.lines) > MOST_KNOWN

    def code_numbers(self, items: list[Item]) -> tuple[Any, Any]:
        """The number of each code, and the row of the item that it is of."""
        lists = [item.code_information or () for item in items]
        known = self.codes
        numbers = np.array([known[c.type, c.code] for codes in lists for c in codes], np.int32)
        for kind, code in list(known)[len(self.code_reads) :]:
            self.code_reads.append(self._code(kind, code))
        return numbers, np.repeat(np.arange(len(items)), [len(codes) for codes in lists])

    def _code(self, kind: Any, code: Any) -> Read:
        pair = (cleaned(kind), cleaned(code))
        n_keys = (kind is not UNSET) + (code is not UNSET)
        if all(pair):
            # Nearly all are so: what the loader makes of a pair without a problem.
            found = normalise(*pair)
            if found.problem is None:
                stated = dict(zip(_OF_CODE, found, strict=False), main_type=found.published_type)
                return Read(stated, (), n_keys, _RANK.get(found.system, len(_RANK)))
        item = self._loader.item(ItemCells("", (pair,) if any(pair) else (), "", ""), "")
        row = self._capture.take("item_codes")
        if row is None:
            return Read(None, item.deviations, n_keys)
        # The type of the main code, unlike that of a row of item_codes, may be the empty text.
        row["main_type"] = item.published_type
        rank = _RANK.get(str(item.code_system), len(_RANK))
        return Read(row, item.deviations, n_keys, rank)

    def drug_numbers(self, items: list[Item]) -> Any:
        """The number of each item's drug quantity."""
        known = self.drugs
        numbers = np.array([known[_drug(item.drug_information)] for item in items], np.int32)
        for unit, kind in list(known)[len(self.drug_reads) :]:
            cells = ItemCells("", (), _unit(unit), cleaned(kind))
            item = self._loader.item(cells, "")
            n_keys = (unit != b"") + (kind is not UNSET)
            self.drug_reads.append(Read(self._capture.take("items"), item.deviations, n_keys))
        return numbers

    def line_numbers(self, lines: Sequence[tuple[Any, Any, Any]]) -> Any:
        """The number of each charge line's setting, class and modifiers."""
        known = self.lines
        numbers = np.array([known[line] for line in lines], np.int32)
        for setting, own_class, modifiers in list(known)[len(self.charges) :]:
            members = [text for text in map(cleaned, modifiers) if text]
            cells = ChargeCells(
                cleaned(setting), cleaned(own_class), "|".join(members), "", "", "", "", ""
            )
            self.charges.append(self._loader.charge(_EMPTY, cells, ""))
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
    numbers, owner = known.code_numbers(items)
    drugs = known.drug_numbers(items)
    reads = known.code_reads
    block.n_keys += _n_item_keys(items) + int(
        per(reads, "n_keys", numbers).sum() + per(known.drug_reads, "n_keys", drugs).sum()
    )
    block.deviations(reads, numbers, lambda at: block.item_place(int(owner[at])))
    block.deviations(known.drug_reads, drugs, block.item_place)
    is_code = np.array([read.row is not None for read in reads], np.bool_)[numbers]
    numbers, owner = numbers[is_code], owner[is_code]
    has_codes = np.bincount(owner, minlength=n) > 0
    block.met(
        NO_CODE,
        "code_information",
        np.flatnonzero(~has_codes),
        block.item_place,
        descriptions.__getitem__,
    )
    main = _main(per(reads, "rank", numbers), numbers, owner, n)
    system, code = (column_of(reads, name, main) for name in ("code_system", "code"))
    drug_rows = [read.row or {} for read in known.drug_reads]
    at = pa.array(drugs)
    block.add(
        "items",
        n,
        item_id=pa.array(block.first_item + np.arange(n)),
        description=texts(descriptions),
        code_system=system,
        code=code,
        drug_unit=pa.array([row.get("drug_unit") for row in drug_rows], FACTOR).take(at),
        drug_unit_type=texts([row.get("drug_unit_type") for row in drug_rows]).take(at),
        place=block.item_places(),
    )
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    position = np.arange(len(numbers)) - np.repeat(starts, np.diff(starts, append=len(numbers)))
    block.add(
        "item_codes",
        len(numbers),
        item_id=pa.array(block.first_item + owner),
        position=pa.array(position),
        **{name: column_of(reads, name, numbers) for name in _OF_CODE},
    )
    return Items(descriptions, main, has_codes, system, code)


def column_of(reads: list[Read], name: str, numbers: Any) -> pa.Array:
    """A text of each read thing by its number; null for -1."""
    rows = [reads[at].row if at >= 0 else None for at in numbers.tolist()]
    return pa.array([row[name] if row else None for row in rows], pa.string())


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
