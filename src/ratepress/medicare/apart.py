"""What stays out of the fee schedule amount and is shown beside it.

Rules P30 (non-participation, limiting charge) and P32 (Medicare's share, sequestration). Statute
sets each as a percentage, so all of them follow from the amount and the date.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.parameters import Used, used

RULES: Final = ("P30", "P32")


class Apart(msgspec.Struct, frozen=True):
    """Dollars beside an amount, which they leave as it is.

    `nonparticipating_amount` is what a non-participant's service is paid, `limiting_charge` the
    most he may charge. `medicare_payment` is Medicare's share once the deductible is met, after
    `sequestration` was taken off it. The steps show each.
    """

    nonparticipating_amount: Decimal
    limiting_charge: Decimal
    medicare_payment: Decimal
    sequestration: Decimal
    steps: tuple[Step, ...]
    parameters: tuple[Used, ...]


def apart(amount: Decimal, on: date) -> Apart:
    """What is shown beside a fee schedule amount of a service on a day.

    >>> found = apart(Decimal("129.26"), date(2026, 7, 15))
    >>> found.nonparticipating_amount, found.limiting_charge, found.medicare_payment
    (Decimal('122.80'), Decimal('141.22'), Decimal('101.34'))
    """
    lower = used("pfs_nonparticipating_percent", on)
    limit = used("pfs_limiting_charge_percent", on)
    nonparticipating = _percent(amount, lower)
    limiting = _percent(nonparticipating.value, limit)
    paid, withheld, parameters = medicare_share(amount, on)
    return Apart(
        nonparticipating.value,
        limiting.value,
        withheld.value,
        paid.value - withheld.value,
        (nonparticipating, limiting, paid, withheld),
        (lower, limit, *parameters),
    )


def medicare_share(amount: Decimal, on: date) -> tuple[Step, Step, tuple[Used, Used]]:
    """Medicare's share of an allowed amount, and what sequestration leaves of it (rule P32)."""
    share, withheld = used("part_b_payment_percent", on), used("sequestration_percent", on)
    paid = _percent(amount, share)
    kept = 100 - withheld.value
    label = f"Medicare's payment after sequestration of {withheld.value.normalize():f}%"
    exact = cents(EXACT.multiply(paid.value, kept.scaleb(-2)))
    formula = f"{plain(paid.value)} × {kept.normalize():f}%"
    return paid, Step(label, formula, exact, is_rounded=True), (share, withheld)


def _percent(amount: Decimal, parameter: Used) -> Step:
    value = cents(EXACT.multiply(amount, parameter.value.scaleb(-2)))
    formula = f"{plain(amount)} × {parameter.value.normalize():f}%"
    return Step(parameter.label, formula, value, is_rounded=True)
