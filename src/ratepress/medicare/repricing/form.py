"""The form of a file of claim lines, and the words that its columns may hold. Rule P15."""

from __future__ import annotations

from typing import Final

REQUIRED: Final = ("claim_id", "date", "code", "modifiers", "units", "pos")
OPTIONAL: Final = (
    "claim_type",
    "locality",
    "zip",
    "cbsa",
    "ccn",
    "drg",
    "patient",
    "npi",
    "provider_type",
    "diagnoses",
    "minutes",
    "charge",
    "qp",
    "participating",
)
"""Optional columns that a price depends on. Any other column comes back as it is."""
ADDED: Final = ("allowed_amount", "status", "rules", "reason")
"""Columns that repricing adds; a file that has one of them already is refused."""

CLAIM_TYPES: Final = ("professional", "outpatient", "asc", "inpatient")
"""The first is what an empty cell means."""

COMPONENTS: Final = ("26", "TC", "53")
ASSISTANTS: Final = ("80", "81", "82", "AS")
PRACTITIONERS: Final = ("NP", "PA", "CNS")
YES: Final = ("1", "y", "yes", "true")
NO: Final = ("0", "n", "no", "false")

# fmt: off
WITHOUT_EFFECT: Final = (
    "23", "24", "25", "27", "33", "51", "57", "58", "59", "76", "77", "79", "90", "91", "93",
    "95", "AQ", "AR", "E1", "E2", "E3", "E4", "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7",
    "F8", "F9", "G8", "G9", "GC", "GN", "GO", "GP", "GT", "KX", "LC", "LD", "LM", "P1", "P2",
    "P3", "P4", "P5", "P6", "PT", "QS", "QW", "RC", "RI", "TA", "T1", "T2", "T3", "T4", "T5",
    "T6", "T7", "T8", "T9", "XE", "XP", "XS", "XU",
)
# fmt: on
"""Modifiers that say where, when or by whom, and leave the fee schedule amount as it is; a bonus
(AQ, AR) is paid apart, and 33 and PT change the patient's share alone."""
WITH_EFFECT: Final = (*COMPONENTS, "50", "RT", "LT", "52", "73", "74", *ASSISTANTS, "62", "66")
PACKAGE: Final = ("54", "55", "56", "78")
THERAPY_ASSISTANTS: Final = ("CQ", "CO")
EQUIPMENT: Final = ("FX", "FY", "CT")
"""Film, computed radiography, computed tomography below the standard: rule P90."""
OF_LINES: Final = (
    *PACKAGE, *THERAPY_ASSISTANTS, *EQUIPMENT, "22", "AA", "AD", "QK", "QX", "QY", "QZ",
)  # fmt: skip
"""Modifiers that a line may have besides, with an effect of their own."""

FACILITY_WITHOUT_EFFECT: Final = (
    *WITHOUT_EFFECT, "33", "74", "78", "90", "91", "ER", "JW", "JZ", "PT", "QW", "SG", "TB",
)  # fmt: skip
"""Modifiers that leave the rate of a hospital outpatient department or surgical center as it is."""
OUTPATIENT_WITH_EFFECT: Final = ("50", "RT", "LT", "52", "73", "PN", "PO")
ASC_WITH_EFFECT: Final = ("50", "RT", "LT", "52", "73", "FB", "FC")
