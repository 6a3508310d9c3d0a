"""A cms-hpt.txt in the layouts that occur: which locations, files, pages and contacts it names.

The layouts are those that collectors of these files report: UTF-16 (Sutter), no scheme (Rush),
prose instead of links (UPMC), a captcha page (Geisinger), spaces and no-break spaces in links.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopback_server import Loopback, redirect, serve
from ratepress.core.errors import UnreadableInput
from ratepress.fetch.cms_hpt import Location, hospital_locations, names_hospital_files
from ratepress.fetch.indexes import links, locations
from ratepress.fetch.transport import Session
from ratepress.fetch.urls import Policy

A, B = "https://w.example/1_west_standardcharges.csv", "https://e.example/2.json?id=7"
PAGE = "https://w.example/prices"
WEST = Location(
    name="West Clinic",
    mrf_url=A,
    source_page_url=PAGE,
    contact_name="Jane Doe",
    contact_email="jane@w.example",
)
EAST = Location(
    name="East Clinic", mrf_url=B, source_page_url=PAGE, contact_name=None, contact_email=None
)
PLAIN = f"""location-name: West Clinic
source-page-url: {PAGE}
mrf-url: {A}
contact-name: Jane Doe
contact-email: jane@w.example

location-name: East Clinic
source-page-url: {PAGE}
mrf-url: {B}
"""
LAYOUTS = {
    "a line for each field": PLAIN,
    "other line ends, case and spaces": PLAIN.replace("\n", "\r\n")
    .upper()
    .replace("LOCATION-NAME:", "Location-Name :"),
    "all in one line": PLAIN.replace("\n", " "),
    "the name of a field on a line of its own": PLAIN.replace(": ", "\n"),
    "tabs": PLAIN.replace(": ", "\t"),
    "underscores and equals signs": PLAIN.replace("-name: ", "_name = ").replace(
        "-url: ", "_url = "
    ),
    "prose round it": f"Our files follow. The mrf-url is the link to the file.\n\n{PLAIN}\n"
    "Questions? Ask at the desk.\n",
    "the link first": "\n".join(
        f"mrf-url: {one.mrf_url}\nlocation-name: {one.name}\nsource-page-url: {PAGE}\n"
        + (
            f"contact-name: {one.contact_name}\ncontact-email: {one.contact_email}\n"
            if one.contact_name
            else ""
        )
        for one in (WEST, EAST)
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_the_locations_of_a_layout(layout: str, encoding: str) -> None:
    data = LAYOUTS[layout].encode(encoding)
    assert names_hospital_files(data)
    found = hospital_locations(data)
    if "case" in layout:
        assert [str(one.mrf_url).lower() for one in found] == [A, B]
        assert [one.name for one in found] == ["WEST CLINIC", "EAST CLINIC"]
    else:
        assert found == (WEST, EAST)


def read(text: str) -> list[tuple[str | None, str | None]]:
    return [(one.name, one.mrf_url) for one in hospital_locations(text.encode())]


def test_the_values_of_each_field_together() -> None:
    text = "".join(f"location-name: {n}\n" for n in "ABC")
    text += "".join(f"mrf-url: https://x.example/{n}.csv\n" for n in "abc")
    assert read(text) == [(n, f"https://x.example/{n.lower()}.csv") for n in "ABC"]


def test_two_locations_with_one_file_and_one_location_with_two() -> None:
    assert read(f"location-name: A\nlocation-name: B\nmrf-url: {A}") == [("A", A), ("B", A)]
    assert read(f"location-name: A\nmrf-url: {A}\nmrf-url: {B}") == [("A", A), ("A", B)]


def test_names_that_cannot_be_told_apart_are_given_together() -> None:
    text = f"location-name: A\nlocation-name: B\nlocation-name: C\nmrf-url: {A}\nmrf-url: {B}"
    assert read(text) == [("A; B; C", A), ("A; B; C", B)]


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("www.rush.example/a.csv", "https://www.rush.example/a.csv"),
        ("https://x.example/1_Alice Peck Day_charges.csv", "https://x.example/1_Alice%20Peck%20Day_charges.csv"),
        ("\u00c2\u00a0https://x.example/r?db=1&type=CSV \u00c2", "https://x.example/r?db=1&type=CSV"),
        ("<https://x.example/a.csv>", "https://x.example/a.csv"),
        ("https://x.example/a?id=1 (updated daily)", "https://x.example/a?id=1"),
        ("https://x.example/go?to=https://y.example/a.csv", "https://x.example/go?to=https://y.example/a.csv"),
        ("http://x.example/a.csv", "http://x.example/a.csv"),
    ],
)  # fmt: skip
def test_links_as_they_are_written(written: str, link: str) -> None:
    assert read(f"location-name: A\nmrf-url: {written}\n") == [("A", link)]


def test_two_links_in_one_line_are_two_files() -> None:
    text = "location-name: A\nmrf-url: https://x.example/1.csv https://x.example/2.csv\n"
    assert read(text) == [("A", "https://x.example/1.csv"), ("A", "https://x.example/2.csv")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"To see prices, go to our page, choose a hospital and click.", "no file is named"),
        (b"location-name: A\nsource-page-url: https://x.example\n", "no file is named"),
        (b"", "no file is named"),
        (b"<!DOCTYPE html><html><title>Radware Captcha Page</title>", "asks for a human"),
        (b"\xef\xbb\xbf <html><body>mrf-url: x</body>", "a web page came"),
    ],
)
def test_what_names_no_file_is_refused_with_the_reason(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableInput, match=message) as refused:
        hospital_locations(data)
    assert refused.value.found
    assert refused.value.todo


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: f"mrf-url: {t}".encode()))
def test_no_bytes_end_in_another_error(data: bytes) -> None:
    try:
        found = hospital_locations(data)
    except UnreadableInput:
        return
    assert any(one.mrf_url for one in found)


def test_it_is_read_from_a_server(server: Loopback, session: Session, loopback: Policy) -> None:
    server.on("/cms-hpt.txt", redirect("/files/cms-hpt.txt"))
    server.on("/files/cms-hpt.txt", serve(PLAIN.encode("utf-16")))
    found = links(server.url("/cms-hpt.txt"), session=session, policy=loopback, match="east")
    assert [(one.url, one.kind, one.description) for one in found] == [
        (B, "hospital", "East Clinic")
    ]


@pytest.mark.files
def test_the_sample_of_a_peer(data_folder: Path) -> None:
    """Its README shows the two hospitals it names."""
    folder = data_folder / "price_files/hpt_peer_fixtures"
    folder /= "SangramSA__hospital-price-transparency-intelligence"
    found = locations(folder / "sample_cms_hpt.txt")
    assert [one.name for one in found] == ["Test Orthopedic Hospital", "Test General Hospital"]
    assert {one.contact_email for one in found} == {"jane@example.org"}


@pytest.mark.files
def test_four_thousand_entries_come_back_as_they_were_published(data_folder: Path) -> None:
    """Each published entry, written in CMS's form, gives its own name and link."""
    path = data_folder / "price_files/url_lists/gyeh__hospital-mrf/cms-hpt.jsonl.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines()
    entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
    text = "\n".join("\n".join(f"{k}: {v}" for k, v in entry.items()) for entry in entries)
    found = hospital_locations(text.encode())
    plain = [e for e in entries if not set("\u00a0\u00c2 ") & set(e["mrf-url"])]
    assert len(plain) == len(entries) - 20
    at = {(one.name, one.mrf_url) for one in found}
    # Names in which UTF-8 was taken for Latin-1 hold control characters; these are not printed.
    named = [e for e in plain if e["location-name"].isprintable()]
    assert len(named) == len(plain) - 17
    stated = {(" ".join(e["location-name"].split()), e["mrf-url"]) for e in named}
    assert stated - at == set()
    assert len(found) == len(entries) + 1  # One entry has two links.
