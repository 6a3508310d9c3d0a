"""The numbers of lists counted anew for one batch."""

from __future__ import annotations

from typing import Any

from ratepress.readers.payer.fast.memory import kernel


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
