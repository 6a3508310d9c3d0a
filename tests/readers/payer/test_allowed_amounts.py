"""Allowed amounts: one row for each payment and its providers, nothing multiplied or lost."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.lake.verify import verify
from ratepress.readers.add import add


def provider(**keys: Any) -> dict[str, Any]:
    return {"billed_charge": 50.25, "npi": [1234567893]} | keys


def payment(*providers: Any, **keys: Any) -> dict[str, Any]:
    return {"allowed_amount": 25.5, "providers": list(providers)} | keys


def amount(*payments: Any, **keys: Any) -> dict[str, Any]:
    stated = {"tin": {"type": "ein", "value": "12-3456789"}, "service_code": ["11"],
              "billing_class": "professional"}  # fmt: skip
    return stated | {"payments": list(payments)} | keys


def item(*amounts: Any, **keys: Any) -> dict[str, Any]:
    """The code stands behind the amounts on purpose: no order of keys may matter."""
    stated = {"allowed_amounts": list(amounts), "name": "Visit", "billing_code_type": "CPT",
              "billing_code_type_version": "2026", "billing_code": "99214"}  # fmt: skip
    return {k: v for k, v in (stated | keys).items() if v is not None}


def document(*items: Any, **keys: Any) -> dict[str, Any]:
    return {"out_of_network": list(items), "reporting_entity_name": "West"} | keys


class Read:
    def __init__(self, lake: Lake, folder: Path, document: Any) -> None:
        path = folder / "allowed.json"
        path.write_text(json.dumps(document), "utf-8")
        self.content = add(lake, path).content
        self.connection = lake.connect()
        assert verify(lake).ok

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.sql(query).fetchall()

    @property
    def aside(self) -> dict[str, int]:
        return {s.reason: s.count for s in self.content.set_aside}

    def problem(self, rule_id: str) -> list[tuple[Any, ...]]:
        return self.rows(f"SELECT subject, count FROM problems WHERE rule_id = '{rule_id}'")


@pytest.fixture
def read(lake: Lake, tmp_path: Path) -> Any:
    return lambda document: Read(lake, tmp_path, document)


def test_a_row_is_one_payment_to_one_list_of_providers(read: Any) -> None:
    found = read(
        document(
            item(
                amount(
                    payment(provider(), provider(billed_charge=60, npi=[1, 2])),
                    payment(provider(), allowed_amount=7, billing_code_modifier=["lt"]),
                )
            )
        )
    )
    rows = found.rows(
        "SELECT rate_id, observed_amount, billed_charge, modifier_set_id, place_set_id, "
        "billing_class, place FROM allowed ORDER BY 1"
    )
    at = "out_of_network[0].allowed_amounts[0].payments[{}].providers[{}]"
    assert rows == [
        (0, Decimal("25.5"), Decimal("50.25"), "", "11", "professional", at.format(0, 0)),
        (1, Decimal("25.5"), Decimal("60"), "", "11", "professional", at.format(0, 1)),
        (2, Decimal("7"), Decimal("50.25"), "LT", "11", "professional", at.format(1, 0)),
    ]
    assert (found.content.read, found.content.loaded) == (3, 3)


def test_a_row_leads_to_its_code_and_its_providers(read: Any) -> None:
    found = read(document(item(amount(payment(provider(npi=[1234567893, 1000000004]))))))
    joined = found.rows(
        "SELECT i.code_system, i.code, m.tin_type, m.tin, m.npi FROM allowed "
        "JOIN items i USING (content_id, item_id) "
        "JOIN provider_sets USING (content_id, provider_set_id) "
        "JOIN group_members m USING (content_id, group_id) ORDER BY ALL"
    )
    assert joined == [
        ("cpt", "99214", "ein", "123456789", npi) for npi in ("1000000004", "1234567893")
    ]


def test_the_same_providers_are_one_group_however_often_paid(read: Any) -> None:
    found = read(
        document(item(amount(*[payment(provider())] * 5)), item(amount(payment(provider()))))
    )
    assert found.rows("SELECT count(*), count(DISTINCT group_id) FROM provider_groups") == [(1, 1)]
    assert found.rows("SELECT count(*) FROM allowed") == [(6,)]


def test_a_payment_without_providers_is_one_row_of_its_tin(read: Any) -> None:
    found = read(document(item(amount(payment(), {"allowed_amount": 1}))))
    assert found.rows("SELECT billed_charge, observed_amount FROM allowed ORDER BY 2") == [
        (None, Decimal(1)), (None, Decimal("25.5")),
    ]  # fmt: skip
    assert found.problem("F143") == [("providers", 2)]
    assert found.rows("SELECT npi FROM group_members") == [("0",)]


def test_what_cannot_be_loaded_is_set_aside_under_its_rule(read: Any) -> None:
    good = payment(provider())
    found = read(
        document(
            item(amount(payment(provider(), provider(), allowed_amount="25.00"))),
            item(amount(good), billing_code=None),
            item(amount(good), billing_code_type=None),
            item(amount(7, payment("x"), payment(provider(), allowed_amount=10**15))),
            item(amount(good)),
        )
    )
    assert found.aside == {"F140": 2, "F101": 1, "F102": 1, "F144": 2, "F002": 1}
    assert (found.content.read, found.content.loaded) == (8, 1)
    assert found.rows("SELECT count(*) FROM items") == [(5,)]


def test_odd_amounts_are_loaded_and_counted(read: Any) -> None:
    found = read(
        document(
            item(amount(payment(provider(billed_charge="50"), provider(billed_charge=-1)))),
            item(amount(payment(provider(), allowed_amount=1.23456))),
            item(),
        )
    )
    assert found.problem("F141") == [("billed_charge", 1)]
    assert found.problem("F142") == [("billed_charge", 1)]
    assert found.problem("F001") == [("allowed_amount", 1)]
    assert found.problem("F145") == [("allowed_amounts", 1)]
    assert found.rows("SELECT max(observed_amount), min(observed_amount) FROM allowed") == [
        (Decimal("25.5"), Decimal("1.2346"))
    ]


def test_shapes_that_are_none_of_the_schema_are_counted(read: Any) -> None:
    found = read(
        document(7, item("x"), item(amount(payments={"a": 1})), item(allowed_amounts="none"), hue=1)
    )
    assert dict(found.problem("F100")) == {
        "out_of_network": 1, "allowed_amounts": 2, "payments": 1,
    }  # fmt: skip
    assert found.problem("F006") == [("hue", 1)]
    assert (found.content.read, found.content.loaded) == (0, 0)


@pytest.mark.parametrize(
    ("keys", "setting", "version"),
    [
        ({}, None, None),
        ({}, "inpatient", "2.x"),
        ({"plan_name": "Gold"}, None, "1.x"),
        ({"plan_name": "Gold", "issuer_name": "West"}, None, "2.x"),
    ],
)
def test_only_keys_tell_the_version(read: Any, keys: Any, setting: Any, version: Any) -> None:
    stated = amount(payment(provider())) | ({"setting": setting} if setting else {})
    found = read(document(item(stated), **keys))
    assert found.content.detected_version == version
    assert found.rows("SELECT setting FROM allowed") == [(setting,)]
    assert len(found.rows("SELECT * FROM plans")) == bool(keys)


@pytest.mark.parametrize("text", ['{"out_of_network": 7}', '{"out_of_network": [{}'])
def test_no_amounts_and_a_cut_file_are_refused(lake: Lake, tmp_path: Path, text: str) -> None:
    (tmp_path / "allowed.json").write_text(text)
    with pytest.raises(UnreadableInput):
        add(lake, tmp_path / "allowed.json")
    assert lake.manifest().contents == ()
