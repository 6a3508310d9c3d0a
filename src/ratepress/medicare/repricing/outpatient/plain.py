"""Outpatient lines in Python decimals, a claim at a time, with every step shown. P40 to P49."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import duckdb

from ratepress.core.decimals import EXACT, cents
from ratepress.core.facts import Gap
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.parameters import value
from ratepress.medicare.repricing.explained import ExplainedLine, Refused, refuse
from ratepress.medicare.repricing.lookup import wrong_line
from ratepress.medicare.repricing.outpatient.plain_claim import decide, factors
from ratepress.medicare.repricing.outpatient.plain_line import (
    Given,
    Line,
    Row,
    find_row,
)
from ratepress.medicare.repricing.outpatient.reference import (
    apc_rate,
    given_on,
)
from ratepress.medicare.repricing.outpatient.statuses import CLINIC_VISIT, DRUG_ADMINISTRATION
from ratepress.medicare.repricing.plain_form import Form
from ratepress.medicare.wage_index import WageIndices

ONE = Decimal(1)


def price_lines(
    connection: duckdb.DuckDBPyConnection, forms: Sequence[Form]
) -> dict[int, ExplainedLine]:
    """Every outpatient line by its number, with its amount and trace."""
    return _Pricer(connection).all(forms)


class _Pricer:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.given: dict[date, Given | str] = {}
        self.wages: dict[int, WageIndices] = {}
        self.rows: dict[tuple[date, str], Row] = {}

    def all(self, forms: Sequence[Form]) -> dict[int, ExplainedLine]:
        done: dict[int, ExplainedLine] = {}
        claims: dict[str, list[Line]] = defaultdict(list)
        for form in forms:
            line = self.read(form)
            if isinstance(line, Line):
                claims[form.claim_id].append(line)
            else:
                done[form.line_no] = refuse(form.line_no, line)
        for lines in claims.values():
            decide(lines)
            times = factors(lines)
            for one in lines:
                if one.gap is None and one.how == "packaged":
                    _package(one)
                elif one.gap is None:
                    self.pay(one, times[one.number])
                done[one.number] = _explain(one)
        return done

    def read(self, form: Form) -> Line | Refused:
        problem = wrong_line(form, {"73", "74"}, {"PN", "PO"})
        if problem is not None:
            return "P15", problem
        if form.on not in self.given:
            self.given[form.on] = self._given(form.on)
        given = self.given[form.on]
        if isinstance(given, str):
            return "P00", given
        key = (form.on, form.code)
        if key not in self.rows:
            self.rows[key] = find_row(self.connection, given.releases, form.code, form.on)
        index, why = self._wage_index(form)
        return Line(form, given, self.rows[key], index, why)

    def _given(self, on: date) -> Given | str:
        given = given_on(self.connection, on)
        if isinstance(given, str):
            return given
        releases, shares = given
        return Given(
            releases,
            releases.substitute(on),
            releases.tests_substitute(on),
            shares,
            int(value("opps_observation_hours", on).value),
            apc_rate(self.connection, releases),
        )

    def pay(self, one: Line, times: Decimal) -> None:
        """The line by its own rate, or by that of the payment it stands for."""
        rate = one.row.rate
        if one.how == "test":
            rate = one.row.test_rate
            one.rules.add("P82")
        elif one.how == "observation":
            rate = one.given.observation_rate
        elif one.composite is not None:
            rate = apc_rate(self.connection, one.given.releases, one.composite)
        if rate is None:
            rule, apc = ("P46", one.composite) if one.composite else ("P44", "8011")
            one.gap = (rule, f"APC {apc} has no rate in a list of APC rates")
        else:
            _pay(one, rate, times)

    def _wage_index(self, form: Form) -> tuple[Decimal | None, str | None]:
        cbsa, ccn = form.cell["cbsa"], form.cell["ccn"]
        if not cbsa and not ccn:
            return None, None
        year = form.on.year
        if year not in self.wages:
            self.wages[year] = WageIndices.load(self.connection, year)
        found = self.wages[year].of(ccn=ccn, cbsa=cbsa)
        return (None, found.why) if isinstance(found, Gap) else (found.value, None)


def _package(one: Line) -> None:
    one.amount = Decimal("0.00")
    one.notes.insert(0, "packaged: paid with other services of the claim")
    if one.status == "K":
        one.notes.append("unless Addendum J excludes it")


def _pay(one: Line, rate: Decimal, times: Decimal) -> None:
    """Rules P42 and P49: rate, wages and factor in one product, then the share of the place."""
    shares = one.given.shares
    is_adjusted = one.how not in ("product", "test")
    wages = ONE
    if is_adjusted and one.wage_index is not None:
        wages = EXACT.multiply(one.wage_index, shares["labor"]) + (ONE - shares["labor"])
        one.rules.add("P42")
    amount = cents(EXACT.multiply(EXACT.multiply(rate, wages), times))
    formula = f"{plain(rate)} × {plain(wages)} × {plain(times)}"
    one.steps.append(Step("Rate × wage factor × times paid", formula, amount, is_rounded=True))
    if is_adjusted and one.wage_index is None:
        one.notes.append("national unadjusted rate: no cbsa")
    share = _department_share(one) if is_adjusted else ONE
    if share < ONE:
        one.rules.add("P49")
        formula = f"{plain(amount)} × {plain(share)}"
        amount = cents(EXACT.multiply(amount, share))
        one.steps.append(Step("Share of the department", formula, amount, is_rounded=True))
    one.amount = amount


def _department_share(one: Line) -> Decimal:
    have, shares = set(one.form.modifiers), one.given.shares
    if "PN" in have:
        return shares["off_campus"]
    if "PO" in have and one.form.code == CLINIC_VISIT:
        return shares["excepted_visit"]
    if "PO" in have and one.row.apc in DRUG_ADMINISTRATION:
        return shares["excepted_drug"]
    return ONE


def _explain(one: Line) -> ExplainedLine:
    if one.gap is not None:
        return refuse(one.number, one.gap)
    by_apc = one.given.releases.codes is None
    rules = {"P40", "P12" if by_apc else "P11", *one.rules}
    unadjusted = [note for note in one.notes if note.startswith("national")]
    notes = [note for note in one.notes if note not in unadjusted]
    if by_apc:
        notes.append("status by APC: no Addendum B of the year is loaded")
    notes += unadjusted
    substitute = one.given.tests_substitute if one.how == "test" else one.given.substitute
    if substitute is not None:
        rules.add("P00")
        notes.append(f"release {substitute} stands in for the one in force")
    return ExplainedLine(
        line_no=one.number,
        allowed_amount=one.amount,
        status="priced",
        rules=tuple(sorted(rules)),
        reason="; ".join(notes),
        steps=tuple(one.steps),
        sources=() if one.row.source is None else (one.row.source,),
    )
