"""PPRRVU of 2020 to 2024 in one line of names, and the text form; amounts are CMS's."""

import csv
import gzip
import zipfile
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from medicare_layouts import tidy_rvu
from ratepress.core.errors import MissingReferenceData, UnreadableInput
from ratepress.medicare.price import price
from ratepress.readers.medicare.readers import PfsRvuCsv, PfsRvuText
from ratepress.readers.source import Source

DRAIN = {"HCPCS": "32557"}
# 32557 of October 2025, in the positions of CMS's text form.
LINE = (
    b"32557  OWN WORDS                                         A   3.12  15.71     0.97    0.29"
    b"  19.12  4.380000.00.00.0021100             32.3465 090 99      0.00   0.00   0.00"
)


def rows(lake, columns):
    return lake.connect().sql(f"SELECT {columns} FROM pfs_rvu ORDER BY code").fetchall()


def problems(lake, but=("F309", "F310")):
    found = lake.connect().sql("SELECT rule_id, subject, count FROM problems").fetchall()
    return sorted(row for row in found if row[0] not in but)


def test_the_name_of_a_tidy_file_says_its_release(lake, load_medicare):
    content = load_medicare(tidy_rvu(DRAIN), "rvu20d_oct.csv")
    assert (content.release, content.effective_from) == ("2020D", date(2020, 10, 1))
    assert ("F310", "release", 1) in problems(lake, but=())


def test_a_tidy_file_without_a_release_in_its_name_is_refused(load_medicare):
    with pytest.raises(UnreadableInput, match="which release") as refused:
        load_medicare(tidy_rvu(DRAIN), "input.csv")
    assert "RVU20D" in refused.value.expected


def test_leading_zeros_lost_in_2020_are_restored_and_counted(lake, load_medicare):
    broken = {
        "HCPCS": "42T",
        "GLOB DAYS": "10",
        "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES": "9",
    }
    load_medicare(tidy_rvu(DRAIN, broken, {"HCPCS": "100", "GLOB DAYS": "XXX"}), "rvu20d.csv")
    assert rows(lake, "code, global_days, supervision") == [
        ("00100", "XXX", "09"),
        ("0042T", "010", "09"),
        ("32557", "000", "09"),
    ]
    assert problems(lake) == [
        ("F308", "GLOB DAYS", 1),
        ("F308", "HCPCS", 2),
        ("F308", "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES", 1),
    ]


def test_na_of_a_tidy_file_is_a_flag(lake, load_medicare):
    load_medicare(tidy_rvu({**DRAIN, "NON FAC NA INDICATOR": "NA"}, factor="34.8931"), "rvu21d.csv")
    assert rows(lake, "nonfacility_is_na, facility_is_na") == [(True, False)]


def test_rows_that_print_the_factor_of_another_year_are_set_aside(load_medicare):
    content = load_medicare(tidy_rvu(DRAIN, factor="36.0896"), "rvu21d.csv")
    assert (content.read, content.loaded) == (1, 0)
    assert [(s.reason, s.count) for s in content.set_aside] == [("F311", 1)]


@pytest.mark.parametrize("factor", ["32.7442", "33.2875", "40.0000"])
def test_both_factors_of_2024_and_one_of_no_year_are_loaded(load_medicare, factor):
    assert load_medicare(tidy_rvu(DRAIN, factor=factor), "rvu24c.csv").loaded == 1


def test_a_text_line_is_read_by_its_positions(lake, load_medicare):
    head = b"HDR NOTICE".ljust(50) + b"\r\n"
    content = load_medicare(head + LINE + b"\r\n", "PPRRVU2025_Oct.txt")
    assert (content.kind, content.release) == ("medicare-pfs-rvu-text", "2025D")
    assert rows(
        lake,
        "code, modifier, status, work_rvu, nonfacility_pe_rvu, facility_pe_rvu, malpractice_rvu",
    ) == [("32557", "", "A", *map(Decimal, ("3.12", "15.71", "0.97", "0.29")))]
    indicators = "global_days, multiple_procedure, bilateral_surgery, supervision, imaging_family"
    assert rows(lake, indicators) == [("000", "2", "1", "09", "99")]


def test_a_text_line_of_another_length_is_set_aside(load_medicare):
    content = load_medicare(LINE + b"\n" + LINE[:-4] + b"\n\nTRL 2\n", "RVU25D.txt")
    assert (content.read, content.loaded) == (2, 1)
    assert [(s.reason, s.first_place) for s in content.set_aside] == [("F305", "line 2")]


def test_the_two_forms_are_not_taken_for_each_other():
    assert not PfsRvuText().recognise(tidy_rvu(DRAIN))
    assert not PfsRvuCsv().recognise(LINE)


PUBLISHED = [
    ("arkrvu_2020_pprrvu_rvu20d_oct", 17_346, "2020-06-01", "2020D", "633.37", "158.79"),
    ("arkrvu_2021_pprrvu_rvu21d_oct", 17_432, "2021-06-01", "2021D", "691.58", "152.13"),
    ("arkrvu_2022_pprrvu_rvu22d_oct", 17_726, "2022-06-01", "2022D", "709.43", "150.88"),
    ("arkrvu_2023_pprrvu_rvu23d_oct", 18_168, "2023-06-01", "2023D", "680.12", "148.43"),
    ("arkrvu_2024_pprrvu_rvu24c_jul", 18_664, "2024-06-01", "2024C", "652.44", "145.47"),
]


@pytest.mark.files
@pytest.mark.parametrize(("name", "count", "on", "release", "nonfacility", "facility"), PUBLISHED)
def test_every_year_gives_the_published_amounts_of_32557(
    data_folder, lake, load_medicare, name, count, on, release, nonfacility, facility
):
    path = data_folder / "medicare" / "pfs" / f"{name}.nodesc.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        raw = list(csv.DictReader(stream))
    content = load_medicare(path)
    assert (content.release, content.read, content.loaded) == (release, count, count)
    assert len(raw) == count
    assert [p for p in problems(lake) if p[0] != "F308"] == []
    wanted = Counter(
        (r["hcpcs"].zfill(5), r["mod"], Decimal(r["work_rvu"]), r["non_fac_indicator"] == "NA")
        for r in raw
    )
    assert Counter(rows(lake, "code, modifier, work_rvu, nonfacility_is_na")) == wanted
    day = date.fromisoformat(on)
    found = {one.site: one for one in price(lake, "32557", day)}
    assert found["nonfacility"].amount == Decimal(nonfacility)
    assert found["facility"].amount == Decimal(facility)
    assert all("P00" in one.result.rules and one.substituted for one in found.values())
    with pytest.raises(MissingReferenceData):
        price(lake, "32557", day, strict=True)


@pytest.mark.files
def test_the_text_form_says_what_the_csv_form_says(data_folder, lake, load_medicare, tmp_path):
    folder = data_folder / "medicare" / "pfs"
    archive = tmp_path / "RVU25D.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.write(folder / "PPRRVU2025_Oct.redacted.txt", "PPRRVU2025_Oct.txt")
    assert Source(archive).members[0].name == "PPRRVU2025_Oct.txt"
    contents = [
        load_medicare(folder / "PPRRVU2025_Oct.redacted.csv"),
        load_medicare(archive),
    ]
    assert [c.loaded for c in contents] == [19_090, 19_090]
    one, other = (
        lake.connect()
        .execute(
            "SELECT * EXCLUDE (content_id, place, released_on, description) FROM pfs_rvu"
            " WHERE content_id = ? ORDER BY code, modifier",
            [content.content_id],
        )
        .fetchall()
        for content in contents
    )
    assert one == other
