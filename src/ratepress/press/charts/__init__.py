"""The geometry of the charts. The SVG itself is in templates; nothing here is a statement."""

from __future__ import annotations

from collections.abc import Sequence

from ratepress.dossier.model import BarChart, Chart, StripChart, TileMap, YearChart
from ratepress.press.charts.bars import BarsView, YearsView, bars_view, years_view
from ratepress.press.charts.frame import amount
from ratepress.press.charts.scatter import ScatterView, scatter_view
from ratepress.press.charts.strips import StripsView
from ratepress.press.charts.strips import view as strips_view
from ratepress.press.charts.tiles import TilesView, tiles_view
from ratepress.press.footnotes import Footnotes

ChartView = StripsView | BarsView | YearsView | TilesView | ScatterView


def drawn(found: Sequence[Chart], most: int) -> list[Chart]:
    """Those of some charts that a page draws; of the others it says the finding.

    Of strip charts `most` are drawn, those of the lines of business with the most votes.
    """
    strips = [chart for chart in found if isinstance(chart, StripChart)]
    strips.sort(key=lambda chart: -amount(chart.strips[0].n) if chart.strips else 0)
    out = strips[most:]
    return [chart for chart in found if not any(chart is one for one in out)]


def view(chart: Chart, notes: Footnotes, no: int = 1) -> ChartView | None:
    """What a template draws for `chart`; None where there is nothing to draw.

    `no` is a number that no other chart of the page has.
    """
    if isinstance(chart, StripChart):
        return strips_view(chart, notes, no)
    if isinstance(chart, BarChart):
        return bars_view(chart, notes)
    if isinstance(chart, YearChart):
        return years_view(chart, notes)
    if isinstance(chart, TileMap):
        return tiles_view(chart, notes)
    return scatter_view(chart, notes)
