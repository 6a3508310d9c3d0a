"""Runs SQL steps on Spark, over the files that a lake's manifest names.

The text of a step is sent as it stands. Tables of the lake are read by the executors from the
lake's own Parquet files; small input tables come from the DuckDB connection that holds them, and
the results that are asked for go back to it, so that what follows need not know who ran the steps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ratepress.cluster.session import exact_session
from ratepress.core.errors import RatepressError
from ratepress.core.sql_steps import Step, tables_read
from ratepress.lake.manifest import DataFile
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import DataFrame, SparkSession

_PATTERN = "{}[]*?\\"
_TYPES = {pa.string(): "STRING", pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN", pa.date32(): "DATE"}


class SparkEngine:
    """A `market.steps.Engine` that runs steps on a cluster.

    One engine works for one connection at a time: `connect` begins anew.

    >>> from ratepress.cluster.session import spark_session
    >>> from ratepress.market.benchmark import benchmark
    >>> with spark_session() as spark:  # doctest: +SKIP
    ...     benchmark(Lake.open("lake"), "32557", engine=SparkEngine(spark))
    """

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark
        self._session = exact_session(spark)
        self._files: dict[str, list[DataFile]] = {}
        self._root = Path()
        self._known: set[str] = set()

    def connect(self, lake: Lake) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection of the lake, whose generation the steps will read too."""
        connection, manifest = lake.snapshot()
        self._session = exact_session(self._spark)
        self._files, self._root = lake.files_by_table(manifest), lake.root
        self._known = set()
        return connection

    def run(
        self,
        connection: duckdb.DuckDBPyConnection,
        those: Sequence[Step],
        results: Collection[str],
        rests_on: Collection[str] | None = None,  # noqa: ARG002 - views, which hold nothing
    ) -> None:
        """Run steps in their order; `results` become tables of the connection.

        `RatepressError` where Spark cannot: a file that an executor does not see, an overflow.
        """
        made = {step.name for step in those}
        for name in sorted({n for step in those for n in tables_read(step.sql)} - made):
            if name not in self._known:
                with _told(f"read the table {name}"):
                    self._put(name, self._input(connection, name))
        for step in those:
            with _told(f"run the step {step.name}"):
                self._put(step.name, self._cut(self._session.sql(step.sql)))
        for name in results:
            with _told(f"bring back the step {name}"):
                connection.register(name, self._session.table(name).toArrow())

    def _put(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self._known.add(name)

    def _input(self, connection: duckdb.DuckDBPyConnection, name: str) -> DataFrame:
        if name in self._files:
            return self._rows_of(name)
        return self._session.createDataFrame(connection.table(name).to_arrow_table())

    def _rows_of(self, name: str) -> DataFrame:
        """The rows that count in a table's files; one that many share may hold removed ones too."""
        # The schema is known, so no file is opened for it.
        reader = self._session.read.schema(columns_of(TABLES[name].arrow))
        by_without: dict[tuple[str, ...], list[str]] = {}
        for file in self._files[name]:
            by_without.setdefault(file.without, []).append(place_of(self._root / file.path))
        parts = []
        for without, places in by_without.items():
            frame = reader.parquet(*places)
            parts.append(frame.where(~frame["content_id"].isin(*without)) if without else frame)
        return reduce(lambda one, other: one.unionAll(other), parts)

    def _cut(self, frame: DataFrame) -> DataFrame:
        """The frame, computed now, with its plan cut off: a hundred steps would nest into one."""
        if self._session.sparkContext.getCheckpointDir() is not None:
            return frame.checkpoint()  # Survives an executor that is lost.
        return frame.localCheckpoint()


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Failures of Spark as an error of ours; its stack of Java is in its own log."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise RatepressError(
            f"Spark could not {what}",
            found=str(error).strip().partition("\n")[0],
            todo="look into Spark's log; every machine of the cluster must see the lake's folder "
            "at the same path",
        ) from error


def columns_of(schema: pa.Schema) -> str:
    """The columns of a table of the lake, as Spark is told them.

    >>> columns_of(pa.schema([("code", pa.string()), ("dollars", pa.decimal128(18, 4))]))
    '`code` STRING, `dollars` DECIMAL(18,4)'
    """
    return ", ".join(f"`{field.name}` {_type(field.type)}" for field in schema)


def _type(kind: pa.DataType) -> str:
    if pa.types.is_decimal128(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    return _TYPES[kind]


def place_of(path: Path) -> str:
    r"""A file as Spark is told it: on the machines' own disks, and nothing of it a pattern.

    >>> place_of(Path("/data [old]/x.parquet"))
    'file:///data \\[old\\]/x.parquet'
    """
    escaped = "".join(f"\\{c}" if c in _PATTERN else c for c in str(path.absolute()))
    return f"file://{escaped}"
