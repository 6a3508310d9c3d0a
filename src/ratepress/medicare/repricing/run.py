"""Reprices claim lines: a few SQL steps over all of them at once, exact to the cent.

The steps stand in `sql/`, one file each. `repricing.plain` is the slow and obvious twin.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from ratepress.core.sql_steps import Step, load_steps
from ratepress.lake.store import Lake
from ratepress.medicare import claim_lines
from ratepress.medicare.claim_lines import load_lines
from ratepress.medicare.repricing.form import ADDED, OPTIONAL, REQUIRED
from ratepress.medicare.repricing.reference import register_reference


class Repriced(msgspec.Struct, frozen=True):
    """How a file of lines came out: its lines by status. Their sum is the lines read."""

    lines: int
    by_status: dict[str, int]


@cache
def steps() -> tuple[Step, ...]:
    """The steps of a repricing in the order in which they run.

    >>> [step.name for step in steps()][:2]
    ['modifier_texts', 'lines']
    """
    return load_steps("ratepress.medicare.repricing")


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
        register_reference(connection)
        for step in steps():
            connection.execute(f"CREATE TABLE {step.name} AS {step.sql}")
        yield connection
