"""The CSV: each fact and gap of the dossier in one row, plain values, nothing that runs."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier_sample import dossier
from hostile_text import CORPUS
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import DataTable, Row, Section
from ratepress.press.csv import COLUMNS, document
from ratepress.press.text import spreadsheet


def rows(hostile: str | None = None) -> list[dict[str, str]]:
    text = document(dossier(hostile)).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_each_cell_of_each_table_is_a_row() -> None:
    cells = [
        cell
        for section in dossier().sections
        for table in section.tables
        for row in table.rows
        for cell in row.cells
        if cell is not None
    ]
    in_tables = [row for row in rows() if row["table"] and not row["table"].startswith("chart-")]
    assert len(in_tables) == len(cells)
    assert sum(bool(row["gap"]) for row in in_tables) == sum(isinstance(c, Gap) for c in cells)
    assert sum(bool(row["value"]) for row in in_tables) == sum(isinstance(c, Fact) for c in cells)


def test_the_labelled_facts_and_the_prices_of_charts_are_rows_too() -> None:
    found = {(row["table"], row["row"], row["column"]) for row in rows()}
    assert ("", "Physician fee, in a facility", "") in found
    assert ("chart-commercial", "Aetna, HMO", "price") in found
    assert ("chart-professional", "Medicare", "") in found


def test_money_is_plain_with_its_unit_beside_it() -> None:
    (fee,) = [row for row in rows() if row["row"] == "Miami (09102-04)" and "In a" in row["column"]]
    assert (fee["value"], fee["unit"], fee["as_of"]) == ("146.80", "USD", "2026-07-15")
    assert fee["rules"] == "P01 P02"
    assert fee["group"] == "FL"


def test_a_source_states_its_place_and_hash() -> None:
    (days, *_) = [row for row in rows() if row["column"] == "Global days"]
    assert days["sources"] == f"CMS physician fee schedule, 2026C, row 18 [{'c' * 64}]"


def test_codes_keep_their_zeros() -> None:
    assert [row["value"] for row in rows() if row["column"] == "Global days"] == [
        "000",
        "000",
        "010",
    ]


def test_a_gap_states_what_why_and_the_cure() -> None:
    (gap,) = [row for row in rows() if row["section"] == "policy"]
    assert gap["gap"] == "Payer policies"
    assert gap["gap_reason"] == "no policy register is loaded"
    assert gap["gap_filled_by"] == "a register of policies"


@pytest.mark.parametrize("kind", CORPUS)
def test_no_cell_of_a_strangers_text_is_a_formula_or_hidden(kind: str) -> None:
    found = rows(CORPUS[kind])
    assert len(found) == len(rows())
    for row in found:
        assert set(row) == set(COLUMNS)
        for text in row.values():
            assert not text.lstrip().startswith(("=", "+", "-", "@"))
            assert all(c.isprintable() for c in text)


def test_a_negative_amount_stays_a_number() -> None:
    from decimal import Decimal

    from ratepress.press.csv import _value

    assert _value(Fact(Decimal("-5.00"), "USD", rules=("M05",))) == "-5.00"
    assert _value(Fact("-5.00", "text", rules=("M05",))) == "'-5.00"


@given(st.lists(st.text(max_size=8), min_size=5, max_size=5), st.text(max_size=8))
def test_lines_are_those_of_the_csv_module(place: list[str], note: str) -> None:
    """The slow twin: Python's own writer, from the same texts made safe."""
    section, table, group, row, column = place
    fact = Fact(Decimal("-1.50"), "USD", sources=(SourceRef(row),), rules=("M01",), note=note)
    data = DataTable(table, "", "", (column,), (Row(row, (fact,), group),))
    made = document(msgspec.structs.replace(
        dossier(), sections=(Section(section, "", tables=(data,)),)
    ))  # fmt: skip
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    safe = map(spreadsheet, (*place, note, row))
    *placed, shown, source = safe
    writer.writerow([*placed, "-1.50", "USD", "", shown, "M01", source, "", "", ""])
    assert made == out.getvalue().encode("utf-8", "backslashreplace")
