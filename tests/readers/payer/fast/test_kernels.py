"""Each kernel against what it stands for: hashlib, sorted texts, dictionaries, the plain reader."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget import some
from payer_readers import Memory, assert_same_in_memory, fast_in_memory
from ratepress.lake.sets import set_id
from ratepress.readers.base import Tally
from ratepress.readers.payer.fast import hashing, naming
from ratepress.readers.payer.fast import reader as fast_reader
from ratepress.readers.payer.fast.decode import Stretch
from ratepress.readers.payer.fast.known import PAD
from ratepress.readers.payer.fast.memory import may_read
from ratepress.readers.payer.fast.set_ids import as_texts
from ratepress.readers.payer.groups import Entity, Groups
from ratepress.readers.payer.keys import KeyCheck

HASHING = hashing.new_hashing()


def block(raw: bytes) -> tuple[Any, int]:
    """Bytes as a kernel reads them; the array has to be kept while it does."""
    kept = np.frombuffer(raw + b"\0" * PAD, np.uint8).copy()
    may_read("test", kept.ctypes.data, kept.ctypes.data + len(kept))
    return kept, kept.ctypes.data


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=700))
def test_the_hash_is_that_of_hashlib(raw: bytes) -> None:
    _kept, at = block(raw)
    out = np.zeros(32, np.uint8)
    hashing.blake2b(HASHING, at, len(raw))
    hashing.put_hex(HASHING, out, 0)
    assert out.tobytes().decode() == blake2b(raw, digest_size=16).hexdigest()


@pytest.mark.parametrize("size", [0, 1, 127, 128, 129, 255, 256, 257, 4096])
def test_the_hash_is_right_at_the_edges_of_its_blocks(size: int) -> None:
    _kept, at = block(bytes(range(256)) * 17)
    hashing.blake2b(HASHING, at, size)
    digest = HASHING.state[:2].tobytes()
    assert digest == blake2b((bytes(range(256)) * 17)[:size], digest_size=16).digest()


NUMBERS = st.lists(st.integers(0, 10**16), min_size=1, max_size=60)


@settings(max_examples=some(60), deadline=None)
@given(NUMBERS, st.sampled_from(["", " ", "\n\t"]), st.booleans())
def test_a_list_of_numbers_is_parsed_as_the_set_of_its_texts(
    numbers: list[int], gap: str, is_repeated: bool
) -> None:
    """In the order of texts; a repeat, or more than fifteen digits, is for Python."""
    numbers = numbers + numbers[:1] if is_repeated else list(dict.fromkeys(numbers))
    raw = f"[{gap}{(gap + ',' + gap).join(map(str, numbers))}{gap}]".encode()
    _kept, at = block(raw)
    scratch = naming.new_scratch(len(raw))
    n = naming.parse(at, at + len(raw), scratch)
    if is_repeated or max(numbers) >= 10**15:
        assert n == -1
        return
    found = [naming.number_of(int(key)) for key in scratch.ordered[:n]]
    assert list(map(str, found)) == sorted(map(str, numbers))
    assert [naming.number_of(int(key)) for key in scratch.published[:n]] == numbers


@pytest.mark.parametrize(
    "raw",
    [b"[]", b"[ ]", b"[1.0]", b"[-1]", b"[1e2]", b'["1"]', b"[01]", b"[1,]", b"[1 2]", b"[null]"],
)
def test_a_list_that_is_not_of_plain_numbers_is_for_python(raw: bytes) -> None:
    _kept, at = block(raw)
    assert naming.parse(at, at + len(raw), naming.new_scratch(64)) == -1


@settings(max_examples=some(50), deadline=None)
@given(st.lists(st.integers(0, 10**15 - 1), min_size=1, max_size=30, unique=True))
def test_a_set_has_the_id_that_the_lake_gives_it(numbers: list[int]) -> None:
    raw = json.dumps(numbers).encode()
    _kept, at = block(raw)
    scratch, ids = naming.new_scratch(2 * len(raw)), naming.new_ids(2)
    n = naming.parse(at, at + len(raw), scratch)
    naming.name(1, n, ids, scratch, HASHING)
    start = naming.ID_BYTES
    found = ids.texts[start : start + ids.sizes[1]].tobytes().decode()
    assert found == set_id(map(str, numbers))


def test_uses_are_kept_when_their_table_grows() -> None:
    uses = naming.new_uses(4)
    numbers = [7, 0, 10**14, 3]
    for i, number in enumerate(numbers):
        uses.slots[naming.free_slot(number, uses)] = i
        uses.numbers[i] = number
    larger = naming.grown(uses, 4, 9)
    assert len(larger.numbers) >= 9
    assert all(naming.free_slot(number, larger) == -1 for number in numbers)
    assert naming.free_slot(8, larger) >= 0


def test_texts_that_stand_behind_each_other_are_cut() -> None:
    offsets, raw = np.array([0, 2, 2, 3], np.int32), np.frombuffer(b"abc", np.uint8)
    assert as_texts(offsets, raw).to_pylist() == ["ab", "", "c"]


def documents(make: Any, groups: list[dict[str, Any]]) -> bytes:
    numbers = [group.get("provider_group_id") for group in groups]
    item = make.item(make.rate(make.price(), provider_references=numbers))
    return json.dumps(make.document(item, provider_references=groups)).encode()


def entity(*npis: Any, **tin: Any) -> dict[str, Any]:
    return {"npi": list(npis), "tin": {"type": "ein", "value": "123456789"} | tin}


ENTITIES = {
    "plain": entity(1234567893, 1679576722),
    "with a hyphen": entity(1234567893, value="12-3456789"),
    "hyphen elsewhere": entity(1234567893, value="123-456789"),
    "hyphen in an npi": entity(1234567893, type="npi", value="12-3456789"),
    "name": entity(1234567893, business_name="Ärzte & Söhne"),
    "escaped name": entity(1234567893, business_name='a "b"'),
    "blank name": entity(1234567893, business_name="  "),
    "only the TIN": entity(0),
    "no NPI": entity(),
    "NPI twice": entity(1234567893, 1234567893),
    "NPI as text": entity("1234567893"),
    "NPI of one digit": entity(5, 1234567893, 20),
    "TIN with spaces": entity(1234567893, value=" 123456789 "),
    "TIN is a number": entity(1234567893, value=123456789),
    "other type": entity(1234567893, type="EIN"),
    "unknown key": entity(1234567893, colour="red"),
    "TIN of seventy characters": entity(1234567893, value="7" * 70),
}


@pytest.mark.parametrize("kind", ENTITIES)
def test_entities_become_the_rows_of_the_plain_reader(save: Any, make: Any, kind: str) -> None:
    groups = [
        {"provider_group_id": 1, "provider_groups": [ENTITIES[kind], ENTITIES["plain"]]},
        {"provider_group_id": 2, "provider_groups": [ENTITIES["plain"], ENTITIES[kind]] * 2},
        {"provider_groups": [ENTITIES[kind]], "network_name": ["A", "B"], "provider_group_id": 3},
    ]
    for size in (1, 30, 1 << 16):
        assert assert_same_in_memory(save(documents(make, groups)), block=size)


GROUPS: dict[str, list[dict[str, Any]]] = {
    "an id defined twice": [
        {"provider_group_id": 1, "provider_groups": [ENTITIES["plain"]]},
        {"provider_group_id": 2, "provider_groups": [ENTITIES["plain"]]},
        {"provider_group_id": 1, "provider_groups": [ENTITIES["only the TIN"]]},
        {"provider_group_id": 1.0, "provider_groups": [ENTITIES["plain"]]},
    ],
    "no groups": [{"provider_group_id": 1}, {"provider_group_id": 2, "provider_groups": []}],
    "elsewhere": [{"provider_group_id": 1, "location": "https://payer.example/1.json"}],
    "odd ids": [
        {"provider_group_id": n, "provider_groups": [ENTITIES["plain"]]}
        for n in (0, "7", 690.6447, -1, 10**20, None)
    ],
    "networks": [
        {"provider_group_id": n, "provider_groups": [ENTITIES["plain"]], "network_name": names}
        for n, names in enumerate((["A"], ["A", "A"], [], [" A"], "A", [1], None, ["A\u00a0"]))
    ],
}


@pytest.mark.parametrize("kind", GROUPS)
def test_groups_become_the_rows_of_the_plain_reader(save: Any, make: Any, kind: str) -> None:
    for size in (1, 1 << 16):
        assert assert_same_in_memory(save(documents(make, GROUPS[kind])), block=size)


def test_a_group_that_is_larger_than_the_columns_is_read(
    save: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ratepress.readers.payer.fast.members.MOST_NPIS", 8)
    groups = [
        {"provider_group_id": n, "provider_groups": [entity(*range(10**9, 10**9 + count))]}
        for n, count in enumerate((3, 500, 2, 40))
    ]
    assert assert_same_in_memory(save(documents(make, groups)))


def test_the_common_groups_are_read_without_the_plain_reader(
    save: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(documents(make, [{"provider_group_id": 1, "provider_groups": [ENTITIES["plain"]]}]))

    def refuse(*given: Any) -> None:
        raise AssertionError("the plain reader was asked")

    monkeypatch.setattr(Groups, "define", refuse)
    assert fast_in_memory(path) is not None


def test_a_digest_of_an_entity_is_that_of_its_text() -> None:
    """Worked out here from the text itself, and by the plain reader's property."""
    plain = Entity("ein", "123456789", None, ("1234567893",))
    text = '["ein", "123456789", ["1234567893"]]'
    assert plain.digest == blake2b(text.encode(), digest_size=16).digest()


ITEM_ORDERS = [
    ["negotiation_arrangement", "name", "billing_code_type", "billing_code", "negotiated_rates"],
    ["billing_code", "billing_code_type", "negotiation_arrangement", "negotiated_rates"],
    ["negotiated_rates", "billing_code", "billing_code_type", "negotiation_arrangement"],
    ["billing_code", "billing_code_type", "negotiation_arrangement", "negotiated_rates", "name"],
]


@pytest.mark.parametrize("order", ITEM_ORDERS)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"negotiation_arrangement": "bundle"},
        {"negotiation_arrangement": "FFS"},
        {"billing_code": " 32557"},
        {"billing_code": ""},
        {"billing_code": 32557},
        {"billing_code_type": "nothing known"},
        {"name": 'a "name"'},
        {"severity_of_illness": "2"},
        {"colour": "red"},
    ],
)
def test_one_item_follows_another_as_the_plain_reader_reads_them(
    save: Any, make: Any, order: list[str], changes: dict[str, Any]
) -> None:
    items = []
    for number in range(6):
        rates = [make.rate(make.price(negotiated_rate=n + 1)) for n in range(number % 3)]
        item = make.item(*rates) | {"name": f"Item {number}"} | (changes if number % 2 else {})
        keys = [*order, *(key for key in item if key not in order)]
        items.append({key: item[key] for key in keys if key in item})
    raw = json.dumps(make.document(*items)).encode()
    for size in (1, 64, 1 << 16):
        assert assert_same_in_memory(save(raw), block=size, capacity=3)


def test_usual_items_follow_each_other_inside_the_kernel(
    save: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = []
    original = fast_reader._Document._item_with_rates

    def noted(self: Any, number: int, elements: Any) -> int:
        entered.append(number)
        return original(self, number, elements)

    monkeypatch.setattr(fast_reader._Document, "_item_with_rates", noted)
    items = [make.item(make.rate(make.price())) for _ in range(40)]
    raw = json.dumps(make.document(*items)).encode()
    out = Memory()
    fast_reader.read_fast(Stretch(raw), out, Tally())  # type: ignore[arg-type]
    assert entered == [0]
    assert len(out.tables["items"]) == 40


def lists_of(make: Any, *lists: str) -> bytes:
    """One element for each list, written as it stands."""
    rate = json.dumps(make.rate(make.price(), provider_references=["HERE"]))
    rates = ",".join(rate.replace('["HERE"]', text) for text in lists)
    return json.dumps(make.document(make.item("RATES"))).replace('"RATES"', rates).encode()


@pytest.mark.parametrize(
    "odd",
    ["[[1],2]", '["a]b"]', "[1,[2]]", '[{"a":[1]}]', '"x"', "null", "[1.0,1]", "[]", "[1,1]"],
)
def test_a_list_that_ends_behind_its_first_bracket_is_read_carefully(
    save: Any, make: Any, odd: str
) -> None:
    """Among so many that several searches are under way when it is met."""
    common = [f"[{n},{n + 1}]" for n in range(50)]
    raw = lists_of(make, *common[:20], odd, *common, odd, *common[:5])
    assert assert_same_in_memory(save(raw), capacity=7)
    assert assert_same_in_memory(save(raw), block=33)


def test_a_list_that_is_no_json_is_left_to_the_plain_reader(save: Any, make: Any) -> None:
    for broken in ("[1,]", "[01]", "[1 2]", "[,1]", "[1}"):
        assert not assert_same_in_memory(save(lists_of(make, *["[1]"] * 40, broken, "[2]")))


def test_full_tables_of_lists_are_begun_again(
    save: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ratepress.readers.payer.fast.lists.FEW_LISTS", 4)
    monkeypatch.setattr("ratepress.readers.payer.fast.lists.MOST_LISTS", 8)
    lists = [f"[{n},{n * 10**9}]" for n in range(1, 60)]
    # One that is larger than all the room there is, and every list a second time.
    lists.insert(30, json.dumps(list(range(100, 900))))
    assert assert_same_in_memory(save(lists_of(make, *lists, *lists)))


def test_a_price_that_is_new_and_odd_is_counted_at_its_first_place(save: Any, make: Any) -> None:
    prices = [make.price(), make.price(setting="moon"), make.price(service_code=["1"])]
    rates = [make.rate(price, prices[0]) for price in prices * 3]
    raw = json.dumps(make.document(make.item(*rates), make.item(*rates))).encode()
    found = fast_in_memory(save(raw))
    assert found is not None
    first = {row["rule_id"]: row["first_place"] for row in found.problems}
    assert first["F115"] == "in_network[0].negotiated_rates[1].negotiated_prices[0]"
    assert assert_same_in_memory(save(raw))


def test_key_checks_see_the_keys_of_version_2_in_columns(save: Any, make: Any) -> None:
    """`business_name` and `network_name` make a file 2.x, also where a kernel alone saw them."""
    for change in ({"business_name": "West Clinic"}, {}):
        groups = [{"provider_group_id": 1, "provider_groups": [entity(1234567893, **change)]}]
        price = {key: value for key, value in make.price().items() if key != "setting"}
        item = make.item(make.rate(price, provider_references=[1]))
        item.pop("severity_of_illness", None)
        document = make.document(item, provider_references=groups)
        for key in ("issuer_name", "plan_sponsor_name"):
            document.pop(key, None)
        found = fast_in_memory(save(json.dumps(document).encode()))
        assert found is not None
        assert found.header.detected_version == ("2.x" if change else "1.x")
    assert not KeyCheck(Tally()).has_v2_keys


def inline(make: Any, *lists: Any) -> bytes:
    """One element for each list of provider groups that stands in it."""
    rates = []
    for groups in lists:
        rate = make.rate(make.price(), provider_references=None, provider_groups=groups)
        rates.append({key: value for key, value in rate.items() if value is not None})
    return json.dumps(make.document(make.item(*rates), make.item(*rates[:3]))).encode()


@pytest.mark.parametrize("kind", ENTITIES)
def test_inline_groups_become_the_rows_of_the_plain_reader(save: Any, make: Any, kind: str) -> None:
    odd, plain = ENTITIES[kind], ENTITIES["plain"]
    others = [entity(n) for n in range(10**9, 10**9 + 5)]
    raw = inline(
        make, [plain], [odd], [odd, plain], [plain, odd], [odd, odd], others, others[::-1],
        [*others, odd], [], [plain], "none", [[plain]], [{"npi": [1]}],
    )  # fmt: skip
    for size in (1, 1 << 16):
        assert assert_same_in_memory(save(raw), block=size, capacity=4)


def test_inline_groups_and_references_take_turns(
    save: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ratepress.readers.payer.fast.members.MOST_GROUPS", 3)
    monkeypatch.setattr("ratepress.readers.payer.fast.members.MOST_NPIS", 64)
    rates = []
    for n in range(40):
        groups = [entity(*range(10**9 + n, 10**9 + n + n % 7 + 1))]
        kind = {"provider_groups": groups} if n % 3 else {"provider_references": [n, n + 1]}
        rates.append({"negotiated_prices": [make.price()], **kind})
    large = {"provider_groups": [entity(*range(10**9, 10**9 + 300))]}
    rates.insert(20, {"negotiated_prices": [make.price()], **large})
    raw = json.dumps(make.document(make.item(*rates, *rates))).encode()
    assert assert_same_in_memory(save(raw))


def test_common_inline_groups_are_read_without_the_plain_reader(
    save: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: Any) -> None:
        raise AssertionError("the plain reader was asked")

    path = save(inline(make, *([entity(10**9 + n), entity(10**9)] for n in range(9))))
    monkeypatch.setattr(Groups, "refer", refuse)
    # The first price is new, and without oddities: its element needs no plain reader either.
    assert fast_in_memory(path) is not None
