"""The plain reader of tall hospital CSV files, v3 and v2: one row, one payer and plan.

Layout: CMS hospital price transparency CSV data dictionaries. Row 1 holds the general headers,
row 2 their values, row 3 the item headers; then come the data rows. A row number is the one a
spreadsheet shows: header rows and blank rows count, a line break inside a cell does not.
What a row is and how it reconciles: docs/reference/rows-hospital.md.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO

from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.hospital.cells import ChargeCells, ItemCells, Names, PayerCells
from ratepress.readers.hospital.columns import (
    UNKNOWN_COLUMN,
    Columns,
    is_hospital_header,
    read_heading,
    tall_columns,
)
from ratepress.readers.hospital.loader import (
    MODIFIER_PRICE,
    NO_CHARGE,
    NO_CODE,
    Charge,
    Item,
    Loader,
)
from ratepress.readers.source import Source
from ratepress.readers.text import decode_lines, sniff_encoding

NOT_UTF8, SHORT_ROW, LONG_ROW = "F003", "F201", "F202"

NAMES = Names(
    code="code",
    drug_unit="drug_unit_of_measurement",
    drug_unit_type="drug_type_of_measurement",
    setting="setting",
    billing_class="billing_class",
    gross="standard_charge|gross",
    cash="standard_charge|discounted_cash",
    minimum="standard_charge|min",
    maximum="standard_charge|max",
    payer="payer_name",
    dollars="standard_charge|negotiated_dollar",
    percentage="standard_charge|negotiated_percentage",
    method="standard_charge|methodology",
    median="median_amount",
    p10="10th_percentile",
    p90="90th_percentile",
    count="count",
    estimated="estimated_amount",
)
_CHARGE_COLUMNS = (
    "setting",
    "billing_class",
    "modifiers",
    "standard_charge|gross",
    "standard_charge|discounted_cash",
    "standard_charge|min",
    "standard_charge|max",
    "additional_generic_notes",
)
_PAYER_COLUMNS = (
    "payer_name",
    "plan_name",
    "standard_charge|negotiated_dollar",
    "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm",
    "standard_charge|methodology",
    "median_amount",
    "10th_percentile",
    "90th_percentile",
    "count",
    "estimated_amount",
    "additional_generic_notes",
)
# Fed to the parser after the last line: where it does not come back as a row of its own, a
# quotation mark was never closed and has swallowed the rows behind it.
_END = "\x00end of file\x00"

Row = tuple[int, list[str]]


class HospitalTallCsv:
    """Reader of tall hospital standard-charge CSV files.

    >>> HospitalTallCsv().recognise(b"hospital_name,last_updated_on,version")
    True
    """

    kind = "hospital-tall-csv"
    version = "1"
    row_is = "one data row of the CSV that is not blank"

    def recognise(self, head: bytes) -> bool:
        """Whether one of the first three rows is a header row of a hospital CSV, tall or wide."""
        text = head.decode("utf-8-sig", "replace")
        rows = csv.reader(io.StringIO(text, newline=""))
        try:
            return any(is_hospital_header(row) for row in islice(filter(any, rows), 3))
        except csv.Error:
            return False

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """All rows into items, charges, rates, allowed and modifier_notes.

        Raises `UnreadableInput` for a wide file, a missing required column, a quotation mark
        that is never closed, and a file without data rows.
        """
        encoding = _encoding(source, tally)
        with source.open() as stream:
            rows = _rows(source.name, stream, encoding)
            headers = _header_row(source.name, rows, "general headers")
            values = _header_row(source.name, rows, "the values of the general headers")
            place = f"row {values[0]}"
            heading = read_heading(source.name, headers[1], values[1], place, tally)
            items = _header_row(source.name, rows, "item headers")
            columns = tall_columns(source.name, items[1], f"row {items[0]}", tally)
            heading.elements |= set(columns.at)
            default_class = heading.default_class(tally)
            loader = Loader(out, tally, NAMES, default_class)
            _TallRows(loader, columns).load(rows)
        if not tally.read:
            raise UnreadableInput(
                f"{source.name}: there is no data row below the headers",
                place=f"row {items[0]}",
                todo="download it again: it may have been cut off",
            )
        return heading.write(out, tally, default_class)


def _encoding(source: Source, tally: Tally) -> str:
    with source.open() as stream:
        encoding, offset = sniff_encoding(stream)
    if offset is not None:
        tally.problem(NOT_UTF8, "encoding", f"byte {offset:,}", "read as Windows-1252")
    return encoding


def _rows(name: str, stream: IO[bytes], encoding: str) -> Iterator[Row]:
    """Every row that is not blank, with its number."""
    parser = csv.reader(chain(decode_lines(stream, encoding, name=name), [_END]))
    number = 0
    ended = False
    try:
        for number, row in enumerate(parser, 1):
            ended = row == [_END]
            if not ended and any(cell and not cell.isspace() for cell in row):
                yield number, row
    except csv.Error as error:
        raise UnreadableInput(
            f"{name}: the CSV is broken: {error}",
            place=f"row {number + 1}",
            todo="look for a quotation mark that is not closed",
        ) from error
    if not ended:
        raise UnreadableInput(
            f"{name}: a quotation mark is never closed",
            place=f"row {number}",
            expected="each quoted cell to end with a quotation mark",
            todo="mend that row, or tell the hospital",
        )


def _header_row(name: str, rows: Iterator[Row], what: str) -> Row:
    found = next(rows, None)
    if found is None:
        raise UnreadableInput(
            f"{name}: the file ends before {what}",
            expected="three header rows and then data",
            todo="download it again: it may have been cut off",
        )
    return found


@dataclass(slots=True)
class _TallRows:
    """Loads data rows; equal items and charge lines are written once, however far apart."""

    loader: Loader
    columns: Columns
    _items: dict[ItemCells, Item] = field(default_factory=dict)
    _charges: dict[tuple[int, ChargeCells], Charge] = field(default_factory=dict)

    def load(self, rows: Iterator[Row]) -> None:
        """Count and load every row."""
        tally = self.loader.tally
        for number, row in rows:
            tally.read += 1
            place = f"row {number}"
            cells = self._fitted(row, place)
            if cells is None:
                tally.set_aside(LONG_ROW, place)
                continue
            self._load_row(cells, place)
            tally.loaded += 1

    def _fitted(self, row: list[str], place: str) -> list[str] | None:
        """The row stripped and as wide as the header; None where it has more than the header."""
        tally = self.loader.tally
        cells = [cell.strip() for cell in row]
        columns = self.columns
        extra = next((cell for cell in cells[columns.width :] if cell), None)
        if extra is not None:
            # Most often a comma that is not quoted: all cells behind it stand wrong.
            tally.problem(LONG_ROW, "row", place, extra)
            return None
        if len(cells) < columns.needed:
            sample = f"{len(cells)} cells of {columns.needed}"
            tally.problem(SHORT_ROW, "row", place, sample)
        cells += [""] * (columns.width - len(cells))
        for position, column in columns.unknown:
            if cells[position]:
                tally.problem(UNKNOWN_COLUMN, column, place, cells[position])
        return cells

    def _load_row(self, cells: list[str], place: str) -> None:
        item_cells = self._item_cells(cells)
        charge_cells = ChargeCells(*self._pick(cells, _CHARGE_COLUMNS))
        payer = PayerCells(*self._pick(cells, _PAYER_COLUMNS))
        tally = self.loader.tally
        if not any(code for _, code in item_cells.codes):
            if not charge_cells.modifiers:
                tally.problem(NO_CODE, "code|1", place, item_cells.description)
            else:
                self._modifier_note(item_cells, charge_cells, payer, place)
                if not _states_money(charge_cells, payer):
                    return
                tally.problem(MODIFIER_PRICE, "code|1", place, charge_cells.modifiers)
        self._load_prices(item_cells, charge_cells, payer, place)

    def _load_prices(
        self, item_cells: ItemCells, charge_cells: ChargeCells, payer: PayerCells, place: str
    ) -> None:
        loader = self.loader
        item = self._item(item_cells, place)
        charge = self._charge(item, charge_cells, place)
        if item.deviations:
            loader.count(item.deviations, place)
        if charge.deviations:
            loader.count(charge.deviations, place)
        if any(payer[:-1]):
            loader.rate(charge, payer, place)
        elif not charge.has_amount:
            loader.tally.problem(NO_CHARGE, "row", place, item_cells.description)

    def _pick(self, cells: list[str], columns: tuple[str, ...]) -> list[str]:
        at = self.columns.at
        return [cells[at[column]] if column in at else "" for column in columns]

    def _cell(self, cells: list[str], column: str) -> str:
        position = self.columns.at.get(column)
        return "" if position is None else cells[position]

    def _item_cells(self, cells: list[str]) -> ItemCells:
        codes = tuple(
            (cells[kind] if kind is not None else "", cells[code])
            for kind, code in self.columns.codes
            if cells[code] or (kind is not None and cells[kind])
        )
        return ItemCells(
            self._cell(cells, "description"),
            codes,
            self._cell(cells, "drug_unit_of_measurement"),
            self._cell(cells, "drug_type_of_measurement"),
        )

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
            note=payer.note,
            place=place,
        )


def _states_money(charge: ChargeCells, payer: PayerCells) -> bool:
    return any(
        (
            charge.gross,
            charge.cash,
            charge.minimum,
            charge.maximum,
            payer.dollars,
            payer.percentage,
            payer.algorithm,
            payer.median,
            payer.estimated,
        )
    )
