"""The geometry of bars, columns, tiles and pairs: lengths and places are the amounts' own."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dossier_sample import dossier
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.model import (
    Bar,
    BarChart,
    Chart,
    Labelled,
    Pair,
    Panel,
    ScatterChart,
    Sentence,
    Tile,
    TileMap,
    YearChart,
)
from ratepress.market.states import STATES
from ratepress.press import charts
from ratepress.press.charts.scale import Scale, bar_ticks, breaks, dollars
from ratepress.press.charts.tiles import PLACES
from ratepress.press.footnotes import Footnotes

AMOUNTS = st.decimals("0.01", "9999999", places=2)
FINDING = Sentence("A finding", (Fact(1, "count", rules=("M02",)),))


def usd(value: object) -> Fact:
    return Fact(Decimal(str(value)), "USD", rules=("M07",))


def drawn(chart: Chart) -> charts.ChartView | None:
    return charts.view(chart, Footnotes(dossier()))


def test_parts_of_a_bar_lie_end_to_end_and_end_at_the_total() -> None:
    parts = (Labelled("Facility", usd(1500)), Labelled("Professional", usd(500)))
    chart = BarChart(
        "c", FINDING, (Bar("Hospital", usd(2000), parts), Bar("Office", usd(500))), "t"
    )
    view = drawn(chart)
    assert isinstance(view, charts.BarsView)
    assert [tick.text for tick in view.ticks] == ["$0", "$500", "$1,000", "$1,500", "$2,000"]
    first, second = view.bars[0].segments
    assert (first.x, first.width) == (0, 75)
    assert (second.x, second.width) == (75, 25)
    assert view.bars[1].segments[0].width == 25
    assert view.bars[0].name == "Hospital: $2,000.00 (Facility $1,500.00, Professional $500.00)"


def test_bars_without_any_length_are_not_drawn() -> None:
    assert (
        drawn(BarChart("c", FINDING, (Bar("Rows", Fact(0, "count", rules=("M02",))),), "t")) is None
    )


@given(st.lists(AMOUNTS, min_size=1, max_size=8))
def test_the_lengths_of_bars_are_in_proportion(amounts: list[Decimal]) -> None:
    chart = BarChart("c", FINDING, tuple(Bar(f"b{a}", usd(a)) for a in amounts), "t")
    view = drawn(chart)
    assert isinstance(view, charts.BarsView)
    end, _ = bar_ticks(max(amounts), dollars)
    for bar, amount in zip(view.bars, amounts, strict=True):
        assert abs(bar.segments[0].width * end / 100 - amount) <= end * Decimal("0.00005")
        assert bar.segments[0].width <= 100


def test_columns_start_at_zero_and_a_missing_year_has_none() -> None:
    points = (
        Labelled("2024", usd(100)),
        Labelled("2025", Gap("2025", "no release", "the release")),
        Labelled("2026", usd(50)),
    )
    view = drawn(YearChart("c", FINDING, (Panel("Office", points),), "t"))
    assert isinstance(view, charts.YearsView)
    old, none, new = view.panels[0].columns
    assert old.height == 2 * new.height
    assert old.y + old.height == new.y + new.height == 86
    assert (none.height, none.text) == (0, "not loaded")
    assert [column.is_end for column in view.panels[0].columns] == [True, False, True]


def test_an_amount_over_a_column_clears_the_higher_one_beside_it() -> None:
    """$810.21 of 2020 is wider than its column; that of 2021 is higher and stood in its text."""
    amounts = {"2020": 80, "2021": 86, "2022": 85, "2023": 70, "2024": 78}
    points = tuple(Labelled(year, usd(amount)) for year, amount in amounts.items())
    view = drawn(YearChart("c", FINDING, (Panel("Office", points),), "t"))
    assert isinstance(view, charts.YearsView)
    columns = view.panels[0].columns
    assert columns[0].text_y == columns[1].y < columns[0].y
    assert columns[-1].text_y == columns[-1].y < columns[-2].y


def test_each_state_has_a_tile_of_its_own() -> None:
    assert len(set(PLACES.values())) == len(PLACES)
    assert set(STATES.values()) - {"VI"} == set(PLACES)
    assert all(0 <= column < 11 and 0 <= row < 8 for column, row in PLACES.values())


def test_tiles_are_toned_by_the_class_of_their_median() -> None:
    few = Gap("Median", "2 votes", "more files")
    n = Fact(3, "count", rules=("M02",))
    tiles = (Tile("GA", usd(100), n), Tile("TX", usd(200), n), Tile("FL", few, n))
    view = drawn(TileMap("c", FINDING, tiles, "t"))
    assert isinstance(view, charts.TilesView)
    by_state = {tile.state: tile for tile in view.tiles}
    assert (by_state["GA"].tone, by_state["TX"].tone, by_state["FL"].tone) == (1, 5, 0)
    assert by_state["NY"].tone is None
    assert view.classes[0] == "$100 to $120"
    assert "TX: median $200.00, 3 votes" in view.name
    assert "FL: 3 votes, too few for a median" in view.name


@given(AMOUNTS, AMOUNTS)
def test_classes_enclose_all_medians_and_are_at_most_five(a: Decimal, b: Decimal) -> None:
    low, high = sorted((a, b))
    edges = breaks(low, high)
    assert edges[0] <= low <= high <= edges[-1]
    assert 2 <= len(edges) <= 6
    assert all(x < y for x, y in pairwise(edges))


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=12))
def test_equal_amounts_and_only_they_stand_on_the_diagonal(
    amounts: list[tuple[Decimal, Decimal]],
) -> None:
    found = (*amounts, (amounts[0][0], amounts[0][0]))
    pairs = tuple(Pair(f"p{at}", usd(x), usd(y)) for at, (x, y) in enumerate(found))
    view = drawn(ScatterChart("c", FINDING, pairs, "Hospital file", "Payer file", "t"))
    assert isinstance(view, charts.ScatterView)
    for (x, y), point in zip(found, view.points, strict=True):
        height = 100 - point.y
        assert (point.x == height) if x == y else True
        assert (point.x >= height) if x >= y else (point.x <= height)


@given(st.lists(AMOUNTS, min_size=1, max_size=9), AMOUNTS)
def test_a_percent_tick_stands_at_its_amount_in_dollars(
    amounts: list[Decimal], medicare: Decimal
) -> None:
    scale = Scale([*amounts, medicare])
    for tick in scale.percents(medicare):
        percent = Decimal(tick.text.rstrip("%").replace(",", ""))
        assert abs(tick.x - scale.x(percent * medicare / 100)) <= Decimal("0.01")
        assert 3 <= tick.x <= 97
