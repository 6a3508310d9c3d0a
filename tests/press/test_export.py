"""Exports: the rows of the lake in every form, without what may not be passed on."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from dossier_sample import dossier
from hostile_text import CORPUS
from ratepress.core.errors import UsageError
from ratepress.dossier.build import build
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES
from ratepress.press import csv as page_csv
from ratepress.press import json as page_json
from ratepress.press import sheets
from ratepress.press.export import dossier_table, export
from ratepress.press.tabular import FORMS, csv_of, sheet, write_json, write_parquet
from ratepress.press.text import spreadsheet
from ratepress.press.workbook import workbook

DAY = date(2026, 7, 15)


@pytest.fixture
def filled(examples: Path) -> Lake:
    return Lake.open(examples)


def rows_of(lake: Lake, table: str) -> list[dict[str, object]]:
    with lake.connect(tables=[table]) as connection:
        found = connection.sql(f"SELECT * FROM {table}").to_arrow_table()
    return list(found.to_pylist())


def read(path: Path) -> list[dict[str, object]]:
    """The rows of an export as text, whatever its form."""
    match path.suffix:
        case ".csv":
            rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        case ".json":
            rows = json.loads(path.read_text("utf-8"))
        case ".parquet":
            rows = pq.read_table(path).to_pylist()
        case _:
            book = load_workbook(path, read_only=True)
            head, *body = book.worksheets[0].iter_rows(values_only=True)
            rows = [dict(zip(head, row, strict=True)) for row in body]
    return [{str(k): text(v) for k, v in row.items()} for row in rows]


def text(value: object) -> str:
    if isinstance(value, (Decimal, float)):
        return f"{Decimal(str(value)).normalize():f}"
    return "" if value is None else str(value).removeprefix("'")


def number(value: str) -> str:
    try:
        return f"{Decimal(value).normalize():f}"
    except ArithmeticError:
        return value


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("table", ["pfs_gpci", "hospitals"])
def test_every_form_holds_every_row_of_a_table(
    filled: Lake, tmp_path: Path, table: str, form: str
) -> None:
    made = export(filled, [table], tmp_path / f"x.{form}")
    whole = rows_of(filled, table)
    assert made[0].rows == len(whole) > 0
    key = TABLES[table].key
    got = {tuple(str(row[name]) for name in key) for row in read(tmp_path / f"x.{form}")}
    assert got == {tuple(text(row[name]) for name in key) for row in whole}


def test_money_of_a_table_is_the_same_in_every_form(filled: Lake, tmp_path: Path) -> None:
    export(filled, ["rates"], tmp_path, form="csv")
    export(filled, ["rates"], tmp_path, form="parquet")
    export(filled, ["rates"], tmp_path, form="json")
    export(filled, ["rates"], tmp_path, form="xlsx")
    found = {
        form: [number(str(row["dollars"])) for row in read(tmp_path / f"rates.{form}")]
        for form in FORMS
    }
    assert len(found["csv"]) == len(rows_of(filled, "rates"))
    assert found["csv"] == found["parquet"] == found["json"] == found["xlsx"]


@pytest.mark.parametrize("table", [name for name, t in TABLES.items() if t.not_redistributable])
def test_what_may_not_be_passed_on_is_left_out_and_named(
    filled: Lake, tmp_path: Path, table: str
) -> None:
    hidden = TABLES[table].not_redistributable
    made = export(filled, [table], tmp_path / "x.parquet")[0]
    assert made.left_out == hidden
    assert not set(hidden) & set(pq.read_schema(tmp_path / "x.parquet").names)
    assert export(filled, [table], tmp_path / "x.parquet", with_restricted=True)[0].left_out == ()
    assert set(hidden) <= set(pq.read_schema(tmp_path / "x.parquet").names)


def test_no_descriptor_of_the_lake_is_in_an_export(filled: Lake, tmp_path: Path) -> None:
    words = {
        str(row[name])
        for table in ("items", "pfs_rvu")
        for row in rows_of(filled, table)
        for name in TABLES[table].not_redistributable
        if row[name] and len(str(row[name])) > 11
    }
    assert words
    names = [name for name in TABLES if rows_of(filled, name)]
    export(filled, [*names, "32557"], tmp_path, form="json", as_of=DAY)
    for path in tmp_path.iterdir():
        written = path.read_text("utf-8")
        assert [word for word in words if f'"{word}"' in written] == [], path.name


@pytest.mark.parametrize("form", FORMS)
def test_the_same_lake_gives_the_same_bytes(filled: Lake, tmp_path: Path, form: str) -> None:
    for name in ("one", "two"):
        export(filled, ["rates", "32557"], tmp_path / name, form=form, as_of=DAY)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_dossier_is_exported_as_the_site_has_it(filled: Lake, tmp_path: Path) -> None:
    made = build(filled, ["32557"], as_of=DAY)[0]
    for form, document in (
        ("csv", page_csv.document), ("json", page_json.document), ("xlsx", sheets.document),
    ):  # fmt: skip
        export(filled, ["32557"], tmp_path / f"page.{form}", as_of=DAY)
        assert (tmp_path / f"page.{form}").read_bytes() == document(made)
    export(filled, ["32557"], tmp_path / "page.parquet", as_of=DAY)
    table = pq.read_table(tmp_path / "page.parquet")
    rows = list(csv.reader(io.StringIO(page_csv.document(made).decode())))
    assert table.column_names == rows[0]
    assert table.num_rows == len(rows) - 1
    assert [spreadsheet(v or "") for v in table["gap"].to_pylist()] == [r[11] for r in rows[1:]]


@pytest.mark.parametrize("name", CORPUS)
def test_a_strangers_text_is_no_formula_in_a_spreadsheet(name: str) -> None:
    table = pa.table({"payer": [CORPUS[name]], "plans": [[CORPUS[name]]]})
    row = next(csv.DictReader(io.StringIO(csv_of(table).decode())))
    for cell in (row["payer"], row["plans"]):
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    sample = sheets.document(dossier(CORPUS[name]))
    written = workbook([sheet("x", table.schema, table.to_batches())])
    for book in (load_workbook(io.BytesIO(one)) for one in (sample, written)):
        for made in book.worksheets:
            for cells in made.iter_rows():
                assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
                assert all(cell.hyperlink is None for cell in cells)


def test_programs_get_a_strangers_text_as_it_is() -> None:
    table = pa.table({"payer": list(CORPUS.values())})
    out = io.BytesIO()
    write_json(table.schema, table.to_batches(), out)
    assert [row["payer"] for row in json.loads(out.getvalue())] == list(CORPUS.values())
    out = io.BytesIO()
    write_parquet(table.schema, table.to_batches(), out)
    assert pq.read_table(out)["payer"].to_pylist() == list(CORPUS.values())


@given(
    st.lists(
        st.tuples(
            st.none() | st.text(alphabet=st.characters(codec="utf-8"), max_size=8),
            st.none() | st.decimals(-(10**12), 10**12, places=4),
            st.none() | st.dates(),
        ),
        max_size=12,
    )
)
def test_csv_holds_what_a_plain_writer_writes(rows: list[tuple[object, ...]]) -> None:
    schema = pa.schema([("a", pa.string()), ("b", pa.decimal128(18, 4)), ("c", pa.date32())])
    table = pa.Table.from_pylist(
        [dict(zip(("a", "b", "c"), row, strict=True)) for row in rows], schema=schema
    )
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["a", "b", "c"])
    for a, b, c in rows:
        safe = "" if a is None else spreadsheet(str(a))
        writer.writerow([safe, "" if b is None else f"{b:.4f}", "" if c is None else str(c)])
    expected = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert list(csv.reader(io.StringIO(csv_of(table).decode(), newline=""))) == expected


def test_a_number_that_excel_would_round_is_written_as_text() -> None:
    table = pa.table({"n": pa.array([Decimal("12345678901234.5678"), Decimal("1.5000")])})
    book = load_workbook(io.BytesIO(workbook([sheet("x", table.schema, table.to_batches())])))
    assert [row[0] for row in book.active.iter_rows(min_row=2, values_only=True)] == [
        "12345678901234.5678", 1.5,
    ]  # fmt: skip


def test_a_table_of_more_rows_than_excel_holds_is_refused(
    filled: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ratepress.press.workbook._ROWS_OF_EXCEL", 3)
    with pytest.raises(UsageError, match="more than Excel holds"):
        export(filled, ["rates"], tmp_path / "rates.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("what", "out", "form", "says"),
    [
        (["nothing"], "x.csv", None, "neither a table of the lake nor a code"),
        ([], "x.csv", None, "nothing to export"),
        (["rates"], "x.pdf", None, "not plain"),
        (["rates", "32557"], "x.csv", None, "need a folder"),
        (["rates"], "x", "pdf", "no such form"),
        (["rates", "hospitals"], "file", "csv", "a file and no folder"),
    ],
)
def test_what_cannot_be_exported_is_told(
    filled: Lake, tmp_path: Path, what: list[str], out: str, form: str | None, says: str
) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match=says):
        export(filled, what, tmp_path / out, form=form)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_dossier_as_a_table_has_a_row_for_each_fact_and_gap() -> None:
    sample = dossier()
    table = dossier_table(sample)
    assert table.num_rows == page_csv.document(sample).decode().count("\n") - 1
    gaps = [row for row in table.to_pylist() if row["gap"]]
    assert gaps
    assert all(row["value"] is None for row in gaps)
