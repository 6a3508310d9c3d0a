"""The SQL steps: their headers, that each result has the key it declares, and their dialect.

The dialect is the part that DuckDB and Spark share; each forbidden word is one that only one of
them knows, or that means something else in the other (docs/method/index.md, docs/architecture.md).
"""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import example, given

import market_strategies as generated
from market_lakes import Described
from market_reading import lake_of
from market_registry_strategies import EVERYTHING_NAMED
from ratepress.codes.argument import CodeRef
from ratepress.core.sql_steps import load_steps
from ratepress.market.benchmark import run_market
from ratepress.market.inputs import STRENGTHS
from ratepress.market.registries import AREA_KINDS
from ratepress.market.steps import Step, parse_step, steps

WEIGHTS = load_steps("ratepress.market.weights")
LOCALITIES = load_steps("ratepress.market.localities")
EVERY_STEP = (
    *steps(),
    *load_steps("ratepress.market.agreement"),
    *load_steps("ratepress.market.trace"),
    *LOCALITIES,
    *WEIGHTS,
)
REFS = [CodeRef(*code) for code in generated.CODES]
FORBIDDEN = {
    r"\bqualify\b": "Spark has none",
    r"::": "Spark has none; CAST",
    r"\bexclude\b": "Spark says EXCEPT",
    r"\"": "an identifier in the one engine, a text in the other",
    r"//": "Spark has none",
    r"\\": "the engines read backslashes differently",
    r"\[": "arrays count from 1 in the one and from 0 in the other",
    r"\b(percentile_cont|percentile|quantile_cont|quantile|median|approx_\w+)\s*\(":
        "a percentile of DECIMAL rounds in the one and is DOUBLE in the other",
    r"\bavg\s*\(": "the average of DECIMAL is DOUBLE in one engine",
    r"\b(hash|concat|regexp_replace|split|log|mode)\s*\(": "differs between the engines",
    r"\bsubstr(ing)?\s*\([^()]*,\s*0\s*,": "position 0 differs",
    r"\binterval\b": "date + interval is a date in the one and a timestamp in the other",
    r"\b(unnest|explode|element_at|size|list_\w+|arg_min|arg_max|any_value|first|last)\s*\(":
        "one of the engines lacks it",
    r"\b(varchar|text|hugeint|ubigint)\b": "a type of one engine",
    r"\b(regexp_\w+|string_agg|strftime|date_trunc|date_diff|date_add|epoch|ifnull|printf)\s*\(":
        "one of the engines lacks it, or takes other arguments",
    r"\b(float|double|real)\b": "amounts are exact",
    r"\b(insert|update|delete|create|drop|alter|attach|copy|pragma|install|load|set|merge)\b":
        "a step only reads",
    r"\b(read_parquet|read_csv|read_json|parquet_scan)\b": "a step reads the lake's tables",
    r"\b(now|today|current_date|current_timestamp|random|uuid)\b": "no result depends on the day",
    r";": "one statement a step",
}  # fmt: skip


def bare(step: Step) -> str:
    """The text of a step without comments and quoted texts, in lower case."""
    lines = [line.split("--")[0] for line in step.sql.splitlines()]
    return re.sub(r"'[^']*'", "''", "\n".join(lines)).lower()


@pytest.mark.parametrize("step", EVERY_STEP, ids=lambda step: step.name)
def test_a_step_stays_in_the_dialect_both_engines_share(step: Step) -> None:
    found = {
        why: hit.group() for rule, why in FORBIDDEN.items() if (hit := re.search(rule, bare(step)))
    }
    # Q05 compares fifth powers of amounts, which no DECIMAL holds; it publishes no amount.
    # The other quotient is put right by exact products, so that no double is published.
    with_doubles = ("q05", "vote_percents")
    expected = {"amounts are exact": "double"} if step.name in with_doubles else {}
    assert found == expected


@pytest.mark.parametrize("step", EVERY_STEP, ids=lambda step: step.name)
def test_nulls_have_a_written_place_wherever_order_is_descending(step: Step) -> None:
    """The engines put nulls at different ends where the query does not say."""
    assert not re.search(r"\bdesc\b(?!\s+nulls\s+(last|first))", bare(step))


def test_division_is_only_of_whole_numbers_that_divide() -> None:
    """DECIMAL / DECIMAL is DOUBLE in one engine; the one that divides leaves no remainder."""
    assert [step.name for step in steps() if "/" in bare(step)] == ["asked_npis"]


@pytest.mark.parametrize("step", EVERY_STEP, ids=lambda step: step.name)
def test_a_step_opens_with_its_name_grain_and_key_and_then_selects(step: Step) -> None:
    lines = step.sql.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["-- step", "-- grain", "-- key"]
    body = [line for line in lines if not line.startswith("--")]
    assert body[0].split()[0] == "SELECT"


def test_steps_run_in_the_order_of_their_numbers_and_no_two_share_a_name() -> None:
    numbers = [int(step.file.split("_")[0]) for step in steps()]
    assert numbers == sorted(numbers)
    assert len({step.name for step in steps()}) == len(steps())


@pytest.mark.parametrize("missing", ["step", "grain", "key"])
def test_a_header_without_one_of_its_lines_is_refused(missing: str) -> None:
    header = "".join(f"-- {name}: a\n" for name in ("step", "grain", "key") if name != missing)
    with pytest.raises(ValueError, match=r"the\.sql: the header must state"):
        parse_step("the.sql", header + "SELECT 1")


def test_a_key_of_several_columns_is_read_as_such() -> None:
    step = parse_step("the.sql", "-- step: s\n-- grain: one: of two\n-- key: a, b\nSELECT 1")
    assert (step.name, step.grain, step.key) == ("s", "one: of two", ("a", "b"))


@generated.examples(4)
@given(generated.lakes())
@example(EVERYTHING_NAMED)
def test_the_declared_key_is_unique_and_never_null(described: Described) -> None:
    with lake_of(described) as lake, lake.connect(threads=1) as connection:
        run_market(connection, REFS, generated.AS_OF, AREA_KINDS, "npis")
        for step in (*steps(), *WEIGHTS, *LOCALITIES):
            key = ", ".join(step.key)
            rows = connection.execute(f"SELECT {key} FROM {step.name}").fetchall()
            assert len(set(rows)) == len(rows), step.name
            assert not any(None in row for row in rows), step.name


@generated.examples(4)
@given(generated.lakes())
def test_running_the_steps_twice_on_a_connection_gives_the_same(described: Described) -> None:
    """An earlier run's tables are replaced, not added to."""
    with lake_of(described) as lake, lake.connect(threads=1) as connection:
        seen = []
        for _ in range(2):
            run_market(connection, REFS, generated.AS_OF)
            seen.append([
                connection.execute(f"SELECT * FROM {step.name} ORDER BY ALL").fetchall()
                for step in steps()
            ])  # fmt: skip
        assert seen[0] == seen[1]


@pytest.mark.parametrize("strength", STRENGTHS)
def test_a_strength_alone_has_the_rows_that_it_has_beside_the_others(strength: str) -> None:
    """But for the numbers of rows that are counted over all strengths."""
    compared = (*steps(), *WEIGHTS)
    with lake_of(EVERYTHING_NAMED) as lake, lake.connect() as connection:
        run_market(connection, REFS, generated.AS_OF, AREA_KINDS, "npis")
        expected = {step.name: _of_strength(connection, step, strength) for step in compared}
        run_market(connection, REFS, generated.AS_OF, AREA_KINDS, "npis", strengths=[strength])
        for step in compared:
            assert _of_strength(connection, step, strength) == expected[step.name], step.name
    assert expected["statistics"]
    assert expected["npi_counts"]


# What says the strength of a number, where a step does not.
STRENGTH_OF = {
    "sample_id": "JOIN samples s USING (sample_id)",
    "cell_payer_id": "JOIN cell_payers s USING (cell_payer_id)",
    "key_payer_no": "JOIN key_payers s USING (key_payer_no)",
    "strength_no": "JOIN strengths s USING (strength_no)",
}


def _of_strength(
    connection: duckdb.DuckDBPyConnection, step: Step, strength: str
) -> list[tuple[object, ...]]:
    """The rows of a step at one strength; all of them where it has none."""
    described = connection.execute(f"DESCRIBE {step.name}").fetchall()
    columns = [row[0] for row in described]
    kept = [f"t.{name}" for name in columns if name not in (*STRENGTH_OF, "all_payers_id")]
    join = next((STRENGTH_OF[name] for name in STRENGTH_OF if name in columns), "")
    is_said = "strength" in columns
    where = f"WHERE {'t' if is_said else 's'}.strength = '{strength}'" if is_said or join else ""
    if is_said:
        join = ""
    elif join:
        kept += ["s.* EXCLUDE (" + ", ".join(_numbers(connection, join)) + ")"]
    query = f"SELECT {', '.join(kept)} FROM {step.name} t {join} {where} ORDER BY ALL"
    return connection.execute(query).fetchall()


def _numbers(connection: duckdb.DuckDBPyConnection, join: str) -> list[str]:
    described = connection.execute(f"DESCRIBE {join.split()[1]}").fetchall()
    return [row[0] for row in described if row[0] in (*STRENGTH_OF, "all_payers_id")]
