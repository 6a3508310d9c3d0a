"""Hospital files made wrong by chance, from seeds: CSV tall and wide, and JSON.

A mutation changes cells, headers, rows or values of a file that is good, in the ways that real
files are wrong. Where it matters to a rule it hits more often than chance would.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import random
from typing import Any

VALUES = (
    "", "", "", " ", "0", "-5", "$1,200.00", "1,200", "N/A", "12.", ".5", "0.705", "70.5", "1e3",
    "other", "OTHER", " case rate ", "case-rate", "per diem", "1 through 10", "1 THROUGH 10", "7",
    "10", "11", "100", "999999999", "999999999.0", "NDC", "ndc", "CMG", "CPT", "RC", "BAD TYPE",
    "both", "Inpatient", "office", "GR", "gr", "XX", "25", "text", "FALSE", "true", "2/30/2024",
    "4/1/2026", "2026-04-01", "3.0.0", "3.0.1", "2.0.0", "2.2.0",
)  # fmt: skip
_HEADERS = (
    "", "code|[i]", "standard_charge|[payer_name]|[plan_name]|negotiated_dollar", "note to self",
    "code|3", "code|2|type", "payer_name", "estimated_amount", "license_number|XX", "count",
)  # fmt: skip
_SCALARS = (
    None, True, False, 0, -1, 0.5, 0.705, 12, 999999999, "", " ", "x", "other", "0", "7", "11",
    "NDC", "CMG", "both", "999999999", "1 through 10", "2024-02-30", "2026-04-01", "3.0.1", [], {},
    [""], ["x"], [None],
)  # fmt: skip

Table = list[list[str]]


def mutated_csv(data: bytes, seed: int) -> bytes:
    """One to four changes of a CSV."""
    chance = random.Random(seed)
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"), newline="")))
    for _ in range(chance.randint(1, 4)):
        _change_table(table, chance)
    text = io.StringIO()
    ends = chance.choice(("\n", "\r\n"))
    csv.writer(text, lineterminator=ends).writerows(table)
    return text.getvalue().encode("utf-8-sig" if chance.random() < 0.3 else "utf-8")


def _change_table(table: Table, chance: random.Random) -> None:
    kind = chance.random()
    if kind < 0.72 and len(table) > 3:
        row = table[chance.randrange(3, len(table))]
        _change_row(row, table[2], chance)
    elif kind < 0.78 and len(table) > 3:
        at = chance.randrange(3, len(table))
        table[at : at + 1] = chance.choice(([], [table[at]] * 2, [[]], [[""] * 4, table[at]]))
    elif kind < 0.82 and len(table) > 1 and table[1]:
        table[1][chance.randrange(min(len(table[1]), 10))] = chance.choice(VALUES)
    elif kind < 0.90 and len(table) > 2:
        _change_header(table, chance)
    elif kind < 0.93 and len(table) > 3:
        row = chance.choice(table[3:])
        row[:] = row[: chance.randrange(len(row) + 1)] if chance.random() < 0.7 else [*row, "", "x"]
    elif kind < 0.95:
        del table[3:]
    elif kind < 0.97:
        table[chance.choice((0, 2)) if len(table) > 2 else 0] = chance.choice(([], ["", ""]))


def _change_row(row: list[str], header: list[str], chance: random.Random) -> None:
    names = [name.partition("|")[0] for name in header]
    if chance.random() < 0.25:
        # What then stands alone is what conditions ask about.
        kept = chance.choice((("description", "modifiers"), ("description", "code", "setting")))
        for at, name in enumerate(names[: len(row)]):
            row[at] = ("80" if name == "modifiers" else row[at]) if name in kept else ""
    for _ in range(chance.randint(1, 4)):
        if row:
            at = chance.randrange(len(row))
            name = header[at].rpartition("|")[2] if at < len(header) else ""
            row[at] = chance.choice(_LIKELY.get(name, VALUES) if chance.random() < 0.6 else VALUES)


_LIKELY = {
    "count": ("0", "0", "", "1 through 10", "12"),
    "methodology": ("other", "", "per diem"),
    "additional_generic_notes": ("", "see the contract"),
    "negotiated_dollar": ("", "1200.50"),
    "negotiated_percentage": ("", "70.5"),
    "negotiated_algorithm": ("", "see the contract"),
    "type": ("NDC", "CPT", ""),
    "modifiers": ("80", ""),
}


def _change_header(table: Table, chance: random.Random) -> None:
    header = table[chance.choice((0, 2, 2))]
    if not header:
        return
    at = chance.randrange(len(header))
    kind = chance.random()
    if kind < 0.4:
        header[at] = header[at].upper().replace("|", " | ")
    elif kind < 0.6:
        header[at] = chance.choice(_HEADERS)
    elif kind < 0.8:
        header[at] = chance.choice(header)
    elif header is table[2]:
        for row in table[2:]:
            del row[at : at + 1]


def mutated_json(data: bytes, seed: int) -> bytes:
    """One to four changes of a JSON document, or once in a while a broken one."""
    chance = random.Random(seed)
    document = json.loads(data.decode("utf-8-sig"))
    for _ in range(chance.randint(1, 4)):
        _change_value(document, chance)
    written = json.dumps(document).encode()
    if chance.random() < 0.03:
        at = chance.randrange(len(written) // 2, len(written))
        written = written[:at] if chance.random() < 0.5 else written[:at] + b',,"' + written[at:]
    return written


def _change_value(document: Any, chance: random.Random) -> None:
    holder = document
    # Down to an object or array at a depth of choice; deeper ones hold more of the conditions.
    for _ in range(chance.choice((0, 1, 2, 3, 4, 5, 6, 6, 6))):
        inner = [v for v in _members(holder) if isinstance(v, dict | list) and v]
        if not inner:
            break
        holder = chance.choice(inner)
    if isinstance(holder, dict) and holder:
        key = chance.choice(list(holder))
        if chance.random() < 0.45:
            del holder[key]
        elif chance.random() < 0.15:
            holder[chance.choice(_NEW_KEYS)] = copy.deepcopy(chance.choice(_SCALARS))
        else:
            holder[key] = copy.deepcopy(chance.choice(_SCALARS))
    elif isinstance(holder, list) and holder:
        at = chance.randrange(len(holder))
        if chance.random() < 0.3:
            del holder[at]
        else:
            holder[at] = copy.deepcopy(chance.choice(_SCALARS))


_NEW_KEYS = (
    "estimated_amount", "count", "drug_information", "modifier_code", "median_amount", "note",
    "additional_payer_notes", "standard_charge_algorithm", "modifier_information", "setting",
)  # fmt: skip


def _members(holder: Any) -> list[Any]:
    return list(holder.values()) if isinstance(holder, dict) else list(holder)
