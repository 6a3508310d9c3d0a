"""Runs the market's SQL steps in order, each into a temporary table named in its header.

The text is one portable dialect (docs/method/sql.md): the same files run on DuckDB here and on
Spark on a cluster. A step's header states its name, grain and key; the tests check the key.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import duckdb
import msgspec


class Step(msgspec.Struct, frozen=True):
    """One SQL file: its name, what one row of its result is, the columns that identify it."""

    file: str
    name: str
    grain: str
    key: tuple[str, ...]
    sql: str


@cache
def steps() -> tuple[Step, ...]:
    """All steps in the order in which they run.

    >>> [step.name for step in steps()][:2]
    ['file_standing', 'published_rates']
    """
    folder = resources.files("ratepress.market") / "sql"
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return tuple(parse_step(name, (folder / name).read_text("utf-8")) for name in files)


def parse_step(file: str, text: str) -> Step:
    """A step from the text of its file; `ValueError` where the header lacks a line."""
    header = {}
    for line in text.splitlines():
        if not line.startswith("-- "):
            break
        label, colon, rest = line[3:].partition(": ")
        if colon and label in ("step", "grain", "key"):
            header[label] = rest.strip()
    if set(header) != {"step", "grain", "key"}:
        raise ValueError(f"{file}: the header must state step, grain and key")
    key = tuple(part.strip() for part in header["key"].split(","))
    return Step(file, header["step"], header["grain"], key, text)


def run_steps(connection: duckdb.DuckDBPyConnection) -> None:
    """Run every step on a connection that has the lake's views and the input tables.

    The inputs are those of `market.inputs.register_inputs`. Steps of an earlier run on the same
    connection are replaced.
    """
    for step in steps():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {step.name} AS {step.sql}")
