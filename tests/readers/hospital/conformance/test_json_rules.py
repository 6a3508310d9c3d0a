"""Each rule of the JSON templates, with a document on either side of it.

The conditions are those of the CMS JSON schemas v2.0.0 to v3.0.0. What CMS's own validator says of
the same: test_cms_validator.py.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from hospital_files import as_json, document, item, payer
from ratepress.readers.hospital.conformance.check import hold
from ratepress.readers.hospital.conformance.findings import Finding
from ratepress.readers.hospital.conformance.template import AFFIRMATION, ATTESTATION
from ratepress.readers.source import Source

RANGE = {"minimum": 900, "maximum": 1500}
SHARE = {
    "standard_charge_dollar": None, "standard_charge_percentage": 70.5, "median_amount": 800,
    "10th_percentile": 700, "90th_percentile": 900, "count": "25",
}  # fmt: skip
DRUG = {"unit": 1, "type": "ML"}
CHARGE = "standard_charge_information[0].standard_charges[0]"
PAYER = f"{CHARGE}.payers_information[0]"
ITEM = "standard_charge_information[0]"


def without_none(value: Any) -> Any:
    """The value without the keys of which a test says None."""
    if isinstance(value, dict):
        return {key: without_none(one) for key, one in value.items() if one is not None}
    return [without_none(one) for one in value] if isinstance(value, list) else value


def v3(*items: Any, **changes: Any) -> dict[str, Any]:
    stated = {"attestation": ATTESTATION, "confirm_attestation": True, "attester_name": "Leigh"}
    good: dict[str, Any] = without_none(
        document(*(items or (one(),)), **({"attestation": stated} | changes))
    )
    return good


def v2(*items: Any, **changes: Any) -> dict[str, Any]:
    stated = {"affirmation": AFFIRMATION, "confirm_affirmation": True}
    older = {"hospital_location": ["West"], "affirmation": stated, "version": "2.0.0"}
    newer = dict.fromkeys(("location_name", "type_2_npi", "attestation"))
    good: dict[str, Any] = without_none(document(*(items or (one(),)), **(older | newer | changes)))
    return good


def one(*payers: Any, **charge: Any) -> dict[str, Any]:
    return item(*(payers or (payer(),)), **(RANGE | charge))


def found_in(value: Any, folder: Path, version: str | None = None) -> list[Finding]:
    path = folder / "standardcharges.json"
    path.write_bytes(value if isinstance(value, bytes) else as_json(value))
    found: list[Finding] = []
    hold(Source(path), against=version, each=found.append)
    return found


def told(found: list[Finding]) -> set[tuple[str, str, str | None]]:
    return {(f.rule_id, f.place, f.column) for f in found}


@pytest.mark.parametrize("version", ["2.0.0", "2.1.0", "2.2.0", "2.2.1"])
def test_a_good_document_of_version_2_is_clean(tmp_path: Path, version: str) -> None:
    drug = {"unit": "1", "type": "ML"}
    good = v2(one(payer(**SHARE, estimated_amount=800)) | {"drug_information": drug})
    assert found_in(good, tmp_path, version) == []


def test_a_good_document_of_version_3_is_clean(tmp_path: Path) -> None:
    note = {"code": "80", "description": "Assistant", "setting": "both",
            "modifier_payer_information": [
                {"payer_name": "Aetna", "plan_name": "PPO", "description": "16%"}]}  # fmt: skip
    good = v3(
        one(payer(), payer(**SHARE), modifier_code=["80"]) | {"drug_information": DRUG},
        modifier_information=[note],
    )
    assert found_in(good, tmp_path) == []


def changed(target: dict[str, Any], **changes: Any) -> dict[str, Any]:
    value: dict[str, Any] = without_none(copy.deepcopy(target) | changes)
    return value


NDC = {"code_information": [{"code": "1", "type": "NDC"}]}
# The finding, its version, a document with it, and one that is just good.
CASES: list[tuple[str, str, str, str, Any, Any]] = [
    ("F411", "root", "hospital_name", "3.0.0", v3(hospital_name=None), v3()),
    ("F411", "root", "affirmation", "2.0.0", v2(affirmation=None), v2()),
    ("F411", ITEM, "description", "3.0.0", v3(changed(one(), description=None)), v3()),
    ("F411", "attestation", "attester_name", "3.0.0",
     v3(attestation={"attestation": ATTESTATION, "confirm_attestation": True}), v3()),
    ("F412", CHARGE, "setting", "3.0.0", v3(one(setting="Both")), v3(one(setting="both"))),
    ("F412", PAYER, "methodology", "3.0.0", v3(one(payer(methodology="Per diem"))), v3()),
    ("F412", f"{ITEM}.code_information[0]", "type", "2.2.0",
     v2(changed(one(), code_information=[{"code": "1", "type": "CMG"}])),
     v2(changed(one(), code_information=[{"code": "1", "type": "RC"}]))),
    ("F412", "license_information", "state", "3.0.0",
     v3(license_information={"state": "ZZ"}), v3(license_information={"state": "PW"})),
    ("F412", "attestation", "attestation", "3.0.0",
     v3(attestation={"attestation": AFFIRMATION, "confirm_attestation": True,
                     "attester_name": "x"}), v3()),
    ("F413", "root", "last_updated_on", "3.0.0", v3(last_updated_on="4/1/2026"), v3()),
    ("F413", "root", "last_updated_on", "3.0.0", v3(last_updated_on="2026-02-30"),
     v3(last_updated_on="2026-02-28")),
    ("F414", PAYER, "standard_charge_dollar", "2.0.0", v2(one(payer(standard_charge_dollar=0))),
     v2(one(payer(standard_charge_dollar=0.01)))),
    ("F414", CHARGE, "minimum", "3.0.0", v3(one(minimum=-1)), v3()),
    ("F414", f"{ITEM}.drug_information", "unit", "3.0.0",
     v3(one() | {"drug_information": {"unit": 0, "type": "ML"}}),
     v3(one() | {"drug_information": DRUG})),
    ("F415", PAYER, "count", "3.0.0", v3(one(payer(**SHARE | {"count": "10"}))),
     v3(one(payer(**SHARE | {"count": "11"})))),
    ("F417", PAYER, "count", "3.0.0", v3(one(payer(**SHARE | {"count": 25}))), v3()),
    ("F417", f"{ITEM}.drug_information", "unit", "2.2.0",
     v2(one() | {"drug_information": DRUG}),
     v2(one() | {"drug_information": {"unit": "1", "type": "ML"}})),
    ("F417", PAYER, "payers_information", "3.0.0", v3(one("Aetna")), v3()),
    ("F417", "root", "hospital_address", "3.0.0", v3(hospital_address="12 Main Street"), v3()),
    ("F418", "hospital_address[1]", "hospital_address", "3.0.0",
     v3(hospital_address=["x", ""]), v3(hospital_address=["x", "y"])),
    ("F418", PAYER, "standard_charge_algorithm", "3.0.0",
     v3(one(payer(**SHARE, standard_charge_algorithm=""))), v3()),
    ("F418", CHARGE, "payers_information", "2.0.0", v2(item(payers_information=[])), v2()),
    ("F421", CHARGE, "gross_charge", "2.1.0",
     v2(one(payer(), payer(standard_charge_dollar=None), gross_charge=None)),
     v2(one(payer(), gross_charge=None))),
    ("F422", PAYER, "payer_name", "3.0.0", v3(one(payer(standard_charge_dollar=None))), v3()),
    ("F423", CHARGE, "maximum", "2.1.0", v2(one(maximum=None)),
     v2(one(payer(**SHARE, estimated_amount=1), maximum=None))),
    ("F424", PAYER, "additional_payer_notes", "2.1.0", v2(one(payer(methodology="other"))),
     v2(one(payer(methodology="other", additional_payer_notes="x")))),
    ("F424", PAYER, "additional_payer_notes", "2.2.0",
     v2(one(payer(methodology="other", additional_payer_notes=""))), v2()),
    ("F425", PAYER, "additional_payer_notes", "3.0.0", v3(one(payer(**SHARE | {"count": "0"}))),
     v3(one(payer(**SHARE | {"count": "0"}, additional_payer_notes="new")))),
    ("F426", PAYER, "estimated_amount", "2.2.0", v2(one(payer(**SHARE))),
     v2(one(payer(standard_charge_percentage=70)))),
    ("F427", PAYER, "count", "3.0.0", v3(one(payer(**SHARE | {"count": None}))), v3()),
    ("F428", PAYER, "median_amount", "3.0.0", v3(one(payer(**SHARE | {"median_amount": None}))),
     v3(one(payer(**SHARE | {"median_amount": None, "count": "0"}, additional_payer_notes="x")))),
    ("F429", PAYER, "10th_percentile", "3.0.0",
     v3(one(payer(**SHARE | {"10th_percentile": None}))), v3(one(payer(**SHARE)))),
    ("F430", PAYER, "90th_percentile", "3.0.0",
     v3(one(payer(**SHARE | {"90th_percentile": None}))), v3(one(payer(**SHARE)))),
    ("F431", ITEM, "drug_information", "2.2.1", v2(changed(one(), **NDC)), v2()),
    ("F433", PAYER, "plan_name", "2.1.0", v2(one(payer(plan_name=None))), v2()),
    ("F411", PAYER, "plan_name", "2.0.0", v2(one(payer(plan_name=None))), v2()),
    ("F435", f"{ITEM}.code_information[0]", "type", "3.0.0",
     v3(changed(one(), code_information=[{"code": "1"}])), v3()),
    ("F436", f"{ITEM}.drug_information", "type", "3.0.0",
     v3(one() | {"drug_information": {"unit": 1}}), v3(one() | {"drug_information": DRUG})),
    ("F440", PAYER, "median_amount", "3.0.0",
     v3(one(payer(**SHARE | {"median_amount": 999999999}))), v3(one(payer(**SHARE)))),
    ("F440", PAYER, "estimated_amount", "2.2.0",
     v2(one(payer(**SHARE, estimated_amount=999999999))),
     v2(one(payer(**SHARE, estimated_amount=99999999)))),
    ("F441", "root", "version", "2.1.0", v2(version="2.2.0"), v2(version="2.1.0")),
    ("F441", "root", "version", "2.2.1", v2(version="1.0.0"), v2(version="2.2.1")),
    ("F442", PAYER, "estimated_amount", "3.0.0", v3(one(payer(estimated_amount=5))), v3()),
    ("F443", "affirmation", "confirm_affirmation", "2.0.0",
     v2(affirmation={"affirmation": AFFIRMATION, "confirm_affirmation": False}), v2()),
    ("F444", PAYER, "standard_charge_percentage", "3.0.0",
     v3(one(payer(**SHARE | {"standard_charge_percentage": 0.705}))), v3(one(payer(**SHARE)))),
    ("F418", "modifier_information[0]", "code", "3.0.0",
     v3(modifier_information=[{"code": "", "description": "x", "modifier_payer_information": [
         {"payer_name": "A", "plan_name": "B", "description": "x"}]}]), v3()),
    ("F411", "modifier_information[0].modifier_payer_information[0]", "plan_name", "2.2.0",
     v2(modifier_information=[{"code": "80", "description": "x", "modifier_payer_information": [
         {"payer_name": "A", "description": "x"}]}]), v2()),
]  # fmt: skip


@pytest.mark.parametrize(("rule_id", "place", "column", "version", "faulty", "good"), CASES)
def test_a_document_on_either_side_of_a_rule(
    tmp_path: Path, rule_id: str, place: str, column: str, version: str, faulty: Any, good: Any
) -> None:
    assert (rule_id, place, column) in told(found_in(faulty, tmp_path, version))
    assert rule_id not in {one.rule_id for one in found_in(good, tmp_path, version)}


def test_a_2_2_code_without_type_is_no_drug(tmp_path: Path) -> None:
    """The schema 2.2.0 asked a drug's unit of it; 2.2.1 mended that, and both are read so."""
    value = v2(changed(one(), code_information=[{"code": "1"}]))
    for version in ("2.2.0", "2.2.1"):
        assert {one.rule_id for one in found_in(value, tmp_path, version)} == {"F435"}


def test_every_finding_is_told_with_its_value(tmp_path: Path) -> None:
    value = v3(one(payer(standard_charge_dollar="N/A"), payer(methodology="?")), one(setting=None))
    found = found_in(value, tmp_path)
    assert [(f.rule_id, f.place, f.value) for f in found] == [
        ("F417", PAYER, "N/A"),
        ("F412", f"{CHARGE}.payers_information[1]", "?"),
        ("F411", "standard_charge_information[1].standard_charges[0]", ""),
    ]


def test_broken_json_is_told_with_what_stood_before(tmp_path: Path) -> None:
    whole = as_json(v3(one(setting="x"), one()))
    found = found_in(whole[:-40], tmp_path)
    assert {f.rule_id for f in found} == {"F412", "F416"}
    assert found_in(whole + b"}", tmp_path)[-1].rule_id == "F416"


def test_keys_in_any_order_and_unknown_keys_are_no_fault(tmp_path: Path) -> None:
    value = dict(reversed(v3().items())) | {"general_contract_provisions": [{"x": None}]}
    assert found_in(value, tmp_path) == []


def test_an_array_that_is_none_is_told(tmp_path: Path) -> None:
    value = v3() | {"standard_charge_information": {"a": 1}}
    assert ("F417", "root", "standard_charge_information") in told(found_in(value, tmp_path))
    empty = json.loads(as_json(v3())) | {"standard_charge_information": []}
    assert ("F411", "root", "standard_charge_information") in told(found_in(empty, tmp_path))
