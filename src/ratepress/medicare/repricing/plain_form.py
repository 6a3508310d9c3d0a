"""The form that all types of claim line share, read in Python. Rule P15.

The beginning of the slow path, written from the rule; `sql/20_forms.sql` is the fast twin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from ratepress.medicare.repricing import form
from ratepress.medicare.repricing.explained import Refused


class Form(msgspec.Struct, frozen=True):
    """A line whose form can be read; what only one type of claim reads is still text."""

    line_no: int
    claim_type: str
    claim_id: str
    on: date
    code: str
    modifiers: tuple[str, ...]
    modifiers_text: str
    units: int
    pos: str
    charge: Decimal | None
    is_qp: bool
    is_nonparticipating: bool
    cell: dict[str, str]
    """Every column of the form by name, stripped."""


def read_form(line_no: int, line: Mapping[str, str | None]) -> Form | Refused:
    """A line as the form has it, or rule P15 and the first thing that is wrong with it.

    >>> read_form(0, {"claim_type": "dental"})
    ('P15', 'claim_type is none: dental')
    """
    cell = {name: (line.get(name) or "").strip() for name in (*form.REQUIRED, *form.OPTIONAL)}
    kind = cell["claim_type"].lower() or "professional"
    code, charge = cell["code"].upper(), cell["charge"]
    modifiers = tuple(dict.fromkeys(cell["modifiers"].upper().split()))
    malformed = next((m for m in modifiers if not re.fullmatch("[A-Z0-9]{2}", m)), None)
    on = _date(cell["date"])
    checks = (
        (kind in form.CLAIM_TYPES, f"claim_type is none: {kind}"),
        (cell["claim_id"], "claim_id is empty"),
        (on, "date is no year-month-day"),
        (
            kind == "inpatient" or re.fullmatch("[A-Z0-9]{5}", code),
            "code has not five letters or digits",
        ),
        (
            re.fullmatch(r"[0-9]{1,4}(\.0{1,4})?", cell["units"]) and float(cell["units"]),
            "units is no whole number from 1 to 9999",
        ),
        (
            re.fullmatch(r"([0-9]{1,9}(\.[0-9]{1,2})?)?", charge),
            "charge is no amount in dollars and cents",
        ),
        (cell["qp"].lower() in ("", *form.YES, *form.NO), "qp is neither yes nor no"),
        (
            cell["participating"].lower() in ("", *form.YES, *form.NO),
            "participating is neither yes nor no",
        ),
        (malformed is None, f"a modifier has two letters or digits: {malformed}"),
    )
    problem = next((why for is_good, why in checks if not is_good), None)
    if problem is not None or on is None:
        return "P15", problem or ""
    return Form(
        line_no,
        kind,
        cell["claim_id"],
        on,
        code,
        modifiers,
        line.get("modifiers") or "",
        int(cell["units"].split(".")[0]),
        cell["pos"].rjust(2, "0"),
        Decimal(charge) if charge else None,
        cell["qp"].lower() in form.YES,
        cell["participating"].lower() in form.NO,
        cell,
    )


def _date(text: str) -> date | None:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
