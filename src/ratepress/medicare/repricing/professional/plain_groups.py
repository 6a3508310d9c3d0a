"""Procedures of one day that reduce each other, in Python decimals. Rules P18 and P20 to P25."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from ratepress.core.decimals import EXACT, cents
from ratepress.medicare.formula import plain
from ratepress.medicare.repricing.professional.plain_line import Procedure

ZERO = Decimal(0)
_RULE = {"4": "P22", "5": "P23", "6": "P24", "7": "P25"}
_TECHNICAL = {"4": "imaging_tc", "6": "cardiovascular_tc", "7": "ophthalmology_tc"}


def percent(value: Decimal, share: Decimal) -> Decimal:
    """A share of an amount, in cents.

    >>> percent(Decimal("129.26"), Decimal("1.5"))
    Decimal('193.89')
    """
    return cents(EXACT.multiply(value, share))


def pair_sides(procedures: Sequence[Procedure]) -> list[Procedure]:
    """Rule P18: right and left on two lines become one procedure, in the place of the first."""
    waiting: dict[tuple[object, ...], list[Procedure]] = defaultdict(list)
    left: list[Procedure] = []
    for one in procedures:
        asked = one.asked
        if asked.side and one.units == 1 and one.row.bilateral_surgery in ("0", "1", "2"):
            shares = (one.share, asked.package, asked.therapy, asked.equipment)
            key = (asked.site, asked.locality, asked.code, asked.component, *shares,
                   asked.is_nonparticipating)  # fmt: skip
            other = "LT" if asked.side == "RT" else "RT"
            if waiting[(*key, other)]:
                first = waiting[(*key, other)].pop(0)
                first.second = asked
                first.sides = one.shares["bilateral"] if one.row.bilateral_surgery == "1" else 1  # type: ignore[assignment]
                continue
            waiting[(*key, asked.side)].append(one)
        left.append(one)
    return left


def reduce_together(procedures: Sequence[Procedure]) -> None:
    """Set `total` and `first_side` of the procedures that count together."""
    for one in procedures:
        one.amount = percent(one.fee, Decimal(one.sides))
        if one.second or one.asked.is_both:
            one.rules.add("P18")
            one.show(f"Both sides, indicator {one.row.bilateral_surgery}",
                     f"{plain(one.fee)} × {plain(Decimal(one.sides))}", one.amount)  # fmt: skip
        one.total, one.first_side = one.amount * one.units, one.fee
    _surgery([one for one in procedures if one.row.multiple_procedure in ("2", "3")])
    for indicator in "4567":
        members = [one for one in procedures if one.row.multiple_procedure == indicator]
        if members:
            _therapy(members) if indicator == "5" else _tests(members, indicator)


def _place(one: Procedure) -> tuple[str, str]:
    return one.asked.site, one.asked.locality


def _surgery(procedures: Sequence[Procedure]) -> None:
    bases = {
        (*_place(one), one.row.endoscopic_base)
        for one in procedures
        if one.row.multiple_procedure == "3" and one.row.endoscopic_base
    }
    families: dict[tuple[str | None, ...], list[Procedure]] = defaultdict(list)
    alone: list[Procedure] = []
    for one in procedures:
        key = (*_place(one), one.row.endoscopic_base or one.asked.code)
        is_member = key in bases and not one.asked.component
        families[key].append(one) if is_member else alone.append(one)
    items: list[tuple[Decimal, int, list[Procedure], bool]] = []
    for members in families.values():
        _endoscopies(members)
        first = min(one.asked.line_no for one in members)
        items.append((sum((one.total for one in members), ZERO), first, members, True))
    items += [(one.amount, one.asked.line_no, [one], False) for one in alone]
    before = 0
    for _, _, members, is_family in sorted(items, key=lambda item: (-item[0], item[1])):
        n = 1 if is_family else members[0].units
        for one in members:
            _rank(one, before, n, is_family=is_family)
        before += n


def _endoscopies(members: Sequence[Procedure]) -> None:
    if sum(one.units for one in members) == 1:
        return
    highest = min(members, key=lambda one: (-one.amount, one.asked.line_no))
    for one in members:
        base = one.base_fee if one.row.endoscopic_base else one.fee
        one.rules.add("P21")
        if base is None:
            one.gap = ("P21", "the base code of the family has no row in the release")
            continue
        less = max(one.amount - base, ZERO)
        in_full = 1 if one is highest else 0
        one.total = in_full * one.amount + (one.units - in_full) * less
        what = plain(one.amount) if in_full else f"{plain(one.amount)} - {plain(base)}"
        one.show("Endoscopy family, less the base but for the highest", what, one.total)


def _rank(one: Procedure, before: int, n: int, *, is_family: bool) -> None:
    if before + n > 5:
        one.gap = one.gap or ("P20", "the sixth and later procedures are priced by report")
    share = one.shares["multiple"]
    if before:
        one.first_side = percent(one.fee, share)
    if is_family:
        one.total = percent(one.total, share) if before else one.total
    else:
        units = [one.amount if before + i == 0 else percent(one.amount, share)
                 for i in range(one.units)]  # fmt: skip
        one.total = sum(units, ZERO)
    if before or (one.units > 1 and not is_family):
        one.rules.add("P20")
        one.show(
            f"Multiple procedures, place {before + 1}", f"{plain(share)} of the fee", one.total
        )


def _therapy(members: Sequence[Procedure]) -> None:
    highest = min(members, key=lambda one: (-one.pe, one.asked.line_no))
    for one in members:
        less = min(percent(one.therapy_fee, Decimal(one.sides)), one.amount)
        in_full = 1 if one is highest else 0
        one.total = in_full * one.amount + (one.units - in_full) * less
        if one is not highest or one.units > 1:
            one.rules.add("P23")
            one.show("Therapy, practice expense reduced", f"{one.units - in_full} × {plain(less)}",
                     one.total)  # fmt: skip


def _highest(members: Sequence[Procedure], part: str) -> Procedure:
    def order(one: Procedure) -> tuple[bool, Decimal, int]:
        value = one.times(getattr(one, part))
        return value is None, -(value or ZERO), one.asked.line_no

    return min(members, key=order)


def _tests(members: Sequence[Procedure], indicator: str) -> None:
    if sum(one.units for one in members) == 1:
        return
    technical, professional = _highest(members, "technical"), _highest(members, "professional")
    for one in members:
        tc, pc, cap = map(one.times, (one.technical, one.professional, one.technical_cap))
        if tc is None or pc is None:
            why = "the parts 26 and TC of the code have no rows in the release"
            one.gap = (_RULE[indicator], why)
            continue
        tc_less = percent(tc, one.shares[_TECHNICAL[indicator]])
        pc_less = percent(pc, one.shares["imaging_pc"]) if indicator == "4" else pc
        total = ZERO
        for unit in range(one.units):
            tc_whole = tc == 0 or (one is technical and unit == 0)
            pc_whole = pc == 0 or indicator != "4" or (one is professional and unit == 0)
            if tc_whole and pc_whole:
                total += one.amount
                continue
            tc_paid = tc if tc_whole else tc_less
            total += min(tc_paid, cap) if cap is not None else tc_paid
            total += pc if pc_whole else pc_less
            one.rules.add(_RULE[indicator])
        one.total = total
        one.show("Parts in full for the highest, reduced for others", f"{one.units} units", total)
