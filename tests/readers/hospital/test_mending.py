"""What is mended in broken JSON, where it is counted, and what is refused with its byte."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital_files import Loaded, as_json, document, item, load_in_memory, payer
from ratepress.core.errors import UnreadableInput
from ratepress.readers.base import Tally
from ratepress.readers.hospital import HospitalJson, mending
from ratepress.readers.hospital.mending import Mended

WHOLE = as_json(document(item(payer(), payer(payer_name="Cigna")), item()))


def read(data: bytes, folder: Path) -> Loaded:
    return load_in_memory(HospitalJson(), data, folder)


def mend(data: bytes, tally: Tally | None = None) -> bytes:
    stream = Mended("a.json", io.BytesIO(data), tally or Tally())
    return b"".join(iter(lambda: stream.read(), b""))


def problem(loaded: Loaded, rule: str) -> dict[str, Any]:
    (found,) = [p for p in loaded["problems"] if p["rule_id"] == rule]
    return found


@pytest.mark.parametrize(
    ("rule", "before", "put", "count"),
    [
        ("F260", b"}]}]}", b",", 2),  # behind the last member of an object
        ("F260", b'], "standard_charges"', b" ,", 2),  # behind the last element, in two items
        ("F261", b', {"code": "361"', b" ,", 2),
        ("F261", b', "plan_name"', b",,", 4),
    ],
)
def test_a_comma_too_many_is_mended_and_counted_where_it_stands(
    tmp_path: Path, rule: str, before: bytes, put: bytes, count: int
) -> None:
    data = WHOLE.replace(before, put + before)
    assert data != WHOLE
    loaded, whole = read(data, tmp_path), read(WHOLE, tmp_path)
    found = problem(loaded, rule)
    at = int(found["first_place"].removeprefix("byte ").replace(",", ""))
    assert data[at : at + 1] == b","
    # Of two commas the first is taken for the one that has to be there.
    assert data.index(put.strip() + before) <= at <= data.index(put.strip() + before) + len(put)
    assert found["count"] == count
    assert [loaded[t] for t in ("rates", "charges", "items")] == [
        whole[t] for t in ("rates", "charges", "items")
    ]


def test_what_is_whole_is_neither_mended_nor_counted(tmp_path: Path) -> None:
    assert read(WHOLE, tmp_path).problems == {}
    assert mend(WHOLE) == WHOLE


@pytest.mark.parametrize(("character", "name"), [(b"\n", "\n"), (b"\t", "\t"), (b"\x00", "\x00")])
def test_a_control_character_in_a_text_is_kept(tmp_path: Path, character: bytes, name: str) -> None:
    data = WHOLE.replace(b"Drainage with", b"Drainage" + character + b"with", 1)
    loaded = read(data, tmp_path)
    assert loaded["items"][0]["description"] == f"Drainage{name}with tube"
    found = problem(loaded, "F262")
    assert found["first_place"] == f"byte {data.index(character):,}"
    assert found["count"] == 1


def test_windows_1252_is_mended_too(tmp_path: Path) -> None:
    text = json.dumps(document(item(payer(plan_name="Café"))), ensure_ascii=False)
    loaded = read(text.encode("cp1252").replace(b"}]}]}]}", b"}],}]}]}"), tmp_path)
    assert loaded["rates"][0]["plan_name"] == "Café"
    assert {rule for rule, _ in loaded.problems} == {"F003", "F260"}


def lines(*documents: dict[str, Any]) -> bytes:
    return b"\n".join(as_json(one) for one in documents) + b"\n"


HEAD = {key: value for key, value in document().items() if key != "standard_charge_information"}


def test_json_lines_with_an_item_on_each_line(tmp_path: Path) -> None:
    data = lines(HEAD, item(payer()), item(payer(payer_name="Cigna")))
    loaded = read(data, tmp_path)
    assert [r["payer_name"] for r in loaded["rates"]] == ["Aetna", "Cigna"]
    places = [i["place"] for i in loaded["items"]]
    assert places == ["standard_charge_information[0]", "standard_charge_information[1]"]
    found = problem(loaded, "F263")
    second = data.index(b"\n") + 1
    assert (found["count"], found["first_place"]) == (2, f"byte {second:,}")
    assert loaded.header.publisher == "West Mercy Hospital"


def test_json_lines_that_repeat_the_head_on_each_line(tmp_path: Path) -> None:
    loaded = read(lines(HEAD | item(payer()), HEAD | item()), tmp_path)
    assert len(loaded["items"]) == 2
    assert set(loaded.problems) == {("F263", "document")}


def test_the_head_may_stand_behind_the_items(tmp_path: Path) -> None:
    loaded = read(lines(item(payer()), item(), HEAD), tmp_path)
    assert (len(loaded["items"]), loaded.header.publisher) == (2, "West Mercy Hospital")


def test_items_without_a_head_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="does not name its hospital"):
        read(lines(item(payer()), item()), tmp_path)


def test_modifiers_may_have_lines_too(tmp_path: Path) -> None:
    said = [{"payer_name": "Aetna", "plan_name": "PPO", "description": "half"}]
    note = {"code": "50", "description": "Both", "modifier_payer_information": said}
    loaded = read(lines(HEAD, item(payer()), note), tmp_path)
    assert [n["modifier"] for n in loaded["modifier_notes"]] == ["50"]


def test_documents_of_two_hospitals_are_refused(tmp_path: Path) -> None:
    other = document(item()) | {"hospital_name": "East"}
    with pytest.raises(UnreadableInput, match="two hospitals") as refused:
        read(lines(document(item()), other), tmp_path)
    assert refused.value.found == "West Mercy Hospital and East"


@pytest.mark.parametrize(
    ("old", "new", "at", "expected"),
    [
        (b'"PPO"', b"", b', "methodology"', "a value"),
        (b'"outpatient"', b"outpatient", b"outpatient", "a text, number"),
        (b'"methodology"', b"methodology", b"methodology", "a key in quotation marks"),
        (b', "methodology"', b' "methodology"', b'"methodology"', "a comma or }"),
        (b'["West Mercy Hospital"]', b'["a",,"b"]', b',"b"', "a value between two commas"),
        (b'["West Mercy Hospital"]', b'[,"b"]', b',"b"', "a value between two commas"),
        (b"1200.5", b"1,200.5", b"200.5", "a key in quotation marks"),
        (b"1200.5", b"NaN", b"NaN", "a text, number"),
        (b"1200.5", b"007", b"007", "a text, number"),
        (b'"PPO"', b'"P\\PO"', b"\\PO", 'one of " \\ / b'),
        (b'"plan_name":', b'"plan_name"', b'"PPO"', "a colon"),
        (b'"Aetna",', b'"Aetna,\n', b"plan_name", "a comma or }"),
    ],
)
def test_what_has_more_than_one_meaning_is_refused_with_its_byte(
    tmp_path: Path, old: bytes, new: bytes, at: bytes, expected: str
) -> None:
    whole = as_json(document(item(payer())))
    data = whole.replace(old, new, 1)
    assert data != whole
    with pytest.raises(UnreadableInput) as refused:
        read(data, tmp_path)
    error = refused.value
    start = data.index(at, max(data.index(new) - 1, 0)) if new else data.index(at)
    assert error.place == f"byte {start:,}"
    assert error.expected is not None
    assert error.expected.startswith(expected)
    assert error.found is not None
    assert error.found.encode().startswith(at[:5])
    assert error.todo


def test_a_text_without_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "LONGEST_TEXT", 1 << 18)
    with pytest.raises(UnreadableInput, match="too long"):
        mend(b'{"a": "' + b"x" * (1 << 20))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4), st.integers(1, 9))
def test_valid_json_passes_unchanged_whatever_the_chunks(root: dict[str, Any], size: int) -> None:
    data = json.dumps(root, ensure_ascii=False).encode()
    whole = mending.CHUNK
    mending.CHUNK = size
    try:
        assert mend(data) == data
    finally:
        mending.CHUNK = whole


@given(st.dictionaries(st.text(max_size=3), VALUES, min_size=1, max_size=4))
def test_a_comma_before_every_closing_bracket_is_mended(root: dict[str, Any]) -> None:
    """Trailing commas put in by the standard library's own encoder's structure."""
    tally = Tally()
    found = json.loads(mend(_with_commas(root).encode(), tally))
    assert found == root
    assert sum(tally.counts().values()) == _n_filled(root)


def _with_commas(value: Any) -> str:
    if isinstance(value, dict) and value:
        inner = ",".join(f"{json.dumps(k)}:{_with_commas(v)}" for k, v in value.items())
        return f"{{{inner},}}"
    if isinstance(value, list) and value:
        return f"[{','.join(map(_with_commas, value))},]"
    return json.dumps(value)


def _n_filled(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return bool(inner) + sum(map(_n_filled, inner))
