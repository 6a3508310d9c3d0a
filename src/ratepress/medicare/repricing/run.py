"""Reprices claim lines: a few SQL steps over all of them at once, exact to the cent.

The steps stand in `sql/` and, for each type of claim, in the `sql/` of its package, one file each.
`repricing.plain` is the slow and obvious twin.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from ratepress.core.outputs import check_output
from ratepress.core.sql_steps import Step, load_steps
from ratepress.lake.store import Lake
from ratepress.medicare import claim_lines
from ratepress.medicare.claim_lines import load_lines
from ratepress.medicare.repricing.asc.reference import register_reference as asc
from ratepress.medicare.repricing.form import ADDED, OPTIONAL, REQUIRED
from ratepress.medicare.repricing.inpatient.reference import register_reference as inpatient
from ratepress.medicare.repricing.outpatient.reference import register_reference as outpatient
from ratepress.medicare.repricing.professional.reference import register_reference as professional


class Repriced(msgspec.Struct, frozen=True):
    """How a file of lines came out: its lines by status. Their sum is the lines read."""

    lines: int
    by_status: dict[str, int]


REFERENCES: dict[str, Callable[[duckdb.DuckDBPyConnection], None]] = {
    "professional": professional,
    "outpatient": outpatient,
    "asc": asc,
    "inpatient": inpatient,
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


def amounts_of(lake: Lake, lines: pa.Table | Path | str) -> pa.Table:
    """As `reprice`, without the lines: `line_no` from 0, amount, status and reason of each."""
    with _repriced(lake, lines) as connection:
        return connection.sql(
            "SELECT line_no, allowed_amount, status, reason FROM results ORDER BY line_no"
        ).to_arrow_table()


def reprice_file(lake: Lake, lines: Path | str, out: Path | str) -> Repriced:
    """As `reprice`, from a CSV file to a CSV file; for files larger than memory.

    `UsageError` too where `out` cannot be written, is no CSV by its name, or is `lines` itself.
    """
    check_output(out, lines, forms=(".csv", ".gz"), form="CSV file")
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
    return claim_lines.as_text(lambda out: reprice_file(lake, lines, out))


def read_lines(lines: Path | str) -> pa.Table:
    """The lines of a CSV file as text, each with what is wrong with it as CSV, or null.

    Raises `UsageError` where it is no file of claim lines.
    """
    return claim_lines.read_lines(lines, REQUIRED, OPTIONAL, ADDED)


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
        load_lines(connection, lines, REQUIRED, OPTIONAL, ADDED)
        *first, last = steps()
        _run(connection, first)
        types = connection.execute("SELECT DISTINCT claim_type FROM forms WHERE problem IS NULL")
        answers = [_NO_ANSWER]
        for (claim_type,) in types.fetchall():
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
