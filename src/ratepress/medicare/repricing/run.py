"""Reprices claim lines: a few SQL steps over all of them at once, exact to the cent.

The steps stand in `sql/` and, for each type of claim, in the `sql/` of its package, one file each.
`repricing.plain` is the slow and obvious twin.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from ratepress.core.errors import UsageError
from ratepress.core.sql_steps import Step, load_steps
from ratepress.lake.store import Lake
from ratepress.medicare.repricing.form import ADDED, OPTIONAL, REQUIRED
from ratepress.medicare.repricing.professional.reference import register_reference as professional


class Repriced(msgspec.Struct, frozen=True):
    """How a file of lines came out: its lines by status. Their sum is the lines read."""

    lines: int
    by_status: dict[str, int]


REFERENCES: dict[str, Callable[[duckdb.DuckDBPyConnection], None]] = {
    "professional": professional,
}
"""By type of claim, what makes the reference tables that its steps join; its package has its name,
and its last step is `TYPE_results`."""


@cache
def steps(claim_type: str | None = None) -> tuple[Step, ...]:
    """The steps of one type of claim in the order in which they run; for None the common ones.

    The common ones but for the last run before those of the types.

    >>> [step.name for step in steps()]
    ['modifier_texts', 'forms', 'results']
    """
    package = "ratepress.medicare.repricing"
    return load_steps(package if claim_type is None else f"{package}.{claim_type}")


def reprice(lake: Lake, lines: pa.Table | Path | str) -> pa.Table:
    """The lines, in their order, with `allowed_amount`, `status`, `rules` and `reason` added.

    `lines` is a table of text columns or the path of a CSV file with a header: `claim_id, date,
    code, modifiers, units, pos`, and `repricing.form.OPTIONAL`. `allowed_amount` is in dollars and
    exact, null where the status is `not priced` or `invalid`; `reason` says why. Each line comes
    back once. Raises `UsageError` where a column is missing or the file is no table.

    >>> lake = Lake.create(Path(tempfile.mkdtemp()) / "lake")
    >>> line = dict(claim_id="1", date="2026-07-15", code="32557", modifiers="50",
    ...     units="0", pos="22")
    >>> reprice(lake, pa.Table.from_pylist([line]))["reason"][0].as_py()
    'units is no whole number from 1 to 9999'
    """
    with _repriced(lake, lines) as connection:
        return connection.sql(_OUTPUT).to_arrow_table()


def reprice_file(lake: Lake, lines: Path | str, out: Path | str) -> Repriced:
    """As `reprice`, from a CSV file to a CSV file; for files larger than memory."""
    with _repriced(lake, lines) as connection:
        target = str(out).replace("'", "''")
        connection.execute(f"COPY ({_OUTPUT}) TO '{target}' (FORMAT csv, HEADER)")
        found = connection.execute(
            "SELECT status, count(*) FROM results GROUP BY status ORDER BY status"
        ).fetchall()
    by_status = {status: int(count) for status, count in found}
    return Repriced(sum(by_status.values()), by_status)


def reprice_to_text(lake: Lake, lines: Path | str) -> Iterator[str]:
    """As `reprice_file`, as blocks of CSV text, the header first."""
    with tempfile.TemporaryDirectory(prefix="ratepress-") as folder:
        out = Path(folder) / "lines.csv"
        reprice_file(lake, lines, out)
        with out.open(encoding="utf-8", newline="") as text:
            while block := text.read(1 << 20):
                yield block


def read_lines(lines: Path | str) -> pa.Table:
    """The lines of a CSV file as text; `UsageError` where it is no file of claim lines."""
    with duckdb.connect(":memory:") as connection:
        _load(connection, Path(lines))
        return connection.sql("SELECT * FROM input_lines ORDER BY rowid").to_arrow_table()


_OUTPUT = """
SELECT i.*, r.allowed_amount, r.status, r.rules, r.reason
FROM input_lines i JOIN results r ON r.line_no = i.rowid ORDER BY i.rowid
"""


@contextmanager
def _repriced(lake: Lake, lines: pa.Table | Path | str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which every step has run, over a database file that goes when it closes."""
    with tempfile.TemporaryDirectory(prefix="ratepress-") as folder, lake.connect() as connection:
        connection.execute(f"ATTACH '{Path(folder) / 'work.duckdb'}' AS work")
        connection.execute("SET search_path = 'work.main,memory.main'")
        connection.execute(f"SET temp_directory = '{folder}'")
        connection.execute("SET memory_limit = '1400MB'")
        connection.execute("CREATE MACRO cents(x) AS CAST(x AS DECIMAL(14, 2))")
        _load(connection, lines)
        *first, last = steps()
        _run(connection, first)
        types = connection.execute("SELECT DISTINCT claim_type FROM forms WHERE problem IS NULL")
        answers = [_NO_ANSWER]
        for (claim_type,) in types.fetchall():
            if claim_type in REFERENCES:
                REFERENCES[claim_type](connection)
                _run(connection, steps(claim_type))
                answers.append(f"SELECT * FROM {claim_type}_results")  # noqa: S608 - our own name
        connection.execute(f"CREATE VIEW typed_results AS {' UNION ALL BY NAME '.join(answers)}")
        _run(connection, [last])
        yield connection


_NO_ANSWER = (
    "SELECT NULL::BIGINT AS line_no, NULL::DECIMAL(14, 2) AS allowed_amount,"
    " NULL::BOOLEAN AS is_invalid, NULL::VARCHAR AS rules, NULL::VARCHAR AS reason WHERE false"
)


def _run(connection: duckdb.DuckDBPyConnection, chosen: Iterable[Step]) -> None:
    for step in chosen:
        connection.execute(f"CREATE TABLE {step.name} AS {step.sql}")


def _load(connection: duckdb.DuckDBPyConnection, lines: pa.Table | Path | str) -> None:
    if isinstance(lines, pa.Table):
        connection.register("given_lines", lines)
        connection.execute("CREATE TABLE input_lines AS SELECT * FROM given_lines")
        connection.unregister("given_lines")
    else:
        _read_csv(connection, Path(lines))
    described = connection.execute("DESCRIBE input_lines").fetchall()
    columns = [str(row[0]) for row in described]
    missing = [name for name in REQUIRED if name not in columns]
    taken = [name for name in ADDED if name in columns]
    if missing or taken:
        raise UsageError(
            "This is no file of claim lines",
            found=f"columns {', '.join(columns[:20])}",
            expected=f"{', '.join(missing)}" if missing else f"no column {', '.join(taken)}",
            todo="name the columns in the first row, as in the how-to on repricing",
        )
    chosen = ", ".join(
        f"CAST({name} AS VARCHAR) AS {name}" if name in columns else f"NULL::VARCHAR AS {name}"
        for name in (*REQUIRED, *OPTIONAL)
    )
    view = f"CREATE VIEW raw_lines AS SELECT rowid AS line_no, {chosen} FROM input_lines"  # noqa: S608 - names of the form
    connection.execute(view)


def _read_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file", todo="check the path")
    columns = _header(path)
    try:
        connection.execute(
            "CREATE TABLE input_lines AS SELECT * FROM read_csv(?, columns = ?,"
            " auto_detect = false, skip = 1, header = false, delim = ',', quote = '\"',"
            " escape = '\"', null_padding = true)",
            [str(path), dict.fromkeys(columns, "VARCHAR")],
        )
    except duckdb.Error as error:
        raise UsageError(
            f"{path}: the file cannot be read as CSV",
            found=str(error).splitlines()[0],
            expected="UTF-8, commas, one header, as many cells in each line as columns",
            todo="mend the line that is named",
        ) from error


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            columns = next(csv.reader([text.readline(1 << 16)]), [])
    except (UnicodeDecodeError, csv.Error):
        columns = []
    if not all(columns) or len({name.lower() for name in columns}) < max(len(columns), 1):
        raise UsageError(
            f"{path}: the first row does not name the columns",
            expected="UTF-8, a name for each column, each name once",
            todo="name the columns in the first row, as in the how-to on repricing",
        )
    return columns
