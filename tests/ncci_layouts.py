"""Small files in the layouts of NCCI, made for tests; no edit of them is CMS's."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

# As CMS saves its worksheet: a notice, a title, and a header over four lines; six lines in all.
_PREAMBLE = (
    ("CPT codes only are copyright, and a notice\nover two lines",),
    ("Column 1/Column 2 Edits",),
    ("Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier",
     "PTP Edit Rationale"),
    ("", "", "prior to 1996", "Date", "Date", "0=not allowed", ""),
    ("", "", "", "", "*=no data", "1=allowed", ""),
    ("", "", "", "", "", "9=not applicable", ""),
)  # fmt: skip
_MUE_NAMES = {
    "practitioner": "Practitioner Services MUE Values",
    "outpatient": "Outpatient Hospital Services MUE Values",
    "dme": "DME Supplier Services MUE Values",
}


def ptp(*edits: Iterable[str], delimiter: str = "\t", preamble: bool = True) -> bytes:
    """PTP edits as published: column 1, column 2, pre-1996, effective, deletion, indicator, why."""
    head = [[*line, *[""] * (7 - len(line))] for line in _PREAMBLE] if preamble else []
    return _written([*head, *edits], delimiter)


def ptp_copy(*edits: Iterable[str]) -> bytes:
    """PTP edits as the copies have them: column 1, column 2, indicator, rationale."""
    return _written([("column1", "column2", "modifier", "rationale"), *edits], ",")


def mue(*rows: Iterable[str], setting: str = "practitioner") -> bytes:
    """MUE as published: a notice over several lines, a header whose first name is over two."""
    head = [
        ("CPT codes only are copyright.\n\nNo fee schedules, relative\nvalue units.", "", "", ""),
        ("HCPCS/\nCPT Code", _MUE_NAMES[setting], "MUE Adjudication Indicator", "MUE Rationale"),
    ]
    return _written([*head, *rows], ",").replace(b"copyright.", b"copyright\xae.")


def add_ons(*rows: Iterable[str]) -> bytes:
    """Add-on codes as published: type, add-on, its end, primary, its end, from, until, note."""
    head = [
        ["CPT codes only are copyright", *[""] * 7],
        ["AOC_Edit_Type", "Add-On_Code", "AOC_DelDT", "Primary_Code", "Primary_Code_DelDT",
         "AOC_Edit_EffDT", "AOC_Edit_DelDT", "Special_Instruction_Notes"],
    ]  # fmt: skip
    return _written([*head, *rows], "\t")


def _written(rows: Iterable[Iterable[str]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
