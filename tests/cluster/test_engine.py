"""The same text on DuckDB and on Spark: every row of every step is equal."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import market_strategies as generated
from cluster_lake import EVERY_STEP
from market_lakes import Described, PriceFile, Rate, write
from ratepress.cli.app import app
from ratepress.cli.run import run
from ratepress.cluster.engine import SparkEngine
from ratepress.codes.argument import CodeRef
from ratepress.core.errors import RatepressError
from ratepress.core.sql_steps import Step, load_steps, parse_step
from ratepress.lake.store import Lake
from ratepress.market.benchmark import DEFAULT_STRENGTH, benchmark, run_market
from ratepress.market.inputs import latest_date
from ratepress.market.registries import AREA_KINDS
from ratepress.market.steps import DUCKDB, Engine, steps

pytestmark = pytest.mark.spark
LOCALITIES = load_steps("ratepress.market.localities")
LATER = (*load_steps("ratepress.market.agreement"), *load_steps("ratepress.market.trace"))
WEIGHTS = load_steps("ratepress.market.weights")
EVERY = (*steps(), *WEIGHTS, *LOCALITIES, *LATER)


class EveryTable(type(DUCKDB)):  # type: ignore[misc]
    """DuckDB that keeps every table, also where only the last ones are wanted."""

    def run(self, connection: Any, those: Any, results: Any, *_: Any) -> None:
        super().run(connection, those, results)


class EveryResult(SparkEngine):
    """Spark with the result of every step brought back, not only of those a benchmark reads."""

    def run(
        self,
        connection: duckdb.DuckDBPyConnection,
        those: Sequence[Step],
        results: Collection[str],
        rests_on: Collection[str] | None = None,
    ) -> None:
        super().run(connection, those, [step.name for step in those], rests_on)


def results(
    engine: Engine, lake: Lake, codes: Sequence[CodeRef], areas: Sequence[str]
) -> dict[str, tuple[list[str], list[Any]]]:
    """The columns and the rows of every step by an engine; rows in an order of their own."""
    with engine.connect(lake) as connection:
        run_market(connection, codes, generated.AS_OF, areas, "npis", engine)
        engine.run(connection, LATER, [])
        return {step.name: _rows(connection, step.name) for step in EVERY}


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[list[str], list[Any]]:
    cursor = connection.execute(f"SELECT * FROM {name}")
    names = [column[0] for column in cursor.description or ()]
    return names, sorted(cursor.fetchall(), key=repr_of)


def repr_of(row: tuple[Any, ...]) -> list[str]:
    """What rows sort by: a decimal without the zeros that only its type gives it."""
    return [str(value.normalize()) if isinstance(value, Decimal) else repr(value) for value in row]


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with rows for every step; its folder is named in what Spark takes for patterns."""
    return write(tmp_path_factory.mktemp("lakes") / "a [b] {c,d} *é?" / "lake", EVERY_STEP)


@pytest.fixture(scope="module")
def both(spark: Any, by_hand: Lake) -> tuple[dict[str, Any], dict[str, Any]]:
    refs = [CodeRef(*code) for code in generated.CODES]
    return (
        results(DUCKDB, by_hand, refs, AREA_KINDS),
        results(EveryResult(spark), by_hand, refs, AREA_KINDS),
    )


@pytest.mark.parametrize("name", [step.name for step in EVERY])
def test_every_row_of_a_step_is_the_same_on_spark(
    both: tuple[dict[str, Any], dict[str, Any]], name: str
) -> None:
    here, there = both[0][name], both[1][name]
    assert here[0] == there[0]
    assert here[1], f"the lake says nothing of {name}: give it something"
    assert here[1] == there[1]


def test_the_command_gives_the_same_json_and_each_step_the_same_rows_of_the_examples(
    spark: Any,
    examples: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One run of the command is watched, because starting so many steps takes Spark a while."""
    words = ["benchmark", "32557", "--lake", str(examples), "--by", "payer,state", "--json"]
    assert run(app, words) == 0
    printed = capsys.readouterr().out
    assert len(json.loads(printed)["data"]["rows"]) > 5
    there: dict[str, tuple[list[str], list[Any]]] = {}
    run_steps = SparkEngine.run

    def watched(self: SparkEngine, connection: Any, those: Any, *_: Any) -> None:
        run_steps(self, connection, those, [step.name for step in those])
        there.update((step.name, _rows(connection, step.name)) for step in those)

    monkeypatch.setattr(SparkEngine, "run", watched)
    assert run(app, [*words, "--engine", "spark"]) == 0
    assert capsys.readouterr().out == printed
    with Lake.open(examples).connect() as connection:
        asked = [CodeRef("cpt", "32557")]
        run_market(
            connection, asked, latest_date(connection), ["state"], engine=EveryTable(),
            strengths=[DEFAULT_STRENGTH], is_whole=False,
        )  # fmt: skip
        # What is only read beside a page, and what rule Q05 does at another strength, is not made.
        assert {"funnel", "distinct_prices", "flags", "votes", "q05"}.isdisjoint(there)
        assert {"prices", "npi_counts", "statistics", "locality_percents"} <= set(there)
        for name, rows in there.items():
            assert rows == _rows(connection, name), name


def test_the_session_of_the_user_keeps_its_settings_and_gets_no_views(
    spark: Any, both: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    assert spark.conf.get("spark.sql.constraintPropagation.enabled") == "true"
    assert spark.catalog.listTables() == []


def test_an_amount_too_large_for_its_type_is_refused_and_never_empty(
    spark: Any, tmp_path: Path
) -> None:
    """DuckDB raises too; Spark as it comes would give NULL."""
    step = parse_step(
        "900_large.sql",
        "-- step: large\n-- grain: one price\n-- key: dollars\n"
        "SELECT CAST(dollars * CAST(10 AS DECIMAL(2, 0)) AS DECIMAL(18, 4)) AS dollars FROM rates",
    )
    file = PriceFile("large", None, (Rate(dollars=Decimal("99999999999999.9999")),), ("A", "GA"))
    lake = write(tmp_path / "lake", Described((file,)))
    with lake.connect() as connection, pytest.raises(duckdb.Error):
        DUCKDB.run(connection, [step], ["large"])
    engine = SparkEngine(spark)
    with engine.connect(lake) as connection, pytest.raises(RatepressError) as error:
        engine.run(connection, [step], ["large"])
    assert error.value.message == "Spark could not run the step large"
    assert "NUMERIC_VALUE_OUT_OF_RANGE" in (error.value.found or "")


def test_a_file_that_spark_cannot_find_is_an_error_with_what_to_do(
    spark: Any, tmp_path: Path
) -> None:
    file = PriceFile("gone", None, (Rate(dollars=Decimal(1)),), ("A", "GA"))
    lake = write(tmp_path / "lake", Described((file,)))
    engine = SparkEngine(spark)
    with engine.connect(lake) as connection:
        for path in (tmp_path / "lake/data/rates").iterdir():
            path.unlink()
        step = parse_step(
            "900_any.sql",
            "-- step: any_rate\n-- grain: one\n-- key: rate_id\nSELECT rate_id FROM rates",
        )
        with pytest.raises(RatepressError, match=r"same path"):
            engine.run(connection, [step], ["any_rate"])


def test_the_python_of_the_how_to_runs(
    spark: Any, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Path(__file__).resolve().parents[2] / "docs/how-to/spark.md"
    code = page.read_text("utf-8").partition("```python\n")[2].partition("```")[0]
    monkeypatch.chdir(examples.parent)
    named: dict[str, Any] = {"spark": spark}
    exec(compile(code, "example", "exec"), named)
    assert named["table"].equals(benchmark(Lake.open(examples), "32557"), check_metadata=True)
