"""Clinical notes of a code: the package's own, and those that users added to the lake.

Rules C109 and C110. The form and its checks: readers/registers/notes.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources

import duckdb
import msgspec

from ratepress.codes.argument import CodeRef
from ratepress.core.facts import SourceRef
from ratepress.readers.registers.notes import NoteFile, notes_of, split_reference, topics


class Statement(msgspec.Struct, frozen=True):
    """One statement, and the published sources it rests on."""

    topic: str
    heading: str
    text: str
    diagnoses: tuple[str, ...]
    references: tuple[SourceRef, ...]


class Note(msgspec.Struct, frozen=True):
    """What one author writes of one code; `source` is the record itself, marked as editorial."""

    code: CodeRef
    author: str
    written_on: date
    review: str
    statements: tuple[Statement, ...]
    source: SourceRef

    def about(self, topic: str) -> tuple[Statement, ...]:
        """The statements of one topic, in the author's order."""
        return tuple(one for one in self.statements if one.topic == topic)


def clinical_notes(
    code: CodeRef, connection: duckdb.DuckDBPyConnection | None = None
) -> tuple[Note, ...]:
    """The notes about `code`: the package's first, then those of the lake, oldest first.

    Without a `connection` the package's alone.

    >>> clinical_notes(CodeRef("cpt", "32557"))[0].review
    'not reviewed by a clinician'
    """
    own = tuple(_of_file(code, one) for one in packaged() if code in one.codes)
    return own if connection is None else own + _of_lake(code, connection)


@cache
def packaged() -> tuple[NoteFile, ...]:
    """The files of notes that ship with the package, checked as any other."""
    folder = resources.files("ratepress.dossier") / "clinical"
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".yaml")),
        key=lambda entry: entry.name,
    )
    return tuple(notes_of(file.read_text("utf-8"), file.name) for file in files)


def _of_file(code: CodeRef, file: NoteFile) -> Note:
    sources = {
        one.reference_id: _cited(one.title, one.issuer, one.year, one.link)
        for one in file.references
    }
    return _note(
        code,
        file.author,
        file.written_on,
        file.review,
        [
            (one.topic, one.heading, one.text, one.diagnoses, one.references)
            for one in file.statements
            if code in one.codes
        ],
        sources,
        None,
    )


def _of_lake(code: CodeRef, connection: duckdb.DuckDBPyConnection) -> tuple[Note, ...]:
    heads = connection.execute(
        "SELECT content_id, author, written_on, review FROM clinical_notes "
        "WHERE code_system = ? AND code = ? ORDER BY written_on, content_id",
        [code.system, code.code],
    ).fetchall()
    found = []
    for content_id, author, written_on, review in heads:
        rows = connection.execute(
            "SELECT topic, heading, text, diagnoses, reference_ids FROM clinical_statements "
            "WHERE content_id = ? AND code_system = ? AND code = ? ORDER BY position",
            [content_id, code.system, code.code],
        ).fetchall()
        references = connection.execute(
            "SELECT reference_id, title, issuer, year, link FROM clinical_references "
            "WHERE content_id = ?",
            [content_id],
        ).fetchall()
        statements = [
            (topic, heading, text, tuple(filter(None, listed.split("|"))), tuple(ids.split("|")))
            for topic, heading, text, listed, ids in rows
        ]
        sources = {one[0]: _cited(*one[1:]) for one in references}
        found.append(_note(code, author, written_on, review, statements, sources, content_id))
    return tuple(found)


_Row = tuple[str, str, str, tuple[str, ...], tuple[str, ...]]


def _note(
    code: CodeRef,
    author: str,
    written_on: date,
    review: str,
    rows: Sequence[_Row],
    sources: dict[str, SourceRef],
    content_id: str | None,
) -> Note:
    order = {topic: position for position, topic in enumerate(topics())}
    statements = [
        Statement(topic, heading, text, diagnoses, tuple(_at(sources, one) for one in references))
        for topic, heading, text, diagnoses, references in rows
    ]
    label = f"Editorial notes by {author}, {written_on}, {review}"
    return Note(
        code,
        author,
        written_on,
        review,
        tuple(sorted(statements, key=lambda one: order[one.topic])),
        SourceRef(label, content_id, is_editorial=True),
    )


def _cited(title: str, issuer: str, year: str | None, link: str | None) -> SourceRef:
    issued = f"{issuer}, {year}" if year else issuer
    return SourceRef(f"{title} ({issued})", link=link)


def _at(sources: dict[str, SourceRef], reference: str) -> SourceRef:
    reference_id, where = split_reference(reference)
    return msgspec.structs.replace(sources[reference_id], place=where)
