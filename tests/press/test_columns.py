"""Columns in which no row says anything are left out, and their reason stands below the table."""

from __future__ import annotations

import re
from datetime import date

import pytest

from page_tree import Tree
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import Cell, DataTable, Dossier, Row, Section
from ratepress.press.columns import filled
from ratepress.press.html import page

FACT = Fact(1, "count", sources=(SourceRef("A", "a" * 64),))
NONE = Gap("Share", "no release is loaded", "a release")
FEW = Gap("Percentiles", "2 votes", "more files")


def table(*rows: tuple[Cell | None, ...], note: str | None = None) -> DataTable:
    columns = tuple("ABCDEF"[: len(rows[0])])
    return DataTable("t", "T", "Row", columns, tuple(Row("r", cells) for cells in rows), note)


def test_a_column_without_a_cell_goes_without_a_word() -> None:
    """IPPS has no indicator and no APC: both columns of a stay's amount are empty."""
    made = filled(table((None, FACT), (None, FACT), note="As published."))
    assert (made.columns, made.note) == (("B",), "As published.")
    assert [row.cells for row in made.rows] == [(FACT,), (FACT,)]


def test_a_column_of_one_gap_goes_and_its_reason_stays() -> None:
    made = filled(table((FACT, NONE), (FACT, NONE), (FACT, None)))
    assert made.columns == ("A",)
    assert made.note == "B: not available in any row; no release is loaded."


@pytest.mark.parametrize(
    "rows",
    [
        ((FACT, NONE), (FACT, NONE)),  # Two dashes are shorter than their reason.
        ((FACT, NONE), (FACT, NONE), (FACT, FACT)),
        ((FEW, FEW, FEW), (FEW, FEW, FEW), (FEW, FEW, FEW)),  # The rows say why themselves.
    ],
)
def test_a_column_that_says_something_stays(rows: tuple[tuple[Cell | None, ...], ...]) -> None:
    whole = table(*rows)
    assert filled(whole) == whole


def test_a_column_of_several_reasons_leads_to_them() -> None:
    made = filled(table((FACT, NONE), (FACT, FEW), (FACT, NONE)))
    assert made.note == "B: not available in any row; the section Not available has the reasons."


def test_a_run_of_gaps_gets_shorter_where_a_column_beside_it_goes() -> None:
    """A row of too few votes has one reason from its percentiles to its percent of Medicare."""
    made = filled(table((FACT, FACT, NONE), (FACT, FACT, NONE), (FEW, FEW, FEW)))
    assert made.columns == ("A", "B")
    assert made.rows[2].cells == (FEW, FEW)
    assert made.note == "C: not available in any row; no release is loaded."


def test_a_column_that_only_rows_left_out_fill_stays_on_the_page() -> None:
    """The page shows the first of 3,000 rows; the last has the only value of column B."""
    rows = (*((FACT, None),) * 2999, (FACT, FACT))
    whole = table(*rows)
    dossier = Dossier(
        "cpt", "1", "", date(2026, 7, 15), "balanced", "1",
        (Section("quality", "Quality", tables=(whole,)),), (),
    )  # fmt: skip
    tree = Tree(page(dossier))
    assert "of 3,000 rows" in tree.text
    heads = re.findall(r'<th scope="?col"?>([AB])', page(dossier))
    assert heads == ["A", "B"]
