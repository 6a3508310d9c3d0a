"""Runs the market's SQL steps in order, each into a table named in its header.

The text is one portable dialect (docs/method/sql.md): the same files run on DuckDB here and on
Spark on a cluster. A step's header states its name, grain and key; the tests check the key.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Protocol

import duckdb

from ratepress.core.sql_steps import Step, load_steps, parse_step
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
    ) -> None:
        """Run steps in their order. At least the `results` are tables of the connection then."""


class _DuckDB:
    """Here, on the connection itself: every step's result is a temporary table of it."""

    def connect(self, lake: Lake) -> duckdb.DuckDBPyConnection:
        return lake.connect()

    def run(
        self,
        connection: duckdb.DuckDBPyConnection,
        those: Sequence[Step],
        results: Collection[str],  # noqa: ARG002 - all are there
    ) -> None:
        run_steps(connection, those)


DUCKDB: Engine = _DuckDB()
"""The engine of one machine, which is used where none is named."""


@cache
def steps() -> tuple[Step, ...]:
    """All steps in the order in which they run.

    >>> [step.name for step in steps()][:2]
    ['file_standing', 'published_rates']
    """
    return load_steps("ratepress.market")


def run_steps(connection: duckdb.DuckDBPyConnection, those: Sequence[Step]) -> None:
    """Run steps by DuckDB on a connection that has the lake's views and the input tables.

    The inputs are those of `market.inputs.register_inputs`. Steps of an earlier run on the same
    connection are replaced.
    """
    for step in those:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {step.name} AS {step.sql}")
