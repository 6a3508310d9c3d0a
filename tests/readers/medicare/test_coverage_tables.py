"""Tables of the Medicare Coverage Database, in its published layout."""

from __future__ import annotations

import json
import zipfile
from datetime import date

import pytest

from coverage_layouts import COLUMNS, article, lcd, linked, mcd
from ratepress.core.errors import UnreadableInput
from ratepress.readers.add import add_all
from ratepress.readers.catalogue import READERS


def rows(lake, table, columns):
    return lake.connect().sql(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()


@pytest.mark.parametrize("table", COLUMNS)
def test_each_table_of_the_download_has_one_reader(table):
    known = [reader.kind for reader in READERS if reader.recognise(mcd(table))]
    assert len(known) == 1
    assert known[0].startswith("medicare-mcd-")


def test_an_article_has_its_days_and_its_number(lake, load_medicare):
    retired = article("50001", "4", "2020-07-01", date_retired="2024-03-31 00:00:00")
    content = load_medicare(mcd("article", article("50001", "5", "2024-04-01"), retired))
    assert (content.read, content.loaded) == (2, 2)
    columns = "document_type, document_id, version, display_id, effective_from, retired_on"
    assert rows(lake, "coverage_documents", columns) == [
        ("article", "50001", "4", "A50001", date(2020, 7, 1), date(2024, 3, 31)),
        ("article", "50001", "5", "A50001", date(2024, 4, 1), None),
    ]


def test_an_lcd_keeps_the_first_day_of_the_first_version_apart(lake, load_medicare):
    load_medicare(mcd("lcd", lcd("30001", "12", "2023-01-01")))
    columns = "document_type, effective_from, first_effective_on"
    assert rows(lake, "coverage_documents", columns) == [
        ("lcd", date(2023, 1, 1), date(2015, 10, 1))
    ]


def test_a_determination_is_longer_than_a_cell_of_a_csv_usually_may_be(lake, load_medicare):
    long = "<p>" + "criteria " * 20_000 + "</p>"
    assert load_medicare(mcd("lcd", lcd("30001", "1", "2023-01-01", indication=long))).loaded == 1


def test_an_ncd_goes_by_its_section_of_the_manual(lake, load_medicare):
    row = {
        "NCD_id": "7",
        "NCD_vrsn_num": "2",
        "NCD_mnl_sect": "220.4",
        "NCD_mnl_sect_title": "Invented",
        "NCD_efctv_dt": "2002-01-01 00:00:00",
        "cvrg_lvl_cd": "2",
    }
    load_medicare(mcd("ncd_trkg", row))
    columns = "document_type, document_id, display_id, coverage_level, effective_from"
    assert rows(lake, "coverage_documents", columns) == [
        ("ncd", "7", "220.4", "2", date(2002, 1, 1))
    ]


def test_a_placeholder_for_no_diagnosis_is_set_aside_under_f340(lake, load_medicare):
    covered = [
        linked("article", "50001", "5", icd10_code_id="J90", icd10_covered_group="1"),
        linked("article", "50001", "5", icd10_code_id="XX000", icd10_covered_group="2"),
    ]
    content = load_medicare(mcd("article_x_icd10_covered", *covered))
    assert [(s.reason, s.count) for s in content.set_aside] == [("F340", 1)]
    assert rows(lake, "coverage_diagnoses", "diagnosis, stance, code") == [("J90", "covered", "")]


def test_a_day_that_cannot_be_read_sets_the_document_aside_under_f342(load_medicare):
    wrong = article("50002", "1", "2020-07-01", date_retired="soon")
    content = load_medicare(mcd("article", article("50001", "1", "2020-07-01"), wrong))
    assert [(s.reason, s.count) for s in content.set_aside] == [("F342", 1)]


def test_a_download_is_read_whole_from_its_zip(lake, tmp_path):
    path = tmp_path / "current_article_csv.zip"
    code = linked("article", "50001", "5", hcpc_code_id="32557", hcpc_code_group="1")
    group = linked("article", "50001", "5", hcpc_code_group="1", paragraph="<p>invented</p>")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("article.csv", mcd("article", article("50001", "5", "2024-04-01")))
        archive.writestr("article_x_hcpc_code.csv", mcd("article_x_hcpc_code", code))
        archive.writestr("article_x_hcpc_code_group.csv", mcd("article_x_hcpc_code_group", group))
        archive.writestr("region_lookup.csv", "region_id,description\n2,New York\n")
    kinds = {one.content.kind for one in add_all(lake, path)}
    assert kinds == {
        "medicare-mcd-articles",
        "medicare-mcd-article-codes",
        "medicare-mcd-article-code-groups",
    }
    # The lookup table that no reader knows is counted, not lost in silence.
    found = lake.connect().sql("SELECT DISTINCT rule_id, subject FROM problems").fetchall()
    assert found == [("F009", "zip archive")]


COPY = {
    "32550": {"covered": ["J90", "J91.0"], "lcdIds": ["L30001"], "notCovered": ["R05.9"]},
    "J1100": {"covered": [], "lcdIds": ["L30001", "L30002"], "notCovered": []},
}


def test_each_entry_of_a_copy_is_a_row(lake, load_medicare):
    content = load_medicare(json.dumps(COPY).encode(), "copy.json")
    assert (content.kind, content.read, content.loaded) == ("medicare-coverage-copy", 6, 6)
    assert rows(lake, "coverage_codes", "code, document_type, document_id, version") == [
        ("32550", "lcd", "30001", ""),
        ("J1100", "lcd", "30001", ""),
        ("J1100", "lcd", "30002", ""),
    ]
    assert rows(lake, "coverage_diagnoses", "code, stance, diagnosis, place") == [
        ("32550", "covered", "J90", "32550.covered[0]"),
        ("32550", "covered", "J91.0", "32550.covered[1]"),
        ("32550", "excluded", "R05.9", "32550.notCovered[0]"),
    ]


def test_entries_of_a_copy_without_meaning_are_set_aside_under_f341(load_medicare):
    wrong = {
        "32550": {"covered": ["J90", "J90", 7, "X"], "lcdIds": ["30001"], "notCovered": []},
        "no code": {"covered": ["J90"], "lcdIds": [], "notCovered": []},
        "32551": {"covered": ["J90"]},
    }
    content = load_medicare(json.dumps(wrong).encode(), "copy.json")
    assert (content.read, content.loaded) == (7, 1)
    aside = {(s.reason, s.count) for s in content.set_aside}
    # J90 again; 7 and 30001 without its letter; X; the code of another form; the lists that lack.
    assert aside == {("F303", 1), ("F340", 1), ("F341", 3), ("F304", 1)}


@pytest.mark.parametrize("cut", [b"", b',"x"', b', "27096": {"covered": [1e'])
def test_a_copy_that_is_cut_off_is_refused(load_medicare, cut):
    head = json.dumps(COPY).encode()[:-1]
    with pytest.raises(UnreadableInput, match="broken or cut off"):
        load_medicare(head + cut, "copy.json")


@pytest.mark.files
def test_the_copies_at_hand_reconcile(load_medicare, data_folder):
    folder = data_folder / "medicare/coverage"
    stated = json.loads((folder / "lcd_coverage.json").read_bytes())
    entries = sum(len(entry) for lists in stated.values() for entry in lists.values())
    copy = load_medicare(folder / "lcd_coverage.json")
    assert (len(stated), copy.read, copy.loaded) == (500, entries, 208_800)
    documents = load_medicare(folder / "cms_lcd_article_documents_2025-08.csv")
    assert (documents.read, documents.loaded) == (3_133, 3_133)
