"""The benchmark of every code of a lake, written as it is made.

The steps take many codes at a time, and the codes of one batch state no more than so many rates:
that bounds the memory, however large the lake is. Several processes may share the batches, for
much of the work is in steps that one core does alone.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from ratepress.codes.argument import CodeRef
from ratepress.core.errors import RatepressError, UsageError
from ratepress.lake.manifest import sync_folder
from ratepress.lake.store import Lake
from ratepress.market.benchmark import (
    DEFAULT_STRENGTH,
    benchmark_table,
    check_strength,
    run_lasting,
    run_market,
    schema_of,
)
from ratepress.market.inputs import latest_date
from ratepress.market.weights import UNWEIGHTED

RATES_A_BATCH = 1_000_000
"""About 1.2 GB of memory for the steps; a code that states more is a batch of its own."""
_MOST_JOBS = 2
_FEW = 500_000


class EveryBenchmark(msgspec.Struct, frozen=True, kw_only=True):
    """What `benchmark_all` wrote: codes asked and rates that they state, and rows written.

    `n_codes` counts those without a row too, whose prices all stay out. `n_uncoded` rates state no
    code of a known system, so that no benchmark is theirs.
    """

    as_of: date
    strength: str
    weights: str
    n_codes: int
    n_rates: int
    n_uncoded: int
    n_rows: int


def benchmark_all(
    lake: Lake,
    out: Path,
    *,
    as_of: date | None = None,
    strength: str = DEFAULT_STRENGTH,
    by: Sequence[str] = (),
    weights: str = UNWEIGHTED,
    rates_a_batch: int = RATES_A_BATCH,
    jobs: int | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> EveryBenchmark:
    """Write the benchmark of every code that has a rate to `out`, a Parquet file.

    Rows are those of `benchmark` for each code, codes in order of system and text; the schema is
    `BENCHMARK_SCHEMA`. Other arguments are those of `benchmark`. `out` appears when all is in it:
    a failure leaves what stood there. `watch` is told the rates worked through, and all of them.

    `jobs` processes share the work, and each takes the memory of a batch. None: as many as there
    are processors, at most two, and one for less than half a million rates. As wherever Python
    starts processes, a script that asks for several needs its `if __name__ == "__main__":`.

    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> lake = Lake.create(folder / "lake")
    >>> benchmark_all(lake, folder / "all.parquet", as_of=date(2026, 7, 15)).n_codes
    0
    """
    check_strength(strength)
    if not out.parent.is_dir():
        raise UsageError("There is no such folder", found=str(out.parent), todo="make it first")
    n_rows = n_done = 0
    beside = out.with_name(f".{out.name}.tmp")
    try:
        connection, manifest = lake.snapshot()
        with connection:
            day = as_of or latest_date(connection)
            everything = connection.execute(_CODES).fetchall()
            counted = [one for one in everything if None not in one[:2]]
            n_rates = sum(n for _, _, n in counted)
            task = Task(lake.root, manifest.generation, day, strength, tuple(by), weights)
            parts = list(batches(counted, rates_a_batch))
            with pq.ParquetWriter(beside, task.schema, compression="zstd") as writer:
                for part, made in zip(parts, _tables(task, connection, parts, jobs), strict=True):
                    writer.write_table(made)
                    n_rows += made.num_rows
                    n_done += sum(n for _, _, n in part)
                    if watch:
                        watch(n_done, n_rates)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(out.parent)
    return EveryBenchmark(
        as_of=day,
        strength=strength,
        weights=weights,
        n_codes=len(counted),
        n_rates=n_rates,
        n_uncoded=sum(n for _, _, n in everything) - n_rates,
        n_rows=n_rows,
    )


class Task(msgspec.Struct, frozen=True):
    """What every process is told: the lake and its generation, and the arguments."""

    lake: Path
    generation: int
    as_of: date
    strength: str
    by: tuple[str, ...]
    weights: str

    @property
    def schema(self) -> pa.Schema:
        """That of the table of a batch."""
        return schema_of(self.as_of, self.strength, self.weights)

    def prepared(self, connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
        """Run what all batches have in common; the tables that are on the connection then."""
        # What one batch lets go of the next one takes: given back to the system, it costs twice.
        connection.execute("SET allocator_flush_threshold = '16GB'")
        connection.execute("SET allocator_bulk_deallocation_flush_threshold = '16GB'")
        return run_lasting(connection, self.as_of, self.by, self.weights, [self.strength])

    def table(
        self,
        connection: duckdb.DuckDBPyConnection,
        codes: Sequence[CodeRef],
        given: frozenset[str],
    ) -> pa.Table:
        """The rows of some codes, by system and text, on a connection that was prepared."""
        run_market(
            connection, codes, self.as_of, self.by, self.weights,
            strengths=[self.strength], is_whole=False, given=given,
        )  # fmt: skip
        return benchmark_table(connection, self.strength, self.weights, self.schema)


def _tables(
    task: Task,
    connection: duckdb.DuckDBPyConnection,
    parts: Sequence[Sequence[tuple[str, str, int]]],
    jobs: int | None,
) -> Iterator[pa.Table]:
    """The table of each batch, in their order; `connection` is what this process works with."""
    wanted = jobs or min(os.cpu_count() or 1, _MOST_JOBS)
    if jobs is None and sum(n for part in parts for _, _, n in part) < _FEW:
        wanted = 1
    of_codes = [[CodeRef(system, code) for system, code, _ in part] for part in parts]
    if min(wanted, len(parts)) < 2:
        given = task.prepared(connection)
        yield from (task.table(connection, codes, given) for codes in of_codes)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(wanted, context, initializer=_start, initargs=(task,)) as pool:
        try:
            yield from pool.map(_make, of_codes)
        except BrokenProcessPool as error:
            raise RatepressError(
                "A process that worked on a batch was ended from outside",
                found="no answer of it; the system may have run out of memory",
                todo="give fewer --jobs: each takes up to 1.7 GB",
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


_worker: tuple[Task, duckdb.DuckDBPyConnection, frozenset[str]] | None = None


def _start(task: Task) -> None:
    global _worker
    # One thread each: the processes are the parallel work.
    connection, _ = Lake(task.lake).snapshot(threads=1, generation=task.generation)
    _worker = task, connection, task.prepared(connection)


def _make(codes: Sequence[CodeRef]) -> pa.Table:
    if _worker is None:
        raise RuntimeError("the process was not started")
    task, connection, given = _worker
    return task.table(connection, codes, given)


def batches(
    counted: Iterable[tuple[str, str, int]], rates_a_batch: int
) -> Iterator[list[tuple[str, str, int]]]:
    """Codes with their rates, in their order, in batches of at most so many rates each.

    >>> [[code for _, code, _ in batch] for batch in batches(
    ...     [("cpt", "a", 2), ("cpt", "b", 9), ("cpt", "c", 1), ("cpt", "d", 2)], 3)]
    [['a'], ['b'], ['c', 'd']]
    """
    batch: list[tuple[str, str, int]] = []
    held = 0
    for one in counted:
        if batch and held + one[2] > rates_a_batch:
            yield batch
            batch, held = [], 0
        batch.append(one)
        held += one[2]
    if batch:
        yield batch


_CODES = "SELECT code_system, code, count(*) FROM rates GROUP BY ALL ORDER BY 1, 2"
