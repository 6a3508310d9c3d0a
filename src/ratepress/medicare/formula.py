"""The arithmetic of the physician fee schedule, exact until the one rounding at the end.

42 CFR 414.20 and the final rules: payment = [(work RVU × work GPCI) + (PE RVU × PE GPCI) +
(MP RVU × MP GPCI)] × conversion factor. Rules P01, P06 and P07.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.medicare.rows import Locality, RvuRow

SITES = ("facility", "nonfacility")
SITE_LABELS = {"facility": "facility", "nonfacility": "non-facility"}


class Step(msgspec.Struct, frozen=True):
    """One line of the arithmetic: what it is, the sum as text, and its value.

    The value is exact, but for the one step that `is_rounded`.
    """

    label: str
    formula: str
    value: Decimal
    is_rounded: bool = False


class Computed(msgspec.Struct, frozen=True):
    """An amount in dollars and the steps to it; `is_capped` where the OPPS cap was the lower."""

    amount: Decimal
    steps: tuple[Step, ...]
    is_capped: bool = False


def plain(value: Decimal) -> str:
    """A number as a person writes it: two decimals or more, no trailing zeros behind them.

    >>> plain(Decimal("3.040000")), plain(Decimal("33.400900"))
    ('3.04', '33.4009')
    """
    text = f"{value:f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def fee(row: RvuRow, site: str, locality: Locality, conversion_factor: Decimal) -> Computed:
    """The fee schedule amount of a row at a site, with its steps; the lower of it and the OPPS cap.

    Whether the row is priced at all is not asked here: see `medicare.gaps`.
    """
    where = SITE_LABELS[site]
    own = _sum(row, row.pe_rvu(site), row.malpractice_rvu, where, locality, conversion_factor)
    cap_rvus = row.cap_rvus(site)
    if cap_rvus is None:
        return own
    cap = _sum(row, *cap_rvus, f"{where}, OPPS cap", locality, conversion_factor)
    if cap.amount >= own.amount:
        return own
    limit = Step(
        "Lower of the fee and the OPPS cap",
        f"min({plain(own.amount)}, {plain(cap.amount)})",
        cap.amount,
    )
    return Computed(cap.amount, (*own.steps, *cap.steps, limit), is_capped=True)


def percent_of(computed: Computed, percent: Decimal, label: str) -> Computed:
    """A percentage of a fee schedule amount, rounded half up to the cent.

    The percentage is taken of the published amount, which is in cents.
    """
    exact = EXACT.multiply(computed.amount, percent.scaleb(-2))
    share = Step(label, f"{plain(computed.amount)} × {percent.normalize():f}%", exact)
    rounded = _rounded(exact)
    return Computed(rounded.value, (*computed.steps, share, rounded), computed.is_capped)


def _sum(
    row: RvuRow,
    pe: Decimal,
    malpractice: Decimal,
    where: str,
    locality: Locality,
    conversion_factor: Decimal,
) -> Computed:
    parts = (
        _product("Work", row.work_rvu, locality.work_gpci),
        _product(f"Practice expense, {where}", pe, locality.pe_gpci),
        _product("Malpractice", malpractice, locality.malpractice_gpci),
    )
    total = EXACT.add(EXACT.add(parts[0].value, parts[1].value), parts[2].value)
    exact = EXACT.multiply(total, conversion_factor)
    rounded = _rounded(exact)
    steps = (
        *parts,
        Step("Adjusted relative value units", " + ".join(plain(p.value) for p in parts), total),
        Step("× conversion factor", f"{plain(total)} × {plain(conversion_factor)}", exact),
        rounded,
    )
    return Computed(rounded.value, steps)


def _rounded(exact: Decimal) -> Step:
    return Step("Rounded half up to the cent", plain(exact), cents(exact), is_rounded=True)


def _product(label: str, rvu: Decimal, gpci: Decimal) -> Step:
    formula = f"{plain(rvu)} RVU × GPCI {plain(gpci)}"
    return Step(label, formula, EXACT.multiply(rvu, gpci))
