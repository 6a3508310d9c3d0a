"""An index is read as a stream, and each file it names is listed once."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from loopback_server import Loopback, serve
from ratepress.core.errors import NetworkRefused, UnreadableInput
from ratepress.fetch.indexes import Link, is_index, links
from ratepress.fetch.transport import Session
from ratepress.fetch.urls import Policy

A, B, C = (f"https://files.example/{name}.json.gz" for name in ("ppo", "hmo", "allowed"))


def plan(number: str, name: str) -> dict[str, str]:
    return {"plan_name": name, "plan_id_type": "ein", "plan_id": number}


def file(url: str, description: str = "in-network file") -> dict[str, Any]:
    return {"location": url, "description": description, "extra": {"location": "https://no"}}


STRUCTURES = [
    {
        "reporting_plans": [plan("111", "West PPO"), plan("222", "West HMO")],
        "in_network_files": [file(A), file(B)],
        "allowed_amount_file": file(C, "allowed amounts"),
    },
    # The plans stand behind the files: an object has no order.
    {"in_network_files": [file(B)], "reporting_plans": [plan("333", "East Ppo Plus")]},
]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "index.json"
    path.write_text(json.dumps({"version": "1.0.0", "reporting_structure": STRUCTURES}))
    return path


def urls(found: tuple[Link, ...]) -> list[str]:
    return [link.url for link in found]


def test_each_file_is_listed_once_with_its_plans(index: Path) -> None:
    found = links(index)
    assert [(one.url, one.kind, one.n_plans) for one in found] == [
        (A, "in-network", 2),
        (B, "in-network", 3),
        (C, "allowed-amounts", 2),
    ]
    assert found[2].description == "allowed amounts"


def test_a_plan_is_asked_for_by_id_or_part_of_its_name(index: Path) -> None:
    assert urls(links(index, plan="333")) == [B]
    assert urls(links(index, plan="33")) == []
    assert [(one.url, one.n_plans) for one in links(index, plan="ppo")] == [(A, 1), (B, 2), (C, 1)]


def test_a_match_is_a_part_of_the_url_or_the_description(index: Path) -> None:
    assert urls(links(index, match="HMO")) == [B]
    assert urls(links(index, match="files.*/?po.")) == [A]
    assert urls(links(index, match="allowed AMOUNTS")) == [C]


def test_a_limit_keeps_the_first(index: Path) -> None:
    assert urls(links(index, limit=2)) == [A, B]
    assert [one.n_plans for one in links(index, limit=2)] == [2, 3]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n "])
def test_gzip_and_byte_order_marks_are_read(index: Path, mark: bytes) -> None:
    path = index.with_suffix(".gz")
    path.write_bytes(gzip.compress(mark + index.read_bytes()))
    assert is_index(path)
    assert links(path) == links(index)


def test_an_index_at_a_url_is_fetched(
    index: Path, server: Loopback, session: Session, loopback: Policy
) -> None:
    url = server.on("/index.json", serve(index.read_bytes()))
    assert links(url, session=session, policy=loopback) == links(index)
    with pytest.raises(NetworkRefused):
        links(server.url("/absent.json"), session=session, policy=loopback)


@pytest.mark.parametrize("length", [100, 300, 858])
def test_a_cut_index_is_refused_and_not_listed_in_part(index: Path, length: int) -> None:
    whole = index.read_bytes()
    assert length < len(whole)
    path = index.with_name("cut.json")
    path.write_bytes(whole[:length])
    with pytest.raises(UnreadableInput):
        links(path)
    path.write_bytes(gzip.compress(whole)[:-9])
    with pytest.raises(UnreadableInput):
        links(path)


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rates.json"
    path.write_text('{"reporting_entity_name": "x", "in_network": []}')
    assert not is_index(path)
    with pytest.raises(UnreadableInput, match="no index of price files"):
        links(path)


def test_a_text_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(b'{"reporting_structure": ["' + b"x" * (9 << 20))
    with pytest.raises(UnreadableInput, match=r"longer than 4,194,304 bytes"):
        links(path)


def test_a_hospitals_index(tmp_path: Path) -> None:
    """CMS: five lines for each location, between them an empty one; here with untidy ones."""
    path = tmp_path / "cms-hpt.txt"
    path.write_text(
        "location-name: West Clinic\nsource-page-url: https://w.example\n"
        "mrf-url: https://w.example/1_west_standardcharges.csv\ncontact-name: Jane\n\n"
        "Location-Name: East Clinic\r\nMRF-URL:https://w.example/2.json?id=7\r\n\r\n"
        "location-name: East Annex\nmrf-url: https://w.example/2.json?id=7\n"
        "location-name: Nowhere\nmrf-url:\n"
    )
    assert [(one.url, one.description) for one in links(path)] == [
        ("https://w.example/1_west_standardcharges.csv", "West Clinic"),
        ("https://w.example/2.json?id=7", "East Clinic"),
    ]
    assert [one.kind for one in links(path, plan="east")] == ["hospital"]


@pytest.mark.files
def test_the_files_of_a_real_list_of_links(data_folder: Path) -> None:
    """The list holds 7,239 links of one payer; its first link is counted with every structure."""
    path = (
        data_folder / "price_files/derived/dolthub__data-analysis/aetna_2022_urls_as_index.json.gz"
    )
    with gzip.open(path) as handle:
        document = json.load(handle)
    expected = dict.fromkeys(
        file["location"]
        for structure in document["reporting_structure"]
        for file in structure.get("in_network_files", [])
    )
    named = urls(links(path))
    assert len(named) >= 7_239
    assert [url for url in named if url in expected] == list(expected)


@pytest.mark.files
@pytest.mark.parametrize("version", ["v1.0.0", "v1.6.2", "v2.2.0"])
def test_the_examples_of_cms(data_folder: Path, version: str) -> None:
    """CMS's samples name three in-network files and two of allowed amounts."""
    folder = data_folder / "price_files/tic_examples/CMSgov__price-transparency-guide"
    found = links(folder / version / "table-of-contents-sample.json")
    assert sorted(one.kind for one in found) == ["allowed-amounts"] * 2 + ["in-network"] * 3
