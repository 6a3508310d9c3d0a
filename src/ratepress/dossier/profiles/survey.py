"""What a whole lake holds, asked once: the ground of every profile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import Any

import duckdb
import msgspec

from ratepress.core.facts import SourceRef
from ratepress.dossier.model import SourceFile
from ratepress.dossier.source_files import SourceFiles
from ratepress.lake.manifest import Content, Manifest
from ratepress.lake.queries import mappings
from ratepress.market.hospitals import hospital_files, identify_hospitals
from ratepress.market.payers import identify

MOST_CODES = 100
"""So many codes of one file are named on its page; the rest is counted."""


class PriceRows(msgspec.Struct, frozen=True):
    """The rows of one file in which one payer states prices in one line of business."""

    content_id: str
    payer_id: str
    payer: str
    line_of_business: str
    n_rows: int
    n_codes: int


class Hospital(msgspec.Struct, frozen=True):
    """One hospital: its identity, its name as published, its state, and its files."""

    hospital_id: str
    name: str
    state: str
    content_ids: tuple[str, ...]


class Survey:
    """A lake at one generation and date, as the profiles need it; without a connection, nothing.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> Survey(*lake.snapshot(), as_of=date(2026, 7, 15)).hospitals
    ()
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection | None,
        manifest: Manifest,
        as_of: date,
        strength: str = "balanced",
    ) -> None:
        self.as_of = as_of
        self.strength = strength
        self.contents: dict[str, Content] = {c.content_id: c for c in manifest.contents}
        self.files = SourceFiles(manifest).all()
        self.hospitals: tuple[Hospital, ...] = ()
        self.prices: tuple[PriceRows, ...] = ()
        self.charges: dict[str, dict[str, Any]] = {}
        self.problems: dict[str, list[dict[str, Any]]] = {}
        self.codes: dict[str, list[dict[str, Any]]] = {}
        self.localities: list[dict[str, Any]] = []
        if connection is not None:
            self._ask(connection)

    def _ask(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.hospitals = _hospitals(connection)
        self.prices = _prices(connection, self._states())
        self.charges = {row["content_id"]: row for row in mappings(connection, _CHARGES)}
        for row in mappings(connection, _PROBLEMS):
            self.problems.setdefault(row["content_id"], []).append(row)
        for row in mappings(connection, _CODES, [MOST_CODES]):
            self.codes.setdefault(row["content_id"], []).append(row)
        self.localities = mappings(connection, _LOCALITIES, [self.as_of])

    def _states(self) -> dict[str, str]:
        return {one: h.state for h in self.hospitals for one in h.content_ids}

    def ref(self, content_id: str) -> SourceRef:
        """A file as a source."""
        return SourceRef(self.contents[content_id].publisher, content_id)

    def named(self, content_ids: set[str]) -> tuple[SourceFile, ...]:
        """The records of files, in the order in which they were added."""
        # Thousands of profiles ask this of thousands of files.
        known = sorted(content_ids & self._places.keys(), key=self._places.__getitem__)
        return tuple(self.files[content_id] for content_id in known)

    def prices_of(self, content_ids: Iterable[str]) -> list[PriceRows]:
        """Those of `prices` that stand in some files, in their order."""
        found = [one for name in set(content_ids) for one in self._prices_by_file.get(name, ())]
        return [row for _, row in sorted(found, key=itemgetter(0))]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {content_id: place for place, content_id in enumerate(self.files)}

    @cached_property
    def _prices_by_file(self) -> dict[str, list[tuple[int, PriceRows]]]:
        found: dict[str, list[tuple[int, PriceRows]]] = {}
        for place, row in enumerate(self.prices):
            found.setdefault(row.content_id, []).append((place, row))
        return found


def _hospitals(connection: duckdb.DuckDBPyConnection) -> tuple[Hospital, ...]:
    identities = identify_hospitals(hospital_files(connection))
    rows = connection.execute(
        "SELECT content_id, hospital_name, coalesce(license_state, '') FROM hospitals ORDER BY 1"
    ).fetchall()
    named = {content_id: (name, state) for content_id, name, state in rows}
    found: dict[str, list[str]] = {}
    for content_id, hospital_id in identities.items():
        found.setdefault(hospital_id, []).append(content_id)
    return tuple(
        Hospital(hospital_id, *named[content_ids[0]], tuple(content_ids))
        for hospital_id, content_ids in sorted(found.items())
    )


def _prices(connection: duckdb.DuckDBPyConnection, states: dict[str, str]) -> tuple[PriceRows, ...]:
    found = []
    for content_id, name, line, n_rows, n_codes in connection.execute(_PRICES).fetchall():
        payer = identify(name, states.get(content_id) or None)
        found.append(PriceRows(content_id, payer.payer_id, payer.name, line, n_rows, n_codes))
    return tuple(found)


_PRICES = """
SELECT content_id, payer_name, line_of_business, count(*), count(DISTINCT (code_system, code))
FROM rates WHERE payer_name IS NOT NULL GROUP BY ALL ORDER BY ALL
"""
_CHARGES = """
SELECT content_id, count(*) AS n_rows, count(DISTINCT (code_system, code)) AS n_codes,
  count(gross) AS n_gross, count(cash) AS n_cash
FROM charges GROUP BY content_id
"""
_PROBLEMS = """
SELECT content_id, rule_id, subject, severity, CAST(sum(count) AS BIGINT) AS n,
  min(first_place) AS first_place
FROM problems GROUP BY ALL ORDER BY content_id, rule_id, subject, severity
"""
_CODES = """
WITH held AS (
  SELECT content_id, code_system, code, count(*) AS n_rows FROM (
    SELECT content_id, code_system, code FROM rates UNION ALL
    SELECT content_id, code_system, code FROM charges
  ) WHERE code IS NOT NULL GROUP BY ALL
)
SELECT *, count(*) OVER (PARTITION BY content_id) AS n_codes FROM held
QUALIFY row_number() OVER (PARTITION BY content_id ORDER BY n_rows DESC, code_system, code) <= ?
ORDER BY content_id, n_rows DESC, code_system, code
"""
_LOCALITIES = """
SELECT state, mac, locality, min(locality_name) AS locality_name, min(work_gpci) AS work,
  min(pe_gpci) AS practice, min(malpractice_gpci) AS malpractice, min(content_id) AS content_id,
  min(place) AS place
FROM pfs_gpci WHERE ? BETWEEN effective_from AND effective_until AND state IS NOT NULL
GROUP BY ALL ORDER BY state, locality_name, mac, locality
"""
