"""Bars from zero: lengths in percent of the width, and the columns of years."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from ratepress.core.facts import Fact
from ratepress.dossier.model import Bar, BarChart, Panel, YearChart
from ratepress.press.charts.frame import Frame, amount, frame
from ratepress.press.charts.scale import Tick, bar_ticks, counts, dollars
from ratepress.press.footnotes import Footnotes

_HUNDREDTH = Decimal("0.01")
# A column takes this share of its year's width; and of the height, the highest takes this share.
_COLUMN = Decimal("0.72")
_HIGHEST = 78
_FLOOR = 86


@dataclass(frozen=True)
class Segment:
    """One piece of a bar, in percent of the width; `tone` tells the pieces apart."""

    x: Decimal
    width: Decimal
    tone: int
    title: str


@dataclass(frozen=True)
class BarView:
    """One line of the chart; `name` is what a screen reader says of it."""

    label: str
    text: str
    name: str
    segments: tuple[Segment, ...]
    is_loss: bool


@dataclass(frozen=True)
class BarsView:
    """A bar chart ready for its template; `parts` name the tones where bars have several."""

    kind: ClassVar = "bars"
    frame: Frame
    ticks: tuple[Tick, ...]
    bars: tuple[BarView, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One year of a panel: a place and a height in percent; no height where nothing is known."""

    middle: Decimal
    x: Decimal
    width: Decimal
    y: Decimal
    height: Decimal
    year: str
    text: str
    is_end: bool
    text_y: Decimal


@dataclass(frozen=True)
class PanelView:
    """One panel of columns."""

    label: str
    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class YearsView:
    """Panels of years ready for their template."""

    kind: ClassVar = "years"
    frame: Frame
    panels: tuple[PanelView, ...]


def bars_view(chart: BarChart, notes: Footnotes) -> BarsView | None:
    """What the template draws for `chart`; None where no bar has a length."""
    if not any(amount(bar.total) > 0 for bar in chart.bars):
        return None
    words = dollars if chart.bars[0].total.unit == "USD" else counts
    end, ticks = bar_ticks(max(amount(bar.total) for bar in chart.bars), words)
    parts = tuple(dict.fromkeys(part.label for bar in chart.bars for part in bar.parts))
    return BarsView(
        frame(chart, notes), ticks, tuple(_bar(bar, end, parts) for bar in chart.bars), parts
    )


def _bar(bar: Bar, end: Decimal, parts: tuple[str, ...]) -> BarView:
    segments: list[Segment] = []
    start = Decimal(0)
    pieces = [(part.label, part.cell) for part in bar.parts] or [(bar.label, bar.total)]
    for label, cell in pieces:
        if isinstance(cell, Fact):
            width = (amount(cell) / end * 100).quantize(_HUNDREDTH)
            tone = parts.index(label) if label in parts else 0
            segments.append(Segment(start, width, tone, f"{label}: {cell.text}"))
            start += width
    stated = ", ".join(f"{label} {cell.text}" for label, cell in pieces if isinstance(cell, Fact))
    name = f"{bar.label}: {bar.total.text}" + (f" ({stated})" if bar.parts else "")
    return BarView(bar.label, bar.total.text, name, tuple(segments), bar.is_loss)


def years_view(chart: YearChart, notes: Footnotes) -> YearsView:
    """What the template draws for `chart`."""
    return YearsView(frame(chart, notes), tuple(map(_panel, chart.panels)))


def _panel(panel: Panel) -> PanelView:
    facts = [point.cell for point in panel.points if isinstance(point.cell, Fact)]
    highest = max((amount(fact) for fact in facts), default=Decimal(0))
    step = Decimal(100) / len(panel.points)
    ends = {id(fact) for fact in (facts[0], facts[-1])} if facts else set()
    columns = []
    cells = [point.cell if isinstance(point.cell, Fact) else None for point in panel.points]
    heights = [amount(one) / highest * _HIGHEST if one and highest > 0 else Decimal(0)
               for one in cells]  # fmt: skip
    for at, point in enumerate(panel.points):
        cell, height = cells[at], heights[at]
        # An amount is wider than its column, and stands over that and the one beside it.
        inner = heights[1 if at == 0 else -2] if len(heights) > 1 else height
        columns.append(
            Column(
                (step * at + step / 2).quantize(_HUNDREDTH),
                (step * at + step * (1 - _COLUMN) / 2).quantize(_HUNDREDTH),
                (step * _COLUMN).quantize(_HUNDREDTH),
                (_FLOOR - height).quantize(_HUNDREDTH),
                height.quantize(_HUNDREDTH),
                point.label,
                cell.text if cell else "not loaded",
                is_end=id(cell) in ends,
                text_y=(_FLOOR - max(height, inner)).quantize(_HUNDREDTH),
            )
        )
    said = ", ".join(f"{column.year} {column.text}" for column in columns)
    return PanelView(panel.label, f"{panel.label}: {said}", tuple(columns))
