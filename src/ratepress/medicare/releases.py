"""Which release of the fee schedule answers for a date of service.

The rule is in the method chapter, "Which release answers for a date": the release in force; else
another of the same calendar year under rule P00; never another year.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

import duckdb
import msgspec

from ratepress.core.errors import MissingReferenceData
from ratepress.core.facts import SourceRef
from ratepress.core.rules import rule
from ratepress.lake.batches import remembered

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
    n_rows: int = 0

    def is_in_force(self, on: date) -> bool:
        """Whether it is the release for that day."""
        return self.effective_from <= on <= self.effective_until

    def lacks(self, code: str) -> str:
        """Why there is no row of `code`; a file that is no whole release is said to be none."""
        why = f"{code} is not in release {self.name} of the physician fee schedule"
        if not is_whole(self.n_rows):
            rows = "1 row" if self.n_rows == 1 else f"{self.n_rows:,} rows"
            why += f" as far as it is loaded: {rows}, too few for a whole release (rule F309)"
        return why


class Answer(msgspec.Struct, frozen=True):
    """The release that answers for `on`, and whether it stands in for another (rule P00).

    `choice` says which of its files was taken, where several are loaded that differ.
    """

    release: Release
    on: date
    choice: str | None = None

    @property
    def is_substituted(self) -> bool:
        return not self.release.is_in_force(self.on)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of the choice: P00 for a substitute, P10 among files that differ."""
        p00 = ("P00",) if self.is_substituted else ()
        return p00 if self.choice is None else (*p00, "P10")

    @property
    def note(self) -> str | None:
        """Both dates in a sentence, where the release is a substitute; and the choice."""
        parts = [part for part in (self._substitute, self.choice) if part is not None]
        return " ".join(parts) or None

    @property
    def _substitute(self) -> str | None:
        return _stands_in(self.release, self.on) if self.is_substituted else None

    def source(self, place: str | None = None) -> SourceRef:
        """The release's file as the source of a fact; `place` is the row in it."""
        variant = "" if self.release.variant == "all" else f", {self.release.variant} file"
        return SourceRef(
            f"CMS physician fee schedule, relative value file {self.release.name}{variant}",
            content_id=self.release.content_id,
            place=place,
            link=RVU_PAGE,
        )


@lru_cache(1 << 10)
def _stands_in(held: Release, on: date) -> str:
    return (
        f"Release {held.name}, in force from {held.effective_from} to {held.effective_until},"
        f" stands in for {release_name(on)}, the one of {on}, which is not loaded (rule P00)."
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
SELECT release, effective_from, effective_until, content_id, variant, max(released_on), count(*)
FROM pfs_rvu WHERE effective_from BETWEEN ? AND ?
GROUP BY release, effective_from, effective_until, content_id, variant
"""
# Two files differ if one has a row that the other has not; they are of equal length, and the
# descriptors decide nothing.
_DIFFERS = """
SELECT EXISTS (
  SELECT * EXCLUDE (content_id, place, released_on, description) FROM pfs_rvu
  WHERE content_id = $used AND variant = $variant
  EXCEPT
  SELECT * EXCLUDE (content_id, place, released_on, description) FROM pfs_rvu
  WHERE content_id = $other AND variant = $variant
)
"""


def year_of(on: date) -> list[date]:
    """The first and the last day of a day's year: a range that leaves other years' files unread.

    >>> [str(day) for day in year_of(date(2026, 7, 15))]
    ['2026-01-01', '2026-12-31']
    """
    return [date(on.year, 1, 1), date(on.year, 12, 31)]


def is_whole(n_rows: int) -> bool:
    """Whether a relative value file of so many rows can be a whole release (rule F309).

    >>> is_whole(300), is_whole(19_356)
    (False, True)
    """
    return n_rows >= int(rule("F309").parameters["fewest_rows_of_a_release"])


def find_release(
    connection: duckdb.DuckDBPyConnection, on: date, participant: str = "non-QP"
) -> Answer | None:
    """The release of `pfs_rvu` that answers for a day; None where none of its year is loaded.

    Of the files of one release, one with far fewer rows than the longest comes last: a cut copy
    would deny the codes that it lacks (rule P10). Then that of the participant's variant is taken
    before the other (their relative values are the same), then the latest issue, then the one with
    most rows. `Answer.choice` says so where the files differ.
    """
    return remembered(
        connection,
        ("release", on, participant),
        lambda: _find_release(connection, on, participant),
    )


def _find_release(
    connection: duckdb.DuckDBPyConnection, on: date, participant: str
) -> Answer | None:
    rows = connection.execute(_LOADED, year_of(on)).fetchall()
    loaded = [Release(*row) for row in rows]
    found = choose(sorted(loaded, key=lambda one: _rank(one, loaded, participant)), on)
    return None if found is None else Answer(found, on, _choice(connection, found, loaded))


def _rank(one: Release, loaded: Sequence[Release], participant: str) -> tuple[object, ...]:
    return (
        not _is_short(one, loaded),
        one.variant in (participant, "all"),
        one.released_on or date.min,
        one.n_rows,
        one.content_id,
    )


def _is_short(one: Release, loaded: Sequence[Release]) -> bool:
    """Whether the file has far fewer rows than the longest of its release (rule P10)."""
    longest = max(other.n_rows for other in loaded if other.name == one.name)
    return one.n_rows * 100 < longest * int(rule("P10").parameters["fewest_rows_percent"])


def _choice(
    connection: duckdb.DuckDBPyConnection, used: Release, loaded: Sequence[Release]
) -> str | None:
    others = {
        other.content_id
        for other in loaded
        if other.name == used.name
        and other.content_id != used.content_id
        and (_is_short(other, loaded) or other.variant == used.variant)
        and _differs(connection, used, other)
    }
    if not others:
        return None
    return (
        f"{len(others) + 1} files of release {used.name} are loaded that differ; the one with"
        f" {used.n_rows:,} rows, {used.content_id[:12]}, is used (rule P10). Remove the others."
    )


def _differs(connection: duckdb.DuckDBPyConnection, used: Release, other: Release) -> bool:
    if (used.n_rows, used.variant) != (other.n_rows, other.variant):
        return True
    asked = {"used": used.content_id, "other": other.content_id, "variant": used.variant}
    # All of the one row: a result that is not read to its end bars tables from being registered.
    found = connection.execute(_DIFFERS, asked).fetchall()
    return bool(found[0][0])


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
