"""NPPES: who a provider is, where it is, and what is set aside on the way."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import registry_files as files
from budget import some
from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.lake.verify import verify
from ratepress.readers.add import add, add_all
from ratepress.readers.registries import stream
from registry_files import NPPES_HEADER, Registered, npi_of

JANE = Registered(npi_of(1))
CLINIC = Registered(
    npi_of(2), entity="2", name="ACME, CLINIC", zip_code="02554", state="MA",
    taxonomies=(("261QM1300X", "N"), ("282N00000X", "Y")), ccn="220177", updated="11/09/2025",
)  # fmt: skip
GONE = Registered(npi_of(3), entity="", deactivated="03/01/2024", taxonomies=())


def test_the_header_of_the_published_file_has_330_columns() -> None:
    """NPPES Data Dissemination - Readme: 330 columns, from NPI to Certification Date."""
    assert len(NPPES_HEADER) == len(set(NPPES_HEADER)) == 330


def test_a_person_an_organization_and_a_number_out_of_use(read: Callable) -> None:
    found = read(files.nppes(JANE, CLINIC, GONE))
    jane, clinic, gone = found.rows("providers", "npi")
    assert jane == {
        "npi": npi_of(1),
        "entity_type": "individual",
        "name": "DOE, JANE",
        "address": "1 MAIN ST, STE 2",
        "city": "ATLANTA",
        "state": "GA",
        "zip_code": "30322",
        "country": "US",
        "taxonomy": "207W00000X",
        "ccn": None,
        "enumerated_on": date(2005, 5, 23),
        "updated_on": date(2025, 10, 1),
        "deactivated_on": None,
        "reactivated_on": None,
    }
    named = ("entity_type", "name", "state", "zip_code", "taxonomy", "ccn")
    assert [clinic[n] for n in named] == [
        "organization", "ACME, CLINIC", "MA", "02554", "282N00000X", "220177",
    ]  # fmt: skip
    assert [gone[n] for n in named] == [None] * 6
    assert gone["deactivated_on"] == date(2024, 3, 1)
    assert [(r["npi"], r["position"], r["taxonomy"], r["is_primary"])
            for r in found.rows("provider_taxonomies", "npi, position")] == [
        (npi_of(1), 1, "207W00000X", True),
        (npi_of(2), 1, "261QM1300X", False),
        (npi_of(2), 2, "282N00000X", True),
    ]  # fmt: skip


def test_the_release_is_the_newest_date_in_the_file_whatever_its_name(read: Callable) -> None:
    found = read(files.nppes(JANE, CLINIC, GONE), "npidata_pfile_20050523-20990101.csv")
    assert found.content.release == "2025-11-09"
    assert (found.content.kind, found.content.effective_from) == ("registry-nppes", None)


def test_what_is_no_npi_stands_twice_or_has_another_width_is_set_aside(read: Callable) -> None:
    wrong = Registered("1234567890")  # the check digit of 123456789 is 3
    data = files.nppes(JANE, wrong, JANE, CLINIC)
    lines = data.split(b"\r\n")
    lines.insert(3, b'"1","2"')  # row 4
    found = read(b"\r\n".join(lines))
    assert (found.content.read, found.content.loaded) == (5, 2)
    assert found.aside() == {"F380": (1, "row 3"), "F382": (1, "row 4"), "F383": (1, "row 5")}
    assert {r["npi"] for r in found.rows("providers")} == {npi_of(1), npi_of(2)}


@pytest.mark.parametrize(
    ("changed", "subject", "column"),
    [
        ({"state": "GEORGIA"}, "state", "state"),
        ({"zip_code": "K1A 0B1"}, "zip", "zip_code"),
        ({"updated": "02/30/2025"}, "updated", "updated_on"),
        ({"taxonomies": (("EYE DOCTOR", "Y"),)}, "taxonomy", "taxonomy"),
    ],
)
def test_a_value_not_of_its_kind_is_left_empty_and_counted(
    read: Callable, changed: dict, subject: str, column: str
) -> None:
    found = read(files.nppes(JANE, Registered(npi_of(9), **changed)))
    assert found.content.loaded == 2
    assert found.problems()["F384", subject] == (1, "row 3")
    assert {r["npi"]: r[column] for r in found.rows("providers")}[npi_of(9)] is None


def test_abroad_state_and_postal_code_are_no_ours_and_no_deviation(read: Callable) -> None:
    abroad = Registered(npi_of(9), country="CA", state="ON", zip_code="K1A 0B1")
    (row,) = read(files.nppes(abroad)).rows("providers")
    assert (row["state"], row["zip_code"], row["country"]) == (None, None, "CA")


def test_without_a_marked_taxonomy_the_first_is_taken_and_counted(read: Callable) -> None:
    odd = Registered(npi_of(9), taxonomies=(("207X00000X", "X"), ("207W00000X", "X")))
    found = read(files.nppes(JANE, odd))
    assert {r["npi"]: r["taxonomy"] for r in found.rows("providers")}[npi_of(9)] == "207X00000X"
    assert found.problems()["F386", "taxonomy"] == (1, "row 3")


def test_the_zip_archive_of_cms_gives_its_file_and_names_the_others(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "NPPES.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("npidata_pfile_20050523-20251109.csv", files.nppes(JANE, CLINIC))
        archive.writestr("npidata_pfile_20050523-20251109_fileheader.csv", "NPI,Entity Type Code")
        archive.writestr("Readme.pdf", "%PDF-1.4")
    lake = Lake.create(tmp_path / "lake")
    (added,) = add_all(lake, tmp_path / "NPPES.zip")
    assert added.content.loaded == 2
    assert verify(lake).ok


def test_a_header_alone_is_a_file_without_rows(read: Callable) -> None:
    found = read(files.nppes())
    assert (found.content.read, found.content.release) == (0, "undated")


def test_a_file_that_was_cut_off_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    whole = gzip.compress(files.nppes(*(Registered(npi_of(i)) for i in range(500))))
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    lake = Lake.create(tmp_path / "lake")
    with pytest.raises(UnreadableInput, match="truncated or damaged"):
        add(lake, tmp_path / "cut.csv.gz")
    assert lake.manifest().contents == ()


def test_blocks_smaller_than_the_file_number_its_rows_alike(
    read: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows passed over in one block move the numbers of all that follow."""
    monkeypatch.setattr(stream, "BLOCK_BYTES", 1 << 13)
    lines = files.nppes(*(Registered(npi_of(i)) for i in range(100))).split(b"\r\n")
    for number in (80, 40, 5):
        lines.insert(number - 1, b"x")
    lines[91 - 1] = lines[91 - 1].replace(b'"1', b'"3', 1)
    found = read(b"\r\n".join(lines))
    assert found.aside() == {"F382": (3, "row 5"), "F380": (1, "row 91")}


# A second way: Python's csv and lists, from the readme alone.

texts = st.sampled_from(["", "GA", "ga", "MA", "XYZ", " NY "])
zips = st.sampled_from(["", "30322", "303221234", "30322-1234", "3032", "K1A"])
codes = st.sampled_from(["207W00000X", "282N00000X", "bad", ""])
switches = st.sampled_from(["Y", "N", "X", ""])
dates = st.sampled_from(["10/01/2025", "2/29/2024", "02/30/2024", "", "2024-01-01"])
registered = st.builds(
    Registered,
    npi=st.integers(0, 6).map(npi_of) | st.sampled_from(["", "0", "1234567890", "12345"]),
    entity=st.sampled_from(["1", "2", ""]),
    name=st.sampled_from(["DOE", "O\"NEIL", "Ä, B", ""]),
    state=texts,
    zip_code=zips,
    taxonomies=st.lists(st.tuples(codes, switches), max_size=4).map(tuple),
    updated=dates,
    country=st.sampled_from(["US", "", "CA"]),
    deactivated=dates,
)  # fmt: skip


def plain(data: bytes) -> list[dict[str, object]]:
    """The providers of a file by csv alone; the first row of an NPI speaks."""
    found: dict[str, dict[str, object]] = {}
    for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
        npi = row["NPI"]
        if len(npi) != 10 or npi not in {npi_of(i) for i in range(7)} or npi in found:
            continue
        here = row["Provider Business Practice Location Address Country Code (If outside U.S.)"]
        here_is = here in ("", "US")
        state = row["Provider Business Practice Location Address State Name"].strip().upper()
        digits = row["Provider Business Practice Location Address Postal Code"].replace("-", "")
        taxonomies = [
            (row[f"Healthcare Provider Taxonomy Code_{i}"],
             row[f"Healthcare Provider Primary Taxonomy Switch_{i}"])
            for i in range(1, 16)
        ]  # fmt: skip
        good = [(code, switch) for code, switch in taxonomies if len(code) == 10]
        marked = [code for code, switch in good if switch == "Y"]
        person = row["Entity Type Code"] == "1"
        last, first = row["Provider Last Name (Legal Name)"], row["Provider First Name"]
        name = row["Provider Organization Name (Legal Business Name)"]
        if person:
            name = ", ".join(part for part in (last, first) if part)
        found[npi] = {
            "npi": npi,
            "entity_type": {"1": "individual", "2": "organization"}.get(row["Entity Type Code"]),
            "name": name or None,
            "state": state if here_is and len(state) == 2 else None,
            "zip_code": digits[:5] if here_is and len(digits) in (5, 9) else None,
            "taxonomy": next(iter([*marked, *(code for code, _ in good)]), None),
            "updated_on": day_of(row["Last Update Date"]),
            "deactivated_on": day_of(row["NPI Deactivation Date"]),
        }
    return [found[npi] for npi in sorted(found)]


def day_of(text: str) -> date | None:
    for form in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


@settings(
    max_examples=some(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(registered, max_size=12))
def test_the_reader_by_columns_equals_one_by_rows(
    tmp_path_factory: pytest.TempPathFactory, those: list[Registered]
) -> None:
    data = files.nppes(*those)
    folder = tmp_path_factory.mktemp("nppes")
    (folder / "a.csv").write_bytes(data)
    lake = Lake.create(folder / "lake")
    content = add(lake, folder / "a.csv").content
    assert content.read == len(those)
    expected = plain(data)
    columns = "npi, entity_type, name, state, zip_code, taxonomy, updated_on, deactivated_on"
    with lake.connect(threads=1) as connection:
        rows = connection.execute(f"SELECT {columns} FROM providers ORDER BY npi").fetchall()
    assert rows == [tuple(row.values()) for row in expected]
