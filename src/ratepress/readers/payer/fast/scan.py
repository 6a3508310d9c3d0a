"""JSON walked byte by byte and checked: RFC 8259, UTF-8 as Python decodes it.

A position is an address. Each function gives the address behind what it read, or a negative
number: `MORE` where the bytes end first, `BAD` for what is no JSON, or is beyond what the fast
reader takes on (the plain reader then decides). All of JSON that is accepted here is accepted by
the plain reader's parser with the same meaning.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ratepress.readers.payer.fast.memory import byte, kernel, word

MORE, BAD = -1, -2
DEEPEST = 32
LONGEST_NUMBER = 300
_ONES = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_QUOTES = np.uint64(0x2222222222222222)
_SLASHES = np.uint64(0x5C5C5C5C5C5C5C5C)
_SPACES = np.uint64(0x2020202020202020)
_ZERO = np.uint64(0)


@kernel
def space(at: int, end: int) -> int:
    """Behind white space."""
    while at < end:
        c = byte(at)
        if c != 32 and c != 10 and c != 13 and c != 9:
            break
        at += 1
    return at


@kernel
def unit(at: int) -> int:
    """The number of four hexadecimal digits, or `BAD`."""
    found = 0
    for i in range(4):
        c = byte(at + i)
        if 48 <= c <= 57:
            found = found * 16 + c - 48
        elif 65 <= c <= 70:
            found = found * 16 + c - 55
        elif 97 <= c <= 102:
            found = found * 16 + c - 87
        else:
            return BAD
    return found


@kernel
def escape(at: int, end: int) -> int:
    """Behind an escape, or a pair of them that is one character; `at` is on the backslash.

    Half a pair is `BAD`: what it is, the plain reader's parser decides.
    """
    if at + 2 > end:
        return MORE
    c = byte(at + 1)
    if c in (34, 92, 47, 98, 102, 110, 114, 116):
        return at + 2
    if c != 117:
        return BAD
    if at + 6 > end:
        return MORE
    found = unit(at + 2)
    if found < 0xD800 or found > 0xDFFF:
        return at + 6 if found >= 0 else BAD
    if at + 12 > end:
        return MORE
    if found > 0xDBFF or byte(at + 6) != 92 or byte(at + 7) != 117:
        return BAD
    found = unit(at + 8)
    return at + 12 if 0xDC00 <= found <= 0xDFFF else BAD


@kernel
def multibyte(at: int, end: int) -> int:
    """Behind a character of more than one byte (Unicode 16, table 3-7)."""
    c = byte(at)
    low, high = 0x80, 0xBF
    if 0xC2 <= c <= 0xDF:
        n = 1
    elif 0xE0 <= c <= 0xEF:
        n = 2
        if c == 0xE0:
            low = 0xA0
        elif c == 0xED:
            high = 0x9F
    elif 0xF0 <= c <= 0xF4:
        n = 3
        if c == 0xF0:
            low = 0x90
        elif c == 0xF4:
            high = 0x8F
    else:
        return BAD
    if at + 1 + n > end:
        return MORE
    c = byte(at + 1)
    if c < low or c > high:
        return BAD
    for i in range(2, n + 1):
        c = byte(at + i)
        if c < 0x80 or c > 0xBF:
            return BAD
    return at + 1 + n


@kernel
def text(at: int, end: int) -> int:
    """Behind a text; `at` is behind its first quote."""
    while True:
        while at + 8 <= end:
            w = word(at)
            quote = w ^ _QUOTES
            slash = w ^ _SLASHES
            odd = (
                ((quote - _ONES) & ~quote) | ((slash - _ONES) & ~slash) | ((w - _SPACES) & ~w) | w
            ) & _HIGH
            if odd != _ZERO:
                break
            at += 8
        if at >= end:
            return MORE
        c = byte(at)
        if c == 34:
            return at + 1
        if c == 92:
            at = escape(at, end)
        elif c >= 128:
            at = multibyte(at, end)
        elif c < 32:
            return BAD
        else:
            at += 1
        if at < 0:
            return at


@kernel
def digits(at: int, end: int) -> int:
    """Behind digits, of which there may be none."""
    while at < end and 48 <= byte(at) <= 57:
        at += 1
    return at


@kernel
def number(at: int, end: int) -> int:
    """Behind a number; it ends only where another byte follows it."""
    start = at
    if at < end and byte(at) == 45:
        at += 1
    if at >= end:
        return MORE
    whole = at
    at = digits(at, end)
    if at >= end:
        return MORE
    if at == whole or (byte(whole) == 48 and at > whole + 1):
        return BAD
    if byte(at) == 46:
        part = at + 1
        at = digits(part, end)
        if at >= end:
            return MORE
        if at == part:
            return BAD
    if byte(at) == 101 or byte(at) == 69:
        at += 1
        if at < end and (byte(at) == 43 or byte(at) == 45):
            at += 1
        part = at
        at = digits(at, end)
        if at >= end:
            return MORE
        if at == part or at > part + 4:
            return BAD
    return at if at - start <= LONGEST_NUMBER else BAD


@kernel
def literal(at: int, end: int) -> int:
    """Behind `true`, `false` or `null`."""
    c = byte(at)
    if c == 116:
        size, low = 4, 0x65757274
    elif c == 110:
        size, low = 4, 0x6C6C756E
    elif c == 102:
        size, low = 5, 0x736C6166
    else:
        return BAD
    if at + size > end:
        return MORE
    for i in range(4):
        if byte(at + i) != (low >> (8 * i)) & 255:
            return BAD
    if size == 5 and byte(at + 4) != 101:
        return BAD
    return at + size


@kernel
def scalar(at: int, end: int) -> int:
    """Behind a text, a number or a literal."""
    c = byte(at)
    if c == 34:
        return text(at + 1, end)
    if c == 45 or 48 <= c <= 57:
        return number(at, end)
    return literal(at, end)


@kernel
def colon(at: int, end: int) -> int:
    """On the value of a member, whose key ends at `at`."""
    at = space(at, end)
    if at >= end:
        return MORE
    if byte(at) != 58:
        return BAD
    at = space(at + 1, end)
    return at if at < end else MORE


@kernel
def value(at: int, end: int) -> int:
    """Behind any value, whole; `at` is on its first byte."""
    if at >= end:
        return MORE
    depth = 0
    objects = 0  # one bit a level: whether it is an object
    while True:
        # On the first byte of a value.
        c = byte(at)
        is_opened = False
        if c == 123 or c == 91:
            depth += 1
            if depth > DEEPEST:
                return BAD
            objects = (objects << 1) | (1 if c == 123 else 0)
            at = space(at + 1, end)
            if at >= end:
                return MORE
            is_opened = byte(at) != (125 if c == 123 else 93)
        else:
            at = scalar(at, end)
            if at < 0 or depth == 0:
                return at
        # Behind a value or an opening: close what ends here, or go to the next value.
        while not is_opened:
            at = space(at, end)
            if at >= end:
                return MORE
            c = byte(at)
            if c == 44:
                at = space(at + 1, end)
                if at >= end:
                    return MORE
                break
            if c != (125 if objects & 1 else 93):
                return BAD
            at += 1
            depth -= 1
            objects >>= 1
            if depth == 0:
                return at
        if objects & 1:
            if byte(at) != 34:
                return BAD
            at = text(at + 1, end)
            if at < 0:
                return at
            at = colon(at, end)
            if at < 0:
                return at


@kernel
def has_escape(at: int, end: int) -> bool:
    """Whether a backslash stands in these bytes."""
    while at < end:
        if byte(at) == 92:
            return True
        at += 1
    return False


@kernel
def same(a: int, b: int, size: int) -> bool:
    """Whether two stretches of bytes are equal."""
    last = a + size - 32
    while a <= last:
        w = word(a) ^ word(b)
        w |= word(a + 8) ^ word(b + 8)
        w |= word(a + 16) ^ word(b + 16)
        w |= word(a + 24) ^ word(b + 24)
        if w != _ZERO:
            return False
        a += 32
        b += 32
    last += 32
    while a + 8 <= last:
        if word(a) != word(b):
            return False
        a += 8
        b += 8
    while a < last:
        if byte(a) != byte(b):
            return False
        a += 1
        b += 1
    return True


@kernel
def is_text(at: int, size: int, wanted: Any) -> bool:
    """Whether these bytes are the ones wanted."""
    if size != len(wanted):
        return False
    for i in range(size):
        if byte(at + i) != wanted[i]:
            return False
    return True


@kernel
def member(at: int, end: int) -> tuple[int, int, int]:
    """The key at `at`: where it starts and how long it is; and where its value is, or why not."""
    if at >= end:
        return 0, 0, MORE
    if byte(at) != 34:
        return 0, 0, BAD
    key = at + 1
    at = text(key, end)
    if at < 0:
        return 0, 0, at
    return key, at - 1 - key, colon(at, end)


@kernel
def behind(at: int, end: int, closer: int) -> tuple[int, bool]:
    """Behind a value: on what comes next, or behind the closing bracket, and whether it is that."""
    at = space(at, end)
    if at >= end:
        return MORE, False
    c = byte(at)
    if c == closer:
        return at + 1, True
    return (space(at + 1, end) if c == 44 else BAD), False
