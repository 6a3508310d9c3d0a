"""Section 3, clinical context: editorial notes, marked as such, each statement with its sources."""

from __future__ import annotations

from msgspec.structs import replace

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.context import Context
from ratepress.dossier.model import DataTable, Labelled, Row, Section, Sentence
from ratepress.dossier.notes import Note, Statement, clinical_notes
from ratepress.medicare.diagnoses import known_diagnoses

_RULES = ("C109", "C110")
_FILLED_BY = "editorial notes with references: `ratepress add NOTES.yaml`"
_PARTS = (
    ("indications", "Indications", "Why", ("indication",)),
    ("contraindications", "Contraindications", "Why not, or not yet", ("contraindication",)),
    ("course", "Course of the procedure", "Step", ("course",)),
    (
        "complications",
        "Monitoring and complications",
        "Watched for",
        ("monitoring", "complication"),
    ),
    (
        "documentation",
        "Documentation that supports the claim",
        "The record shows",
        ("documentation",),
    ),
    ("resources", "Settings, throughput and resources", "About", ("setting", "resources")),
)
"""Each table: its id, title, the head of its labels, and the topics in it."""


def build(context: Context) -> Section:
    """What is written of the code, by whom and when; a gap for each part that is not."""
    notes = clinical_notes(context.code, context.connection)
    unknown = _unknown(context, notes)
    tables = []
    gaps = []
    for part_id, title, stub, topics in _PARTS:
        rows = tuple(_rows(notes, topics, unknown, is_numbered=part_id == "course"))
        if rows:
            tables.append(_table(f"notes-{part_id}", f"{title} (editorial)", stub, rows))
        else:
            gaps.append(Gap(title, "no clinical notes are written for this code", _FILLED_BY))
    return Section(
        "clinical",
        "Clinical context",
        sentences=tuple(_who(note) for note in notes),
        facts=() if notes else _definition(context),
        tables=tuple(tables),
        gaps=tuple(gaps),
    )


def _table(table_id: str, title: str, stub: str, rows: tuple[Row, ...]) -> DataTable:
    """Columns that no row fills, and the author where there is one only, are left out."""
    columns: tuple[str, ...] = ("Editorial note", "Diagnoses")
    if all(row.cells[1] is None for row in rows):
        columns = columns[:1]
        rows = tuple(replace(row, cells=row.cells[:1]) for row in rows)
    if len({row.group for row in rows}) == 1:
        rows = tuple(replace(row, group=None) for row in rows)
    return DataTable(table_id, title, stub, columns, rows)


def _who(note: Note) -> Sentence:
    """Who wrote it, when, and who has reviewed it: the first thing that stands in the section."""
    sources = (note.source,)
    author = Fact(note.author, "text", note.written_on, sources, ("C110",))
    written_on = Fact(note.written_on, "date", None, sources, ("C110",))
    review = Fact(note.review, "text", note.written_on, sources, ("C110",))
    text = (
        f"Editorial, not published data: written by {author.text} on {written_on.text}; "
        f"state of review: {review.text}."
    )
    return Sentence(text, (author, written_on, review))


def _definition(context: Context) -> tuple[Labelled, ...]:
    """The review state of the plain definition, where there is no more than that."""
    note = context.editorial
    if note is None:
        return ()
    return (Labelled("Review state", Fact(note.review, "text", note.since, (note.source,))),)


def _unknown(context: Context, notes: tuple[Note, ...]) -> frozenset[str]:
    """Diagnoses of the notes that the list of the day does not have; none where none is loaded."""
    named = {code for note in notes for one in note.statements for code in one.diagnoses}
    known = known_diagnoses(context.connection, named, context.as_of)
    return frozenset() if known is None else frozenset(named - known.keys())


def _rows(
    notes: tuple[Note, ...], topics: tuple[str, ...], unknown: frozenset[str], *, is_numbered: bool
) -> list[Row]:
    found = []
    for note in notes:
        own = [one for topic in topics for one in note.about(topic)]
        for number, one in enumerate(own, start=1):
            label = f"{number}. {one.heading}" if is_numbered else one.heading
            cells = (_text(note, one), _diagnoses(note, one, unknown))
            found.append(Row(label, cells, group=note.author))
    return found


def _text(note: Note, statement: Statement) -> Fact:
    return Fact(statement.text, "text", note.written_on, _sources(note, statement), _RULES)


def _diagnoses(note: Note, statement: Statement, unknown: frozenset[str]) -> Fact | None:
    if not statement.diagnoses:
        return None
    listed = ", ".join(statement.diagnoses)
    missing = [code for code in statement.diagnoses if code in unknown]
    remark = None
    if missing:
        remark = f"Not in the ICD-10-CM list that is loaded: {', '.join(missing)}"
    rules = (*_RULES, "C103") if missing else _RULES
    return Fact(listed, "code", note.written_on, _sources(note, statement), rules, remark)


def _sources(note: Note, statement: Statement) -> tuple[SourceRef, ...]:
    return (*statement.references, note.source)
