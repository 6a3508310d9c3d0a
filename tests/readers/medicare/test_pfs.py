"""PPRRVU: what the reader makes of the layouts of 2025 and 2026, and of broken files."""

import csv
import gzip
import tempfile
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medicare_layouts import PLAIN, pprrvu
from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.readers.base import Tally
from ratepress.readers.medicare.pfs_columns import variant_of
from ratepress.readers.medicare.readers import GpciCsv, PfsRvuCsv
from ratepress.readers.source import Source

DRAIN = {
    "HCPCS": "32557",
    "WORK RVU": "3.04",
    "NON-FAC PE RVU": "16.03",
    "FACILITY PE RVU": "0.50",
    "MP RVU": "0.33",
    "NON-FACILITY TOTAL": "19.40",
    "FACILITY TOTAL": "3.87",
}


def rows(lake, columns="*"):
    return lake.connect().sql(f"SELECT {columns} FROM pfs_rvu ORDER BY place").fetchall()


def problems(lake):
    """What is counted, but for F309: the files made here are far from a whole release."""
    found = lake.connect().sql(
        "SELECT rule_id, subject, count, first_place FROM problems WHERE rule_id <> 'F309'"
    )
    return {(rule, subject): (count, place) for rule, subject, count, place in found.fetchall()}


@pytest.mark.parametrize(("year", "columns"), [(2025, 31), (2026, 32)])
def test_both_layouts_are_read_by_name(lake, load_medicare, year, columns):
    """The pricing indicator of 2026 shifts the columns behind it; names still find them."""
    content = load_medicare(pprrvu({**DRAIN, "ENDO BASE": "31622"}, year=year))
    assert content.detected_version == f"PPRRVU with {columns} columns"
    assert rows(
        lake, "code, endoscopic_base, supervision, nonfacility_pe_rvu, facility_pe_rvu"
    ) == [("32557", "31622", "09", Decimal("16.03"), Decimal("0.50"))]


@pytest.mark.parametrize(
    ("quarter", "release", "first", "last"),
    [
        ("January", "2026A", date(2026, 1, 1), date(2026, 3, 31)),
        ("April", "2026B", date(2026, 4, 1), date(2026, 6, 30)),
        ("July", "2026C", date(2026, 7, 1), date(2026, 9, 30)),
        ("October", "2026D", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_the_title_names_the_release_and_its_quarter(
    lake, load_medicare, quarter, release, first, last
):
    content = load_medicare(pprrvu(DRAIN, quarter=quarter))
    assert (content.release, content.effective_from, content.effective_until) == (
        release,
        first,
        last,
    )
    assert rows(lake, "release, effective_from, effective_until, released_on") == [
        (release, first, last, date(2026, 6, 30))
    ]


def test_an_impossible_release_date_is_no_date(lake, load_medicare):
    assert load_medicare(pprrvu(DRAIN, released="13/45/2026")).published_on is None


@pytest.mark.parametrize(
    ("year", "factor", "variant"),
    [(2025, "32.3465", "all"), (2026, "33.4009", "non-QP"), (2026, "33.5675", "QP")],
)
def test_the_conversion_factor_tells_the_variant(lake, load_medicare, year, factor, variant):
    load_medicare(pprrvu({**DRAIN, "CONV FACTOR": factor}, year=year))
    assert rows(lake, "variant") == [(variant,)]
    assert problems(lake) == {}


def test_an_unknown_conversion_factor_of_2026_is_said(lake, load_medicare):
    load_medicare(pprrvu({**DRAIN, "CONV FACTOR": "34"}))
    assert rows(lake, "variant") == [("unknown",)]
    assert problems(lake) == {("F307", "CONV FACTOR"): (1, "row 10")}


def test_na_keeps_the_number_and_sets_the_flag(lake, load_medicare):
    load_medicare(pprrvu({**DRAIN, "NON-FAC NA INDICATOR": "NA"}))
    assert rows(lake, "nonfacility_is_na, facility_is_na, nonfacility_pe_rvu") == [
        (True, False, Decimal("16.03"))
    ]


def test_gzip_and_a_byte_order_mark_change_nothing(lake, load_medicare):
    load_medicare(gzip.compress(b"\xef\xbb\xbf" + pprrvu(DRAIN)))
    assert rows(lake, "code, place") == [("32557", "row 10")]


def test_windows_1252_is_read_and_said(lake, load_medicare):
    load_medicare(pprrvu(DRAIN).replace(b"Notice", b"Notice \x96 caf\xe9"))
    assert rows(lake, "code") == [("32557",)]
    assert [rule for rule, _ in problems(lake)] == ["F003"]


def test_blank_and_footnote_lines_are_no_rows(lake, load_medicare):
    content = load_medicare(pprrvu(DRAIN) + b',,\r\n\r\n"* See, the notice"\r\n')
    assert (content.read, content.loaded) == (1, 1)


@pytest.mark.parametrize(
    ("second", "rule"),
    [
        (DRAIN, "F303"),
        ({**DRAIN, "HCPCS": "557"}, "F304"),
        ({**DRAIN, "HCPCS": "32556", "MP RVU": "N/A"}, "F302"),
        ({**DRAIN, "HCPCS": "32556", "MP RVU": "-0.33"}, "F302"),
        ({**DRAIN, "HCPCS": "32556", "WORK RVU": ""}, "F302"),
        ({**DRAIN, "HCPCS": "32556", "WORK RVU": "1e13"}, "F302"),
    ],
)
def test_a_row_that_cannot_be_trusted_is_set_aside_with_its_place(
    lake, load_medicare, second, rule
):
    content = load_medicare(pprrvu(DRAIN, second))
    assert (content.read, content.loaded) == (2, 1)
    assert [(s.reason, s.count, s.first_place) for s in content.set_aside] == [(rule, 1, "row 11")]
    assert [key[0] for key in problems(lake)] == [rule]


def test_a_row_with_a_cell_too_many_is_set_aside(lake, load_medicare):
    content = load_medicare(pprrvu(DRAIN) + b"32556," + b"1," * 32 + b"\r\n")
    assert [(s.reason, s.count) for s in content.set_aside] == [("F305", 1)]


def test_the_same_code_with_and_without_26_are_two_keys(lake, load_medicare):
    content = load_medicare(pprrvu(DRAIN, {**DRAIN, "MOD": "26"}))
    assert content.loaded == 2


def test_a_total_that_is_not_the_sum_is_counted_and_kept(lake, load_medicare):
    load_medicare(pprrvu({**DRAIN, "FACILITY TOTAL": "3.88"}))
    assert problems(lake) == {("F300", "facility total"): (1, "row 10")}
    assert rows(lake, "facility_total_rvu") == [(Decimal("3.88"),)]


def test_an_undocumented_indicator_is_counted_and_kept(lake, load_medicare):
    load_medicare(
        pprrvu({**DRAIN, "BILAT SURG": "7", "GLOB DAYS": "10", "FACILITY NA INDICATOR": "X"})
    )
    assert set(problems(lake)) == {
        ("F306", "BILAT SURG"),
        ("F306", "GLOB DAYS"),
        ("F306", "FACILITY NA INDICATOR"),
    }
    assert rows(lake, "bilateral_surgery, global_days") == [("7", "10")]


def test_a_new_column_is_named_and_not_loaded(lake, load_medicare):
    load_medicare(pprrvu(DRAIN).replace(b"NOT USED", b"NEWLY USED"))
    assert problems(lake) == {("F006", "NEWLY USED FOR MEDICARE PAYMENT"): (1, "the header lines")}


def test_a_file_without_descriptors_is_read(lake, load_medicare):
    load_medicare(pprrvu(DRAIN).replace(b"DESCRIPTION", b""))
    assert rows(lake, "code, description") == [("32557", None)]


def test_a_file_without_its_title_is_refused():
    """F301: nothing else says for which dates of service it is."""
    with pytest.raises(UnreadableInput, match="which release"):
        read(pprrvu(DRAIN).replace(b"July Release", b"July"))


def test_a_missing_column_is_refused_by_name():
    with pytest.raises(UnreadableInput, match="GLOB DAYS stands 0 times"):
        read(pprrvu(DRAIN).replace(b"GLOB", b"GLOBE"))


def test_a_pricing_indicator_missing_in_2026_is_refused():
    with pytest.raises(UnreadableInput, match="PRIC IND stands 0 times"):
        read(pprrvu(DRAIN, year=2025).replace(b"2025 National", b"2026 National"))


def test_a_column_twice_is_refused():
    with pytest.raises(UnreadableInput, match="PRE OP stands 2 times"):
        read(pprrvu(DRAIN).replace(b"INTRA", b"PRE"))


def test_a_cell_beyond_all_bounds_is_refused():
    huge = pprrvu({**DRAIN, "DESCRIPTION": "x" * 200_000})
    with pytest.raises(UnreadableInput, match=r"field larger.*after row 9"):
        read(huge)


def alerts_of_length(lake):
    found = lake.connect().sql("SELECT severity, sample FROM problems WHERE rule_id = 'F309'")
    return found.fetchall()


def numbered(count):
    """So many rows, each with a code of its own."""
    return pprrvu(*({**DRAIN, "HCPCS": f"{n:05}"} for n in range(count)))


def test_a_file_too_short_for_a_release_is_loaded_with_an_alert(lake, load_medicare):
    """14,999 rows: the shortest release known, of October 2020, has 17,346."""
    assert load_medicare(numbered(14_999)).loaded == 14_999
    assert alerts_of_length(lake) == [("alert", "14999")]


def test_a_file_as_long_as_a_release_has_no_alert(lake, load_medicare):
    load_medicare(numbered(15_000))
    assert alerts_of_length(lake) == []


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_recognition(head):
    assert not PfsRvuCsv().recognise(head)
    assert not GpciCsv().recognise(head)


def test_neither_reader_takes_the_other_file():
    assert PfsRvuCsv().recognise(pprrvu(DRAIN))
    assert not GpciCsv().recognise(pprrvu(DRAIN))


def test_a_year_without_known_factors_has_an_unknown_variant():
    assert variant_of(2031, Decimal(40)) == "unknown"


def read(raw: bytes) -> None:
    """Read without committing: the file is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "input.csv")
        path.write_bytes(raw)
        source = Source(path)
        with Lake.create(Path(folder, "lake")).writer(source.content_id) as out:
            PfsRvuCsv().read(source, out, Tally())


# The counts and values below were taken from the files with the csv module, apart from the reader.
@pytest.mark.files
@pytest.mark.parametrize(
    ("name", "release", "count", "variant"),
    [
        ("PPRRVU2025_Oct.redacted.csv", "2025D", 19_090, "all"),
        ("PPRRVU2026_Jul_nonQPP.redacted.csv", "2026C", 19_356, "non-QP"),
    ],
)
def test_every_row_of_the_real_files_is_loaded_as_it_stands(
    data_folder, lake, load_medicare, name, release, count, variant
):
    path = data_folder / "medicare" / "pfs" / name
    content = load_medicare(path)
    assert (content.release, content.read, content.loaded) == (release, count, count)
    assert problems(lake) == {}
    assert alerts_of_length(lake) == []
    with path.open(encoding="utf-8", newline="") as stream:
        raw = list(csv.reader(stream))[10:]
    last = 31 if release == "2026C" else 30
    expected = Counter(
        (
            r[0],
            r[1],
            r[3],
            Decimal(r[5]),
            Decimal(r[6]),
            r[7] == "NA",
            Decimal(r[8]),
            r[9] == "NA",
            Decimal(r[10]),
            r[13],
            r[14],
            r[18],
            r[19],
            r[20],
            r[21],
            r[22],
            r[last - 5],
            Decimal(r[last]),
            variant,
        )
        for r in raw
    )
    found = lake.connect().sql(
        "SELECT code, modifier, status, work_rvu, nonfacility_pe_rvu, nonfacility_is_na,"
        " facility_pe_rvu, facility_is_na, malpractice_rvu, pctc_indicator, global_days,"
        " multiple_procedure, bilateral_surgery, assistant_surgery, co_surgeons, team_surgery,"
        " supervision, opps_malpractice_rvu, variant FROM pfs_rvu"
    )
    assert Counter(found.fetchall()) == expected


def test_the_plain_row_of_these_tests_adds_up():
    """The maker of test files makes rows that trip no rule."""
    assert Decimal(PLAIN["WORK RVU"]) + Decimal(PLAIN["NON-FAC PE RVU"]) + Decimal(
        PLAIN["MP RVU"]
    ) == Decimal(PLAIN["NON-FACILITY TOTAL"])
