"""What a visit is priced at: the facility's amount plus the professional fee (rule M13).

A sum of two stated parts, never a vote. The professional part is the fee in a facility.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from ratepress.core.facts import Fact, Gap
from ratepress.medicare.facility import FacilityPrice
from ratepress.medicare.price import Price

_SETTINGS = {"OPPS": "hospital outpatient", "ASC": "ambulatory surgical center"}


class Total(msgspec.Struct, frozen=True):
    """The total of a visit in one setting, or the reason for none, with its two parts.

    `result` is in dollars; `facility` and `professional` are the parts as they stand by themselves.
    """

    setting: str
    result: Fact | Gap
    facility: Fact | Gap
    professional: Fact | Gap

    @property
    def amount(self) -> Decimal | None:
        """The sum in dollars; None where a part is missing."""
        value = self.result.value if isinstance(self.result, Fact) else None
        return value if isinstance(value, Decimal) else None

    @property
    def text(self) -> str:
        """The sum in words: both parts and what they make, or what is missing."""
        if isinstance(self.result, Gap):
            return f"{self.setting}: no total, {self.result.why}"
        parts = [p.text for p in (self.facility, self.professional) if isinstance(p, Fact)]
        return f"{self.setting}: facility {parts[0]} + professional {parts[1]} = {self.result.text}"


def visit_totals(
    facility: Sequence[FacilityPrice], professional: Sequence[Price]
) -> tuple[Total, ...]:
    """One total for OPPS and for ASC each, of one question's answers.

    >>> visit_totals((), ())
    ()
    """
    inside = next((p.result for p in professional if p.site == "facility"), None)
    if inside is None:
        return ()
    return tuple(
        _total(_SETTINGS[one.system], one.result, inside)
        for one in facility
        if one.system in _SETTINGS
    )


def _total(setting: str, facility: Fact | Gap, professional: Fact | Gap) -> Total:
    if isinstance(facility, Gap):
        return Total(setting, _gap(setting, facility), facility, professional)
    if isinstance(professional, Gap):
        return Total(setting, _gap(setting, professional), facility, professional)
    total = Fact(
        Decimal(str(facility.value)) + Decimal(str(professional.value)),
        "USD",
        facility.as_of,
        tuple(dict.fromkeys((*facility.sources, *professional.sources))),
        tuple(sorted({"M13", *facility.rules, *professional.rules})),
    )
    return Total(setting, total, facility, professional)


def _gap(setting: str, part: Gap) -> Gap:
    why = f"one of its two parts is missing: {part.why}"
    return Gap(f"Medicare total, {setting}", why, part.which_source_would_fill_it, ("M13",))
