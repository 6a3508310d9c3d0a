"""What other processes do to a lake in tests: add together, hold a lock, and be killed.

In a module of its own, because a process that is started imports what it runs by name.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lake_rows import put
from ratepress.lake import locks
from ratepress.lake.optimize import optimize
from ratepress.lake.store import Lake
from ratepress.readers.add import add

# Forked from a server that has imported what is heavy, and what `add` imports when it first needs
# it: a process starts in a few milliseconds, and none inherits the threads of the tests.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "__main__",
        "ratepress.readers.add",
        "ratepress.readers.hospital.csv_file",
        "ratepress.codes.normalise",
        "ratepress.lake.sets",
        "pyarrow.dataset",  # As `pyarrow.parquet.read_table` does.
    ]
)
# Everything through which the lake changes the disk, but for the bytes of its files.
CHANGING_CALLS = ("mkdir", "rename", "fsync", "unlink", "rmdir")


def put_one(root: Path, name: str, start: Any) -> None:
    """Commit one content as soon as all are ready."""
    start.wait()
    put(Lake.open(root), name)


def add_one(root: Path, path: str, start: Any) -> None:
    """Add one file as soon as all are ready."""
    start.wait()
    add(Lake.open(root), path)


def run_together(work: Callable[..., None], root: Path, wanted: Sequence[str]) -> None:
    """Run `work` in one process for each of `wanted`, all at once, and expect each to succeed."""
    start = PROCESSES.Barrier(len(wanted))
    running = [PROCESSES.Process(target=work, args=(root, name, start)) for name in wanted]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0] * len(wanted)


def hold_for_ever(path: Path, ready: Any) -> None:
    """Hold a lock until killed."""
    with locks.exclusive(path):
        ready.set()
        threading.Event().wait()


def add_when_told(root: Path, path: Path, go: Any, begun: Any) -> None:
    """Add a file; `begun` is set right before."""
    lake = Lake.open(root)
    go.wait()
    begun.set()
    add(lake, path)


def add_until_call(root: Path, path: Path, number: int) -> None:
    """Add a file and die at the call of that number, before it is done and after the one before."""
    _die_at_call(number)
    add(Lake.open(root), path)


def optimize_until_call(root: Path, number: int) -> None:
    """Optimize a lake and die at the call of that number."""
    _die_at_call(number)
    optimize(Lake.open(root))


def optimize_or_put(root: Path, name: str, start: Any) -> None:
    """Optimize, where that is the name, or commit a content, as soon as all are ready."""
    start.wait()
    lake = Lake.open(root)
    if name == "optimize":
        optimize(lake)
    else:
        put(lake, name)


def _die_at_call(number: int) -> None:
    calls = 0

    def deadly(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    for name in CHANGING_CALLS:
        setattr(os, name, deadly(getattr(os, name)))
