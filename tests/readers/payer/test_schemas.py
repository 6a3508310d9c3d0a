"""Our conditions and the JSON schemas of CMS give one verdict, version by version.

The schemas are read from the folder of real files and are no part of the package; `jsonschema`
is the judge. Documents: the examples of CMS, and hundreds of them changed at random.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from payer_changes import changed
from ratepress.core.errors import UsageError
from ratepress.readers.base import Tally
from ratepress.readers.payer.conditions import Conditions
from ratepress.readers.payer.kinds import Kind
from ratepress.readers.payer.schemas import parse_version, schema, schema_version
from ratepress.readers.payer.tokens import Tokens
from ratepress.readers.payer.watches import is_npi
from ratepress.readers.source import Source

NAMES = {
    Kind.IN_NETWORK: "in-network-rates",
    Kind.ALLOWED_AMOUNTS: "allowed-amounts",
    Kind.TABLE_OF_CONTENTS: "table-of-contents",
}
ROOTS = {
    "in_network": Kind.IN_NETWORK,
    "out_of_network": Kind.ALLOWED_AMOUNTS,
    "reporting_structure": Kind.TABLE_OF_CONTENTS,
}
SCHEMA_RULES = {f"F15{n}" for n in range(10)}


def ours(document: Any, kind: Kind, version: Any, path: Path) -> Counter[str]:
    """The schema rules that a document breaks, read as the reader would."""
    path.write_text(json.dumps(document), "utf-8")
    tally = Tally()
    Conditions(tally).document(Tokens(Source(path), "utf-8"), schema(kind, version))
    found = {row["rule_id"]: row["count"] for row in tally.problem_rows()}
    return Counter({k: v for k, v in found.items() if k in SCHEMA_RULES})


def judges(data_folder: Path, kind: Kind) -> dict[str, Any]:
    """A validator of each version of one kind of file."""
    found = {}
    for path in sorted((data_folder / "price_files/tic_schema").glob(f"*/*/{NAMES[kind]}.json")):
        found[path.parent.name] = jsonschema.Draft7Validator(json.loads(path.read_text("utf-8")))
    assert len(found) == 10
    return found


def examples(data_folder: Path) -> list[tuple[Path, Kind, Any]]:
    found = []
    for path in sorted((data_folder / "price_files/tic_examples").glob("*/*/*.json")):
        document = json.loads(path.read_text("utf-8"))
        kinds = [kind for root, kind in ROOTS.items() if root in document]
        found += [(path, kind, document) for kind in kinds]
    assert len(found) == 15 + 3 + 12
    return found


@pytest.mark.files
def test_every_example_of_cms_keeps_the_schema_of_its_tag(
    data_folder: Path, tmp_path: Path
) -> None:
    """None of the 30 breaks it: each carries keys of other versions, which schemas allow."""
    for path, kind, document in examples(data_folder):
        tag = path.parent.name
        assert judges(data_folder, kind)[tag].is_valid(document), path
        assert not ours(document, kind, parse_version(tag), tmp_path / "a.json"), path


@pytest.mark.files
@pytest.mark.parametrize("kind", list(NAMES))
def test_random_changes_are_judged_as_the_schema_judges_them(
    data_folder: Path, tmp_path: Path, kind: Kind
) -> None:
    chance = random.Random(20261124)
    all_judges = judges(data_folder, kind)
    documents = [document for _, k, document in examples(data_folder) if k is kind]
    verdicts: Counter[bool] = Counter()
    for n in range(250):
        document = changed(documents[n % len(documents)], chance)
        if not isinstance(document, dict):
            continue
        for tag, judge in all_judges.items():
            found = ours(document, kind, parse_version(tag), tmp_path / "a.json")
            is_valid = judge.is_valid(document)
            assert bool(found) == (not is_valid), (tag, found, json.dumps(document))
            verdicts[is_valid] += 1
    assert min(verdicts.values()) > 100


def broken(value: Any, tmp_path: Path, version: Any = (2, 2, 0)) -> set[str]:
    return set(ours(value, Kind.TABLE_OF_CONTENTS, version, tmp_path / "a.json"))


def test_each_kind_of_condition_has_its_own_rule(tmp_path: Path) -> None:
    plan = {"plan_name": "Gold", "plan_id_type": "hios", "plan_id": "1", "issuer_name": "West",
            "plan_market_type": "group"}  # fmt: skip
    file = {"description": "rates", "location": "https://x.example/a"}
    structure = {"reporting_plans": [plan], "in_network_files": [file]}
    good = {"reporting_entity_name": "West", "reporting_entity_type": "issuer", "version": "2.2.0",
            "last_updated_on": "2026-10-01", "reporting_structure": [structure]}  # fmt: skip

    def with_plan(**keys: Any) -> Any:
        return good | {"reporting_structure": [structure | {"reporting_plans": [plan | keys]}]}

    assert broken(good, tmp_path) == set()
    assert broken({k: v for k, v in good.items() if k != "version"}, tmp_path) == {"F150"}
    assert broken(good | {"version": 2}, tmp_path) == {"F151"}
    assert broken(with_plan(plan_market_type="Group"), tmp_path) == {"F152"}
    assert broken(good | {"last_updated_on": "2026-1-1"}, tmp_path) == {"F153"}
    ftp = structure | {"in_network_files": [file | {"location": "ftp://x"}]}
    assert broken(good | {"reporting_structure": [ftp]}, tmp_path) == {"F154"}
    assert broken(good | {"reporting_structure": []}, tmp_path) == {"F156"}
    assert broken(good | {"reporting_structure": [structure] * 2}, tmp_path) == {"F157"}
    no_files = {"reporting_plans": [plan]}
    assert broken(good | {"reporting_structure": [no_files]}, tmp_path) == {"F158"}
    assert broken(with_plan(plan_id_type="ein"), tmp_path) == {"F159"}


def test_a_rate_of_zero_is_out_of_the_range_of_version_2_only(make: Any, tmp_path: Path) -> None:
    document = make.document(make.item(make.rate(make.price(negotiated_rate=0))))
    for version, expected in (((2, 2, 0), {"F155"}), ((1, 6, 2), set())):
        found = ours(document, Kind.IN_NETWORK, version, tmp_path / "a.json")
        assert set(found) & {"F155"} == expected


def test_the_version_to_hold_a_file_to() -> None:
    assert schema_version("1.0.0", "1.x") == (1, 0, 0)
    assert schema_version("2.0.0", None) == (2, 0, 0)
    assert schema_version("2.0.0", "1.x") == (1, 6, 2)
    assert schema_version("October", "2.x") == (2, 2, 0)


def test_a_provider_reference_file_has_no_schema_here() -> None:
    with pytest.raises(UsageError):
        schema(Kind.PROVIDER_REFERENCE, (1, 0, 0))


def test_the_check_digit_of_an_npi() -> None:
    """The example of CMS's own description of the check digit, and its neighbours."""
    assert [n for n in range(1234567890, 1234567900) if is_npi(str(n))] == [1234567893]
    assert not is_npi("123456789")
    assert not is_npi("12345678９3")


def test_numbers_are_never_floats(make: Any, tmp_path: Path) -> None:
    text = json.dumps(make.document(make.item(make.rate(make.price()))))
    path = tmp_path / "a.json"
    path.write_text(text.replace("123.45", "1e-400"))
    tally = Tally()
    Conditions(tally).document(Tokens(Source(path), "utf-8"), schema(Kind.IN_NETWORK, (2, 2, 0)))
    assert [row["rule_id"] for row in tally.problem_rows()] == ["F172"]
    assert Decimal("1e-400") > 0
