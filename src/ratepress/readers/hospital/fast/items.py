"""The items of a window: which row is of which item, and the new ones written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter
from ratepress.readers.hospital.cells import CSV_NAMES, Deviation, ItemCells
from ratepress.readers.hospital.columns import Columns
from ratepress.readers.hospital.fast.found import Found
from ratepress.readers.hospital.fast.texts import SEPARATOR, joined, occurrences
from ratepress.readers.hospital.loader import read_item


class Item(NamedTuple):
    """What rates and charges repeat of an item."""

    item_id: int
    code_system: str | None
    code: str | None
    published_type: str | None
    deviations: tuple[Deviation, ...]


class ItemsOfRows(NamedTuple):
    """The item of each row as a number into `items`, which are those of the window."""

    numbers: Any
    items: list[Item]

    @property
    def ids(self) -> Any:
        """The id of each item of the window."""
        return np.array([item.item_id for item in self.items], np.int64)


@dataclass(slots=True)
class Items:
    """All items of a file, by their texts."""

    columns: Columns
    out: LakeWriter
    _known: dict[str, Item] = field(default_factory=dict)

    def of(self, cells: Sequence[pa.Array], numbers: Any, found: Found, stride: int) -> ItemsOfRows:
        """The item of each row of a window; new ones are written, deviations counted per row."""
        keys = joined(self._key_columns(cells))
        counts, firsts = occurrences(keys.numbers, len(keys.texts))
        new = _New(self.out)
        items = []
        # In order of first occurrence, so that ids are those of the plain loader.
        for key, count, first in zip(keys.texts, counts.tolist(), firsts.tolist(), strict=True):
            item = self._known.get(key)
            if item is None:
                item = self._item(key, int(numbers[first]), new)
            items.append(item)
            for rule, subject, sample in item.deviations:
                found.add(rule, subject, first * stride, sample, count)
        new.write()
        return ItemsOfRows(keys.numbers, items)

    def _key_columns(self, cells: Sequence[pa.Array]) -> list[pa.Array]:
        at = self.columns.at
        nothing = pa.nulls(len(cells[0]), pa.string())
        positions = [
            at.get("description"),
            at.get("drug_unit_of_measurement"),
            at.get("drug_type_of_measurement"),
        ]
        for kind, code, _ in self.columns.codes:
            positions += [kind, code]
        return [nothing if position is None else cells[position] for position in positions]

    def _item(self, key: str, number: int, new: _New) -> Item:
        description, unit, unit_type, *texts = key.split(SEPARATOR)
        codes = tuple(
            (kind or (stated if position is None else ""), code)
            for kind, code, (position, _, stated) in zip(
                texts[::2], texts[1::2], self.columns.codes, strict=True
            )
            if kind or code
        )
        # The same codes may stand in other columns: that is still one item.
        flat = [text for pair in codes for text in pair]
        same = SEPARATOR.join(("", description, unit, unit_type, *flat))
        item = self._known.get(same)
        if item is None:
            item = new.add(ItemCells(description, codes, unit, unit_type), number)
            self._known[same] = item
        self._known[key] = item
        return item


class _New:
    """New items of a window, as columns of `items` and `item_codes`."""

    def __init__(self, out: LakeWriter) -> None:
        self._out = out
        self._first = out.rows.get("items", 0)
        self._items: list[tuple[Any, ...]] = []
        self._codes: list[tuple[Any, ...]] = []

    def add(self, cells: ItemCells, number: int) -> Item:
        """One new item, of the row with this number."""
        read = read_item(cells, CSV_NAMES)
        item_id = self._first + len(self._items)
        main = read.main
        item = Item(
            item_id,
            main.system if main else None,
            main.code if main else None,
            main.published_type if main else None,
            read.deviations,
        )
        self._items.append(
            (
                item_id,
                None,
                cells.description or None,
                item.code_system,
                item.code,
                read.drug_unit,
                cells.drug_unit_type.upper() or None,
                f"row {number}",
            )
        )
        self._codes += [
            (item_id, at, code.system, code.code, code.published_type or None, code.published_code)
            for at, code in enumerate(read.codes)
        ]
        return item

    def write(self) -> None:
        """Write them as two batches."""
        _write(self._out, "items", self._items)
        _write(self._out, "item_codes", self._codes)


def _write(out: LakeWriter, table: str, rows: list[tuple[Any, ...]]) -> None:
    """Rows in the order of the table's columns, without `content_id`; those left off are null."""
    if not rows:
        return
    schema = TABLES[table].arrow
    columns = [pa.array([out.content_id] * len(rows), pa.string())]
    for values, column in zip(zip(*rows, strict=True), list(schema)[1:], strict=False):
        columns.append(pa.array(values, column.type))
    columns += [pa.nulls(len(rows), column.type) for column in list(schema)[len(columns) :]]
    out.batch(table, pa.RecordBatch.from_arrays(columns, schema=schema))
