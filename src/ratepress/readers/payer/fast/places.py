"""The place of each price as text, and the numbers of lists counted anew for one batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ratepress.readers.payer.fast.memory import kernel

_ITEM = np.frombuffer(b"in_network[", np.uint8)
_RATE = np.frombuffer(b"].negotiated_rates[", np.uint8)
_PRICE = np.frombuffer(b"].negotiated_prices[", np.uint8)
LONGEST = len(_ITEM) + len(_RATE) + len(_PRICE) + 31
"""Bytes of the longest place, with three numbers of ten digits."""


@kernel
def place_texts(item: Any, rate: Any, price: Any, rows: int, offsets: Any, out: Any) -> int:
    """Write `in_network[0].negotiated_rates[0].negotiated_prices[0]` and its kin behind each other.

    `offsets` gets where each starts and the last stops; the number of bytes is given back.
    """
    at = 0
    for row in range(rows):
        offsets[row] = at
        for part in range(3):
            if part == 0:
                number = item[row]
                for c in _ITEM:
                    out[at] = c
                    at += 1
            elif part == 1:
                number = rate[row]
                for c in _RATE:
                    out[at] = c
                    at += 1
            else:
                number = price[row]
                for c in _PRICE:
                    out[at] = c
                    at += 1
            size = 1
            bound = 10
            while number >= bound:
                bound *= 10
                size += 1
            for k in range(size):
                out[at + size - 1 - k] = 48 + number % 10
                number //= 10
            at += size
        out[at] = 93
        at += 1
    offsets[rows] = at
    return at


@kernel
def localise(numbers: Any, rows: int, seen: Any, local: Any, found: Any) -> int:
    """Number what stands in `numbers` by first appearance: `found[local[row]] == numbers[row]`.

    `seen` is all -1, long enough for the largest number; it is left that way.
    """
    n = 0
    for row in range(rows):
        number = numbers[row]
        if seen[number] < 0:
            seen[number] = n
            found[n] = number
            n += 1
        local[row] = seen[number]
    for k in range(n):
        seen[found[k]] = -1
    return n
