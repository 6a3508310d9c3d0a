"""Lines that relative values do not price: anesthesia and laboratory tests; and ZIP codes.

Rules P35 to P37, P74 and P82, in Python decimals, written from the rules and not from the SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import duckdb

from ratepress.core.decimals import EXACT, cents
from ratepress.core.facts import SourceRef
from ratepress.lake.queries import first_row
from ratepress.medicare.anesthesia import ADDED, Given, given, pay, performer
from ratepress.medicare.facility_rows import facility_release, find_rows
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.parameters import Participant, value
from ratepress.medicare.releases import release_name
from ratepress.medicare.repricing.explained import ExplainedLine, Refused, refuse
from ratepress.medicare.repricing.form import OF_LINES, WITH_EFFECT
from ratepress.medicare.repricing.professional.plain_line import Asked

_NOT_FOR_ANESTHESIA = {*WITH_EFFECT, *OF_LINES} - {"AA", "AD", "QK", "QX", "QY", "QZ"}


class Place(NamedTuple):
    """Where a line is priced; `is_old`: the ZIP code was placed by the file of another quarter."""

    locality: str
    is_old: bool = False


def place_of(connection: duckdb.DuckDBPyConnection, asked: Asked) -> Place | Refused:
    """Rule P74: the locality that a line states, else that of its ZIP code."""
    if not asked.zip_code:
        return Place(asked.locality)
    files = connection.execute(
        "SELECT content_id, release, effective_from, effective_until, count(*) AS n"
        " FROM zip_localities WHERE effective_from <= ? GROUP BY ALL"
        " ORDER BY effective_from DESC, n DESC, content_id",
        [asked.on],
    ).fetchall()
    if not files:
        wanted = release_name(asked.on)
        return "P74", f"no ZIP code to locality file of {wanted} or before is loaded"
    content_id, release, _, until, _ = files[0]
    row = first_row(
        connection,
        "SELECT mac, locality, has_plus_four FROM zip_localities"
        " WHERE content_id = ? AND zip_code = ?",
        [content_id, asked.zip_code],
    )
    if row is None:
        return "P74", f"there is no ZIP code {asked.zip_code} in the file {release}"
    if row[2] == "1":
        why = "lies in several localities: the last four digits decide"
        return "P74", f"ZIP code {asked.zip_code} {why}"
    return Place(f"{row[0]}-{row[1]}", until < asked.on)


class Apart:
    """Prices the lines of a file that have rules of their own, once all were read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._sessions: dict[tuple[str, ...], list[tuple[Asked, Place, Given, str]]] = defaultdict(
            list
        )

    def laboratory(self, asked: Asked, place: Place) -> ExplainedLine | None:
        """Rule P82: the rate of a test; None where there is none, or a modifier has an effect."""
        release = facility_release(self._connection, "clfs_rates", asked.on)
        if release is None or set(asked.modifiers) & {*WITH_EFFECT, *OF_LINES}:
            return None
        label = f"CMS clinical laboratory fee schedule {release.name}"
        columns = "NULL, NULL, rate"
        rows = find_rows(
            self._connection, release, "clfs_rates", columns, label, "code", [asked.code]
        )
        row = rows.get(asked.code)
        if row is None or not row.rate:
            return None
        amount = cents(EXACT.multiply(row.rate, Decimal(asked.units)))
        step = Step("Rate of the test", f"{plain(row.rate)} × {asked.units}", amount, True)  # noqa: FBT003
        rules = {"P82"} | ({"P00"} if not release.is_in_force(asked.on) else set())
        return _answer(asked, place, amount, rules, (step,), (row.source,), Decimal(1))

    def anesthesia(self, asked: Asked, place: Place) -> Refused | None:
        """Take a line of status J, to be paid with the others of its session; or why not."""
        who = performer(asked.modifiers)
        if isinstance(who, tuple):
            return who
        if set(asked.modifiers) & _NOT_FOR_ANESTHESIA:
            return "P36", "anesthesia takes no modifier of parts, sides or roles"
        participant: Participant = "QP" if asked.is_qp else "non-QP"
        held = given(self._connection, asked.code, asked.on, place.locality, participant)
        if isinstance(held, tuple):
            return held
        paid = pay(asked.code, who, asked.minutes, held, asked.on)
        if isinstance(paid[0], str):
            return "P35", str(paid[1])
        self._sessions[(*asked.together, who)].append((asked, place, held, who))
        return None

    def finish(self, is_old: dict[int, bool]) -> dict[int, ExplainedLine]:
        """Rule P37: every anesthesia line taken; in a session the highest base units count once.

        `is_old` says of a line whether its release of the fee schedule is a substitute.
        """
        done: dict[int, ExplainedLine] = {}
        for lines in self._sessions.values():
            main = [one for one in lines if one[0].code not in ADDED]
            first = min(main, key=lambda one: (-one[2].base_units, one[0].line_no), default=None)
            for asked, place, held, who in lines:
                is_second = asked.code not in ADDED and first is not None and asked is not first[0]
                paid = pay(asked.code, who, asked.minutes, held, asked.on, keeps_base=not is_second)
                if isinstance(paid[0], str):
                    done[asked.line_no] = refuse(asked.line_no, ("P35", str(paid[1])))
                    continue
                amount, steps = paid
                rules = {"P35", "P36"} | ({"P37"} if is_second else set())
                if held.is_substituted or is_old[asked.line_no]:
                    rules.add("P00")
                if asked.is_nonparticipating:
                    rules.add("P30")
                    joined = value("pfs_nonparticipating_percent", asked.on).value.scaleb(-2)
                    amount = cents(EXACT.multiply(amount, joined))
                share = value("part_b_payment_percent", asked.on).value.scaleb(-2)
                done[asked.line_no] = _answer(
                    asked, place, amount, rules, tuple(steps), held.sources, share
                )  # fmt: skip
        return done


def _answer(
    asked: Asked,
    place: Place,
    amount: Decimal,
    rules: set[str],
    steps: Sequence[Step],
    sources: tuple[SourceRef, ...],
    share: Decimal,
) -> ExplainedLine:
    allowed = amount
    if asked.charge is not None and asked.charge < amount:
        allowed = asked.charge
        rules.add("P31")
        steps = (*steps, Step("Lower of the amount and the charge", plain(amount), allowed))
    if asked.zip_code:
        rules.add("P74")
    if place.is_old:
        rules.add("P00")
    kept = 1 - value("sequestration_percent", asked.on).value.scaleb(-2)
    return ExplainedLine(
        line_no=asked.line_no,
        allowed_amount=allowed,
        status="priced",
        rules=tuple(sorted(rules)),
        reason="",
        steps=tuple(steps),
        sources=sources,
        medicare_payment=cents(EXACT.multiply(cents(EXACT.multiply(allowed, share)), kept)),
    )
