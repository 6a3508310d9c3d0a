"""Editorial notes: clinical context of a code in a YAML form, docs/how-to/editorial-notes.md.

The package's own notes and those of users have this one form, and pass these checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from ratepress.codes.argument import CodeRef
from ratepress.core.rules import rule
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.registers.checks import Cell, Checks
from ratepress.readers.registers.policies import cell_of, need_version
from ratepress.readers.registers.tree import Branch, form_of, tree, whole_text
from ratepress.readers.source import Source

FORM, VERSION = "clinical-notes", "1"
_ROOT = dict.fromkeys(("ratepress", "author", "written_on", "review", "references", "notes"))
_NOTE = dict.fromkeys(("codes", "statements"))
_STATEMENT = dict.fromkeys(("topic", "heading", "text", "diagnoses", "references"))
_REFERENCE = dict.fromkeys(("title", "issuer", "year", "link"))


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A published source; `year` is empty for a document that is kept current."""

    reference_id: str
    title: str
    issuer: str
    year: str
    link: str | None
    place: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of some codes.

    `references` are ids, or `id: where in it`, of the file's references.
    """

    codes: tuple[CodeRef, ...]
    topic: str
    heading: str
    text: str
    diagnoses: tuple[str, ...]
    references: tuple[str, ...]
    place: str


class NoteFile(msgspec.Struct, frozen=True, kw_only=True):
    """All of one file of notes."""

    author: str
    written_on: date
    review: str
    references: tuple[Reference, ...]
    statements: tuple[Statement, ...]

    @property
    def codes(self) -> tuple[CodeRef, ...]:
        """The codes that it is about, each once."""
        return tuple(dict.fromkeys(code for one in self.statements for code in one.codes))


def topics() -> tuple[str, ...]:
    """The fixed list of what a statement may be about, in the order of a page (rule C110).

    >>> topics()[:2]
    ('indication', 'contraindication')
    """
    return tuple(rule("C110").parameters["topics"].split("|"))


def split_reference(text: str) -> tuple[str, str | None]:
    """The id and the place in the source that a statement's reference names.

    >>> split_reference("ncci-5: section B"), split_reference("bts")
    (('ncci-5', 'section B'), ('bts', None))
    """
    reference_id, colon, where = text.partition(": ")
    return reference_id.strip(), (where.strip() or None) if colon else None


class ClinicalNotes:
    """Reader of files of notes.

    >>> ClinicalNotes().recognise(b"ratepress: clinical-notes/1")
    True
    """

    kind = "clinical-notes"
    version = "1"
    row_is = "one statement, for each code that it is about"

    def recognise(self, head: bytes) -> bool:
        """Whether the first line states the form."""
        form = form_of(head)
        return form is not None and form[0] == FORM

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every statement, or refuse the file and say what to mend."""
        need_version(source, VERSION)
        notes = notes_of(whole_text(source), source.name)
        for code in notes.codes:
            _add(notes, code, out, tally)
        for reference in notes.references:
            out.add("clinical_references", **msgspec.structs.asdict(reference))
        return Header(publisher=notes.author, declared_version=VERSION)


def notes_of(text: str, name: str) -> NoteFile:
    """The notes of a document; `UnreadableInput`, with lines, for what the form forbids.

    A statement without a reference is refused (rule C109).

    >>> notes_of("ratepress: clinical-notes/1", "n.yaml")
    Traceback (most recent call last):
    ...
    ratepress.core.errors.UnreadableInput: n.yaml: a value is missing (line 1, key author)...
    """
    root = tree(text, name)
    checks = Checks(name)
    fields = _mapping(root, "the document", _ROOT, checks)

    def cell(key: str) -> Cell:
        return cell_of(fields[key], key) if key in fields else Cell("", f"line 1, key {key}")

    author = checks.text(cell("author"))
    written_on = checks.day(cell("written_on"))
    review = checks.text(cell("review"))
    references = tuple(_references(fields.get("references"), checks))
    known = {reference.reference_id for reference in references}
    statements = tuple(_statements(fields.get("notes"), known, checks))
    if not statements:
        checks.fault("there is no statement", cell("notes"), "a list of codes with statements")
    checks.settle()
    return NoteFile(
        author=author,
        written_on=written_on or date.min,
        review=review,
        references=references,
        statements=statements,
    )


def _mapping(
    branch: Branch, what: str, allowed: Mapping[str, None], checks: Checks
) -> dict[str, Branch]:
    place = f"line {branch.line}"
    if not isinstance(branch.value, dict):
        checks.fault(f"{what} is no mapping", Cell("", place), ", ".join(allowed))
        return {}
    checks.known_only(place, branch.value, allowed)
    return branch.value


def _list(branch: Branch | None, what: str, checks: Checks) -> list[Branch]:
    if branch is None:
        return []
    if not isinstance(branch.value, list):
        checks.fault(f"{what} is no list", Cell("", f"line {branch.line}"), "a list")
        return []
    return branch.value


def _references(branch: Branch | None, checks: Checks) -> Iterator[Reference]:
    if branch is None or not isinstance(branch.value, dict):
        return
    for reference_id, one in branch.value.items():
        fields = _mapping(one, "a reference", _REFERENCE, checks)
        cells = {key: cell_of(value, key) for key, value in fields.items()}
        place = f"line {one.line}, reference {reference_id}"
        empty = Cell("", place)
        if not reference_id or any(mark in reference_id for mark in "|:"):
            checks.fault("this is no id of a reference", Cell(reference_id, place), "no | and no :")
        yield Reference(
            reference_id=reference_id,
            title=checks.text(cells.get("title", empty)),
            issuer=checks.text(cells.get("issuer", empty)),
            year=checks.text(cells.get("year", empty), needed=False),
            link=checks.link(cells.get("link", empty)),
            place=place,
        )


def _statements(branch: Branch | None, known: set[str], checks: Checks) -> Iterator[Statement]:
    for note in _list(branch, "`notes`", checks):
        fields = _mapping(note, "a note", _NOTE, checks)
        at = Cell("", f"line {note.line}, key codes")
        codes = checks.codes(cell_of(fields["codes"], "codes") if "codes" in fields else at)
        for one in _list(fields.get("statements"), "`statements`", checks):
            yield _statement(one, codes, known, checks)


def _statement(
    branch: Branch, codes: tuple[CodeRef, ...], known: set[str], checks: Checks
) -> Statement:
    fields = _mapping(branch, "a statement", _STATEMENT, checks)
    place = f"line {branch.line}"

    def cell(key: str) -> Cell:
        return cell_of(fields[key], key) if key in fields else Cell("", f"{place}, key {key}")

    named = cell("references")
    references = named.items if named.items is not None else tuple(filter(None, (named.text,)))
    if not references:
        checks.fault("a statement has no reference", named, "one id of `references` or more")
    for reference in references:
        if split_reference(reference)[0] not in known or "|" in reference:
            listed = ", ".join(sorted(known)) or "a list `references`"
            checks.fault("no such reference", Cell(reference, named.place), listed)
    diagnoses = checks.diagnoses(cell("diagnoses")) if "diagnoses" in fields else ()
    return Statement(
        codes=codes,
        topic=checks.one_of(cell("topic"), topics()),
        heading=checks.text(cell("heading")),
        text=checks.text(cell("text")),
        diagnoses=diagnoses,
        references=references,
        place=place,
    )


def _add(notes: NoteFile, code: CodeRef, out: LakeWriter, tally: Tally) -> None:
    own = [one for one in notes.statements if code in one.codes]
    shared = {"code_system": code.system, "code": code.code}
    out.add(
        "clinical_notes", **shared, author=notes.author, written_on=notes.written_on,
        review=notes.review, place=own[0].place,
    )  # fmt: skip
    for position, one in enumerate(own, start=1):
        tally.read += 1
        tally.loaded += 1
        out.add(
            "clinical_statements", **shared, position=position, topic=one.topic,
            heading=one.heading, text=one.text, diagnoses="|".join(one.diagnoses),
            reference_ids="|".join(one.references), place=one.place,
        )  # fmt: skip
