"""The strip chart's geometry: where on one shared scale each price, quantile and tick stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

import msgspec

from ratepress.core.facts import Fact
from ratepress.dossier.model import Strip, StripChart
from ratepress.press.charts.frame import Frame, amount, frame
from ratepress.press.charts.scale import Scale, Tick
from ratepress.press.footnotes import Footnotes, Marker

_CLOSE = Decimal("1.4")
_LANES = (0, -5, 5)
_NAMED_PRICES = 6
# More dots than these are a smear, and the box says more; words are for those one can point at.
_MOST_DOTS = 30
_MOST_WORDS = 8


@dataclass(frozen=True)
class Dot:
    """One price: its place, its lane (pixels off the middle) and its words."""

    x: Decimal
    lane: int
    title: str


@dataclass(frozen=True)
class StripView:
    """One line of the chart."""

    label: str
    n: str
    name: str
    dots: tuple[Dot, ...]
    low: Decimal | None
    high: Decimal | None
    median: Decimal | None


@dataclass(frozen=True)
class StripsView:
    """A strip chart ready for its template; `percents` are ticks in percent of the reference."""

    kind: ClassVar = "strips"
    frame: Frame
    ticks: tuple[Tick, ...]
    percents: tuple[Tick, ...]
    strips: tuple[StripView, ...]
    reference: Tick | None
    reference_label: str
    reference_value: str
    reference_marker: Marker
    is_log: bool
    has_dots: bool
    has_quantiles: bool
    of: int
    no: int

    @property
    def n_payers(self) -> int:
        """The number of payers drawn; `of` is that of all where some are left out, else 0."""
        return len(self.strips) - 1


MOST_PAYERS = 7
"""As many strips below the first: those with the most votes."""


def view(whole: StripChart, notes: Footnotes, no: int = 1) -> StripsView | None:
    """What the template draws for a chart; None where it states no amount at all.

    `no` is a number that no other chart of the page has.
    """
    chart = _shortened(whole)
    amounts = list(_amounts(chart))
    if not amounts:
        return None
    scale = Scale(amounts)
    reference = chart.reference.cell if chart.reference else None
    fact = reference if isinstance(reference, Fact) else None
    strips = tuple(_strip(strip, scale) for strip in chart.strips)
    if len(strips) > 1 and chart is whole:
        strips = (_unsaid(strips[0]), *strips[1:])
    return StripsView(
        frame(chart, notes),
        scale.ticks,
        scale.percents(amount(fact)) if fact else (),
        strips,
        Tick(scale.x(amount(fact)), fact.text, is_minor=False) if fact else None,
        chart.reference.label if chart.reference else "",
        fact.text if fact else "",
        notes.marker([fact]) if fact else Marker(),
        scale.is_log,
        any(strip.dots for strip in strips),
        any(strip.low is not None for strip in strips),
        len(whole.strips) - 1 if len(whole.strips) > len(chart.strips) else 0,
        no,
    )


def _unsaid(first: StripView) -> StripView:
    """The first strip with no more words at its dots than the price: the rest stands below."""
    dots = tuple(replace(dot, title=dot.title.partition(":")[0]) for dot in first.dots)
    return replace(first, dots=dots)


def _shortened(chart: StripChart) -> StripChart:
    """The chart with its first strip and those of the payers with the most votes, in its order."""
    first, *payers = chart.strips or (None,)
    if first is None or len(payers) <= MOST_PAYERS:
        return chart
    order = sorted(range(len(payers)), key=lambda at: (-amount(payers[at].n), at))
    kept = tuple(payers[at] for at in sorted(order[:MOST_PAYERS]))
    return msgspec.structs.replace(chart, strips=(first, *kept))


def _amounts(chart: StripChart) -> Iterable[Decimal]:
    if chart.reference and isinstance(chart.reference.cell, Fact):
        yield amount(chart.reference.cell)
    for strip in chart.strips:
        yield from (amount(mark.fact) for mark in strip.marks)
        yield from (amount(q.cell) for q in strip.quantiles if isinstance(q.cell, Fact))


def _strip(strip: Strip, scale: Scale) -> StripView:
    quantiles = {q.label: q.cell for q in strip.quantiles if isinstance(q.cell, Fact)}

    def at(name: str) -> Decimal | None:
        return scale.x(amount(quantiles[name])) if name in quantiles else None

    return StripView(
        strip.label,
        strip.n.text,
        _name(strip, quantiles),
        _dots(strip, scale),
        at("p25"),
        at("p75"),
        at("p50"),
    )


def _name(strip: Strip, quantiles: dict[str, Fact]) -> str:
    """What a screen reader says of a strip: its percentiles, or its prices where they are few."""
    parts = [f"{name} {fact.text}" for name, fact in quantiles.items()]
    if not parts and len(strip.marks) <= _NAMED_PRICES:
        parts = [mark.fact.text for mark in strip.marks]
    return f"{strip.label}: {', '.join(parts)}; n {strip.n.text}"


def _dots(strip: Strip, scale: Scale) -> tuple[Dot, ...]:
    """The dots of a strip; those that would cover one another take turns in three lanes."""
    has_box = any(isinstance(quantile.cell, Fact) for quantile in strip.quantiles)
    if has_box and len(strip.marks) > _MOST_DOTS:
        return ()
    dots: list[Dot] = []
    has_words = len(strip.marks) <= _MOST_WORDS
    for mark in sorted(strip.marks, key=lambda mark: amount(mark.fact)):
        x = scale.x(amount(mark.fact))
        crowded = bool(dots) and x - dots[-1].x < _CLOSE
        lane = _LANES[(_LANES.index(dots[-1].lane) + 1) % len(_LANES)] if crowded else 0
        words = f"{mark.fact.text}: {mark.label}" if has_words else mark.fact.text
        dots.append(Dot(x, lane, words))
    return tuple(dots)
