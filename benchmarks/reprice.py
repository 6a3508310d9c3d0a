"""Times the repricing of generated claim lines: python benchmarks/reprice.py LAKE [LINES...]

LAKE is a lake with a release of the schedule for July 2026 and its GPCIs. The lines are the same
for the same number (seeded): three to a claim, codes of the release at random.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from ratepress.lake.store import Lake
from ratepress.medicare.repricing.run import reprice_file

_HEADER = "claim_id,date,code,modifiers,units,pos,locality,patient,npi,provider_type\n"
_CODES = "SELECT DISTINCT code FROM pfs_rvu WHERE status IN ('A', 'R', 'T') ORDER BY code"
_PLACES = "SELECT DISTINCT mac || '-' || locality AS id FROM pfs_gpci ORDER BY id"
_MODIFIERS = ("", "", "", "", "50", "RT", "LT", "26", "80", "59")


def make_lines(lake: Lake, n: int, out: Path) -> None:
    """Write `n` claim lines."""
    with lake.connect() as connection:
        codes = [code for (code,) in connection.execute(_CODES).fetchall()]
        places = [place for (place,) in connection.execute(_PLACES).fetchall()]
    pick = random.Random(7).choice
    with out.open("w") as text:
        text.write(_HEADER)
        for i in range(n):
            if i % 3 == 0:
                place = pick(places)
                patient = f"p{i // 6}" if i % 2 else ""
            text.write(
                f"{i // 3},2026-07-15,{pick(codes)},{pick(_MODIFIERS)},{pick('112')},"
                f"{pick(('11', '22'))},{place},{patient},1234567893,{pick(('', '', 'NP'))}\n"
            )


def main(words: list[str]) -> None:
    lake = Lake.open(words[0])
    for n in map(int, words[1:] or ["1000000"]):
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder) / "lines.csv"
            make_lines(lake, n, lines)
            start = time.perf_counter()
            made = reprice_file(lake, lines, Path(folder) / "out.csv")
            seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        counts = f"{made.lines:>12,} lines {seconds:8.2f} s  peak {peak:,.0f} MiB"
        print(counts, made.by_status, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
