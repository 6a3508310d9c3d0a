"""The other side of `ratepress add --jobs`: a process that reads files and commits none.

It stages what it reads in the lake's folder and keeps it there until it is told that the commit was
made, for a staging folder is alive as long as its process is. It ends when the process that started
it does.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import NamedTuple

from ratepress.core.errors import RatepressError
from ratepress.lake.store import Lake, Staged
from ratepress.readers.add import path_of, pieces, prepare

_REPORT_EVERY_SECONDS = 0.1


class Order(NamedTuple):
    """A file to read; without a path: the file of that number is settled, let go of it."""

    number: int
    path: Path | None = None


class Reached(NamedTuple):
    """How far the reading of a file is: the byte of it."""

    number: int
    position: int


class Read(NamedTuple):
    """A file that was read: each of its price files with its path, and what went wrong then."""

    number: int
    staged: tuple[tuple[str, Staged], ...]
    error: Exception | None


def work(root: Path, orders: Connection, *, salvage: bool) -> None:
    """Take orders until the connection ends. Run this in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us, and it ends us.
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    lake = Lake(root)
    one_at_a_time = threading.Lock()  # A reader's own threads tell how far it is, too.
    kept: dict[int, ExitStack] = {}

    def send(what: Reached | Read) -> None:
        with one_at_a_time:
            orders.send(what)

    with ExitStack() as everything:
        while True:
            try:
                order: Order = orders.recv()
                if order.path is None:
                    kept.pop(order.number).close()
                    continue
                held = kept[order.number] = everything.enter_context(ExitStack())
                send(_read(lake, order.number, order.path, send, held, salvage=salvage))
            except (EOFError, BrokenPipeError, ConnectionResetError):
                return


def _read(
    lake: Lake,
    number: int,
    path: Path,
    send: Callable[[Reached], None],
    held: ExitStack,
    *,
    salvage: bool,
) -> Read:
    staged: list[tuple[str, Staged]] = []
    told_at = 0.0

    def reached(position: int) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= _REPORT_EVERY_SECONDS:
            told_at = now
            send(Reached(number, position))

    try:
        for piece in pieces(path, progress=reached):
            ready = prepare(lake, piece, held, salvage=salvage)
            staged.append((path_of(piece), ready))
    except BrokenPipeError:  # Nobody listens any more.
        raise
    except (RatepressError, OSError, MemoryError) as error:
        return Read(number, tuple(staged), error)
    except Exception as error:
        # A defect of ours, which may not survive the way to another process.
        told = RuntimeError(f"{type(error).__name__}: {error}")
        return Read(number, tuple(staged), told)
    return Read(number, tuple(staged), None)


def _leave(_number: int, _frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # Asked again, it would stop clearing up.
    sys.exit(1)  # Unwinds, so that staging folders are deleted.


def _leave_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)  # The kernel frees our locks, and the next commit sweeps.
