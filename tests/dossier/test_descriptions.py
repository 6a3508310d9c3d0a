"""What files call a code: every column that does so, each text once, and only where it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budget import some
from lake_rows import content_id, put
from ratepress.codes.argument import CodeRef
from ratepress.dossier.build import build
from ratepress.dossier.context import Context
from ratepress.dossier.descriptions import KINDS, MOST, NOTICE, TABLE, descriptions
from ratepress.dossier.model import DataTable, Dossier
from ratepress.dossier.record import record_of
from ratepress.lake.batches import Batch
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES
from ratepress.press import json

DAY = date(2026, 9, 1)
CODES = ("32557", "32556", "J1100")


def row(table: str, number: int, **said: object) -> dict[str, object]:
    """A row of a table with something in each column that must hold something."""
    made: dict[str, object] = {}
    for column in TABLES[table].columns:
        if column.name == "content_id" or column.nullable:
            continue
        kind: Any = column.type
        if pa.types.is_date(kind):
            made[column.name] = DAY
        elif pa.types.is_decimal(kind):
            made[column.name] = Decimal(1)
        elif pa.types.is_boolean(kind):
            made[column.name] = False
        else:
            made[column.name] = number if pa.types.is_integer(kind) else f"{number}"
    return made | said


def described(lake: Lake, name: str, said: Sequence[tuple[str, str, str, str | None]]) -> None:
    """A file of rows (table, column, code, text) in any table."""
    rows: dict[str, list[dict[str, object]]] = {}
    for number, (table, column, code, text) in enumerate(said):
        system = "hcpcs" if code.startswith("J") else "cpt"
        facts: dict[str, object] = {"code": code, column: text}
        if table == "coverage_codes":
            facts["document_type"] = "article"
        if any(one.name == "code_system" for one in TABLES[table].columns):
            facts["code_system"] = system
        rows.setdefault(table, []).append(row(table, number, **facts))
    put(lake, name, rows)


def shown(dossier: Dossier) -> DataTable | None:
    tables = dossier.section("overview").tables
    return next((one for one in tables if one.id == TABLE), None)


def test_every_column_that_describes_a_code_and_may_not_be_passed_on_is_known() -> None:
    found = {
        (table.name, column)
        for table in TABLES.values()
        for column in table.not_redistributable
        if column in ("name", "description") and "code" in [one.name for one in table.columns]
    }
    assert found == set(KINDS)


@pytest.mark.parametrize(("table", "column"), KINDS)
def test_a_text_of_each_column_is_shown_with_its_file_where_it_is_asked_for(
    lake: Lake, table: str, column: str
) -> None:
    described(lake, "a file", [(table, column, "32557", "Words of another")])
    (told,) = build(lake, ["32557"], as_of=DAY, with_descriptions=True)
    found = shown(told)
    assert found is not None
    (line,) = found.rows
    assert (line.label, line.cells[0].text) == (KINDS[table, column], "Words of another")  # type: ignore[union-attr]
    assert [one.content_id for one in told.sources] == [content_id("a file")]
    assert record_of(told).description == "Words of another"
    assert NOTICE in [one.text for one in told.section("sources").sentences]


@pytest.mark.parametrize(("table", "column"), KINDS)
def test_no_text_is_shown_unless_it_is_asked_for(lake: Lake, table: str, column: str) -> None:
    described(lake, "a file", [(table, column, "32557", "Words of another")])
    (told,) = build(lake, ["32557"], as_of=DAY)
    assert shown(told) is None
    assert record_of(told).description == ""
    assert b"Words of another" not in json.document(told)
    assert NOTICE.encode() not in json.document(told)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(list(KINDS)),
        st.sampled_from(CODES),
        st.sampled_from(["Chest tube", "chest tube", "Drain, chest", " ", "", None]),
    ),
    max_size=25,
)


@settings(max_examples=some(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(files=st.lists(ROWS, min_size=1, max_size=3))
def test_each_text_stands_once_with_its_rows_and_files(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[Any]]
) -> None:
    """Against a count of the rows one by one; in a batch, a code tells what it tells alone."""
    lake = Lake.create(tmp_path_factory.mktemp("described") / "lake")
    rows: Counter[tuple[str, str, str, str]] = Counter()
    holders: dict[tuple[str, str, str, str], set[str]] = {}
    for at, said in enumerate(files):
        described(lake, f"file {at}", [(*kind, code, text) for kind, code, text in said])
        for (table, column), code, text in said:
            if text is not None and text.strip():
                key = (code, table, column, text)
                rows[key] += 1
                holders.setdefault(key, set()).add(content_id(f"file {at}"))
    connection = lake.connect()
    batch = Batch(connection, CODES[:2])
    for code in CODES:
        ref = CodeRef("hcpcs" if code.startswith("J") else "cpt", code)
        found = descriptions(Context(connection, ref, DAY, "balanced", with_descriptions=True))
        made = {}
        for line in found.rows:
            text, n = line.cells
            ids = {one.content_id for one in text.sources}  # type: ignore[union-attr]
            made[line.label, text.value] = (n.value, ids)  # type: ignore[union-attr]
        assert made == {
            (KINDS[table, column], text): (n, holders[of, table, column, text])
            for (of, table, column, text), n in rows.items()
            if of == code
        }
        if ref.system == "cpt":
            context = Context(batch.as_connection, ref, DAY, "balanced", with_descriptions=True)
            assert descriptions(context) == found
    assert batch.n_asked <= len(KINDS) + 1


def test_of_many_texts_those_of_most_rows_are_shown_and_the_rest_is_counted(lake: Lake) -> None:
    said = [
        ("items", "description", "32557", f"text {n:02}")
        for n in range(MOST + 5)
        for _ in range(n + 1)
    ]
    described(lake, "a hospital", said)
    (told,) = build(lake, ["32557"], as_of=DAY, with_descriptions=True)
    found = shown(told)
    assert found is not None
    assert [line.cells[0].value for line in found.rows] == [  # type: ignore[union-attr]
        f"text {n:02}" for n in range(MOST + 4, 4, -1)
    ]
    assert (found.note or "").endswith(" 5 more texts have fewer rows.")
