"""From one item to the next without leaving the kernel, where both are as nearly all are.

That is: the rates are the last of an item, and the next one states before its rates, once each and
as texts, what its rates need of it. Any other item is found by `outline` and read in Python.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ratepress.readers.payer.fast.memory import byte, kernel
from ratepress.readers.payer.fast.scan import behind, is_text, member, space, text

MOST_HEADS = 1 << 10
_HEAD_BYTES = 1 << 18
_NO = -1
_ARRANGEMENT = np.frombuffer(b"negotiation_arrangement", np.uint8)
_CODE_TYPE = np.frombuffer(b"billing_code_type", np.uint8)
_CODE = np.frombuffer(b"billing_code", np.uint8)
_VERSION = np.frombuffer(b"billing_code_type_version", np.uint8)
_NAME = np.frombuffer(b"name", np.uint8)
_DESCRIPTION = np.frombuffer(b"description", np.uint8)
_RATES = np.frombuffer(b"negotiated_rates", np.uint8)
_FFS = np.frombuffer(b"ffs", np.uint8)
_NEEDED = 7
"""The bits of what the rates need: arrangement, type and code."""


class Heads(NamedTuple):
    """Items that were begun: what stands before their rates, closed by a brace, and the id that
    their first price would have. `counts` has how many they are, and their bytes.
    """

    bytes: Any
    ends: Any
    rate_ids: Any
    counts: Any


def new_heads() -> Heads:
    """Room for the heads of one call."""
    return Heads(
        bytes=np.zeros(_HEAD_BYTES, np.uint8),
        ends=np.zeros(MOST_HEADS, np.int64),
        rate_ids=np.zeros(MOST_HEADS, np.int64),
        counts=np.zeros(2, np.int64),
    )


@kernel
def bit_of(at: int, size: int) -> int:
    """One bit for each key that a usual head may have, 0 for any other."""
    if is_text(at, size, _ARRANGEMENT):
        return 1
    if is_text(at, size, _CODE_TYPE):
        return 2
    if is_text(at, size, _CODE):
        return 4
    if is_text(at, size, _NAME):
        return 8
    if is_text(at, size, _DESCRIPTION):
        return 16
    return 32 if is_text(at, size, _VERSION) else 0


@kernel
def is_plain(at: int, stop: int) -> bool:
    """Whether a text begins with a printed ASCII character and has no escape."""
    if at >= stop or byte(at) < 33 or byte(at) > 126:
        return False
    for i in range(at, stop):
        if byte(i) == 92:
            return False
    return True


@kernel
def next_item(at: int, end: int, rate_id: int, heads: Heads) -> int:
    """From behind an item's rates into those of the next, whose head is kept; or `_NO`."""
    at = space(at, end)
    if at >= end or byte(at) != 125:
        return _NO
    at = space(at + 1, end)
    if at >= end or byte(at) != 44:
        return _NO
    at = space(at + 1, end)
    if at >= end or byte(at) != 123:
        return _NO
    start, stop, seen = at, at, 0
    at = space(at + 1, end)
    while True:
        key, size, at = member(at, end)
        if at < 0:
            return _NO
        if byte(at) == 91:
            is_end = (seen & _NEEDED) == _NEEDED and is_text(key, size, _RATES)
            return kept(at + 1, start, stop, rate_id, heads) if is_end else _NO
        bit = bit_of(key, size)
        if byte(at) != 34 or bit == 0 or (seen & bit) != 0:
            return _NO
        seen |= bit
        value = at + 1
        stop = text(value, end)
        if stop < 0 or not is_plain(value, stop - 1):
            return _NO
        if bit == 1 and not is_text(value, stop - 1 - value, _FFS):
            return _NO
        at, is_last = behind(stop, end, 125)
        if at < 0 or is_last:
            return _NO


@kernel
def kept(at: int, start: int, stop: int, rate_id: int, heads: Heads) -> int:
    """Keep a head; `at` again, or `_NO` where there is no room."""
    n, room = heads.counts[0], heads.counts[1]
    if n >= len(heads.ends) or room + (stop - start) >= len(heads.bytes):
        return _NO
    for i in range(stop - start):
        heads.bytes[room + i] = byte(start + i)
    room += stop - start
    heads.bytes[room] = 125
    heads.ends[n] = room + 1
    heads.rate_ids[n] = rate_id
    heads.counts[0] = n + 1
    heads.counts[1] = room + 1
    return at
