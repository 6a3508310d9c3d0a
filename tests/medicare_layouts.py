"""Small files in the layouts of CMS, made for tests; each test states the values it needs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ratepress.lake.manifest import Content, Observation
from ratepress.lake.store import Lake
from ratepress.readers.base import Tally
from ratepress.readers.catalogue import READERS
from ratepress.readers.source import Source

# The header of PPRRVU, stacked over five lines; PRIC IND stands from 2026 on.
_STACK = """\
HCPCS|MOD|DESCRIPTION|STATUS/CODE|NOT USED/FOR/MEDICARE/PAYMENT|WORK/RVU|NON-FAC/PE RVU\
|NON-FAC/NA/INDICATOR|FACILITY/PE RVU|FACILITY/NA/INDICATOR|MP/RVU|NON-FACILITY/TOTAL\
|FACILITY/TOTAL|PCTC/IND|GLOB/DAYS|PRE/OP|INTRA/OP|POST/OP|MULT/PROC|BILAT/SURG|ASST/SURG\
|CO-/SURG|TEAM/SURG|PRIC/IND|ENDO/BASE|CONV/FACTOR\
|PHYSICIAN/SUPERVISION OF/DIAGNOSTIC/PROCEDURES|CALCULATION/FLAG\
|DIAGNOSTIC/IMAGING/FAMILY/INDICATOR|NON-FACILITY/PE USED/FOR OPPS/PAYMENT/AMOUNT\
|FACILITY/PE USED/FOR OPPS/PAYMENT/AMOUNT|MP USED/FOR OPPS/PAYMENT/AMOUNT"""
PLAIN = {
    "STATUS CODE": "A",
    "WORK RVU": "1.00",
    "NON-FAC PE RVU": "2.00",
    "FACILITY PE RVU": "0.50",
    "MP RVU": "0.10",
    "NON-FACILITY TOTAL": "3.10",
    "FACILITY TOTAL": "1.60",
    "PCTC IND": "0",
    "GLOB DAYS": "000",
    "PRE OP": "0.00",
    "INTRA OP": "0.00",
    "POST OP": "0.00",
    "MULT PROC": "2",
    "BILAT SURG": "1",
    "ASST SURG": "1",
    "CO- SURG": "0",
    "TEAM SURG": "0",
    "PRIC IND": "9",
    "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES": "09",
    "CALCULATION FLAG": "0",
    "DIAGNOSTIC IMAGING FAMILY INDICATOR": "99",
    "NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT": "0.00",
    "FACILITY PE USED FOR OPPS PAYMENT AMOUNT": "0.00",
    "MP USED FOR OPPS PAYMENT AMOUNT": "0.00",
}
CF = {2025: "32.3465", 2026: "33.4009"}
# Anesthesia, laboratory and ZIP codes of 2026; ZIP 35005 lies in several localities.
UNITS = b"2026 Anesthesia Base Units by CPT Code,\nCode,Base Unit\n00537,7\n00100,5\n01968,2\n"
FACTORS = b"Contractor,Locality,Locality Name,National Anes CF of 20.4976\n10112,00,ALABAMA,19.50\n"
TESTS = b"hcpcs,rate\n80053,10.56\n80047,13.73\n80048,0\n"
_TAIL = b" A" + b" " * 52 + b"20262\n"
ZIPS = (
    b"AL350041011200 Z9   0" + _TAIL + b"AL350051011200 Z9   1" + _TAIL
    + b"ZZ000010000100 Z9   0" + _TAIL
)  # fmt: skip
GPCI_ROWS = (
    ("10112", "AL", "00", "ALABAMA", "1.000", "0.875", "0.566"),
    ("02102", "AK", "01", "ALASKA*", "1.500", "1.065", "0.551"),
)


def pprrvu(
    *rows: Mapping[str, str], year: int = 2026, quarter: str = "July", released: str = "06/30/2026"
) -> bytes:
    """A PPRRVU CSV of `rows`, each the cells that differ from `PLAIN`, by stacked name."""
    stacks = [s.split("/") for s in _STACK.split("|") if year >= 2026 or s != "PRIC/IND"]
    names = [" ".join(stack) for stack in stacks]
    title = f"{year} National Physician Fee Schedule Relative Value File {quarter} Release"
    lines = [
        ["", "", title],
        ["", "", "Notice, with a comma"],
        [],
        ["", "", f"RELEASED {released}"],
    ]
    lines = [line + [""] * (len(names) - len(line)) for line in lines]
    for depth in range(5, 0, -1):
        lines.append([stack[-depth] if len(stack) >= depth else "" for stack in stacks])
    for row in rows:
        cells = {**PLAIN, "CONV FACTOR": CF[year], **row}
        lines.append([cells.get(name, "") for name in names])
    return _csv(lines)


def tidy_rvu(*rows: Mapping[str, str], factor: str = "36.0896") -> bytes:
    """A copy of PPRRVU with one line of names and no title, as the years 2020 to 2024 are kept."""
    own = {
        "non_fac_na_indicator": "non_fac_indicator",
        "facility_na_indicator": "facility_indicator",
    }
    stacks = (
        s.replace("/", " ") for s in _STACK.split("|") if s not in {"PRIC/IND", "DESCRIPTION"}
    )
    names = [re.sub(r"[^A-Z0-9]+", " ", name).strip() for name in stacks]
    plain = {re.sub(r"[^A-Z0-9]+", " ", name): cell for name, cell in PLAIN.items()}
    lines = [[own.get(n, n) for n in (name.lower().replace(" ", "_") for name in names)]]
    for row in rows:
        cells = {**plain, "CONV FACTOR": factor, **row}
        lines.append([cells.get(name, "") for name in names])
    return _csv(lines)


def gpci(*rows: Iterable[str], year: int = 2026) -> bytes:
    """A GPCI Addendum E CSV; two localities where no rows are given."""
    head = ["Medicare Administrative Contractor (MAC)", "State", "Locality Number", "Locality Name"]
    index = [f"{year} PW GPCI (with 1.0 Floor)***", f"{year} PE GPCI", f"{year} MP GPCI"]
    title = [f"ADDENDUM E. FINAL CY {year} GEOGRAPHIC PRACTICE COST INDICES (GPCIs)", *[""] * 6]
    notes = [["MAC Assignments as of November 22, 2023", *[""] * 6], [""] * 7]
    return _csv([title, [""] * 7, head + index, *map(list, rows or GPCI_ROWS), *notes])


def _csv(lines: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


@pytest.fixture
def load_medicare(lake: Lake, tmp_path: Path) -> Callable[..., Content]:
    """Reads a Medicare file (bytes, or the path of one) into `lake`, by its recognised reader."""

    def load(file: bytes | Path, name: str = "input.csv") -> Content:
        path = file if isinstance(file, Path) else tmp_path / name
        if isinstance(file, bytes):
            path.write_bytes(file)
        return _commit(lake, Source(path))

    return load


def _commit(lake: Lake, source: Source) -> Content:
    (reader,) = (r for r in READERS if r.recognise(source.head))
    tally = Tally()
    seen = Observation(
        content_id=source.content_id, origin=source.name, retrieved_at=datetime.now(UTC)
    )
    with lake.writer(source.content_id) as out:
        header = reader.read(source, out, tally)
        out.add_many("problems", tally.problem_rows())
        staged = out.finish()
        content = Content(
            content_id=source.content_id,
            kind=reader.kind,
            publisher=header.publisher,
            bytes=source.bytes,
            reader_version=reader.version,
            row_is=reader.row_is,
            read=tally.read,
            loaded=tally.loaded,
            set_aside=tally.reconcile(source.name),
            rows=dict(out.rows),
            detected_version=header.detected_version,
            published_on=header.published_on,
            release=header.release,
            effective_from=header.effective_from,
            effective_until=header.effective_until,
        )
        lake.commit(content, staged, out.folder, seen)
    return content
