"""A file that was cut: what is whole in it is loaded, and the mark goes wherever it is named."""

from __future__ import annotations

import gzip
import json
import random
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.lake.verify import verify
from ratepress.readers.add import add
from ratepress.readers.salvage import salvaged
from ratepress.readers.source import Source

REFERENCES = [
    {"provider_group_id": n, "network_name": ["a}]{["],
     "provider_groups": [{"npi": [1234567893], "tin": {"type": "ein", "value": f"12345678{n}"}}]}
    for n in range(3)
]  # fmt: skip


def rate(n: int) -> dict[str, Any]:
    price = {
        "negotiated_type": "negotiated", "negotiated_rate": n + 0.5, "service_code": ["11"],
        "expiration_date": "9999-12-31", "billing_class": "professional",
        "additional_information": 'brackets ]}{[ and \\" quotes, é',
    }  # fmt: skip
    return {"provider_references": [n % 3], "negotiated_prices": [price]}


def document(n_items: int = 4, n_rates: int = 5) -> dict[str, Any]:
    items = [
        {"billing_code": f"9921{i}", "billing_code_type": "CPT", "negotiation_arrangement": "ffs",
         "negotiated_rates": [rate(i * n_rates + n) for n in range(n_rates)]}
        for i in range(n_items)
    ]  # fmt: skip
    return {"reporting_entity_name": "West", "provider_references": REFERENCES, "in_network": items}


def written(folder: Path, raw: bytes) -> Path:
    path = folder / "cut.json"
    path.write_bytes(raw)
    return path


def dollars(lake: Lake) -> list[Any]:
    return [
        float(d) for (d,) in lake.connect().sql("SELECT dollars FROM rates ORDER BY 1").fetchall()
    ]


def unpacked(raw: bytes) -> bytes:
    return raw if raw[:1] == b"{" else zlib.decompressobj(31).decompress(raw)


def whole_rates(raw: bytes) -> int:
    """How many rates end before the cut, told by the text that only a rate ends with."""
    return raw.count(b'quotes, \\u00e9"}]}')


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_every_cut_loads_the_rates_that_are_whole_and_no_other(tmp_path: Path, pack: Any) -> None:
    raw = json.dumps(document()).encode()
    chance = random.Random(3)
    loaded: Counter[int] = Counter()
    for n in range(25):
        lake = Lake.create(tmp_path / f"lake{n}")
        packed = pack(raw)
        cut = packed[: chance.randrange(60, len(packed) - 10)]
        path = written(tmp_path, cut)
        with pytest.raises(UnreadableInput):
            add(lake, path)
        if whole_rates(unpacked(cut)) == 0:  # Cut before the first rate: nothing is worth loading.
            continue
        content = add(lake, path, salvage=True).content
        assert verify(lake).ok
        found = dollars(lake)
        assert found == [i + 0.5 for i in range(len(found))]
        assert content.incomplete_at is not None
        assert len(found) == whole_rates(unpacked(cut))
        loaded[len(found)] += 1
    assert len(loaded) > 3


def test_a_cut_provider_reference_is_left_out_whole(lake: Lake, tmp_path: Path) -> None:
    """Half a group would be another group."""
    raw = json.dumps({"in_network": [], "provider_references": REFERENCES}).encode()
    cut = raw[: raw.rindex(b'"tin"')]
    add(lake, written(tmp_path, cut), salvage=True)
    found = lake.connect().sql("SELECT group_id, state FROM provider_groups ORDER BY 1").fetchall()
    assert found == [("0", "listed"), ("1", "listed")]


def test_a_code_behind_the_cut_sets_its_prices_aside(lake: Lake, tmp_path: Path) -> None:
    stated = document(1, 2)
    stated["in_network"] = [{"negotiated_rates": [rate(0), rate(1)], "billing_code": "99213"}]
    raw = json.dumps(stated).encode()
    content = add(
        lake, written(tmp_path, raw[: raw.rindex(b'"billing_code"')]), salvage=True
    ).content
    assert (content.read, content.loaded) == (2, 0)
    assert {s.reason for s in content.set_aside} == {"F101"}


@pytest.mark.parametrize(
    ("root", "element"),
    [
        (
            "reporting_structure",
            {"reporting_plans": [{"plan_name": "Gold"}], "in_network_files": []},
        ),
        ("out_of_network", {"billing_code": "1", "allowed_amounts": [{"payments": []}]}),
    ],
)
def test_the_other_kinds_are_salvaged_by_their_elements(
    lake: Lake, tmp_path: Path, root: str, element: Any
) -> None:
    raw = json.dumps({"reporting_entity_name": "West", root: [element] * 3}).encode()
    content = add(lake, written(tmp_path, raw[:-6]), salvage=True).content
    assert content.incomplete_at is not None
    assert content.publisher == "West"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"in_network": []',
        b"<html>",
        b'{"in_network": [{"a": 1}, ' + b"[" * 5_000,
        b"a,b\n1,2",
        b'{"hospital_name": "x", "standard_charge_information": [{"a": 1}, {',
        b'{"in_network": [{"a": 1}], "x": }',
    ],
)
def test_what_has_nothing_whole_or_is_no_payers_file_stays_refused(
    lake: Lake, tmp_path: Path, raw: bytes
) -> None:
    with pytest.raises(UnreadableInput):
        add(lake, written(tmp_path, raw), salvage=True)
    assert lake.manifest().contents == ()


def test_what_is_damaged_in_its_middle_is_not_salvaged(lake: Lake, tmp_path: Path) -> None:
    noise = "".join(random.Random(1).choices("abcdefghij", k=200_000))
    packed = bytearray(gzip.compress(json.dumps(document() | {"version": noise}).encode()))
    packed[len(packed) // 2] ^= 0xFF
    packed[len(packed) // 2 + 1 : len(packed) // 2 + 40] = bytes(39)
    with pytest.raises(UnreadableInput):
        add(lake, written(tmp_path, bytes(packed)), salvage=True)


def test_a_truncated_zip_is_not_salvaged(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", json.dumps(document()))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UnreadableInput, match="zip archive is truncated"):
        add(lake, path, salvage=True)


def test_a_whole_file_is_not_marked(lake: Lake, tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps(document()).encode())
    assert add(lake, path, salvage=True).content.incomplete_at is None
    assert salvaged(Source(path)) is None


@pytest.mark.files
def test_carefirst_cut_in_half_loads_half_of_it(
    lake: Lake, data_folder: Path, tmp_path: Path
) -> None:
    (path,) = (data_folder / "price_files").glob("tic_real/*/carefirst*.json.gz")
    packed = path.read_bytes()
    cut = tmp_path / "half.json.gz"
    cut.write_bytes(packed[: len(packed) // 2])
    content = add(lake, cut, salvage=True).content
    assert 30_000 < content.loaded < 100_000
    assert content.read == content.loaded
    codes = json.loads(gzip.decompress(packed))["in_network"]
    wanted = [
        (item["billing_code"], str(p["negotiated_rate"]))
        for item in codes
        for r in item["negotiated_rates"]
        for p in r["negotiated_prices"]
    ][: content.loaded]
    rows = lake.connect().sql("SELECT code, dollars FROM rates ORDER BY rate_id").fetchall()
    assert [(code, float(d)) for code, d in rows] == [(code, float(d)) for code, d in wanted]
