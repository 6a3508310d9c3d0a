"""The geometry of the strip chart: one scale, round ticks, exact places."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dossier_sample import dossier
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.model import Labelled, Sentence, Strip, StripChart
from ratepress.press import charts
from ratepress.press.charts.scale import Scale
from ratepress.press.charts.strips import StripsView as ChartView
from ratepress.press.footnotes import Footnotes

AMOUNTS = st.decimals("0.01", "9999999", places=2)


def chart(number: int) -> ChartView:
    page = dossier()
    made = charts.view(page.section("benchmarks").charts[number], Footnotes(page))
    assert made is not None
    return made


def ticks(*amounts: str) -> list[str]:
    return [tick.text for tick in Scale([Decimal(a) for a in amounts]).ticks]


def test_ticks_are_round_amounts_that_enclose_the_prices() -> None:
    assert ticks("1952.00", "5051.48") == [
        "$1,000",
        "$2,000",
        "$3,000",
        "$4,000",
        "$5,000",
        "$6,000",
    ]
    assert ticks("107.47", "122.65") == ["$105", "$110", "$115", "$120", "$125"]


def test_the_scale_is_logarithmic_when_the_highest_is_over_twenty_times_the_lowest() -> None:
    assert not Scale([Decimal(100), Decimal(2000)]).is_log
    assert Scale([Decimal(100), Decimal("2000.01")]).is_log
    assert ticks("90", "2600") == ["$50", "$100", "$200", "$500", "$1,000", "$2,000", "$5,000"]


def test_a_logarithmic_scale_of_many_powers_shows_powers_of_ten() -> None:
    assert ticks("3", "40000") == ["$1", "$10", "$100", "$1,000", "$10,000", "$100,000"]


def test_equal_ratios_are_equal_distances_on_a_logarithmic_scale() -> None:
    scale = Scale([Decimal(1), Decimal(10000)])
    places = [scale.x(Decimal(10) ** power) for power in range(5)]
    assert {b - a for a, b in pairwise(places)} == {Decimal("23.50")}


def test_one_price_alone_stands_inside_the_scale() -> None:
    scale = Scale([Decimal("129.26")])
    assert 10 < scale.x(Decimal("129.26")) < 90


def test_zero_and_negative_amounts_have_a_linear_scale() -> None:
    assert not Scale([Decimal(0), Decimal(500)]).is_log
    assert not Scale([Decimal(-5), Decimal(500)]).is_log


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_every_price_stands_on_the_drawing_in_order_of_amount(amounts: list[Decimal]) -> None:
    scale = Scale(amounts)
    places = [scale.x(amount) for amount in sorted(amounts)]
    assert places == sorted(places)
    assert places[0] >= 3
    assert places[-1] <= 97


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_ticks_are_two_to_seven_and_reach_both_ends(amounts: list[Decimal]) -> None:
    marks = Scale(amounts).ticks
    assert 2 <= len(marks) <= 7
    assert (marks[0].x, marks[-1].x) == (3, 97)


def test_a_chart_without_any_amount_is_not_drawn() -> None:
    page = dossier()
    n = Fact(0, "count", rules=("M02",))
    empty = StripChart("c", Sentence("none", (n,)), (Strip("All payers", n),), "t")
    assert charts.view(empty, Footnotes(page)) is None


def test_a_reference_that_is_a_gap_draws_no_line() -> None:
    page = dossier()
    made = page.section("benchmarks").charts[0]
    gap = Labelled("Medicare", Gap("Medicare", "no release", "PFS"))
    with_gap = StripChart(made.id, made.finding, made.strips, made.table_id, gap)
    view = charts.view(with_gap, Footnotes(page))
    assert view is not None
    assert view.reference is None


def test_percentiles_are_drawn_where_they_are_given() -> None:
    whole, aetna, _ = chart(0).strips
    assert whole.low is not None
    assert whole.median is not None
    assert whole.high is not None
    assert whole.low < whole.median < whole.high
    assert aetna.low is aetna.median is aetna.high is None


def test_dots_that_would_cover_one_another_take_turns_in_lanes() -> None:
    page = dossier()
    made = page.section("benchmarks").charts[0]
    fact = made.strips[0].marks[0].fact
    near = [
        Fact(Decimal("100.00") + n, "USD", sources=fact.sources, rules=fact.rules)
        for n in (0, 1, 2, 300)
    ]
    marks = tuple(type(made.strips[0].marks[0])(f"p{n}", f) for n, f in enumerate(near))
    crowded = StripChart("c", made.finding, (Strip("x", made.strips[0].n, marks),), "t")
    view = charts.view(crowded, Footnotes(page))
    assert view is not None
    assert [dot.lane for dot in view.strips[0].dots] == [0, -5, 5, 0]


def test_a_strip_is_named_by_its_percentiles_or_by_its_few_prices() -> None:
    whole, aetna, _ = chart(0).strips
    assert whole.name == "All payers: p25 $3,589.45, p50 $3,671.17, p75 $3,771.75; n 6"
    assert aetna.name == "Aetna: $3,520.30, $3,671.17; n 2"


def test_the_medicare_line_carries_its_amount_and_source() -> None:
    made = chart(1)
    assert made.reference is not None
    assert (made.reference_label, made.reference_value) == ("Medicare", "$647.98")
    assert made.reference_marker.references
    assert made.is_log
