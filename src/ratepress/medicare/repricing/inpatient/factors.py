"""What a hospital's figures make of a payment: its shares for teaching and for the poor.

42 CFR 412.105, 412.106, 412.320 and 412.322, with the roundings of CMS's pricer (PPCAL215), which
has 2.7183 for e. Rules P63 and P64.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ratepress.core.decimals import EXACT
from ratepress.medicare.parameters import value as parameter

_NINE = Decimal("0.000000001")
_FOUR = Decimal("0.0001")
_E = Decimal("2.7183")
_MOST_RESIDENTS = Decimal("1.5")
UNCAPPED_TYPES = ("07", "14", "15", "17", "22")
"""Rural referral centers and Medicare-dependent hospitals."""
SOLE_COMMUNITY_TYPES = ("16", "17", "21", "22")


def teaching(interns_to_beds: Decimal, on: date) -> Decimal:
    """The operating factor for indirect medical education, nine decimals.

    0.25 per bed: 1.35 x (1.25^0.405 - 1).

    >>> teaching(Decimal("0.25"), date(2026, 1, 1))
    Decimal('0.127686562')
    """
    multiplier = parameter("ipps_ime_multiplier", on).value
    raised = EXACT.power(1 + interns_to_beds, Decimal("0.405"))
    return _rounded(multiplier * (raised - 1), _NINE)


def capital_teaching(residents_to_census: Decimal) -> Decimal:
    """The capital factor for indirect medical education, nine decimals; the ratio counts to 1.5."""
    ratio = min(residents_to_census, _MOST_RESIDENTS)
    return _rounded(EXACT.power(_E, Decimal("0.2822") * ratio) - 1, _NINE)


def disproportionate(
    percentage: Decimal, beds: int, provider_type: str, *, is_rural: bool
) -> Decimal:
    """The operating adjustment for a disproportionate patient percentage (a share of 1).

    Four decimals, before the quarter of it that is paid. Small hospitals get 12% at most.

    >>> disproportionate(Decimal("0.35"), 300, "00", is_rural=False)
    Decimal('0.1809')
    >>> disproportionate(Decimal("0.35"), 99, "00", is_rural=False)
    Decimal('0.1200')
    """
    if percentage < Decimal("0.15"):
        return Decimal("0.0000")
    if percentage < Decimal("0.202"):
        share = (percentage - Decimal("0.15")) * Decimal("0.65") + Decimal("0.025")
    else:
        share = (percentage - Decimal("0.202")) * Decimal("0.825") + Decimal("0.0588")
    is_small = beds < (500 if is_rural else 100)
    is_capped = is_small or (is_rural and provider_type in SOLE_COMMUNITY_TYPES)
    share = _rounded(share, _FOUR)
    return (
        min(share, Decimal("0.1200"))
        if is_capped and provider_type not in UNCAPPED_TYPES
        else share
    )


def capital_disproportionate(percentage: Decimal, beds: int, *, is_rural: bool) -> Decimal:
    """The capital adjustment of an urban hospital with 100 beds or more, four decimals."""
    if is_rural or beds < 100:
        return Decimal("0.0000")
    return _rounded(EXACT.power(_E, Decimal("0.2025") * percentage) - 1, _FOUR)


def part_of(one: Decimal, other: Decimal) -> Decimal:
    """What part `one` is of both together, nine decimals; 0 where both are 0."""
    if not one + other:
        return Decimal(0)
    return _rounded(EXACT.divide(one, one + other), _NINE)


def capital_cola(cola: Decimal) -> Decimal:
    """The cost-of-living factor of capital, three decimals: 0.3152 of the operating excess."""
    return _rounded(Decimal("0.3152") * (cola - 1) + 1, Decimal("0.001"))


def low_volume(factor: Decimal | None, relief: str | None) -> Decimal:
    """The low-volume adjustment of a hospital that qualifies, a quarter at most; 0 for others."""
    is_due = relief == "Y" and factor is not None and 0 < factor <= Decimal("0.25")
    return factor if is_due and factor is not None else Decimal(0)


def are_payable(hrr: Decimal | None, vbp: Decimal | None) -> bool:
    """Whether the factors of readmissions and of value-based purchasing lie where they can.

    >>> are_payable(Decimal("0.97"), None), are_payable(Decimal("0.96"), None)
    (True, False)
    """
    hrr_is = hrr is None or Decimal("0.97") <= hrr <= 1
    return hrr_is and (vbp is None or Decimal("0.98") <= vbp <= 2)


def _rounded(value: Decimal, unit: Decimal) -> Decimal:
    return value.quantize(unit, ROUND_HALF_UP, EXACT)
