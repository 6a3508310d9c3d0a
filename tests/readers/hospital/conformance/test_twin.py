"""The conditions by arrays equal the conditions row by row, on rows of any mixture of cells."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budget import some
from hospital_conditions_twin import Twin
from ratepress.readers.hospital.conformance import csv_file
from ratepress.readers.hospital.conformance.check import hold
from ratepress.readers.hospital.conformance.csv_columns import ITEM_COLUMNS
from ratepress.readers.hospital.conformance.findings import Finding
from ratepress.readers.hospital.conformance.template import AFFIRMATION, ATTESTATION
from ratepress.readers.source import Source

CELLS = st.one_of(
    st.sampled_from(("", "", "", " ")),
    st.sampled_from(
        ("5", "0", "0.5", "1.", ".", "-1", "$5", "999999999", "0999999999.00", "1,000", "١")
    ),
    st.sampled_from(("0", "1 through 10", "1 Through 10", "10", "11", "011", "9999")),
    st.sampled_from(
        ("other", "OTHER ", "case rate", "both", "Inpatient", "NDC", "cmg", "CPT", "ML")
    ),
    st.text("ab|\n\",'", max_size=3),
)
DRUGS = ("drug_unit_of_measurement", "drug_type_of_measurement", "modifiers")
CODES = ("code|1", "code|1|type", "code|2", "code|2|type")
CHARGES = ("negotiated_dollar", "negotiated_percentage", "negotiated_algorithm", "methodology")
ALLOWED = {
    "2.0.0": (), "2.1.0": (), "2.2.1": ("estimated_amount",),
    "3.0.0": ("median_amount", "10th_percentile", "90th_percentile", "count"),
}  # fmt: skip
PAYERS = ("aetna|ppo", "west|hmo")


def columns_of(version: str, payers: tuple[str, ...]) -> list[str]:
    columns = [*ITEM_COLUMNS, *CODES, *DRUGS]
    allowed = ALLOWED[version]
    if not payers:
        charges = (f"standard_charge|{charge}" for charge in CHARGES)
        return [*columns, "payer_name", "plan_name", *charges, *allowed]
    for payer in payers:
        columns += [f"standard_charge|{payer}|{charge}" for charge in CHARGES]
        columns += [f"{element}|{payer}" for element in (*allowed, "additional_payer_notes")]
    return columns


def file_of(version: str, columns: list[str], rows: list[list[str]]) -> bytes:
    is_3 = version == "3.0.0"
    general = {
        "hospital_name": "West", "last_updated_on": "2026-04-01",
        "version": "3.0.0" if is_3 else "2.0.0", "hospital_address": "x", "license_number|CA": "1",
        "location_name" if is_3 else "hospital_location": "West",
        ATTESTATION if is_3 else AFFIRMATION: "true",
    } | ({"type_2_npi": "1", "attester_name": "x"} if is_3 else {})  # fmt: skip
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([general, general.values(), columns, *rows])
    return text.getvalue().encode()


LIKELY = {
    "count": ("0", "0", "11"), "methodology": ("other", "per diem"), "type": ("NDC", "RC"),
    "setting": ("both",), "drug_type_of_measurement": ("ML",), "negotiated_percentage": ("70",),
}  # fmt: skip


def cell_of(column: str) -> st.SearchStrategy[str]:
    """Blank, what is likely there, or anything: most conditions are about what is blank."""
    end = column.rpartition("|")[2]
    element = end if end in LIKELY else column.partition("|")[0]
    likely = st.sampled_from(LIKELY.get(element, ("5",)))
    return st.one_of(st.just(""), st.just(""), likely, likely, CELLS)


def row_of(columns: list[str]) -> st.SearchStrategy[list[str]]:
    """A row in which some elements are blank for whatever reason, and the rest as may be."""
    kinds = ("code", "standard_charge", "additional", "drug", "payer_name", "none")

    def cells(blank: str) -> st.SearchStrategy[tuple[str, ...]]:
        return st.tuples(
            *(st.just("") if column.startswith(blank) else cell_of(column) for column in columns)
        )

    return st.sampled_from(kinds).flatmap(cells).map(list)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, tuple[str, ...], list[str], list[list[str]]]:
    version = draw(st.sampled_from((*sorted(ALLOWED), "3.0.0")))
    payers = draw(st.sampled_from(((), PAYERS[:1], PAYERS)))
    columns = draw(st.permutations(columns_of(version, payers)))
    rows = draw(st.lists(row_of(columns), max_size=8))
    return version, payers, columns, rows


@settings(max_examples=some(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(table=tables(), size=st.sampled_from((1, 2, 1 << 20)))
def test_arrays_and_rows_agree(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    table: tuple[str, tuple[str, ...], list[str], list[list[str]]],
    size: int,
) -> None:
    version, payers, columns, rows = table
    monkeypatch.setattr(csv_file, "_MOST_BLOCK_ROWS", size)
    path = tmp_path / "standardcharges.csv"
    path.write_bytes(file_of(version, columns, rows))
    found: list[Finding] = []
    counted = hold(Source(path), against=version, each=found.append).counted
    twin = Twin(version, len(CODES) // 2, payers)
    expected = [
        (rule_id, column, f"row {number}")
        for number, row in enumerate(rows, 4)
        if any(cell.strip() for cell in row)
        for rule_id, column in twin.row(dict(zip(columns, row, strict=True)))
    ]
    told = [
        (one.rule_id, (one.column or "").lower(), one.place)
        for one in found
        if one.place not in {"row 1", "row 2", "row 3"} and one.rule_id != "F409"
    ]
    assert sorted(told) == sorted(expected)
    # Without a listener the counts are the same.
    silent = hold(Source(path), against=version).counted
    assert {key: one.count for key, one in silent.items()} == {
        key: one.count for key, one in counted.items()
    }
    assert sum(one.count for one in counted.values()) == len(found)
