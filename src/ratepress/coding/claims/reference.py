"""The reference tables that the steps of a check join: which release answers, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb
import pyarrow as pa

from ratepress.codes.places import PLACES
from ratepress.coding.claims.cases import cases
from ratepress.coding.claims.coverage import register_coverage
from ratepress.coding.claims.form import NO_PRACTITIONER, STATUS_CASES
from ratepress.coding.claims.verdicts import fill, register_verdicts
from ratepress.coding.ncci import Table, edit_releases, find_among
from ratepress.coding.ranges import kind_of
from ratepress.coding.register import register
from ratepress.medicare.releases import Answer, find_release, is_whole, need_release
from ratepress.medicare.statuses import STATUSES

_EDITS: dict[str, tuple[Table, str]] = {
    "ptp_practitioner": ("ncci_ptp", "practitioner"),
    "ptp_outpatient": ("ncci_ptp", "outpatient"),
    "mue_practitioner": ("mue", "practitioner"),
    "mue_outpatient": ("mue", "outpatient"),
    "add_ons": ("addon_edits", ""),
}
KINDS = ("pfs", *_EDITS)
_PRACTITIONERS = {"professional", "asc"}
# By setting of edits, the types of claim that ask them.
_ASKED_BY = {"practitioner": _PRACTITIONERS, "": _PRACTITIONERS, "outpatient": {"outpatient"}}
_STARTS = """
SELECT DISTINCT effective_from FROM pfs_rvu UNION SELECT DISTINCT effective_until + 1 FROM pfs_rvu
"""


def register_reference(connection: duckdb.DuckDBPyConnection, *, strict: bool) -> tuple[str, ...]:
    """Make the tables that the steps join, for the days of `forms`; the notes on substitutes.

    Raises `MissingReferenceData` where `strict` and a release would stand in for another.
    """
    notes = _register_releases(connection, strict=strict)
    for name, sql in _TABLES.items():
        connection.execute(f"CREATE TABLE {name} AS {sql}")
    register_coverage(connection)
    _register_words(connection)
    register_verdicts(connection)
    return notes


class _Releases:
    """The releases that answer, numbered: one is another where it stands in for another."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.known: dict[tuple[object, ...], int] = {}
        self.notes: dict[str, None] = {}
        connection.execute(
            "CREATE TABLE check_releases"
            " (release INTEGER, name VARCHAR, is_substituted BOOLEAN, is_whole BOOLEAN)"
        )
        connection.execute(
            "CREATE TABLE check_contents"
            " (release INTEGER, kind VARCHAR, content_id VARCHAR, variant VARCHAR)"
        )

    def number(
        self,
        kind: str,
        name: str,
        contents: tuple[str, ...],
        note: str | None,
        *,
        is_substituted: bool,
        is_whole: bool = True,
        variant: str = "",
    ) -> int:
        key = (kind, name, contents, variant, is_substituted)
        if note is not None:
            # The note names the day: one for each release is enough.
            self.notes.setdefault(note if key not in self.known else "")
        if key not in self.known:
            number = self.known[key] = len(self.known)
            self.connection.execute(
                "INSERT INTO check_releases VALUES (?, ?, ?, ?)",
                [number, name, is_substituted, is_whole],
            )
            self.connection.executemany(
                "INSERT INTO check_contents VALUES (?, ?, ?, ?)",
                [(number, kind, content_id, variant) for content_id in contents],
            )
        return self.known[key]


def _register_releases(connection: duckdb.DuckDBPyConnection, *, strict: bool) -> tuple[str, ...]:
    days = [
        day
        for (day,) in connection.execute(
            "SELECT DISTINCT on_date FROM forms WHERE on_date IS NOT NULL ORDER BY on_date"
        ).fetchall()
    ]
    releases = _Releases(connection)
    fees = _fees(connection, releases, strict=strict)
    edits = {kind: _edits(connection, kind, releases, strict=strict) for kind in _EDITS}
    types = {t for (t,) in connection.execute("SELECT DISTINCT claim_type FROM forms").fetchall()}
    asked = {kind for kind in KINDS if kind == "pfs" or types & _ASKED_BY[_EDITS[kind][1]]}
    answers = {"pfs": fees, **edits}
    found = {kind: [answers[kind](d) if kind in asked else None for d in days] for kind in KINDS}
    numbers = {kind: pa.array(column, pa.int32()) for kind, column in found.items()}
    fill(connection, "day_releases", {"on_date": pa.array(days, pa.date32()), **numbers})
    return tuple(note for note in releases.notes if note)


def _fees(
    connection: duckdb.DuckDBPyConnection, releases: _Releases, *, strict: bool
) -> Callable[[date], int | None]:
    starts = sorted(day for (day,) in connection.execute(_STARTS).fetchall())
    known: dict[tuple[int, int], Answer | None] = {}

    def fees(day: date) -> int | None:
        # Between two starts of one year one release answers.
        key = (day.year, sum(start <= day for start in starts))
        if key not in known:
            known[key] = (
                need_release(connection, day, strict=True)
                if strict
                else find_release(connection, day)
            )
        answer = known[key]
        if answer is None:
            return None
        release = answer.release
        return releases.number(
            "pfs",
            release.name,
            (release.content_id,),
            answer.note,
            is_substituted=answer.is_substituted,
            is_whole=is_whole(release.n_rows),
            variant=release.variant,
        )

    return fees


def _edits(
    connection: duckdb.DuckDBPyConnection, kind: str, releases: _Releases, *, strict: bool
) -> Callable[[date], int | None]:
    table, setting = _EDITS[kind]
    loaded = [r for r in edit_releases(connection, table) if r.setting == setting]

    def edits(day: date) -> int | None:
        answer = find_among(loaded, day, strict=strict)
        if answer is None:
            return None
        release = answer.release
        return releases.number(
            kind,
            release.name,
            release.contents,
            answer.note,
            is_substituted=answer.is_substituted,
        )

    return edits


_TABLES = {
    "pfs_codes": """
SELECT c.release, r.code, r.status, r.global_days, r.bilateral_surgery AS bilateral
FROM check_contents c
JOIN pfs_rvu r ON r.content_id = c.content_id AND r.variant = c.variant
WHERE c.kind = 'pfs'
QUALIFY row_number() OVER (PARTITION BY c.release, r.code ORDER BY r.modifier) = 1
""",
    "pfs_parts": """
SELECT c.release, r.code, r.modifier AS part, r.facility_is_na, r.nonfacility_is_na
FROM check_contents c
JOIN pfs_rvu r ON r.content_id = c.content_id AND r.variant = c.variant
WHERE c.kind = 'pfs' AND r.modifier IN ('', '26', 'TC')
""",
    # Of all edits, those between codes that are billed.
    "check_ptp": """
WITH billed AS (SELECT DISTINCT code FROM forms)
SELECT c.release, e.content_id, e.column_1, e.column_2, e.edit_from, e.edit_until,
       e.modifier_indicator
FROM check_contents c
JOIN ncci_ptp e ON e.content_id = c.content_id
WHERE e.column_1 IN (FROM billed) AND e.column_2 IN (FROM billed)
""",
    "check_mue": """
SELECT c.release, u.code, u.units, u.adjudication_indicator
FROM check_contents c
JOIN mue u ON u.content_id = c.content_id AND c.kind = 'mue_' || u.setting
""",
    "check_add_ons": """
SELECT c.release AS add_ons, a.* FROM check_contents c
JOIN addon_edits a ON a.content_id = c.content_id WHERE c.kind = 'add_ons'
""",
    # Lists of codes of other payment systems, of whatever date: a code in one of them is a code.
    "other_codes": """
SELECT code FROM hcpcs_codes UNION SELECT code FROM opps_codes UNION SELECT code FROM clfs_rates
UNION SELECT code FROM asc_codes UNION SELECT code FROM mue UNION
SELECT add_on_code FROM addon_edits
""",
}


def _register_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Tables from our own records: cases, statuses, places, kinds of code, bypassing modifiers."""
    fill(
        connection,
        "cases",
        {
            "case_id": [c.id for c in cases().values()],
            "position": pa.array(range(len(cases())), pa.int32()),
            "rule": [c.rule for c in cases().values()],
            "verdict": [c.verdict for c in cases().values()],
            "reason": [c.reason for c in cases().values()],
            "correction": [c.correction for c in cases().values()],
            "carc": pa.array([list(c.carc) for c in cases().values()], pa.list_(pa.string())),
            "rarc": pa.array([list(c.rarc) for c in cases().values()], pa.list_(pa.string())),
        },
    )
    fill(
        connection,
        "statuses",
        {
            "status": list(STATUS_CASES),
            "case_id": list(STATUS_CASES.values()),
            "label": [STATUSES[code].label for code in STATUS_CASES],
        },
    )
    places = PLACES.values()
    fill(
        connection,
        "sites",
        {
            "pos": [p.code for p in places],
            "site": [p.site for p in places],
            "since": pa.array([p.since for p in places], pa.date32()),
        },
    )
    codes = [
        code
        for (code,) in connection.execute(
            "SELECT DISTINCT code FROM forms WHERE problem IS NULL"
        ).fetchall()
    ]
    kinds = pa.array([_is_visit(code) for code in codes], pa.bool_())
    fill(connection, "code_kinds", {"code": pa.array(codes, pa.string()), "is_visit": kinds})
    passing = [m for m in register().values() if m.bypasses_edits]
    fill(
        connection,
        "bypassing",
        {
            "places": [[m.modifier for m in passing if m.kind == "anatomical"]],
            "separating": [[m.modifier for m in passing if m.kind != "anatomical"]],
        },
    )
    fill(connection, "no_practitioner", {"words": [NO_PRACTITIONER]})


def _is_visit(code: str) -> bool:
    found = kind_of(code)
    return found is not None and found.kind == "visit"
