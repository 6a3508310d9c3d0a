"""What a file is, what is wrong with it and where: the Python twin of `ratepress inspect`.

The file goes through its reader with a writer that keeps nothing, so the deviations are those
that `add` would count. It is then held to what CMS asks of its version: a payer's file to the
schema, a hospital's to the template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import msgspec

from ratepress.core.errors import RatepressError, UnreadableInput
from ratepress.core.facts import Gap
from ratepress.core.rules import registry
from ratepress.readers.add import note_container, recognise
from ratepress.readers.base import Header, Reader, Tally
from ratepress.readers.counting import CountingWriter
from ratepress.readers.hospital.conformance.check import hold
from ratepress.readers.hospital.conformance.findings import Finding, Findings
from ratepress.readers.hospital.conformance.same_fact import same_fact
from ratepress.readers.payer.classes import ClassesOfCodes
from ratepress.readers.payer.conditions import Conditions, Counted
from ratepress.readers.payer.kinds import Kind, kind_of
from ratepress.readers.payer.repeats import CONTRADICTED, MOST_PAIRS, TWICE, Repeats
from ratepress.readers.payer.schemas import Version, parse_version, schema, schema_version
from ratepress.readers.payer.tokens import Tokens
from ratepress.readers.source import Source
from ratepress.readers.text import sniff_encoding

OTHER_VERSION, PAST, ONE_TYPE = "F180", "F181", "F182"
MANY_PRICES = 1_000
_ORDER = {"error": 0, "alert": 1, "note": 2}
_CHUNK = 1 << 20
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


Each = Callable[[str, Finding], None]


class Deviation(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of deviation: its rule, how often it was met, where first, and one value met.

    Of a hospital's template (F4xx), `cell` and `column` say where the first stands in a CSV and
    what its header is (in JSON its key), and `expected` what should stand there. `same_as` is
    the rule of the template that states the same fact.
    """

    rule_id: str
    name: str
    severity: str
    subject: str
    count: int
    first_place: str
    sample: str | None
    cell: str | None = None
    column: str | None = None
    expected: str | None = None
    same_as: str | None = None


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why a file cannot be read to its end; the fields are those of the error."""

    code: str
    message: str
    place: str | None
    found: str | None
    expected: str | None
    todo: str | None


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a file that was inspected.

    `bytes` is its size on disk, `unpacked_bytes` that of what is in it. `rows` is by table and
    `set_aside` by rule, as `add` would count them; `read` = `loaded` + all of `set_aside`.
    `schema_version` is that of the schema or template the file was held to. `not_assessed` is what
    is often wrong with such files and was not judged, and why. `grade`: A nothing worse than notes,
    B alerts, C errors, D rows that cannot be loaded, F cannot be read to its end.
    """

    name: str
    container: str
    bytes: int
    unpacked_bytes: int
    kind: str | None
    publisher: str | None
    declared_version: str | None
    detected_version: str | None
    schema_version: str | None
    published_on: date | None
    row_is: str | None
    read: int
    loaded: int
    set_aside: dict[str, int]
    rows: dict[str, int]
    deviations: tuple[Deviation, ...]
    not_assessed: tuple[Gap, ...]
    grade: str
    refused: Refusal | None


def inspect(
    path: Path | str,
    *,
    against: str | None = None,
    each: Each | None = None,
    progress: Callable[[int], None] | None = None,
) -> Inspection:
    """Inspect one file. `against` is the version of the schema or template to hold it to; its own
    is used where none is named, or none of that number for its kind. `each` is called with the
    name of a hospital's file and every finding against its template, as they are met.

    Nothing is written. A file that cannot be read is an `Inspection` with `refused`; only a path
    that cannot be opened raises `UnreadableInput`. A zip archive of several files is for
    `inspect_all`.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "index.json"
    >>> _ = path.write_text('{"reporting_entity_name": "West", "reporting_structure": []}')
    >>> found = inspect(path)
    >>> found.kind, found.detected_version, found.grade
    ('payer-table-of-contents', '1.x', 'C')
    """
    return _inspect(Source(Path(path), progress), against, each)


def inspect_all(
    path: Path | str,
    *,
    against: str | None = None,
    each: Each | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Inspection, ...]:
    """As `inspect`, one for each file where the path is a zip archive of several.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "page.json"
    >>> _ = path.write_text("<html>Please log in")
    >>> [(one.name, one.grade) for one in inspect_all(path)]
    [('page.json', 'F')]
    """
    source = Source(Path(path), progress)
    try:
        parts = source.parts()
    except UnreadableInput:
        parts = [source]
    return tuple(_inspect(part, against, each) for part in parts)


def _inspect(source: Source, against: str | None, each: Each | None) -> Inspection:
    tally, out = Tally(), CountingWriter()
    reader, header, held_to = None, None, None
    whole: tuple[Deviation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    refused: RatepressError | None = None
    unpacked = 0
    try:
        reader = recognise(source)
        unpacked = _unpacked_bytes(source)
        header = reader.read(source, out, tally)
        note_container(source, (), tally)
        held_to, whole, gaps = _hold_to_schema(source, header, against, tally)
    except RatepressError as error:
        refused = error
    template = _hold_to_template(source, reader, header, against, each)
    if template is not None:
        held_to = template.version
    deviations = _sorted((*_deviations(tally, template), *whole))
    aside = {} if refused else {s.reason: s.count for s in tally.reconcile(source.name)}
    return _result(
        source, reader, header, tally, out, deviations, gaps, aside, unpacked, held_to, refused
    )


def _result(
    source: Source,
    reader: Reader | None,
    header: Header | None,
    tally: Tally,
    out: CountingWriter,
    deviations: tuple[Deviation, ...],
    gaps: tuple[Gap, ...],
    aside: dict[str, int],
    unpacked: int,
    held_to: Version | None,
    refused: RatepressError | None,
) -> Inspection:
    return Inspection(
        name=source.name,
        container=source.container,
        bytes=source.bytes,
        unpacked_bytes=unpacked,
        kind=reader.kind if reader else None,
        publisher=header.publisher if header else None,
        declared_version=header.declared_version if header else None,
        detected_version=header.detected_version if header else None,
        schema_version=".".join(str(part) for part in held_to) if held_to else None,
        published_on=header.published_on if header else None,
        row_is=reader.row_is if reader else None,
        read=tally.read,
        loaded=tally.loaded,
        set_aside=aside,
        rows=dict(sorted(out.rows.items())),
        deviations=deviations,
        not_assessed=gaps,
        grade=grade(deviations, aside, is_refused=refused is not None),
        refused=None
        if refused is None
        else Refusal(
            code=refused.code,
            message=refused.message,
            place=refused.place,
            found=refused.found,
            expected=refused.expected,
            todo=refused.todo,
        ),
    )


def _unpacked_bytes(source: Source) -> int:
    n = 0
    with source.open() as stream:
        while data := stream.read(_CHUNK):
            n += len(data)
    return n


def _hold_to_schema(
    source: Source, header: Header, against: str | None, tally: Tally
) -> tuple[Version | None, tuple[Deviation, ...], tuple[Gap, ...]]:
    """Hold a payer's file to its schema, and say what only all its prices say together.

    No version for a file of another publisher.
    """
    kind = kind_of(source.head)
    if kind is None:
        return None, (), ()
    declared, detected = parse_version(header.declared_version), header.detected_version
    if declared is not None and detected is not None and detected != f"{declared[0]}.x":
        tally.problem(OTHER_VERSION, "version", "the top level", header.declared_version)
    version = parse_version(against) or schema_version(header.declared_version, detected)
    with source.open() as stream:
        encoding, _ = sniff_encoding(stream)
    repeats = Repeats(tally, MOST_PAIRS)
    conditions = Conditions(tally, (repeats, ClassesOfCodes(tally)))
    conditions.document(Tokens(source, encoding), schema(kind, version))
    whole = tuple(_whole_file(conditions.counted, header.published_on))
    return version, whole, tuple(_gaps(kind, repeats))


def _gaps(kind: Kind, repeats: Repeats) -> Iterator[Gap]:
    if kind is not Kind.IN_NETWORK:
        return
    yield Gap(
        "Whether the providers do what they are priced for",
        "a price file names neither a specialty nor a claim",
        "the register of providers, for their taxonomies, and Medicare's utilisation",
    )
    if not repeats.is_complete:
        yield Gap(
            f"Prices stated again or in another way after the first {MOST_PAIRS:,} of a provider "
            "group and a code",
            "no more are held in memory",
            "a query over `rates` and `provider_sets`, once the file is in a lake",
            (TWICE, CONTRADICTED),
        )


def _hold_to_template(
    source: Source,
    reader: Reader | None,
    header: Header | None,
    against: str | None,
    each: Each | None,
) -> Findings | None:
    """Hold a hospital's file to its template, one too that its reader gave up on.

    None for a file of another publisher, and one whose bytes cannot be had: then the reader was
    refused for the same reason.
    """
    if reader is None or not reader.kind.startswith("hospital-"):
        return None
    tell = None if each is None else partial(each, source.name)
    try:
        return hold(source, header=header, against=against, each=tell)
    except UnreadableInput:
        return None


def _whole_file(
    counted: dict[str, dict[str, Counted]], published_on: date | None
) -> Iterator[Deviation]:
    """Prices that ended before the file was dated (F181), and one type for all of many (F182)."""
    ends = counted.get("expiration_date", {})
    day = published_on.isoformat() if published_on else ""
    # Dates in ISO form are in order as texts.
    past = [(end, found) for end, found in ends.items() if _ISO.match(end) and end < day]
    if past:
        sample, first = past[0]
        n = sum(found.n for _, found in past)
        yield _deviation(PAST, "expiration_date", n, first.first_place, sample)
    types = counted.get("negotiated_type", {})
    if len(types) == 1:
        ((sample, first),) = types.items()
        if first.n >= MANY_PRICES:
            yield _deviation(ONE_TYPE, "negotiated_type", first.n, first.first_place, sample)


def _deviation(rule_id: str, subject: str, count: int, place: str, sample: str) -> Deviation:
    rule = registry()[rule_id]
    return Deviation(
        rule_id=rule_id,
        name=rule.name,
        severity=rule.severity or "note",
        subject=subject,
        count=count,
        first_place=place,
        sample=sample,
    )


def _deviations(tally: Tally, template: Findings | None) -> Iterator[Deviation]:
    """What the reader counted, and what was found against a hospital's template."""
    rules = registry()
    met = template.counted if template else {}
    for row in tally.problem_rows():
        same = same_fact(row["rule_id"], row["subject"], met)
        yield Deviation(name=rules[row["rule_id"]].name, same_as=same, **row)
    for (rule_id, subject), found in met.items():
        first = found.first
        yield Deviation(
            rule_id=rule_id,
            name=rules[rule_id].name,
            severity=rules[rule_id].severity or "note",
            subject=subject,
            count=found.count,
            first_place=first.place,
            sample=first.value,
            cell=first.cell,
            column=first.column,
            expected=first.expected,
        )


def _sorted(found: tuple[Deviation, ...]) -> tuple[Deviation, ...]:
    return tuple(sorted(found, key=lambda d: (_ORDER[d.severity], d.rule_id, d.subject)))


def grade(
    deviations: tuple[Deviation, ...], set_aside: dict[str, int], *, is_refused: bool = False
) -> str:
    """The grade of a file, from the worst that was met in it.

    >>> grade((), {}), grade((), {"F106": 3}), grade((), {}, is_refused=True)
    ('A', 'D', 'F')
    """
    if is_refused:
        return "F"
    if set_aside:
        return "D"
    worst = min((_ORDER[d.severity] for d in deviations), default=_ORDER["note"])
    return {0: "C", 1: "B", 2: "A"}[worst]
