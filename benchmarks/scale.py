"""What one code costs in a lake of any size: python benchmarks/scale.py LAKE CODE...

Each code is asked by a cold process of its own, three times: wall clock, CPU and peak memory of the
median run. Beside it stands the floor: a process that opens the same files with DuckDB alone and
counts the code's rates. `--batch N` runs the steps for the N codes of middle rank at once, in one
process. `--all [JOBS]` runs all codes, once: wall clock, CPU and the peak memory of all processes
together (on Linux, sampled), and as the floor one that counts the rates of each code and payer.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from ratepress.lake.store import Lake

_REPEAT = 3
_ASKED = "from ratepress.cli.main import main; main()"
_FLOOR = """
import duckdb, sys
files = open(sys.argv[1]).read().split("\\n")
query = "SELECT count(*), min(dollars), max(dollars) FROM read_parquet($1) WHERE code = $2"
print(duckdb.execute(query, [files, sys.argv[2]]).fetchone()[0])
"""
_FLOOR_OF_ALL = """
import duckdb, sys
files = open(sys.argv[1]).read().split("\\n")
query = (
    "SELECT count(*), sum(n) FROM (SELECT code, payer_name, count(*) AS n, min(dollars), "
    "max(dollars) FROM read_parquet($1) GROUP BY 1, 2)"
)
print(duckdb.execute(query, [files]).fetchall()[0][1])
"""
_BATCH = """
import sys, time
from ratepress.codes.argument import CodeRef
from ratepress.lake.store import Lake
from ratepress.market.benchmark import run_market
from ratepress.market.inputs import latest_date
with Lake.open(sys.argv[1]).connect() as connection:
    ranked = connection.execute(
        "SELECT code_system, code, count(*) FROM rates WHERE code IS NOT NULL GROUP BY ALL "
        "ORDER BY 3, 1, 2"
    ).fetchall()
    n, middle = int(sys.argv[2]), len(ranked) // 2
    taken = ranked[max(0, middle - n // 2) :][:n]
    begun = time.perf_counter()
    run_market(connection, [CodeRef(*one[:2]) for one in taken], latest_date(connection))
    rows = sum(one[2] for one in taken)
    print(f"{len(taken)} of {len(ranked)} codes, {rows} of {sum(o[2] for o in ranked)} rates: "
          f"{time.perf_counter() - begun:.1f} s")
"""


def measured(script: str, *words: str) -> tuple[float, float, float, str]:
    """Wall and CPU seconds, peak memory in MB, and what a process of this script prints."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", script, *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"a process ended with {process.returncode}")
    seconds = time.perf_counter() - begun
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said.strip()


def _middle(script: str, *words: str) -> tuple[float, float, float, str]:
    runs = sorted(measured(script, *words) for _ in range(_REPEAT))
    return runs[len(runs) // 2]


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [
                one for each in children.read_text().split() for one in _descendants(int(each))
            ]
    return found


def _held(pid: int) -> float:
    """Megabytes of a process; what several share is divided among them."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1000
    return 0.0


def _all(lake: str, listed: str, jobs: str) -> None:
    out = Path(listed).with_suffix(".parquet")
    words = ["benchmark", "--all", "--jobs", jobs, "--lake", lake, "--out", str(out)]
    begun, peak = time.perf_counter(), 0.0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, "-c", _ASKED, *words], stdout=subprocess.PIPE, text=True
    )
    while process.poll() is None:
        peak = max(peak, sum(map(_held, _descendants(process.pid))))
        time.sleep(3)  # To add up its memory stops a process for a moment.
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(process.communicate()[0].strip())
    print(f"{wall:.0f} s, CPU {cpu:.0f} s, peak of all processes {peak:,.0f} MB, "
          f"file {out.stat().st_size / 1e6:.0f} MB")  # fmt: skip
    out.unlink()
    floor = measured(_FLOOR_OF_ALL, listed)
    print(f"floor: {floor[0]:.1f} s, CPU {floor[1]:.1f} s, {int(floor[3]):,} rates")


def main(words: list[str]) -> None:
    lake = words.pop(0)
    if words[:1] == ["--batch"]:
        _, cpu, peak, said = measured(_BATCH, lake, words[1])
        print(f"{said}, CPU {cpu:.1f} s, peak {peak:,.0f} MB")
        return
    listed = tempfile.NamedTemporaryFile("w", suffix=".txt")  # noqa: SIM115 - until the end
    manifest = Lake.open(lake).manifest()
    named = [f"{lake}/{file.path}" for file in manifest.files if file.table == "rates"]
    listed.write("\n".join(named))
    listed.flush()
    if words[:1] == ["--all"]:
        _all(lake, listed.name, words[1] if len(words) > 1 else "2")
        return
    loads = statistics.mean(os.getloadavg())
    print(f"(load {loads:.1f} on {os.cpu_count()} cores)")
    print("| code | rates | wall, s | CPU, s | peak, MB | floor: wall, s | floor: CPU, s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for code in words:
        wall, cpu, peak, _ = _middle(_ASKED, "benchmark", code, "--lake", lake, "--json")
        floor = _middle(_FLOOR, listed.name, code)
        print(
            f"| {code} | {int(floor[3]):,} | {wall:.2f} | {cpu:.2f} | {peak:,.0f} "
            f"| {floor[0]:.2f} | {floor[1]:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
