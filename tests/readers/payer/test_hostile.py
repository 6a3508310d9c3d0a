"""Files that are broken, cut or hostile are refused, with the byte; never a traceback."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget import some
from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.readers import add as adding
from ratepress.readers.payer import tokens

START = b'{"reporting_entity_name": "West", "in_network": ['


def refused(load: Any, raw: bytes) -> UnreadableInput:
    with pytest.raises(UnreadableInput) as caught:
        load(raw)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "byte"),
    [
        (START, len(START)),
        (START + b"]", len(START) + 1),
        (START + b"]}x", len(START) + 2),
        (START + b"]}{}", len(START) + 2),
        (START + b"NaN]}", len(START)),
        (START + b"-Infinity]}", len(START) + 1),
        (START + b"01]}", len(START) + 2),  # where the token that may not stand there ends
        (START + b"{,}]}", len(START) + 1),
        (START + b'"\x00"]}', len(START) + 1),
        (b"<!DOCTYPE html><html></html>", 0),
        (b"   ", 3),
        (b"\xef\xbb\xbf{]", 4),
    ],
)
def test_what_is_not_one_json_document_is_refused_at_its_byte(
    load: Any, raw: bytes, byte: int
) -> None:
    assert refused(load, raw).place == f"byte {byte:,} of the decompressed data"


def test_the_byte_is_right_far_into_a_large_file(load: Any, make: Any) -> None:
    good = json.dumps(make.document(*[make.item(make.rate(make.price()))] * 500)).encode()
    assert len(good) > 3 * tokens.CHUNK
    at = good.rindex(b'"negotiated_type"')
    error = refused(load, good[:at] + b"oops" + good[at:])
    assert error.place == f"byte {at:,} of the decompressed data"
    cut = refused(load, good[:at])
    assert cut.place == f"byte {at:,} of the decompressed data"


def test_a_cut_gzip_stream_is_refused(load: Any, make: Any) -> None:
    whole = gzip.compress(json.dumps(make.document(make.item(make.rate(make.price())))).encode())
    for length in (11, len(whole) // 2, len(whole) - 1):
        assert "truncated or damaged" in refused(load, whole[:length]).message


@pytest.mark.parametrize(
    "raw", [b"[]", b'"x"', b"7", b"{}", b'{"in_network": {}}', b'{"in_network": null}']
)
def test_json_without_an_array_of_items_is_no_in_network_file(load: Any, raw: bytes) -> None:
    assert "not an in-network file" in refused(load, raw).message


@pytest.mark.parametrize("key", ["in_network", "provider_references", "unknown", "version"])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_bottomless_nesting_is_refused_early(load: Any, key: str, opening: bytes) -> None:
    raw = b'{"in_network": [], "' + key.encode() + b'": ' + opening * 1_000_000
    assert "nested deeper than 64 levels" in refused(load, raw).message


def test_an_endless_text_is_refused(load: Any) -> None:
    raw = START + b'"' + b"a" * (tokens.LONGEST_TOKEN + 3 * tokens.CHUNK) + b'"]}'
    assert "longer than 4,194,304 bytes" in refused(load, raw).message


def test_an_element_of_endless_values_is_refused(
    load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_VALUES", 1000)
    raw = b'{"provider_references": [[' + b"{}," * 1001 + b"{}]]}"
    assert "more than 1,000 values" in refused(load, raw).message


@pytest.mark.parametrize("number", [b"9" * 5000, b"1e99999999999999999999"])
def test_a_number_that_nothing_holds_is_refused(load: Any, number: bytes) -> None:
    error = refused(load, START + number + b"]}")
    assert "no reader can hold" in error.message


@pytest.mark.parametrize("number", ["1e400", "1e-400", "1e999999999", "1e-999999999", "9" * 4000])
def test_a_number_beyond_all_prices_is_set_aside_or_rounded(
    load: Any, make: Any, number: str
) -> None:
    raw = json.dumps(make.document(make.item(make.rate(make.price()))))
    loaded = load(raw.replace("123.45", number).replace("[1]", f"[{number}, 1]").encode())
    assert loaded.tally.read == 1
    assert set(loaded.problems) & {("F001", "negotiated_rate"), ("F002", "negotiated_rate")}


def test_nothing_of_a_file_that_breaks_at_its_end_is_kept(
    lake: Lake, make: Any, tmp_path: Any
) -> None:
    path = tmp_path / "cut.json"
    path.write_bytes(json.dumps(make.document(make.item(make.rate(make.price())))).encode()[:-1])
    with pytest.raises(UnreadableInput):
        adding.add(lake, path)
    assert lake.manifest().files == ()
    assert not list((lake.root / "staging").glob("*"))


@settings(max_examples=some(60), deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_and_never_more(load: Any, make: Any, data: Any) -> None:
    raw = bytearray(json.dumps(make.document(make.item(make.rate(make.price())))).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    if not raw:
        return
    try:
        loaded = load(bytes(raw))
    except UnreadableInput:
        return
    assert loaded.tally.read >= loaded.tally.loaded
