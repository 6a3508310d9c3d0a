"""The strip chart's geometry: where on one shared scale each price, quantile and tick stands.

Positions are percent of the width, as exact decimals, so that one drawing serves a phone, a
screen and paper, and the same input gives the same bytes. The SVG itself is in the template.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from ratepress.core.decimals import EXACT
from ratepress.core.facts import Fact
from ratepress.core.rules import Rule
from ratepress.dossier.model import Strip, StripChart
from ratepress.press.footnotes import Footnotes, Marker, rules_of

LOG_RATIO = 20
_INSET = Decimal(3)
_MOST_STEPS = 5
_MOST_LOG_STEPS = 6
# Tenths of the power of ten that the scale is measured in, so that 2.5 is a whole number.
_STEPS = (10, 20, 25, 50, 100, 200, 250)
_CLOSE = Decimal("1.4")
_LANES = (0, -5, 5)
_NAMED_PRICES = 6


@dataclass(frozen=True)
class Tick:
    """A place on the scale and its words; every second one may give way on a phone."""

    x: Decimal
    text: str
    is_minor: bool


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
class ChartView:
    """A chart ready for its template."""

    id: str
    finding: str
    marker: Marker
    rules: tuple[Rule, ...]
    ticks: tuple[Tick, ...]
    strips: tuple[StripView, ...]
    reference: Tick | None
    reference_label: str
    reference_value: str
    reference_marker: Marker
    note: str
    table_id: str
    is_log: bool
    has_dots: bool
    has_quantiles: bool


class Scale:
    """Amounts to percent of the width; logarithmic where the highest is over 20 times the lowest.

    >>> scale = Scale([Decimal(100), Decimal(180)])
    >>> [tick.text for tick in scale.ticks], scale.x(Decimal(140))
    (['$100', '$120', '$140', '$160', '$180'], Decimal('50.00'))
    """

    def __init__(self, amounts: Sequence[Decimal]) -> None:
        low, high = min(amounts), max(amounts)
        self.is_log = low > 0 and high > LOG_RATIO * low
        values = _log_ticks(low, high) if self.is_log else _linear_ticks(low, high)
        self._low, self._high = self._place(values[0]), self._place(values[-1])
        self.ticks = tuple(
            Tick(self.x(value), _dollars(value), at % 2 == 1) for at, value in enumerate(values)
        )

    def x(self, amount: Decimal) -> Decimal:
        """Where `amount` stands, in percent of the width."""
        share = (self._place(amount) - self._low) / (self._high - self._low)
        return (_INSET + share * (100 - 2 * _INSET)).quantize(Decimal("0.01"))

    def _place(self, amount: Decimal) -> Decimal:
        return amount.ln(EXACT) if self.is_log else amount


def view(chart: StripChart, notes: Footnotes) -> ChartView | None:
    """What the template draws for `chart`; None where it states no amount at all."""
    amounts = list(_amounts(chart))
    if not amounts:
        return None
    scale = Scale(amounts)
    reference = chart.reference.cell if chart.reference else None
    fact = reference if isinstance(reference, Fact) else None
    strips = tuple(_strip(strip, scale) for strip in chart.strips)
    return ChartView(
        chart.id,
        chart.finding.text,
        notes.marker(chart.finding.facts, with_rules=False),
        rules_of(chart.finding.facts),
        scale.ticks,
        strips,
        Tick(scale.x(_amount(fact)), fact.text, is_minor=False) if fact else None,
        chart.reference.label if chart.reference else "",
        fact.text if fact else "",
        notes.marker([fact]) if fact else Marker(),
        chart.note or "",
        chart.table_id,
        scale.is_log,
        any(strip.dots for strip in strips),
        any(strip.low is not None for strip in strips),
    )


def _amount(fact: Fact) -> Decimal:
    return Decimal(str(fact.value))


def _amounts(chart: StripChart) -> Iterable[Decimal]:
    if chart.reference and isinstance(chart.reference.cell, Fact):
        yield _amount(chart.reference.cell)
    for strip in chart.strips:
        yield from (_amount(mark.fact) for mark in strip.marks)
        yield from (_amount(q.cell) for q in strip.quantiles if isinstance(q.cell, Fact))


def _strip(strip: Strip, scale: Scale) -> StripView:
    quantiles = {q.label: q.cell for q in strip.quantiles if isinstance(q.cell, Fact)}

    def at(name: str) -> Decimal | None:
        return scale.x(_amount(quantiles[name])) if name in quantiles else None

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
    dots: list[Dot] = []
    for mark in sorted(strip.marks, key=lambda mark: _amount(mark.fact)):
        x = scale.x(_amount(mark.fact))
        crowded = bool(dots) and x - dots[-1].x < _CLOSE
        lane = _LANES[(_LANES.index(dots[-1].lane) + 1) % len(_LANES)] if crowded else 0
        dots.append(Dot(x, lane, f"{mark.fact.text}: {mark.label}"))
    return tuple(dots)


def _linear_ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    if low == high:  # One amount only: give it room on both sides.
        low, high = low - abs(low) / 10 - 1, high + abs(high) / 10 + 1
    rough = (high - low) / _MOST_STEPS
    steps = (Decimal(factor).scaleb(rough.adjusted() - 1) for factor in _STEPS)
    step = next(step for step in steps if _intervals(low, high, step) <= _MOST_STEPS)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    return [step * (first + at) for at in range(_intervals(low, high, step) + 1)]


def _intervals(low: Decimal, high: Decimal, step: Decimal) -> int:
    first = (low / step).to_integral_value(ROUND_FLOOR)
    return int((high / step).to_integral_value(ROUND_CEILING) - first)


def _log_ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Marks at 1, 2 and 5 of each power of ten; at the powers alone where those are too many."""
    for stride in (1, 3, 6, 12):
        first = _log_index(low) // stride * stride
        last = first
        while _log_mark(last) < high:
            last += stride
        if (last - first) // stride <= _MOST_LOG_STEPS:
            break
    return [_log_mark(at) for at in range(first, last + 1, stride)]


def _log_mark(index: int) -> Decimal:
    power, at = divmod(index, 3)
    return Decimal((1, 2, 5)[at]).scaleb(power)


def _log_index(amount: Decimal) -> int:
    """The index of the last mark that is not above `amount`."""
    start = amount.adjusted() * 3
    return max(index for index in range(start, start + 3) if _log_mark(index) <= amount)


def _dollars(amount: Decimal) -> str:
    sign = "-" if amount < 0 else ""
    amount = abs(amount)
    return f"{sign}${amount:,.2f}" if amount % 1 else f"{sign}${amount:,.0f}"
