"""ASC lines in Python decimals, a claim's day at a time, with every step shown. P50 to P59."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.repricing.asc.plain_line import Line, Row, find_row, line_gap
from ratepress.medicare.repricing.asc.reference import AscReleases, given_on
from ratepress.medicare.repricing.explained import ExplainedLine, Refused, refuse
from ratepress.medicare.repricing.lookup import one_row, wrong_line
from ratepress.medicare.repricing.plain_form import Form

ONE = Decimal(1)


def price_lines(
    connection: duckdb.DuckDBPyConnection, forms: Sequence[Form]
) -> dict[int, ExplainedLine]:
    """Every ASC line by its number, with its amount and trace."""
    return _Pricer(connection).all(forms)


class _Pricer:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.given: dict[date, tuple[AscReleases, dict[str, Decimal]] | str] = {}
        self.rows: dict[tuple[date, str], Row] = {}
        self.indices: dict[tuple[int, str], Decimal | None] = {}

    def all(self, forms: Sequence[Form]) -> dict[int, ExplainedLine]:
        done: dict[int, ExplainedLine] = {}
        days: dict[tuple[str, date], list[Line]] = defaultdict(list)
        for form in forms:
            line = self.read(form)
            if isinstance(line, Line):
                days[form.claim_id, form.on].append(line)
            else:
                done[form.line_no] = refuse(form.line_no, line)
        for lines in days.values():
            self.pair_devices(lines)
            times = _times(lines)
            has_surgery = any(one.kind == "procedure" for one in lines)
            for one in lines:
                if one.gap is None:
                    _pay(one, times[one.form.line_no], has_surgery=has_surgery)
                done[one.form.line_no] = _explain(one)
        return done

    def read(self, form: Form) -> Line | Refused:
        problem = wrong_line(form, {"73", "74"}, {"FB", "FC"})
        if problem is not None:
            return "P15", problem
        if form.on not in self.given:
            self.given[form.on] = given_on(self.connection, form.on)
        given = self.given[form.on]
        if isinstance(given, str):
            return "P00", given
        releases, shares = given
        key = (form.on, form.code)
        if key not in self.rows:
            self.rows[key] = find_row(self.connection, releases, form.code, form.on)
        line = Line(form, self.rows[key], shares, self._index(releases, form))
        line.gap = line_gap(line)
        return line

    def _index(self, releases: AscReleases, form: Form) -> Decimal | None:
        cbsa = form.cell["cbsa"]
        key = (form.on.year, cbsa)
        if key not in self.indices:
            found = one_row(
                self.connection, "asc_wage_index", releases.wages, "wage_index", cbsa=cbsa
            )
            self.indices[key] = None if found is None else found[0]
        return self.indices[key]

    def pair_devices(self, lines: Sequence[Line]) -> None:
        """Rule P56: what a pass-through device of the day replaces of its procedure's rate."""
        devices = {
            one.form.code
            for one in lines
            if one.row.treatment is not None and one.row.treatment.indicator == "J7"
        }
        if not devices:
            return
        for one in lines:
            if one.kind == "procedure":
                shares = [
                    share
                    for device, modifier, share in self._pairs(one)
                    if device in devices and (not modifier or modifier in one.form.modifiers)
                ]
                one.replaced = max(shares, default=Decimal(0))

    def _pairs(self, one: Line) -> list[tuple[str, str, Decimal]]:
        return self.connection.execute(
            "SELECT device_code, procedure_modifier, multiplier FROM asc_code_pairs"
            " WHERE procedure_code = ? AND device_modifier = '' AND multiplier BETWEEN 0 AND 1"
            " AND pair_from <= ? AND (pair_until IS NULL OR pair_until >= ?)",
            [one.form.code, one.form.on, one.form.on],
        ).fetchall()


class _Times(msgspec.Struct, frozen=True):
    """How often a rate is paid in full, and how often by a share of it."""

    in_full: int
    reduced: int = 0
    share: Decimal = ONE


def _times(lines: Sequence[Line]) -> dict[int, _Times]:
    """Rules P52 to P54: how many times its rate each line of a claim's day is paid."""
    found: dict[int, _Times] = {}
    ranked = [one for one in lines if one.is_ranked and one.row.rate is not None]
    ranked.sort(key=lambda one: (-one.base, one.form.line_no))
    for place, one in enumerate(ranked):
        n, in_full = one.procedures, 1 if place == 0 else 0
        found[one.form.line_no] = _Times(in_full, n - in_full, one.shares["multiple"])
        if place or n > 1:
            one.rules.add("P52")
    for one in lines:
        if one.form.line_no in found:
            continue
        if one.kind == "procedure" and one.is_discontinued:
            found[one.form.line_no] = _Times(0, one.procedures, one.shares["discontinued"])
            one.rules.add("P54")
        else:
            found[one.form.line_no] = _Times(one.procedures)
    return found


def _pay(one: Line, times: _Times, *, has_surgery: bool) -> None:
    """Rules P51, P57 and P58: the amount of the line, what to mind about it, the lower charge."""
    if one.kind == "packaged":
        one.amount = Decimal("0.00")
        one.notes.append("packaged: paid with the procedure")
    else:
        one.amount = _product(one, times)
    if one.kind in ("service", "product") and not has_surgery:
        one.rules.add("P57")
        one.notes.append("paid only with a covered procedure of the day, and the claim has none")
    if one.counts_both:
        one.rules.add("P53")
        if "50" in one.form.modifiers:
            one.notes.append(
                "modifier 50 counts as two procedures; two lines or two units are asked for"
            )
    if one.kind in ("procedure", "service") and one.wage_index is None:
        one.notes.append("national unadjusted rate: no cbsa")
    charge = one.form.charge
    if charge is not None and charge < one.amount:
        one.steps.append(Step("Lower of the amount and the charge", plain(one.amount), charge))
        one.rules.add("P58")
        one.amount = charge


def _product(one: Line, times: _Times) -> Decimal:
    wages = ONE
    if one.kind != "product" and one.wage_index is not None:
        labor = one.shares["labor"]
        wages = EXACT.multiply(one.wage_index, labor) + (ONE - labor)
        one.rules.add("P51")
    if one.replaced:
        one.rules.add("P56")
    if one.row.device_portion is not None and {"FB", "FC"} & set(one.form.modifiers):
        one.rules.add("P55")
    if one.base != one.row.rate:
        one.steps.append(Step("Rate less its device", plain(one.row.rate or ONE), one.base))
    if one.kind == "product":
        amount = cents(EXACT.multiply(one.base, Decimal(times.in_full)))
        formula = f"{plain(one.base)} × {times.in_full}"
        one.steps.append(Step("Rate × units", formula, amount, is_rounded=True))
        return amount
    rate = cents(EXACT.multiply(one.base, wages))
    formula = f"{plain(one.base)} × {plain(wages)}"
    one.steps.append(Step("Rate × wage factor", formula, rate, is_rounded=True))
    less = cents(EXACT.multiply(rate, times.share))
    amount = times.in_full * rate + times.reduced * less
    formula = f"{times.in_full} × {plain(rate)} + {times.reduced} × {plain(less)}"
    one.steps.append(Step("In full, and reduced", formula, amount))
    return amount


def _explain(one: Line) -> ExplainedLine:
    if one.gap is not None:
        return refuse(one.form.line_no, one.gap)
    rules, notes = {"P13", "P50", *one.rules}, list(one.notes)
    if one.row.substitute is not None:
        rules.add("P00")
        notes.append(f"release {one.row.substitute} stands in for the one in force")
    return ExplainedLine(
        line_no=one.form.line_no,
        allowed_amount=one.amount,
        status="priced",
        rules=tuple(sorted(rules)),
        reason="; ".join(notes),
        steps=tuple(one.steps),
        sources=() if one.row.source is None else (one.row.source,),
    )
