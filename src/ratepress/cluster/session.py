"""Spark sessions: found or started, and set so that they compute as DuckDB does.

Sources of the settings: Spark's "ANSI Compliance" and "Configuration" pages, and what was measured
here (docs/method/sql.md, "Two engines").
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ratepress.core.errors import UsageError
from ratepress.core.extras import missing

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EXACT_SETTINGS = {
    # Overflow, a bad cast and a division by zero raise; without it they are NULL in silence.
    "spark.sql.ansi.enabled": "true",
    # Else a product of more than 38 digits loses decimals to make room; now it raises too.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    # A checkpoint of a union fails over them in Spark 4 ("key not found" in rewriteConstraints).
    "spark.sql.constraintPropagation.enabled": "false",
}
"""What a session needs so that a step's rows are those of DuckDB. The user's session keeps its own:
these are set in a child of it."""
_QUIET = {"spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}


def exact_session(spark: SparkSession) -> SparkSession:
    """A child of a session, with `EXACT_SETTINGS` and views of its own, on the same cluster."""
    session: SparkSession = spark.newSession()
    for name, value in EXACT_SETTINGS.items():
        session.conf.set(name, value)
    return session


@contextmanager
def spark_session(**settings: str) -> Iterator[SparkSession]:
    """The session that is active, or a new one, which is stopped afterwards.

    A new one has the master and the settings that Spark's own means give (`spark-submit`,
    `PYSPARK_SUBMIT_ARGS`, `spark-defaults.conf`), on top of them `settings` with `_` for `.`, and
    without a master it is local. Raises `UsageError` where pyspark or Java is missing.

    >>> with spark_session(spark_master="local[2]") as spark:  # doctest: +SKIP
    ...     spark.range(3).count()
    3
    """
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise missing("The engine spark", "spark") from error
    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    if not has_java():
        raise _no_java()
    builder = SparkSession.builder.appName("ratepress")
    for name, value in {**_QUIET, **{k.replace("_", "."): v for k, v in settings.items()}}.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise _no_java(str(error).partition("\n")[0]) from error
    try:
        yield spark
    finally:
        spark.stop()


def has_java() -> bool:
    """Whether there is a Java where Spark looks for it: `JAVA_HOME`, else `PATH`."""
    home = os.environ.get("JAVA_HOME")
    return (Path(home) / "bin/java").is_file() if home else shutil.which("java") is not None


def _no_java(found: str | None = None) -> UsageError:
    return UsageError(
        "The engine spark needs Java, and none starts here",
        found=found,
        expected="Java 17 or newer, in JAVA_HOME or on PATH",
        todo="install one: on Debian `apt-get install openjdk-17-jre-headless`",
    )
