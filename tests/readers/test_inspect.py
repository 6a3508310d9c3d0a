"""Inspect says what add would count, and what the schema says besides; it writes nothing."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections import Counter
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from payer_changes import changed
from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.readers.add import add_all
from ratepress.readers.inspect import Inspection, inspect, inspect_all
from ratepress.readers.payer.kinds import Kind

SCHEMA = {f"F15{n}" for n in range(10)}


def price(**keys: Any) -> dict[str, Any]:
    return {
        "negotiated_type": "negotiated", "negotiated_rate": 10.5, "service_code": ["11"],
        "expiration_date": "9999-12-31", "billing_class": "professional", "setting": "outpatient",
    } | keys  # fmt: skip


def group(**keys: Any) -> dict[str, Any]:
    tin = {"type": "ein", "value": "12-3456789", "business_name": "West Clinic"}
    return {
        "provider_group_id": 1, "network_name": ["West"],
        "provider_groups": [{"npi": [1234567893], "tin": tin} | keys],
    }  # fmt: skip


def document(*prices: Any, groups: Any = None, item: Any = None, **keys: Any) -> dict[str, Any]:
    stated = {
        "negotiation_arrangement": "ffs", "name": "x", "billing_code_type": "CPT",
        "billing_code_type_version": "2026", "billing_code": "32557", "description": "x",
        "negotiated_rates": [{"negotiated_prices": list(prices), "provider_references": [1]}],
    }  # fmt: skip
    return {
        "reporting_entity_name": "West", "reporting_entity_type": "issuer", "version": "2.2.0",
        "last_updated_on": "2026-10-01", "provider_references": groups or [group()],
        "in_network": [stated | (item or {})],
    } | keys  # fmt: skip


def written(folder: Path, value: Any) -> Path:
    path = folder / "file.json"
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return path


def rules(found: Inspection) -> dict[str, int]:
    return {d.rule_id: d.count for d in found.deviations}


def test_a_good_file_has_no_deviation_and_grade_a(tmp_path: Path) -> None:
    found = inspect(written(tmp_path, document(price())))
    assert found.deviations == ()
    (gap,) = found.not_assessed
    assert gap.what == "Whether the providers do what they are priced for"
    assert (found.grade, found.kind, found.publisher) == ("A", "payer-in-network", "West")
    assert (found.read, found.loaded, found.rows["rates"]) == (1, 1, 1)
    assert (found.declared_version, found.detected_version) == ("2.2.0", "2.x")
    assert found.schema_version == "2.2.0"
    assert found.refused is None


@pytest.mark.parametrize(
    ("stated", "rule_id", "grade"),
    [
        (price(service_code=["CSTM-00"]), "F173", "A"),
        (price(negotiated_type="percentage", negotiated_rate=0.405), "F171", "B"),
        (price(negotiated_rate=99999.99), "F172", "B"),
        (price(negotiated_rate=0.01), "F172", "B"),
        (price(negotiated_rate=0), "F107", "C"),
        (price(negotiated_rate="see contract"), "F106", "D"),
    ],
)
def test_the_worst_deviation_makes_the_grade(
    tmp_path: Path, stated: Any, rule_id: str, grade: str
) -> None:
    found = inspect(written(tmp_path, document(stated)))
    assert rules(found)[rule_id] == 1
    assert found.grade == grade


@pytest.mark.parametrize(
    ("keys", "rule_id"),
    [
        ({"tin": {"type": "ein", "value": "1234567", "business_name": "x"}}, "F175"),
        ({"tin": {"type": "npi", "value": "1234567890"}}, "F175"),
        ({"npi": [1234567890]}, "F176"),
        ({"npi": [0]}, "F177"),
    ],
)
def test_odd_providers_are_told(tmp_path: Path, keys: Any, rule_id: str) -> None:
    found = inspect(written(tmp_path, document(price(), groups=[group(**keys)])))
    assert rules(found)[rule_id] == 1


def test_odd_ids_addresses_and_codes_are_told(tmp_path: Path) -> None:
    remote = {"provider_group_id": 690.5, "location": "https://internal/a.json"}
    whole = {"billing_code": "CSTM-00", "billing_code_type": "CSTM-ALL"}
    found = inspect(written(tmp_path, document(price(), groups=[remote, group()], item=whole)))
    told = rules(found)
    assert (told["F178"], told["F179"]) == (1, 1)
    subjects = {d.subject for d in found.deviations if d.rule_id == "F174"}
    assert subjects == {"billing_code", "billing_code_type"}


def test_a_declared_version_that_the_keys_belie_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, document(price(), version="1.0.0"))
    found = inspect(path)
    assert rules(found)["F180"] == 1
    assert found.schema_version == "2.2.0"
    assert inspect(path, against="1.6.2").schema_version == "1.6.2"


def test_prices_that_were_over_when_they_were_published_are_counted(tmp_path: Path) -> None:
    past = [
        price(negotiated_rate=n, expiration_date="2026-09-30", additional_information=f"tier {n}")
        for n in (1, 2)
    ]
    today = price(expiration_date="2026-10-01")
    (found,) = inspect(written(tmp_path, document(price(), *past, today))).deviations
    assert (found.rule_id, found.count, found.sample) == ("F181", 2, "2026-09-30")
    assert found.first_place == "in_network[0].negotiated_rates[0].negotiated_prices[1]"


@pytest.mark.parametrize(("n", "other", "expected"), [(1000, 0, 1), (999, 0, 0), (1000, 1, 0)])
def test_one_type_for_all_of_many_prices_is_told(
    tmp_path: Path, n: int, other: int, expected: int
) -> None:
    prices = [
        price(negotiated_rate=1, negotiated_type="fee schedule", additional_information=f"tier {k}")
        for k in range(n)
    ]
    prices += [price()] * other
    told = rules(inspect(written(tmp_path, document(*prices))))
    assert told == ({"F182": 1000} if expected else {})


def stated_rates(*rates: tuple[Any, Any], **item: Any) -> dict[str, Any]:
    """A document of one item with a rate for each (provider references, prices)."""
    groups = [group() | {"provider_group_id": n} for n in (1, 2)]
    made = [
        {"provider_references": references, "negotiated_prices": prices}
        for references, prices in rates
    ]
    return document(groups=groups, item={"negotiated_rates": made} | item)


CHEAP, DEAR = price(negotiated_rate=161.03), price(negotiated_rate=444.3)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        # One group has the price again, or another one: in one rate or in two.
        ([([1], [CHEAP]), ([1], [CHEAP])], {"F161": 1}),
        ([([1], [CHEAP]), ([1], [DEAR])], {"F162": 1}),
        ([([1], [CHEAP, DEAR])], {"F162": 1}),
        ([([1, 2], [CHEAP]), ([2, 1], [DEAR]), ([2], [CHEAP])], {"F161": 1, "F162": 2}),
        # A number is its digits, a list its members.
        ([([1.0], [CHEAP]), ([1], [price(negotiated_rate=161.030)])], {"F161": 1}),
        (
            [([1], [price(service_code=["11", "22"])]), ([1], [price(service_code=["22", "11"])])],
            {"F161": 1},
        ),
        # Other providers, or another in any part of the key, are another price.
        ([([1], [CHEAP]), ([2], [DEAR])], {}),
        *(
            ([([1], [CHEAP]), ([1], [DEAR | other])], {})
            for other in (
                {"service_code": ["22"]}, {"billing_code_modifier": ["26"]},
                {"setting": "inpatient"}, {"billing_class": "institutional"},
                {"negotiated_type": "derived"}, {"expiration_date": "2027-12-31"},
                {"additional_information": "children"},
            )
        ),
    ],
)  # fmt: skip
def test_prices_of_one_provider_group_are_held_against_each_other(
    tmp_path: Path, rates: Any, expected: dict[str, int]
) -> None:
    told = rules(inspect(written(tmp_path, stated_rates(*rates))))
    assert {k: n for k, n in told.items() if k in ("F161", "F162")} == expected


def test_a_contradiction_is_told_with_both_prices_and_the_second_place(tmp_path: Path) -> None:
    """Over items too, whatever the order of their keys; the grade is that of an alert."""
    first, second = (
        stated_rates(([1], [CHEAP]), ([2], [one]))["in_network"][0] for one in (CHEAP, DEAR)
    )
    backwards = dict(reversed(second.items()))
    assert next(iter(backwards)) == "negotiated_rates"
    found = inspect(written(tmp_path, stated_rates() | {"in_network": [first, backwards]}))
    told = {d.rule_id: (d.count, d.first_place, d.sample) for d in found.deviations}
    within = "in_network[1].negotiated_rates[{}].negotiated_prices[0]"
    assert told["F161"] == (1, within.format(0), "CPT 32557: 161.03")
    assert told["F162"] == (1, within.format(1), "CPT 32557: 161.03 and 444.3")


@pytest.mark.parametrize(
    "other",
    [{"billing_code": "32551"}, {"billing_code_type": "HCPCS"}, {"billing_code_type_version": "1"},
     {"severity_of_illness": "2"}],
)  # fmt: skip
def test_prices_of_other_codes_and_of_bundles_are_not_compared(
    tmp_path: Path, other: dict[str, str]
) -> None:
    first = stated_rates(([1], [CHEAP]))["in_network"][0]
    second = stated_rates(([1], [DEAR]), **other)["in_network"][0]
    path = written(tmp_path, stated_rates() | {"in_network": [first, second]})
    assert "F162" not in rules(inspect(path))
    bundles = stated_rates(([1], [CHEAP, DEAR]), negotiation_arrangement="bundle", bundled_codes=[])
    assert "F162" not in rules(inspect(written(tmp_path, bundles)))


def test_inline_providers_are_compared_by_tin_and_npis(tmp_path: Path) -> None:
    """Version 1: their order and that of their NPIs tells nothing; another NPI is another group."""

    def rate(stated: dict[str, Any], *npis: int, tin: str = "12-3456789") -> dict[str, Any]:
        groups = [{"npi": list(npis), "tin": {"type": "ein", "value": tin}}]
        return {"provider_groups": groups, "negotiated_prices": [stated]}

    made = [
        rate(CHEAP, 1234567893, 1003000126),
        rate(DEAR, 1003000126, 1234567893),
        rate(DEAR, 1234567893),
        rate(DEAR, 1234567893, 1003000126, tin="98-7654321"),
    ]
    path = written(tmp_path, stated_rates(negotiated_rates=made) | {"version": "1.6.2"})
    assert rules(inspect(path))["F162"] == 1


def test_what_is_beyond_the_most_pairs_is_not_assessed_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for two pairs, the second contradiction of three is beyond it."""
    path = written(tmp_path, stated_rates(([1], [CHEAP, DEAR]), ([2], [CHEAP, DEAR])))
    assert rules(inspect(path)) == {"F162": 2}
    monkeypatch.setattr("ratepress.readers.inspect.MOST_PAIRS", 2)
    found = inspect(path)
    assert rules(found) == {"F162": 1}
    assert [gap.rules for gap in found.not_assessed] == [(), ("F161", "F162")]
    assert "after the first 2 of" in found.not_assessed[1].what


@pytest.mark.parametrize("code_type", ["MS-DRG", "APR-DRG", "APC", "EAPG", "RC", "HIPPS"])
def test_a_professional_price_of_an_institutional_code_is_told(
    tmp_path: Path, code_type: str
) -> None:
    """Each price counts; the code type may stand behind them."""
    code = {"billing_code_type": code_type, "billing_code": "470"}
    prices = [price(negotiated_rate=n, additional_information=f"{n}") for n in (1, 2)]
    facility = price(billing_class="institutional")
    stated = document(facility, *prices, item=code)
    stated["in_network"][0] = dict(reversed(stated["in_network"][0].items()))
    (found,) = [d for d in inspect(written(tmp_path, stated)).deviations if d.rule_id == "F160"]
    assert (found.count, found.sample) == (2, f"professional, {code_type} 470")
    assert found.first_place == "in_network[0].negotiated_rates[0].negotiated_prices[1]"


@pytest.mark.parametrize(
    ("code_type", "billing_class"),
    [("MS-DRG", "institutional"), ("RC", "both"), ("CPT", "institutional"), ("CPT", "professional"),
     ("LOCAL", "professional"), ("ICD", "professional"), ("CSTM-ALL", "professional")],
)  # fmt: skip
def test_a_class_that_may_be_right_is_not_told(
    tmp_path: Path, code_type: str, billing_class: str
) -> None:
    """And an item's prices are not counted for the one after it."""
    code = {"billing_code_type": code_type, "billing_code": "470"}
    stated = document(price(billing_class=billing_class), item=code)
    stated["in_network"] += document(item={"billing_code_type": "APC"})["in_network"]
    assert "F160" not in rules(inspect(written(tmp_path, stated)))


@pytest.mark.parametrize(
    ("keys", "rule_id"),
    [
        ({"billing_code_modifier": ["26", "tc", "X1"]}, None),
        ({"billing_code_modifier": ["26", "260"]}, "F163"),
        ({"billing_code_modifier": ["2-"]}, "F163"),
        ({"service_code": [f"{n:02}" for n in range(1, 40)]}, None),
        ({"service_code": [f"{n:02}" for n in range(1, 41)]}, "F164"),
        ({"service_code": ["11"] * 40}, None),
    ],
)
def test_odd_modifiers_and_lists_of_all_places_are_told(
    tmp_path: Path, keys: Any, rule_id: str | None
) -> None:
    told = rules(inspect(written(tmp_path, document(price(**keys)))))
    assert {k for k in told if k in ("F163", "F164")} == ({rule_id} if rule_id else set())


def test_the_first_place_and_a_sample_are_told(tmp_path: Path) -> None:
    stated = document(price(), price(billing_class="Professional", negotiated_rate=3))
    (found,) = inspect(written(tmp_path, stated)).deviations
    assert (found.rule_id, found.subject, found.sample) == ("F152", "billing_class", "Professional")
    assert found.first_place == "in_network[0].negotiated_rates[0].negotiated_prices[1]"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"<html>Please log in", "a web page"),
        (json.dumps(document(price())).encode()[:-40], "not valid JSON"),
        (gzip.compress(json.dumps(document(price())).encode())[:-30], "truncated or damaged"),
        (b"PK\x03\x04" + bytes(40), "zip archive is truncated"),
        (b'{"provider_groups": []}', "provider-reference"),
    ],
)
def test_what_cannot_be_read_is_an_answer_too(tmp_path: Path, raw: bytes, message: str) -> None:
    (found,) = inspect_all(written(tmp_path, raw))
    assert found.grade == "F"
    assert found.refused is not None
    assert message in found.refused.message
    assert found.refused.todo


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="cannot be opened"):
        inspect(tmp_path / "absent.json")


def test_each_file_of_a_zip_is_inspected(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a", json.dumps(document(price())))
        archive.writestr("b", "hello")
    found = inspect_all(written(tmp_path, made.getvalue()))
    assert [(one.name, one.grade) for one in found] == [("file.json!a", "A"), ("file.json!b", "F")]


def test_nothing_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, document(price()))
    before = path.stat().st_mtime_ns
    inspect(path)
    assert [p.name for p in tmp_path.iterdir()] == ["file.json"]
    assert path.stat().st_mtime_ns == before


@pytest.mark.files
@pytest.mark.parametrize(
    "pattern",
    [
        "tic_examples/*/*/*.json",
        "tic_peer_fixtures/*/*.json",
        "derived/*/aetna*.json.gz",
        "derived/*/adventhealth*.json.gz",
    ],
)
def test_inspect_counts_what_add_counts(lake: Lake, data_folder: Path, pattern: str) -> None:
    """Rows, rows set aside and deviations alike, for every file that can be read."""
    n = 0
    for path in sorted((data_folder / "price_files").glob(pattern))[:40]:
        found = inspect(path)
        if found.refused is not None:
            continue
        n += 1
        (added,) = add_all(lake, path)
        content = added.content
        assert (found.read, found.loaded) == (content.read, content.loaded), path
        aside = {s.reason: s.count for s in content.set_aside}
        assert found.set_aside == aside, path
        # The lake has a table `problems` too, which inspect shows as deviations.
        assert found.rows == {k: v for k, v in content.rows.items() if k != "problems"}, path
        counted = lake.connect().execute(
            "SELECT rule_id, subject, count FROM problems WHERE content_id = ?",
            [content.content_id],
        )
        told = {(d.rule_id, d.subject, d.count) for d in found.deviations}
        assert set(counted.fetchall()) <= told, path
    assert n > 0


@pytest.mark.files
@pytest.mark.parametrize("pattern", ["table-of-contents*", "allowed-amounts*", "in-network-rates*"])
def test_whatever_is_changed_in_a_file_it_reconciles_or_is_refused(
    data_folder: Path, tmp_path: Path, pattern: str
) -> None:
    """Nothing but an `Inspection` comes of it: no document makes a reader fail or lose a row."""
    chance = random.Random(7)
    paths = sorted((data_folder / "price_files/tic_examples").glob(f"*/*/{pattern}.json"))
    grades: Counter[str] = Counter()
    for n in range(200):
        raw = paths[n % len(paths)].read_bytes()
        if n % 2:
            value = bytearray(raw)
            value[chance.randrange(len(value))] = chance.randrange(256)
            found = inspect(written(tmp_path, bytes(value)))
        else:
            found = inspect(written(tmp_path, changed(json.loads(raw), chance)))
        assert found.read == found.loaded + sum(found.set_aside.values()) or found.refused
        grades[found.grade] += 1
    assert grades["F"] > 10
    assert len(grades) > 2


@pytest.mark.files
def test_cms_examples_held_to_the_schema_of_their_tag_break_nothing(data_folder: Path) -> None:
    n = 0
    for path in sorted((data_folder / "price_files/tic_examples").glob("*/*/*.json")):
        found = inspect(path, against=path.parent.name)
        if found.kind is None:
            assert Kind.PROVIDER_REFERENCE.value in (found.refused.message if found.refused else "")
            continue
        n += 1
        assert found.schema_version == path.parent.name.removeprefix("v")
        assert not set(rules(found)) & SCHEMA, path
    assert n == 30


@pytest.mark.files
def test_repeats_and_contradictions_of_a_real_file_are_all_counted(
    data_folder: Path, tmp_path: Path
) -> None:
    """Against a count with json and dictionaries: the first price of a key, and all after it.

    The real file has none; here its 74 provider groups are made three.
    """
    (real,) = (data_folder / "price_files").glob("derived/*/carefirst_as_v2*.gz")
    document = json.loads(gzip.decompress(real.read_bytes()))
    document["in_network"] = document["in_network"][:100]
    rates = [rate for item in document["in_network"] for rate in item["negotiated_rates"]]
    for rate in rates:
        rate["provider_references"] = [one % 3 for one in rate["provider_references"]]
    path = written(tmp_path, document)
    first: dict[str, Any] = {}
    counted: Counter[str] = Counter()
    for item in json.loads(path.read_text(), parse_float=Decimal)["in_network"]:
        for rate in item["negotiated_rates"]:
            for one, reference in product(rate["negotiated_prices"], rate["provider_references"]):
                amount = Decimal(one["negotiated_rate"])
                rest = {name: value for name, value in one.items() if name != "negotiated_rate"}
                rest["service_code"] = sorted(rest["service_code"])
                key = json.dumps([item["billing_code"], reference, rest], sort_keys=True)
                had = first.setdefault(key, (one, amount))
                if had[0] is not one:
                    counted["F161" if had[1] == amount else "F162"] += 1
    told = rules(inspect(path))
    assert {k: n for k, n in told.items() if k in ("F161", "F162")} == counted
    assert counted["F161"] > 100
    assert counted["F162"] > 100
