"""Why the fee schedule has no amount for a service: each reason as a Gap, in words.

Rules P03 (status), P04 (setting), P05 (components), P07 (both sides), P09 (other modifiers), and
those of `medicare.shares`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ratepress.core.facts import Gap
from ratepress.medicare.formula import SITE_LABELS
from ratepress.medicare.indicators import indicators
from ratepress.medicare.releases import Release
from ratepress.medicare.repricing.form import EQUIPMENT, WITH_EFFECT, WITHOUT_EFFECT
from ratepress.medicare.rows import RvuRow
from ratepress.medicare.shares import WITH_SHARES, Refusal, by_report
from ratepress.medicare.statuses import PRICED, status

COMPONENTS = frozenset({"26", "TC", "53"})
"""Modifiers that have rows of their own."""

BILATERAL = "50"
_ANOTHER_SYSTEM = "the payment system the code belongs to, or a release that has it"
_CONTRACTOR = "the fee of the Medicare contractor (MAC) of the locality"


def title(code: str, modifiers: Sequence[str], site: str) -> str:
    """What is missing, as a page names it.

    >>> title("32557", ("26",), "nonfacility")
    'Medicare physician fee for 32557-26, non-facility'
    """
    return f"Medicare physician fee for {'-'.join((code, *modifiers))}, {SITE_LABELS[site]}"


def unknown_code(what: str, code: str, release: Release) -> Gap:
    """The release has no row of the code."""
    return Gap(what, release.lacks(code), _ANOTHER_SYSTEM)


_KNOWN = frozenset((*WITH_EFFECT, *WITHOUT_EFFECT, *WITH_SHARES, *EQUIPMENT, "22"))
_ROLES = ({"80", "81", "82", "AS"}, {"62"}, {"66"})


def not_modelled(what: str, modifiers: Sequence[str]) -> Gap | None:
    """A modifier without a rule or priced by report, or two that contradict each other."""
    other = [m for m in modifiers if m not in _KNOWN]
    if other:
        why = f"modifier pricing not modelled: {', '.join(other)}"
        return Gap(what, why, "a later version of ratepress", ("P09",))
    reported = by_report(modifiers)
    if reported is not None:
        return refused(what, reported)
    have = set(modifiers)
    components = [m for m in modifiers if m in COMPONENTS]
    roles = [m for m in modifiers if any(m in role for role in _ROLES)]
    if len(components) > 1 or sum(bool(have & role) for role in _ROLES) > 1:
        stated, rule_id = (components, "P05") if len(components) > 1 else (roles, "P26")
        why = f"modifiers {' and '.join(stated)} contradict each other"
        return Gap(what, why, "the same line with one of them", (rule_id,))
    return None


def refused(what: str, refusal: Refusal) -> Gap:
    """A modifier, role or number of units that has no amount, as a gap."""
    rule_id, why = refusal
    return Gap(what, why, _CONTRACTOR if "report" in why else "the same without it", (rule_id,))


def no_component(what: str, component: str, rows: Mapping[str, RvuRow]) -> Gap:
    """The code has no row for the modifier asked, or is paid under a modifier only."""
    any_row = rows.get("") or next(iter(rows.values()))
    if not component:
        have = " or ".join(sorted(rows))
        why = f"{any_row.code} is in the schedule only with modifier {have}"
        return Gap(what, why, f"ask with modifier {have}", ("P05",))
    if component == "53":
        why = (
            "a discontinued procedure has an amount of its own for a few colonoscopy codes only;"
            " for others the contractor decides"
        )
        return Gap(what, why, _CONTRACTOR, ("P05",))
    indicator = indicators()["pctc_indicator"]
    value = any_row.pctc_indicator
    why = (
        f"modifier {component} does not apply to {any_row.code}:"
        f" {indicator.label} {value}, {indicator.meaning(value)}"
    )
    return Gap(what, why, "none: the schedule has no such part", ("P05",))


def unpriced(what: str, row: RvuRow, site: str) -> Gap | None:
    """Why a row has no amount at a site: status, setting, no values; None where it has one."""
    meaning = status(row.status)
    if row.status not in PRICED:
        why = f"status {row.status}, {meaning.label}: {meaning.why_unpriced}"
        return Gap(what, why, meaning.filled_by, ("P03",))
    if row.is_na(site):
        why = f"the service is not priced in the {SITE_LABELS[site]} setting (NA indicator)"
        other = next(s for s in SITE_LABELS if s != site)
        filled = f"the {SITE_LABELS[other]} amount" if not row.is_na(other) else _CONTRACTOR
        return Gap(what, why, filled, ("P04",))
    if not (row.work_rvu or row.pe_rvu(site) or row.malpractice_rvu):
        why = f"status {row.status}, but no relative values: the Medicare contractor prices it"
        return Gap(what, why, _CONTRACTOR, ("P03",))
    return None


_BILATERAL_PERCENT = {"0": Decimal(100), "2": Decimal(100), "3": Decimal(200)}
_BILATERAL_WHY = {
    "0": "no increase for the second side: both sides are paid as one",
    "2": "the fee is already for both sides",
    "3": "each side is paid in full",
}


def bilateral_percent(row: RvuRow, dated_150: Decimal) -> tuple[Decimal, str] | None:
    """What modifier 50 makes of the fee, in percent, and why; None where it does not apply.

    `dated_150` is the percentage in force for indicator 1.
    """
    value = row.bilateral_surgery
    if value == "1":
        return dated_150, "both sides of the procedure"
    if value in _BILATERAL_PERCENT:
        return _BILATERAL_PERCENT[value], _BILATERAL_WHY[value]
    return None


def no_bilateral(what: str, row: RvuRow) -> Gap:
    """Modifier 50 on a code whose bilateral indicator has no meaning for two sides."""
    indicator = indicators()["bilateral_surgery"]
    value = row.bilateral_surgery
    why = f"modifier 50: {indicator.label} {value}, {indicator.meaning(value)}"
    return Gap(what, why, "the amount without modifier 50", ("P07",))
