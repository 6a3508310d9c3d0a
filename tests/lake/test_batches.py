"""A batch answers as its connection does, whatever it is asked and in whatever order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.lake.batches import Batch, as_table, remembered

CODES = ("A", "B", "C", "D")
# Each shape of question that the functions about one code put, with parameters for a code.
QUESTIONS: dict[str, Any] = {
    "by place": ("SELECT n FROM t WHERE kind = ? AND code = ? ORDER BY n", lambda c: ["x", c]),
    "in its system": (
        "SELECT t.n, t.kind FROM t WHERE t.kind = ? AND t.code = ? ORDER BY n DESC, kind",
        lambda c: ["y", c],
    ),
    "by name": (
        "SELECT n FROM t WHERE code = $code AND n > $n ORDER BY n",
        lambda c: {"code": c, "n": 1},
    ),
    "one value": (
        "SELECT code, n FROM t WHERE code = $values[1] ORDER BY code, n",
        lambda c: {"values": [c]},
    ),
    "several values": (
        "SELECT code, n FROM t WHERE code IN (SELECT unnest($values::VARCHAR[])) ORDER BY code, n",
        lambda c: {"values": sorted({c, "B", "Z"})},
    ),
    "no value": (
        "SELECT code, n FROM t WHERE code IN (SELECT unnest($values::VARCHAR[])) ORDER BY code, n",
        lambda _: {"values": []},
    ),
    "distinct": ("SELECT DISTINCT kind FROM t WHERE code = ? ORDER BY ALL", lambda c: [c]),
    "distinct on": (
        "SELECT DISTINCT ON (t.kind) t.kind, t.n FROM t WHERE t.code = ? ORDER BY t.kind, t.n",
        lambda c: [c],
    ),
    "group by all": (
        "SELECT kind, count(*) AS n FROM t WHERE code = ? GROUP BY ALL "
        "ORDER BY n DESC, kind LIMIT 1",
        lambda c: [c],
    ),
    "group by names": (
        "SELECT kind, sum(n) AS n FROM t WHERE code = ? GROUP BY kind ORDER BY kind",
        lambda c: [c],
    ),
    "grouping sets": (
        "SELECT kind, n, count(*) AS m FROM t WHERE code = ? "
        "GROUP BY GROUPING SETS ((kind), (kind, n)) ORDER BY kind, n",
        lambda c: [c],
    ),
    "first of each": (
        "SELECT code, kind, n FROM t WHERE code = $code QUALIFY row_number() OVER "
        "(PARTITION BY code, kind ORDER BY n) = 1 ORDER BY code, kind",
        lambda c: {"code": c},
    ),
    "a window over all": (
        "SELECT n, row_number() OVER (ORDER BY n) AS at FROM t WHERE code = ? ORDER BY n",
        lambda c: [c],
    ),
    "with a step before": (
        "WITH own AS (SELECT n FROM t WHERE code = $code) SELECT max(n) FROM own",
        lambda c: {"code": c},
    ),
    "named twice": (
        "SELECT count(*) FROM t WHERE code = $code OR kind = $code",
        lambda c: {"code": c},
    ),
    "of none": ("SELECT max(n), min(kind) FROM t", lambda _: []),
}
ROWS = st.lists(
    st.tuples(st.sampled_from(CODES), st.sampled_from("xyz"), st.integers(0, 4)), max_size=25
)


@given(
    rows=ROWS,
    asked=st.lists(
        st.tuples(st.sampled_from(sorted(QUESTIONS)), st.sampled_from((*CODES, "Z"))), max_size=12
    ),
    own=st.integers(1, len(CODES)),
)
def test_a_batch_answers_as_the_connection_does(
    rows: list[tuple[str, str, int]], asked: list[tuple[str, str]], own: int
) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t (code VARCHAR, kind VARCHAR, n INTEGER)")
    if rows:
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", [list(row) for row in rows])
    batch = Batch(connection, CODES[:own], beside=CODES[own:])
    for name, code in asked:
        sql, parameters = QUESTIONS[name]
        plain = connection.execute(sql, parameters(code))
        columns, wanted = [c[0] for c in plain.description or ()], plain.fetchall()
        answer = batch.execute(sql, parameters(code))
        assert answer.fetchall() == wanted, name
        assert answer.fetchone() == next(iter(wanted), None)
        if parameters(code) != {"values": []}:
            assert [c[0] for c in answer.description] == columns


@pytest.mark.parametrize(
    "name", ["by place", "by name", "one value", "group by all", "grouping sets"]
)
def test_one_question_is_put_for_all_codes(name: str) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 'A' AS code, 'x' AS kind, 2 AS n")
    batch = Batch(connection, CODES)
    sql, parameters = QUESTIONS[name]
    for code in CODES:
        batch.execute(sql, parameters(code))
    assert batch.n_asked == 1


@given(
    codes=st.lists(st.sampled_from(CODES), min_size=1, unique=True),
    asked=st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from(CODES)), max_size=12),
    at_once=st.integers(1, 5),
)
def test_a_table_is_asked_for_parts_of_the_codes_and_answers_the_same(
    codes: list[str], asked: list[tuple[str, str]], at_once: int
) -> None:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE edits AS SELECT c.code, k.kind, row_number() OVER () AS n "
        "FROM unnest(['A', 'B', 'D']) c (code), unnest(['x', 'x', 'y']) k (kind)"
    )
    batch = Batch(connection, codes, at_once, beside=set(CODES) - {*codes, "D"})
    sql = "SELECT n FROM edits WHERE kind = $kind AND code = $code ORDER BY code, n"
    for kind, code in asked:
        named = {"kind": kind, "code": code}
        wanted = [(n,) for (n,) in connection.execute(sql, named).fetchall()]
        for found in (
            as_table(batch.as_connection, sql, named), as_table(connection, sql, named)
        ):  # fmt: skip
            assert [(row["n"],) for row in found.to_pylist()] == wanted


def test_what_was_answered_about_a_part_is_let_go_of_with_the_next() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE edits AS SELECT unnest(['A', 'B', 'C', 'D']) AS code")
    batch = Batch(connection, CODES, at_once=2)
    for code in "ABABCDA":
        batch.table("SELECT code FROM edits WHERE code = ? ORDER BY code", [code])
    assert batch.n_asked == 3


def test_a_table_whose_rows_are_not_in_order_of_the_code_is_refused() -> None:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE edits AS SELECT unnest(['A', 'B', 'A']) AS code, unnest([1, 2, 3]) AS n"
    )
    with pytest.raises(ValueError, match="not in the order of the code"):
        Batch(connection, CODES).table("SELECT n FROM edits WHERE code = ? ORDER BY n", ["A"])


def test_amounts_and_dates_keep_their_types() -> None:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE fees AS "
        "SELECT 'A' AS code, 1.10::DECIMAL(18, 4) AS fee, DATE '2026-07-01' AS d"
    )
    answer = Batch(connection, ["A", "B"]).execute("SELECT fee, d FROM fees WHERE code = ?", ["A"])
    assert answer.fetchall() == [(Decimal("1.1000"), date(2026, 7, 1))]


def test_what_is_remembered_is_made_once_for_a_batch_and_each_time_on_a_connection() -> None:
    connection = duckdb.connect()
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    batch = Batch(connection, ["A"])
    assert [remembered(batch.as_connection, "what", make) for _ in range(2)] == [1, 1]
    assert [remembered(connection, "what", make) for _ in range(2)] == [2, 3]


def test_what_is_forgotten_is_made_again_and_the_rest_stays() -> None:
    batch = Batch(duckdb.connect(), ["A", "B"])
    for code in "AB":
        remembered(batch.as_connection, ("edits", code, 1), lambda: "first")
    batch.forget("edits", "A")
    again = [remembered(batch.as_connection, ("edits", c, 1), lambda: "second") for c in "AB"]
    assert again == ["second", "first"]
