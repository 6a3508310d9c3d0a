"""How the lines of one outpatient claim are paid, in Python. Rules P41 and P43 to P48."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from ratepress.medicare.repricing.outpatient.plain_line import Line, modifier_gap
from ratepress.medicare.repricing.outpatient.statuses import (
    COMPOSITES,
    CRITICAL_CARE,
    DIRECT_REFERRAL,
    DISTINCT,
    OBSERVATION,
)

ONE = Decimal(1)
_SERVICES = ("S", "T", "V", "J2", "Q2", "Q3")


def decide(lines: Sequence[Line]) -> None:
    """Set `how` of every line of a claim, or its gap, with the rules and notes of the claim."""
    rated = [one for one in lines if one.status == "J1" and one.row.rate is not None]
    first = min(rated, key=lambda one: one.order, default=None)
    visit = None if first is not None else _observed_visit(lines)
    for one in lines:
        inside = not one.row.is_outside_comprehensive
        _decide_one(one, lines, first, visit)
        if one.gap is None and one.how != "packaged":
            one.gap = _late_gap(one)
        if inside and first is not None:
            one.rules.add("P43")
        if inside and visit is not None:
            one.rules.add("P44")
        if one is first and sum(other.status == "J1" for other in lines) > 1:
            one.notes.append("complexity adjustment not assessed: Addendum J is not loaded")


def _observed_visit(lines: Sequence[Line]) -> Line | None:
    """Rule P44: the visit that is paid as comprehensive observation, if any is."""
    days = [
        one.form.on
        for one in lines
        if one.form.code == OBSERVATION and one.form.units >= one.given.observation_hours
    ]
    if not days:
        return None
    day = min(days)
    near = [one for one in lines if day - timedelta(days=1) <= one.form.on <= day]
    if any(one.status == "T" for one in near):
        return None
    visits = [
        one
        for one in near
        if one.status == "J2"
        and one.row.rate is not None
        and (one.form.code != DIRECT_REFERRAL or one.form.on == day)
    ]
    return min(visits, key=lambda one: one.order, default=None)


def _decide_one(one: Line, lines: Sequence[Line], first: Line | None, visit: Line | None) -> None:
    treatment, status = one.row.treatment, one.status
    is_plain = first is None and visit is None
    if treatment is None:
        _decide_unknown(one, lines, first)
    elif status == "A" and is_plain and one.row.test_rate is not None:
        one.how = "test"
    elif treatment.kind == "none":
        one.gap = ("P40", f"{treatment.why_not} (status {status})")
    elif one is first:
        one.how = "first"
    elif one is visit:
        one.how = "observation"
    elif status == "N" or (
        (first is not None or visit is not None) and not one.row.is_outside_comprehensive
    ):
        one.how = "packaged"
    elif treatment.kind == "conditional":
        _decide_conditional(one, lines)
    elif treatment.kind == "composite":
        _decide_composite(one, lines)
    else:
        one.how = treatment.kind if treatment.kind in ("discounted", "product") else "own"


def _decide_unknown(one: Line, lines: Sequence[Line], first: Line | None) -> None:
    """Rule P12: without a status, what the ASC addenda tell and what else is on the claim."""
    has_procedure = any(other.status == "T" for other in lines)
    packaging = ("packaged", "service") if first is not None else ("packaged",)
    if one.row.hint in packaging and (first is not None or has_procedure):
        one.how = "packaged"
    elif one.row.gap is not None:
        one.gap = one.row.gap
    else:
        one.gap = ("P40", f"status indicator {one.status or 'none'} is not known")


def _decide_conditional(one: Line, lines: Sequence[Line]) -> None:
    """Rule P45: Q1, Q2 and Q4 are packaged by what else is on the claim."""
    on_claim = {other.status for other in lines}
    same = [other for other in lines if other.status == one.status]
    is_highest = one is min(same, key=lambda other: other.order)
    packaging = {
        "Q1": set(_SERVICES),
        "Q2": {"T"},
        "Q4": {*_SERVICES, "Q1"},
    }[one.status or ""]
    one.rules.add("P45")
    if on_claim & packaging:
        one.how = "packaged"
    elif one.status == "Q4" and one.row.test_rate is not None:
        one.how = "test"
    elif one.status == "Q4":
        why = "a laboratory test by itself, paid under the laboratory fee schedule (status Q4)"
        one.gap = ("P45", why)
    else:
        one.how = "alone" if is_highest else "packaged"


def _decide_composite(one: Line, lines: Sequence[Line]) -> None:
    """Rule P46: imaging of one family is one composite, and critical care holds its own."""
    that_day = [other for other in lines if other.form.on == one.form.on]
    family = [other for other in that_day if other.row.family == one.row.family]
    one.rules.add("P46")
    if one.row.family == "critical care":
        is_distinct = bool(set(one.form.modifiers) & set(DISTINCT))
        is_part = any(other.form.code == CRITICAL_CARE for other in that_day)
        one.how = "packaged" if is_part and not is_distinct else "own"
    elif sum(other.form.units for other in family) == 1:
        one.how = "own"
    elif one.row.family == "mental health":
        why = "several mental health services of a day may be one composite: not modelled"
        one.gap = ("P46", why)
    elif one is min(family, key=lambda other: other.order):
        has_contrast = any(other.row.has_contrast for other in family)
        imaging = one.row.family or ""
        one.how = "composite"
        one.composite = COMPOSITES[imaging, has_contrast and imaging != "ultrasound"]
    else:
        one.how = "packaged"


def _late_gap(one: Line) -> tuple[str, str] | None:
    """Why a line that would be paid by its rate has no amount."""
    if one.how == "test":
        return modifier_gap(one.form.modifiers)
    if one.row.rate is None:
        return "P40", f"status indicator {one.status}, but no rate is published"
    gap = modifier_gap(one.form.modifiers)
    if gap is not None:
        return gap
    is_product = one.how == "product"
    if "73" in one.form.modifiers and one.row.is_device_intensive and not is_product:
        why = "modifier 73 takes the device portion off first: OPPS Addendum P is not loaded"
        return "P48", why
    if "PN" in one.form.modifiers and one.status in ("R", "U"):
        return "P49", "blood and brachytherapy of a non-excepted department are not modelled"
    if not is_product and one.no_wage_index is not None:
        return "P42", one.no_wage_index
    return None


def factors(lines: Sequence[Line]) -> dict[int, Decimal]:
    """Rules P41, P47 and P48: how many times its rate each line of a claim is paid."""
    by_day: dict[date, list[Line]] = defaultdict(list)
    found: dict[int, Decimal] = {}
    for one in lines:
        if one.how == "discounted":
            by_day[one.form.on].append(one)
        elif one.how and one.how != "packaged":
            found[one.number] = _undiscounted(one)
    for procedures in by_day.values():
        ranked = sorted(procedures, key=_discount_order)
        for place, one in enumerate(ranked, start=1):
            found[one.number] = _discounted(one, is_highest=place == 1)
    return found


def _discount_order(one: Line) -> tuple[bool, Decimal, int]:
    share = one.given.shares["terminated"] if one.is_terminated else ONE
    return one.row.rate is None, -(one.row.rate or Decimal(0)) * share, one.number


def _undiscounted(one: Line) -> Decimal:
    units = Decimal(one.form.units)
    if one.how in ("product", "test"):
        return units
    if one.how in ("observation", "composite"):
        return ONE
    terminated = one.given.shares["terminated"]
    if one.how in ("first", "alone"):
        if one.is_terminated:
            one.rules.add("P48")
        return terminated if one.is_terminated else ONE
    if one.is_terminated or one.is_both:
        one.rules.add("P48")
    if one.is_terminated:
        return ONE if one.is_both else terminated
    return Decimal(2) if one.is_both else units


def _discounted(one: Line, *, is_highest: bool) -> Decimal:
    share, units = one.given.shares["multiple"], Decimal(one.form.units)
    by_place = ONE if is_highest else share
    if not is_highest or (units > 1 and not one.is_terminated and not one.is_both):
        one.rules.add("P47")
    if one.is_terminated or one.is_both:
        one.rules.add("P48")
    if one.is_terminated:
        return one.given.shares["terminated"] * by_place
    if one.is_both:
        return (1 + share) * by_place
    return 1 + (units - 1) * share if is_highest else units * share
