"""Every payer file of the folder of real files: what becomes of it, by path.

A kind means that the file is read whole; its rows are counted here with json, gzip and zipfile
alone. Any other text must stand in the refusal.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.readers.add import add_all
from ratepress.readers.inspect import inspect_all

pytestmark = pytest.mark.files
IN_NETWORK, CONTENTS = "payer-in-network", "payer-table-of-contents"
ALLOWED = "payer-allowed-amounts"
UNKNOWN = "not a kind of file that ratepress knows"
SCHEMA, HEADER = "this is a JSON schema", "the header of a payer's file and nothing more"
HOSPITAL = "hospital"
OUTCOMES = {
    "tic_examples/*/*/in-network-rates-*.json": IN_NETWORK,
    "tic_examples/*/*/table-of-contents-sample.json": CONTENTS,
    "tic_examples/*/*/allowed-amounts-*.json": ALLOWED,
    "tic_examples/*/*/multiplan-empty-example.json": ALLOWED,
    "tic_examples/*/*/provider-reference.json": "a payer's provider-reference file",
    "tic_examples/*/*/*.xml": "a web page or XML",
    "tic_peer_fixtures/*/*_mrf.json": IN_NETWORK,
    "tic_peer_fixtures/*/sample_toc.json": CONTENTS,
    "tic_real/*/carefirst_2020-08-27_in-network-rates_v1.0.0.json.gz": IN_NETWORK,
    "tic_schema/*/*/*.json": SCHEMA,
    "tic_schema/*/*/*.xml": "a web page or XML",
    "tic_validator_fixtures/*/allWrong.zip": UNKNOWN,
    "tic_validator_fixtures/*/multiZip.zip": UNKNOWN,
    "tic_validator_fixtures/*/simpleZip.zip": UNKNOWN,
    "tic_validator_fixtures/*/simpleData.gz": UNKNOWN,
    "tic_validator_fixtures/*/simpleData.json": UNKNOWN,
    "tic_validator_fixtures/*/moreData.json": UNKNOWN,
    "tic_validator_fixtures/*/sampleSchema.json": SCHEMA,
    # Made to try how a validator finds the version: nothing else is in them.
    "tic_validator_fixtures/*/data*.json": HEADER,
    "tic_validator_fixtures/*/allowed-amounts.json": ALLOWED,
    # `allowed_amount` stands in quotes: see the test below.
    "tic_validator_fixtures/*/allowed-amounts-error.json": ALLOWED,
    "tic_validator_fixtures/*/in-network-rates-fee-for-service-sample.json": IN_NETWORK,
    "derived/*/aetna_2022_urls_as_index.json.gz": CONTENTS,
    "derived/*/carefirst_as_v2.2.0_in-network-rates.json.gz": IN_NETWORK,
    "derived/*/carefirst_loopback_provider_refs.tar.gz": "inside the gzip file is a tar archive",
    "derived/*/adventhealth_as_v2.2.0.json.gz": HOSPITAL,
    "derived/*/marthas-vineyard_as_v2.2.0_tall.csv.gz": HOSPITAL,
}


def files(data_folder: Path) -> dict[Path, str]:
    folder = data_folder / "price_files"
    every = {p for d in ("tic_*", "derived") for p in folder.glob(f"{d}/**/*") if p.is_file()}
    found = {p: outcome for glob, outcome in OUTCOMES.items() for p in folder.glob(glob)}
    assert set(found) == every
    assert sum(len(list(folder.glob(glob))) for glob in OUTCOMES) == len(every)
    return found


@cache  # Two tests ask.
def n_rows(path: Path) -> int:
    """What the docs call a row, counted anew."""
    raw = path.read_bytes()
    document: Any = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    if "in_network" in document:
        return sum(
            len(rate["negotiated_prices"])
            for item in document["in_network"]
            for rate in item["negotiated_rates"]
        )
    if "out_of_network" in document:
        return sum(
            len(payment["providers"])
            for item in document["out_of_network"]
            for amount in item["allowed_amounts"]
            for payment in amount["payments"]
        )
    return sum(
        len(s["reporting_plans"])
        + len(s.get("in_network_files", []))
        + ("allowed_amount_file" in s)
        for s in document["reporting_structure"]
    )


def test_every_file_has_its_outcome(lake: Lake, data_folder: Path) -> None:
    for path, outcome in files(data_folder).items():
        if outcome == HOSPITAL:
            continue  # tests/readers/hospital/test_files.py
        if not outcome.startswith("payer-"):
            with pytest.raises(UnreadableInput, match=outcome) as caught:
                add_all(lake, path)
            assert caught.value.todo, path
            continue
        (added,) = add_all(lake, path)
        assert added.content.kind == outcome, path
        assert added.content.read == n_rows(path), path
        if path.name != "allowed-amounts-error.json":
            assert added.content.set_aside == (), path


def test_inspect_gives_every_file_the_same_outcome(data_folder: Path) -> None:
    """Its kind and its rows, or the same refusal; each file of an archive apart."""
    for path, outcome in files(data_folder).items():
        if outcome == HOSPITAL:
            continue
        for found in inspect_all(path):
            if outcome.startswith("payer-"):
                assert (found.kind, found.refused) == (outcome, None), path
                assert found.read == n_rows(path), path
                assert found.schema_version, path
            else:
                assert found.grade == "F", path
                assert found.refused is not None, path
                assert outcome in found.refused.message, path


def test_the_wrong_file_of_cms_has_its_amounts_set_aside(lake: Lake, data_folder: Path) -> None:
    """Its one payment says "25.00" in quotes, for three lists of providers."""
    (path,) = (data_folder / "price_files").glob("tic_validator_fixtures/*/*-error.json")
    (added,) = add_all(lake, path)
    assert [(s.reason, s.count) for s in added.content.set_aside] == [("F140", 3)]
    subjects = lake.connect().sql(
        "SELECT rule_id, subject FROM problems WHERE rule_id IN ('F006', 'F113')"
    )
    assert set(subjects.fetchall()) == {
        ("F006", "rporting_plans"), ("F006", "out_of_network.Name"),
        ("F113", "last_updated_on"),
    }  # fmt: skip


def test_the_index_of_7239_urls_states_each_once(lake: Lake, data_folder: Path) -> None:
    (path,) = (data_folder / "price_files").glob("derived/*/aetna_2022_urls_as_index.json.gz")
    document = json.loads(gzip.decompress(path.read_bytes()))
    add_all(lake, path)
    structures = document["reporting_structure"]
    urls = {
        ("in-network", f["location"]) for s in structures for f in s.get("in_network_files", [])
    } | {("allowed-amounts", s["allowed_amount_file"]["location"]) for s in structures}
    in_network = {url for kind, url in urls if kind == "in-network"}
    assert len(in_network) == 7_239
    plans = {(p["plan_id"], p["plan_name"]) for s in structures for p in s["reporting_plans"]}
    pairs = sum(
        len(s["reporting_plans"]) * (len({f["location"] for f in s["in_network_files"]}) + 1)
        for s in structures
    )
    connection = lake.connect()
    listed = connection.sql("SELECT kind, url FROM listed_files").fetchall()
    assert (len(listed), set(listed)) == (len(urls), urls)
    assert set(connection.sql("SELECT plan_id, plan_name FROM plans").fetchall()) == plans
    joined = connection.sql(
        "SELECT count(*) FROM plans JOIN file_sets USING (content_id, file_set_id) "
        "JOIN listed_files USING (content_id, file_id)"
    ).fetchall()
    assert joined == [(pairs,)]
    ((rows,),) = connection.sql("SELECT count(*) FROM file_sets").fetchall()
    assert rows < 2 * len(urls) < pairs
