"""Times the check of generated claim lines: python benchmarks/check.py LAKE [LINES...]

LAKE is a lake with a release of the fee schedule for July 2026, its GPCIs, NCCI's practitioner
edits, units and add-on codes. The lines are the same for the same number (seeded): three to a
claim, two of them a pair of the edits in every second claim. The floor is what any check must do:
read the file, count its claims, and write it.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from ratepress.coding.claims.run import check_file
from ratepress.lake.store import Lake

_HEADER = "claim_id,date,code,modifiers,units,pos,patient,npi\n"
_CODES = "SELECT DISTINCT code FROM pfs_rvu WHERE status IN ('A', 'R', 'T') ORDER BY code"
_PAIRS = """
SELECT column_1, column_2 FROM ncci_ptp WHERE setting = 'practitioner'
ORDER BY hash(column_1 || column_2) LIMIT 100000
"""
_MODIFIERS = ("", "", "", "", "", "50", "RT", "LT", "26", "80", "59", "25")


def make_lines(lake: Lake, n: int, out: Path) -> None:
    """Write `n` claim lines."""
    with lake.connect() as connection:
        codes = [code for (code,) in connection.execute(_CODES).fetchall()]
        pairs = connection.execute(_PAIRS).fetchall()
    pick = random.Random(7).choice
    with out.open("w") as text:
        text.write(_HEADER)
        billed: tuple[str, ...] = ()
        for i in range(n):
            if i % 3 == 0:
                is_pair = i % 2
                billed = (*pick(pairs), pick(codes)) if is_pair else tuple(
                    pick(codes) for _ in range(3)
                )  # fmt: skip
                patient = f"p{i // 12}" if pick("011") == "1" else ""
                day = f"2026-07-{pick(range(1, 29)):02}"
            text.write(
                f"{i // 3},{day},{billed[i % 3]},{pick(_MODIFIERS)},{pick('1112')},"
                f"{pick(('11', '22'))},{patient},1234567893\n"
            )


def floor(lines: Path, out: Path) -> float:
    """Seconds to read the lines, group them by claim and day, and write them again."""
    start = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE l AS FROM read_csv(?, all_varchar = true)", [str(lines)])
        connection.execute("SELECT claim_id, date, count(*) FROM l GROUP BY ALL").fetchall()
        connection.execute(f"COPY l TO '{out}' (FORMAT csv, HEADER)")
    return time.perf_counter() - start


def main(words: list[str]) -> None:
    lake = Lake.open(words[0])
    for n in map(int, words[1:] or ["1000000"]):
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder) / "lines.csv"
            make_lines(lake, n, lines)
            least = floor(lines, Path(folder) / "floor.csv")
            start, cpu = time.perf_counter(), os.times()
            made = check_file(lake, lines, Path(folder) / "out.csv")
            seconds, used = time.perf_counter() - start, os.times()
            busy = used.user + used.system - cpu.user - cpu.system
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{made.lines:>12,} lines {seconds:8.2f} s  processor {busy:8.2f} s"
            f"  floor {least:6.2f} s  peak {peak:,.0f} MiB",
            made.by_status,
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
