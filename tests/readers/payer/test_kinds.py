"""What a payer file is, is told by its content."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ratepress.readers.payer import InNetworkJson
from ratepress.readers.payer.kinds import Kind, kind_of, refusal

BIG = b'"' + b"x" * 70_000 + b'"'


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b'{"in_network":[', Kind.IN_NETWORK),
        (b'\xef\xbb\xbf \n{"provider_references":[{"provider_gr', Kind.IN_NETWORK),
        (b'{"reporting_entity_name":"x","in_network":[{"n', Kind.IN_NETWORK),
        (b'{"reporting_entity_name":"x","version":' + BIG[:-1], Kind.IN_NETWORK),
        (b'{"reporting_entity_name":"in_network","out_of_network":[', Kind.ALLOWED_AMOUNTS),
        (b'{"version":"1","reporting_structure":[{"in_network":[]', Kind.TABLE_OF_CONTENTS),
        (b'{"version":"1","provider_groups":[', Kind.PROVIDER_REFERENCE),
        (b'{"reporting_entity_name":"x","version":"1"}', None),
        (b'{"hospital_name":"x","standard_charge_information":[', None),
        (b'{"a":{"in_network":[]}}', None),
        (b'[{"in_network":[]}]', None),
        (b'{"in_network', None),
        (b"{", None),
        (b"{9" + b"9" * 9000, None),
        (b"<html>in_network</html>", None),
        (b"", None),
    ],
)
def test_the_first_deciding_key_of_the_top_level_decides(head: bytes, kind: Kind | None) -> None:
    assert kind_of(head) is kind
    assert InNetworkJson().recognise(head) is (kind is Kind.IN_NETWORK)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b'{"provider_groups":[', "provider-reference"),
        (b'{"$schema":"x","properties":{"in_network":{}}}', "a JSON schema"),
        (b'{"reporting_entity_name":"x","version":"1"}', "the header of a payer's file"),
        (b'{"hospital_name":"x"}', None),
        (b'{"$schema":"x","in_network":[', None),
        (b'["$schema"]', None),
    ],
)
def test_what_says_nothing_by_itself_is_refused_by_its_name(
    head: bytes, message: str | None
) -> None:
    """`$schema` in a file of prices is no reason: the readers come first."""
    found = None if InNetworkJson().recognise(head) else refusal("a.json", head)
    assert (found is None) if message is None else (found and message in found.message)


def test_the_builders_of_these_tests_are_recognised(make: Any) -> None:
    assert InNetworkJson().recognise(json.dumps(make.document()).encode())
