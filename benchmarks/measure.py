"""One process of a benchmark: its wall clock, CPU and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence


def run(command: Sequence[str]) -> tuple[float, float, float] | None:
    """Seconds of the wall clock, seconds of CPU, peak megabytes; None where the process failed."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    peak = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return None if status else (seconds, used.ru_utime + used.ru_stime, peak)


def median_of(
    repeat: int, once: Callable[[], tuple[float, float, float] | None]
) -> tuple[float, float, float] | None:
    """The medians of several runs; None where one failed."""
    runs = []
    for _ in range(repeat):
        found = once()
        if found is None:
            return None
        runs.append(found)
    wall, cpu, peak = (statistics.median(column) for column in zip(*runs, strict=True))
    return wall, cpu, peak


def may_unshare() -> bool:
    """Whether a process can be run without a network."""
    tried = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
    return tried.returncode == 0
