"""One professional line by itself, in Python decimals: its row, its fee or the gap.

The first half of the slow path (`professional.plain`), written from the rules. Rules P03 to P05,
P15 to P18, P26 to P29 and P33.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ratepress.codes.places import PLACES
from ratepress.core.decimals import EXACT, cents
from ratepress.medicare.anesthesia import PERFORMERS
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.repricing.explained import Refused
from ratepress.medicare.repricing.form import (
    ASSISTANTS,
    COMPONENTS,
    EQUIPMENT,
    OF_LINES,
    PACKAGE,
    PRACTITIONERS,
    THERAPY_ASSISTANTS,
    WITH_EFFECT,
    WITHOUT_EFFECT,
)
from ratepress.medicare.repricing.plain_form import Form
from ratepress.medicare.rows import RvuRow
from ratepress.medicare.shares import (
    by_report,
    package_share,
    role_of,
    role_refusal,
    therapy_assistant,
)


@dataclass
class Asked:
    """A line that can be read."""

    line_no: int
    claim_id: str
    on: date
    code: str
    modifiers: tuple[str, ...]
    units: int
    site: str
    locality: str
    zip_code: str
    minutes: int | None
    patient: str
    npi: str
    is_practitioner: bool
    is_qp: bool
    is_nonparticipating: bool
    charge: Decimal | None
    is_old_zip: bool = False

    @property
    def component(self) -> str:
        return next((m for m in self.modifiers if m in COMPONENTS), "")

    @property
    def is_both(self) -> bool:
        return "50" in self.modifiers or {"RT", "LT"} <= set(self.modifiers)

    @property
    def side(self) -> str:
        return "" if self.is_both else next((m for m in self.modifiers if m in ("RT", "LT")), "")

    @property
    def role(self) -> str:
        return role_of(self.modifiers)

    @property
    def package(self) -> str:
        return next((m for m in self.modifiers if m in PACKAGE), "")

    @property
    def therapy(self) -> str:
        return min((m for m in self.modifiers if m in THERAPY_ASSISTANTS), default="")

    @property
    def equipment(self) -> str:
        return next((m for m in self.modifiers if m in EQUIPMENT), "")

    @property
    def together(self) -> tuple[str, ...]:
        """Rule P19: what lines must share to count together."""
        if not self.patient:
            return ("claim", self.claim_id, "", str(self.on), self.role)
        who = f"npi {self.npi}" if self.npi else f"claim {self.claim_id}"
        return ("patient", self.patient, who, str(self.on), self.role)


@dataclass
class Procedure:
    """A line with a fee, or two lines for two sides; amounts in dollars, of one unit."""

    asked: Asked
    row: RvuRow
    fee: Decimal
    units: int
    pe: Decimal
    technical: Decimal | None
    technical_cap: Decimal | None
    professional: Decimal | None
    therapy_fee: Decimal
    base_fee: Decimal | None
    sides: Decimal
    share: Decimal
    is_capped: bool
    shares: Mapping[str, Decimal]
    second: Asked | None = None
    amount: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    first_side: Decimal = Decimal(0)
    gap: Refused | None = None
    rules: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)

    def times(self, value: Decimal | None) -> Decimal | None:
        """An amount of one side as one of the sides billed, in cents."""
        return None if value is None else cents(EXACT.multiply(value, self.sides))

    def show(self, label: str, formula: str, value: Decimal) -> None:
        self.steps.append(Step(label, formula, value, is_rounded=True))


def read_line(form: Form) -> Asked | Refused:
    """What a professional line states besides the form, or rule P15 and what is wrong with it."""
    cell, place = form.cell, PLACES.get(form.pos)
    locality = cell["locality"].lower()
    checks = (
        (place and place.site != "any", "pos is no place of service that Medicare has a rate for"),
        (place and not (place.since and place.since > form.on), "pos has no rate on the date"),
        (
            re.fullmatch(r"national|[0-9]{5}-[0-9]{2}|", locality),
            "locality is not MAC and locality, as in 10112-00",
        ),
        (
            re.fullmatch("([0-9]{5}(-?[0-9]{4})?)?", cell["zip"]),
            "zip is no ZIP code of five or nine digits",
        ),
        (
            re.fullmatch("([1-9][0-9]{0,3})?", cell["minutes"]),
            "minutes is no whole number from 1 to 9999",
        ),
    )
    problem = next((why for is_good, why in checks if not is_good), None)
    problem = problem or _contradiction(form)
    if problem is not None or place is None:
        return "P15", problem or ""
    return Asked(
        form.line_no,
        form.claim_id,
        form.on,
        form.code,
        form.modifiers,
        form.units,
        place.site,
        locality or "national",
        "" if locality else cell["zip"][:5],
        int(cell["minutes"]) if cell["minutes"] else None,
        cell["patient"],
        cell["npi"],
        cell["provider_type"].upper() in PRACTITIONERS,
        form.is_qp,
        form.is_nonparticipating,
        form.charge,
    )


def _contradiction(form: Form) -> str | None:
    have = set(form.modifiers)
    roles = (have & set(ASSISTANTS), have & {"62"}, have & {"66"})
    if len(have & set(COMPONENTS)) > 1 or sum(map(bool, roles)) > 1:
        return f"the modifiers contradict each other: {form.modifiers_text}"
    return None


def modifier_gap(modifiers: tuple[str, ...]) -> Refused | None:
    """Rules P17, P73, P72, P90 and P09: modifiers that leave no amount."""
    if "52" in modifiers:
        return "P17", "modifier 52, reduced services, is priced by report"
    if {"73", "74"} & set(modifiers):
        return "P17", "modifiers 73 and 74 are for facilities, not for professional lines"
    if "22" in modifiers:
        return by_report(["22"])
    for rule, kinds in (("P72", PACKAGE), ("P90", EQUIPMENT)):
        both = sorted(m for m in modifiers if m in kinds)
        if len(both) > 1:
            return rule, f"modifiers {both[0]} and {both[1]} contradict each other"
    known = (*WITH_EFFECT, *WITHOUT_EFFECT, *OF_LINES)
    other = min((m for m in modifiers if m not in known), default=None)
    return None if other is None else ("P09", f"modifier pricing not modelled: {other}")


def no_row(asked: Asked) -> Refused:
    """The release has no row of the code with the component asked."""
    if asked.component == "53":
        why = "modifier 53 has an amount of its own for a few codes only; the contractor prices it"
        return "P17", why
    if asked.component:
        return "P05", f"the code is not in the release with modifier {asked.component}"
    return "P03", "the code is not in the release by itself"


def row_gap(asked: Asked, row: RvuRow, *, has_technical: bool) -> Refused | None:
    """Why a row has no amount for the line; None where it has one.

    `has_technical`: the row is a technical part, or the release has one of the code.
    """
    if row.status not in ("A", "R", "T"):
        return "P03", f"status {row.status} is not priced"
    performers = sorted(m for m in asked.modifiers if m in PERFORMERS)
    if performers:
        return "P36", f"modifier {performers[0]} is for anesthesia, and {asked.code} is none"
    if row.is_na(asked.site):
        return "P04", "not priced in the setting (NA indicator)"
    if not (row.work_rvu or row.pe_rvu(asked.site) or row.malpractice_rvu):
        return "P03", "no relative values: the contractor prices it"
    if asked.is_both and row.bilateral_surgery not in ("0", "1", "2", "3"):
        return "P18", f"bilateral indicator {row.bilateral_surgery}: both sides do not apply"
    refused = role_refusal(row, asked.role)
    if refused is not None:
        return refused
    for share in (
        package_share(row, sorted(asked.modifiers)),
        therapy_assistant(row, sorted(asked.modifiers), asked.on),
    ):
        if isinstance(share, tuple):
            return share
    if asked.equipment and (asked.component == "26" or not has_technical):
        why = f"modifier {asked.equipment} is for the technical part, and the line has none"
        return "P90", why
    if row.multiple_procedure == "1":
        return "P20", "multiple procedure indicator 1 is not modelled"
    return None


def shown(*values: Decimal) -> str:
    """Numbers in a sum: `310.02 - 200.00`.

    >>> shown(Decimal("310.02"), Decimal("200"))
    '310.02 - 200.00'
    """
    return " - ".join(plain(v) for v in values)
