"""Which modifiers a code may carry, and what each does to its payment.

Derived from dated data: the indicators of the relative value file, the NCCI edits, the outpatient
status, and what the number of the code says; nothing is taken from lists of modifiers for codes.
Rules C02 to C39; the register and the verdicts stand in `register.yaml` and `decisions/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import msgspec

from ratepress.coding.bases import Found, find
from ratepress.coding.edits import Edits
from ratepress.coding.effects import fillings
from ratepress.coding.register import Kind, Modifier, register
from ratepress.coding.subject import Subject, find_subject
from ratepress.coding.verdicts import Decided, Decisions, Word, decision_of
from ratepress.core.facts import Gap, SourceRef
from ratepress.medicare.rows import RvuRow
from ratepress.medicare.statuses import PRICED, status

_COMPONENTS = ("26", "TC")
_UNDOCUMENTED: Decided = (
    "conditional",
    "The record layout does not have this value, so what it decides is not known.",
)
_NOT_YET: Decided = ("not allowed", "The modifier does not exist on the date.")
_NOT_LOADED = "not loaded"


class ModifierRow(msgspec.Struct, frozen=True):
    """One modifier: the verdict, its effect on payment, and the value that decides it.

    `source` is where that value stands; `substituted` says that another release stands in (P00).
    `meaning` is what the modifier says, in our words.
    """

    modifier: str
    verdict: Word
    effect: str
    decided_by: str
    rule: str
    release: str
    source: SourceRef
    substituted: bool
    kind: Kind
    meaning: str


class ModifierGroup(msgspec.Struct, frozen=True):
    """Modifiers of one kind with the same verdict, effect and reason, in the register's order."""

    modifiers: tuple[str, ...]
    rows: tuple[ModifierRow, ...]

    @property
    def first(self) -> ModifierRow:
        """The row that speaks for all."""
        return self.rows[0]

    @property
    def label(self) -> str:
        """The modifiers in one line: `26, TC`, or `FA, F1 to F9`."""
        runs: list[list[str]] = []
        for modifier in self.modifiers:
            if runs and _follows(runs[-1][-1], modifier):
                runs[-1].append(modifier)
            else:
                runs.append([modifier])
        return ", ".join(_run_words(run) for run in runs)


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
        """The row of one modifier; None where the register does not have it."""
        return next((r for r in self.rows if r.modifier == modifier), None)


def modifier_table(
    connection: duckdb.DuckDBPyConnection, code: str, on: date
) -> ModifierTable | Gap:
    """The modifiers of `code` on a day, each with its verdict; a Gap without a release or a row.

    `connection` is one of a lake (`Lake.connect`). Every modifier of the register has a row, in
    the register's order. Raises `UsageError` for a malformed code.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> modifier_table(lake.connect(), "32557", date(2026, 7, 15)).why
    'no release of the physician fee schedule of 2026 is loaded'
    """
    found = find_subject(connection, code, on, f"Modifiers of {code.strip().upper()}")
    return found if isinstance(found, Gap) else decide(found)


def decide(subject: Subject) -> ModifierTable:
    """The modifiers of a code of which all that decides is at hand."""
    filled = fillings(subject.base, subject.on)
    decisions = decision_of()
    # A hundred modifiers rest on some twenty bases.
    bases = {one.basis for one in decisions.values()}
    found = {basis: find(basis, subject) for basis in bases}
    listed = tuple(
        _decide(decision, modifier, subject, filled, found[decision.basis])
        for modifier in register().values()
        for decision in [decisions[modifier.modifier]]
    )
    release = subject.answer.release
    return ModifierTable(
        subject.code,
        subject.on,
        release.name,
        release.effective_from,
        release.effective_until,
        subject.answer.is_substituted,
        listed,
        _notes(subject.base, subject),
    )


def modifier_row(subject: Subject, modifier: str) -> ModifierRow:
    """The row of one modifier of the register for a code of which all that decides is at hand."""
    filled = fillings(subject.base, subject.on)
    decision = decision_of()[modifier]
    found = find(decision.basis, subject)
    return _decide(decision, register()[modifier], subject, filled, found)


def grouped(rows: Sequence[ModifierRow]) -> tuple[ModifierGroup, ...]:
    """Rows that say the same, joined: ten fingers that are not allowed are one line.

    >>> grouped([])
    ()
    """
    found: dict[tuple[str, ...], list[ModifierRow]] = {}
    for row in rows:
        found.setdefault((row.kind, row.verdict, row.effect, row.decided_by), []).append(row)
    return tuple(
        ModifierGroup(tuple(row.modifier for row in same), tuple(same)) for same in found.values()
    )


def _follows(one: str, other: str) -> bool:
    """Whether two modifiers are neighbours, a letter and digits that follow: F1, F2."""
    is_numbered = one[0].isalpha() and one[1].isdigit() and other[1].isdigit()
    return is_numbered and one[0] == other[0] and int(other[1]) == int(one[1]) + 1


def _run_words(run: Sequence[str]) -> str:
    return f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run)


def _decide(
    decision: Decisions,
    modifier: Modifier,
    subject: Subject,
    filled: dict[str, str],
    found: Found,
) -> ModifierRow:
    if not modifier.is_in_force(subject.on):
        (verdict, effect), rule = _NOT_YET, "C38"
        found = _dated(found, modifier)
    elif found.value in decision.values:
        (verdict, effect), rule = decision.values[found.value], decision.rule
    elif decision.otherwise is not None:
        (verdict, effect), rule = decision.otherwise, decision.rule
    else:
        (verdict, effect), rule = _UNDOCUMENTED, "C10"
    if found.value == _NOT_LOADED and rule == decision.rule:
        rule = "C39"
    if modifier.modifier in _COMPONENTS and verdict == "allowed":
        verdict, effect = _component(modifier.modifier, subject, effect)
    return ModifierRow(
        modifier.modifier,
        verdict,
        effect.format(**filled),
        found.decided_by,
        rule,
        found.release,
        found.source,
        found.substituted,
        modifier.kind,
        modifier.meaning,
    )


def _component(modifier: str, subject: Subject, effect: str) -> Decided:
    if modifier in subject.rows:
        return "allowed", effect
    return (
        "conditional",
        "The indicator allows it, but the release has no such row, so it has no amount.",
    )


def _dated(found: Found, modifier: Modifier) -> Found:
    words = f"in use since {modifier.since}"
    return msgspec.structs.replace(
        found, value="", decided_by=words, source=modifier.cited, substituted=False
    )


def _notes(base: RvuRow, subject: Subject) -> tuple[str, ...]:
    edits = subject.edits.note if isinstance(subject.edits, Edits) else None
    found = [note for note in (subject.answer.note, edits) if note is not None]
    if base.status not in PRICED:
        meaning = status(base.status)
        found.append(f"Status {base.status}, {meaning.label}: {meaning.why_unpriced}.")
    return tuple(found)
