"""The outline of a document: members of its top level, elements of arrays, ends of items."""

from __future__ import annotations

from typing import Any

import numpy as np

from ratepress.readers.payer.fast.memory import byte, kernel, word
from ratepress.readers.payer.fast.rates import (
    AT,
    BROKEN,
    DONE,
    IS_NEXT,
    NEED,
    START,
    STOP,
)
from ratepress.readers.payer.fast.scan import MORE, colon, has_escape, space, text, value

FOUND, WITH_RATES = 7, 8
"""A whole element or a key was found; an item was found as far as its array of rates."""
_NEGOTIATED, _IATED_RA, _ED_RATES = (
    np.uint64(0x746169746F67656E),
    np.uint64(0x61725F6465746169),
    np.uint64(0x73657461725F6465),
)


@kernel
def advance(end: int, state: Any, closer: int) -> int:
    """Go on the next member or element; `START` is on it. `DONE` behind the closing bracket."""
    i = space(state[AT], end)
    if i >= end:
        return NEED
    if byte(i) == closer:
        state[AT] = i + 1
        return DONE
    if state[IS_NEXT]:
        if byte(i) != 44:
            return BROKEN
        i = space(i + 1, end)
        if i >= end:
            return NEED
    state[START] = i
    return FOUND


@kernel
def reason(at: int) -> int:
    """Why a scan stopped: for more bytes, or for good."""
    return NEED if at == MORE else BROKEN


@kernel
def member(end: int, state: Any) -> int:
    """The next key of an object: `START` to `STOP` in its quotes, `AT` on its value."""
    result = advance(end, state, 125)
    if result != FOUND:
        return result
    start = state[START]
    if byte(start) != 34:
        return BROKEN
    i = text(start + 1, end)
    if i < 0:
        return reason(i)
    state[STOP] = i
    i = colon(i, end)
    if i < 0:
        return reason(i)
    state[AT] = i
    return FOUND


@kernel
def whole(end: int, state: Any) -> int:
    """The value at `AT`, whole: `START` to `STOP`."""
    i = value(state[AT], end)
    if i < 0:
        return reason(i)
    state[START] = state[AT]
    state[STOP] = i
    state[AT] = i
    return FOUND


@kernel
def element(end: int, state: Any) -> int:
    """The next element of an array, whole: `START` to `STOP`."""
    result = advance(end, state, 93)
    if result != FOUND:
        return result
    i = value(state[START], end)
    if i < 0:
        return reason(i)
    state[STOP] = i
    state[AT] = i
    state[IS_NEXT] = 1
    return FOUND


@kernel
def skip_elements(end: int, state: Any) -> int:
    """Behind the array in which `AT` stands."""
    while True:
        result = element(end, state)
        if result != FOUND:
            return result


@kernel
def is_rates(key: int, size: int) -> bool:
    """Whether a key is `negotiated_rates`."""
    return (
        size == 16
        and word(key) == _NEGOTIATED
        and word(key + 5) == _IATED_RA
        and word(key + 8) == _ED_RATES
    )


@kernel
def members_to_rates(i: int, end: int, state: Any) -> int:
    """From a key on: `WITH_RATES` in the array of rates, or `FOUND` behind the object."""
    while True:
        if i >= end:
            return NEED
        if byte(i) != 34:
            return BROKEN
        key = i + 1
        i = text(key, end)
        if i < 0:
            return reason(i)
        # An escaped key may be `negotiated_rates` under another spelling.
        if has_escape(key, i - 1):
            return BROKEN
        size = i - 1 - key
        i = colon(i, end)
        if i < 0:
            return reason(i)
        if is_rates(key, size) and byte(i) == 91:
            state[STOP] = key - 1
            state[AT] = i + 1
            return WITH_RATES
        i = value(i, end)
        if i < 0:
            return reason(i)
        i = space(i, end)
        if i >= end:
            return NEED
        c = byte(i)
        if c == 125:
            state[STOP] = i + 1
            state[AT] = i + 1
            return FOUND
        if c != 44:
            return BROKEN
        i = space(i + 1, end)


@kernel
def item(end: int, state: Any) -> int:
    """The next element of `in_network`.

    `WITH_RATES`: its bytes from `START` to `STOP` stand before the key `negotiated_rates`, and
    `AT` is in that array. `FOUND`: it has no such array, and is whole.
    """
    result = advance(end, state, 93)
    if result != FOUND:
        return result
    start = state[START]
    result = NEED
    if byte(start) != 123:
        i = value(start, end)
        if i < 0:
            return reason(i)
        state[STOP] = i
        state[AT] = i
        result = FOUND
    else:
        i = space(start + 1, end)
        if i >= end:
            return NEED
        if byte(i) == 125:
            state[STOP] = i + 1
            state[AT] = i + 1
            result = FOUND
        else:
            result = members_to_rates(i, end, state)
    return result


@kernel
def tail(end: int, state: Any) -> int:
    """What stands in an item behind its rates, from `START` to `STOP`, with the closing brace."""
    start = state[AT]
    i = space(start, end)
    if i >= end:
        return NEED
    c = byte(i)
    if c == 125:
        result = FOUND
        state[STOP] = i + 1
        state[AT] = i + 1
    elif c == 44:
        result = members_to_rates(space(i + 1, end), end, state)
        if result == WITH_RATES:
            return BROKEN
    else:
        return BROKEN
    state[START] = start
    return result
