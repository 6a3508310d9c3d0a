"""Lists of ICD-10-CM codes: CMS's two texts, and a CSV of both columns."""

from __future__ import annotations

import gzip
from datetime import date

import pytest

# 1-5 number, 7-13 code, 15 flag, 17-76 short title, 78- long title.
ORDER = (
    f"{'00001'} {'J90':<7} 1 {'Pleural effusion, NEC':<60} Pleural effusion, not elsewhere\n"
    f"{'00002'} {'J93':<7} 0 {'Pneumothorax and air leak':<60} Pneumothorax and air leak\n"
    f"{'00003'} {'J9311':<7} 1 {'Primary spontaneous pneumothorax':<60} Primary spontaneous\n"
)
CODES = "J90     Pleural effusion, not elsewhere\nJ9311   Primary spontaneous pneumothorax\n"


def codes(lake):
    query = "SELECT diagnosis, is_billable, release FROM icd10_codes ORDER BY 1"
    return lake.connect().sql(query).fetchall()


def test_the_order_file_tells_categories_from_codes(lake, load_medicare):
    content = load_medicare(ORDER.encode(), "icd10cm_order_2024.txt")
    assert (content.read, content.loaded, content.release) == (3, 3, "FY2024")
    assert (content.effective_from, content.effective_until) == (
        date(2023, 10, 1),
        date(2024, 9, 30),
    )
    assert codes(lake) == [
        ("J90", True, "FY2024"),
        ("J93", False, "FY2024"),
        ("J93.11", True, "FY2024"),
    ]


def test_the_codes_file_does_not_say_what_is_billable(lake, load_medicare):
    load_medicare(CODES.encode(), "icd10cm_codes_2024.txt")
    assert codes(lake) == [("J90", None, "FY2024"), ("J93.11", None, "FY2024")]


def test_a_csv_of_both_columns_without_a_year_answers_for_no_day(lake, load_medicare):
    content = load_medicare(b'J90,"Pleural effusion"\nJ9311,x\nJ9311,x\n', "list.csv")
    assert (content.release, content.loaded) == ("undated", 2)
    assert [(s.reason, s.count) for s in content.set_aside] == [("F303", 1)]


def test_lines_of_another_form_are_set_aside(load_medicare):
    content = load_medicare((CODES + "a footnote\n").encode(), "icd10cm_codes_2024.txt")
    assert [(s.reason, s.count, s.first_place) for s in content.set_aside] == [
        ("F305", 1, "line 3")
    ]


@pytest.mark.parametrize(("extra", "release"), [("", "undated"), ("G35A    Invented\n", "FY2026")])
def test_a_list_must_have_what_was_new_in_its_year_f343(lake, load_medicare, extra, release):
    content = load_medicare((CODES + extra).encode(), "icd10cm_codes_2026.txt")
    assert content.release == release
    found = lake.connect().sql("SELECT rule_id FROM problems WHERE rule_id = 'F343'").fetchall()
    assert bool(found) == (release == "undated")


@pytest.mark.files
def test_the_list_at_hand_is_older_than_its_name(load_medicare, data_folder):
    path = data_folder / "medicare/icd/icd10cm_fy2026_drg1.0.0.csv.gz"
    with gzip.open(path, "rt") as lines:
        n_lines = sum(1 for _ in lines)
    content = load_medicare(path)
    assert (content.read, content.loaded, content.release) == (n_lines, 74_260, "undated")
