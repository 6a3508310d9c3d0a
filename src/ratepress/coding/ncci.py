"""Which release of NCCI's edits answers for a date of service. Rules C60 and P00."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import duckdb
import msgspec

from ratepress.core.errors import MissingReferenceData
from ratepress.core.facts import Gap, SourceRef
from ratepress.lake.batches import remembered
from ratepress.medicare.releases import release_name
from ratepress.readers.medicare.ncci_release import PTP_VERSIONS

Setting = Literal["practitioner", "outpatient", "dme"]
Table = Literal["ncci_ptp", "mue", "addon_edits"]

_PAGE = "https://www.cms.gov/medicare/coding-billing/national-correct-coding-initiative-ncci-edits"
_NAMES: dict[Table, tuple[str, str]] = {
    "ncci_ptp": (
        "procedure-to-procedure edits",
        f"{_PAGE}/medicare-ncci-procedure-procedure-ptp-edits",
    ),
    "mue": ("medically unlikely edits", f"{_PAGE}/medicare-ncci-medically-unlikely-edits-mues"),
    "addon_edits": ("add-on code edits", f"{_PAGE}/medicare-ncci-add-code-edits"),
}


class EditRelease(msgspec.Struct, frozen=True):
    """One loaded release of one kind of edits for one setting, and the files it is read from.

    `is_dated`: its rows state the days of each edit, so that it tells of days before it too.
    """

    table: Table
    setting: str
    name: str
    effective_from: date
    effective_until: date
    contents: tuple[str, ...]
    is_dated: bool = False

    def is_in_force(self, on: date) -> bool:
        """Whether it is the release for that day."""
        return self.effective_from <= on <= self.effective_until

    def source(self, content_id: str, place: str | None = None) -> SourceRef:
        """One of its files as the source of an answer; `place` is the row in it."""
        what, link = _NAMES[self.table]
        setting = f", {self.setting}" if self.setting else ""
        return SourceRef(
            f"CMS NCCI {what} {self.name}{setting}", content_id=content_id, place=place, link=link
        )


class EditAnswer(msgspec.Struct, frozen=True):
    """The release that answers for `on`, and whether it stands in for another (rule P00)."""

    release: EditRelease
    on: date

    @property
    def is_substituted(self) -> bool:
        return not self.release.is_in_force(self.on)

    @property
    def rules(self) -> tuple[str, ...]:
        """P00 for a substitute."""
        return ("P00",) if self.is_substituted else ()

    @property
    def note(self) -> str | None:
        """Both dates in a sentence, where the release is a substitute."""
        if not self.is_substituted:
            return None
        held = self.release
        return (
            f"Release {held.name} of the {_NAMES[held.table][0]}, in force from"
            f" {held.effective_from} to {held.effective_until}, stands in for"
            f" {release_name(self.on)}, the one of {self.on}, which is not loaded (rule P00)."
        )


_LOADED: dict[Table, str] = {
    # The manifest says it of each file, so that two million rows need not be asked.
    "ncci_ptp": """
SELECT detected_version, release, effective_from, effective_until, content_id, NULL, loaded
FROM contents WHERE kind = 'medicare-ncci-ptp' AND effective_from IS NOT NULL
""",
    "mue": """
SELECT setting, release, effective_from, effective_until, content_id, false, count(*)
FROM mue WHERE effective_from IS NOT NULL GROUP BY ALL
""",
    "addon_edits": """
SELECT '', release, effective_from, effective_until, content_id, bool_or(edit_from IS NOT NULL),
       count(*)
FROM addon_edits WHERE effective_from IS NOT NULL GROUP BY ALL
""",
}


def edit_releases(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[EditRelease, ...]:
    """Every dated release of a kind of edits that is loaded, by setting and date.

    The parts of a release of PTP edits count together; where it is loaded with dates and as a
    copy without, the copy is left out. Of several files of other edits the one with most rows
    counts, then the one with the highest content id.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> edit_releases(lake.connect(), "mue")
    ()
    """
    return remembered(
        connection, ("edit releases", table), lambda: _edit_releases(connection, table)
    )


def _edit_releases(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[EditRelease, ...]:
    rows = connection.execute(_LOADED[table]).fetchall()
    if table == "ncci_ptp":
        rows = [
            (setting, *row[1:5], is_dated, row[6])
            for row in rows
            for setting, is_dated in [PTP_VERSIONS[row[0]]]
        ]
    found: dict[tuple[str, str, date, date], list[tuple[bool, int, str]]] = {}
    for setting, name, first, last, content_id, is_dated, n_rows in rows:
        found.setdefault((setting, name, first, last), []).append((is_dated, n_rows, content_id))
    releases = []
    for (setting, name, first, last), files in found.items():
        best = max(files)
        chosen = [f for f in files if f[0] == best[0]] if table == "ncci_ptp" else [best]
        contents = tuple(sorted(content_id for *_, content_id in chosen))
        releases.append(EditRelease(table, setting, name, first, last, contents, best[0]))
    return tuple(sorted(releases, key=lambda r: (r.setting, r.effective_from, r.name)))


def choose_edits(loaded: Sequence[EditRelease], on: date) -> EditRelease | None:
    """The release that answers for a day: in force, else the latest earlier one of any year.

    Where only later ones are loaded, the earliest that dates its edits: it says which were in
    force on the day. A later one without dates never answers.

    >>> july = EditRelease("mue", "dme", "2024C", date(2024, 7, 1), date(2024, 9, 30), ("a",))
    >>> choose_edits([july], date(2026, 7, 15)).name, choose_edits([july], date(2024, 6, 30))
    ('2024C', None)
    """
    in_force = [r for r in loaded if r.is_in_force(on)]
    earlier = [r for r in loaded if r.effective_until < on]
    later = [r for r in loaded if r.effective_from > on and r.is_dated]
    if in_force or earlier:
        return max(in_force or earlier, key=lambda r: (r.effective_from, r.name))
    return min(later, key=lambda r: (r.effective_from, r.name), default=None)


def find_edits(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    on: date,
    setting: str = "",
    *,
    strict: bool = False,
) -> EditAnswer | None:
    """The release of a kind of edits that answers for a day; None where none does.

    `strict` raises `MissingReferenceData` where it would be a substitute.
    """
    loaded = [r for r in edit_releases(connection, table) if r.setting == setting]
    return find_among(loaded, on, strict=strict)


def find_among(
    loaded: Sequence[EditRelease], on: date, *, strict: bool = False
) -> EditAnswer | None:
    """As `find_edits`, among releases of one kind and setting that were asked for before."""
    release = choose_edits(loaded, on)
    if release is None:
        return None
    answer = EditAnswer(release, on)
    if strict and answer.is_substituted:
        what, link = _NAMES[release.table]
        raise MissingReferenceData(
            f"The release of the {what} in force on {on} is not loaded",
            found=f"release {release.name}",
            expected=f"release {release_name(on)}",
            todo=f"download it from {link} and `ratepress add` it, or leave out --strict",
        )
    return answer


def no_edits(table: Table, what: str, on: date, setting: str = "") -> Gap:
    """The gap where no release answers for a day."""
    name, link = _NAMES[table]
    whose = f" ({setting})" if setting else ""
    return Gap(
        what,
        f"no release of the {name}{whose} that answers for {on} is loaded",
        f"the release {release_name(on)} from {link}",
    )
