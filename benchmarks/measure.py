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
Cost = tuple[float, float, float, float]
"""Seconds of the wall clock, seconds of CPU, peak megabytes, megabytes written."""
WITHOUT_FILE = ("start", "start_fast")
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
    size = unpacked_megabytes(asked.file)
    print(f"| process | wall, s | MB/s | CPU, s | {ratio} | peak memory, MB | output, MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    floor = 0.0
    for name in (*own, *(rivals if asked.rivals else ())):
        if name in asked.skip:
            continue
        is_own = name in own
        once = partial(_once, name, asked.file, None if is_own else asked.rivals, command)
        found = median_of(asked.repeat, once)
        if found is None:
            print(f"| {name} | failed | | | | | |", flush=True)
            continue
        wall, cpu, peak, written = found
        compared = cpu if by_cpu else wall
        floor = floor or compared
        cells = (
            name,
            f"{wall:.2f}",
            f"{size / wall:.0f}" if name not in WITHOUT_FILE else "",
            f"{cpu:.2f}",
            f"{compared / floor:.1f}",
            f"{peak:.0f}",
            f"{written:.0f}" if written else "",
        )
        print(f"| {' | '.join(cells)} |", flush=True)


def _once(name: str, file: Path, rivals: Path | None, command: Command) -> Cost | None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        if rivals is not None:
            alone = ["unshare", "-rn"] if may_unshare() else []
            cost = run([*alone, *command(name, file, rivals, Path(folder))])
        elif name == "add":
            words = ("-m", "ratepress", "add", str(file), "--lake", str(out))
            cost = run([sys.executable, *words])
        else:
            cost = run([sys.executable, str(HERE / "cases.py"), name, str(file)])
        written = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return None if cost is None else (*cost[:3], written / 1e6)


def run(command: Sequence[str]) -> Cost | None:
    """What a process costs; None where it failed."""
    # An installed package has its bytecode: a process that compiles its sources anew says nothing.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    peak = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return None if status else (seconds, used.ru_utime + used.ru_stime, peak, 0.0)


def median_of(repeat: int, once: Callable[[], Cost | None]) -> Cost | None:
    """The medians of several runs; None where one failed."""
    runs = []
    for _ in range(repeat):
        found = once()
        if found is None:
            return None
        runs.append(found)
    wall, cpu, peak, written = (statistics.median(column) for column in zip(*runs, strict=True))
    return wall, cpu, peak, written


def unpacked_megabytes(file: Path) -> float:
    """The size of a file's content, in millions of bytes."""
    from isal import igzip

    if file.suffix != ".gz":
        return file.stat().st_size / 1e6
    size = 0
    with igzip.GzipFile(file, "rb") as stream:
        while data := stream.read(1 << 20):
            size += len(data)
    return size / 1e6


def may_unshare() -> bool:
    """Whether a process can be run without a network."""
    tried = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
    return tried.returncode == 0
