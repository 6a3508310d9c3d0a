"""GPCI Addendum E: localities by header name, identifiers as text."""

import csv
from datetime import date
from decimal import Decimal

import pytest

from medicare_layouts import GPCI_ROWS, gpci
from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.readers.base import Tally
from ratepress.readers.medicare.readers import GpciCsv, PfsRvuCsv
from ratepress.readers.source import Source


def rows(lake, columns="*"):
    return lake.connect().sql(f"SELECT {columns} FROM pfs_gpci ORDER BY place").fetchall()


def problems(lake):
    return lake.connect().sql("SELECT rule_id, subject, count FROM problems").fetchall()


def test_a_locality_is_its_contractor_and_number_as_text(lake, load_medicare):
    content = load_medicare(gpci())
    assert (content.release, content.read, content.loaded) == ("2026", 2, 2)
    assert rows(
        lake, "mac, locality, state, locality_name, work_gpci, pe_gpci, malpractice_gpci"
    ) == [
        ("10112", "00", "AL", "ALABAMA", Decimal("1.000"), Decimal("0.875"), Decimal("0.566")),
        ("02102", "01", "AK", "ALASKA", Decimal("1.500"), Decimal("1.065"), Decimal("0.551")),
    ]
    assert problems(lake) == [("F331", "localities", 1)]  # Two of 109


def test_the_year_of_the_header_is_the_release(lake, load_medicare):
    content = load_medicare(gpci(year=2025))
    assert (content.effective_from, content.effective_until) == (
        date(2025, 1, 1),
        date(2025, 12, 31),
    )
    assert rows(lake, "DISTINCT release") == [("2025",)]


def test_of_two_work_indices_the_one_with_the_floor_is_loaded(lake, load_medicare):
    raw = gpci(("10112", "AL", "00", "ALABAMA", "0.979", "0.875", "0.566"))
    text = raw.decode().replace("2026 PE", "2026 PW GPCI (with 1.0 Floor),2026 PE")
    text = text.replace("2026 PW GPCI (with 1.0 Floor)***", "2026 PW GPCI (without 1.0 Floor)")
    load_medicare(text.replace("0.979,", "0.979,1.000,").encode())
    assert rows(lake, "work_gpci, pe_gpci") == [(Decimal("1.000"), Decimal("0.875"))]


def test_lost_leading_zeros_are_restored_and_said(lake, load_medicare):
    load_medicare(gpci(("2102", "AK", "1", "ALASKA", "1.5", "1.065", "0.551")))
    assert rows(lake, "mac, locality") == [("02102", "01")]
    assert problems(lake) == [
        ("F308", "locality", 1), ("F308", "mac", 1), ("F331", "localities", 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("second", "rule"),
    [
        (GPCI_ROWS[0], "F303"),
        (("1011X", "AL", "00", "ALABAMA", "1", "1", "1"), "F304"),
        (("10112", "AL", "000", "ALABAMA", "1", "1", "1"), "F304"),
        (("10112", "Alabama", "00", "ALABAMA", "1", "1", "1"), "F304"),
        (("10112", "AL", "01", "ALABAMA", "1", "0", "1"), "F302"),
        (("10112", "AL", "01", "ALABAMA", "1", "n/a", "1"), "F302"),
        (("10112", "AL", "01", "ALABAMA", "1", "1"), "F305"),
    ],
)
def test_a_row_that_cannot_be_trusted_is_set_aside(lake, load_medicare, second, rule):
    content = load_medicare(gpci(GPCI_ROWS[0], second))
    assert (content.read, content.loaded) == (2, 1)
    assert [(s.reason, s.count, s.first_place) for s in content.set_aside] == [(rule, 1, "row 5")]


def test_indices_of_two_years_in_one_header_are_no_gpci_file():
    assert not GpciCsv().recognise(gpci().replace(b"2026 PE", b"2025 PE"))


def test_a_file_without_its_header_is_refused(tmp_path):
    path = tmp_path / "input.csv"
    path.write_bytes(gpci().replace(b"Locality Number", b"Number"))
    source = Source(path)
    with (
        Lake.create(tmp_path / "lake").writer(source.content_id) as out,
        pytest.raises(UnreadableInput, match="no header line"),
    ):
        GpciCsv().read(source, out, Tally())


def test_neither_reader_takes_the_other_file():
    assert GpciCsv().recognise(gpci())
    assert not PfsRvuCsv().recognise(gpci())


@pytest.mark.files
@pytest.mark.parametrize("year", [2025, 2026])
def test_the_real_files_have_109_localities(data_folder, lake, load_medicare, year):
    path = data_folder / "medicare" / "pfs" / f"GPCI{year}.csv"
    content = load_medicare(path)
    assert (content.read, content.loaded, problems(lake)) == (109, 109, [])
    with path.open(encoding="utf-8", newline="") as stream:
        raw = [r for r in csv.reader(stream) if len(r[1]) == 2]
    assert sorted(rows(lake, "mac, locality, work_gpci, pe_gpci, malpractice_gpci")) == sorted(
        (r[0], r[2], Decimal(r[4]), Decimal(r[5]), Decimal(r[6])) for r in raw
    )
    assert not [name for (name,) in rows(lake, "locality_name") if name.endswith("*")]
