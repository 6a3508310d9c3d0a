"""Provider groups: their ids, states, members and sets. Expected values are written by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest


def states(loaded: Any) -> dict[str, tuple[str, bool]]:
    return {r["group_id"]: (r["state"], r["is_used"]) for r in loaded.rows("provider_groups")}


def members(loaded: Any) -> list[tuple[str, int, str | None, str, str]]:
    return [
        (r["group_id"], r["entity"], r["tin_type"], r["tin"], r["npi"])
        for r in loaded.rows("group_members")
    ]


def with_groups(load: Any, make: Any, *groups: Any) -> Any:
    """A file with these provider references and one rate that refers to group 1."""
    rated = make.item(make.rate(make.price()))
    return load(make.document(rated, provider_references=list(groups)))


def entity(*npis: Any, tin: str = "123456789", kind: str = "ein") -> dict[str, Any]:
    return {"npi": list(npis), "tin": {"type": kind, "value": tin}}


def test_a_listed_group_has_its_members_networks_and_names(load: Any, make: Any) -> None:
    loaded = with_groups(load, make, make.group(network_name=["West PPO", "West HMO", "West PPO"]))
    assert states(loaded) == {"1": ("listed", True)}
    assert loaded.rows("group_members") == [
        {
            "group_id": "1",
            "entity": 0,
            "tin_type": "ein",
            "tin": "123456789",
            "business_name": "West Clinic",
            "npi": "1234567893",
        }
    ]
    assert [r["network_name"] for r in loaded.rows("group_networks")] == ["West PPO", "West HMO"]
    assert loaded.rows("provider_sets") == [
        {"provider_set_id": "1", "group_id": "1", "published_id": "1"}
    ]


@pytest.mark.parametrize(
    ("defined", "referred", "key"),
    [
        ("690.64470", "690.6447", "690.6447"),
        ("690.6447", "690.64470", "690.6447"),
        ("40.0000000001", "40.0000000001", "40.0000000001"),
        ("7", "7.0", "7"),
        ("100", "1e2", "100"),
        ("-0", "0", "0"),
        ("12345678901234567890", "12345678901234567890.0", "12345678901234567890"),
        ('"07"', '"07"', "07"),
        ('"7"', "7", "7"),
    ],
)
def test_ids_are_compared_as_numbers_and_kept_as_written(
    load: Any, make: Any, defined: str, referred: str, key: str
) -> None:
    raw = json.dumps(make.document(make.item(make.rate(make.price()))))
    raw = raw.replace('"provider_group_id": 1,', f'"provider_group_id": {defined},')
    raw = raw.replace('"provider_references": [1]', f'"provider_references": [{referred}]')
    loaded = load(raw.encode())
    assert states(loaded) == {key: ("listed", True)}
    plain = {"-0": "0", "1e2": "100"}
    assert loaded.rows("provider_groups")[0]["published_id"] == plain.get(
        defined, defined.strip('"')
    )
    assert loaded.rows("provider_sets") == [
        {
            "provider_set_id": key,
            "group_id": key,
            "published_id": plain.get(referred, referred.strip('"')),
        }
    ]


@pytest.mark.parametrize("other", ["690.64471", '"690.64470"', "6906447", "690.644700001"])
def test_ids_that_differ_do_not_meet(load: Any, make: Any, other: str) -> None:
    raw = json.dumps(make.document(make.item(make.rate(make.price()))))
    raw = raw.replace('"provider_group_id": 1,', '"provider_group_id": 690.64470,')
    loaded = load(
        raw.replace('"provider_references": [1]', f'"provider_references": [{other}]').encode()
    )
    other = other.strip('"')
    assert states(loaded) == {"690.6447": ("listed", False), other: ("undefined", True)}
    assert loaded.problems[("F122", "negotiated_rates.provider_references")] == 1
    undefined = [r for r in loaded.rows("provider_groups") if r["group_id"] == other]
    assert undefined[0]["published_id"] is None
    assert undefined[0]["members_hash"] is None


def test_a_remote_reference_is_kept_unfetched_with_its_rates(load: Any, make: Any) -> None:
    remote = {"provider_group_id": 1, "location": "https://files.example.org/1.json"}
    loaded = with_groups(load, make, remote)
    assert loaded.rows("provider_groups") == [
        {
            "group_id": "1",
            "published_id": "1",
            "state": "not fetched",
            "location": "https://files.example.org/1.json",
            "members_hash": None,
            "is_used": True,
        }
    ]
    assert len(loaded.rows("rates")) == 1
    assert loaded.problems == {("F124", "provider_references"): 1}


def test_a_reference_with_members_and_a_location_is_listed_but_not_wholly_known(
    load: Any, make: Any
) -> None:
    both = make.group(location="https://files.example.org/1.json")
    row = with_groups(load, make, both).rows("provider_groups")[0]
    assert (row["state"], row["members_hash"]) == ("listed", None)


def test_a_reference_with_nothing_in_it_is_undefined(load: Any, make: Any) -> None:
    loaded = with_groups(load, make, make.group(provider_groups=[]))
    assert states(loaded) == {"1": ("undefined", True)}
    assert loaded.problems == {("F123", "provider_references"): 1}


def test_definitions_of_one_id_add_up_and_equal_entities_stand_once(load: Any, make: Any) -> None:
    first = make.group(provider_groups=[entity(1111111112), entity(2222222222)])
    second = make.group(
        network_name=["East PPO"], provider_groups=[entity(2222222222), entity(3333333333)]
    )
    loaded = with_groups(load, make, first, second)
    assert members(loaded) == [
        ("1", 0, "ein", "123456789", "1111111112"),
        ("1", 1, "ein", "123456789", "2222222222"),
        ("1", 2, "ein", "123456789", "3333333333"),
    ]
    assert {r["network_name"] for r in loaded.rows("group_networks")} == {"West PPO", "East PPO"}
    assert loaded.problems == {("F121", "provider_references.provider_group_id"): 1}


def test_unused_groups_are_kept_and_counted(load: Any, make: Any) -> None:
    loaded = with_groups(load, make, make.group(), make.group(provider_group_id=2))
    assert states(loaded) == {"1": ("listed", True), "2": ("listed", False)}
    assert loaded.problems == {("F125", "provider_references"): 1}


def test_a_group_is_used_only_by_a_rate_that_is_loaded(load: Any, make: Any) -> None:
    bad = make.price(negotiated_rate="see contract")
    loaded = load(make.document(make.item(make.rate(bad, provider_references=[1, 99]))))
    assert states(loaded) == {"1": ("listed", False)}
    assert loaded.rows("provider_sets") == []


@pytest.mark.parametrize(
    ("npis", "expected"),
    [
        ([0], ["0"]),
        (["1234567893", 1234567893], ["1234567893"]),
        ([1234567893.0, 1111111112], ["1111111112", "1234567893"]),
        ([12], ["12"]),
    ],
)
def test_npis_are_text_whatever_they_are_written_as(
    load: Any, make: Any, npis: list[Any], expected: list[str]
) -> None:
    loaded = with_groups(load, make, make.group(provider_groups=[entity(*npis)]))
    assert [r["npi"] for r in loaded.rows("group_members")] == expected
    assert loaded.problems == {}


@pytest.mark.parametrize(
    ("npis", "problems"),
    [
        ([], {("F128", "provider_groups.npi"): 1}),
        (["none"], {("F129", "provider_groups.npi"): 1, ("F128", "provider_groups.npi"): 1}),
        ([None], {("F129", "provider_groups.npi"): 1, ("F128", "provider_groups.npi"): 1}),
    ],
)
def test_an_entity_without_npis_is_known_by_its_tin_only(
    load: Any, make: Any, npis: list[Any], problems: dict[Any, int]
) -> None:
    loaded = with_groups(load, make, make.group(provider_groups=[entity(*npis)]))
    assert members(loaded) == [("1", 0, "ein", "123456789", "0")]
    assert loaded.problems == problems


@pytest.mark.parametrize(
    ("kind", "tin", "loaded_as"),
    [
        ("ein", "12-3456789", ("ein", "123456789")),
        ("EIN", "001234567", ("ein", "001234567")),
        ("ein", " 12-34567 ", ("ein", "12-34567")),
        ("npi", "1234567893", ("npi", "1234567893")),
        ("npi", "12-3456789", ("npi", "12-3456789")),
    ],
)
def test_a_hyphen_leaves_an_ein_and_nothing_else_changes(
    load: Any, make: Any, kind: str, tin: str, loaded_as: tuple[str, str]
) -> None:
    loaded = with_groups(
        load, make, make.group(provider_groups=[entity(1234567893, tin=tin, kind=kind)])
    )
    assert [(r["tin_type"], r["tin"]) for r in loaded.rows("group_members")] == [loaded_as]
    assert loaded.problems == {}


@pytest.mark.parametrize(
    ("tin", "row", "problem"),
    [
        (None, (None, ""), ("F126", "provider_groups.tin")),
        ("12-3456789", (None, ""), ("F100", "provider_groups.tin")),
        ({"type": "ein"}, ("ein", ""), ("F126", "tin.value")),
        ({"type": "ein", "value": 12345678}, ("ein", "12345678"), ("F116", "tin.value")),
        ({"type": "ssn", "value": "123456789"}, ("ssn", "123456789"), ("F127", "tin.type")),
        ({"value": "123456789"}, (None, "123456789"), ("F127", "tin.type")),
    ],
)
def test_a_tin_that_is_not_as_it_should_be_is_kept_as_far_as_it_goes(
    load: Any, make: Any, tin: Any, row: tuple[str | None, str], problem: tuple[str, str]
) -> None:
    stated = {"npi": [1234567893]} | ({} if tin is None else {"tin": tin})
    loaded = with_groups(load, make, make.group(provider_groups=[stated]))
    assert [(r["tin_type"], r["tin"]) for r in loaded.rows("group_members")] == [row]
    assert loaded.problems == {problem: 1}


def inline(load: Any, make: Any, *groups: Any, **keys: Any) -> Any:
    rated = make.rate(
        make.price(), **({"provider_references": None, "provider_groups": list(groups)} | keys)
    )
    return load(make.document(make.item(rated, rated), provider_references=None))


def test_inline_groups_of_one_rate_are_one_group_named_by_its_members(load: Any, make: Any) -> None:
    loaded = inline(load, make, entity(1111111112, 2222222222), entity(0, tin="987654321"))
    (group,) = loaded.rows("provider_groups")
    assert group["group_id"] == "inline:" + group["members_hash"]
    assert (group["state"], group["is_used"], group["published_id"]) == ("inline", True, None)
    key = group["group_id"]
    assert members(loaded) == [
        (key, 0, "ein", "123456789", "1111111112"),
        (key, 0, "ein", "123456789", "2222222222"),
        (key, 1, "ein", "987654321", "0"),
    ]
    (row,) = loaded.rows("provider_sets")
    assert (row["group_id"], row["published_id"]) == (key, None)
    assert {r["provider_set_id"] for r in loaded.rows("rates")} == {row["provider_set_id"]}


def test_the_same_members_have_one_hash_wherever_and_in_whatever_order_they_stand(
    load: Any, make: Any
) -> None:
    """Rule M03 finds the same providers under other ids in other files by this hash."""
    one = [entity(1111111112, 2222222222), entity(0, tin="98-7654321")]
    other = [entity(tin="987654321"), entity(2222222222, "1111111112", 2222222222)]
    hashes = {
        loaded.rows("provider_groups")[0]["members_hash"]
        for loaded in (
            inline(load, make, *one),
            inline(load, make, *other),
            with_groups(load, make, make.group(provider_groups=one)),
            with_groups(load, make, make.group(provider_group_id=5, provider_groups=other)),
        )
    }
    assert len(hashes) == 1
    different = inline(load, make, entity(1111111112), entity(0, tin="987654321"))
    assert different.rows("provider_groups")[0]["members_hash"] not in hashes


def test_a_rate_may_refer_and_list_at_once(load: Any, make: Any) -> None:
    loaded = inline(load, make, entity(1111111112), provider_references=[3, 3.0, 2])
    ids = [r["group_id"] for r in loaded.rows("provider_sets")]
    assert ids[:2] == ["3", "2"]
    assert ids[2].startswith("inline:")
    assert len(ids) == 3


def test_a_rate_for_nobody_is_loaded_with_the_empty_set(load: Any, make: Any) -> None:
    loaded = inline(load, make)
    assert [r["provider_set_id"] for r in loaded.rows("rates")] == ["", ""]
    assert loaded.problems == {("F112", "negotiated_rates"): 2}


def test_references_that_are_no_ids_are_counted(load: Any, make: Any) -> None:
    loaded = load(
        make.document(make.item(make.rate(make.price(), provider_references=[None, {}, 1])))
    )
    assert loaded.problems == {("F120", "negotiated_rates.provider_references"): 2}
    lone = load(make.document(make.item(make.rate(make.price(), provider_references=1))))
    assert lone.problems == {("F117", "negotiated_rates.provider_references"): 1}
    assert states(lone) == {"1": ("listed", True)}


def test_definitions_that_are_none_are_counted(load: Any, make: Any) -> None:
    loaded = with_groups(load, make, make.group(), "x", make.group(provider_group_id=None))
    assert loaded.problems == {
        ("F100", "provider_references"): 1,
        ("F120", "provider_references.provider_group_id"): 1,
    }
    assert load(make.document(provider_references={})).problems == {
        ("F100", "provider_references"): 1
    }


def test_a_text_id_cannot_pass_for_an_inline_group(load: Any, make: Any) -> None:
    key = inline(load, make, entity(1111111112)).rows("provider_groups")[0]["group_id"]
    loaded = with_groups(load, make, make.group(provider_group_id=key))
    assert "id:" + key in states(loaded)
