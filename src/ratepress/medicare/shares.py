"""What share of the fee a modifier or a kind of practitioner is paid: roles, packages, assistants.

Rules P26 to P29 (assistants, co-surgeons, teams, practitioners), P72 (parts of the global package,
return to the operating room), P73 (by report) and P75 (therapy assistants). `price` and `reprice`
take the roles from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from ratepress.medicare.indicators import indicators
from ratepress.medicare.parameters import Used, used
from ratepress.medicare.rows import RvuRow

PRACTITIONERS: Final = ("NP", "PA", "CNS")
_ASSISTANTS: Final = frozenset({"80", "81", "82"})
_PACKAGE: Final = {
    "54": "surgical care only, with the care before it",
    "55": "care after the operation only",
    "56": "care before the operation only",
    "78": "return to the operating room",
}
_THERAPY_ASSISTANTS: Final = frozenset({"CQ", "CO"})
WITH_SHARES: Final = (*_PACKAGE, *sorted(_THERAPY_ASSISTANTS))
"""Modifiers that `package_share` and `therapy_assistant` know."""
Refusal = tuple[str, str]
"""A rule and the reason under it."""
_ONE: Final = Decimal(1)


class Share(msgspec.Struct, frozen=True):
    """A percentage of the fee, in words, with its rules and the parameters behind it."""

    percent: Decimal
    label: str
    rules: tuple[str, ...]
    parameters: tuple[Used, ...] = ()
    notes: tuple[str, ...] = ()


def role_of(modifiers: Sequence[str]) -> str:
    """The role that modifiers state: `AS`, `assistant`, `co-surgeon`, `team`, or none.

    >>> role_of(["50", "80"]), role_of(["26"])
    ('assistant', '')
    """
    if "AS" in modifiers:
        return "AS"
    if _ASSISTANTS & set(modifiers):
        return "assistant"
    if "62" in modifiers:
        return "co-surgeon"
    return "team" if "66" in modifiers else ""


def role_refusal(row: RvuRow, role: str) -> Refusal | None:
    """Why the row's indicators leave a role without an amount; None where they do not."""
    if role in ("AS", "assistant") and row.assistant_surgery not in ("0", "2"):
        return "P26", f"assistant indicator {row.assistant_surgery}: no assistant is paid"
    if role == "co-surgeon" and row.co_surgeons not in ("1", "2"):
        return "P27", f"co-surgeon indicator {row.co_surgeons}: no co-surgeons are paid"
    if role == "team":
        if row.team_surgery in ("1", "2"):
            return "P28", "team surgery is priced by report"
        return "P28", f"team indicator {row.team_surgery}: no team is paid"
    return None


def role_share(role: str, is_practitioner: bool, shares: Mapping[str, Decimal]) -> Decimal:
    """Rules P26, P27 and P29: the share of the fee for the role and the kind of practitioner.

    `shares` are those of 1 under `assistant`, `co_surgeon` and `practitioner`.
    """
    if role == "AS":
        return shares["assistant"] * shares["practitioner"]
    by_role = {"assistant": shares["assistant"], "co-surgeon": shares["co_surgeon"]}
    return by_role.get(role, _ONE) * (shares["practitioner"] if is_practitioner else _ONE)


_NAMED = {
    "assistant": "pfs_assistant_percent",
    "co_surgeon": "pfs_co_surgeon_percent",
    "practitioner": "pfs_practitioner_percent",
}
_WORDS = {
    "assistant": "assistant at surgery",
    "co_surgeon": "co-surgeon",
    "practitioner": "NP, PA or CNS",
}


def paid_share(row: RvuRow, role: str, is_practitioner: bool, on: date) -> Share | None:
    """The role's and the practitioner's share as one percentage; None where neither reduces."""
    names = {"AS": ("assistant", "practitioner"), "assistant": ("assistant",)}.get(role, ())
    names = ("co_surgeon",) if role == "co-surgeon" else names
    if is_practitioner and "practitioner" not in names:
        names = (*names, "practitioner")
    if not names:
        return None
    parameters = {name: used(source, on) for name, source in _NAMED.items()}
    fractions = {name: one.value.scaleb(-2) for name, one in parameters.items()}
    rules = {"assistant": "P26", "co_surgeon": "P27", "practitioner": "P29"}
    return Share(
        role_share(role, is_practitioner, fractions).scaleb(2),
        "Share of " + " as ".join(_WORDS[name] for name in reversed(names)),
        tuple(rules[name] for name in names),
        tuple(parameters[name] for name in names),
        _documentation(row, role),
    )


def _documentation(row: RvuRow, role: str) -> tuple[str, ...]:
    columns = {"AS": "assistant_surgery", "assistant": "assistant_surgery"}
    column = columns.get(role, "co_surgeons" if role == "co-surgeon" else "")
    if not column:
        return ()
    value = str(getattr(row, column))
    indicator = indicators()[column]
    return (f"{indicator.label} {value}: {indicator.meaning(value)}.",)


def package_share(row: RvuRow, modifiers: Sequence[str]) -> Share | Refusal | None:
    """Rule P72: the part of the global package that 54, 55, 56 or 78 pays; None without one.

    54 holds the care before the operation, so its share is both. 78 pays the operation alone; the
    whole of a procedure of global period 000, which has no such parts.
    """
    found = [m for m in modifiers if m in _PACKAGE]
    if not found:
        return None
    if len(found) > 1:
        return "P72", f"modifiers {' and '.join(found)} contradict each other"
    (modifier,) = found
    what = f"Modifier {modifier}, {_PACKAGE[modifier]}"
    before, during, after = (
        share or Decimal(0)
        for share in (row.preoperative_share, row.intraoperative_share, row.postoperative_share)
    )
    if not before + during + after:
        if modifier == "78" and row.global_days == "000":
            label = f"{what}: global period 000 has no parts, so it is paid whole"
            return Share(Decimal(100), label, ("P72",))
        return "P72", f"modifier {modifier}: the release divides no global package of {row.code}"
    share = {"54": before + during, "55": after, "56": before, "78": during}[modifier]
    return Share(share.scaleb(2), f"{what}, by the shares of the row", ("P72",))


def therapy_assistant(row: RvuRow, modifiers: Sequence[str], on: date) -> Share | Refusal | None:
    """Rule P75: what CQ or CO leaves of a therapy service; None without them.

    Only "always" and "sometimes" therapy codes take them; the release marks therapy by its multiple
    procedure indicator 5 or its PC/TC indicator 7.
    """
    found = [m for m in modifiers if m in _THERAPY_ASSISTANTS]
    if not found:
        return None
    if row.multiple_procedure != "5" and row.pctc_indicator != "7":
        return "P75", f"modifier {found[0]} is for therapy services, and {row.code} is none"
    parameter = used("pfs_therapy_assistant_percent", on)
    note = "CMS takes it off its own payment: the patient's share is that of the whole fee."
    return Share(
        parameter.value, f"Modifier {found[0]}: {parameter.label}", ("P75",), (parameter,), (note,)
    )


def by_report(modifiers: Sequence[str]) -> Refusal | None:
    """Modifiers that Medicare's contractor prices by the record of the case (P17, P73)."""
    if "52" in modifiers:
        return "P17", "modifier 52, reduced services, is priced by report"
    if {"73", "74"} & set(modifiers):
        return "P17", "modifiers 73 and 74 are for facilities, not for professional services"
    if "22" in modifiers:
        return "P73", "modifier 22, increased services: the contractor sets the amount by report"
    return None
