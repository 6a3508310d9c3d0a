"""The plain loader of hospital CSV rows, one after the other: what is right, said plainly.

The fast loader (`fast`) must leave exactly the same rows, ids, places and counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ratepress.readers.hospital.blocks import Block
from ratepress.readers.hospital.cells import (
    CHARGE_COLUMNS,
    PAYER_COLUMNS,
    ChargeCells,
    ItemCells,
    PayerCells,
)
from ratepress.readers.hospital.columns import UNKNOWN_COLUMN, Columns
from ratepress.readers.hospital.loader import (
    MODIFIER_PRICE,
    NO_CHARGE,
    NO_CODE,
    Charge,
    Item,
    Loader,
)
from ratepress.readers.hospital.opening import Row

SHORT_ROW, LONG_ROW = "F201", "F202"


def fitted(row: list[str], columns: Columns) -> list[str] | None:
    """The row stripped and as wide as the header; None where it has text beyond the header."""
    cells = [cell.strip() for cell in row]
    if any(cells[columns.width :]):
        return None
    return cells[: columns.width] + [""] * (columns.width - len(cells))


@dataclass(slots=True)
class RowLoader:
    """Loads data rows; equal items and charge lines are written once, however far apart."""

    loader: Loader
    columns: Columns
    _items: dict[ItemCells, Item] = field(default_factory=dict)
    _charges: dict[tuple[int, ChargeCells], Charge] = field(default_factory=dict)

    def load(self, rows: Iterator[Row]) -> None:
        """Count and load every row."""
        tally = self.loader.tally
        for number, row in rows:
            place = f"row {number}"
            cells = fitted(row, self.columns)
            if cells is None:
                # Most often a comma that is not quoted: all cells behind it stand wrong.
                extra = next(filter(None, (c.strip() for c in row[self.columns.width :])))
                tally.read += 1
                tally.problem(LONG_ROW, "row", place, extra)
                tally.set_aside(LONG_ROW, place)
                continue
            if len(row) < self.columns.needed:
                sample = f"{len(row)} cells of {self.columns.needed}"
                tally.problem(SHORT_ROW, "row", place, sample)
            for position, column, said in self.columns.unknown:
                if cells[position] and cells[position] != said:
                    tally.problem(UNKNOWN_COLUMN, column, place, cells[position])
            leaves = self._load_row(cells, place)
            tally.read += leaves
            tally.loaded += leaves

    def _load_row(self, cells: list[str], place: str) -> int:
        """Load one row; how many leaves it has: payers, or the row itself."""
        item = self._item_cells(cells)
        charge = ChargeCells(*(self._cell(cells, column) for column in CHARGE_COLUMNS))
        payers = list(self._payers(cells, place))
        tally = self.loader.tally
        has_code = any(code for _, code in item.codes)
        if not has_code and charge.modifiers:
            for payer, at in payers or [(self._nobody(cells), place)]:
                self._modifier_note(item, charge, payer, at)
            priced = [(p, at) for p, at in payers if charge.states_money or p.states_money]
            if not priced and not charge.states_money:
                return max(len(payers), 1)
            tally.problem(MODIFIER_PRICE, "code|1", place, charge.modifiers)
        else:
            priced = payers
            if not has_code:
                tally.problem(NO_CODE, "code|1", place, item.description)
        self._load_prices(item, charge, priced, place)
        return max(len(payers), 1)

    def _load_prices(
        self,
        item_cells: ItemCells,
        charge_cells: ChargeCells,
        payers: list[tuple[PayerCells, str]],
        place: str,
    ) -> None:
        loader = self.loader
        item = self._item(item_cells, place)
        charge = self._charge(item, charge_cells, place)
        loader.count(item.deviations, place)
        loader.count(charge.deviations, place)
        for payer, at in payers:
            loader.rate(charge, payer, at)
        if not payers and not charge.has_amount:
            loader.tally.problem(NO_CHARGE, "row", place, item_cells.description)

    def _cell(self, cells: list[str], column: str) -> str:
        position = self.columns.at.get(column)
        return "" if position is None else cells[position]

    def _item_cells(self, cells: list[str]) -> ItemCells:
        codes = tuple(
            (cells[kind] if kind is not None else stated, cells[code])
            for kind, code, stated in self.columns.codes
            if cells[code] or (kind is not None and cells[kind])
        )
        return ItemCells(
            self._cell(cells, "description"),
            codes,
            self._cell(cells, "drug_unit_of_measurement"),
            self._cell(cells, "drug_type_of_measurement"),
        )

    def _payers(self, cells: list[str], place: str) -> Iterator[tuple[PayerCells, str]]:
        """Each payer and plan of which the row states something, and its place."""
        if self.columns.has_payer_column:
            payer = PayerCells(*(self._cell(cells, column) for column in PAYER_COLUMNS))
            if any(payer[:-1]):
                yield payer._replace(note=self._note(cells)), place
        for block in self.columns.blocks:
            payer = _of_block(block, cells)
            if any(payer[2:]):
                yield payer, f"{place} column {block.column + 1}"

    def _nobody(self, cells: list[str]) -> PayerCells:
        return PayerCells(*[""] * len(PAYER_COLUMNS))._replace(note=self._note(cells))

    def _note(self, cells: list[str]) -> str:
        return self._cell(cells, PAYER_COLUMNS[-1]) or self._cell(cells, CHARGE_COLUMNS[-1])

    def _item(self, cells: ItemCells, place: str) -> Item:
        item = self._items.get(cells)
        if item is None:
            item = self._items[cells] = self.loader.item(cells, place)
        return item

    def _charge(self, item: Item, cells: ChargeCells, place: str) -> Charge:
        key = (item.item_id, cells)
        charge = self._charges.get(key)
        if charge is None:
            charge = self._charges[key] = self.loader.charge(item, cells, place)
        return charge

    def _modifier_note(
        self, item: ItemCells, charge: ChargeCells, payer: PayerCells, place: str
    ) -> None:
        self.loader.modifier_note(
            modifier=charge.modifiers,
            description=item.description,
            setting=charge.setting,
            payer=payer.payer,
            plan=payer.plan,
            note=payer.note or charge.note,
            place=place,
        )


def _of_block(block: Block, cells: list[str]) -> PayerCells:
    at = block.at
    said = (cells[at[column]] if column in at else "" for column in PAYER_COLUMNS[2:])
    return PayerCells(block.payer, block.plan, *said)
