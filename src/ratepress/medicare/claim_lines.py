"""Claim lines from a CSV file into DuckDB: every row comes in, also one that is no good CSV.

DuckDB reads the file whole. Where it refuses a row, the file is read again by `csv`, record by
record, and a row that cannot be read is kept with its reason, so that it comes back as invalid.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from ratepress.core.errors import UsageError, clip, printable

CSV_PROBLEM: Final = "csv_problem"
"""The column of `load_lines` that says why a row is no good CSV; null where it is."""
_BATCH: Final = 65_536
# A cell may hold line breaks, but a quotation mark that is never closed must not take the file.
_LONGEST_RECORD_LINES: Final = 100
_ENOUGH_HEADER: Final = 1 << 16
_NOT_CLOSED: Final = "a quotation mark is never closed"


def load_lines(
    connection: duckdb.DuckDBPyConnection,
    lines: pa.Table | Path | str,
    required: Sequence[str],
    optional: Sequence[str],
    added: Sequence[str],
) -> None:
    """Make the table `input_lines`, as given, and the view `raw_lines` over it.

    `raw_lines` has `line_no` (from 0), the required and optional columns as text, null where the
    file has none, and `csv_problem`. Raises `UsageError` where a required column is missing, one
    of `added` is there already, or the file is no table.
    """
    if isinstance(lines, pa.Table):
        connection.register("given_lines", lines)
        connection.execute("CREATE TABLE input_lines AS SELECT * FROM given_lines")
        connection.unregister("given_lines")
        connection.execute(_NO_PROBLEMS)
    else:
        _read_csv(connection, Path(lines))
    described = connection.execute("DESCRIBE input_lines").fetchall()
    columns = [str(row[0]) for row in described]
    missing = [name for name in required if name not in columns]
    taken = [name for name in (*added, CSV_PROBLEM) if name in columns]
    if missing or taken:
        raise UsageError(
            "This is no file of claim lines",
            found=f"columns {', '.join(columns[:20])}",
            expected=f"{', '.join(missing)}" if missing else f"no column {', '.join(taken)}",
            todo="name the columns in the first row, as in the how-to on repricing",
        )
    chosen = ", ".join(
        f"CAST(i.{name} AS VARCHAR) AS {name}" if name in columns else f"NULL::VARCHAR AS {name}"
        for name in (*required, *optional)
    )
    connection.execute(
        f"CREATE VIEW raw_lines AS SELECT i.rowid AS line_no, {chosen}, c.{CSV_PROBLEM}"  # noqa: S608 - names of the form
        " FROM input_lines i LEFT JOIN csv_problems c ON c.line_no = i.rowid"
    )


def read_lines(
    lines: Path | str, required: Sequence[str], optional: Sequence[str], added: Sequence[str]
) -> pa.Table:
    """The lines of a CSV file as text, and `csv_problem`; raises as `load_lines` does."""
    with duckdb.connect(":memory:") as connection:
        load_lines(connection, Path(lines), required, optional, added)
        return connection.sql(
            "SELECT i.*, c.csv_problem FROM input_lines i"
            " LEFT JOIN csv_problems c ON c.line_no = i.rowid ORDER BY i.rowid"
        ).to_arrow_table()


def as_text(write: Callable[[Path], object]) -> Iterator[str]:
    """What `write` puts into a file, as blocks of text."""
    with tempfile.TemporaryDirectory(prefix="ratepress-") as folder:
        out = Path(folder) / "lines.csv"
        write(out)
        with out.open(encoding="utf-8", newline="") as text:
            while block := text.read(1 << 20):
                yield block


_NO_PROBLEMS = f"CREATE TABLE csv_problems (line_no BIGINT, {CSV_PROBLEM} VARCHAR)"


def _read_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file", todo="check the path")
    columns = _header(path)
    connection.execute(_NO_PROBLEMS)
    try:
        connection.execute(
            "CREATE TABLE input_lines AS SELECT * FROM read_csv(?, columns = ?,"
            " auto_detect = false, skip = 1, header = false, delim = ',', quote = '\"',"
            " escape = '\"', null_padding = true)",
            [str(path), dict.fromkeys(columns, "VARCHAR")],
        )
    except duckdb.Error:
        _read_by_record(connection, path, columns)


def _header(path: Path) -> list[str]:
    try:
        with path.open("rb") as raw:
            first = raw.readline(_ENOUGH_HEADER).partition(b"\r")[0].decode("utf-8-sig")
        columns = next(csv.reader([first]), [])
    except (UnicodeDecodeError, csv.Error):
        columns = []
    if not all(columns) or len({name.lower() for name in columns}) < max(len(columns), 1):
        raise UsageError(
            f"{path}: the first row does not name the columns",
            expected="UTF-8, a name for each column, each name once",
            todo="name the columns in the first row, as in the how-to on repricing",
        )
    return columns


def _read_by_record(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: Sequence[str]
) -> None:
    schema = pa.schema([(str(n), pa.string()) for n in range(len(columns) + 1)])
    named = ", ".join('"{}" VARCHAR'.format(c.replace('"', '""')) for c in columns)
    connection.execute(f"CREATE TABLE input_lines ({named})")
    done = 0
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        records = tolerant_records(text, len(columns))
        next(records, None)
        while batch := list(islice(records, _BATCH)):
            # As DuckDB has them: an empty cell is null.
            rows = [[*(cell or None for cell in cells), problem] for cells, problem in batch]
            table = pa.table(list(map(list, zip(*rows, strict=True))), schema=schema)
            connection.register("records", table)
            firsts = ", ".join(f'"{n}"' for n in range(len(columns)))
            connection.execute(f"INSERT INTO input_lines SELECT {firsts} FROM records")  # noqa: S608 - numbers
            connection.unregister("records")
            wrong = [(done + n, row[-1]) for n, row in enumerate(rows) if row[-1] is not None]
            if wrong:
                connection.executemany("INSERT INTO csv_problems VALUES (?, ?)", wrong)
            done += len(rows)


def tolerant_records(
    lines: Iterable[str], width: int
) -> Iterator[tuple[list[str | None], str | None]]:
    r"""Each record of a CSV, header included, as `width` cells and what is wrong with it, if so.

    A short record is filled up with None. One that cannot be read is one line of the file; the
    next record begins after it. Empty lines are no records.

    >>> list(tolerant_records(['a,b\n', '1,"x\n', '2,3,4\n'], 2))[1]
    (['1', 'x'], 'line 2 of the file: a quotation mark is never closed')
    """
    ahead: list[str] = []
    rest = iter(lines)
    number = 1
    while ahead or (ahead := list(islice(rest, 1))):
        first = ahead[0]
        if not first.strip("\r\n"):
            ahead.pop(0)
            number += 1
            continue
        cells, problem, n_lines = _record(first, ahead, rest, width)
        if problem is None and any(map(_is_broken, cells)):
            problem = "it is not UTF-8"
        padded: list[str | None] = [c.encode("utf-8", "replace").decode() for c in cells[:width]]
        padded += [None] * (width - len(padded))
        yield padded, None if problem is None else f"line {number:,} of the file: {problem}"
        del ahead[:n_lines]
        number += n_lines


def _is_broken(cell: str) -> bool:
    return any("\ud800" <= one <= "\udfff" for one in cell)


def _record(
    first: str, ahead: list[str], rest: Iterator[str], width: int
) -> tuple[list[str], str | None, int]:
    """The record that begins with `first`, what is wrong with it, and how many lines it takes."""
    cells, problem = _parse([first], width)
    if problem != _NOT_CLOSED:
        return cells, problem, 1
    marks = first.count('"')
    for n in range(1, _LONGEST_RECORD_LINES):
        if len(ahead) <= n:
            ahead.extend(islice(rest, 1))
        if len(ahead) <= n:
            break
        marks += ahead[n].count('"')
        if marks % 2 == 0:
            longer, fault = _parse(ahead[: n + 1], width)
            if fault is None:
                return longer, None, n + 1
            break
    return cells, problem, 1


def _parse(lines: Sequence[str], width: int) -> tuple[list[str], str | None]:
    try:
        cells = next(csv.reader(lines, strict=True), [])
    except csv.Error as error:
        is_open = str(error) == "unexpected end of data"
        return _as_far_as_read(lines[0]), _NOT_CLOSED if is_open else str(error)
    if len(cells) > width:
        extra = printable(clip(", ".join(cells[width:])))
        return cells, f"{len(cells)} cells, where the header names {width} columns: {extra}"
    return cells, None


def _as_far_as_read(line: str) -> list[str]:
    try:
        return [cell.rstrip("\r\n") for cell in next(csv.reader([line]), [])]
    except csv.Error:
        return [line.rstrip("\r\n")[:_ENOUGH_HEADER]]
