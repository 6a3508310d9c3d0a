"""Addenda of OPPS and of ASC in the layouts of CMS, with rates of our own.

Outpatient lines are of 3 February 2025 (release 2025A), ASC lines of 15 July 2026 (2026C).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claim_lines import table
from medicare_layouts import _commit
from ratepress.lake.store import Lake
from ratepress.medicare.repricing.plain import explain_lines
from ratepress.medicare.repricing.run import reprice
from ratepress.readers.source import Source

OUTPATIENT = {"claim_type": "outpatient", "date": "2025-02-03"}
ASC = {"claim_type": "asc", "pos": "24", "date": "2026-07-15"}


def _text(lines: Sequence[Sequence[str]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(lines)
    return out.getvalue().encode()


def addendum_b(*rows: tuple[str, str, str, str], year: int = 2025) -> bytes:
    """OPPS Addendum B of (code, status, APC, rate)."""
    title = ["", f"Addendum B.-- OPPS Payment by HCPCS Code for CY {year}", "", "", "", "", ""]
    head = ["HCPCS Code", "Short Descriptor", " CI", " SI", " APC ", "Relative Weight"]
    cells = [[code, "OWN WORDS", "", si, apc, "", rate] for code, si, apc, rate in rows]
    return _text([title, [*head, "Payment Rate"], *cells], "\t")


def apc_rates(*rows: tuple[str, str, str], first: str = "20260101") -> bytes:
    """A list of APC rates of (APC, status, rate)."""
    cells = [[f"0{apc}", status, first, rate] for apc, status, rate in rows]
    return _text([["apc", "statusIndicator", "effectiveDate", "paymentRate"], *cells])


def addendum_aa(*rows: tuple[str, str, str, str], month: str = "July 2026") -> bytes:
    """ASC Addendum AA of (code, multiple procedure flag, payment indicator, rate)."""
    title = [f"Addendum AA -- ASC Covered Surgical Procedures for CY {month[-4:]}", *[""] * 6]
    head = ["HCPCS Code", "", "Short Descriptor", "Subject to Multiple Procedure Discounting"]
    head += [f"{month} Payment Indicator", f"{month} Payment Weight", f"{month} Payment Rate"]
    cells = [[code, "", "OWN WORDS", flag, pi, "", rate] for code, flag, pi, rate in rows]
    return _text([title, head, *cells])


def addendum_bb(*rows: tuple[str, str, str], month: str = "July 2026") -> bytes:
    """ASC Addendum BB of (code, payment indicator, rate)."""
    title = [f"Addendum BB -- ASC Covered Ancillary Services for CY {month[-4:]}", *[""] * 6]
    head = ["HCPCS Code", "", "Short Descriptor"]
    head += ["Drug and Device Pass-Through Expiration during Calendar Year"]
    head += [f"{month} Payment Indicator", f"{month} Payment Weight", f"{month} Payment Rate"]
    cells = [[code, "", "OWN WORDS", "", pi, "", rate] for code, pi, rate in rows]
    return _text([title, head, *cells])


def addendum_ee(*codes: str, year: int = 2026) -> bytes:
    """ASC Addendum EE, the excluded procedures."""
    title = [
        f"Addendum EE -- Surgical Procedures to be Excluded from Payment in ASCs for CY {year}"
    ]
    cells = [[code, "OWN WORDS"] for code in codes]
    return _text([[*title, ""], ["HCPCS Code", "Short Descriptor"], *cells])


def addendum_ff(*rows: tuple[str, str, str, str], month: str = "July 2026") -> bytes:
    """ASC Addendum FF of (code, payment indicator, APC, device portion)."""
    title = [f"Addendum FF -- ASC Device Offset Percentages for CY {month[-4:]}", *[""] * 7]
    head = ["HCPCS Code", "", "Short Descriptor", f"{month} Payment Indicator", f"{month} APC"]
    head += [f"{month} OPPS Payment Rate", f"{month} Device Offset Percentage"]
    head += [f"{month} Device Offset Amount / Device Portion"]
    cells = [[code, "", "OWN WORDS", pi, apc, "1", "0.5", off] for code, pi, apc, off in rows]
    return _text([title, head, *cells])


def asc_wages(*rows: tuple[str, str], year: int = 2026) -> bytes:
    """The ASC wage index of (area, index)."""
    cells = [[cbsa, "AN AREA", index] for cbsa, index in rows]
    return _text([["CBSA", "CBSA Name", f"WI{year % 100}"], *cells])


def code_pairs(*rows: tuple[str, str, str, str]) -> bytes:
    """Code pairs of (device, procedure, modifier of the procedure, multiplier) for 2026."""
    head = "device_hcpcs procedure_hcpcs device_modifier procedure_modifier percent_multiplier"
    cells = [[device, code, "", mod, share, "20260101", "20261231"]
             for device, code, mod, share in rows]  # fmt: skip
    return _text([[*head.split(), "effective_date", "end_date"], *cells])


def lake_of(folder: Path, *files: bytes, **named: bytes) -> Lake:
    """A lake of these files, in a new folder; tests that share it only read it.

    `named` are files whose name tells their year.
    """
    lake = Lake.create(folder / "lake")
    for name, content in [*((str(n), file) for n, file in enumerate(files)), *named.items()]:
        path = folder / f"{name}.csv"
        path.write_bytes(content)
        _commit(lake, Source(path))
    return lake


def both_ways(lake: Lake, *lines: dict[str, str]) -> list[dict[str, Any]]:
    """The lines repriced, after checking that the plain path gives the same in every word."""
    given = table(*lines)
    fast = reprice(lake, given).to_pylist()
    slow = explain_lines(lake, given.to_pylist())
    for line, one in zip(fast, slow, strict=True):
        assert (line["allowed_amount"], line["status"], line["rules"], line["reason"]) == (
            one.allowed_amount,
            one.status,
            " ".join(one.rules),
            one.reason,
        ), line
    return fast


def claims(lake: Lake, *given: list[dict[str, str]]) -> list[list[dict[str, Any]]]:
    """Claims repriced together, each apart from the others, in both ways; their lines by claim."""
    numbered = [[{**line, "claim_id": f"{n} {line.get('claim_id', '')}"} for line in lines]
                for n, lines in enumerate(given)]  # fmt: skip
    found = iter(both_ways(lake, *(line for lines in numbered for line in lines)))
    return [[next(found) for _ in lines] for lines in given]


def amounts(found: list[dict[str, Any]]) -> list[str | None]:
    """The amounts as text."""
    return [None if line["allowed_amount"] is None else str(line["allowed_amount"])
            for line in found]  # fmt: skip
