"""What the check reads of a claim line, and the columns it adds."""

from __future__ import annotations

from typing import Final

ADDED: Final = (
    "allowed_amount",
    "status",
    "rules",
    "reason",
    "other_line",
    "correction",
    "carc",
    "rarc",
    "not_assessed",
    "amount_reason",
)
"""Columns that the check adds; a file that has one of them already is refused."""
ASSISTANTS: Final = ("80", "81", "82", "AS")
ROLES: Final = (*ASSISTANTS, "62", "66")
REPEATS: Final = ("76", "77", "91")
GLOBALS: Final = ("000", "010", "090")
NO_PRACTITIONER: Final = (
    " No npi is stated: this holds where one practitioner, or one group, did both."
)
STATUS_CASES: Final = {
    "B": "status-bundled",
    "P": "status-bundled",
    "N": "status-not-covered",
    "E": "status-elsewhere",
    "X": "status-elsewhere",
    "D": "status-deleted",
    "F": "status-deleted",
    "H": "status-deleted",
    "G": "status-other-code",
    "I": "status-other-code",
    "M": "status-reporting",
    "Q": "status-reporting",
}
"""The case of each status code that is not payable; the others are paid or priced elsewhere."""
