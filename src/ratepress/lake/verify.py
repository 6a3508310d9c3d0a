"""A lake against its manifest: every file, count and key. The Python twin of `ratepress verify`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import file_digest
from pathlib import Path, PurePosixPath

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from ratepress.core.errors import LakeDamaged, printable
from ratepress.lake.files import parquet_scan, rows_of
from ratepress.lake.manifest import Content, DataFile, Manifest
from ratepress.lake.queries import first_row
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES

_ATTEMPTS = 3
_NAMED_COLUMNS = 5


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that does not agree: in which file below the lake, what, and both values."""

    path: str
    what: str
    expected: str | None = None
    found: str | None = None


class VerifyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked in one generation, and what does not agree.

    `unnamed` are data files that no generation names and staging folders: what a killed writer
    left, or what a writer is at. They are never read and are no problem. `incomplete` are the ids
    of contents that were cut off and are loaded in part, as was asked for.
    """

    ok: bool
    generation: int
    n_contents: int
    n_files: int
    n_rows: int
    problems: tuple[Problem, ...]
    unnamed: tuple[str, ...]
    incomplete: tuple[str, ...] = ()


def verify(lake: Lake) -> VerifyReport:
    """Check every file of the newest generation; damage is reported and not raised.

    Checked are: presence, size, SHA-256, rows, columns and types of each file; that its rows are
    of its content; that rows by table and read = loaded + set aside add up for each content; that
    each content was observed; and that the key of each table is unique. Raises `LakeDamaged`
    where there is no readable manifest to check against.

    >>> import tempfile
    >>> verify(Lake.create(Path(tempfile.mkdtemp()) / "lake")).ok
    True
    """
    for _ in range(_ATTEMPTS):
        manifest = lake.manifest()
        report = _check(lake, manifest)
        # Commits that go on meanwhile sweep files of generations that are no longer the newest.
        if report.ok or lake.manifest().generation == manifest.generation:
            break
    return report


def _check(lake: Lake, manifest: Manifest) -> VerifyReport:
    problems = list(_manifest_problems(manifest))
    sound: dict[str, list[DataFile]] = {}
    with duckdb.connect(":memory:") as connection:
        for file in manifest.files:
            found = _file_problem(connection, lake.root, file)
            if found is None:
                sound.setdefault(file.table, []).append(file)
            else:
                problems.append(found)
        for table, files in sound.items():
            scan = rows_of(lake.root, files)
            problems += _key_problems(connection, table, scan)
            # Of a table of which a file is damaged, the count would only say so again.
            if len(files) == sum(file.table == table for file in manifest.files):
                problems += _shared_problems(connection, lake.root, manifest, files)
    return VerifyReport(
        ok=not problems,
        generation=manifest.generation,
        n_contents=len(manifest.contents),
        n_files=len(manifest.files),
        n_rows=sum(file.rows for file in manifest.files),
        problems=tuple(problems),
        unnamed=tuple(_unnamed(lake, manifest)),
        incomplete=tuple(c.content_id for c in manifest.contents if c.incomplete_at is not None),
    )


def _manifest_problems(manifest: Manifest) -> Iterator[Problem]:
    known = [content.content_id for content in manifest.contents]
    observed = {observation.content_id for observation in manifest.observations}
    where = f"manifest/{manifest.generation:08d}.json"
    for content_id in _repeated(known):
        yield Problem(path=where, what="a content stands in the manifest twice", found=content_id)
    for path in _repeated(file.path for file in manifest.files):
        yield Problem(path=where, what="a file stands in the manifest twice", found=path)
    for content_id in sorted(observed - set(known)):
        yield Problem(path=where, what="an observation of no content", found=content_id)
    for content in manifest.contents:
        yield from _content_problems(
            content, manifest, where, is_seen=content.content_id in observed
        )
    for file in manifest.files:
        if file.content_id not in known and not file.is_shared:
            yield Problem(path=file.path, what="a file of no content", found=file.content_id)


def _content_problems(
    content: Content, manifest: Manifest, where: str, *, is_seen: bool
) -> Iterator[Problem]:
    name = f"content {content.content_id[:12]}"
    aside = sum(reason.count for reason in content.set_aside)
    if content.read != content.loaded + aside:
        yield Problem(
            path=where,
            what=f"{name}: read is not loaded plus set aside",
            expected=f"{content.loaded + aside:,}",
            found=f"{content.read:,}",
        )
    if not is_seen:
        yield Problem(path=where, what=f"{name}: it was never observed")
    rows: Counter[str] = Counter()
    for file in manifest.files:
        if file.content_id == content.content_id:
            rows[file.table] += file.rows
    # Rows in shared files are counted where these are read.
    shared = {file.table for file in manifest.files if file.is_shared}
    for table in sorted({*rows, *content.rows}):
        is_elsewhere = rows[table] == 0 and table in shared
        if rows[table] != content.rows.get(table, 0) and not is_elsewhere:
            yield Problem(
                path=where,
                what=f"{name}: its files hold other numbers of rows of {table} than it says",
                expected=f"{content.rows.get(table, 0):,}",
                found=f"{rows[table]:,}",
            )


def _file_problem(
    connection: duckdb.DuckDBPyConnection, root: Path, file: DataFile
) -> Problem | None:
    """The first thing that is wrong with a file; what follows from it is not told as well."""
    try:
        return _outside(file) or _bytes_differ(root, file) or _rows_differ(connection, root, file)
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        first_line = str(error).partition("\n")[0]
        return Problem(path=file.path, what="the file cannot be read", found=first_line)


def _outside(file: DataFile) -> Problem | None:
    parts = PurePosixPath(file.path).parts
    if parts[:1] == ("data",) and ".." not in parts and file.table in TABLES:
        return None
    return Problem(
        path=file.path,
        what=f"the manifest names a file that is none of the lake's, of table {file.table}",
        expected="a path below data, and a table that is declared",
    )


def _bytes_differ(root: Path, file: DataFile) -> Problem | None:
    path = root / file.path
    if not path.is_file():
        return Problem(path=file.path, what="the file is missing")
    size = path.stat().st_size
    if size != file.bytes:
        return Problem(
            path=file.path,
            what="the file has another size",
            expected=f"{file.bytes:,} bytes",
            found=f"{size:,} bytes",
        )
    with path.open("rb") as handle:
        digest = file_digest(handle, "sha256").hexdigest()
    if digest != file.sha256:
        return Problem(
            path=file.path,
            what="the file has other bytes (SHA-256)",
            expected=file.sha256,
            found=digest,
        )
    return None


def _rows_differ(
    connection: duckdb.DuckDBPyConnection, root: Path, file: DataFile
) -> Problem | None:
    path = root / file.path
    schema = pq.read_schema(path)
    declared = TABLES[file.table].arrow
    if file.is_shared:  # DuckDB says what may be null in its own way: nulls are counted below.
        schema, declared = (pa.schema([(f.name, f.type) for f in s]) for s in (schema, declared))
    if not schema.equals(declared, check_metadata=False):
        return Problem(
            path=file.path,
            what=f"the columns are not those of {file.table}",
            expected=_columns(declared, schema),
            found=_columns(schema, declared),
        )
    rows = pq.read_metadata(path).num_rows
    if rows != file.rows:
        return Problem(
            path=file.path,
            what="the file has another number of rows",
            expected=f"{file.rows:,}",
            found=f"{rows:,}",
        )
    if file.is_shared:
        return _null_where_none_may_be(connection, path, file)
    query = f"SELECT content_id FROM {parquet_scan([path])} WHERE content_id <> ? LIMIT 1"  # noqa: S608
    stranger = first_row(connection, query, [file.content_id])
    if stranger is not None:
        return Problem(
            path=file.path,
            what="the file holds rows of another content",
            expected=file.content_id,
            found=str(stranger[0]),
        )
    return None


def _null_where_none_may_be(
    connection: duckdb.DuckDBPyConnection, path: Path, file: DataFile
) -> Problem | None:
    required = [field.name for field in TABLES[file.table].arrow if not field.nullable]
    counts = ", ".join(f"count({name})" for name in required)
    query = f"SELECT {counts} FROM {parquet_scan([path])}"  # noqa: S608
    found = first_row(connection, query) or ()
    for name, n in zip(required, found, strict=True):
        if n != file.rows:
            return Problem(
                path=file.path,
                what=f"the column {name} has nulls, and may have none",
                expected=f"{file.rows:,}",
                found=f"{n:,}",
            )
    return None


def _shared_problems(
    connection: duckdb.DuckDBPyConnection, root: Path, manifest: Manifest, files: list[DataFile]
) -> Iterator[Problem]:
    """Contents of which the shared files of a table hold other numbers of rows than they say."""
    shared = [file for file in files if file.is_shared]
    if not shared:
        return
    table = shared[0].table
    scan = rows_of(root, shared)
    query = f"SELECT content_id, count(*) FROM ({scan}) GROUP BY content_id"  # noqa: S608
    found = dict(connection.execute(query).fetchall())
    own = {file.content_id for file in files}
    said = {
        content.content_id: content.rows.get(table, 0)
        for content in manifest.contents
        if content.content_id not in own
    }
    for content_id in sorted({*found, *said}):
        if found.get(content_id, 0) != said.get(content_id, 0):
            yield Problem(
                path=f"data/{table}",
                what=f"shared files hold other rows of content {content_id[:12]} than it says",
                expected=f"{said.get(content_id, 0):,}",
                found=f"{found.get(content_id, 0):,}",
            )


def _columns(schema: pa.Schema, other: pa.Schema) -> str:
    """The columns of `schema` that `other` has not, or has differently."""
    own = [
        f"{f.name} {f.type}{'' if f.nullable else ' not null'}" for f in schema if f not in other
    ]
    more = f" and {len(own) - _NAMED_COLUMNS} more" if len(own) > _NAMED_COLUMNS else ""
    return (", ".join(own[:_NAMED_COLUMNS]) + more) or "the same in another order"


def _key_problems(
    connection: duckdb.DuckDBPyConnection, table: str, scan: str
) -> Iterator[Problem]:
    key = ", ".join(TABLES[table].key)
    query = (
        f"SELECT {key}, count(*) AS n FROM ({scan}) "  # noqa: S608
        f"GROUP BY {key} HAVING n > 1 ORDER BY {key}"
    )
    repeated = connection.execute(query).fetchall()
    if repeated:
        *first, n = repeated[0]
        yield Problem(
            path=f"data/{table}",
            what=f"{len(repeated):,} keys of {table} stand in more than one row",
            expected=f"one row for each ({key})",
            found=f"{n} rows of ({', '.join(str(value) for value in first)})",
        )


def _unnamed(lake: Lake, manifest: Manifest) -> Iterator[str]:
    named = lake.named_files() | {file.path for file in manifest.files}
    try:
        there = lake.data_files()
    except LakeDamaged:
        return  # Each file that should be in it is reported as missing.
    for path in there:
        name = path.relative_to(lake.root).as_posix()
        if name not in named:
            yield printable(name)
    yield from (f"staging/{printable(folder.name)}" for folder in lake.staging_folders())


def _repeated(values: Iterable[str]) -> list[str]:
    return sorted(value for value, n in Counter(values).items() if n > 1)
