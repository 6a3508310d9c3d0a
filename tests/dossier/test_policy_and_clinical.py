"""Sections 3 and 8: what notes, coverage documents and policies put on a page, strangers' too."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from coverage_layouts import article, lcd, linked, mcd
from hostile_text import CORPUS
from page_tree import Tree
from ratepress.core.facts import Fact
from ratepress.dossier.build import build
from ratepress.dossier.model import DataTable, Dossier, Section, cells_of
from ratepress.lake.store import Lake
from ratepress.press.html import page
from ratepress.readers.add import add
from registers import HEADER, NEW, NOTES_YAML, OLD, register

DAY = date(2026, 7, 15)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """32557 with an article of two lists, the determination it belongs to, policies and notes."""
    folder = tmp_path_factory.mktemp("policy")
    retired = article("50002", "1", "2020-01-01", date_retired="2026-12-31 00:00:00")
    files = {
        "article.csv": mcd("article", article("50001", "10", "2026-07-01"), retired),
        "codes.csv": mcd(
            "article_x_hcpc_code",
            *(linked("article", i, v, hcpc_code_id="32557") for i, v in
              (("50001", "10"), ("50002", "1"))),
        ),
        "covered.csv": mcd(
            "article_x_icd10_covered",
            *(
                linked("article", "50001", "10", icd10_code_id=code, asterisk=mark)
                for code, mark in (("J90", "N"), ("J91.0", "Y"), ("C78.2", "N"))
            ),
        ),
        "excluded.csv": mcd(
            "article_x_icd10_noncovered", linked("article", "50001", "10", icd10_code_id="R05.9")
        ),
        "related.csv": mcd(
            "article_related_documents",
            linked("article", "50001", "10", related_num="1", r_lcd_id="30001"),
        ),
        "lcd.csv": mcd("lcd", lcd("30001", "4", "2025-01-01")),
        "icd10cm_codes_2024.txt": b"J90     Effusion\nJ910    Malignant\nC782    Secondary\n",
        "register.csv": register(OLD, NEW),
        "notes.yaml": NOTES_YAML.encode(),
    }  # fmt: skip
    return dossier_of(folder, files)


def dossier_of(folder: Path, files: dict[str, bytes], code: str = "32557") -> Dossier:
    lake = Lake.create(folder / "lake")
    for name, data in files.items():
        (folder / name).write_bytes(data)
        add(lake, folder / name)
    (one,) = build(lake, [code], as_of=DAY)
    return one


def table(section: Section, table_id: str) -> DataTable:
    return next(one for one in section.tables if one.id == table_id)


def values(section: Section, table_id: str) -> list[list[object]]:
    return [
        [row.label, *(cell.value if isinstance(cell, Fact) else None for cell in row.cells)]
        for row in table(section, table_id).rows
    ]


def test_documents_stand_with_their_days_and_who_named_them(filled: Dossier) -> None:
    assert values(filled.section("policy"), "coverage") == [
        ["A50001, version 10", "Billing and Coding: invented 50001", "article",
         date(2026, 7, 1), None, None],
        ["A50002, version 1", "Billing and Coding: invented 50002", "article",
         date(2020, 1, 1), date(2026, 12, 31), None],
        ["L30001, version 4", "Invented determination 30001", "LCD, named by A50001",
         date(2025, 1, 1), None, None],
    ]  # fmt: skip


def test_a_document_whose_days_are_not_loaded_says_so(tmp_path: Path) -> None:
    code = linked("article", "50001", "10", hcpc_code_id="32557")
    section = dossier_of(
        tmp_path, {"codes.csv": mcd("article_x_hcpc_code", code), "register.csv": register(OLD)}
    ).section("policy")
    assert values(section, "coverage") == [
        ["A50001, version 10", None, "article, its days not loaded", None, None]
    ]


def test_diagnoses_stand_by_list_and_letter(filled: Dossier) -> None:
    listed = table(filled.section("policy"), "coverage-diagnoses")
    assert [(r.group, r.label, r.cells[0].value, r.cells[1].value) for r in listed.rows] == [
        ("covered", "C", 1, "C78.2"),
        ("covered", "J", 2, "J90, J91.0*"),
        ("not covered", "R", 1, "R05.9"),
    ]


def test_a_sentence_counts_them_and_names_what_the_list_does_not_know(filled: Dossier) -> None:
    first = filled.section("policy").sentences[0].text
    assert "3 coverage documents; 3 diagnoses listed as covered and 1 as not covered." in first
    assert first.endswith("1 of them (R05.9) is not in the ICD-10-CM list that is loaded.")


def test_the_policy_in_force_and_its_changes(filled: Dossier) -> None:
    section = filled.section("policy")
    assert values(section, "policies") == [
        ["Aetna", "Invented policy (INV-1, version 2)", "not covered", "unknown",
         date(2026, 1, 1), date(2025, 12, 1)]
    ]  # fmt: skip
    changed = {row[0]: row[1:] for row in values(section, "policy-changes")}
    assert changed["Stance"] == ["covered with criteria", "not covered"]
    assert changed["Codes that left, codes that came"] == ["cpt:32550", "ms-drg:470"]
    assert set(changed) == {
        "Stance", "Codes that left, codes that came", "Last review", "Prior authorisation",
    }  # fmt: skip


def test_notes_are_marked_as_editorial_with_date_and_review(filled: Dossier) -> None:
    section = filled.section("clinical")
    ours, theirs = (sentence.text for sentence in section.sentences)
    assert ours == (
        "Editorial, not published data: written by the Ratepress authors on 2026-11-25; "
        "state of review: not reviewed by a clinician."
    )
    assert theirs.endswith("state of review: read by Dr. A. Example, 2026-10-02.")
    assert all(one.title.endswith("(editorial)") for one in section.tables)
    for cell in cells_of(section):
        assert isinstance(cell, Fact)
        assert any(source.is_editorial for source in cell.sources)


def test_a_diagnosis_that_the_list_of_the_day_has_not_is_marked(filled: Dossier) -> None:
    rows = table(filled.section("clinical"), "notes-indications").rows
    notes = {row.label: row.cells[1].note for row in rows if row.cells[1] is not None}
    # The list of these tests has J90, J91.0 and C78.2 alone.
    assert notes["Large or recurring effusion"].endswith("that is loaded: J91.8")
    assert notes["Blood in the pleural space without injury"].endswith(": J94.2")


def test_a_statement_has_its_references_as_footnotes(filled: Dossier) -> None:
    rows = table(filled.section("clinical"), "notes-complications").rows
    own = next(row for row in rows if row.group == "Our radiology")
    assert [source.label for source in own.cells[0].sources][:2] == [
        "Our own standard (Example Hospital, 2026)",
        "A guideline (A society)",
    ]
    text = Tree(page(filled)).text
    assert "Our own standard (Example Hospital, 2026)" in text
    assert "British Thoracic Society Clinical Statement on pleural procedures" in text


def test_authors_are_named_only_where_several_wrote(filled: Dossier) -> None:
    section = filled.section("clinical")
    assert {row.group for row in table(section, "notes-course").rows} == {None}
    assert {row.group for row in table(section, "notes-indications").rows} == {
        "the Ratepress authors",
        "Our radiology",
    }


def test_a_code_without_notes_says_so_part_by_part(tmp_path: Path) -> None:
    files = {"register.csv": register(OLD)}
    section = dossier_of(tmp_path, files, "70551").section("clinical")
    assert section.tables == ()
    assert len(section.gaps) == 6
    assert {gap.why for gap in section.gaps} == {"no clinical notes are written for this code"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a code about which strangers wrote registers, notes and documents."""
    folder = tmp_path_factory.mktemp("hostile")
    names = HEADER.split(",")
    cells = OLD.split(",")
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(names)
    for number, wicked in enumerate(CORPUS.values()):
        own = dict(zip(names, cells, strict=True))
        own |= {"payer": f"{wicked} {number}", "policy_id": wicked, "note": wicked}
        own["title"] = wicked[:1000]
        rows.writerow([own[name] for name in names])
    # What YAML itself forbids cannot be written in it.
    writable = [one for one in CORPUS.values() if "\x00" not in one and "\x1b" not in one]
    notes = yaml.safe_load(NOTES_YAML)
    notes["review"] = notes["author"] = writable[0]
    notes["written_on"] = "2026-10-01"
    notes["references"]["own"]["title"] = writable[1]
    notes["notes"] = [
        {
            "codes": ["32557"],
            "statements": [
                {"topic": "course", "heading": one[:900], "text": one[:900], "references": ["own"]}
                for one in writable
            ],
        }
    ]
    listed = io.StringIO()
    columns = [
        "contractor_name_type", "document_display_id", "document_id", "document_type",
        "document_version", "effective_date", "note", "retirement_date", "title", "updated_on",
        "updated_on_sort", "url",
    ]  # fmt: skip
    documents = csv.DictWriter(listed, columns, restval="")
    documents.writeheader()
    for number, wicked in enumerate(CORPUS.values(), start=1):
        documents.writerow(
            {
                "contractor_name_type": wicked, "document_display_id": wicked,
                "document_id": str(number), "document_type": "LCD", "document_version": "1",
                "effective_date": "01/01/2020", "note": wicked, "title": wicked,
                "retirement_date": "N/A", "url": wicked,
            }
        )  # fmt: skip
    ids = [f"L{number}" for number in range(1, len(CORPUS) + 1)]
    copy = {"32557": {"covered": ["J90"], "lcdIds": ids, "notCovered": []}}
    files = {
        "register.csv": text.getvalue().encode("utf-8", "surrogatepass"),
        "notes.yaml": b"ratepress: clinical-notes/1\n"
        + yaml.safe_dump({k: v for k, v in notes.items() if k != "ratepress"}).encode(),
        "list.csv": listed.getvalue().encode("utf-8", "surrogatepass"),
        "copy.json": json.dumps(copy).encode(),
    }
    return page(dossier_of(folder, files))


def test_what_strangers_write_is_text_on_the_page_and_nothing_else(hostile: str) -> None:
    found = Tree(hostile)
    assert not {"img", "iframe", "object", "form"} & found.tags.keys()
    assert found.tags["script"] == 1  # the page's own
    assert found.values("src") == ["../../../assets/page.js"]
    assert [name for _, name, _ in found.attributes if name.startswith("on")] == []
    allowed = ("http://", "https://", "#", "../")
    assert {h for h in found.values("href") if not h.startswith(allowed)} == set()
    assert "{{ 7*7 }}" in found.text
    assert not set("\x00\x1b\u202e\u2066\u200b\ufeff") & set(hostile)


def test_every_strangers_policy_note_and_document_is_there(hostile: str) -> None:
    text = Tree(hostile).text
    assert text.count("alert(1)") > 9
    assert f"{len(CORPUS)} coverage documents" in text
    assert f"{len(CORPUS)} policies" in text
