"""File locks that the kernel releases when their holder dies, so a kill leaves none behind."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ratepress.core.errors import LakeDamaged

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_lock(handle: IO[bytes]) -> bool:
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _try_share(_handle: IO[bytes]) -> bool:
        return True  # An open file cannot be deleted there, which is all that sharing is for.
else:
    import fcntl

    def _try_lock(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _try_share(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def exclusive(path: Path, wait_seconds: float = 60.0) -> Iterator[None]:
    """Hold the lock file at `path`; `LakeDamaged` where another holds it for too long."""
    deadline = time.monotonic() + wait_seconds
    with path.open("ab") as handle:
        while not _try_lock(handle):
            if time.monotonic() > deadline:
                raise LakeDamaged(
                    f"{path}: another process has held the lake's lock for {wait_seconds:.0f} s",
                    todo="let it finish, then try again",
                )
            time.sleep(0.02)
        yield


def hold(path: Path) -> IO[bytes] | None:
    """An open handle that holds the lock at `path` until it is closed, or None if it is taken."""
    handle = path.open("ab")
    if _try_lock(handle):
        return handle
    handle.close()
    return None


def share(path: Path) -> IO[bytes] | None:
    """An open handle that keeps `path` from being retired, or None where it just is."""
    try:
        handle = path.open("rb")
    except FileNotFoundError:
        return None
    # Locked and gone: it was deleted between the two calls.
    if _try_share(handle) and path.exists():
        return handle
    handle.close()
    return None


def retire(path: Path) -> bool:
    """Delete `path` unless somebody shares it; False where it stays."""
    try:
        with path.open("rb") as handle:
            if not _try_lock(handle):
                return False
            path.unlink()
    except FileNotFoundError:
        return True
    except OSError:  # pragma: no cover - Windows keeps what is open
        return False
    return True
