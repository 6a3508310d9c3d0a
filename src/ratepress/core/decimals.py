"""Exact money: parsing, rounding and percentiles without a float anywhere.

Amounts in files have at most four decimals in practice; DECIMAL(18,4) is what a table holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

CENT = Decimal("0.01")
MONEY_PLACES = 4
FACTOR_PLACES = 6
SHARE_PLACES = 12  # A payment factor that CMS states with eleven decimals.
_MONEY_LIMIT = Decimal(10) ** 14
_FACTOR_LIMIT = Decimal(10) ** 12

# Wide enough that no product of an amount, a factor and a count is ever rounded by arithmetic.
EXACT = Context(prec=60)

# JSON's own number form. `Decimal()` alone would also take "NaN", "Infinity" and "1_000".
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?\Z", re.ASCII)


def parse_number(text: str) -> Decimal | None:
    """The exact value of a plain number, or None where `text` is not one.

    >>> parse_number("690.64470"), parse_number("1e2"), parse_number("N/A"), parse_number("NaN")
    (Decimal('690.64470'), Decimal('1E+2'), None, None)
    """
    text = text.strip()
    return Decimal(text) if len(text) <= 400 and _NUMBER.match(text) else None


def cents(value: Decimal) -> Decimal:
    """Rounded half up (away from zero) to the cent, as CMS publishes its amounts.

    >>> cents(Decimal("647.97746")), cents(Decimal("0.005"))
    (Decimal('647.98'), Decimal('0.01'))
    """
    return value.quantize(CENT, ROUND_HALF_UP, EXACT)


def fit(value: Decimal, places: int = MONEY_PLACES) -> tuple[Decimal | None, bool]:
    """`value` as a table can hold it, and whether that is exactly the value given.

    Rounds half even to `places`; None where it is too large for DECIMAL(18, places).
    Callers count each inexact value under a named rule (F-rules), so nothing changes in silence.

    >>> fit(Decimal("12.345678")), fit(Decimal("1e30"))
    ((Decimal('12.3457'), False), (None, False))
    """
    limit = _MONEY_LIMIT if places == MONEY_PLACES else _FACTOR_LIMIT
    if value.copy_abs() >= limit:  # abs() would overflow on a hostile exponent
        return None, False
    fitted = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, EXACT)
    if abs(fitted) >= limit:
        return None, False
    return fitted, fitted == value


def percentile(values: Sequence[Decimal], percent: int) -> Decimal:
    """Rule M05: linear interpolation between order statistics, exact, not rounded.

    `percent` is a whole number 0 to 100; the position is 1 + (n - 1) * percent / 100.

    >>> percentile([Decimal(1), Decimal(2), Decimal(4)], 75)
    Decimal('3.00')
    """
    if not values:
        raise ValueError("no values: a percentile needs one at least")
    ordered = sorted(values)
    whole, hundredths = divmod((len(ordered) - 1) * percent, 100)
    low = ordered[whole]
    high = ordered[min(whole + 1, len(ordered) - 1)]
    return EXACT.add(low, EXACT.multiply(high - low, Decimal(hundredths).scaleb(-2)))
