"""One price object in bytes: where its number stands, and all the rest of it as a template.

All but the number repeats from price to price. So an object is a template (the bytes before and
behind the number) and an amount, and what a template means is asked once of the plain reader.
"""

from __future__ import annotations

import numpy as np

from ratepress.readers.payer.fast.memory import byte, kernel, word
from ratepress.readers.payer.fast.scan import (
    BAD,
    MORE,
    colon,
    has_escape,
    number,
    space,
    text,
    value,
)

ODD = -1
"""In place of an amount: a number, or an object, that the plain reader takes."""
PLACES = 4
_MOST_DIGITS = 11
_FIRST, _LAST = np.uint64(0x746169746F67656E), np.uint64(0x657461725F646574)


@kernel
def amount(at: int, end: int) -> tuple[int, int]:
    """Behind a number, and its value in ten-thousandths.

    `ODD` where it is not above zero, has an exponent, more than four places or eleven digits.
    """
    stop = number(at, end)
    if stop < 0 or byte(at) == 45:
        return stop, ODD
    scaled = 0
    n = 0
    places = 0
    is_part = False
    for i in range(at, stop):
        c = byte(i)
        if c == 46:
            is_part = True
        elif c < 48 or c > 57:
            return stop, ODD
        elif not is_part:
            n += 1
            if n > _MOST_DIGITS:
                return stop, ODD
            scaled = scaled * 10 + (c - 48)
        elif places < PLACES:
            places += 1
            scaled = scaled * 10 + (c - 48)
        elif c != 48:
            return stop, ODD
    while places < PLACES:
        scaled *= 10
        places += 1
    return stop, (scaled if scaled > 0 else ODD)


@kernel
def price(at: int, end: int) -> tuple[int, int, int, int]:
    """Behind an object, where its `negotiated_rate` starts and stops, and the amount."""
    number_start, number_stop, scaled = 0, 0, ODD
    is_odd = False
    at = space(at + 1, end)
    if at >= end:
        return MORE, 0, 0, ODD
    if byte(at) == 125:
        return at + 1, 0, 0, ODD
    while True:
        if at >= end:
            return MORE, 0, 0, ODD
        if byte(at) != 34:
            return BAD, 0, 0, ODD
        key = at + 1
        at = text(key, end)
        if at < 0:
            return at, 0, 0, ODD
        size = at - 1 - key
        is_rate = size == 15 and word(key) == _FIRST and word(key + 7) == _LAST
        is_odd = is_odd or has_escape(key, at - 1)
        at = colon(at, end)
        if at < 0:
            return at, 0, 0, ODD
        c = byte(at)
        if is_rate and (c == 45 or 48 <= c <= 57):
            is_odd = is_odd or number_start != 0
            number_start = at
            at, scaled = amount(at, end)
            number_stop = at
        else:
            is_odd = is_odd or is_rate
            at = value(at, end)
        if at < 0:
            return at, 0, 0, ODD
        at = space(at, end)
        if at >= end:
            return MORE, 0, 0, ODD
        c = byte(at)
        if c == 44:
            at = space(at + 1, end)
            continue
        if c != 125:
            return BAD, 0, 0, ODD
        if is_odd or number_start == 0:
            scaled = ODD
        return at + 1, number_start, number_stop, scaled
