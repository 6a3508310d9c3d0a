"""Bytes by address: what the kernels read with, and how they are compiled.

Kernels take addresses, not arrays: an array passed to a function is counted in and out, which
costs more than reading the byte. With NUMBA_DISABLE_JIT=1 every load is plain Python and is
checked to lie inside a block that was declared with `may_read`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numba import config, njit, types
from numba.extending import intrinsic

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

IS_PLAIN_PYTHON = bool(getattr(config, "DISABLE_JIT", False))
_readable: dict[str, tuple[int, int]] = {}


def _stamp() -> str:
    """Changes with every change to a kernel's source."""
    found = blake2b(digest_size=16)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


_STAMP = _stamp()


def kernel(function: Kernel) -> Kernel:
    """Compile without the GIL, and keep the machine code on disk.

    Numba takes kept code for current while the file of the function is the same, whatever became
    of the functions that it calls in other files: so its stamp is that of all files here.
    """
    made = njit(nogil=True, cache=True, no_cfunc_wrapper=True)(function)  # type: ignore[call-overload]
    kept = getattr(getattr(made, "_cache", None), "_cache_file", None)
    if kept is not None:
        kept._source_stamp = _STAMP
    return cast("Kernel", made)


def may_read(what: str, start: int, stop: int) -> None:
    """Declare from where kernels may load the one block of a kind; checked with the JIT off."""
    _readable[what] = start, stop


if IS_PLAIN_PYTHON:

    def _checked(address: int, size: int) -> int:
        address = int(address)
        stop = address + size
        for start, end in _readable.values():  # A loop: with `any` a run is half as long again.
            if start <= address and stop <= end:
                return address
        raise IndexError(f"a kernel loads {size} bytes outside of its blocks")

    def byte(address: int) -> int:
        """The byte at an address."""
        return ctypes.c_uint8.from_address(_checked(address, 1)).value

    def word(address: int) -> Any:
        """The eight bytes at an address, as an unsigned number."""
        return np.uint64(ctypes.c_uint64.from_address(_checked(address, 8)).value)

else:
    from llvmlite import ir

    @intrinsic
    def byte(_typing: Any, _address: Any) -> Any:
        """The byte at an address."""

        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            pointer = builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())
            return builder.zext(builder.load(pointer), ir.IntType(64))

        return types.int64(types.int64), generate

    @intrinsic
    def word(_typing: Any, _address: Any) -> Any:
        """The eight bytes at an address, as an unsigned number."""

        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            pointer = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
            return builder.load(pointer, align=1)

        return types.uint64(types.int64), generate
