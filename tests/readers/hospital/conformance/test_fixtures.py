"""The fixtures of CMS's validator: each names its defect in its file name, and each is found.

The expected sets were written from the names of the files and from what was changed in them,
looked up in the files; not from what our checks say.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ratepress.readers.inspect import inspect

FIXTURES = "price_files/hpt_validator_fixtures/CMSgov__hpt-validator"
EXAMPLES = "price_files/hpt_examples/CMSgov__hospital-price-transparency"
pytestmark = pytest.mark.files

CLEAN = (
    ("3.0_sample-valid.json", None),
    ("3.0_sample-valid-allowed-amount-zero.json", None),
    ("3.0_sample-valid-drug-info.json", None),
    ("sample-valid.json", "2.2.0"),
    ("sample-valid-bom.json", None),
    ("sample-valid-drug-info.json", None),
    ("sample-valid-modifier.json", None),
    ("sample-no-payer-charges.json", None),
    ("sample-tall-valid.csv", None),
    ("sample-tall-small-rows.csv", None),
    ("sample-wide-valid.csv", None),
)
FAULTY: tuple[tuple[str, str | None, set[tuple[str, str]]], ...] = (
    ("3.0_alerts-with-errors.json", None,
     {("F417", "count"), ("F440", "count"), ("F440", "10th_percentile"),
      ("F440", "90th_percentile")}),
    ("3.0_allowed-amounts-nine-9s.json", None,
     {("F440", "count"), ("F440", "10th_percentile"), ("F440", "90th_percentile"),
      ("F440", "median_amount")}),
    ("3.0_estimated-amount.json", None, {("F442", "estimated_amount")}),
    ("3.0_false-confirmation.json", None, {("F443", "confirm_attestation")}),
    ("3.0_sample-empty-address.json", None, {("F418", "hospital_address")}),
    ("3.0_sample-empty-algorithm.json", None, {("F418", "standard_charge_algorithm")}),
    ("3.0_sample-empty-generic-notes.json", None, {("F418", "additional_generic_notes")}),
    ("3.0_sample-empty-location.json", None, {("F418", "location_name")}),
    ("3.0_sample-empty-payer-notes.json", None, {("F418", "additional_payer_notes")}),
    ("3.0_sample-missing-10th.json", None, {("F429", "10th_percentile")}),
    ("3.0_sample-missing-90th.json", None, {("F430", "90th_percentile")}),
    ("3.0_sample-missing-count-of-allowed-amounts.json", None, {("F427", "count")}),
    ("3.0_sample-missing-median.json", None, {("F428", "median_amount")}),
    ("3.0_sample-modifier-invalid-setting.json", None, {("F412", "setting")}),
    ("3.0_sample-payer-no-charge.json", None, {("F422", "payer_name")}),
    ("3.0_unexpected-version.json", None, {("F441", "version")}),
    ("false-confirmation.json", None,
     {("F443", "confirm_affirmation"), ("F424", "additional_payer_notes")}),
    ("sample-bad-header.csv", "2.2.0",
     {("F413", "last_updated_on"), ("F441", "version"), ("F433", "standard_charge|methodology")}),
    ("sample-bad-item-header.csv", None,
     {("F405", "description"), ("F441", "version"), ("F412", "code|type")}),
    ("sample-blank-header.csv", None, {("F401", "item headers"), ("F441", "version")}),
    ("sample-lots-of-alerts.json", "2.2.0", {("F440", "estimated_amount")}),
    ("sample-lots-of-errors.csv", None,
     {("F412", "code|type"), ("F414", "standard_charge|min"), ("F414", "standard_charge|max"),
      ("F414", "standard_charge|negotiated_dollar"), ("F441", "version")}),
    ("sample-missing-estimate.json", "2.2.0",
     {("F426", "estimated_amount"), ("F440", "estimated_amount")}),
    ("sample-ndc-no-drug-info.json", "2.2.0", {("F431", "drug_information")}),
    ("sample-nine-nines.json", "2.2.0", {("F440", "estimated_amount")}),
    ("sample-no-charges.json", "2.1.0", {("F421", "gross_charge")}),
    ("sample-no-data.csv", None, {("F409", "rows"), ("F441", "version")}),
    ("sample-no-min-max.json", "2.1.0", {("F423", "minimum"), ("F423", "maximum")}),
    ("sample-other-no-notes.json", "2.1.0", {("F424", "additional_payer_notes")}),
    ("sample-tall-mixed-line-endings.csv", None, {("F441", "version")}),
    ("sample-wide-blank-headers.csv", None, {("F406", "item headers")}),
    ("sample-wrong-drug-info.json", "2.2.0", {("F417", "unit")}),
    ("sample-wrong-modifier.json", "2.2.0", {("F417", "code"), ("F411", "plan_name")}),
    ("unexpected-version.json", "2.2.0", {("F441", "version")}),
)  # fmt: skip


def of_template(path: Path, version: str | None) -> set[tuple[str, str]]:
    found = inspect(path, against=version)
    return {(d.rule_id, d.subject) for d in found.deviations if d.rule_id.startswith("F4")}


@pytest.mark.parametrize(("name", "version"), CLEAN)
def test_a_valid_fixture_is_clean(data_folder: Path, name: str, version: str | None) -> None:
    assert of_template(data_folder / FIXTURES / name, version) == set()


@pytest.mark.parametrize(("name", "version", "expected"), FAULTY)
def test_the_defect_of_a_fixture_is_found(
    data_folder: Path, name: str, version: str | None, expected: set[tuple[str, str]]
) -> None:
    assert of_template(data_folder / FIXTURES / name, version) == expected


def test_no_fixture_is_left_out(data_folder: Path) -> None:
    names = {name for name, *_ in (*CLEAN, *FAULTY)}
    unknown = {"sample-empty.json", "sample-invalid.json"}
    assert names | unknown == {path.name for path in (data_folder / FIXTURES).iterdir()}


def test_fixtures_that_are_no_file_are_refused(data_folder: Path) -> None:
    folder = data_folder / FIXTURES
    empty = inspect(folder / "sample-empty.json")
    assert (empty.grade, empty.kind) == ("F", None)
    broken = inspect(folder / "sample-invalid.json")
    assert (broken.grade, broken.kind) == ("F", "hospital-json")
    assert [d.rule_id for d in broken.deviations if d.rule_id.startswith("F4")] == ["F416"]


@pytest.mark.parametrize(
    "name",
    [
        "V2.0.0_JSON_Format_Example.json", "V2.0.0_Tall_CSV_Format_Example.csv",
        "V2.0.0_Wide_CSV_Format_Example.csv", "V3.0.0_Tall_CSV_Format_Example.csv",
        "V3.0.0_Wide_CSV_Format_Example.csv", "v3_json_format_example.json",
    ],
)  # fmt: skip
def test_an_example_of_the_data_dictionary_is_clean(data_folder: Path, name: str) -> None:
    assert of_template(data_folder / EXAMPLES / name, None) == set()
