"""The slow path for inpatient stays: a stay at a time in Python decimals, with every step shown.

Written from the rules P60 to P66 and the regulation, and not from the SQL.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.facts import Gap
from ratepress.medicare.repricing.explained import ExplainedLine, Refused, refuse
from ratepress.medicare.repricing.inpatient.hospitals import (
    HOSPITAL_SPECIFIC_TYPES,
    Hospital,
    hospitals,
)
from ratepress.medicare.repricing.inpatient.plain_stay import Paid, Place, pay
from ratepress.medicare.repricing.inpatient.rates import (
    BURN_DRGS,
    Weight,
    amounts,
    rates,
    table_number,
    weights,
)
from ratepress.medicare.repricing.plain_form import Form
from ratepress.medicare.wage_index import WageIndices, fiscal_year, gaf_of

_MOST_CHARGES = Decimal(10**10)


class _Stay(msgspec.Struct, frozen=True):
    """The lines of one stay, what they say together, and its fiscal year."""

    lines: tuple[Form, ...]
    drg: str
    on: date
    ccn: str
    cbsa: str
    charges: Decimal | None

    @property
    def year(self) -> int:
        return fiscal_year(self.on)


def price_lines(
    connection: duckdb.DuckDBPyConnection, forms: Sequence[Form]
) -> dict[int, ExplainedLine]:
    """The answer to every inpatient line, by line number."""
    done: dict[int, ExplainedLine] = {}
    together: dict[tuple[str, str, str], list[Form]] = defaultdict(list)
    for form in forms:
        problem = _line_problem(form)
        if problem is None:
            key = (form.claim_id, form.cell["ccn"], form.cell["cbsa"])
            together[key].append(form)
        else:
            done[form.line_no] = refuse(form.line_no, ("P15", problem))
    known = _Known(connection, {key[1] for key in together})
    for lines in together.values():
        stay = _stay_of(lines)
        answer = ("P15", stay) if isinstance(stay, str) else known.answer(stay)
        done |= _answers(sorted(lines, key=lambda form: form.line_no), answer)
    return done


def _line_problem(form: Form) -> str | None:
    cell = form.cell
    if not re.fullmatch("([0-9]{1,3})?", cell["drg"]):
        return "drg is no MS-DRG of three digits"
    if not re.fullmatch("([0-9]{2}[0-9A-Z]{4})?", cell["ccn"]):
        return "ccn has not six letters or digits"
    if not re.fullmatch("([0-9]{2}|[0-9]{5})?", cell["cbsa"]):
        return "cbsa has neither two nor five digits"
    return None


def _stay_of(lines: Sequence[Form]) -> _Stay | str:
    """The stay of lines of one claim, hospital and area; or what is wrong with it."""
    named = {line.cell["drg"].zfill(3) for line in lines if line.cell["drg"]}
    if not named:
        return "drg is empty"
    if len(named) > 1:
        return "the lines of the stay name several MS-DRGs"
    charges = [line.charge for line in lines if line.charge is not None]
    whole = sum(charges, Decimal(0)) if len(charges) == len(lines) else None
    if whole is not None and whole >= _MOST_CHARGES:
        return "the charges of the stay are 10,000,000,000 or more"
    cell = lines[0].cell
    last = max(line.on for line in lines)
    return _Stay(tuple(lines), named.pop(), last, cell["ccn"], cell["cbsa"], whole)


def _answers(lines: Sequence[Form], answer: ExplainedLine | Refused) -> dict[int, ExplainedLine]:
    if isinstance(answer, tuple):
        return {line.line_no: refuse(line.line_no, answer) for line in lines}
    first, *others = (line.line_no for line in lines)
    part = ExplainedLine(
        line_no=first,
        allowed_amount=Decimal("0.00"),
        status="priced",
        rules=("P66",),
        reason="part of the stay: paid with its first line",
    )
    found = {number: msgspec.structs.replace(part, line_no=number) for number in others}
    return {first: msgspec.structs.replace(answer, line_no=first), **found}


class _Known:
    """What the lake holds, read once for each fiscal year."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, ccns: set[str]) -> None:
        self._connection = connection
        self._records = hospitals(connection, ccns - {""})
        self._weights: dict[int, dict[str, Weight]] = {}
        self._amounts: dict[int, dict[int, tuple[Decimal, Decimal]]] = {}
        self._indices: dict[int, WageIndices] = {}

    def answer(self, stay: _Stay) -> ExplainedLine | Refused:
        """The payment of a stay, or the first reason for none."""
        year = stay.year
        if year not in self._weights:
            self._weights[year] = weights(self._connection, year)
            self._amounts[year] = amounts(self._connection, year)
            self._indices[year] = WageIndices.load(self._connection, year)
        record = self._record(stay)
        if record is not None and record.terminated_on and stay.on >= record.terminated_on:
            return "P66", "the hospital is terminated on that day"
        if record is not None and record.waiver == "Y":
            return "P66", "the hospital is paid under the waiver of its state"
        if not self._weights[year]:
            return "P61", f"no MS-DRG weights of fiscal year {year} are loaded"
        weight = self._weights[year].get(stay.drg)
        if weight is None:
            return "P61", f"MS-DRG {stay.drg} has no weight in the release"
        place, why_national = self._place(stay, record)
        number = table_number(
            is_low=place.wage_index <= 1,
            has_quality=record is None or record.quality_indicator == "1",
            has_ehr=record is None or record.ehr_reduction != "Y",
        )
        if number not in self._amounts[year]:
            return "P61", f"the standardized amounts of the hospital in fiscal year {year} are not loaded"  # fmt: skip  # noqa: E501
        found = rates(year)
        if found.capital_rate is None:
            return "P62", f"the capital rate of fiscal year {year} is not known"
        paid = pay(
            self._amounts[year][number],
            weight.weight,
            place,
            found,
            record,
            stay.charges,
            is_burn=stay.drg in BURN_DRGS,
        )
        if paid is None:
            return "P65", "a factor of the hospital's record lies where it cannot"
        return _explained(paid, weight, record, place, why_national)

    def _record(self, stay: _Stay) -> Hospital | None:
        held = [r for r in self._records if r.ccn == stay.ccn]
        return next((r for r in held if r.record_from <= stay.on <= r.record_until), None)

    def _place(self, stay: _Stay, record: Hospital | None) -> tuple[Place, str | None]:
        """The index that pays; 1 with the reason where none is known."""
        if record is not None and record.own_index is not None:
            own = record.own_index
            return Place(own, gaf_of(own), (record.source,)), None
        cbsa = stay.cbsa or ("" if record is None else record.area)
        if not stay.ccn and not cbsa:
            return Place(Decimal(1), Decimal(1), ()), "national amount: no hospital and no area"
        index = self._indices[stay.year].of(ccn=stay.ccn, cbsa=cbsa)
        if isinstance(index, Gap):
            return Place(Decimal(1), Decimal(1), ()), f"national amount: {index.why}"
        return Place(index.value, index.gaf, (index.source,)), None


def _explained(
    paid: Paid, weight: Weight, record: Hospital | None, place: Place, why_national: str | None
) -> ExplainedLine:
    notes = [why_national] if why_national else []
    if record is None:
        notes.append("no record of the hospital: additions, outlier and reductions not assessed")
    elif not paid.is_assessed:
        notes.append("outlier not assessed: a charge, a ratio or the threshold is missing")
    if record is not None and record.provider_type in HOSPITAL_SPECIFIC_TYPES:
        notes.append("the rate of the hospital's own is not assessed")
    if weight.is_post_acute:
        notes.append("a transfer to post-acute care would be paid by the day")
    rules = (
        ("P60", why_national is None),
        ("P61", True),
        ("P62", True),
        ("P63", record is not None),
        ("P64", paid.outlier > 0),
        ("P65", paid.is_changed),
        ("P66", True),
    )
    sources = (weight.source, *place.sources, *(() if record is None else (record.source,)))
    return ExplainedLine(
        line_no=0,
        allowed_amount=paid.amount,
        status="priced",
        rules=tuple(rule for rule, holds in rules if holds),
        reason="; ".join(notes),
        steps=paid.steps,
        sources=tuple(dict.fromkeys(sources)),
    )
