"""Charts made of tables: their titles state facts of the table, and few data give no chart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.core.facts import Fact, Gap
from ratepress.dossier import table_charts as charts
from ratepress.dossier.model import Cell, DataTable, Row, Sentence
from stated_numbers import unfounded

DAY = date(2026, 7, 15)
GAP = Gap("Amount", "no release is loaded", "the release")
MONEY = st.decimals("0", "999999", places=2)
CELLS = st.one_of(st.none(), st.just(GAP), MONEY.map(lambda value: usd(value)))


def usd(value: object, year: int = 2026) -> Fact:
    return Fact(Decimal(str(value)), "USD", date(year, 7, 1), rules=("M07",))


def n(value: int) -> Fact:
    return Fact(value, "count", DAY, rules=("M02",))


def table(columns: tuple[str, ...], rows: list[tuple[str, tuple[Cell | None, ...]]]) -> DataTable:
    return DataTable("t", "T", "Row", columns, tuple(Row(label, cells) for label, cells in rows))


VISIT = ("Facility", "Professional", "Together")
FULL = (
    ("Hospital outpatient", (usd("1608.25"), usd("129.26"), usd("1737.51"))),
    ("Ambulatory surgical center", (usd("649.99"), usd("129.26"), usd("779.25"))),
    ("Office", (None, usd("647.98"), usd("647.98"))),
)


def test_the_sites_chart_names_each_total_dearest_first() -> None:
    made = charts.site_chart(table(VISIT, list(FULL)))
    assert made is not None
    assert made.finding.text == (
        "Medicare pays $1,737.51 in a hospital outpatient department, $779.25 in an ambulatory "
        "surgical center and $647.98 in an office, nationally"
    )
    assert [part.label for part in made.bars[0].parts] == ["Facility", "Professional"]
    assert [part.label for part in made.bars[2].parts] == ["Professional"]


def test_one_site_alone_has_no_chart() -> None:
    assert charts.site_chart(table(VISIT, list(FULL[2:]))) is None


def years(*amounts: tuple[int, str | None]) -> DataTable:
    rows = [
        (str(year), (GAP if amount is None else usd(amount, year),)) for year, amount in amounts
    ]
    return table(("Physician fee, facility",), rows)


def test_the_years_chart_states_the_newest_and_the_oldest_amount() -> None:
    made = charts.year_chart(years((2026, "129.26"), (2025, None), (2024, "150.00"), (2020, "158")))
    assert made is not None
    assert made.finding.text == (
        "Medicare's physician fee, facility: $129.26 in 2026, after $158.00 in 2020"
    )
    assert [point.label for point in made.panels[0].points] == ["2020", "2024", "2025", "2026"]


def test_two_years_are_a_table_and_no_chart() -> None:
    assert charts.year_chart(years((2026, "129.26"), (2025, "140"), (2024, None))) is None


def funnel(published: int, counted: int, votes: int) -> DataTable:
    steps = (
        ("Rows published", published),
        ("Rows in comparison keys", published),
        ("repeats of a price, collapsed", published - counted),
        ("Distinct prices counted", counted),
        ("Votes", votes),
    )
    return table(("Minimum", "Balanced"), [(label, (n(9999), n(value))) for label, value in steps])


def test_the_funnel_states_the_counts_of_its_own_strength() -> None:
    made = charts.funnel_chart(funnel(237, 191, 139), "balanced")
    assert made is not None
    assert made.finding.text == ("Of 237 published rows, 191 distinct prices count, with 139 votes")
    assert [bar.is_loss for bar in made.bars] == [False, False, True, False, False]


def test_under_ten_rows_there_is_no_funnel() -> None:
    assert charts.funnel_chart(funnel(9, 9, 9), "balanced") is None
    assert charts.funnel_chart(funnel(10, 1, 1), "balanced") is not None


def states(**medians: str | None) -> DataTable:
    rows = [(s, (n(5), GAP if m is None else usd(m))) for s, m in medians.items()]
    return table(("Votes", "Median"), rows)


def test_the_state_map_names_the_lowest_and_the_highest_state() -> None:
    made = charts.state_chart(states(GA="3708.00", TX="3708.01", FL="2000", MA=None))
    assert made is not None
    assert made.finding.text == (
        "State medians lie between $2,000.00 (FL) and $3,708.01 (TX), in 3 states with enough votes"
    )
    assert [tile.state for tile in made.tiles] == ["GA", "TX", "FL", "MA"]


def test_two_states_are_a_table_and_no_map() -> None:
    assert charts.state_chart(states(GA="1", TX="2", MA=None)) is None


def pairs(*amounts: tuple[str, str]) -> DataTable:
    columns = ("Hospital file", "Payer file", "Apart")
    band = Fact("exact", "text", rules=("M11",))
    return table(columns, [("Aetna", (usd(x), usd(y), band)) for x, y in amounts])


def test_the_agreement_chart_counts_the_pairs_that_are_equal() -> None:
    made = charts.agreement_chart(pairs(("100", "100.00"), ("100", "99.99"), ("7", "7")))
    assert made is not None
    assert made.finding.text.startswith("Payer and hospital files state the same amount for 2 of 3")


def test_two_pairs_are_a_table_and_no_chart() -> None:
    assert charts.agreement_chart(pairs(("100", "100"), ("100", "99"))) is None


ANY_TABLE = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=7)


@given(ANY_TABLE)
def test_every_number_of_a_title_is_a_fact_of_the_table(
    rows: list[tuple[Cell | None, ...]],
) -> None:
    labels = ("GA", "TX", "FL", "MA", "NY", "CA", "AL")
    by_year = [(str(2020 + at), _dated(cells, 2020 + at)) for at, cells in enumerate(rows)]
    named = list(zip(labels, rows, strict=False))
    counted = [(label, (n(3), *cells)) for label, cells in named]
    made = (
        charts.site_chart(table(VISIT, named)),
        charts.year_chart(table(VISIT, by_year)),
        charts.state_chart(table(("Votes", "Median", "a", "b"), counted)),
        charts.agreement_chart(table(("Hospital file", "Payer file", "Apart"), named)),
    )
    cells = {id(cell) for row in (*by_year, *counted) for cell in row[1]}
    for chart in made:
        if chart is not None:
            assert unfounded(chart.finding) == []
            amounts = [fact for fact in chart.finding.facts if fact.unit == "USD"]
            assert all(id(fact) in cells for fact in amounts)


def _dated(cells: tuple[Cell | None, ...], year: int) -> tuple[Cell | None, ...]:
    return tuple(usd(cell.value, year) if isinstance(cell, Fact) else cell for cell in cells)


@given(st.integers(10, 99999), st.integers(0, 99999), st.integers(0, 99999))
def test_every_number_of_the_funnels_title_is_a_fact(a: int, b: int, c: int) -> None:
    made = charts.funnel_chart(funnel(a, b, c), "balanced")
    assert made is not None
    assert unfounded(made.finding) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$12.00 and 3 votes", []),
        ("$12.01 and 3 votes", ["$12.01"]),
        ("12.00 and 3 votes", ["12.00"]),
        ("$12.00 and 4 votes of 2026", ["4"]),
        ("$12.00, in 2025", ["2025"]),
    ],
)
def test_a_number_without_a_fact_is_found(text: str, found: list[str]) -> None:
    """The check itself: it must be able to fail."""
    assert unfounded(Sentence(text, (usd("12.00"), n(3)))) == found
