"""What area, modifiers and units make of a facility's national rate: OPPS and ASC.

Rules P77 and P79 (wage index), P78 (OPPS modifiers and units) and P80 (ASC modifiers and units).
One line by itself: what lines of a claim do to each other is in `reprice`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import duckdb
import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.core.facts import Gap, SourceRef
from ratepress.medicare.facility_rows import Missing, RateRow
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.parameters import Used, used
from ratepress.medicare.releases import find_release
from ratepress.medicare.repricing.form import WITHOUT_EFFECT
from ratepress.medicare.rows import rvu_rows
from ratepress.medicare.wages import adjusted, find_area

NO_LABOR: Final = {
    "OPPS": frozenset({"F", "G", "H", "H1", "K", "K1", "L", "R", "U"}),
    "ASC": frozenset({"F4", "H2", "J7", "K2", "K7", "L1", "L6"}),
}
"""Indicators of drugs, devices, blood and sources: their rates hold no labor."""
_WAGE_RULE = {"OPPS": "P77", "ASC": "P79"}
_RULE = {"OPPS": "P78", "ASC": "P80"}
_DISCONTINUED = {"OPPS": "opps_terminated_percent", "ASC": "asc_discontinued_percent"}
_REDUCED: Final = frozenset({"52", "73"})
_KNOWN: Final = frozenset((*WITHOUT_EFFECT, "50", "RT", "LT", "52", "73", "74", "PO", "PT"))
_COMPREHENSIVE: Final = frozenset({"J1", "J2"})


def has_effect_on_facilities(modifiers: Sequence[str]) -> bool:
    """Whether each modifier is one that a facility's rate knows.

    >>> has_effect_on_facilities(["50"]), has_effect_on_facilities(["26"])
    (True, False)
    """
    return all(modifier in _KNOWN for modifier in modifiers)


class Adjusted(msgspec.Struct):
    """An amount in dollars while it is made, its steps and what they rest on."""

    amount: Decimal
    steps: tuple[Step, ...]
    rules: tuple[str, ...] = ()
    parameters: tuple[Used, ...] = ()
    sources: tuple[SourceRef, ...] = ()
    notes: tuple[str, ...] = ()

    def show(self, step: Step, *parameters: Used, rule: str) -> None:
        """One more step, whose value is the amount from now on."""
        self.amount = step.value
        self.steps += (step,)
        self.parameters += parameters
        self.rules += (rule,)


def adjust(
    connection: duckdb.DuckDBPyConnection,
    system: str,
    code: str,
    row: RateRow,
    on: date,
    modifiers: tuple[str, ...],
    cbsa: str | None,
    units: int,
) -> Adjusted | Missing:
    """The rate of a row in an area, for modifiers and units; why not, where it has none."""
    other = [m for m in modifiers if m not in _KNOWN]
    if other:
        why = f"modifier pricing not modelled for {system}: {', '.join(other)}"
        return Missing(why, rules=("P09",), fill="the same without it")
    rate = row.rate or Decimal(0)
    made = Adjusted(cents(rate), (_first(system, row, rate),))
    device = row.device_portion
    if cbsa is not None:
        area = find_area(connection, system, cbsa, on)
        if isinstance(area, Gap):
            rules = (_WAGE_RULE[system], *area.rules)
            return Missing(area.why, rules=rules, fill=area.which_source_would_fill_it)
        if row.status in NO_LABOR[system]:
            made.notes += (f"{system}: no wage index, the rate of {row.status} holds no labor.",)
        else:
            labor = used(f"{system.lower()}_labor_percent", on)
            made.sources += (area.source,)
            made.show(adjusted(rate, area, labor, device), labor, rule=_WAGE_RULE[system])
    refusal = _reduce(made, system, row, on, modifiers)
    if refusal is not None:
        return refusal
    sides = _sides(connection, code, on, modifiers)
    if isinstance(sides, Missing):
        return msgspec.structs.replace(sides, rules=(_RULE[system],))
    _repeat(made, system, row, on, sides * units)
    return made


def _first(system: str, row: RateRow, rate: Decimal) -> Step:
    what = f"APC {row.apc}, " if row.apc else ""
    indicator = f"{what}status {row.status}" if system == "OPPS" else f"indicator {row.status}"
    return Step(f"National rate, {indicator}", f"release {row.release.name}", rate)


def _reduce(
    made: Adjusted, system: str, row: RateRow, on: date, modifiers: Sequence[str]
) -> Missing | None:
    """52 and 73: half; the device of a device-intensive rate is taken off first. 74: in full."""
    found = [m for m in modifiers if m in (*_REDUCED, "74")]
    if not found:
        return None
    if len(found) > 1:
        why = f"modifiers {' and '.join(found)} contradict each other"
        return Missing(why, rules=(_RULE[system],))
    (modifier,) = found
    if modifier == "74":
        step = Step("Modifier 74, ended after anesthesia", "paid in full", made.amount)
        made.show(step, rule=_RULE[system])
        return None
    percent = used(_DISCONTINUED[system], on)
    base = made.amount
    label = "Modifier 73, ended before anesthesia" if modifier == "73" else "Modifier 52, reduced"
    formula = plain(base)
    if row.device_portion:
        base -= row.device_portion
        formula = f"({formula} - {plain(row.device_portion)} device portion)"
    value = cents(EXACT.multiply(base, percent.value.scaleb(-2)))
    formula += f" × {percent.value.normalize():f}%"
    made.show(Step(label, formula, value, is_rounded=True), percent, rule=_RULE[system])
    if system == "OPPS" and modifier == "73":
        made.notes += (
            "OPPS: a device-intensive procedure would lose its device portion first; Addendum P,"
            " which names it, is not read.",
        )
    return None


def _sides(
    connection: duckdb.DuckDBPyConnection, code: str, on: date, modifiers: Sequence[str]
) -> int | Missing:
    """2 where both sides are billed of a code that is done on one; by the bilateral indicator."""
    if "50" not in modifiers and not {"RT", "LT"} <= set(modifiers):
        return 1
    answer = find_release(connection, on)
    rows = {} if answer is None else rvu_rows(connection, answer.release, [code]).get(code, {})
    if not rows:
        return Missing("modifier 50: no release of the year states the code's bilateral indicator")
    indicator = next(iter(rows.values())).bilateral_surgery
    if indicator == "9":
        return Missing("modifier 50: bilateral indicator 9, the concept does not apply")
    return 2 if indicator in ("1", "3") else 1


def _repeat(made: Adjusted, system: str, row: RateRow, on: date, times: int) -> None:
    """Sides and units: the first in full and others in part where discounting applies."""
    if times == 1:
        return
    rule = _RULE[system]
    if system == "OPPS" and row.status in _COMPREHENSIVE:
        label = f"{times} units or sides of a comprehensive service"
        made.show(Step(label, "one payment for the claim", made.amount), rule=rule)
        return
    is_discounted = row.is_discounted if system == "ASC" else row.status == "T"
    if not is_discounted:
        value = made.amount * times
        step = Step(
            f"{times} units or sides, not discounted", f"{plain(made.amount)} × {times}", value
        )
        made.show(step, rule=rule)
        return
    percent = used(f"{system.lower()}_multiple_procedure_percent", on)
    further = cents(EXACT.multiply(made.amount, percent.value.scaleb(-2)))
    value = made.amount + further * (times - 1)
    share = f"{percent.value.normalize():f}%"
    formula = f"{plain(made.amount)} + {times - 1} × {plain(made.amount)} × {share}"
    step = Step(f"{times} units or sides, others at {share}", formula, value, is_rounded=True)
    made.show(step, percent, rule=rule)
