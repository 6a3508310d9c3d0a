"""Real and official files. Expected counts come from json and gzip alone, or from the publisher."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ratepress.lake.store import Lake
from ratepress.readers.add import add, recognise
from ratepress.readers.payer import InNetworkJson
from ratepress.readers.source import Source

pytestmark = pytest.mark.files
CAREFIRST = "tic_real/*/carefirst_2020-08-27_in-network-rates_v1.0.0.json.gz"
CAREFIRST_AS_V2 = "derived/*/carefirst_as_v2.2.0_in-network-rates.json.gz"


def the_file(data_folder: Path, pattern: str) -> Path:
    (found,) = (data_folder / "price_files").glob(pattern)
    return found


def whole(path: Path) -> Any:
    return json.loads(gzip.decompress(path.read_bytes()), parse_float=Decimal)


def prices(document: Any) -> list[tuple[str, Any, Any]]:
    """Every price object with its item's code and the rate it stands in."""
    return [
        (item["billing_code"], rate, price)
        for item in document["in_network"]
        for rate in item["negotiated_rates"]
        for price in rate["negotiated_prices"]
    ]


@pytest.fixture(scope="module")
def carefirst(load: Any, data_folder: Path) -> tuple[Any, Any]:
    path = the_file(data_folder, CAREFIRST)
    return load(path), whole(path)


def test_carefirst_loads_every_price_object(carefirst: tuple[Any, Any]) -> None:
    loaded, document = carefirst
    assert len(document["in_network"]) == len(loaded.rows("items")) == 1_773
    assert len(prices(document)) == len(loaded.rows("rates")) == 122_310
    assert (loaded.tally.read, loaded.tally.loaded, loaded.aside) == (122_310, 122_310, {})
    assert loaded.header.declared_version == "1.0.0"
    assert loaded.header.detected_version == "1.x"


def test_carefirst_dollars_by_code_are_those_of_the_file(carefirst: tuple[Any, Any]) -> None:
    loaded, document = carefirst
    published: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for code, _, price in prices(document):
        published[code] += Decimal(price["negotiated_rate"])
    for row in loaded.rows("rates"):
        assert row["code_system"] in ("cpt", "hcpcs")
        read[row["code"]] += row["dollars"]
    assert read == published


def test_carefirst_rates_of_32557_with_their_references(carefirst: tuple[Any, Any]) -> None:
    loaded, document = carefirst
    published = sorted(
        (price["negotiated_rate"], *(str(r) for r in rate["provider_references"]))
        for code, rate, price in prices(document)
        if code == "32557"
    )
    ids = {row["provider_set_id"]: row["published_id"] for row in loaded.rows("provider_sets")}
    assert len(ids) == len(loaded.rows("provider_sets"))  # Each rate refers to one group.
    read = sorted(
        (row["dollars"], ids[row["provider_set_id"]])
        for row in loaded.rows("rates")
        if row["code"] == "32557"
    )
    assert len(published) > 0
    assert [(d, Decimal(i)) for d, i in read] == [(d, Decimal(i)) for d, i in published]


def test_carefirst_remote_references_keep_the_text_of_their_ids(
    carefirst: tuple[Any, Any],
) -> None:
    loaded, document = carefirst
    groups = loaded.rows("provider_groups")
    stated = {str(r["provider_group_id"]): r["location"] for r in document["provider_references"]}
    used = {
        str(reference)
        for item in document["in_network"]
        for rate in item["negotiated_rates"]
        for reference in rate["provider_references"]
    }
    assert "690.64470" in stated
    assert {g["published_id"]: g["location"] for g in groups} == stated
    assert {g["group_id"] for g in groups if g["published_id"] == "690.64470"} == {"690.6447"}
    assert {g["state"] for g in groups} == {"not fetched"}
    assert {g["published_id"] for g in groups if g["is_used"]} == used
    assert (len(stated), len(used)) == (370, 74)
    assert loaded.rows("group_members") == []


def test_carefirst_as_version_2_has_its_groups_members_and_networks(
    load: Any, data_folder: Path
) -> None:
    path = the_file(data_folder, CAREFIRST_AS_V2)
    loaded, document = load(path), whole(path)
    references = document["provider_references"]
    members = {
        (str(r["provider_group_id"]), position, str(npi))
        for r in references
        for position, entity in enumerate(r["provider_groups"])
        for npi in entity["npi"]
    }
    networks = {(str(r["provider_group_id"]), n) for r in references for n in r["network_name"]}
    tins = {e["tin"]["value"].replace("-", "") for r in references for e in r["provider_groups"]}
    rows = loaded.rows("group_members")
    assert len(rows) == len(members) == 2_503
    assert {(r["group_id"], r["entity"], r["npi"]) for r in rows} == members
    assert {r["tin"] for r in rows} == tins
    assert all(r["business_name"] for r in rows if r["tin_type"] == "ein")
    found = {(r["group_id"], r["network_name"]) for r in loaded.rows("group_networks")}
    assert found == networks
    assert {g["state"] for g in loaded.rows("provider_groups")} == {"listed"}
    assert loaded.tally.loaded == len(prices(document)) == 122_310
    assert (loaded.header.declared_version, loaded.header.detected_version) == ("2.2.0", "2.x")


def test_cms_examples_of_in_network_rates_load_every_price_object(
    load: Any, data_folder: Path
) -> None:
    files = sorted((data_folder / "price_files/tic_examples").glob("*/*/in-network*.json"))
    assert len(files) == 4 + 5 + 6  # of v1.0.0, v1.6.2 and v2.2.0
    for file in files:
        document = json.loads(file.read_text("utf-8"))
        loaded = load(file)
        assert InNetworkJson().recognise(Source(file).head)
        assert loaded.tally.loaded == len(loaded.rows("rates")) == len(prices(document))
        is_v2 = file.parent.name.startswith("v2")
        assert loaded.header.detected_version == ("2.x" if is_v2 else "1.x"), file


def test_carefirst_is_recognised_and_committed_by_add(lake: Lake, data_folder: Path) -> None:
    path = the_file(data_folder, CAREFIRST)
    assert recognise(Source(path)).kind == "payer-in-network"
    content = add(lake, path).content
    assert (content.read, content.loaded, content.set_aside) == (122_310, 122_310, ())
    assert content.rows["rates"] == 122_310
