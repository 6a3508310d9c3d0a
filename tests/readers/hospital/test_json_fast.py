"""The fast reader of hospital JSON gives what the plain one gives: rows, places, counts, errors."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget import some
from hospital_files import Loaded, as_json, document, item, load_in_memory, payer
from ratepress.core.errors import UnreadableInput
from ratepress.lake.tables import TABLES
from ratepress.readers.hospital import HospitalJson
from ratepress.readers.hospital.json_fast import blocks, columns, lines, rates, reader
from ratepress.readers.hospital.json_fast import items as known


@pytest.fixture(autouse=True)
def small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks and runs so short that the examples here have several of each."""
    monkeypatch.setattr(blocks, "BLOCK", 1500)
    monkeypatch.setattr(reader, "SHORTEST_RUN", 2)
    monkeypatch.setattr(rates, "SORTED_ROWS", 7)
    monkeypatch.setattr(columns, "RUN_ROWS", 5)
    for module in (known, lines):
        monkeypatch.setattr(module, "MOST_KNOWN", 9)


class Members(list[tuple[str, Any]]):
    """The members of an object, in their order, with repeats."""


def written(value: Any, gap: str) -> str:
    """JSON with white space as asked for, and numbers as they are given."""
    if isinstance(value, dict):
        value = Members(value.items())
    if isinstance(value, Members):
        inner = f",{gap}".join(f"{json.dumps(k)}{gap}:{gap}{written(v, gap)}" for k, v in value)
        return f"{{{gap}{inner}{gap}}}"
    if isinstance(value, list):
        return f"[{gap}{f',{gap}'.join(written(v, gap) for v in value)}]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def outcome(data: bytes, *, is_fast: bool) -> Any:
    """What a reader makes of a document: every row by its key, every count, or its error."""
    with TemporaryDirectory() as folder:
        try:
            loaded = load_in_memory(HospitalJson(is_fast=is_fast), data, Path(folder))
        except UnreadableInput as error:
            return str(error)
    tables = {
        name: sorted(rows, key=lambda row: [str(row[key]).zfill(9) for key in TABLES[name].key])
        for name, rows in loaded.tables.items()
    }
    return loaded.header, loaded.tally.read, loaded.tally.loaded, loaded.tally.reconcile(""), tables


NUMBERS = st.sampled_from(
    [
        Decimal(t)
        for t in (
            "1200.5",
            "0",
            "-3",
            "999999999",
            "1e2",
            "12.345678",
            "1e20",
            "100000000000000",
            "7",
            "0.50",
        )
    ]
    + [None, "12", "$1,200", True, [1]]
)
USUAL = st.sampled_from([Decimal("1200.50"), Decimal(7), Decimal("0.25")])
TEXTS = st.sampled_from(["Aetna", " Aetna ", 'HMO"é', "", None, 14, 'a": b', "\\", {"a": 1}])
METHODS = st.sampled_from(
    ["percent of total billed charges", "fee schedule", "Case  Rate", "per diem", "odd", "", None]
)
COUNTS = st.sampled_from(["0", "1 through 10", "12", "7", "", None, 14])


def maybe(draw: st.DrawFn, keys: dict[str, st.SearchStrategy[Any]], odd: bool) -> Members:
    """Some of the keys in any order, and now and then one twice or one that nobody knows."""
    chosen = [key for key in keys if draw(st.integers(0, 3))]
    members = Members((key, draw(keys[key])) for key in draw(st.permutations(chosen)))
    if odd and members and draw(st.integers(0, 9)) == 0:
        key = draw(st.sampled_from([*chosen, "mine"]))
        members.append((key, draw(keys.get(key, TEXTS))))
    return members


@st.composite
def items(draw: st.DrawFn) -> Any:
    odd = draw(st.integers(0, 3)) == 0
    number = NUMBERS if odd else USUAL
    text = TEXTS if odd else st.sampled_from(["Aetna", "Cigna ", "", None])
    payers = st.builds(
        lambda members: members,
        st.composite(
            lambda draw: maybe(
                draw,
                {
                    "payer_name": text,
                    "plan_name": st.sampled_from(
                        ["PPO", "HMO Medicare", "HMO_Outpatient", "Professional_MLP", ""]
                    ),
                    "methodology": METHODS,
                    "standard_charge_algorithm": st.sampled_from(["lesser of", "", None]),
                    "additional_payer_notes": st.sampled_from(["note", ""]),
                    "standard_charge_dollar": number,
                    "standard_charge_percentage": number,
                    "median_amount": number,
                    "10th_percentile": number,
                    "90th_percentile": number,
                    "estimated_amount": number,
                    "count": COUNTS if odd else st.sampled_from(["0", "1 through 10", "x"]),
                },
                odd,
            )
        )(),
    )
    charges = st.composite(
        lambda draw: maybe(
            draw,
            {
                "setting": st.sampled_from(["outpatient", "BOTH", "elsewhere", ""]),
                "billing_class": st.sampled_from(["facility", None]),
                "modifier_code": st.sampled_from([["26"], ["50", "26"], [], [" tc "], None]),
                "gross_charge": number,
                "discounted_cash": number,
                "minimum": number,
                "maximum": number,
                "additional_generic_notes": text,
                "payers_information": st.lists(payers, max_size=3) | st.none(),
            },
            odd,
        )
    )()
    codes = st.composite(
        lambda draw: maybe(
            draw,
            {
                "code": st.sampled_from(["32557", "361", "J1100", "x", "", " 17 "]),
                "type": st.sampled_from(["HCPCS", "RC", "CDM", "Mine", ""]),
            },
            odd,
        )
    )()
    drugs = st.sampled_from(
        [
            None,
            {},
            {"unit": Decimal("2.50"), "type": "ml"},
            {"unit": "ten"},
            {"unit": "1", "type": "X"},
        ]
    )
    one = maybe(
        draw,
        {
            "description": text,
            "code_information": st.lists(codes, max_size=2),
            "drug_information": drugs,
        },
        odd,
    )
    if draw(st.integers(0, 12)):
        at = draw(st.integers(0, len(one)))
        one.insert(at, ("standard_charges", draw(st.lists(charges, min_size=1, max_size=2))))
    if odd and draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from([None, 7, "x", [], {}]))
    return one


@settings(max_examples=some(60), deadline=None)
@given(
    st.lists(items(), min_size=1, max_size=14),
    st.sampled_from(["", "", " ", "\n  "]),
    st.sampled_from(["start", "end", "middle"]),
    st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_the_fast_reader_gives_what_the_plain_one_gives(
    found: list[Any], gap: str, where: str, encoding: str
) -> None:
    head = list(document(modifier_information=[{"code": "50", "description": "x"}]).items())
    array = [pair for pair in head if pair[0] == "standard_charge_information"]
    head = [pair for pair in head if pair[0] != "standard_charge_information"]
    at = {"start": 0, "end": len(head), "middle": 4}[where]
    members = Members([*head[:at], (array[0][0], found), *head[at:]])
    data = written(members, gap).encode(encoding, "replace")
    assert outcome(data, is_fast=True) == outcome(data, is_fast=False)


def usual(n: int) -> list[Any]:
    """Items as the template has them, with payers and without."""
    return [
        item(payer(standard_charge_dollar=number), payer(payer_name="Cigna", count="11"))
        if number % 3
        else item(discounted_cash=number + 1)
        for number in range(1, n + 1)
    ]


@pytest.fixture
def plainly(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items each call left to the plain reader."""
    met: list[int] = []
    plain = reader._Fast._plain

    def counted(self: Any, raws: list[bytes]) -> None:
        met.append(len(raws))
        plain(self, raws)

    monkeypatch.setattr(reader._Fast, "_plain", counted)
    return met


def test_usual_items_never_meet_the_plain_reader(
    tmp_path: Path, plainly: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "ratepress.readers.hospital.json_file._read_plainly", lambda *_: pytest.fail("read plainly")
    )
    data = as_json(document(*usual(60)))
    assert len(data) > 10 * blocks.BLOCK
    loaded = load_in_memory(HospitalJson(is_fast=True), data, tmp_path)
    assert plainly == []
    assert (len(loaded["items"]), len(loaded["rates"])) == (60, 80)


def test_one_odd_item_alone_is_left_to_the_plain_reader(tmp_path: Path, plainly: list[int]) -> None:
    found = usual(30)
    found[20] = found[20] | {"mine": 1}
    loaded: Loaded = load_in_memory(HospitalJson(is_fast=True), as_json(document(*found)), tmp_path)
    assert 0 < sum(plainly) < 5
    places = {one["item_id"]: one["place"] for one in loaded["items"]}
    assert places == {n: f"standard_charge_information[{n}]" for n in range(30)}
    assert loaded.problems == {("F006", "standard_charge_information.mine"): 1}


def test_what_is_held_is_written_in_sorted_runs(tmp_path: Path) -> None:
    """A run holds the rates of seven or more; each is sorted by code and payer."""
    found = usual(30)
    for number, one in enumerate(found):
        one["code_information"] = [{"type": "CDM", "code": str(100 - number)}]
    data = as_json(document(*found))
    loaded = load_in_memory(HospitalJson(is_fast=True), data, tmp_path)
    order = [(r["code"], r["payer_name"]) for r in loaded["rates"]]
    descents = sum(one > two for one, two in pairwise(order))
    assert 0 < descents <= len(order) // 7
    assert {r["rate_id"] for r in loaded["rates"]} == set(range(40))


WHOLE = as_json(document(*usual(20)))
ODD_OUTLINES = {
    "a trailing comma": WHOLE.replace(b"]}]}]}", b"]}]},]}"),
    "no comma between items": WHOLE.replace(b'}, {"description"', b'} {"description"', 3),
    "two arrays": WHOLE[:-1] + b', "standard_charge_information": [' + as_json(item()) + b"]}",
    "an array inside": WHOLE[:-1] + b', "x": {"standard_charge_information": []}}',
    "the key in a text": b'{"x": "\\"standard_charge_information\\": [", ' + WHOLE[1:],
    "the key deeper": b'{"x": {"standard_charge_information": [1]}, ' + WHOLE[1:],
    "cut off": WHOLE[:-40],
    "garbage behind": WHOLE + b"x",
    "white space behind": WHOLE + b" \n",
    "brackets in texts": WHOLE.replace(b"Drainage", b'{\\"}]},[{'),
    "text before the array": WHOLE.replace(b"[{", b"[ 7, {", 2),
    "a very long item": as_json(document(item(*[payer()] * 400), *usual(9))),
    "a long number": WHOLE.replace(b"4000", b"4" * 5000),
    "a surrogate": WHOLE.replace(b"Drainage", b"\\ud800"),
    "no item": as_json(document()),
}


@pytest.mark.parametrize("what", ODD_OUTLINES)
def test_an_odd_outline_is_read_or_refused_as_by_the_plain_reader(what: str) -> None:
    data = ODD_OUTLINES[what]
    assert outcome(data, is_fast=True) == outcome(data, is_fast=False)


@pytest.mark.parametrize("end", range(700, len(WHOLE), 997))
def test_every_cut_is_refused_with_the_same_byte(end: int) -> None:
    assert outcome(WHOLE[:end], is_fast=True) == outcome(WHOLE[:end], is_fast=False)
