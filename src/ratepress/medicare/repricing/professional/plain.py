"""Professional lines in Python decimals, a line at a time, with every step shown. P15 to P34."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.core.errors import MissingReferenceData, UsageError
from ratepress.core.facts import SourceRef
from ratepress.medicare.formula import Step, fee, plain
from ratepress.medicare.parameters import Participant, Used, used, value
from ratepress.medicare.releases import Answer, Release, find_release
from ratepress.medicare.repricing.cited import cited
from ratepress.medicare.repricing.explained import ExplainedLine, Refused, refuse
from ratepress.medicare.repricing.plain_form import Form
from ratepress.medicare.repricing.professional.plain_apart import Apart, Place, place_of
from ratepress.medicare.repricing.professional.plain_groups import (
    pair_sides,
    percent,
    reduce_together,
)
from ratepress.medicare.repricing.professional.plain_line import (
    Asked,
    Procedure,
    modifier_gap,
    no_row,
    read_line,
    row_gap,
)
from ratepress.medicare.repricing.professional.reference import EQUIPMENT_SHARES, SHARES
from ratepress.medicare.rows import Locality, RvuRow, find_locality, rvu_rows
from ratepress.medicare.shares import Share, package_share, role_share, therapy_assistant


def _behind(asked: Asked, rules: Iterable[str], participant: Participant) -> tuple[Used, ...]:
    """The dated parameters of a line's amount, and of what is shown beside it."""
    beside = (used(n, asked.on) for n in ("part_b_payment_percent", "sequestration_percent"))
    factor = used("pfs_conversion_factor", asked.on, participant)
    return (factor, *cited(rules, asked.on), *beside)


class _Given(msgspec.Struct, frozen=True):
    """What answers for one day and kind of participant."""

    answer: Answer
    factor: Decimal
    shares: dict[str, Decimal]
    sources: tuple[SourceRef, ...]


def price_lines(
    connection: duckdb.DuckDBPyConnection, forms: Sequence[Form]
) -> dict[int, ExplainedLine]:
    """Every professional line by its number, with its amount and trace."""
    return _Pricer(connection).all(forms)


class _Pricer:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.given: dict[tuple[date, bool], _Given | Refused] = {}
        self.done: dict[int, ExplainedLine] = {}
        self.known: dict[tuple[str, str, str], dict[str, RvuRow]] = {}
        self.apart = Apart(connection)
        self.is_old: dict[int, bool] = {}

    def all(self, forms: Sequence[Form]) -> dict[int, ExplainedLine]:
        groups: dict[tuple[str, ...], list[Procedure]] = defaultdict(list)
        for form in forms:
            asked = read_line(form)
            found = asked if isinstance(asked, tuple) else self.value(asked)
            if isinstance(found, Procedure):
                groups[found.asked.together].append(found)
            elif isinstance(found, ExplainedLine):
                self.done[form.line_no] = found
            elif found is not None:
                self.done[form.line_no] = refuse(form.line_no, found)
        for members in groups.values():
            procedures = pair_sides(members)
            reduce_together(procedures)
            for one in procedures:
                self.finish(one)
        return self.done | self.apart.finish(self.is_old)

    def rows(self, release: Release, code: str) -> dict[str, RvuRow]:
        key = (release.content_id, release.variant, code)
        if key not in self.known:
            self.known[key] = rvu_rows(self.connection, release, [code]).get(code, {})
        return self.known[key]

    def on(self, asked: Asked) -> _Given | Refused:
        key = (asked.on, asked.is_qp)
        if key not in self.given:
            self.given[key] = self._on(*key)
        return self.given[key]

    def _on(self, day: date, is_qp: bool) -> _Given | Refused:
        answer = find_release(self.connection, day, "QP" if is_qp else "non-QP")
        if answer is None:
            return "P00", f"no release of the physician fee schedule of {day.year} is loaded"
        try:
            factor = value("pfs_conversion_factor", day, "QP" if is_qp else "non-QP")
            shares = {name: value(source, day) for name, source in SHARES.items()}
        except MissingReferenceData as missing:
            return "P00", str(missing)
        by_name = {name: v.value.scaleb(-2) for name, v in shares.items()}
        return _Given(answer, factor.value, by_name, factor.sources)

    def value(self, asked: Asked) -> Procedure | ExplainedLine | Refused | None:
        given = self.on(asked)
        if isinstance(given, tuple):
            return given
        place = place_of(self.connection, asked)
        if not isinstance(place, Place):
            return place
        asked.locality, asked.is_old_zip = place.locality, place.is_old
        try:
            where = find_locality(self.connection, asked.locality, asked.on)
        except (UsageError, MissingReferenceData):
            return "P08", "no geographic indices are loaded for the locality and year"
        gap = modifier_gap(asked.modifiers)
        if gap is not None:
            return gap
        rows = self.rows(given.answer.release, asked.code)
        row = rows.get(asked.component)
        whole = rows.get("")
        if whole is not None and whole.status == "J":
            return self.take(asked, place, given)
        if (whole is None or whole.status == "X") and not asked.component:
            tested = self.apart.laboratory(asked, place)
            if tested is not None:
                return tested
        if row is None:
            return no_row(asked)
        is_technical = asked.component == "TC" or row.pctc_indicator == "3"
        gap = row_gap(asked, row, has_technical=is_technical or "TC" in rows)
        if gap is not None:
            return gap
        return self.procedure(asked, given, where, rows, row)

    def take(self, asked: Asked, place: Place, given: _Given) -> Refused | None:
        """A line of anesthesia, which is paid with the others of its session."""
        self.is_old[asked.line_no] = given.answer.is_substituted
        return self.apart.anesthesia(asked, place)

    def procedure(
        self, asked: Asked, given: _Given, where: Locality, rows: dict[str, RvuRow], row: RvuRow
    ) -> Procedure:
        computed = fee(row, asked.site, where, given.factor)
        pe = EXACT.multiply(row.pe_rvu(asked.site), where.pe_gpci)
        own = self.own_fee(row, asked.site, where, given, Decimal(1))
        sides = {"1": given.shares["bilateral"], "3": Decimal(2)}
        made = Procedure(
            asked=asked,
            row=row,
            fee=computed.amount,
            units=asked.units,
            pe=pe,
            technical=None,
            technical_cap=None,
            professional=None,
            therapy_fee=self.own_fee(row, asked.site, where, given, given.shares["therapy_pe"]),
            base_fee=self.base_fee(asked, given, where, row),
            sides=sides.get(row.bilateral_surgery, Decimal(1)) if asked.is_both else Decimal(1),
            share=role_share(asked.role, asked.is_practitioner, given.shares),
            is_capped=computed.is_capped,
            shares=given.shares,
            steps=list(computed.steps),
        )
        if asked.component == "26" or row.pctc_indicator == "2":
            made.technical, made.professional = Decimal(0), computed.amount
        elif asked.component == "TC" or row.pctc_indicator == "3":
            made.technical, made.professional = own, Decimal(0)
            made.technical_cap = self.cap(row, asked.site, where, given)
        else:
            if "TC" in rows:
                part = rows["TC"]
                made.technical = self.own_fee(part, asked.site, where, given, Decimal(1))
                made.technical_cap = self.cap(part, asked.site, where, given)
            if "26" in rows:
                made.professional = fee(rows["26"], asked.site, where, given.factor).amount
        if asked.equipment:
            self.reduce_equipment(made, rows, where, given)
        return made

    @staticmethod
    def reduce_equipment(
        made: Procedure, rows: dict[str, RvuRow], where: Locality, given: _Given
    ) -> None:
        """Rule P90: less for the technical part, in the fee and in the parts that are ranked."""
        asked = made.asked
        less = 1 - given.shares[EQUIPMENT_SHARES[asked.equipment]]
        technical = made.fee
        if asked.component != "TC" and made.row.pctc_indicator != "3":
            technical = fee(rows["TC"], asked.site, where, given.factor).amount
        off = percent(technical, less)
        made.fee -= off
        made.show(f"Modifier {asked.equipment}, off the technical part", f"{plain(technical)} × {plain(less)}", -off)  # fmt: skip  # noqa: E501
        if made.technical is not None:
            made.technical -= percent(made.technical, less)
        if made.technical_cap is not None:
            made.technical_cap -= percent(made.technical_cap, less)

    def base_fee(self, asked: Asked, given: _Given, where: Locality, row: RvuRow) -> Decimal | None:
        if row.multiple_procedure != "3" or not row.endoscopic_base:
            return None
        base = row.endoscopic_base
        rows = self.rows(given.answer.release, base)
        return fee(rows[""], asked.site, where, given.factor).amount if "" in rows else None

    @staticmethod
    def own_fee(
        row: RvuRow, site: str, where: Locality, given: _Given, pe_share: Decimal
    ) -> Decimal:
        total = (
            EXACT.multiply(row.work_rvu, where.work_gpci)
            + EXACT.multiply(EXACT.multiply(row.pe_rvu(site), where.pe_gpci), pe_share)
            + EXACT.multiply(row.malpractice_rvu, where.malpractice_gpci)
        )
        return cents(EXACT.multiply(total, given.factor))

    @staticmethod
    def cap(row: RvuRow, site: str, where: Locality, given: _Given) -> Decimal | None:
        found = row.cap_rvus(site)
        if found is None:
            return None
        pe, malpractice = found
        capped = (
            EXACT.multiply(row.work_rvu, where.work_gpci)
            + EXACT.multiply(pe, where.pe_gpci)
            + EXACT.multiply(malpractice, where.malpractice_gpci)
        )
        return cents(EXACT.multiply(capped, given.factor))

    def finish(self, one: Procedure) -> None:
        """Rules P26 to P31: shares of the total, and the lower of that and what was charged."""
        lines = [one.asked] + ([one.second] if one.second else [])
        if one.gap is not None:
            for asked in lines:
                self.done[asked.line_no] = refuse(asked.line_no, one.gap)
            return
        joined = one.shares["nonparticipating"] if one.asked.is_nonparticipating else Decimal(1)
        parts = [one.share, *self.modifier_shares(one), joined]
        whole, side = one.total, min(one.first_side, one.total)
        for part in parts:
            whole, side = percent(whole, part), percent(side, part)
        if any(part != 1 for part in parts):
            factors = " × ".join(plain(part) for part in (one.total, *parts))
            one.show("Share of role, package and participation", factors, whole)
        if one.second is None:
            self.write(one, one.asked, whole)
            return
        both_charged = one.asked.charge is not None and one.second.charge is not None
        paid = self.write(one, one.asked, whole if both_charged else side)
        self.write(one, one.second, whole - paid)

    @staticmethod
    def modifier_shares(one: Procedure) -> list[Decimal]:
        """Rules P72 and P75: the part of the package, and what an assistant's therapy leaves."""
        asked = one.asked
        found = [
            package_share(one.row, asked.modifiers),
            therapy_assistant(one.row, asked.modifiers, asked.on),
        ]
        shares = [share for share in found if isinstance(share, Share)]
        one.rules |= {rule for share in shares for rule in share.rules}
        return [share.percent.scaleb(-2) for share in shares]

    def write(self, one: Procedure, asked: Asked, amount: Decimal) -> Decimal:
        given = self.on(asked)
        assert not isinstance(given, tuple)  # noqa: S101 - a procedure has its release
        rules = {"P01", "P02", "P08", *given.answer.rules, *one.rules}
        allowed, steps = amount, list(one.steps)
        if asked.charge is not None and asked.charge < amount:
            allowed = asked.charge
            rules.add("P31")
            steps.append(Step("Lower of the amount and the charge", plain(amount), allowed))
        marks = {
            "P05": bool(asked.component),
            "P06": one.is_capped,
            "P19": not asked.patient
            and (one.row.multiple_procedure in "234567" or bool(asked.side)),
            "P26": asked.role in ("AS", "assistant"),
            "P27": asked.role == "co-surgeon",
            "P29": asked.is_practitioner or asked.role == "AS",
            "P30": asked.is_nonparticipating,
            "P74": bool(asked.zip_code),
            "P90": bool(asked.equipment),
            "P00": asked.is_old_zip,
        }
        rules |= {rule for rule, holds in marks.items() if holds}
        limit = value("pfs_limiting_charge_percent", asked.on).value.scaleb(-2)
        share = value("part_b_payment_percent", asked.on).value.scaleb(-2)
        kept = 1 - value("sequestration_percent", asked.on).value.scaleb(-2)
        self.done[asked.line_no] = ExplainedLine(
            line_no=asked.line_no,
            allowed_amount=allowed,
            status="priced",
            rules=tuple(sorted(rules)),
            reason="",
            steps=tuple(steps),
            sources=(given.answer.source(one.row.place), *given.sources),
            limiting_charge=percent(amount, limit) if asked.is_nonparticipating else None,
            medicare_payment=percent(percent(allowed, share), kept),
            parameters=_behind(asked, rules, "QP" if asked.is_qp else "non-QP"),
        )
        return allowed
