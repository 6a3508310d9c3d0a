"""Which modifiers a code may carry, and what each does to its payment.

Derived from the indicators of the relative value file that answers for the date; nothing is
taken from lists of modifiers. Rules C02 to C10; the verdicts stand in `modifiers.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.coding.verdicts import DISCONTINUED_ROW, Decisions, Word, decisions
from ratepress.core.facts import Gap, SourceRef
from ratepress.medicare.formula import plain
from ratepress.medicare.indicators import indicators
from ratepress.medicare.releases import RVU_PAGE, Answer, find_release, release_name
from ratepress.medicare.rows import RvuRow, parse_code, rvu_rows
from ratepress.medicare.statuses import PRICED, status

_COMPONENTS = ("26", "TC")


class ModifierRow(msgspec.Struct, frozen=True):
    """One modifier: the verdict, its effect on payment, and the indicator that decides it.

    `source` is the row of the release; `substituted` says that another release stands in (P00).
    """

    modifier: str
    verdict: Word
    effect: str
    decided_by: str
    rule: str
    release: str
    source: SourceRef
    substituted: bool


class ModifierTable(msgspec.Struct, frozen=True):
    """The modifiers of one code on one day, by the release that answers for it."""

    code: str
    on: date
    release: str
    effective_from: date
    effective_until: date
    substituted: bool
    rows: tuple[ModifierRow, ...]
    notes: tuple[str, ...] = ()

    def row(self, modifier: str) -> ModifierRow | None:
        """The row of one modifier; None where no indicator decides it."""
        return next((r for r in self.rows if r.modifier == modifier), None)


def modifier_table(
    connection: duckdb.DuckDBPyConnection, code: str, on: date
) -> ModifierTable | Gap:
    """The modifiers of `code` on a day, each with its verdict; a Gap without a release or a row.

    `connection` is one of a lake (`Lake.connect`). Only modifiers that an indicator of the
    relative value file decides are listed. Raises `UsageError` for a malformed code.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> modifier_table(lake.connect(), "32557", date(2026, 7, 15)).why
    'no release of the physician fee schedule of 2026 is loaded'
    """
    found = find_rows(connection, code, on, f"Modifiers of {code.strip().upper()}")
    if isinstance(found, Gap):
        return found
    answer, rows = found
    base = base_row(rows)
    listed = tuple(
        _decide(decision, modifier, rows, answer)
        for decision in decisions()
        for modifier in decision.modifiers
    )
    release = answer.release
    return ModifierTable(
        base.code,
        on,
        release.name,
        release.effective_from,
        release.effective_until,
        answer.is_substituted,
        listed,
        _notes(base, answer),
    )


def find_rows(
    connection: duckdb.DuckDBPyConnection, code: str, on: date, what: str
) -> tuple[Answer, dict[str, RvuRow]] | Gap:
    """The rows of a code by modifier, with the release that answers; a Gap where there is none."""
    wanted = parse_code(code)
    answer = find_release(connection, on)
    if answer is None:
        return Gap(
            what,
            f"no release of the physician fee schedule of {on.year} is loaded",
            f"RVU{release_name(on)[2:]} from {RVU_PAGE}",
        )
    rows = rvu_rows(connection, answer.release, [wanted]).get(wanted)
    if rows is None:
        return Gap(
            what,
            answer.release.lacks(wanted),
            "a release that has the code; it may belong to another payment system",
        )
    return answer, rows


def base_row(rows: Mapping[str, RvuRow]) -> RvuRow:
    """The row without a modifier, or the first of a code that has none."""
    return rows.get("") or next(iter(rows.values()))


def _decide(
    decision: Decisions, modifier: str, rows: Mapping[str, RvuRow], answer: Answer
) -> ModifierRow:
    row = _deciding_row(decision, rows)
    value = _value(decision, row, rows)
    verdict, effect = decision.values.get(value, _UNDOCUMENTED)
    rule = decision.rule if value in decision.values else "C10"
    if modifier in _COMPONENTS and verdict == "allowed" and modifier not in rows:
        verdict = "conditional"
        effect = "The indicator allows it, but the release has no such row, so it has no amount."
    return ModifierRow(
        modifier,
        verdict,
        effect.format(**_fillings(row)),
        _decided_by(decision, value),
        rule,
        answer.release.name,
        answer.source(row.place),
        answer.is_substituted,
    )


_UNDOCUMENTED: tuple[Word, str] = (
    "conditional",
    "The record layout does not have this value, so what it decides is not known.",
)


def _deciding_row(decision: Decisions, rows: Mapping[str, RvuRow]) -> RvuRow:
    # Laboratory codes have an unmodified row outside the schedule (PC/TC 9) and a 26 row (PC/TC 6).
    if decision.indicator == "pctc_indicator" and "26" in rows:
        return rows["26"]
    if decision.indicator == DISCONTINUED_ROW and "53" in rows:
        return rows["53"]
    return base_row(rows)


def _value(decision: Decisions, row: RvuRow, rows: Mapping[str, RvuRow]) -> str:
    if decision.indicator == DISCONTINUED_ROW:
        return "yes" if "53" in rows else "no"
    return str(getattr(row, decision.indicator))


def _decided_by(decision: Decisions, value: str) -> str:
    stated = decision.decided_by.get(value)
    return stated or f"{indicators()[decision.indicator].label} {value}"


def _fillings(row: RvuRow) -> dict[str, str]:
    before, during = row.preoperative_share, row.intraoperative_share
    surgical = None if before is None or during is None else before + during
    return {
        "endoscopic_base": row.endoscopic_base or "its base procedure",
        "surgical": _percent(surgical),
        "postoperative": _percent(row.postoperative_share),
    }


def _percent(share: Decimal | None) -> str:
    """A share of 1 as a percentage; zero means that the release does not split the package."""
    if not share:
        return "a part that the release does not state"
    return f"{plain(share.scaleb(2)).removesuffix('.00')}%"


def _notes(base: RvuRow, answer: Answer) -> tuple[str, ...]:
    found = [] if answer.note is None else [answer.note]
    if base.status not in PRICED:
        meaning = status(base.status)
        found.append(f"Status {base.status}, {meaning.label}: {meaning.why_unpriced}.")
    return tuple(found)
