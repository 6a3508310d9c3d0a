"""`ratepress inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.commands.sources import reasons
from ratepress.cli.options import AsJson
from ratepress.cli.output import Unfinished, done, reading, say, table
from ratepress.core.errors import UsageError

if TYPE_CHECKING:
    from ratepress.readers.inspect import Inspection

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Files of any known kind, plain, gzip or zip.")
]
Against = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="VERSION",
        help="Hold payer files to this version of the CMS schema, 1.0.0 to 2.2.0.",
    ),
]


def inspect(files: Files, schema: Against = None, *, as_json: AsJson = False) -> None:
    """Say what each file is and what is wrong with it, and write nothing.

    Each deviation has a rule that `ratepress explain` tells, a count, and the first place. A
    payer's file is held to the CMS schema of the version that it declares, or that its keys show.
    Grades: A notes only, B alerts, C errors, D rows that cannot be loaded, F cannot be read to
    its end; then the exit code is 3.

    Python: `ratepress.readers.inspect.inspect`; `inspect_all` for a zip archive of several files.
    """
    from ratepress.core.errors import UnreadableInput
    from ratepress.readers.payer.schemas import parse_version

    if schema is not None and parse_version(schema) is None:
        raise UsageError("There is no such schema", found=schema, expected="1.0.0 to 2.2.0")
    found = [one for path in files for one in _inspect(path, schema)]
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


def _inspect(path: Path, schema: str | None) -> tuple[Inspection, ...]:
    from ratepress.readers.inspect import inspect_all

    size = path.stat().st_size if path.is_file() else 0
    with reading(path.name, size) as reached:
        return inspect_all(path, against=schema, progress=reached)


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
    if one.deviations:
        columns = ("rule", "severity", "what", "key", "count", "first place", "sample")
        rows = [
            (d.rule_id, d.severity, d.name, d.subject, f"{d.count:,}", d.first_place, d.sample)
            for d in one.deviations
        ]
        table(columns, rows, numbers=("count",))
    for gap in one.not_assessed:
        needed = gap.which_source_would_fill_it
        say(f"  not assessed: {gap.what}: {gap.why}. It would take {needed}.")
