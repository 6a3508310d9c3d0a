"""Pairs of amounts on one scale in both directions, with the line on which both are equal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from ratepress.dossier.model import ScatterChart
from ratepress.press.charts.frame import Frame, amount, frame
from ratepress.press.charts.scale import Scale, Tick
from ratepress.press.footnotes import Footnotes


@dataclass(frozen=True)
class Point:
    """One pair: `x` from the left and `y` from the top, in percent."""

    x: Decimal
    y: Decimal
    title: str


@dataclass(frozen=True)
class ScatterView:
    """A scatter ready for its template; `ticks` serve both axes."""

    kind: ClassVar = "scatter"
    frame: Frame
    ticks: tuple[Tick, ...]
    points: tuple[Point, ...]
    x_label: str
    y_label: str
    name: str
    is_log: bool


def scatter_view(chart: ScatterChart, notes: Footnotes) -> ScatterView | None:
    """What the template draws for `chart`; None where there is no pair."""
    if not chart.pairs:
        return None
    scale = Scale([amount(fact) for pair in chart.pairs for fact in (pair.x, pair.y)])
    points = tuple(
        Point(
            scale.x(amount(pair.x)),
            100 - scale.x(amount(pair.y)),
            f"{pair.label}: {chart.x_label.lower()} {pair.x.text}, "
            f"{chart.y_label.lower()} {pair.y.text}",
        )
        for pair in chart.pairs
    )
    equal = sum(pair.x.value == pair.y.value for pair in chart.pairs)
    return ScatterView(
        frame(chart, notes),
        scale.ticks,
        points,
        chart.x_label,
        chart.y_label,
        f"{len(points)} pairs; {equal} on the line of equal amounts",
        scale.is_log,
    )
