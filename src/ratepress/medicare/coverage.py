"""Which Medicare coverage documents name a code on a day, and the diagnoses they cover or exclude.

Rules C100 to C103. The documents are CMS's Medicare Coverage Database: national determinations
(NCD), local ones (LCD) and the articles that hold the codes of both. Nothing found is a Gap that
says what was looked in: that no document names a code does not mean that it is not covered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import msgspec

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.codes.diagnoses import Icd10Cm
from ratepress.core.errors import UsageError
from ratepress.core.facts import Gap, SourceRef
from ratepress.lake.queries import mappings
from ratepress.medicare.coverage_documents import CoverageDocument, documents_naming, looked_in
from ratepress.medicare.diagnoses import known_diagnoses

NOT_LISTED = "not listed"
_STATE = re.compile(r"[A-Z]{2}")
_FILLED_BY = (
    "the Medicare Coverage Database downloads: current_article_csv.zip, current_lcd_csv.zip and "
    "ncd_csv.zip"
)


class ListedDiagnosis(msgspec.Struct, frozen=True, omit_defaults=True):
    """One diagnosis of a list, the documents (display ids) and groups in which it stands.

    `is_known` is None where no ICD-10-CM list of the day is loaded; `description` comes from it.
    `asterisks` are marks that a paragraph of the document explains: it counts under conditions.
    """

    code: str
    documents: tuple[str, ...]
    groups: tuple[str, ...] = ()
    description: str | None = None
    is_known: bool | None = None
    has_condition: bool = False


class Coverage(msgspec.Struct, frozen=True):
    """What is known of Medicare's coverage of one code on one day."""

    code: str
    on: date
    documents: tuple[CoverageDocument, ...]
    covered: tuple[ListedDiagnosis, ...]
    excluded: tuple[ListedDiagnosis, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]
    sources: tuple[SourceRef, ...]
    rules: tuple[str, ...] = ("C100", "C101")

    def stance(self, diagnosis: str) -> str:
        """`covered`, `excluded` or `not listed`; what is both is `excluded`.

        Raises `UsageError` for what has not the form of an ICD-10-CM code.

        >>> Coverage("32557", date(2026, 7, 15), (), (), (), (), (), ()).stance("J90")
        'not listed'
        """
        wanted = Icd10Cm.parse(diagnosis).code
        for name, listed in (("excluded", self.excluded), ("covered", self.covered)):
            if any(one.code == wanted for one in listed):
                return name
        return NOT_LISTED


def coverage(
    connection: duckdb.DuckDBPyConnection, code: str | CodeRef, on: date, state: str | None = None
) -> Coverage:
    """The documents that name `code` on the day `on`, and both lists of diagnoses.

    `connection` is one of `Lake.connect`. With `state` (two letters) documents whose contractors
    serve other states alone are left out and named; those whose states no file says stay. Raises
    `UsageError` for what is no code or no state.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> with Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake").connect() as connection:
    ...     coverage(connection, "32557", date(2026, 7, 15)).gaps[0].why
    'no file is loaded that says which codes NCDs, LCDs and coverage articles name'
    """
    wanted = parse_code(code).code
    documents, notes = documents_naming(connection, wanted, on)
    if state is not None:
        documents, left_out = _of_state(documents, state)
        notes = (*notes, *left_out)
    rows = _diagnoses(connection, wanted, documents)
    known = known_diagnoses(connection, {row["diagnosis"] for row in rows}, on)
    sources = dict.fromkeys(s for one in documents for s in (one.source, one.named_in))
    sources.update(dict.fromkeys(_source(row) for row in rows))
    if any(row["document_id"] == "" for row in rows):
        notes = (
            *notes,
            "A copy states diagnoses by code and not by document, and has no days: they are shown "
            "for every day.",
        )
    return Coverage(
        wanted,
        on,
        documents,
        _listed(rows, "covered", documents, known),
        _listed(rows, "excluded", documents, known),
        _gaps(connection, wanted, on, documents, rows, state),
        notes,
        tuple(sources),
    )


def _of_state(
    documents: tuple[CoverageDocument, ...], state: str
) -> tuple[tuple[CoverageDocument, ...], tuple[str, ...]]:
    """The documents that may hold in a state, and a note on the others.

    What is not written as a state may be a part of any.
    """
    wanted = state.strip().upper()
    if not _STATE.fullmatch(wanted):
        raise UsageError(
            "This is no state", found=state, expected="two letters: NY", todo="check the state"
        )
    kept = tuple(
        one
        for one in documents
        if not one.states
        or any(held == wanted or not _STATE.fullmatch(held) for held in one.states)
    )
    left_out = ", ".join(sorted(one.display_id for one in documents if one not in kept))
    note = f"In other states than {wanted}, and so left out: {left_out}."
    return kept, (note,) if left_out else ()


def _diagnoses(
    connection: duckdb.DuckDBPyConnection, code: str, documents: Sequence[CoverageDocument]
) -> list[dict[str, Any]]:
    """Rows of the documents in force, and rows of copies that are stated for the code."""
    keys = [f"{d.document_type}/{d.document_id}/{d.version}" for d in documents if d.version]
    if not keys:
        return mappings(connection, _diagnoses_where(_OF_COPIES), {"code": code})
    return mappings(
        connection,
        _diagnoses_where(f"({_OF_COPIES}) OR ({_OF_DOCUMENTS})"),
        {"code": code, "keys": keys},
    )


def _diagnoses_where(condition: str) -> str:
    return f"""
SELECT DISTINCT d.document_type, d.document_id, d.version, d.stance, d.diagnosis_group,
  d.diagnosis, d.asterisk, d.content_id, c.publisher
FROM coverage_diagnoses d JOIN contents c USING (content_id)
WHERE {condition}
ORDER BY d.diagnosis, d.document_type, d.document_id, d.version, d.diagnosis_group, d.content_id
"""  # noqa: S608 - our own words


_OF_COPIES = "d.document_id = '' AND d.code = $code"
_OF_DOCUMENTS = """d.code IN ('', $code)
    AND list_contains($keys, concat_ws('/', d.document_type, d.document_id, d.version))"""


def _listed(
    rows: Sequence[dict[str, Any]],
    stance: str,
    documents: Sequence[CoverageDocument],
    known: dict[str, str | None] | None,
) -> tuple[ListedDiagnosis, ...]:
    names = {(d.document_type, d.document_id, d.version): d.display_id for d in documents}
    found: dict[str, tuple[dict[str, None], dict[str, None], set[str]]] = {}
    for row in rows:
        if row["stance"] != stance:
            continue
        shown, groups, marks = found.setdefault(row["diagnosis"], ({}, {}, set()))
        key = (row["document_type"], row["document_id"], row["version"])
        shown[names.get(key, "by code")] = None
        if row["diagnosis_group"]:
            groups[row["diagnosis_group"]] = None
        # Y in CMS's own tables, N or nothing elsewhere.
        if row["asterisk"] not in (None, "", "N", "0"):
            marks.add(row["asterisk"])
    return tuple(
        ListedDiagnosis(
            code,
            tuple(shown),
            tuple(groups),
            known.get(code) if known else None,
            None if known is None else code in known,
            bool(marks),
        )
        for code, (shown, groups, marks) in sorted(found.items())
    )


def _source(row: dict[str, Any]) -> SourceRef:
    return SourceRef(row["publisher"], row["content_id"])


def _gaps(
    connection: duckdb.DuckDBPyConnection,
    code: str,
    on: date,
    documents: Sequence[CoverageDocument],
    rows: Sequence[dict[str, Any]],
    state: str | None,
) -> tuple[Gap, ...]:
    what = f"Medicare coverage of {code}"
    files = looked_in(connection)
    if not files:
        return (
            Gap(
                what,
                "no file is loaded that says which codes NCDs, LCDs and coverage articles name",
                _FILLED_BY,
                ("C102",),
            ),
        )
    if not documents and not rows:
        where = f" in {state.upper()}" if state else ""
        why = (
            f"no coverage document in force on {on}{where} names {code}; looked in {files}. "
            "Where no document names a code the contractor decides; it is not a denial"
        )
        return (Gap(what, why, _FILLED_BY, ("C102",)),)
    if not rows:
        why = f"the documents that name {code} list no diagnoses; looked in {files}"
        gap = Gap(f"Diagnoses that Medicare covers for {code}", why, _FILLED_BY, ("C102",))
        return (gap,)
    return ()
