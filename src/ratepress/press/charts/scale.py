"""The scale of a chart: where an amount stands, in percent of the width, and its round ticks.

Places are exact decimals, so that one drawing serves a phone, a screen and paper, and the same
input gives the same bytes. When a scale is logarithmic: docs/method/charts.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from ratepress.core.decimals import EXACT

LOG_RATIO = 20
_INSET = Decimal(3)
_MOST_STEPS = 5
_MOST_LOG_STEPS = 6
# Tenths of the power of ten that the scale is measured in, so that 2.5 is a whole number.
_STEPS = (10, 20, 25, 50, 100, 200, 250)
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Tick:
    """A place on the scale and its words; every second one may give way on a phone."""

    x: Decimal
    text: str
    is_minor: bool


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
        self._ends = values[0], values[-1]
        self._low, self._high = self._place(values[0]), self._place(values[-1])
        self.ticks = tuple(
            Tick(self.x(value), dollars(value), at % 2 == 1) for at, value in enumerate(values)
        )

    def x(self, amount: Decimal) -> Decimal:
        """Where `amount` stands, in percent of the width."""
        share = (self._place(amount) - self._low) / (self._high - self._low)
        return (_INSET + share * (100 - 2 * _INSET)).quantize(_HUNDREDTH)

    def percents(self, whole: Decimal) -> tuple[Tick, ...]:
        """Ticks at round percentages of `whole`, where they fall on the scale.

        >>> [tick.text for tick in Scale([Decimal(100), Decimal(180)]).percents(Decimal(80))]
        ['125%', '150%', '175%', '200%', '225%']
        """
        if whole <= 0:
            return ()
        low, high = (EXACT.divide(end * 100, whole) for end in self._ends)
        values = _log_ticks(low, high) if self.is_log else _linear_ticks(low, high)
        return tuple(
            Tick(self.x(value * whole / 100), percents(value), at % 2 == 1)
            for at, value in enumerate(value for value in values if low <= value <= high)
        )

    def _place(self, amount: Decimal) -> Decimal:
        return amount.ln(EXACT) if self.is_log else amount


def percents(amount: Decimal) -> str:
    """A percentage on an axis.

    >>> percents(Decimal(150))
    '150%'
    """
    return f"{amount.normalize():,f}%"


def counts(number: Decimal) -> str:
    """A count on an axis.

    >>> counts(Decimal(15000))
    '15,000'
    """
    return f"{number:,.0f}" if number == number.to_integral_value() else f"{number:,}"


def breaks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Round amounts that cut what lies between two into at most five classes.

    >>> [str(edge) for edge in breaks(Decimal(3185), Decimal(4521))]
    ['3000', '3500', '4000', '4500', '5000']
    """
    return _linear_ticks(low, high)


def bar_ticks(
    highest: Decimal, words: Callable[[Decimal], str]
) -> tuple[Decimal, tuple[Tick, ...]]:
    """The end of a scale of bars, which starts at zero, and its ticks in percent of the width.

    >>> end, ticks = bar_ticks(Decimal(1737), dollars)
    >>> end, [tick.text for tick in ticks]
    (Decimal('2000'), ['$0', '$500', '$1,000', '$1,500', '$2,000'])
    """
    values = _linear_ticks(Decimal(0), highest) if highest > 0 else [Decimal(0), Decimal(1)]
    end = values[-1]
    return end, tuple(
        Tick((value / end * 100).quantize(_HUNDREDTH), words(value), at % 2 == 1)
        for at, value in enumerate(values)
    )


def _linear_ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    if low == high:  # One amount only: give it room on both sides.
        low, high = low - abs(low) / 10 - 1, high + abs(high) / 10 + 1
    rough = (high - low) / _MOST_STEPS
    steps = (Decimal(factor).scaleb(rough.adjusted() - 1) for factor in _STEPS)
    step = next(step for step in steps if _intervals(low, high, step) <= _MOST_STEPS)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    found = (step * (first + at) for at in range(_intervals(low, high, step) + 1))
    return [Decimal(f"{value:f}") for value in found]  # 3000, and not 3.00E+3


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


def dollars(amount: Decimal) -> str:
    """An amount on an axis, without cents where it has none.

    >>> dollars(Decimal(1500)), dollars(Decimal("0.50"))
    ('$1,500', '$0.50')
    """
    sign = "-" if amount < 0 else ""
    amount = abs(amount)
    return f"{sign}${amount:,.2f}" if amount % 1 else f"{sign}${amount:,.0f}"
