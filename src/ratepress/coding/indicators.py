"""The coding facts of a code: every indicator of the relative value file, in words.

Rule C01. The meanings stand in `medicare/indicators.yaml` and `medicare/statuses.py`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.coding.subject import base_row, find_rows
from ratepress.core.facts import Fact, Gap
from ratepress.medicare.formula import plain
from ratepress.medicare.indicators import indicators
from ratepress.medicare.releases import Answer
from ratepress.medicare.rows import RvuRow
from ratepress.medicare.statuses import status

_RVUS = {
    "work_rvu": "Work",
    "nonfacility_pe_rvu": "Practice expense, non-facility",
    "facility_pe_rvu": "Practice expense, facility",
    "malpractice_rvu": "Malpractice",
}
_SHARES = {
    "preoperative_share": "Care before, of the global package",
    "intraoperative_share": "Care during, of the global package",
    "postoperative_share": "Care after, of the global package",
}


class CodingFact(msgspec.Struct, frozen=True):
    """One indicator: its column, its name for a page, its value as published, and the fact."""

    column: str
    label: str
    value: str
    fact: Fact


class CodingFacts(msgspec.Struct, frozen=True):
    """All indicators of one code on one day, by the release that answers for it."""

    code: str
    on: date
    release: str
    substituted: bool
    facts: tuple[CodingFact, ...]
    notes: tuple[str, ...] = ()

    def get(self, column: str) -> CodingFact | None:
        """The fact of one column; None where the code has none."""
        return next((f for f in self.facts if f.column == column), None)


def coding_facts(connection: duckdb.DuckDBPyConnection, code: str, on: date) -> CodingFacts | Gap:
    """Status, global period, indicators, supervision and relative values of `code` on a day.

    Units: text for indicators, RVU for relative values, % for shares, code for the endoscopic
    base. A Gap where no release of the year is loaded or the code is not in it. Raises
    `UsageError` for a malformed code.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> coding_facts(lake.connect(), "32557", date(2026, 7, 15)).what
    'Coding indicators of 32557'
    """
    found = find_rows(connection, code, on, f"Coding indicators of {code.strip().upper()}")
    if isinstance(found, Gap):
        return found
    answer, rows = found
    row = base_row(rows)
    facts = [_status(row, answer)]
    for column in indicators():
        value = getattr(row, column)
        if value is not None:
            facts.append(_indicator(row, column, value, answer))
    facts.extend(_others(row, answer))
    notes = () if answer.note is None else (answer.note,)
    return CodingFacts(
        row.code, on, answer.release.name, answer.is_substituted, tuple(facts), notes
    )


def _status(row: RvuRow, answer: Answer) -> CodingFact:
    meaning = status(row.status)
    words = meaning.label
    if meaning.why_unpriced:
        words = f"{words}: {meaning.why_unpriced}"
    return _fact(row, answer, "status", "Status", row.status, words, "text")


def _indicator(row: RvuRow, column: str, value: str, answer: Answer) -> CodingFact:
    indicator = indicators()[column]
    words = indicator.meaning(value)
    return _fact(row, answer, column, indicator.label, value, words, "text")


def _others(row: RvuRow, answer: Answer) -> list[CodingFact]:
    found = []
    if row.endoscopic_base:
        base = row.endoscopic_base
        label = "Endoscopic base code"
        found.append(_fact(row, answer, "endoscopic_base", label, base, base, "code"))
    for column, label in _SHARES.items():
        share = getattr(row, column)
        if share:  # Zero: the package is not split.
            percent = Decimal(plain(share.scaleb(2)).removesuffix(".00"))
            found.append(_fact(row, answer, column, label, plain(share), percent, "%"))
    for column, label in _RVUS.items():
        value = getattr(row, column)
        found.append(_fact(row, answer, column, label, plain(value), Decimal(plain(value)), "RVU"))
    return found


def _fact(
    row: RvuRow,
    answer: Answer,
    column: str,
    label: str,
    published: str,
    value: Decimal | str,
    unit: str,
) -> CodingFact:
    rules = ("C01", *answer.rules)
    fact = Fact(
        value,
        unit,
        as_of=answer.on,
        sources=(answer.source(row.place),),
        rules=rules,
        note=answer.note,
    )
    return CodingFact(column, label, published, fact)
