"""What every reader is given and owes: a source, a writer, and a tally that must reconcile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, runtime_checkable

from ratepress.core.errors import DoesNotReconcile
from ratepress.core.rules import severities
from ratepress.lake.manifest import SetAside
from ratepress.lake.writer import LakeWriter
from ratepress.readers.source import Source

SAMPLE_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of itself. `release` and the effective dates: Medicare's files only."""

    publisher: str
    declared_version: str | None = None
    detected_version: str | None = None
    published_on: date | None = None
    release: str | None = None
    effective_from: date | None = None
    effective_until: date | None = None


class Reader(Protocol):
    """One kind of file. `recognise` looks at content only, and at most one reader says yes."""

    @property
    def kind(self) -> str:
        """Stable name of the kind: `hospital-tall-csv`."""

    @property
    def version(self) -> str:
        """Changes whenever the same bytes would give other rows."""

    @property
    def row_is(self) -> str:
        """What one row of the reconciliation is, for people: `one data row of the CSV`."""

    def recognise(self, head: bytes) -> bool:
        """Whether the first 64 KiB of the decompressed bytes are of this kind."""

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Read all of `source` into `out`, counting every row in `tally`."""


@runtime_checkable
class Warms(Protocol):
    """A reader that takes long to load; it may do so while the file is hashed."""

    def warm(self, source: Source) -> None:
        """Load what reading `source` needs."""


@dataclass(slots=True)
class _Problem:
    count: int
    first_place: str
    sample: str | None


@dataclass(slots=True)
class Tally:
    """Counts rows read, loaded and set aside, and the deviations met on the way.

    >>> tally = Tally()
    >>> tally.read += 2; tally.loaded += 1
    >>> tally.set_aside("F001", "row 4")
    >>> tally.reconcile("a.csv")
    (SetAside(reason='F001', count=1, first_place='row 4'),)
    """

    read: int = 0
    loaded: int = 0
    _aside: dict[str, SetAside] = field(default_factory=dict)
    _problems: dict[tuple[str, str], _Problem] = field(default_factory=dict)

    def set_aside(self, rule_id: str, place: str) -> None:
        """One row read and not loaded, under the F rule that says why."""
        had = self._aside.get(rule_id)
        self._aside[rule_id] = (
            SetAside(rule_id, had.count + 1, had.first_place)
            if had
            else SetAside(rule_id, 1, place)
        )

    def problem(self, rule_id: str, subject: str, place: str, sample: str | None = None) -> None:
        """One deviation: the row is still loaded, or set aside by a call of its own."""
        had = self._problems.get((rule_id, subject))
        if had:
            had.count += 1
        else:
            cut = None if sample is None else sample[:SAMPLE_LIMIT]
            self._problems[rule_id, subject] = _Problem(1, place, cut)

    def again(self, rule_id: str, subject: str, times: int) -> None:
        """A deviation that was met before, so many times more."""
        self._problems[rule_id, subject].count += times

    def counts(self) -> dict[tuple[str, str], int]:
        """How often each deviation was met, by rule and subject."""
        return {key: problem.count for key, problem in self._problems.items()}

    def absorb(self, later: Tally) -> None:
        """Add what another tally counted, as if it had been counted here and now."""
        self.read += later.read
        self.loaded += later.loaded
        for rule_id, aside in later._aside.items():
            had = self._aside.get(rule_id)
            self._aside[rule_id] = (
                SetAside(rule_id, had.count + aside.count, had.first_place) if had else aside
            )
        for (rule_id, subject), problem in later._problems.items():
            if (rule_id, subject) not in self._problems:
                self.problem(rule_id, subject, problem.first_place, problem.sample)
                self.again(rule_id, subject, problem.count - 1)
            else:
                self.again(rule_id, subject, problem.count)

    def problem_rows(self) -> Iterable[dict[str, Any]]:
        """The rows of the table `problems`."""
        known = severities() if self._problems else {}
        for (rule_id, subject), problem in sorted(self._problems.items()):
            yield {
                "rule_id": rule_id,
                "subject": subject,
                "severity": known[rule_id] or "note",
                "count": problem.count,
                "first_place": problem.first_place,
                "sample": problem.sample,
            }

    def reconcile(self, name: str) -> tuple[SetAside, ...]:
        """The rows set aside by reason; `DoesNotReconcile` where the counts do not add up."""
        aside = tuple(self._aside[key] for key in sorted(self._aside))
        total = sum(s.count for s in aside)
        if self.read != self.loaded + total:
            raise DoesNotReconcile(
                f"{name}: rows are lost or counted twice; nothing of it was kept",
                found=f"{self.read:,} read, {self.loaded:,} loaded, {total:,} set aside",
                expected="read = loaded + set aside",
                todo="report this file: it is a defect of the reader",
            )
        return aside
