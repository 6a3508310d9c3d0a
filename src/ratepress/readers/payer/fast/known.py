"""What a file has shown before, found again by its bytes: price templates and provider lists.

Entries are found by a seeded hash and then compared byte for byte. A full table is emptied: an
entry that comes again is then new again, which costs time and changes nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ratepress.readers.payer.fast.memory import byte, kernel, may_read, word
from ratepress.readers.payer.fast.scan import MORE, same

PAD = 16
"""Bytes that may be loaded behind the end of a block, as whole words are."""
MOST_TEMPLATES = 1 << 14
TEMPLATE_BYTES = 1 << 24
LARGEST_TEMPLATE = 1 << 16
MOST_PROBES = 64
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_LANES = np.array([0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB], np.uint64)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_SHIFT = np.uint64(32)
_BRACKETS = np.uint64(0x5D5D5D5D5D5D5D5D)
_ONES = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_ZERO = np.uint64(0)


class Templates(NamedTuple):
    """Price templates by number; `follows` is the one that came behind it last."""

    slots: Any
    hashes: Any
    starts: Any
    prefixes: Any
    suffixes: Any
    follows: Any
    bytes: Any
    base: int


class Lists(NamedTuple):
    """Provider lists by number, each with the place of its first use.

    A slot has all that a search compares, so that it costs one miss of the cache: the hash, where
    the bytes start, size and kind, and the number plus one.
    """

    slots: Any
    starts: Any
    sizes: Any
    kinds: Any
    items: Any
    rates: Any
    bytes: Any
    base: int
    room: int


@kernel
def digest(h: Any, at: int, stop: int) -> Any:
    """A hash of bytes, continued from `h`, in four lanes that do not wait for each other."""
    if at + 32 <= stop:
        a, b, c = h ^ _LANES[0], h ^ _LANES[1], h ^ _LANES[2]
        while at + 32 <= stop:
            h = (h ^ word(at)) * _FACTOR
            a = (a ^ word(at + 8)) * _FACTOR
            b = (b ^ word(at + 16)) * _FACTOR
            c = (c ^ word(at + 24)) * _FACTOR
            h ^= h >> _SHIFT
            a ^= a >> _SHIFT
            b ^= b >> _SHIFT
            c ^= c >> _SHIFT
            at += 32
        h = (((h * _FACTOR ^ a) * _FACTOR) ^ b) * _FACTOR ^ c
        h ^= h >> _SHIFT
    while at + 8 <= stop:
        h = (h ^ word(at)) * _FACTOR
        h ^= h >> _SHIFT
        at += 8
    n = stop - at
    w = _ZERO
    if n > 0:
        w = word(at) & (_ALL >> np.uint64(64 - 8 * n))
    h = (h ^ w ^ (np.uint64(n) << np.uint64(60))) * _FACTOR
    return h ^ (h >> _SHIFT)


@kernel
def bracket(at: int, end: int) -> int:
    """Behind the first closing bracket."""
    while at + 8 <= end:
        w = word(at) ^ _BRACKETS
        if ((w - _ONES) & ~w & _HIGH) != _ZERO:
            break
        at += 8
    while at < end:
        if byte(at) == 93:
            return at + 1
        at += 1
    return MORE


@kernel
def find_list(lists: Any, h: Any, at: int, size: int, kind: int) -> int:
    """The number of a known provider list, or -1."""
    slots = lists.slots
    mask = len(slots) - 1
    slot = np.int64(h & np.uint64(mask))
    for _ in range(MOST_PROBES):
        found = slots[slot, 3] - 1
        if found < 0:
            return -1
        if (
            slots[slot, 0] == np.int64(h)
            and slots[slot, 2] == size * 4 + kind
            and same(lists.base + slots[slot, 1], at, size)
        ):
            return int(found)
        slot = (slot + 1) & mask
    return -1


@kernel
def put_list(slots: Any, h: Any, start: int, size: int, kind: int, number: int) -> bool:
    """Enter a list; False where its neighbourhood is full."""
    mask = len(slots) - 1
    slot = np.int64(h & np.uint64(mask))
    for _ in range(MOST_PROBES):
        if slots[slot, 3] == 0:
            slots[slot, 0] = np.int64(h)
            slots[slot, 1] = start
            slots[slot, 2] = size * 4 + kind
            slots[slot, 3] = number + 1
            return True
        slot = (slot + 1) & mask
    return False


@kernel
def put(slots: Any, h: Any, number: int) -> bool:
    """Enter a number under its hash; False where its neighbourhood is full."""
    mask = len(slots) - 1
    slot = np.int64(h & np.uint64(mask))
    for _ in range(MOST_PROBES):
        if slots[slot] == 0:
            slots[slot] = number + 1
            return True
        slot = (slot + 1) & mask
    return False


@kernel
def find_template(known: Any, h: Any, at: int, prefix: int, behind: int, suffix: int) -> int:
    """The number of a known template, or -1."""
    mask = len(known.slots) - 1
    slot = np.int64(h & np.uint64(mask))
    for _ in range(MOST_PROBES):
        found = known.slots[slot] - 1
        if found < 0:
            return -1
        if (
            known.hashes[found] == h
            and known.prefixes[found] == prefix
            and known.suffixes[found] == suffix
        ):
            start = known.base + known.starts[found]
            if same(start, at, prefix) and same(start + prefix, behind, suffix):
                return int(found)
        slot = (slot + 1) & mask
    return -1


def new_templates() -> Templates:
    """An empty table."""
    room = np.zeros(TEMPLATE_BYTES + PAD, np.uint8)
    base = room.ctypes.data
    may_read("templates", base, base + len(room))
    return Templates(
        slots=np.zeros(2 * MOST_TEMPLATES, np.int32),
        hashes=np.zeros(MOST_TEMPLATES, np.uint64),
        starts=np.zeros(MOST_TEMPLATES, np.int64),
        prefixes=np.zeros(MOST_TEMPLATES, np.int32),
        suffixes=np.zeros(MOST_TEMPLATES, np.int32),
        follows=np.zeros(MOST_TEMPLATES, np.int32),
        bytes=room,
        base=base,
    )


def new_lists(most: int, size: int) -> Lists:
    """An empty table for so many lists of so many bytes."""
    room = np.zeros(size + PAD, np.uint8)
    base = room.ctypes.data
    may_read("lists", base, base + len(room))
    return Lists(
        slots=np.zeros((2 * most, 4), np.int64),
        starts=np.zeros(most, np.int64),
        sizes=np.zeros(most, np.int32),
        kinds=np.zeros(most, np.uint8),
        items=np.zeros(most, np.int32),
        rates=np.zeros(most, np.int32),
        bytes=room,
        base=base,
        room=size,
    )
