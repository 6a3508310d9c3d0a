"""How the process of a command holds memory: what it has used it keeps until it ends."""

from __future__ import annotations

import ctypes
import gc
import os

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGEST_KEPT = 32 << 20  # glibc refuses more.
_MOST_UNUSED = 1 << 28
_NEW_OBJECTS = 50_000


def keep_memory() -> None:
    """Ask the allocators not to give memory back to the system between two uses.

    Columns are made and dropped by the megabyte, and the system clears each page that it hands out
    again: that was a fifth of the time of a large file. For the start of a process, before NumPy
    and Arrow are loaded; where the C library is another than glibc it does nothing there.

    >>> keep_memory()
    """
    # Modules are all that is made at the start, and nothing of them is garbage: to search them
    # again and again was a tenth of the start.
    gc.set_threshold(_NEW_OBJECTS)
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "-1")  # Arrow's
    # NumPy comes with threads for matrices, which wait for work at full speed; none is multiplied.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for option, value in (
        (_MMAP_THRESHOLD, _LARGEST_KEPT),
        (_TRIM_THRESHOLD, _MOST_UNUSED),
        (_ARENA_MAX, 1),
    ):
        mallopt(option, value)
