"""Times the publication of code pages: python benchmarks/publish.py LAKE [CODES] [JOBS]

LAKE holds at least a release of the physician fee schedule; CODES is how many of its codes are
published, by number (10,000 without), JOBS the processes (2 without). The first run writes a site,
the second finds that nothing has changed. Prints wall clock, CPU of all processes, the peak memory
of the largest process and of all together (on Linux, sampled), and what was written.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

from ratepress.dossier.build import codes_with_data
from ratepress.lake.store import Lake
from ratepress.market.inputs import latest_date
from ratepress.press.publish import publish

_MEGABYTE = 1_000_000


def _cpu() -> float:
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def _peak_megabytes() -> float:
    kilobytes = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return kilobytes * 1024 / _MEGABYTE


class _Together(threading.Thread):
    """Samples what this process and those that it started hold in memory, together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0

    def run(self) -> None:
        while True:
            pids = [os.getpid(), *(one.pid for one in multiprocessing.active_children())]
            self.peak = max(self.peak, sum(map(_held, pids)))
            time.sleep(0.2)


def _held(pid: int | None) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    kilobytes = (int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return sum(kilobytes) * 1024 / _MEGABYTE


def main(arguments: list[str]) -> None:
    """Publish twice into a new folder and print both costs."""
    lake = Lake.open(arguments[0])
    most = int(arguments[1]) if len(arguments) > 1 else 10_000
    jobs = int(arguments[2]) if len(arguments) > 2 else 2
    with lake.connect() as connection:
        day = latest_date(connection)
        codes = [c for c in codes_with_data(connection, day) if c.system in ("cpt", "hcpcs")][:most]
    together = _Together()
    together.start()
    print("| run | code pages | wall, s | CPU, s | largest process, MB | all, MB | files | MB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("first", "again, nothing new"):
            began, before = time.perf_counter(), _cpu()
            made = publish(
                lake, [str(c) for c in codes], Path(folder) / "site", as_of=day, jobs=jobs
            )
            wall, cpu = time.perf_counter() - began, _cpu() - before
            files = [path for path in made.files if path.is_file()]
            size = sum(path.stat().st_size for path in files) / _MEGABYTE
            cells = (
                name, f"{len(made.pages) - made.n_kept:,}", f"{wall:.1f}", f"{cpu:.1f}",
                f"{_peak_megabytes():,.0f}", f"{together.peak:,.0f}",
                f"{len(files):,}", f"{size:,.0f}",
            )  # fmt: skip
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
