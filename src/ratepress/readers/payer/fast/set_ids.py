"""The id of the provider set of each list, as the kernels keep them, and as Arrow texts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ratepress.readers.payer.fast.naming import ID_BYTES, Ids, gather_ids


def as_texts(offsets: Any, raw: Any) -> pa.Array:
    """Texts that stand behind each other; `offsets` has where each begins, and the end.

    >>> as_texts(np.array([0, 2, 3], np.int32), np.frombuffer(b"abc", np.uint8)).to_pylist()
    ['ab', 'c']
    """
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(raw)]
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)


class SetIds(NamedTuple):
    """The set id of each list: in the kernel's table, or apart where it may be longer."""

    ids: Ids
    apart: dict[int, str]

    def of(self, numbers: Any) -> pa.Array:
        """The ids of these lists, in their order."""
        n = len(numbers)
        offsets, out = np.empty(n + 1, np.int32), np.empty(n * ID_BYTES + 1, np.uint8)
        size = gather_ids(numbers, n, self.ids, offsets, out)
        found = as_texts(offsets, out[:size])
        if not self.apart:
            return found
        texts = zip(numbers.tolist(), found.to_pylist(), strict=True)
        return pa.array([self.apart.get(number, text) for number, text in texts], pa.string())
