"""Excel workbooks as sources: the CSV of a worksheet, archives of workbooks, and broken ones."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.readers import workbook as module
from ratepress.readers.add import add_all
from ratepress.readers.source import Source

RATES = [
    ["CMS", None, None],
    [],
    ["HCPCS Code", "Status", "Rate"],
    ["00100", True, 1.05],
    [32557, "a,b", 1608.25],
    ["G0101", None, 0.000001],
    ["new\r\nline", date(2026, 7, 1), 12345678901234.5],
]
AS_CSV = (
    'CMS\n\nHCPCS Code,Status,Rate\n00100,TRUE,1.05\n32557,"a,b",1608.25\nG0101,,0.000001\n'
    '"new\nline",2026-07-01,12345678901234.5\n'
)


def book(**sheets: list[list[object]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def source_of(folder: Path, data: bytes, name: str = "file.xlsx") -> Source:
    path = folder / name
    path.write_bytes(data)
    return Source(path)


def read(source: Source) -> str:
    with source.open() as stream:
        return stream.read().decode()


def test_a_worksheet_is_its_csv_row_by_row(tmp_path: Path) -> None:
    source = source_of(tmp_path, book(Rates=RATES))
    assert source.container == "workbook"
    assert source.parts() == [source]
    assert read(source) == read(source) == AS_CSV


def test_formulas_and_empty_sheets_give_nothing(tmp_path: Path) -> None:
    """A formula that Excel never computed has no value; a sheet without values is no source."""
    source = source_of(tmp_path, book(Notes=[], Rates=[["a", "=1+1"], ["b", 2]]))
    assert [part.name for part in source.parts()] == ["file.xlsx"]
    assert read(source) == "a\nb,2\n"


def test_each_of_several_worksheets_is_a_source(tmp_path: Path) -> None:
    source = source_of(tmp_path, book(One=[["1"]], Two=[["2"]]))
    one, two = source.parts()
    assert (one.name, two.member_name) == ("file.xlsx!One", "Two")
    assert (read(one), read(two)) == ("1\n", "2\n")
    assert len({one.content_id, two.content_id, source.content_id}) == 3
    with pytest.raises(UnreadableInput, match="holds 2 worksheets"):
        read(source)


def test_workbooks_in_an_archive(tmp_path: Path) -> None:
    """CMS packs the workbook beside its text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("rates.xlsx", book(Rates=RATES))
        archive.writestr("both.xlsx", book(One=[["1"]], Two=[["2"]]))
        archive.writestr("rates.csv", "x,y\n")
    parts = source_of(tmp_path, out.getvalue(), "all.zip").parts()
    assert [part.member_name for part in parts] == [
        "rates.xlsx", "both.xlsx!One", "both.xlsx!Two", "rates.csv",
    ]  # fmt: skip
    assert [read(part) for part in parts] == [AS_CSV, "1\n", "2\n", "x,y\n"]
    assert parts[0].content_id == source_of(tmp_path, book_bytes(out, "rates.xlsx")).content_id


def book_bytes(archive: io.BytesIO, name: str) -> bytes:
    with zipfile.ZipFile(archive) as held:
        return held.read(name)


def test_an_archive_of_one_workbook(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("rates.xlsx", book(Rates=RATES))
    source = source_of(tmp_path, out.getvalue(), "one.zip")
    assert source.container == "zip"
    assert read(source) == AS_CSV


def test_a_fee_schedule_loads_from_a_workbook_as_from_csv(tmp_path: Path) -> None:
    """The laboratory fees of CMS, once as CSV and once as a workbook."""
    rows: list[list[object]] = [
        ["YEAR", "HCPCS", "MOD", "EFF_DATE", "INDICATOR", "RATE", "SHORTDESC"],
        ["2026", "80047", "", "20260101", "N", 13.73, ""],
        ["2026", "80048", "QW", "20260101", "N", 8.46, ""],
    ]
    text = "\n".join(",".join(str(cell) for cell in row) for row in rows)
    (tmp_path / "clfs.csv").write_text(text)
    (tmp_path / "clfs.xlsx").write_bytes(book(CLFS=rows))
    found = []
    for name in ("clfs.csv", "clfs.xlsx"):
        lake = Lake.create(tmp_path / f"lake-{name}")
        (added,) = add_all(lake, tmp_path / name)
        with lake.connect() as connection:
            table = connection.execute("SELECT * EXCLUDE (content_id) FROM clfs_rates")
            found.append((added.content.kind, added.content.read, table.fetchall()))
    assert found[0] == found[1]
    assert found[0][1] == 2


def broken(part: str, content: bytes | None) -> bytes:
    """A workbook with one part replaced, or left out for None."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(Rates=RATES))) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = content if info.filename == part else old.read(info)
            if data is not None:
                new.writestr(info.filename, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet"),
        ("xl/worksheets/sheet1.xml", None),
        ("xl/workbook.xml", b"<workbook/>"),
        ("[Content_Types].xml", b""),
    ],
)
def test_a_damaged_workbook_is_an_error_of_ours(tmp_path, part, content):
    with pytest.raises(UnreadableInput, match=r"file\.xlsx"):
        read(source_of(tmp_path, broken(part, content)))


def test_entities_do_not_expand(tmp_path: Path) -> None:
    """A billion laughs: ten entities of ten each, nine deep."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(UnreadableInput, match="damaged"):
        read(source_of(tmp_path, broken("xl/worksheets/sheet1.xml", sheet.encode())))


def test_too_large_a_workbook_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_WORKBOOK", 1000)
    with pytest.raises(UnreadableInput, match="unpacks to"):
        read(source_of(tmp_path, book(Rates=RATES)))


@pytest.mark.parametrize("cell", ["A2000000", "XFD900000"])
def test_a_cell_far_away_does_not_fill_the_memory(tmp_path, monkeypatch, cell):
    """A few bytes of XML that stand for a million rows, or for a row of 16,384 cells each."""
    monkeypatch.setattr(module, "MOST_CELLS", 100_000)
    row = cell.lstrip("ADFX")
    first = f'<row r="{row}"><c r="{cell}"><v>1</v></c></row>'
    next_ones = "".join(
        f'<row r="{int(row) + n}"><c r="XFD{int(row) + n}"><v>1</v></c></row>' for n in range(1, 9)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{main}"><sheetData>{first}{next_ones}</sheetData></worksheet>'
    with pytest.raises(UnreadableInput, match="larger than any"):
        read(source_of(tmp_path, broken("xl/worksheets/sheet1.xml", sheet.encode())))
