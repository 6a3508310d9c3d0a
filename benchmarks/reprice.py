"""Times the repricing of claim lines: python benchmarks/reprice.py LAKE [TYPES] [LINES...]

LAKE is a lake with the releases of July 2026, for outpatient lines with Addendum B of 2025 too, for
inpatient ones with the rates and wage indices of fiscal 2021.
TYPES are types of claim joined by `+`, `professional` without; claims take turns among them. The
lines are the same for the same number (seeded): three to a claim, codes of the release at random.
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ratepress.lake.store import Lake
from ratepress.medicare.repricing.form import CLAIM_TYPES
from ratepress.medicare.repricing.run import reprice_file

_HEADER = (
    "claim_id", "date", "code", "modifiers", "units", "pos", "locality", "patient", "npi",
    "provider_type", "claim_type", "cbsa", "drg",
)  # fmt: skip
_CODES = {
    "professional": "SELECT code FROM pfs_rvu WHERE status IN ('A', 'R', 'T')",
    "outpatient": "SELECT code FROM opps_codes WHERE status IS NOT NULL",
    "asc": "SELECT code FROM asc_codes WHERE addendum <> 'EE'",
    "inpatient": "SELECT drg FROM ipps_drgs",
}
_DAYS = {"professional": "2026-07-15", "outpatient": "2025-02-03", "asc": "2026-07-15",
         "inpatient": "2021-01-15"}  # fmt: skip
_MODIFIERS = {
    "professional": ("", "", "", "", "50", "RT", "LT", "26", "80", "59"),
    "outpatient": ("", "", "", "", "50", "RT", "LT", "73", "PN", "59"),
    "asc": ("", "", "", "", "50", "RT", "LT", "73", "FB", "59"),
    "inpatient": ("",),
}
_PLACES = "SELECT mac || '-' || locality FROM pfs_gpci"
_AREAS = "SELECT cbsa FROM asc_wage_index"
_HOSPITAL_AREAS = """
SELECT cbsa FROM ipps_wage_areas
WHERE '2021-01-15' BETWEEN effective_from AND effective_until AND length(cbsa) = 5
"""


def _all(lake: Lake, query: str) -> list[str]:
    with lake.connect() as connection:
        return sorted({one for (one,) in connection.execute(query).fetchall()}) or [""]


def _lines(lake: Lake, types: list[str], n: int) -> Iterator[tuple[object, ...]]:
    codes = {kind: _all(lake, _CODES[kind]) for kind in types}
    places = _all(lake, _PLACES)
    areas = {kind: _all(lake, _AREAS if kind == "asc" else _HOSPITAL_AREAS) for kind in types}
    pick = random.Random(7).choice
    for i in range(n):
        if i % 3 == 0:
            kind = types[i // 3 % len(types)]
            place, area = pick(places), pick(areas[kind])
            patient = f"p{i // 6}" if i % 2 else ""
            drg = pick(codes[kind])
        code, modifiers = pick(codes[kind]), pick(_MODIFIERS[kind])
        is_stay, is_own = kind == "inpatient", kind == "professional"
        yield (
            i // 3,
            _DAYS[kind],
            "" if is_stay else code,
            modifiers,
            pick("112"),
            pick(("11", "22")) if is_own else "22",
            place if is_own else "",
            patient,
            "1234567893",
            pick(("", "", "NP")) if is_own else "",
            kind,
            "" if is_own else area,
            drg if is_stay else "",  # A stay has one, on however many lines.
        )


def make_lines(lake: Lake, types: list[str], n: int, out: Path) -> None:
    """Write `n` claim lines of these types."""
    with out.open("w", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(_HEADER)
        writer.writerows(_lines(lake, types, n))


def main(words: list[str]) -> None:
    lake, *rest = Lake.open(words[0]), *words[1:]
    types = ["professional"]
    if rest and not rest[0].isdigit():
        types = rest.pop(0).split("+")
        if unknown := set(types) - set(CLAIM_TYPES):
            sys.exit(f"no type of claim: {', '.join(unknown)}")
    for n in map(int, rest or ["1000000"]):
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder) / "lines.csv"
            make_lines(lake, types, n, lines)
            start = time.perf_counter()
            made = reprice_file(lake, lines, Path(folder) / "out.csv")
            seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        counts = f"{made.lines:>12,} lines {seconds:8.2f} s  peak {peak:,.0f} MiB"
        print("+".join(types), counts, made.by_status, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
