"""Each rule of the CSV templates, with a file on either side of it, in tall and in wide form.

The conditions are those of the CMS data dictionaries v2.0 to v3.0; a file that is good is so by
their text. What CMS's own validator says of the same: test_cms_validator.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hospital_files import COLUMNS, GENERAL, ROW, STATEMENT, tall
from ratepress.core.rules import registry
from ratepress.readers.hospital.conformance.check import hold
from ratepress.readers.hospital.conformance.findings import Finding
from ratepress.readers.hospital.conformance.template import AFFIRMATION, ATTESTATION
from ratepress.readers.source import Source

Row = Mapping[str, str]

V3 = {key: value for key, value in GENERAL.items() if key != STATEMENT} | {ATTESTATION: "true"}
V2 = {
    key.replace("location_name", "hospital_location"): value
    for key, value in V3.items()
    if key not in {"type_2_npi", "attester_name", ATTESTATION}
} | {"version": "2.0.0", AFFIRMATION: "true"}
NEW = {"median_amount", "10th_percentile", "90th_percentile", "count"}
V2_COLUMNS = (*(c for c in COLUMNS if c not in NEW), "estimated_amount")
# A price that is a percentage, with all that must stand beside it.
SHARE = {
    "standard_charge|negotiated_dollar": "", "standard_charge|negotiated_percentage": "70.5",
    "median_amount": "800", "10th_percentile": "700", "90th_percentile": "900", "count": "25",
    "estimated_amount": "810",
}  # fmt: skip
ALONE = dict.fromkeys(ROW, "") | {
    "description": "Assistant", "modifiers": "80", "standard_charge|negotiated_percentage": "16",
}  # fmt: skip
D, PCT, ALG = (
    f"standard_charge|negotiated_{kind}" for kind in ("dollar", "percentage", "algorithm")
)
METHOD, MIN, MAX = "standard_charge|methodology", "standard_charge|min", "standard_charge|max"
UNIT, TYPE, NOTE = (
    "drug_unit_of_measurement", "drug_type_of_measurement", "additional_generic_notes",
)  # fmt: skip


def found_in(data: bytes, folder: Path, version: str | None = None) -> list[Finding]:
    path = folder / "standardcharges.csv"
    path.write_bytes(data)
    found: list[Finding] = []
    hold(Source(path), against=version, each=found.append)
    return found


def rows_of(version: str, *rows: Row) -> bytes:
    if version >= "3":
        return tall(*rows, general=V3)
    return tall(*rows, general=V2, columns=V2_COLUMNS)


def told(found: list[Finding]) -> set[str]:
    return {one.rule_id for one in found}


@pytest.mark.parametrize("version", ["2.0.0", "2.1.0", "2.2.0", "2.2.1", "3.0.0"])
def test_good_rows_are_clean(tmp_path: Path, version: str) -> None:
    rows = [ROW, ROW | SHARE, ROW | SHARE | {"count": "1 through 10"}]
    if version >= "2.2":
        rows.append(ALONE)
    assert found_in(rows_of(version, *rows), tmp_path, version) == []


# Rule, first version it holds for, the cell it names, what is wrong in a good row, what mends it.
ROW_CASES: list[tuple[str, str, str, Row, Row]] = [
    ("F411", "2.0.0", "description", {"description": ""}, {"description": "Drain"}),
    ("F411", "2.0.0", "setting", {"setting": " "}, {"setting": "both"}),
    ("F412", "2.0.0", "setting", {"setting": "office"}, {"setting": "OUTPATIENT"}),
    ("F412", "2.0.0", METHOD, {METHOD: "case-rate"}, {METHOD: " Case Rate "}),
    ("F412", "2.0.0", "code|1|type", {"code|1|type": "ICD-10"}, {"code|1|type": "cpt"}),
    ("F412", "2.2.0", TYPE, {UNIT: "1", TYPE: "vial"}, {UNIT: "1", TYPE: "ml"}),
    ("F414", "2.0.0", D, {D: "$1,200.50"}, {D: ".5"}),
    ("F414", "2.0.0", MIN, {MIN: "0.00"}, {MIN: "0.01"}),
    ("F414", "2.0.0", "standard_charge|gross", {"standard_charge|gross": "N/A"}, {}),
    ("F414", "2.2.0", UNIT, {UNIT: "-1", TYPE: "ML"}, {UNIT: "1.", TYPE: "ML"}),
    ("F414", "3.0.0", "median_amount", SHARE | {"median_amount": "1e3"}, SHARE),
    ("F415", "3.0.0", "count", SHARE | {"count": "10"}, SHARE | {"count": "11"}),
    ("F415", "3.0.0", "count", SHARE | {"count": "1,200"}, SHARE | {"count": "1200"}),
    ("F421", "2.1.0", "standard_charge|gross",
     {"standard_charge|gross": "", "standard_charge|discounted_cash": "", D: "",
      "payer_name": "", "plan_name": ""},
     {"standard_charge|gross": "", D: "", "payer_name": "", "plan_name": ""}),
    ("F422", "3.0.0", "payer_name", {D: ""}, {D: "", "plan_name": ""}),
    ("F423", "2.1.0", MAX, {MAX: ""}, SHARE | {MAX: ""}),
    ("F423", "2.1.0", MIN, {MIN: "", MAX: ""}, {}),
    ("F424", "2.1.0", NOTE, {METHOD: "other"}, {METHOD: "other", NOTE: "a bundle"}),
    ("F425", "3.0.0", NOTE, SHARE | {"count": "0"}, SHARE | {"count": "0", NOTE: "a new contract"}),
    ("F426", "2.2.0", "estimated_amount", SHARE | {"estimated_amount": ""}, {PCT: "70"}),
    ("F427", "3.0.0", "count", SHARE | {"count": ""}, SHARE),
    ("F427", "3.0.0", "count", SHARE | {PCT: "", ALG: "x", "count": ""}, {D: "5", "count": ""}),
    ("F428", "3.0.0", "median_amount", SHARE | {"median_amount": ""},
     {PCT: "70", "count": "0", NOTE: "new"}),
    ("F429", "3.0.0", "10th_percentile", SHARE | {"10th_percentile": ""}, SHARE),
    ("F430", "3.0.0", "90th_percentile", SHARE | {"90th_percentile": ""}, SHARE),
    ("F431", "2.2.0", UNIT, {"code|1|type": "NDC"}, {"code|1|type": "NDC", UNIT: "1", TYPE: "ML"}),
    ("F433", "2.1.0", "payer_name", {"payer_name": ""}, {"payer_name": "", D: ""}),
    ("F433", "2.1.0", "plan_name", {"plan_name": ""}, {"plan_name": "", D: ""}),
    ("F433", "2.1.0", METHOD, {METHOD: ""}, {METHOD: "", "payer_name": "", D: ""}),
    ("F435", "2.0.0", "code|2|type", {"code|2|type": ""}, {"code|2|type": "", "code|2": ""}),
    ("F435", "2.0.0", "code|2", {"code|2": ""}, {}),
    ("F436", "2.2.0", TYPE, {UNIT: "1"}, {UNIT: "1", TYPE: "ML"}),
    ("F436", "2.2.0", UNIT, {TYPE: "ML"}, {}),
    ("F440", "3.0.0", "median_amount", SHARE | {"median_amount": "999999999"},
     SHARE | {"median_amount": "99999999"}),
    ("F440", "3.0.0", "count", SHARE | {"count": "999999999"}, SHARE),
    ("F440", "2.2.0", "estimated_amount", SHARE | {"estimated_amount": "999999999.00"}, SHARE),
    ("F444", "2.0.0", PCT, SHARE | {PCT: "0.705"}, SHARE | {PCT: "1.0"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule_id", "since", "column", "faulty", "good"), ROW_CASES)
def test_a_row_on_either_side_of_a_rule(
    tmp_path: Path, rule_id: str, since: str, column: str, faulty: Row, good: Row
) -> None:
    # Version 3 has other columns, so a rule of 2.2 alone is asked in 2.2.
    is_newer = since >= "3" or rule_id not in {"F426", "F440"}
    version = "3.0.0" if is_newer else since
    columns = list(COLUMNS if is_newer else V2_COLUMNS)
    found = found_in(rows_of(version, ROW, ROW | faulty), tmp_path, version)
    letter = chr(ord("A") + columns.index(column))
    named = {(one.rule_id, one.cell, one.column) for one in found}
    assert (rule_id, f"{letter}5", column) in named
    assert all(one.place == "row 5" and one.expected for one in found)
    assert rule_id not in told(found_in(rows_of(version, ROW | good), tmp_path, version))


BEFORE = {"2.1.0": "2.0.0", "2.2.0": "2.1.0", "3.0.0": "2.2.1"}


@pytest.mark.parametrize(
    ("rule_id", "since", "column", "faulty"), [c[:4] for c in ROW_CASES if c[1] in BEFORE]
)
def test_a_rule_does_not_hold_before_its_version(
    tmp_path: Path, rule_id: str, since: str, column: str, faulty: Row
) -> None:
    found = found_in(rows_of(BEFORE[since], ROW | faulty), tmp_path, BEFORE[since])
    assert rule_id not in {one.rule_id for one in found if one.column == column}


def test_a_row_without_code_is_told_once_and_a_modifier_row_has_conditions_of_its_own(
    tmp_path: Path,
) -> None:
    no_code = ROW | dict.fromkeys(("code|1", "code|1|type", "code|2", "code|2|type"), "")
    (one,) = found_in(rows_of("3.0.0", no_code), tmp_path)
    assert (one.rule_id, one.place, one.cell) == ("F420", "row 4", None)
    silent = ALONE | {PCT: ""}
    assert told(found_in(rows_of("3.0.0", silent), tmp_path)) == {"F432"}
    assert told(found_in(rows_of("3.0.0", silent | {NOTE: "16% of it"}), tmp_path)) == set()
    # Before 2.2 there were no modifier rows.
    assert "F420" in told(found_in(rows_of("2.1.0", ALONE), tmp_path, "2.1.0"))


def test_every_fault_of_a_row_and_every_row_is_told(tmp_path: Path) -> None:
    faulty = ROW | {"setting": "x", D: "0", METHOD: "other"}
    found = found_in(rows_of("3.0.0", faulty, ROW, faulty), tmp_path)
    assert [(one.rule_id, one.place, one.value) for one in found] == [
        ("F412", "row 4", "x"), ("F412", "row 6", "x"),
        ("F414", "row 4", "0"), ("F414", "row 6", "0"),
        ("F424", "row 4", ""), ("F424", "row 6", ""),
    ]  # fmt: skip


def test_a_rule_of_2_2_ends_with_it(tmp_path: Path) -> None:
    row = ROW | SHARE | {"estimated_amount": ""}
    assert told(found_in(rows_of("2.2.1", row), tmp_path, "2.2.1")) == {"F426"}
    assert told(found_in(rows_of("3.0.0", row), tmp_path)) == set()


# --- the head -----------------------------------------------------------------------------------


def head(**changes: Any) -> bytes:
    """A file with one good row whose general headers are changed; None takes one away."""
    general: dict[str, str] = dict(V3)
    for key, value in changes.items():
        if value is None:
            del general[key]
        else:
            general[key] = value
    return tall(ROW, general=general)


HEAD_CASES: list[tuple[str, bytes, bytes]] = [
    ("F402", head(attester_name=None), head()),
    ("F404", head(**{"license_number|CA": None, "license_number|[state]": "1"}),
     head(**{"license_number|CA": None, "License_Number | ny": ""})),
    ("F411", head(hospital_name=""), head(**{"license_number|CA": ""})),
    ("F412", head(**{ATTESTATION: "signed"}), head(**{ATTESTATION: "TRUE"})),
    ("F413", head(last_updated_on="2/30/2026"), head(last_updated_on="2/3/2026")),
    ("F441", head(version="3.0.1"), head(version="3.0.0")),
    ("F443", head(**{ATTESTATION: "False"}), head()),
    ("F403", head().replace(b"attester_name", b"version ", 1), head()),
]  # fmt: skip


@pytest.mark.parametrize(("rule_id", "faulty", "good"), HEAD_CASES)
def test_a_head_on_either_side_of_a_rule(
    tmp_path: Path, rule_id: str, faulty: bytes, good: bytes
) -> None:
    assert rule_id in told(found_in(faulty, tmp_path, "3.0.0"))
    assert rule_id not in told(found_in(good, tmp_path, "3.0.0"))


def test_a_version_that_cannot_be_told_is_an_error(tmp_path: Path) -> None:
    data = tall(ROW, general=V2 | {"version": "July"}, columns=V2_COLUMNS[:-1])
    stripped = data.replace(b"hospital_location", b"place").replace(AFFIRMATION.encode(), b"signed")
    assert "F400" in told(found_in(stripped, tmp_path))
    # The elements of version 2 show the version where the word does not.
    assert "F400" not in told(found_in(data, tmp_path))


# --- the item headers ---------------------------------------------------------------------------


def with_columns(*names: str) -> bytes:
    return tall(ROW, general=V3, columns=names)


def renamed(old: str, new: str) -> bytes:
    return with_columns(*(new if name == old else name for name in COLUMNS))


COLUMN_CASES: list[tuple[str, bytes, bytes]] = [
    ("F405", with_columns(*COLUMNS[:-1]), with_columns(*reversed(COLUMNS))),
    ("F405", with_columns(*COLUMNS, "code|4"), with_columns(*COLUMNS, "code|3", "code|3|type")),
    ("F406", with_columns(*COLUMNS, " Count"), with_columns(*COLUMNS, "my own column")),
    ("F406", with_columns(*COLUMNS, "", ""), with_columns(*COLUMNS, "")),
    ("F407", renamed("plan_name", "plan"), renamed("plan_name", " PLAN_NAME ")),
    ("F408", with_columns(*COLUMNS, "code|[i]"), with_columns(*COLUMNS)),
    ("F442", with_columns(*COLUMNS, "estimated_amount"), with_columns(*COLUMNS)),
]  # fmt: skip


@pytest.mark.parametrize(("rule_id", "faulty", "good"), COLUMN_CASES)
def test_item_headers_on_either_side_of_a_rule(
    tmp_path: Path, rule_id: str, faulty: bytes, good: bytes
) -> None:
    assert rule_id in told(found_in(faulty, tmp_path, "3.0.0"))
    assert rule_id not in told(found_in(good, tmp_path, "3.0.0"))


def test_a_missing_column_is_told_once_and_not_again_in_each_row(tmp_path: Path) -> None:
    columns = [name for name in COLUMNS if name != "count"]
    data = tall(ROW | SHARE, ROW | SHARE, general=V3, columns=columns)
    (one,) = found_in(data, tmp_path)
    assert (one.rule_id, one.place, one.column) == ("F405", "row 3", "count")


def test_rows_under_ambiguous_headers_are_said_to_be_unchecked(tmp_path: Path) -> None:
    found = found_in(renamed("plan_name", "plan"), tmp_path, "3.0.0")
    assert [(one.rule_id, one.place) for one in found] == [("F407", "row 3"), ("F410", "row 4")]


# --- the shape ----------------------------------------------------------------------------------

GOOD = rows_of("3.0.0", ROW)


@pytest.mark.parametrize(
    ("rule_id", "place", "data"),
    [
        ("F401", "row 1", b",,\n" + GOOD),
        ("F401", "row 3", b"\n".join([*GOOD.split(b"\n")[:2], b"", *GOOD.split(b"\n")[2:]])),
        ("F409", "row 4", b"\n".join(GOOD.split(b"\n")[:3])),
        ("F409", "row 5", b"\n".join([*GOOD.split(b"\n")[:3], b",,", b""])),
        ("F410", "row 5", GOOD + b'"never closed,1\n2\n'),
        ("F419", "row 3", b"Standard charges of West Mercy\n\n" + GOOD),
        ("F419", "row 1", b"\n".join(GOOD.split(b"\n")[2:])),
        ("F419", "row 1", GOOD.replace(b",", b";").replace(b"; ", b", ")),
    ],
)
def test_a_shape_that_is_not_the_template(
    tmp_path: Path, rule_id: str, place: str, data: bytes
) -> None:
    found = found_in(data, tmp_path, "3.0.0")
    assert (rule_id, place) in {(one.rule_id, one.place) for one in found}
    assert rule_id not in told(found_in(GOOD, tmp_path, "3.0.0"))


def test_rows_below_a_title_are_checked_with_the_numbers_of_a_spreadsheet(tmp_path: Path) -> None:
    data = b"Standard charges\n\n" + rows_of("3.0.0", ROW, ROW | {"setting": "x"})
    assert {(o.rule_id, o.cell) for o in found_in(data, tmp_path)} == {
        ("F419", None),
        ("F412", "G7"),
    }


# --- wide ---------------------------------------------------------------------------------------

ITEM = tuple(
    name for name in COLUMNS
    if name not in {*NEW, "payer_name", "plan_name", METHOD} and "negotiated" not in name
)  # fmt: skip


def wide_columns(*payers: str) -> list[str]:
    columns = list(ITEM)
    for payer in payers:
        kinds = (
            "negotiated_dollar",
            "negotiated_percentage",
            "negotiated_algorithm",
            "methodology",
        )
        columns += [f"standard_charge|{payer}|{kind}" for kind in kinds]
        columns += [f"{kind}|{payer}" for kind in (*sorted(NEW), "additional_payer_notes")]
    return columns


def wide(payers: tuple[str, ...], *rows: Row) -> bytes:
    return tall(*(ROW | row for row in rows), general=V3, columns=wide_columns(*payers))


def cells(payer: str, **stated: str) -> Row:
    """Cells of a payer, by the end of their headers."""
    return {
        f"standard_charge|{payer}|{kind}" if "negotiated" in kind or kind == "methodology"
        else f"{kind}|{payer}": value
        for kind, value in stated.items()
    }  # fmt: skip


A, B = "Aetna|PPO", "West Health|HMO"


def test_a_wide_row_is_held_to_the_conditions_payer_by_payer(tmp_path: Path) -> None:
    good = cells(A, negotiated_dollar="1200", methodology="case rate") | cells(
        B, negotiated_percentage="70", methodology="other", count="0", additional_payer_notes="new"
    )
    assert found_in(wide((A, B), good), tmp_path) == []
    faulty = cells(A, negotiated_dollar="0") | cells(
        B, negotiated_algorithm="x", methodology="Other", count="7"
    )
    found = found_in(wide((A, B), good, faulty), tmp_path)
    assert {(one.rule_id, one.column) for one in found} == {
        ("F414", f"standard_charge|{A}|negotiated_dollar"),
        ("F433", f"standard_charge|{A}|methodology"),
        ("F415", f"count|{B}"),
        ("F424", f"additional_payer_notes|{B}"),
        ("F428", f"median_amount|{B}"),
        ("F429", f"10th_percentile|{B}"),
        ("F430", f"90th_percentile|{B}"),
    }
    assert {one.place for one in found} == {"row 5"}


def test_a_wide_item_needs_one_charge_of_any_payer_and_a_range_for_dollars(tmp_path: Path) -> None:
    bare = {"standard_charge|gross": "", "standard_charge|discounted_cash": ""}
    assert told(found_in(wide((A, B), bare), tmp_path)) == {"F421"}
    priced = bare | cells(B, negotiated_dollar="5", methodology="per diem")
    assert told(found_in(wide((A, B), priced), tmp_path)) == set()
    assert told(found_in(wide((A, B), priced | {MIN: ""}), tmp_path)) == {"F423"}


def test_each_payer_and_plan_needs_all_nine_columns(tmp_path: Path) -> None:
    columns = [name for name in wide_columns(A, B) if name != f"count|{B}"]
    found = found_in(tall(ROW, general=V3, columns=columns), tmp_path)
    assert [(o.rule_id, o.subject, o.column) for o in found] == [
        ("F405", "count", "count|west health|hmo")
    ]


@pytest.mark.parametrize("payer", ["Aetna", "Aetna|PPO|Gold", "|PPO"])
def test_a_header_that_does_not_name_payer_and_plan_is_told_and_its_cells_checked(
    tmp_path: Path, payer: str
) -> None:
    found = found_in(wide((payer,), cells(payer, negotiated_dollar="0")), tmp_path)
    assert sum(one.rule_id == "F434" for one in found) == 9
    assert {"F414", "F433"} <= told(found)
    assert "F434" not in told(found_in(wide((A,), cells(A, negotiated_dollar="0")), tmp_path))


def test_the_placeholders_of_the_wide_template_are_no_payer(tmp_path: Path) -> None:
    found = found_in(wide((A, "[payer_name]|[plan_name]")), tmp_path)
    assert [one.rule_id for one in found if one.rule_id == "F408"] == ["F408"] * 9


def test_every_rule_of_the_template_has_a_case() -> None:
    shown = {case[0] for case in ROW_CASES} | {case[0] for case in [*HEAD_CASES, *COLUMN_CASES]}
    shown |= {"F400", "F401", "F409", "F410", "F419", "F420", "F432", "F434"}
    of_json = {"F416", "F417", "F418"}  # test_json_rules.py
    assert shown | of_json == {rule_id for rule_id in registry() if rule_id.startswith("F4")}
