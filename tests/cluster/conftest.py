"""One Spark for all tests of a worker: two threads, and nothing that only large data need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ratepress.cluster.session import has_java, spark_session

SMALL = {
    "spark_master": "local[2]",
    "spark_ui_enabled": "false",
    "spark_sql_adaptive_enabled": "false",
    "spark_sql_shuffle_partitions": "1",
    "spark_default_parallelism": "1",
    # Compiling a plan takes longer than running it over a hundred rows.
    "spark_sql_codegen_wholeStage": "false",
    "spark_sql_codegen_factoryMode": "NO_CODEGEN",
    "spark_driver_extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark_driver_memory": "1g",
    "spark_driver_host": "127.0.0.1",
    "spark_driver_bindAddress": "127.0.0.1",
}


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A running Spark; skipped where pyspark or Java is missing."""
    pytest.importorskip("pyspark", reason="no pyspark here: `make .venv/.installed-spark`")
    if not has_java():
        pytest.skip("no Java here, which Spark needs: 17 or newer")
    with spark_session(**SMALL) as session:
        yield session
