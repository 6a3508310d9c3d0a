"""Processes of a benchmark beside each other: wall clock, CPU and peak memory of each."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
Command = Callable[[str, Path, Path, Path], list[str]]
"""The command of a rival: its name, the file, the folder of the rivals, an empty folder."""


def compare(
    about: str | None,
    own: Sequence[str],
    rivals: Sequence[str],
    command: Command,
    *,
    ratio: str,
    by_cpu: bool,
) -> None:
    """Run each reader on the file of the command line, and print a table.

    The first is the floor, to which `ratio` is, of CPU or of the wall clock.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rivals", type=Path, help="the `bin` folder with the other tools")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--skip", nargs="*", default=[], help="names of readers to leave out")
    asked = parser.parse_args()
    print(f"| process | wall, s | CPU, s | {ratio} | peak memory, MB |")
    print("| --- | --- | --- | --- | --- |")
    floor = 0.0
    for name in (*own, *(rivals if asked.rivals else ())):
        if name in asked.skip:
            continue
        is_own = name in own
        once = partial(_once, name, asked.file, None if is_own else asked.rivals, command)
        found = median_of(asked.repeat, once)
        if found is None:
            print(f"| {name} | failed | | | |", flush=True)
            continue
        wall, cpu, peak = found
        compared = cpu if by_cpu else wall
        floor = floor or compared
        times = f"{compared / floor:.1f}"
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {times} | {peak:.0f} |", flush=True)


def _once(
    name: str, file: Path, rivals: Path | None, command: Command
) -> tuple[float, float, float] | None:
    if rivals is None:
        return run([sys.executable, str(HERE / "cases.py"), name, str(file)])
    alone = ["unshare", "-rn"] if may_unshare() else []
    with tempfile.TemporaryDirectory() as folder:
        return run([*alone, *command(name, file, rivals, Path(folder))])


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
