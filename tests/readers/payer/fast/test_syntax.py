"""What is JSON and what is not: the fast reader accepts nothing that the plain one refuses.

The cases are in the manner of "Parsing JSON is a minefield" (RFC 8259), written for this reader.
"""

from __future__ import annotations

from typing import Any

import pytest

from payer_readers import assert_same_in_memory

GOOD = [
    b"[]", b"{}", b"[[]]", b'[{}, [], "", 0]', b'{"":0}', b'{"a":{"b":[null,true,false]}}', b"-0",
    b"0.5", b"-0.5e-3", b"1E+2", b"20e1", b"1e-2", b'"\\u0041\\n\\/\\\\\\""', b'"\\uD834\\uDD1E"',
    b'"\x7f"', b'"\xc2\x80"', b'"\xe0\xa0\x80"', b'"\xed\x9f\xbf"', b'"\xee\x80\x80"',
    b'"\xf0\x90\x80\x80"', b'"\xf4\x8f\xbf\xbf"', b'" \xf0\x9f\x98\x80 and more than a word"',
    b"[ 1 ,\r\n\t2 ]", b'{"a":1,"a":2}', b'"\\u0000"',
    b"[" * 20 + b"]" * 20,
]  # fmt: skip
BAD = [
    b"[1,]", b"[,1]", b"[1 2]", b"[1", b"1]", b"[}", b"{]", b'{"a"}', b'{"a":}', b'{"a" 1}',
    b'{"a":1,}', b'{,"a":1}', b"{a:1}", b"{'a':1}", b'{"a":1 "b":2}', b'{1:1}', b'{null:1}',
    b"01", b"-", b"-01", b"+1", b".5", b"1.", b"1.e1", b"1e", b"1e+", b"0x1", b"1a", b"--1",
    b"Infinity", b"NaN", b"-NaN", b"nul", b"nulL", b"True", b"tru", b"falsf", b'"', b'"\\"', b"'a'",
    b'"\\x"', b'"\\u12"', b'"\\u12G4"', b'"\\U0041"', b'"a\nb"', b'"a\tb"', b'"\x00"', b'"\x1f"',
    b"[1]]", b"[1];", b"/* */1", b"1 // a", b"[1,,2]", b"[:]", b'["a":1]', b"1 2", b"\x0c1",
    b"\xa0", b"[\xc2\xa01]",
]  # fmt: skip
NOT_UTF8 = [
    b'"\x80"', b'"\xff"', b'"\xc0\x80"', b'"\xc1\xbf"', b'"\xe0\x9f\xbf"', b'"\xed\xa0\x80"',
    b'"\xf0\x8f\xbf\xbf"', b'"\xf4\x90\x80\x80"', b'"\xf5\x80\x80\x80"', b'"\xc3"', b'"\xe2\x82"',
    b'"\xe2\x28\xa1"', b'"words before it \xe9 and behind"',
]  # fmt: skip
PLACES = {
    "top": b'{"new": %b, "in_network": []}',
    "header": b'{"version": %b, "in_network": []}',
    "reference": b'{"provider_references": [%b], "in_network": []}',
    "item": b'{"in_network": [%b]}',
    "item key": b'{"in_network": [{"billing_code": %b, "negotiated_rates": []}]}',
    "behind rates": b'{"in_network": [{"negotiated_rates": [] , "name": %b}]}',
    "rate": b'{"in_network": [{"negotiated_rates": [%b]}]}',
    "list": b'{"in_network": [{"negotiation_arrangement":"ffs","billing_code_type":"CPT",'
    b'"billing_code":"32557","negotiated_rates": [{"provider_references": %b,'
    b'"negotiated_prices":[{"negotiated_type":"negotiated","negotiated_rate":1}]}]}]}',
    "price": b'{"in_network": [{"negotiation_arrangement":"ffs","billing_code_type":"CPT",'
    b'"billing_code":"32557","negotiated_rates": [{"provider_references": [1],'
    b'"negotiated_prices":[{"negotiated_type":"negotiated","negotiated_rate":1,"setting": %b}]}]}'
    b"]}",
}


@pytest.mark.parametrize("place", PLACES)
def test_all_that_is_json_is_read_fast(save: Any, place: str) -> None:
    for case in GOOD:
        assert assert_same_in_memory(save(PLACES[place] % case)), case


HALVES = [b"\\ud800", b"\\uDEAD tail", b"\\ud800\\u0041", b"\\ud800 \\udc00", b"\\udc00\\ud800"]


@pytest.mark.parametrize("place", PLACES)
def test_half_a_surrogate_pair_is_left_to_the_plain_reader(save: Any, place: str) -> None:
    for case in HALVES:
        assert not assert_same_in_memory(save(PLACES[place] % (b'"%b"' % case))), case


@pytest.mark.parametrize("place", PLACES)
def test_nothing_else_is(save: Any, place: str) -> None:
    for case in BAD + NOT_UTF8:
        assert not assert_same_in_memory(save(PLACES[place] % case)), case


@pytest.mark.parametrize(
    "case", [b"", b" ", b"[]", b"{", b"}", b"{} x", b"{}{}", b'"x"', b"\xef\xbb"]
)
def test_what_is_no_object_is_not(save: Any, case: bytes) -> None:
    assert not assert_same_in_memory(save(case or b"\n"))


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b" \r\n\t", b"\xef\xbb\xbf "])
def test_a_byte_order_mark_and_white_space_are_passed_over(save: Any, before: bytes) -> None:
    path = save(before + b'{"in_network": []} \n\n')
    for block in (1, 2, 3, 100):
        assert assert_same_in_memory(path, block=block)


def test_a_list_and_a_price_are_checked_again_where_only_part_of_them_is_known(save: Any) -> None:
    price = b'{"negotiated_type":"negotiated","negotiated_rate":1,"service_code":["11"]}'
    rate = b'{"provider_references":[1,2],"negotiated_prices":[%b]}'
    text = PLACES["rate"].replace(
        b'"negotiated_rates"',
        b'"negotiation_arrangement":"ffs","billing_code_type":"CPT","billing_code":"32557",'
        b'"negotiated_rates"',
    )
    good = b",".join([rate % price] * 4)
    assert assert_same_in_memory(save(text % good))
    for broken in (
        price[:-1],
        price[:-2] + b"}",
        price.replace(b":1,", b":01,"),
        price.replace(b":1,", b":1.,"),
        price.replace(b":1,", b":1;"),
    ):
        raw = text % (good + b"," + rate % broken)
        assert not assert_same_in_memory(save(raw)), broken
    raw = text % (good + b"," + rate.replace(b"[1,2]", b"[1,2]]") % price)
    assert not assert_same_in_memory(save(raw))
