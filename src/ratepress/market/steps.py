"""Runs the market's SQL steps in order, each into a temporary table named in its header.

The text is one portable dialect (docs/method/sql.md): the same files run on DuckDB here and on
Spark on a cluster. A step's header states its name, grain and key; the tests check the key.
"""

from __future__ import annotations

from functools import cache

import duckdb

from ratepress.core.sql_steps import Step, load_steps, parse_step

__all__ = ["Step", "parse_step", "run_steps", "steps"]


@cache
def steps() -> tuple[Step, ...]:
    """All steps in the order in which they run.

    >>> [step.name for step in steps()][:2]
    ['file_standing', 'published_rates']
    """
    return load_steps("ratepress.market")


def run_steps(connection: duckdb.DuckDBPyConnection) -> None:
    """Run every step on a connection that has the lake's views and the input tables.

    The inputs are those of `market.inputs.register_inputs`. Steps of an earlier run on the same
    connection are replaced.
    """
    for step in steps():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {step.name} AS {step.sql}")
