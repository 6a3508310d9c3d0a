"""Runs the market's SQL steps in order, each into a table named in its header.

The text is one portable dialect (docs/method/sql.md): the same files run on DuckDB here and on
Spark on a cluster. A step's header states its name, grain and key; the tests check the key.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Protocol

import duckdb

from ratepress.core.sql_steps import Step, load_steps, parse_step, tables_read
from ratepress.lake.store import Lake

__all__ = ["DUCKDB", "Engine", "Step", "parse_step", "run_steps", "steps"]


class Engine(Protocol):
    """What runs SQL steps: DuckDB on this machine, or `ratepress.cluster.engine.SparkEngine`."""

    def connect(self, lake: Lake) -> duckdb.DuckDBPyConnection:
        """A connection that has the lake's views, and takes the input tables."""

    def run(
        self,
        connection: duckdb.DuckDBPyConnection,
        those: Sequence[Step],
        results: Collection[str],
        rests_on: Collection[str] | None = None,
    ) -> None:
        """Run steps in their order. At least the `results` are tables of the connection then.

        Steps that follow read the tables `rests_on` and no others; None where any may be read.
        """


class _DuckDB:
    """Here, on the connection itself: every step's result is a temporary table of it."""

    def connect(self, lake: Lake) -> duckdb.DuckDBPyConnection:
        return lake.connect()

    def run(
        self,
        connection: duckdb.DuckDBPyConnection,
        those: Sequence[Step],
        results: Collection[str],
        rests_on: Collection[str] | None = None,
    ) -> None:
        run_steps(connection, those, None if rests_on is None else {*results, *rests_on})


DUCKDB: Engine = _DuckDB()
"""The engine of one machine, which is used where none is named."""


@cache
def steps() -> tuple[Step, ...]:
    """All steps in the order in which they run.

    >>> [step.name for step in steps()][:2]
    ['file_standing', 'speakers']
    """
    return load_steps("ratepress.market")


def run_steps(
    connection: duckdb.DuckDBPyConnection,
    those: Sequence[Step],
    kept: Collection[str] | None = None,
) -> None:
    """Run steps by DuckDB on a connection that has the lake's views and the input tables.

    The inputs are those of `market.inputs.register_inputs`. Steps of an earlier run on the same
    connection are replaced. Where `kept` is given, other tables go after the last step that reads
    them, which halves the memory.
    """
    going = {} if kept is None else _last_reads(those, kept)
    for step in those:
        kind = "TABLE" if step.is_kept else "VIEW"
        connection.execute(f"CREATE OR REPLACE TEMP {kind} {step.name} AS {step.sql}")
        for name in going.get(step.name, ()):
            connection.execute(f"DROP TABLE {name}")


def _last_reads(those: Sequence[Step], kept: Collection[str]) -> dict[str, list[str]]:
    """By step: the tables of `those` that it is the last one to read, or that nothing reads.

    Who reads a view reads its tables; views stay.
    """
    views = {step.name for step in those if not step.is_kept}
    last = {step.name: step.name for step in those if step.is_kept}
    reads: dict[str, frozenset[str]] = {}
    staying = set(kept)
    for step in those:
        read = tables_read(step.sql)
        reads[step.name] = read.union(*(reads[view] for view in read & views))
        last.update((name, step.name) for name in reads[step.name] if name in last)
        if step.name in staying and step.name in views:
            staying |= reads[step.name]
    found: dict[str, list[str]] = {}
    for name, reader in last.items():
        if name not in staying:
            found.setdefault(reader, []).append(name)
    return found
