"""`make bench`: what `ratepress add` costs beside the least that reading such a file can cost.

    python benchmarks/run.py [--rates 100000] [--rows 200000] [--repeat 3] [--seed 7]

Prints the tables of docs/benchmarks.md. Every figure is the median of `--repeat` processes,
start-up included. Ratios are of CPU seconds, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import price_files

HERE = Path(__file__).resolve().parent
PAYER_CASES = ("start", "decompress", "parse_json", "add")
HOSPITAL_CASES = ("start", "read_bytes", "parse_csv", "add")


@dataclass(frozen=True)
class Cost:
    """Medians of some runs: wall clock and CPU seconds, and peak memory in MB."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def measure(case: str, path: Path, repeat: int) -> Cost:
    """The cost of one case, each run in a process of its own."""
    runs = [_run(case, path) for _ in range(repeat)]
    return Cost(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.cpu_seconds for run in runs),
        statistics.median(run.megabytes for run in runs),
    )


def _run(case: str, path: Path) -> Cost:
    command = [sys.executable, str(HERE / "cases.py"), case, str(path)]
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"the case {case!r} failed on {path.name}: see above")
    cpu_seconds, megabytes = map(float, done.stdout.split())
    return Cost(seconds, cpu_seconds, megabytes)


def report(title: str, path: Path, cases: tuple[str, ...], repeat: int) -> Iterator[str]:
    """One file's table: each case, and its ratio to the parse limit."""
    costs = {case: measure(case, path, repeat) for case in cases}
    limit = costs[cases[2]].cpu_seconds
    yield f"{title} ({path.stat().st_size / 1e6:.1f} MB on disk)"
    yield ""
    yield "| process | wall, s | CPU, s | CPU, ratio to the parse limit | peak memory, MB |"
    yield "| --- | --- | --- | --- | --- |"
    for case, cost in costs.items():
        row = (
            case,
            f"{cost.seconds:.2f}",
            f"{cost.cpu_seconds:.2f}",
            f"{cost.cpu_seconds / limit:.1f}",
            f"{cost.megabytes:.0f}",
        )
        yield f"| {' | '.join(row)} |"
    yield ""


def main() -> None:
    """Make the files, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=int, default=100_000, help="prices in the payer file")
    parser.add_argument("--rows", type=int, default=200_000, help="rows in the hospital file")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each case")
    parser.add_argument("--seed", type=int, default=7, help="of the files' content")
    asked = parser.parse_args()
    names = ("ijson", "isal", "pyarrow", "duckdb")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}\n")
    with tempfile.TemporaryDirectory() as folder:
        payer, hospital = Path(folder) / "payer.json.gz", Path(folder) / "hospital.csv"
        price_files.payer_file(payer, asked.seed, asked.rates)
        price_files.hospital_file(hospital, asked.seed, asked.rows)
        for title, path, cases in (
            (f"Payer file, {asked.rates:,} rates", payer, PAYER_CASES),
            (f"Hospital file, {asked.rows:,} rows", hospital, HOSPITAL_CASES),
        ):
            print("\n".join(report(title, path, cases, asked.repeat)), flush=True)


if __name__ == "__main__":
    main()
