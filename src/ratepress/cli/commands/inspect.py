"""`ratepress inspect`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.commands.sources import reasons
from ratepress.cli.options import AsJson
from ratepress.cli.output import Unfinished, done, reading, say, table
from ratepress.core.errors import UsageError

if TYPE_CHECKING:
    from ratepress.readers.hospital.conformance.findings import Finding
    from ratepress.readers.inspect import Each, Inspection

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Files of any known kind, plain, gzip or zip.")
]
Against = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="VERSION",
        help="Hold files to this version of the CMS schema (payers, 1.0.0 to 2.2.0) or template "
        "(hospitals, 2.0.0 to 3.0.0).",
    ),
]
Listing = Annotated[
    Path | None,
    typer.Option(
        "--list",
        metavar="CSV",
        help="Write every finding of hospital files against their template to this CSV file.",
    ),
]
COLUMNS = ("file", "rule", "severity", "place", "cell", "column", "value", "expected")


def inspect(
    files: Files, schema: Against = None, listing: Listing = None, *, as_json: AsJson = False
) -> None:
    """Say what each file is and what is wrong with it; nothing is added to a lake.

    Each deviation has a rule that `ratepress explain` tells, a count, and the first place. A
    file is held to what CMS asks of the version that it declares, or that its elements show: a
    payer's to the schema, a hospital's to the template.
    Grades: A notes only, B alerts, C errors, D rows that cannot be loaded, F cannot be read to
    its end; then the exit code is 3.

    Python: `ratepress.readers.inspect.inspect`; `inspect_all` for a zip archive of several files.
    """
    from ratepress.core.errors import UnreadableInput
    from ratepress.readers.hospital.conformance.template import published
    from ratepress.readers.payer.schemas import parse_version

    if schema is not None and parse_version(schema) is None and published(schema) is None:
        expected = "1.0.0 to 2.2.0 for payers, 2.0.0 to 3.0.0 for hospitals"
        raise UsageError("There is no such schema", found=schema, expected=expected)
    with _listed(listing) as each:
        found = [one for path in files for one in _inspect(path, schema, each)]
    data = {"files": found}

    def show() -> None:
        for one in found:
            _show(one)

    refused = [one.refused for one in found if one.refused is not None]
    if refused:
        if not as_json:
            show()
        last = refused[-1]
        raise Unfinished(
            UnreadableInput(
                last.message,
                place=last.place,
                found=last.found,
                expected=last.expected,
                todo=last.todo,
            ),
            data,
        )
    done("inspect", data, show, as_json=as_json)


@contextmanager
def _listed(path: Path | None) -> Iterator[Each | None]:
    """What writes each finding as a row of the CSV at `path`; None where none is asked for."""
    if path is None:
        yield None
        return
    from ratepress.core.errors import UnreadableInput
    from ratepress.core.rules import registry
    from ratepress.press.text import spreadsheet

    rules = registry()
    try:
        out = path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise UnreadableInput(
            f"{path}: cannot be written: {error.strerror}", todo="name a file in a folder of yours"
        ) from error
    with out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)

        def each(name: str, one: Finding) -> None:
            cells = (one.place, one.cell or "", one.column or "", one.value, one.expected)
            severity = rules[one.rule_id].severity
            writer.writerow([spreadsheet(name), one.rule_id, severity, *map(spreadsheet, cells)])

        yield each


def _inspect(path: Path, schema: str | None, each: Each | None) -> tuple[Inspection, ...]:
    from ratepress.readers.inspect import inspect_all

    size = path.stat().st_size if path.is_file() else 0
    with reading(path.name, size) as reached:
        return inspect_all(path, against=schema, each=each, progress=reached)


def _show(one: Inspection) -> None:
    say(f"{one.name}: {one.kind or 'not a kind that is known'}, grade {one.grade}")
    size = f"{one.bytes:,} bytes"
    if one.container != "plain":
        size += f" as {one.container}, {one.unpacked_bytes:,} unpacked"
    say(f"  size        {size}")
    if one.publisher is not None:
        say(f"  publisher   {one.publisher}")
    if one.published_on is not None:
        say(f"  dated       {one.published_on}")
    versions = f"{one.declared_version or 'none'} declared, {one.detected_version or '?'} detected"
    if one.schema_version is not None:
        versions += f", held to schema {one.schema_version}"
    if one.refused is None:
        say(f"  version     {versions}")
        say(f"  rows        {one.read:,} read, {one.loaded:,} loaded; a row is {one.row_is}")
        say(f"  set aside   {reasons(one.set_aside)}")
        say(f"  tables      {', '.join(f'{name} {n:,}' for name, n in one.rows.items())}")
    told = [d for d in one.deviations if d.same_as is None]
    if told:
        columns = ("rule", "severity", "what", "key", "count", "first place", "sample", "expected")
        rows = [
            (
                d.rule_id, d.severity, d.name, d.subject, f"{d.count:,}",
                d.cell or d.first_place, d.sample, d.expected,
            )
            for d in told
        ]  # fmt: skip
        table(columns, rows, numbers=("count",))
    for gap in one.not_assessed:
        needed = gap.which_source_would_fill_it
        say(f"  not assessed: {gap.what}: {gap.why}. It would take {needed}.")
    same = [f"{d.same_as} as {d.rule_id}" for d in one.deviations if d.same_as is not None]
    if same:
        say(f"  add counts  {', '.join(dict.fromkeys(same))}")
