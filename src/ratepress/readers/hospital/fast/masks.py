"""Which rows of an Arrow column hold something, as NumPy has it, from Arrow's own bits.

A kernel would do it too, and would hand over to another thread each time: a file of many columns
waits longer for that than for the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa


def filled(column: pa.Array) -> Any:
    """Which rows of a column are not null, as an array of bools.

    >>> filled(pa.array(["a", None, "", None])[1:]).tolist()
    [False, True, False]
    """
    n = len(column)
    if column.null_count == n:  # Also what has no bits at all, a column of the type null.
        return np.zeros(n, np.bool_)
    bits = column.buffers()[0]
    if bits is None:
        return np.ones(n, np.bool_)
    first = column.offset // 8
    packed = np.frombuffer(bits, np.uint8)[first : (column.offset + n + 7) // 8]
    unpacked = np.unpackbits(packed, bitorder="little")
    return unpacked[column.offset % 8 :][:n].view(np.bool_)


def any_filled(columns: Sequence[pa.Array], n: int) -> Any:
    """Which of `n` rows hold something in any of these columns.

    >>> any_filled([pa.array([None, "b"]), pa.array([None, None])], 2).tolist()
    [False, True]
    """
    found = np.zeros(n, np.bool_)
    for column in columns:
        if column.null_count < n:
            found |= filled(column)
    return found
