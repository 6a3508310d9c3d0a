"""NCCI's files: edits, units and add-on codes in the published layouts, and the copies at hand."""

import csv
import gzip
from collections import Counter
from datetime import date
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ncci_layouts import add_ons, mue, ptp, ptp_copy
from ratepress.readers import source
from ratepress.readers.add import add_all
from ratepress.readers.base import Tally
from ratepress.readers.counting import CountingWriter
from ratepress.readers.medicare import ptp as reading
from ratepress.readers.medicare.ncci_release import ncci_release
from ratepress.readers.medicare.readers import PtpEdits

EDITS = (
    ("32557", "76942", "", "20130101", "*", "1", 'CPT "separate" words, quoted'),
    ("32557", "32556", "*", "19960101", "*", "0", "More extensive procedure"),
    ("00001", "0591T", " ", "20220101", "20231231", "1", "Misuse"),
    ("00001", "0591T", " ", "20240101", "20240101", "9", "Misuse"),
)
LOADED = [
    ("00001", "0591T", False, date(2022, 1, 1), date(2023, 12, 31), "1"),
    ("00001", "0591T", False, date(2024, 1, 1), date(2024, 1, 1), "9"),
    ("32557", "32556", True, date(1996, 1, 1), None, "0"),
    ("32557", "76942", False, date(2013, 1, 1), None, "1"),
]
COLUMNS = "column_1, column_2, is_before_1996, edit_from, edit_until, modifier_indicator"


def edits(lake, columns=COLUMNS):
    return lake.connect().sql(f"SELECT {columns} FROM ncci_ptp").fetchall()


@pytest.mark.parametrize(("delimiter", "preamble"), [("\t", True), (",", True), ("\t", False)])
def test_published_edits_have_their_dates_and_deletions(lake, load_medicare, delimiter, preamble):
    content = load_medicare(
        ptp(*EDITS, delimiter=delimiter, preamble=preamble), "ccipra-v322r0-f1.txt"
    )
    assert (content.read, content.loaded) == (4, 4)
    assert (content.release, content.effective_from) == ("2026C", date(2026, 7, 1))
    assert edits(lake) == LOADED
    rationale = edits(lake, "rationale, setting, place")
    first = 8 if preamble else 1
    assert rationale[3] == ('CPT "separate" words, quoted', "practitioner", f"row {first - 1 or 1}")


def test_copies_without_dates_have_their_release_alone(lake, load_medicare):
    content = load_medicare(
        ptp_copy(("32557", "76942", "1", "x")), "ncci_ptp_out_2024q3_active.csv"
    )
    assert content.release == "2024C"
    assert edits(lake) == [("32557", "76942", None, None, None, "1")]
    assert edits(lake, "setting") == [("outpatient",)]


def test_f313_and_f314_the_name_says_the_setting_or_nothing_does(lake, load_medicare):
    load_medicare(ptp(*EDITS), "ccioph-v322r0-f1.txt")
    load_medicare(ptp(*EDITS[:1]), "edits.txt")
    assert Counter(edits(lake, "setting")) == {("outpatient",): 4, ("unknown",): 1}
    found = lake.connect().sql("SELECT rule_id, count(*) FROM problems GROUP BY ALL").fetchall()
    assert dict(found) == {"F313": 1, "F314": 1, "F310": 1, "F312": 1}


def test_f315_f303_f304_and_f305_set_rows_aside_with_their_place(lake, load_medicare):
    bad = [
        ("3255", "76942", "", "20130101", "*", "1", "x"),
        ("32557", "76942", "", "20131301", "*", "1", "x"),
        ("32557", "76942", "", "20130101", "never", "1", "x"),
        ("32557", "76942", "", "20130101", "*", "2", "x"),
        ("32557", "76942", "", "", "*", "1", "x"),
        ("32557", "76942", "", "20130101", "*", "1", "again"),
        ("32557", "76942", "", "20130101", "*", "1", "x", "more"),
        ("", "", "", "", "", "", "a note"),
    ]
    content = load_medicare(ptp(EDITS[0], *bad), "ccipra-v322r0-f1.txt")
    assert (content.read, content.loaded) == (8, 1)
    assert [(s.reason, s.count, s.first_place) for s in content.set_aside] == [
        ("F303", 1, "row 13"),
        ("F304", 1, "row 8"),
        ("F305", 1, "row 14"),
        ("F315", 4, "row 9"),
    ]


def test_a_zip_of_parts_is_a_content_for_each(lake, tmp_path):
    import zipfile

    path = tmp_path / "edits.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ccipra-v322r0-f1.TXT", ptp(*EDITS[:2]))
        archive.writestr("ccipra-v322r0-f2.TXT", ptp(*EDITS[2:]))
    found = add_all(lake, path)
    assert [one.content.release for one in found] == ["2026C", "2026C"]
    assert len(edits(lake)) == 4


def test_the_one_file_of_a_zip_is_named_inside(lake, tmp_path):
    import zipfile

    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ccioph-v313r0-f1.TXT", ptp(*EDITS))
    (found,) = add_all(lake, path)
    assert found.content.release == "2025D"
    assert edits(lake, "DISTINCT setting") == [("outpatient",)]


CODE = st.sampled_from(["32557", "32556", "0591T", " 76942", "g0480", "3255", "", "00100"])
DAY = st.sampled_from(["20130101", "19960101", "20231231", "*", "", "20131301", "2013"])
EDIT = st.tuples(
    CODE, CODE, st.sampled_from(["*", " ", ""]), DAY, DAY,
    st.sampled_from(["0", "1", "9", "1", "2", ""]), st.sampled_from(["why", 'a "quoted" why', ""]),
)  # fmt: skip


def plain(rows):
    """What the edits of a file are, a row at a time, from the rules and not from the reader."""
    seen, loaded, aside = set(), [], Counter()
    for c1, c2, existed, start, end, indicator, why in (map(str.strip, row) for row in rows):
        if not c1 and not c2:
            continue
        if not all(len(c) == 5 and c.isalnum() for c in (c1, c2)):
            aside["F304"] += 1
            continue
        try:
            first = date.fromisoformat(f"{start[:4]}-{start[4:6]}-{start[6:]}")
            last = None if end in ("", "*") else date.fromisoformat(
                f"{end[:4]}-{end[4:6]}-{end[6:]}"
            )  # fmt: skip
        except ValueError:
            first = None
        if first is None or indicator not in "019" or not indicator:
            aside["F315"] += 1
        elif (c1.upper(), c2.upper(), first, last) in seen:
            aside["F303"] += 1
        else:
            seen.add((c1.upper(), c2.upper(), first, last))
            loaded.append((c1.upper(), c2.upper(), existed == "*", first, last, indicator, why))
    return loaded, aside


class _Kept(CountingWriter):
    def __init__(self):
        super().__init__()
        self.content_id, self.kept = "a", []

    def batch(self, table, batch, *, is_sorted=False):
        self.kept += batch.to_pylist()


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(EDIT, min_size=1, max_size=12), st.booleans())
def test_both_ways_of_reading_give_what_the_rules_say(tmp_path, rows, by_columns):
    path = tmp_path / "ccipra-v322r0-f1.txt"
    path.write_bytes(ptp(*rows))
    out, tally, one = _Kept(), Tally(), source.Source(path)
    fast = reading._by_columns
    if not by_columns:
        reading._by_columns = lambda source, layout: None
    try:
        PtpEdits().read(one, out, tally)
    finally:
        reading._by_columns = fast
    loaded, aside = plain(rows)
    names = ("column_1", "column_2", "is_before_1996", "edit_from", "edit_until",
             "modifier_indicator", "rationale")  # fmt: skip
    found = [tuple(row[name] or "" if name == "rationale" else row[name] for name in names)
             for row in out.kept]  # fmt: skip
    assert Counter(found) == Counter(loaded)
    assert [row[:2] for row in found] == sorted(row[:2] for row in found)
    assert {s.reason: s.count for s in tally.reconcile("f")} == dict(aside)


def test_mue_of_each_setting_in_the_published_layout(lake, load_medicare):
    load_medicare(
        mue(("32557", "2", "3 Date of Service Edit: Clinical", "Anatomic Consideration"),
            ("99999", "x", "3 Date of Service Edit: Clinical", "y"),
            ("99998", "1", "4 New", "y")),
        "MCR_MUE_PractitionerServices_Eff_04-01-2026.csv",
    )  # fmt: skip
    load_medicare(
        mue(("32557", "2", "2 Date of Service Edit: Policy", "CMS Policy"), setting="outpatient"),
        "MCR_MUE_OutpatientHospitalServices_Eff_07-01-2026.csv",
    )
    load_medicare(
        mue(("A4206", "0", "1 Line Edit", "CMS Policy"), setting="dme"), "mue_dme_2024q3.csv"
    )
    columns = "setting, code, units, adjudication_indicator, release"
    found = lake.connect().sql(f"SELECT {columns} FROM mue ORDER BY ALL").fetchall()
    assert found == [
        ("dme", "A4206", 0, "1", "2024C"),
        ("outpatient", "32557", 2, "2", "2026C"),
        ("practitioner", "32557", 2, "3", "2026B"),
    ]
    aside = lake.connect().sql(
        "SELECT rule_id FROM problems WHERE rule_id IN ('F302', 'F315') ORDER BY rule_id"
    ).fetchall()  # fmt: skip
    assert aside == [("F302",), ("F315",)]


def test_mue_copies_name_the_setting_in_each_row(lake, load_medicare):
    load_medicare(
        b'"hcpcs_code","mue_units","mue_mai","mue_rationale","mue_service"\n'
        b'"32557",2,3,"x","Practitioner"\n"32557",2,3,"x","Outpatient Hospital"\n'
        b'"A4206",0,3,"x","DME Supplier"\n"A4206",0,3,"x","Other"\n',
        "mue_2024q3.csv",
    )
    found = lake.connect().sql("SELECT setting, units FROM mue ORDER BY ALL").fetchall()
    assert found == [("dme", 0), ("outpatient", 2), ("practitioner", 2)]


def test_add_on_codes_have_the_day_of_the_year_as_their_dates(lake, load_medicare):
    content = load_medicare(
        add_ons(
            ("1", "0076T", "", "0075T", "", "2013001", "", ""),
            ("2", "0054T", "", "CCCCC", "", "2013001", "2026091", "contractor's primaries"),
            ("3", "22552", "2025366", "22551", "", "2013001", "", ""),
        ),
        "AOC_V2026Q3-MCR.txt",
    )
    assert (content.read, content.loaded, content.release) == (3, 2, "2026C")
    columns = "add_on_code, primary_code, edit_type, edit_from, edit_until"
    assert lake.connect().sql(f"SELECT {columns} FROM addon_edits ORDER BY 1").fetchall() == [
        ("0054T", "CCCCC", "2", date(2013, 1, 1), date(2026, 4, 1)),
        ("0076T", "0075T", "1", date(2013, 1, 1), None),
    ]


def test_names_of_releases():
    names = {
        "ccipra-v302r0-f1.TXT": "2024C",
        "medicare-ncci-2026q1-hospital-ptp-edits.zip": "2026A",
        "AOC_V2025Q4_01-MCR.txt": "2025D",
        "MUE_Eff_13-01-2026.csv": None,
        "x2024q35.csv": None,
    }
    for name, release in names.items():
        found = ncci_release(name)
        assert (found and found.name) == release, name


# Counted with zcat, grep and wc, apart from the reader.
REAL = [
    ("ncci_ptp_prac_2024q3_active.csv.gz", "ncci_ptp", 1_669_820),
    ("ncci_ptp_out_2024q3_active.csv.gz", "ncci_ptp", 1_335_857),
    ("MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", "mue", 15_095),
    ("northstar_2024q3_ncci_mue_prac.csv", "mue", 14_677),
    ("northstar_2024q3_ncci_mue_out.csv", "mue", 14_628),
    ("northstar_2024q3_ncci_mue_dme.csv", "mue", 2_928),
    ("northstar_2024q3_ncci_aoc.csv", "addon_edits", 7_465),
]


@pytest.mark.files
@pytest.mark.parametrize(("name", "table", "rows"), REAL)
def test_every_row_of_the_real_files_is_loaded(data_folder, lake, load_medicare, name, table, rows):
    path = data_folder / "medicare" / "ncci" / name
    content = load_medicare(path)
    assert (content.read, content.loaded, content.rows[table]) == (rows, rows, rows)
    if table == "ncci_ptp":
        # 32557 by hand: what its edits are, each way.
        text = gzip.decompress(path.read_bytes()).decode()
        wanted = [row for row in csv.reader(StringIO(text)) if "32557" in row[:2]]
        found = lake.connect().sql(
            "SELECT column_1, column_2, modifier_indicator, rationale FROM ncci_ptp"
            " WHERE column_1 = '32557' OR column_2 = '32557'"
        ).fetchall()  # fmt: skip
        assert Counter(found) == Counter(map(tuple, wanted))


@pytest.mark.parametrize(
    ("name", "content", "table", "rows"),
    [
        ("ccipra-v322r0-f1.xlsx", ptp(*EDITS), "ncci_ptp", 4),
        (
            "AOC_V2026Q3-MCR.xlsx",
            add_ons(("1", "0076T", "", "0075T", "", "2013001", "", "")),
            "addon_edits",
            1,
        ),
    ],
)
def test_workbooks_are_read_as_the_text_beside_them(lake, tmp_path, name, content, table, rows):
    from openpyxl import Workbook

    book = Workbook()
    for row in csv.reader(StringIO(content.decode(), newline=""), delimiter="\t"):
        # Dates are numbers in CMS's worksheets, codes are texts.
        book.active.append([int(c) if c.isdigit() and len(c) > 6 else c or None for c in row])
    book.save(tmp_path / name)
    (added,) = add_all(lake, tmp_path / name)
    assert (added.content.release, added.content.loaded) == ("2026C", rows)
    if table == "ncci_ptp":
        assert edits(lake) == LOADED
        assert edits(lake, "DISTINCT setting") == [("practitioner",)]
