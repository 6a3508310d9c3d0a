"""Tables of the lake and dossiers as files: the Python twin of `ratepress export`.

Columns that hold text of others (the AMA's descriptors above all) stay in the lake unless they are
asked for; what was left out is told. The same lake gives the same bytes.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Final

import msgspec
import pyarrow as pa

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.core.errors import UsageError, printable
from ratepress.core.facts import Gap
from ratepress.dossier.build import build
from ratepress.dossier.model import Dossier
from ratepress.lake.schema import DATE, TEXT, Table
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES
from ratepress.market.benchmark import DEFAULT_STRENGTH
from ratepress.press import csv, json, sheets
from ratepress.press.csv import sources_text
from ratepress.press.listing import placed
from ratepress.press.tabular import (
    FORMS,
    described,
    sheet,
    write_csv,
    write_json,
    write_parquet,
)
from ratepress.press.workbook import Column, Sheet, workbook

_BATCH: Final = 50_000
_WRITERS: Final = {"csv": write_csv, "json": write_json, "parquet": write_parquet}


class Exported(msgspec.Struct, frozen=True):
    """One file that was written: what of, where, how many rows, and the columns left out."""

    what: str
    file: str
    rows: int
    left_out: tuple[str, ...] = ()


def export(
    lake: Lake,
    what: Sequence[str],
    out: Path,
    *,
    form: str | None = None,
    with_restricted: bool = False,
    as_of: date | None = None,
    strength: str = DEFAULT_STRENGTH,
) -> tuple[Exported, ...]:
    """Write each table or code that `what` names, in its order.

    `out` is a file where one thing is named and its suffix is a form (`.csv`, `.json`, `.parquet`,
    `.xlsx`); else a folder, and `form` says in which form its files are. `with_restricted` writes
    the columns of tables, and the descriptions of codes, that may not be passed on too: they are
    then for your own eyes. `as_of` and `strength` are those of dossiers, as in `publish`. Raises
    `UsageError` for what is neither a table nor a code, for an unknown form, and for a table of
    more rows than Excel holds.

    >>> lake = Lake.create(Path(tempfile.mkdtemp()) / "lake")
    >>> export(lake, ["pfs_rvu"], Path(tempfile.mkdtemp()) / "rvu.csv")[0].left_out
    ('description',)
    """
    places = _places([_parse(one) for one in what], out, form)
    codes = [str(thing) for thing, _, _ in places if isinstance(thing, CodeRef)]
    dossiers = iter(
        build(lake, codes, as_of=as_of, strength=strength, with_descriptions=with_restricted)
        if codes
        else ()
    )
    return tuple(
        _export_dossier(next(dossiers), path, kind)
        if isinstance(thing, CodeRef)
        else export_table(lake, thing.name, path, form=kind, with_restricted=with_restricted)
        for thing, path, kind in places
    )


def export_table(
    lake: Lake, table: str, out: Path, *, form: str, with_restricted: bool = False
) -> Exported:
    """One table of the lake, its rows in the order of their key."""
    declared = TABLES[table]
    hidden = () if with_restricted else declared.not_redistributable
    columns = [column for column in declared.columns if column.name not in hidden]
    fields = [declared.arrow.field(column.name) for column in columns]
    facts: dict[str, object] = {
        "table": table,
        "grain": declared.grain,
        "key": declared.key,
        "left_out": hidden,
        "columns": {column.name: column.doc for column in columns},
    }
    schema = described(pa.schema(fields), facts)
    names = ", ".join(column.name for column in columns)
    order = ", ".join(dict.fromkeys((*declared.sort, *declared.key)))
    query = f"SELECT {names} FROM {table} ORDER BY {order}"  # noqa: S608 - names as declared
    with (
        tempfile.TemporaryDirectory(prefix="ratepress-") as room,
        _whole(out) as file,
        lake.connect(tables=[table]) as connection,
    ):
        connection.execute(f"SET temp_directory = '{room}'")
        found = connection.sql(query).to_arrow_reader(_BATCH)
        rows = _write(declared, form, schema, (one.cast(schema) for one in found), file)
    return Exported(table, printable(out), rows, tuple(hidden))


def _write(
    declared: Table,
    form: str,
    schema: pa.Schema,
    batches: Iterator[pa.RecordBatch],
    file: IO[bytes],
) -> int:
    if form != "xlsx":
        return _WRITERS[form](schema, batches, file)
    made = sheet(declared.name[:31], schema, batches)
    about = [("One row is", declared.grain), *(("Mind", one) for one in declared.warnings)]
    about += [(field.name, next(c.doc for c in declared.columns if c.name == field.name))
              for field in schema]  # fmt: skip
    notes = Sheet("Notes", (Column("about", width=24), Column("note", width=100)), about)
    file.write(workbook([made, notes]))
    return len(made.rows)


def _export_dossier(dossier: Dossier, path: Path, form: str) -> Exported:
    writers: dict[str, Callable[[Dossier], bytes]] = {
        "csv": csv.document,
        "json": json.document,
        "xlsx": sheets.document,
    }
    table = dossier_table(dossier)
    with _whole(path) as file:
        if form == "parquet":
            write_parquet(table.schema, table.to_batches(), file)
        else:
            file.write(writers[form](dossier))
    return Exported(f"{dossier.system}:{dossier.code}", printable(path), table.num_rows)


def dossier_table(dossier: Dossier) -> pa.Table:
    """The facts and gaps of a dossier as a table, a row each, in the order of the page.

    Columns are those of its CSV; values are text as they are, with their unit beside them.

    >>> empty = Dossier("cpt", "32557", "Chest drain", date(2026, 7, 15), "balanced", "1", (), ())
    >>> dossier_table(empty).column_names == list(csv.COLUMNS)
    True
    """
    rows = []
    for section in dossier.sections:
        for place, cell in placed(section):
            row: dict[str, object] = dict(zip(csv.COLUMNS, place, strict=False))
            row["rules"] = " ".join(cell.rules)
            if isinstance(cell, Gap):
                row["gap"], row["gap_reason"] = cell.what, cell.why
                row["gap_filled_by"] = cell.which_source_would_fill_it
            else:
                row["value"], row["unit"], row["as_of"] = f"{cell.value}", cell.unit, cell.as_of
                row["note"], row["sources"] = cell.note, sources_text(cell)
            rows.append(row)
    fields = [pa.field(name, DATE if name == "as_of" else TEXT) for name in csv.COLUMNS]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def _parse(text: str) -> Table | CodeRef:
    if text in TABLES:
        return TABLES[text]
    try:
        return parse_code(text)
    except UsageError as error:
        raise UsageError(
            "This is neither a table of the lake nor a code",
            found=text,
            expected=f"a code, or one of {', '.join(sorted(TABLES))}",
            todo=error.todo,
        ) from None


def _places(
    things: Sequence[Table | CodeRef], out: Path, form: str | None
) -> list[tuple[Table | CodeRef, Path, str]]:
    """Where each thing goes, and in which form."""
    if not things:
        raise UsageError("There is nothing to export", todo="name a table of the lake, or a code")
    if form is not None and form not in FORMS:
        raise UsageError("There is no such form", found=form, expected=", ".join(FORMS))
    suffix = out.suffix.lower().removeprefix(".")
    if len(things) == 1 and suffix in FORMS and not out.is_dir():
        return [(things[0], out, form or suffix)]
    if form is None:
        if len(things) > 1:
            raise UsageError(
                f"{out}: several things need a folder",
                found=f"{len(things)} things to export",
                todo="name a folder, and the form with --format",
            )
        raise UsageError(
            f"{out}: in which form is not plain",
            expected=f"a file that ends with one of {', '.join(FORMS)}, or --format",
            todo="name a folder and --format where several things are exported",
        )
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: this is a file and no folder", todo="name another place")
    named = {thing: thing.name if isinstance(thing, Table) else f"{thing.system}-{thing.code}"
             for thing in things}  # fmt: skip
    for name in named.values():
        if not set("/\\\0").isdisjoint(name):
            raise UsageError("A file cannot be named after this code", found=name)
    return [(thing, out / f"{name}.{form}", form) for thing, name in named.items()]


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that stands at `path` whole once all is written, and not at all where it fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with half.open("wb") as file:
            yield file
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
