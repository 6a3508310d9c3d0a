"""The benchmark of every code of a lake, written as it is made.

The steps take many codes at a time, and the codes of one batch state no more than so many rates:
that bounds the memory, however large the lake is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from ratepress.codes.argument import CodeRef
from ratepress.core.errors import UsageError
from ratepress.lake.manifest import sync_folder
from ratepress.lake.store import Lake
from ratepress.market.benchmark import (
    DEFAULT_STRENGTH,
    check_strength,
    every_statistic,
    flat_row,
    run_market,
    schema_of,
)
from ratepress.market.inputs import latest_date
from ratepress.market.weights import UNWEIGHTED

RATES_A_BATCH = 250_000
"""About 2.5 GB of memory for the steps; a code that states more is a batch of its own."""


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
    watch: Callable[[int, int], None] | None = None,
) -> EveryBenchmark:
    """Write the benchmark of every code that has a rate to `out`, a Parquet file.

    Rows are those of `benchmark` for each code, codes in order of system and text; the schema is
    `BENCHMARK_SCHEMA`. Other arguments are those of `benchmark`. `out` appears when all is in it:
    a failure leaves what stood there. `watch` is told the rates worked through, and all of them.

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
        with lake.connect() as connection:
            day = as_of or latest_date(connection)
            everything = connection.execute(_CODES).fetchall()
            counted = [one for one in everything if None not in one[:2]]
            n_rates = sum(n for _, _, n in counted)
            schema = schema_of(day, strength, weights)
            with pq.ParquetWriter(beside, schema, compression="zstd") as writer:
                for batch in batches(counted, rates_a_batch):
                    codes = [CodeRef(system, code) for system, code, _ in batch]
                    run_market(
                        connection, codes, day, by, weights, strengths=[strength], is_whole=False
                    )
                    rows = [flat_row(o) for o in every_statistic(connection, strength, weights)]
                    writer.write_table(pa.Table.from_pylist(rows, schema=schema))
                    n_rows += len(rows)
                    n_done += sum(n for _, _, n in batch)
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
