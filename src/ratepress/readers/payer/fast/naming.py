"""The ids of sets of provider references, and their members as rows, from the lists' own bytes.

What `lake.sets.set_id_of_digits` gives, for lists of different whole numbers. Any other list is
handed back: Python names it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ratepress.lake.sets import READABLE_LIMIT
from ratepress.readers.payer.fast.hashing import DIGEST, Hashing, blake2b, put_hex
from ratepress.readers.payer.fast.known import MOST_PROBES, PAD, Lists, digest, put
from ratepress.readers.payer.fast.memory import byte, kernel, may_read
from ratepress.readers.payer.fast.scan import same

MOST_DIGITS = 15
ID_BYTES = READABLE_LIMIT
_POWERS = np.array([10**n for n in range(MOST_DIGITS + 1)], np.int64)
_HASHED = 1 + 2 * DIGEST
_INSERTED = 24


class Ids(NamedTuple):
    """The id of each list by its number, `ID_BYTES` apart, and which of them are new sets."""

    texts: Any
    sizes: Any
    base: int
    slots: Any


class Uses(NamedTuple):
    """The numbers that lists name, each once: a hash table, and where each was met first."""

    slots: Any
    numbers: Any
    items: Any
    rates: Any


class Members(NamedTuple):
    """Rows of new sets: the list each is of, and its number as text."""

    list: Any
    offsets: Any
    text: Any


class Scratch(NamedTuple):
    """Room for one list: its numbers as published and in order, and its joined text."""

    published: Any
    ordered: Any
    joined: Any
    base: int


N_ROWS, N_USES = range(2)
"""What stands where in the counts."""


def new_ids(most: int) -> Ids:
    """Room for the ids of so many lists."""
    texts = np.zeros(most * ID_BYTES + PAD, np.uint8)
    may_read("ids", texts.ctypes.data, texts.ctypes.data + len(texts))
    return Ids(texts, np.zeros(most, np.int32), texts.ctypes.data, np.zeros(2 * most, np.int32))


def new_uses(most: int) -> Uses:
    """A table for so many numbers, half of it empty."""
    return Uses(
        slots=np.full(2 * most, -1, np.int64),
        numbers=np.empty(most, np.int64),
        items=np.empty(most, np.int32),
        rates=np.empty(most, np.int32),
    )


def new_scratch(size: int) -> Scratch:
    """Room for a list of so many bytes."""
    joined = np.zeros(size + PAD, np.uint8)
    may_read("joined", joined.ctypes.data, joined.ctypes.data + len(joined))
    most = size // 2 + 1
    return Scratch(np.empty(most, np.int64), np.empty(most, np.int64), joined, joined.ctypes.data)


def new_members(size: int) -> Members:
    """Room for the members of lists of so many bytes."""
    most = size // 2 + 1
    return Members(np.empty(most, np.int32), np.zeros(most + 1, np.int32), np.empty(size, np.uint8))


@kernel
def put_number(number: int, n_digits: int, out: Any, at: int) -> int:
    """Write a number of so many digits from `at` on, and give the place behind it."""
    for k in range(n_digits):
        out[at + n_digits - 1 - k] = 48 + number % 10
        number //= 10
    return at + n_digits


@kernel
def in_text_order(keys: Any, n: int) -> None:
    """Sort the first `n`, most of the time a few."""
    if n > _INSERTED:
        keys[:n].sort()
        return
    for i in range(1, n):
        key = keys[i]
        k = i
        while k > 0 and keys[k - 1] > key:
            keys[k] = keys[k - 1]
            k -= 1
        keys[k] = key


@kernel
def parse(at: int, stop: int, into: Scratch) -> int:
    """How many whole numbers stand in an array, or -1 where it is none of different numbers.

    A number is kept as its digits from the left, filled up with zeros, and how many they are: so
    numbers are in the order of their texts.
    """
    n = 0
    at += 1
    while True:
        number = 0
        n_digits = 0
        lead = byte(at)
        while at < stop:
            c = byte(at)
            if c < 48 or c > 57:
                break
            number = number * 10 + (c - 48)
            n_digits += 1
            if n_digits > MOST_DIGITS:
                return -1
            at += 1
        c = byte(at)
        if n_digits == 0:
            if c == 32 or c == 10 or c == 13 or c == 9:
                at += 1
                continue
            return -1
        if lead == 48 and n_digits > 1:
            return -1
        number *= _POWERS[MOST_DIGITS - n_digits]
        into.published[n] = number * 16 + n_digits
        into.ordered[n] = into.published[n]
        n += 1
        while c == 32 or c == 10 or c == 13 or c == 9:
            at += 1
            c = byte(at)
        at += 1
        if c == 93:
            break
        if c != 44:
            return -1
    in_text_order(into.ordered, n)
    for i in range(1, n):
        if into.ordered[i] == into.ordered[i - 1]:
            return -1
    return n


@kernel
def number_of(key: int) -> int:
    """The number in a key of `parse`."""
    return int((key >> 4) // _POWERS[MOST_DIGITS - (key & 15)])


@kernel
def name(number: int, n: int, ids: Ids, scratch: Scratch, hashing: Hashing) -> None:
    """Give a list the id of its `n` numbers."""
    size = int(np.int64(0))
    for i in range(n):
        if i > 0:
            scratch.joined[size] = 124
            size += 1
        key = scratch.ordered[i]
        size = put_number(number_of(key), key & 15, scratch.joined, size)
    start = number * ID_BYTES
    if size <= READABLE_LIMIT:
        for i in range(size):
            ids.texts[start + i] = scratch.joined[i]
        ids.sizes[number] = size
    else:
        blake2b(hashing, scratch.base, size)
        ids.texts[start] = 35
        put_hex(hashing, ids.texts, start + 1)
        ids.sizes[number] = _HASHED


@kernel
def is_new(number: int, ids: Ids, seed: Any) -> bool:
    """Whether no list before has the id of this one."""
    size = ids.sizes[number]
    at = ids.base + number * ID_BYTES
    h = digest(seed, at, at + size)
    mask = len(ids.slots) - 1
    slot = int(np.int64(h & np.uint64(mask)))
    for _ in range(MOST_PROBES):
        found = int(ids.slots[slot]) - 1
        if found < 0:
            break
        if ids.sizes[found] == size and same(ids.base + found * ID_BYTES, at, size):
            return False
        slot = (slot + 1) & mask
    put(ids.slots, h, number)
    return True


@kernel
def free_slot(number: int, uses: Uses) -> int:
    """The slot of a number, negative where it was met before."""
    mask = len(uses.slots) - 1
    h = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15)
    slot = int(np.int64((h >> np.uint64(20)) & np.uint64(mask)))
    while uses.slots[slot] >= 0:
        if uses.numbers[uses.slots[slot]] == number:
            return -1
        slot = (slot + 1) & mask
    return slot


@kernel
def name_lists(
    first: int,
    stop: int,
    lists: Lists,
    ids: Ids,
    uses: Uses,
    members: Members,
    scratch: Scratch,
    hashing: Hashing,
    seed: Any,
    counts: Any,
) -> int:
    """Name lists from `first` on; the number of the one that it stopped at is given back.

    That is one for Python, or one for which `uses` has no room.
    """
    for i in range(first, stop):
        if lists.kinds[i] != 2:
            return i
        at = lists.base + lists.starts[i]
        n = parse(at, at + lists.sizes[i], scratch)
        if n < 0 or counts[N_USES] + n > len(uses.numbers):
            return i
        for k in range(n):
            number = number_of(scratch.published[k])
            slot = free_slot(number, uses)
            if slot >= 0:
                used = counts[N_USES]
                uses.slots[slot] = used
                uses.numbers[used] = number
                uses.items[used] = lists.items[i]
                uses.rates[used] = lists.rates[i]
                counts[N_USES] = used + 1
        name(i, n, ids, scratch, hashing)
        if is_new(i, ids, seed):
            row = counts[N_ROWS]
            for k in range(n):
                key = scratch.published[k]
                members.list[row] = i
                behind = put_number(number_of(key), key & 15, members.text, members.offsets[row])
                members.offsets[row + 1] = behind
                row += 1
            counts[N_ROWS] = row
    return stop


@kernel
def gather_ids(wanted: Any, n: int, ids: Ids, offsets: Any, out: Any) -> int:
    """Write the ids of so many lists behind each other; the number of bytes is given back."""
    at = 0
    for i in range(n):
        offsets[i] = at
        start = np.int64(wanted[i]) * ID_BYTES
        for k in range(ids.sizes[wanted[i]]):
            out[at] = ids.texts[start + k]
            at += 1
    offsets[n] = at
    return at


@kernel
def _enter_uses(uses: Uses, n: int) -> None:
    for i in range(n):
        uses.slots[free_slot(uses.numbers[i], uses)] = i


def grown(uses: Uses, n: int, least: int) -> Uses:
    """The same `n` uses in a table for at least so many."""
    most = 2 * len(uses.numbers)
    while most < least:
        most *= 2
    larger = new_uses(most)
    for old, new in zip(uses[1:], larger[1:], strict=True):
        new[:n] = old[:n]
    _enter_uses(larger, n)
    return larger
