"""The geometry of the charts. The SVG itself is in templates; nothing here is a statement."""

from __future__ import annotations

from ratepress.dossier.model import BarChart, Chart, StripChart, TileMap, YearChart
from ratepress.press.charts.bars import BarsView, YearsView, bars_view, years_view
from ratepress.press.charts.scatter import ScatterView, scatter_view
from ratepress.press.charts.strips import StripsView
from ratepress.press.charts.strips import view as strips_view
from ratepress.press.charts.tiles import TilesView, tiles_view
from ratepress.press.footnotes import Footnotes

ChartView = StripsView | BarsView | YearsView | TilesView | ScatterView


def view(chart: Chart, notes: Footnotes) -> ChartView | None:
    """What a template draws for `chart`; None where there is nothing to draw."""
    if isinstance(chart, StripChart):
        return strips_view(chart, notes)
    if isinstance(chart, BarChart):
        return bars_view(chart, notes)
    if isinstance(chart, YearChart):
        return years_view(chart, notes)
    if isinstance(chart, TileMap):
        return tiles_view(chart, notes)
    return scatter_view(chart, notes)
