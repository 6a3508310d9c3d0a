"""What area, modifiers and units make of a facility's national rate: OPPS and ASC.

One line by itself is what `reprice` pays a claim of that line (rules P78 and P80), so that one
arithmetic answers both. Here its trace gets the factors, parameters and the area behind it.
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
from ratepress.medicare.repricing.explained import ExplainedLine
from ratepress.medicare.repricing.form import (
    ASC_WITH_EFFECT,
    FACILITY_WITHOUT_EFFECT,
    OUTPATIENT_WITH_EFFECT,
)
from ratepress.medicare.wages import Area, find_area

_RULE = {"OPPS": "P78", "ASC": "P80"}
_CLAIMS: Final = {"OPPS": ("outpatient", "22"), "ASC": ("asc", "24")}
_WITHOUT_EFFECT: Final = frozenset(FACILITY_WITHOUT_EFFECT)
_KNOWN: Final = _WITHOUT_EFFECT | {*OUTPATIENT_WITH_EFFECT, *ASC_WITH_EFFECT}
_WAGE_RULES: Final = frozenset({"P42", "P51"})
_FACTOR: Final = "Wage factor of "
_SAID_ELSEWHERE: Final = ("national unadjusted rate", "status by APC", "release ")


class Adjusted(msgspec.Struct, frozen=True):
    """An amount in dollars, its steps and what they rest on."""

    amount: Decimal
    steps: tuple[Step, ...]
    rules: tuple[str, ...] = ()
    parameters: tuple[Used, ...] = ()
    sources: tuple[SourceRef, ...] = ()
    notes: tuple[str, ...] = ()


def has_effect_on_facilities(modifiers: Sequence[str]) -> bool:
    """Whether each modifier is one that a facility's rate knows.

    >>> has_effect_on_facilities(["50"]), has_effect_on_facilities(["26"])
    (True, False)
    """
    return all(modifier in _KNOWN for modifier in modifiers)


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
    rate = cents(row.rate or Decimal(0))
    national = _national(system, row, rate)
    if cbsa is None and units == 1 and _WITHOUT_EFFECT.issuperset(modifiers):
        return Adjusted(rate, (national,))
    area = None if cbsa is None else find_area(connection, system, cbsa, on)
    if isinstance(area, Gap):
        fill = area.which_source_would_fill_it
        return Missing(area.why, rules=(_RULE[system], *area.rules), fill=fill)
    claim_type, pos = _CLAIMS[system]
    line: dict[str, str | None] = {
        "claim_id": "1",
        "date": on.isoformat(),
        "code": code,
        "modifiers": " ".join(modifiers),
        "units": str(units),
        "pos": pos,
        "claim_type": claim_type,
        "cbsa": cbsa or "",
    }
    # Here, for it loads the rules of every setting, which a price as published needs none of.
    from ratepress.medicare.repricing.plain import explain_on

    (paid,) = explain_on(connection, [line])
    if paid.allowed_amount is None:
        return Missing(paid.reason, rules=paid.rules, fill="the same without it")
    return _traced(system, paid, national, area, on, modifiers)


def _national(system: str, row: RateRow, rate: Decimal) -> Step:
    what = f"APC {row.apc}, " if row.apc else ""
    indicator = f"{what}status {row.status}" if system == "OPPS" else f"indicator {row.status}"
    return Step(f"National rate, {indicator}", f"release {row.release.name}", rate)


def _traced(
    system: str,
    paid: ExplainedLine,
    national: Step,
    area: Area | None,
    on: date,
    modifiers: tuple[str, ...],
) -> Adjusted:
    parameters = paid.parameters
    if not {"52", "73"} & set(modifiers):  # Rule P48 is of both sides too, which take no half.
        parameters = tuple(one for one in parameters if one.name != "opps_terminated_percent")
    steps = [national]
    sources: tuple[SourceRef, ...] = ()
    notes = [
        note for note in paid.reason.split("; ") if note and not note.startswith(_SAID_ELSEWHERE)
    ]
    if area is not None and _WAGE_RULES & set(paid.rules):
        sources = (area.source,)
        steps.append(wage_factor(area, used(f"{system.lower()}_labor_percent", on)))
    elif area is not None:
        notes.append(f"{system}: no wage index, the rate holds no labor.")
    return Adjusted(
        paid.allowed_amount or Decimal(0),
        (*steps, *paid.steps),
        (*paid.rules, _RULE[system]),
        parameters,
        sources,
        tuple(notes),
    )


def wage_factor(area: Area, labor: Used) -> Step:
    """What an area makes of a rate of 1: its labor share by the index, and the rest as it is."""
    share = labor.value.scaleb(-2)
    factor = EXACT.add(EXACT.multiply(share, area.wage_index), 1 - share)
    rest = (100 - labor.value).normalize()
    formula = f"{labor.value.normalize():f}% × {plain(area.wage_index)} + {rest:f}%"
    return Step(f"{_FACTOR}{area.name.strip() or area.cbsa}", formula, factor)


def is_by_wages(steps: Sequence[Step]) -> bool:
    """Whether one of the steps to an amount in an area is the factor of its wages."""
    return any(step.label.startswith(_FACTOR) for step in steps)
