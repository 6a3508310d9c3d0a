"""Which release of the fee schedule answers for a date of service.

The rule is in the method chapter, "Which release answers for a date": the release in force; else
another of the same calendar year under rule P00; never another year.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import duckdb
import msgspec

from ratepress.core.errors import MissingReferenceData
from ratepress.core.facts import SourceRef

RVU_PAGE = "https://www.cms.gov/medicare/payment/fee-schedules/physician/pfs-relative-value-files"
"""Where CMS publishes the relative value files and, in the same zip, the GPCIs."""


class Release(msgspec.Struct, frozen=True):
    """One loaded release: its name, the days it is in force, and the file it was read from."""

    name: str
    effective_from: date
    effective_until: date
    content_id: str
    variant: str = "all"
    released_on: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether it is the release for that day."""
        return self.effective_from <= on <= self.effective_until


class Answer(msgspec.Struct, frozen=True):
    """The release that answers for `on`, and whether it stands in for another (rule P00)."""

    release: Release
    on: date

    @property
    def is_substituted(self) -> bool:
        return not self.release.is_in_force(self.on)

    @property
    def note(self) -> str | None:
        """Both dates in a sentence, where the release is a substitute."""
        if not self.is_substituted:
            return None
        held = self.release
        return (
            f"Release {held.name}, in force from {held.effective_from} to {held.effective_until},"
            f" stands in for {release_name(self.on)}, which {self.on} falls in and is not loaded"
            " (rule P00)."
        )

    def source(self, place: str | None = None) -> SourceRef:
        """The release's file as the source of a fact; `place` is the row in it."""
        variant = "" if self.release.variant == "all" else f", {self.release.variant} file"
        return SourceRef(
            f"CMS physician fee schedule, relative value file {self.release.name}{variant}",
            content_id=self.release.content_id,
            place=place,
            link=RVU_PAGE,
        )


def release_name(on: date) -> str:
    """The name of the quarterly release that a day falls in.

    >>> release_name(date(2026, 7, 15))
    '2026C'
    """
    return f"{on.year}{'ABCD'[(on.month - 1) // 3]}"


_Dated = TypeVar("_Dated", bound=Release)


def choose(loaded: Sequence[_Dated], on: date) -> _Dated | None:
    """The release that answers for a day, among those loaded.

    The one in force; else the latest earlier one of the same calendar year, which is what was
    known on the day; else the earliest later one of that year; else None. Among several of one
    release the last in the sequence wins.

    >>> d = Release("2025D", date(2025, 10, 1), date(2025, 12, 31), "a")
    >>> choose([d], date(2025, 6, 15)).name, choose([d], date(2024, 6, 15))
    ('2025D', None)
    """
    in_force = [r for r in loaded if r.is_in_force(on)]
    if in_force:
        return in_force[-1]
    same_year = [r for r in loaded if r.effective_from.year == on.year]
    earlier = [r for r in same_year if r.effective_until < on]
    if earlier:
        return max(reversed(earlier), key=lambda r: r.effective_from)
    later = [r for r in same_year if r.effective_from > on]
    return min(reversed(later), key=lambda r: r.effective_from) if later else None


_LOADED = """
SELECT release, effective_from, effective_until, content_id, variant, max(released_on)
FROM pfs_rvu WHERE year(effective_from) = ?
GROUP BY release, effective_from, effective_until, content_id, variant
ORDER BY (variant IN (?, 'all')), max(released_on) NULLS FIRST, content_id
"""


def find_release(
    connection: duckdb.DuckDBPyConnection, on: date, participant: str = "non-QP"
) -> Answer | None:
    """The release of `pfs_rvu` that answers for a day; None where none of its year is loaded.

    Of the files of one release, that of the participant's variant is taken before the other
    (their relative values are the same), and a later issue before an earlier one.
    """
    rows = connection.execute(_LOADED, [on.year, participant]).fetchall()
    found = choose([Release(*row) for row in rows], on)
    return None if found is None else Answer(found, on)


def need_release(
    connection: duckdb.DuckDBPyConnection,
    on: date,
    participant: str = "non-QP",
    *,
    strict: bool = False,
) -> Answer:
    """As `find_release`; `MissingReferenceData` where there is none, or, `strict`, a substitute."""
    answer = find_release(connection, on, participant)
    wanted = release_name(on)
    file = f"RVU{wanted[2:]}"
    todo = f"download {file} from {RVU_PAGE}, unpack it and `ratepress add` its PPRRVU CSV file"
    if answer is None:
        raise MissingReferenceData(
            f"No release of the physician fee schedule of {on.year} is loaded",
            expected=f"release {wanted}, in force on {on}, or another of {on.year}",
            todo=todo,
        )
    if strict and answer.is_substituted:
        raise MissingReferenceData(
            f"The release of the physician fee schedule in force on {on} is not loaded",
            found=f"release {answer.release.name} of the same year",
            expected=f"release {wanted}",
            todo=f"{todo}, or leave out --strict",
        )
    return answer
