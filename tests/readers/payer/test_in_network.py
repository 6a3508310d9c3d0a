"""What an in-network file becomes, key by key. Expected values are written out by hand."""

from __future__ import annotations

import gzip
import itertools
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest


def one_price(load: Any, make: Any, **keys: Any) -> Any:
    return load(make.document(make.item(make.rate(make.price(**keys)))))


def test_a_complete_price_becomes_one_rate_with_all_it_states(load: Any, make: Any) -> None:
    loaded = load(
        make.document(
            make.item(
                make.rate(
                    make.price(
                        billing_code_modifier=["26", "lt"],
                        service_code=["11", "22"],
                        additional_information="per visit",
                    )
                ),
                severity_of_illness="2",
            ),
            plan_name="West PPO Gold",
            plan_market_type="group",
        )
    )
    assert loaded.rows("rates") == [
        {
            "rate_id": 0,
            "item_id": 0,
            "charge_id": None,
            "code_system": "cpt",
            "code": "32557",
            "published_type": "CPT",
            "payer_name": "West Health",
            "plan_name": "West PPO Gold",
            "line_of_business": "commercial",
            "line_of_business_evidence": "plan_market_type group",
            "arrangement": "ffs",
            "statement": "dollar",
            "method": "negotiated",
            "dollars": Decimal("123.4500"),
            "percentage": None,
            "algorithm": None,
            "price_unit": "service",
            "billing_class": "professional",
            "setting": "outpatient",
            "scope_evidence": None,
            "place_set_id": "11|22",
            "modifier_set_id": "26|LT",
            "provider_set_id": "1",
            "severity_of_illness": "2",
            "expires_on": date(9999, 12, 31),
            "note": "per visit",
            "place": None,
            "rate_position": 0,
            "price_position": 0,
        }
    ]
    assert loaded.rows("place_sets") == [
        {"place_set_id": "11|22", "member": "11"},
        {"place_set_id": "11|22", "member": "22"},
    ]
    assert loaded.rows("modifier_sets") == [
        {"modifier_set_id": "26|LT", "member": "26"},
        {"modifier_set_id": "26|LT", "member": "LT"},
    ]
    assert loaded.problems == {}
    assert loaded.header.publisher == "West Health"
    assert loaded.header.declared_version == "2.2.0"
    assert loaded.header.detected_version == "2.x"
    assert loaded.header.published_on == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("arrangement", "kind", "statement", "unit"),
    [
        ("ffs", "negotiated", "dollar", "service"),
        ("ffs", "derived", "dollar", "service"),
        ("FFS", "Fee Schedule", "dollar", "service"),
        ("bundle", "negotiated", "dollar", "case"),
        ("capitation", "negotiated", "dollar", "member"),
        ("ffs", "per diem", "dollar", "day"),
        ("bundle", "per diem", "dollar", "day"),
        ("ffs", "percentage", "percentage", "charges"),
        ("capitation", "percentage", "percentage", "charges"),
    ],
)
def test_what_one_price_buys(
    load: Any, make: Any, arrangement: str, kind: str, statement: str, unit: str
) -> None:
    priced = make.rate(make.price(negotiated_type=kind, negotiated_rate=40.5))
    row = load(make.document(make.item(priced, negotiation_arrangement=arrangement))).rows("rates")[
        0
    ]
    assert (row["statement"], row["price_unit"]) == (statement, unit)
    assert row["method"] == kind.lower()
    is_share = statement == "percentage"
    assert row["percentage"] == (Decimal("40.5") if is_share else None)
    assert row["dollars"] == (None if is_share else Decimal("40.5"))


@pytest.mark.parametrize(
    ("stated", "loaded"),
    [("professional", "professional"), ("Institutional", "facility"), ("both", "both")],
)
def test_institutional_is_facility_in_the_lake(
    load: Any, make: Any, stated: str, loaded: str
) -> None:
    assert one_price(load, make, billing_class=stated).rows("rates")[0]["billing_class"] == loaded


def test_all_places_is_a_member_of_its_own(load: Any, make: Any) -> None:
    assert one_price(load, make, service_code=["CSTM-00"]).rows("place_sets") == [
        {"place_set_id": "CSTM-00", "member": "CSTM-00"}
    ]


def test_any_order_of_keys_gives_the_same_rows(load: Any, make: Any) -> None:
    """References, the payer's name and an item's own code may all come after the rates."""
    plain = make.document(make.item(make.rate(make.price())), plan_name="P")
    expected = load(plain).tables

    def backwards(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: backwards(inner) for key, inner in reversed(value.items())}
        return [backwards(inner) for inner in value] if isinstance(value, list) else value

    turned = backwards(plain)
    assert next(iter(turned)) == "plan_name"
    assert next(iter(turned["in_network"][0])) == "negotiated_rates"
    assert load(turned).tables == expected
    for order in itertools.islice(itertools.permutations(plain), 0, None, 97):
        assert load({key: plain[key] for key in order}).tables == expected


def test_gzip_and_byte_order_mark_change_nothing(load: Any, make: Any) -> None:
    plain = make.document(make.item(make.rate(make.price())))
    raw = json.dumps(plain).encode()
    expected = load(raw).tables
    assert load(gzip.compress(raw)).tables == expected
    assert load(b"\xef\xbb\xbf" + raw).tables == expected
    assert load(gzip.compress(raw[:70]) + gzip.compress(raw[70:])).tables == expected


def test_bytes_that_are_not_utf8_are_read_as_windows_1252_and_counted(load: Any, make: Any) -> None:
    named = make.document(reporting_entity_name="Sant\u00e9", provider_references=[])
    raw = json.dumps(named, ensure_ascii=False)
    loaded = load(raw.encode("cp1252"))
    assert loaded.header.publisher == "Sant\u00e9"
    assert loaded.problems == {("F003", "encoding"): 1}


@pytest.mark.parametrize(
    ("keys", "rule_id", "subject"),
    [
        ({"negotiated_rate": "see contract"}, "F106", "negotiated_rate"),
        ({"negotiated_rate": "12.50"}, "F106", "negotiated_rate"),
        ({"negotiated_rate": True}, "F106", "negotiated_rate"),
        ({"negotiated_rate": None}, "F106", "negotiated_rate"),
        ({"negotiated_type": "guess"}, "F105", "negotiated_type"),
        ({"negotiated_type": None}, "F105", "negotiated_type"),
        ({"negotiated_rate": 10**15}, "F002", "negotiated_rate"),
    ],
)
def test_a_price_that_cannot_be_understood_is_set_aside(
    load: Any, make: Any, keys: dict[str, Any], rule_id: str, subject: str
) -> None:
    good, bad = make.price(), make.price(**keys)
    loaded = load(make.document(make.item(make.rate(good, bad), make.rate(bad, good))))
    place = "in_network[0].negotiated_rates[0].negotiated_prices[1]"
    assert loaded.aside == {rule_id: (2, place)}
    assert loaded.problems[rule_id, subject] == 2
    assert (loaded.tally.read, loaded.tally.loaded) == (4, 2)
    # An id is the position of the price object, so that leaving one out moves no other.
    assert [row["rate_id"] for row in loaded.rows("rates")] == [0, 3]


@pytest.mark.parametrize(
    ("keys", "rule_id"),
    [
        ({"billing_code": None}, "F101"),
        ({"billing_code": "  "}, "F101"),
        ({"billing_code": ["32557"]}, "F101"),
        ({"billing_code_type": None}, "F102"),
        ({"negotiation_arrangement": None}, "F103"),
        ({"negotiation_arrangement": "fee"}, "F103"),
    ],
)
def test_an_item_without_a_required_part_is_kept_and_its_prices_set_aside(
    load: Any, make: Any, keys: dict[str, Any], rule_id: str
) -> None:
    broken = make.item(make.rate(make.price(), make.price()), **keys)
    loaded = load(make.document(make.item(make.rate(make.price())), broken))
    place = "in_network[1].negotiated_rates[0].negotiated_prices[0]"
    assert loaded.aside == {rule_id: (2, place)}
    assert len(loaded.rows("items")) == 2
    assert len(loaded.rows("rates")) == 1


def test_an_element_that_is_no_price_object_is_read_and_set_aside(load: Any, make: Any) -> None:
    loaded = load(make.document(make.item(make.rate(12, None, [], make.price()))))
    place = "in_network[0].negotiated_rates[0].negotiated_prices[0]"
    assert loaded.aside == {"F104": (3, place)}
    assert loaded.tally.read == 4


@pytest.mark.parametrize("amount", [0, -5, -0.01])
def test_zero_and_negative_rates_are_loaded_as_published_and_counted(
    load: Any, make: Any, amount: float
) -> None:
    loaded = one_price(load, make, negotiated_rate=amount)
    assert loaded.rows("rates")[0]["dollars"] == Decimal(str(amount))
    assert loaded.problems == {("F107", "negotiated_rate"): 1}


def test_digits_beyond_the_table_are_rounded_half_even_and_counted(load: Any, make: Any) -> None:
    loaded = one_price(load, make, negotiated_rate=1.00005)
    assert loaded.rows("rates")[0]["dollars"] == Decimal("1.0000")
    assert loaded.problems == {("F001", "negotiated_rate"): 1}


def test_items_and_rates_without_prices_are_counted(load: Any, make: Any) -> None:
    loaded = load(
        make.document(
            make.item(), make.item(make.rate()), make.item(negotiated_rates="none"), "no item"
        )
    )
    assert [row["item_id"] for row in loaded.rows("items")] == [0, 1, 2]
    assert loaded.problems == {
        ("F110", "negotiated_rates"): 3,
        ("F111", "negotiated_prices"): 1,
        ("F100", "negotiated_rates"): 1,
        ("F100", "in_network"): 1,
        ("F125", "provider_references"): 1,
    }


@pytest.mark.parametrize(
    ("keys", "rule_id", "column"),
    [
        ({"expiration_date": "12/31/2026"}, "F113", "expires_on"),
        ({"expiration_date": "2026-02-30"}, "F113", "expires_on"),
        ({"expiration_date": None}, "F113", "expires_on"),
        ({"billing_class": "hospital"}, "F114", "billing_class"),
        ({"setting": "office"}, "F115", "setting"),
        ({"additional_information": {"a": 1}}, "F100", "note"),
    ],
)
def test_a_circumstance_that_is_not_understood_is_empty_and_counted(
    load: Any, make: Any, keys: dict[str, Any], rule_id: str, column: str
) -> None:
    loaded = one_price(load, make, **keys)
    assert loaded.rows("rates")[0][column] is None
    assert loaded.problems == {(rule_id, next(iter(keys))): 1}


def test_places_of_service(load: Any, make: Any) -> None:
    """A lost leading zero is put back; whatever else is no place is kept as written."""
    loaded = one_price(load, make, service_code=["1", "office", 22, " cstm-00 ", ""])
    assert loaded.rows("rates")[0]["place_set_id"] == "01|22|CSTM-00|OFFICE"
    assert loaded.problems == {("F118", "service_code"): 2, ("F116", "service_code"): 1}
    assert one_price(load, make, service_code=None).problems == {("F118", "service_code"): 1}
    facility = one_price(load, make, service_code=None, billing_class="institutional")
    assert facility.problems == {}


def test_bundled_and_covered_codes_hang_off_the_item(load: Any, make: Any) -> None:
    inside = {
        "billing_code_type": "HCPCS",
        "billing_code_type_version": "2026",
        "billing_code": "76942",
        "description": "our own label",
    }
    item = make.item(
        make.rate(make.price()), bundled_codes=[inside, {}], covered_services=["x", inside]
    )
    loaded = load(make.document(item))
    row = {
        "item_id": 0,
        "code_system": "cpt",
        "code": "76942",
        "published_type": "HCPCS",
        "published_code": "76942",
        "code_version": "2026",
        "description": "our own label",
    }
    assert loaded.rows("bundled_codes") == [
        {**row, "relation": "bundled", "position": 0},
        {**row, "relation": "covered", "position": 1},
    ]
    assert loaded.problems == {
        ("F101", "bundled_codes.billing_code"): 1,
        ("F100", "covered_services"): 1,
    }


def test_a_plan_is_a_row_where_the_file_names_one(load: Any, make: Any) -> None:
    named = make.document(
        plan_name="Gold",
        plan_id_type="HIOS",
        plan_id="0012345",
        plan_market_type="Individual",
        issuer_name="West Issuer",
    )
    assert load(named).rows("plans") == [
        {
            "plan_name": "Gold",
            "plan_id_type": "hios",
            "plan_id": "0012345",
            "market_type": "individual",
            "issuer_name": "West Issuer",
            "sponsor_name": None,
            "file_set_id": None,
        }
    ]
    assert load(make.document()).rows("plans") == []


def test_unknown_keys_are_counted_where_they_stand(load: Any, make: Any) -> None:
    loaded = load(
        make.document(
            make.item(make.rate(make.price(colour=1), hue={"a": 1}), shade=[[]]), tone={"b": [1]}
        )
    )
    assert loaded.problems == {
        ("F006", "tone"): 1,
        ("F006", "in_network.shade"): 1,
        ("F006", "negotiated_rates.hue"): 1,
        ("F006", "negotiated_prices.colour"): 1,
    }


def test_endless_unknown_keys_do_not_make_an_endless_list_of_problems(load: Any, make: Any) -> None:
    loaded = one_price(load, make, **{f"key{n}": n for n in range(1000)})
    assert len(loaded.problems) == 201
    assert sum(loaded.problems.values()) == 1000


def test_a_key_that_stands_twice_loses_no_price(load: Any, make: Any) -> None:
    """Arrays are joined wherever they stand; of other values the last counts."""
    prices = f'"negotiated_prices": [{json.dumps(make.price())}]'
    twice = f'{{{prices}, {prices}, "provider_references": [1]}}'
    once = f'{{{prices}, "provider_references": [1]}}'
    item = json.dumps(make.item(negotiated_rates=None))[:-1]
    item += f', "negotiated_rates": [{twice}], "negotiated_rates": [{once}]'
    raw = json.dumps(make.document(reporting_entity_name="First"))[:-1]
    raw += f', "in_network": [{item}, "name": "Last"}}], "reporting_entity_name": "Second"}}'
    loaded = load(raw.encode())
    places = [
        (row["item_id"], row["rate_position"], row["price_position"])
        for row in loaded.rows("rates")
    ]
    assert places == [(0, 0, 0), (0, 0, 1), (0, 1, 0)]
    assert loaded.rows("items")[0]["name"] == "Last"
    assert loaded.header.publisher == "Second"
    assert loaded.problems == {
        ("F130", "in_network"): 1,
        ("F130", "reporting_entity_name"): 1,
        ("F130", "in_network.name"): 1,
        ("F130", "in_network.negotiated_rates"): 1,
        ("F130", "negotiated_rates.negotiated_prices"): 1,
    }


def test_a_header_without_its_values_is_counted(load: Any) -> None:
    loaded = load({"in_network": []})
    assert loaded.header.publisher == "not stated"
    assert loaded.header.detected_version == "1.x"
    assert loaded.problems == {
        ("F131", key): 1
        for key in ("reporting_entity_name", "reporting_entity_type", "last_updated_on", "version")
    }


def test_a_version_that_is_a_number_keeps_its_digits(load: Any, make: Any) -> None:
    raw = json.dumps(make.document()).replace('"2.2.0"', "1.50").encode()
    loaded = load(raw)
    assert loaded.header.declared_version == "1.50"
    assert loaded.problems[("F116", "version")] == 1
