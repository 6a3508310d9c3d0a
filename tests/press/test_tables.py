"""Tables for a page: units in the heads, sources once a row, runs of gaps in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dossier_sample import dossier
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import Cell, DataTable, Dossier, Row, Section
from ratepress.press.footnotes import Footnotes
from ratepress.press.tables import TableView, said, view

A, B = SourceRef("A", "a" * 64), SourceRef("B", "b" * 64)
GAP = Gap("p", "2 votes", "more files")


def usd(value: str, *sources: SourceRef) -> Fact:
    return Fact(Decimal(value), "USD", sources=sources or (A,), rules=("M05",))


def shown(columns: tuple[str, ...], *rows: Row) -> TableView:
    table = DataTable("t", "T", "Stub", columns, rows)
    section = Section("quality", "Q", tables=(table,))
    page = Dossier("cpt", "1", "", date(2026, 7, 15), "balanced", "1", (section,), ())
    return view(table, Footnotes(page))


def cells(table: TableView, row: int = 0) -> tuple[str, ...]:
    return tuple(cell.text for group in table.groups for cell in group.rows[row].cells)


def test_a_column_of_dollars_states_its_unit_once_in_the_head() -> None:
    table = shown(("Price",), Row("a", (usd("3671.17"),)))
    assert (table.columns[0].unit, cells(table)) == ("$", ("3,671.17",))


def test_a_column_of_mixed_units_keeps_each_sign() -> None:
    percent = Fact(Decimal("150"), "% of Medicare", sources=(A,))
    table = shown(("Value",), Row("a", (usd("5.00"),)), Row("b", (percent,)))
    assert table.columns[0].unit == ""
    assert [cells(table, row) for row in (0, 1)] == [("$5.00",), ("150%",)]


def test_a_head_that_says_percent_is_not_given_the_sign_again() -> None:
    percent = Fact(Decimal("150"), "% of Medicare", sources=(A,))
    table = shown(("Median, % of Medicare",), Row("a", (percent,)))
    assert (table.columns[0].unit, cells(table)) == ("", ("150",))


def test_numbers_align_right_and_words_left() -> None:
    table = shown(
        ("Class", "Price", "Sum"), Row("a", (word("facility"), usd("1.00"), word("3.87")))
    )
    assert [column.is_number for column in table.columns] == [False, True, True]


def word(text: str) -> Fact:
    return Fact(text, "text", sources=(A,))


def test_a_column_of_gaps_aligns_like_the_one_before_it() -> None:
    table = shown(("Price", "Share"), Row("a", (usd("1.00"), GAP)))
    assert [column.is_number for column in table.columns] == [True, True]


def test_one_source_for_a_whole_table_stands_below_it() -> None:
    table = shown(("P", "Q"), Row("a", (usd("1.00"), usd("2.00"))), Row("b", (usd("3.00"), None)))
    assert not table.has_source_column
    assert [r.number for r in table.marker.references] == [1]


def test_a_row_of_gaps_alone_needs_no_source_column() -> None:
    table = shown(("P",), Row("a", (usd("1.00"),)), Row("b", (GAP,)), Row("c", (None,)))
    assert not table.has_source_column
    assert [r.number for r in table.marker.references] == [1]


def test_rows_of_different_sources_have_a_column_of_their_own() -> None:
    table = shown(("P",), Row("a", (usd("1.00", A),)), Row("b", (usd("2.00", B),)))
    assert table.has_source_column
    markers = [row.marker for group in table.groups for row in group.rows]
    assert [[r.number for r in marker.references] for marker in markers] == [[1], [2]]


def test_a_cell_whose_source_is_not_its_rows_is_marked_itself() -> None:
    table = shown(("P", "Q", "R"), Row("a", (usd("1.00", A), usd("2.00", A), usd("3.00", B))))
    marked = [[r.number for r in cell.marker.references] for cell in table.groups[0].rows[0].cells]
    assert marked == [[], [], [2]]


def test_rules_stand_in_the_row_only_where_they_differ_and_are_few() -> None:
    def row(rule: str) -> Row:
        return Row(rule, (Fact(1, "count", rules=(rule,)),))

    def in_rows(*rules: str) -> list[list[str]]:
        table = shown(("n",), *map(row, rules))
        return [[rule.id for rule in r.marker.rules] for g in table.groups for r in g.rows]

    assert in_rows("Q01", "Q02") == [["Q01"], ["Q02"]]
    assert in_rows("Q01", "Q01") == [[], []]


def test_all_rules_of_a_table_stand_below_it() -> None:
    table = shown(("P", "n"), Row("a", (usd("1.00"), Fact(1, "count", rules=("M02",)))))
    assert [rule.id for rule in table.rules] == ["M02", "M05"]


@pytest.mark.parametrize(
    ("run", "kinds"), [(1, ["gap"]), (2, ["gap", "gap"]), (3, ["reason"]), (4, ["reason"])]
)
def test_three_equal_gaps_in_a_row_become_one_with_its_reason(run: int, kinds: list[str]) -> None:
    table = shown(tuple("abcd"[:run]), Row("a", (GAP,) * run))
    found = table.groups[0].rows[0].cells
    assert [cell.kind for cell in found] == kinds
    assert sum(cell.span for cell in found) == run
    assert {cell.text for cell in found} == {"2 votes"}


def test_equal_facts_side_by_side_stay_apart() -> None:
    table = shown(("a", "b", "c"), Row("a", (usd("1.00"),) * 3))
    assert cells(table) == ("1.00", "1.00", "1.00")


def test_large_groups_have_a_heading_and_small_ones_name_themselves_in_the_row() -> None:
    def grouped(*names: str) -> list[str]:
        cell: tuple[Cell, ...] = (usd("1.00"),)
        table = shown(("P",), *(Row("r", cell, group=name) for name in names))
        return [group.heading for group in table.groups]

    assert grouped("FL", "FL", "FL", "GA", "GA", "GA") == ["FL", "GA"]
    assert grouped("FL", "GA") == [""]


def test_a_note_that_repeats_the_name_is_left_out() -> None:
    assert said("published as UNITEDHEALTHCARE", "UnitedHealthcare") == ""
    assert said("payer published as Bcbs", "Anthem", None) == "payer published as Bcbs"
    assert said(None, "Aetna") == ""


def test_a_row_without_a_cell_for_each_column_is_refused() -> None:
    with pytest.raises(ValueError, match="table t: a row has 1 cells"):
        shown(("P", "Q"), Row("a", (usd("1.00"),)))


def test_no_row_of_the_sample_loses_a_column() -> None:
    page = dossier()
    notes = Footnotes(page)
    tables = [view(table, notes) for section in page.sections for table in section.tables]
    widths = [
        (sum(cell.span for cell in row.cells), len(table.columns))
        for table in tables
        for group in table.groups
        for row in group.rows
    ]
    assert len(widths) == 3 + 3 + 9 + 4 + 4 + 2 + 2
    assert all(cells == columns for cells, columns in widths)


def test_a_place_in_a_file_needs_no_width_and_a_passage_does() -> None:
    """A path has no spaces: it breaks where it must, and does not push other columns out."""
    place = word("standard_charge_information[1783].standard_charges[0].payers_information[0]")
    passage = word("all lines of the day together; more where records show that it was needed")
    table = shown(("Place", "Words"), Row("a", (place, passage)))
    assert [column.width for column in table.columns] == ["", "w long"]


def test_an_interval_breaks_before_its_second_amount_and_nowhere_else() -> None:
    fact = Fact(Decimal("3.00"), "USD", sources=(A,), note="95%: 1,204.00 to 5.00")
    (cell,) = shown(("Median",), Row("a", (fact,))).groups[0].rows[0].cells
    assert cell.note == "95%:\u00a01,204.00 to\u00a05.00"
