"""Workbooks beside pages, and a stranger's text in every form that a page has."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from dossier_sample import dossier
from hostile_text import CORPUS
from page_tree import Tree
from ratepress.dossier.model import Profile, plain_id
from ratepress.press import feeds, html, search, sheets
from ratepress.press.crew import write_page
from ratepress.press.files import Site
from ratepress.press.workbook import Column, Sheet, workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def hostile_profile(text: str) -> Profile:
    """A payer with a stranger's name, and all sections of the sample with the same text."""
    one = dossier(text)
    day = date(2026, 7, 15)
    return Profile("payer", plain_id(text), text, day, "balanced", "1", one.sections, one.sources)


def test_numbers_dates_and_codes_keep_their_types() -> None:
    columns = (Column("code"), Column("fee", "dollars"), Column("n", "count"), Column("on", "date"))
    rows = [
        ["00123", Decimal("647.98"), 3, date(2026, 7, 15)],
        [None, Decimal("-1E+2"), None, None],
    ]
    book = openpyxl.load_workbook(io.BytesIO(workbook([Sheet("Fees & more", columns, rows)])))
    sheet = book["Fees & more"]
    read = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert read[0] == ["code", "fee", "n", "on"]
    assert read[1][:3] == ["00123", 647.98, 3]
    assert read[1][3].date() == date(2026, 7, 15)
    assert read[2] == [None, -100, None, None]
    assert sheet.freeze_panes == "A2"
    assert sheet["B2"].number_format == "#,##0.00"


def test_columns_after_z_have_two_letters() -> None:
    columns = tuple(Column(str(n)) for n in range(28))
    book = openpyxl.load_workbook(io.BytesIO(workbook([Sheet("Wide", columns, [["x"] * 28])])))
    assert [cell.coordinate for cell in book["Wide"][1]][25:] == ["Z1", "AA1", "AB1"]


def test_text_that_excel_would_decode_or_cut_is_kept_as_it_is() -> None:
    rows = [["_x0041_ is no A"], ["W" * 40_000]]
    data = workbook([Sheet("Texts", (Column("text"),), rows)])
    assert "_x005F_x0041_ is no A" in parts(data)["xl/sharedStrings.xml"]
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert len(book["Texts"]["A3"].value) == 32_767
    assert book["Texts"]["A3"].value.endswith("…")


def test_a_row_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="a row has 1 cells"):
        workbook([Sheet("Short", (Column("a"), Column("b")), [["x"]])])


def test_the_same_dossier_gives_the_same_workbook() -> None:
    assert sheets.document(dossier()) == sheets.document(dossier())


@pytest.mark.parametrize("kind", CORPUS)
def test_a_strangers_text_is_a_string_in_every_cell_of_a_workbook(kind: str) -> None:
    found = parts(sheets.document(dossier(CORPUS[kind])))
    for name, text in found.items():
        tree = ElementTree.fromstring(text)  # our own text
        assert tree.find(f".//{MAIN}f") is None, name
        assert tree.find(f".//{MAIN}hyperlink") is None, name
        assert not set("\x00\x1b\u202e\u2066\u200b\ufeff") & set(text)
    assert set(found) == set(parts(sheets.document(dossier())))


@pytest.mark.parametrize("kind", CORPUS)
def test_a_strangers_name_stays_text_in_each_form_of_a_profile(kind: str, tmp_path: Path) -> None:
    profile = hostile_profile(CORPUS[kind])
    made = {path.name: path for path in write_page(Site(tmp_path), profile, ())}
    assert all(path.resolve().is_relative_to(tmp_path / "payer") for path in made.values())
    tree = Tree(made["index.html"].read_text("utf-8"))
    assert not {"img", "iframe", "object", "form", "input"} & tree.tags.keys()
    assert tree.tags["script"] == 1  # The page's own.
    assert [name for _, name, _ in tree.attributes if name.startswith("on")] == []
    assert json.loads(tree.scripts[0])["@type"] == "Dataset"
    base = plain_id(CORPUS[kind])
    json.loads(made[f"{base}.json"].read_bytes())
    with made[f"{base}.csv"].open(encoding="utf-8", newline="") as handle:
        cells = [cell for row in csv.reader(handle) for cell in row]
    number = re.compile(r"-?\d+(\.\d+)?\Z")
    assert [
        c for c in cells if c.lstrip().startswith(("=", "+", "-", "@")) and not number.match(c)
    ] == []


@pytest.mark.parametrize("kind", CORPUS)
def test_a_strangers_name_ends_no_script_of_the_index_and_no_feed(kind: str) -> None:
    entry = search.Entry(CORPUS[kind], CORPUS[kind], "payer/x")
    for _, content in search.index([entry]):
        text = content.decode("utf-8")
        assert not set("<>&\u2028\u2029") & set(text)
        listed = json.loads(text.partition(",")[2].removesuffix(");\n"))
        assert len(listed) == 1
    feed = feeds.atom(dossier(CORPUS[kind]).sources, [], date(2026, 7, 15))
    assert ElementTree.fromstring(feed).tag.endswith("feed")  # our own text


def test_a_page_names_each_form_beside_it() -> None:
    tree = Tree(html.page(dossier()))
    assert {"../32557.json", "../32557.csv", "../32557.xlsx"} <= set(tree.values("href"))
