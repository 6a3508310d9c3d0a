"""Generated files: readers and their slow twins agree row by row; no file ends in a traceback."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget import some
from hospital_files import (
    COLUMNS,
    GENERAL,
    ROW,
    as_json,
    document,
    item,
    load_in_memory,
    payer,
    tall,
)
from hospital_twin import COUNTED, json_twin, notes_of, rates_of, tall_twin
from ratepress.core.errors import RatepressError, UnreadableInput
from ratepress.readers.hospital import HospitalJson, HospitalTallCsv, HospitalWideCsv

NUMBERS = st.sampled_from(
    (
        *("", "", "120", "120.50", "$1,234.50", "1,000", " 7.25 ", "N/A", "1,2", "0", "-5"),
        *("999999999", "0.00005", "12.34565", "0.00015", "45%"),
    )
)
WORDS = st.text(alphabet='ab ",\n|;é’—$', max_size=6)
POOLS = {
    "description": WORDS,
    "code|1": st.sampled_from(["32557", "32557", "361", ""]),
    "code|1|type": st.sampled_from(["HCPCS", "CPT", "RC", ""]),
    "code|2": st.sampled_from(["", "", "0361", "17"]),
    "code|2|type": st.sampled_from(["", "", "RC", "CDM"]),
    "modifiers": st.sampled_from(["", "", "50", "50|80", "80, as", "26 50"]),
    "setting": st.sampled_from(["outpatient", "Outpatient", "both", "emergency", ""]),
    "drug_unit_of_measurement": st.sampled_from(["", "", "1", "0.5", "ten"]),
    "drug_type_of_measurement": st.sampled_from(["", "", "ML", "gm", "XX"]),
    "payer_name": st.sampled_from(["", "Aetna", "Aetna", "Cigna "]),
    "plan_name": st.sampled_from(["", "PPO", "Medicare"]),
    "standard_charge|negotiated_algorithm": st.sampled_from(["", "", "lesser of, or"]),
    "count": st.sampled_from(["", "0", "1 through 10", "11", "7", "1,200"]),
    "standard_charge|methodology": st.sampled_from(
        ["", "fee schedule", "Case  Rate", "per diem", "**other** "]
    ),
    "additional_generic_notes": WORDS,
    "billing_class": st.sampled_from(["", "facility", "Professional", "x"]),
    "my_column": st.sampled_from(["", "", "7"]),
}


@st.composite
def tall_files(draw: st.DrawFn) -> bytes:
    """A tall file with its columns in any order and its rows ragged, quoted and encoded any way."""
    extra = draw(st.sampled_from([(), ("billing_class",), ("my_column", "estimated_amount")]))
    columns = draw(st.permutations([*COLUMNS, *extra]))
    dress = draw(st.sampled_from([str, str.upper, lambda name: name.replace("|", " | ")]))
    text = io.StringIO()
    out = csv.writer(
        text,
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    out.writerow(GENERAL)
    out.writerow(GENERAL.values())
    out.writerow([dress(column) for column in columns])
    for _ in range(draw(st.integers(1, 6))):
        row = [draw(POOLS.get(column, NUMBERS)) for column in columns]
        ragged = draw(st.sampled_from(["no", "no", "no", "short", "long", "blank", "empty tail"]))
        if ragged == "short":
            row = row[: draw(st.integers(1, len(row)))]
        elif ragged == "long":
            row += ["", "x"]
        elif ragged == "empty tail":
            row += ["", " "]
        out.writerow([] if ragged == "blank" else row)
    out.writerow([ROW.get(column, "") for column in columns])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]))
    return text.getvalue().encode(encoding)


@settings(max_examples=some(120), deadline=None)
@given(tall_files())
def test_the_tall_reader_agrees_with_its_twin(data: bytes) -> None:
    twin = tall_twin(data)
    with TemporaryDirectory() as folder:
        loaded = load_in_memory(HospitalTallCsv(), data, Path(folder))
    assert rates_of(loaded) == twin.rates
    assert notes_of(loaded) == twin.notes
    assert len(loaded["items"]) == len(twin.items)
    assert len(loaded["charges"]) == len(twin.charges)
    assert loaded.tally.read == twin.read
    assert loaded.tally.loaded == twin.read - len(twin.set_aside)
    counted = {key: n for key, n in loaded.problems.items() if key[0] in COUNTED}
    assert counted == dict(twin.problems)


def test_generated_files_are_of_every_kind() -> None:
    """The property above is only as good as what it is given: each rule is met somewhere."""
    met: Counter[str] = Counter()

    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @given(tall_files())
    def collect(data: bytes) -> None:
        met.update(rule for rule, _ in tall_twin(data).problems)

    collect()
    assert set(met) == COUNTED


MAYBE = st.sampled_from([None, 0, 12, 12.5, 1234.56789, 999999999])
JSON_PAYERS = st.builds(
    lambda **keys: payer(**{key: value for key, value in keys.items() if value is not None}),
    payer_name=st.sampled_from(["Aetna", "Cigna"]),
    methodology=st.sampled_from(["fee schedule", "case rate", "per diem"]),
    standard_charge_dollar=MAYBE,
    standard_charge_percentage=MAYBE,
    standard_charge_algorithm=st.sampled_from([None, "lesser of"]),
    median_amount=MAYBE,
    count=st.sampled_from([None, "0", "1 through 10", "12"]),
)
JSON_ITEMS = st.builds(
    lambda payers, cash, modifiers: item(*payers, discounted_cash=cash, modifier_code=modifiers),
    st.lists(JSON_PAYERS, max_size=3),
    MAYBE.filter(lambda value: value is not None),
    st.lists(st.sampled_from(["26", "50", "TC"]), max_size=2, unique=True),
)


@settings(max_examples=some(60), deadline=None)
@given(st.lists(JSON_ITEMS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_json_reader_agrees_with_its_twin_in_any_order_of_keys(
    items: list[dict[str, Any]], random: Any
) -> None:
    pairs = list(document(*items).items())
    random.shuffle(pairs)
    data = as_json(dict(pairs))
    twin = json_twin(data)
    with TemporaryDirectory() as folder:
        loaded = load_in_memory(HospitalJson(), data, Path(folder))
    assert rates_of(loaded) == twin.rates
    assert len(loaded["charges"]) == len(twin.charges)
    assert loaded.tally.read == loaded.tally.loaded == twin.read
    assert loaded.header.publisher == "West Mercy Hospital"


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=3)
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
PATHS = st.sampled_from(
    [
        (),
        ("code_information",),
        ("code_information", 0),
        ("code_information", 0, "code"),
        ("description",),
        ("drug_information",),
        ("standard_charges",),
        ("standard_charges", 0),
        ("standard_charges", 0, "setting"),
        ("standard_charges", 0, "modifier_code"),
        ("standard_charges", 0, "gross_charge"),
        ("standard_charges", 0, "payers_information"),
        ("standard_charges", 0, "payers_information", 0),
        ("standard_charges", 0, "payers_information", 0, "payer_name"),
        ("standard_charges", 0, "payers_information", 0, "standard_charge_dollar"),
        ("standard_charges", 0, "payers_information", 0, "count"),
    ]
)
ROOTS = st.sampled_from([*document(), "modifier_information", "affirmation", "anything"])


@settings(max_examples=some(120), deadline=None)
@given(PATHS, JSON_VALUES, ROOTS, JSON_VALUES)
def test_a_value_of_any_type_anywhere_is_loaded_or_set_aside(
    path: tuple[Any, ...], value: Any, root: str, root_value: Any
) -> None:
    """Right or refused by name: `load_in_memory` reconciles, and no other error passes."""
    tree: Any = [item(payer(), payer())]
    holder, key = tree, 0
    for step in path:
        holder, key = holder[key], step
    holder[key] = value
    data = as_json(document(*tree, item(payer())) | {root: root_value})
    with TemporaryDirectory() as folder:
        try:
            loaded = load_in_memory(HospitalJson(), data, Path(folder))
        except RatepressError:
            return
    assert loaded.tally.read >= 1


@settings(max_examples=some(120), deadline=None)
@given(st.data())
def test_a_damaged_file_is_loaded_or_refused_by_name(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([as_json(document(item(payer()), item())), tall(ROW, ROW)]))
    at = data.draw(st.integers(200, len(whole)))
    put = data.draw(st.sampled_from([b"", b'"', b"\x00", b"\xff", b"\n", b"{", b"[", b",", b"\r"]))
    cut = data.draw(st.sampled_from([0, 1, 7, len(whole)]))
    damaged = whole[:at] + put + whole[at + cut :]
    # A column name that is cut and joined to the next can make a tall file a wide one.
    readers = (HospitalJson(), HospitalTallCsv(), HospitalWideCsv())
    (reader,) = [reader for reader in readers if reader.recognise(damaged)]
    with TemporaryDirectory() as folder:
        try:
            loaded = load_in_memory(reader, damaged, Path(folder))
        except RatepressError as error:
            said = str(error)
        else:
            said = f"standardcharges: {loaded.tally.read} rows"
    assert "standardcharges" in said


def test_every_cut_of_a_json_file_is_refused_with_its_byte(tmp_path: Path) -> None:
    whole = json.dumps(document(item(payer()))).encode()
    for end in range(200, len(whole)):
        with pytest.raises(UnreadableInput) as refused:
            load_in_memory(HospitalJson(), whole[:end], tmp_path)
        assert refused.value.place == f"byte {end:,}"
