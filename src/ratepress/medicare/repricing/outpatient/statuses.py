"""What each OPPS status indicator asks for. Rule P40.

Source: OPPS Addendum D1, "OPPS payment status indicators", and 42 CFR 419.2.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Treatment(msgspec.Struct, frozen=True):
    """How lines of a status are paid: `kind`, and why there is no amount where there is none.

    Kinds: `comprehensive`, `visit`, `service`, `discounted`, `conditional`, `composite`,
    `product` (never wage adjusted), `packaged`, `none`.
    """

    status: str
    kind: str
    why_not: str = ""
    outside_comprehensive: bool = False
    """Not part of a comprehensive payment: paid, or not paid, as if that were not on the claim."""


_UNPAID = {
    "A": "paid under another fee schedule or payment system",
    "B": "not recognised by OPPS on a hospital's outpatient bill",
    "C": "an inpatient procedure, not paid under OPPS",
    "D": "a discontinued code",
    "E1": "not paid by Medicare on outpatient claims",
    "E2": "without pricing information or claims data, not paid by Medicare",
    "F": "paid at reasonable cost",
    "H": "a pass-through device, paid by the hospital's charge adjusted to cost",
    "H1": "a device for pain relief, paid by the hospital's charge adjusted to cost",
    "K1": "a drug for pain relief, whose payment limit is not modelled",
    "L": "a vaccine or similar, paid at reasonable cost",
    "M": "not billable to the contractor",
    "P": "partial hospitalization, paid by the day and the number of services",
    "Y": "equipment billed to the equipment contractor",
}

TREATMENTS: Final = {
    one.status: one
    for one in (
        Treatment("J1", "comprehensive"),
        Treatment("J2", "visit"),
        Treatment("V", "visit"),
        Treatment("S", "service"),
        Treatment("T", "discounted"),
        Treatment("Q1", "conditional"),
        Treatment("Q2", "conditional"),
        Treatment("Q4", "conditional"),
        Treatment("Q3", "composite"),
        Treatment("G", "product", outside_comprehensive=True),
        Treatment("K", "product"),
        Treatment("R", "product"),
        Treatment("U", "product", outside_comprehensive=True),
        Treatment("N", "packaged"),
        *(
            Treatment(status, "none", why, outside_comprehensive=True)
            for status, why in _UNPAID.items()
        ),
    )
}
"""By status indicator. An indicator that is not here has no amount."""

NEW_TECHNOLOGY: Final = ((1491, 1599), (1901, 1908))
"""APCs of new technology, first and last: paid beside a comprehensive payment (since 2019)."""
DRUG_ADMINISTRATION: Final = ("5691", "5692", "5693", "5694")
"""APCs that rule P49 names, paid less in excepted departments off the campus from 2026."""
BESIDE_CRITICAL_CARE: Final = ("5521", "5781", "5801")
"""APCs of status Q3 services that are part of critical care: chest films, pacing, ventilation."""
FAMILIES: Final = {
    "ultrasound": (("76604", "76999"),),
    "CT": (
        ("0633T", "0638T"),
        ("70450", "70498"),
        ("71250", "71275"),
        ("72125", "72133"),
        ("72191", "72194"),
        ("73200", "73206"),
        ("73700", "73706"),
        ("74150", "74178"),
        ("74261", "74263"),
        ("75635", "75635"),
    ),
    "MRI": (
        ("0609T", "0612T"),
        ("70336", "70336"),
        ("70540", "70559"),
        ("71550", "71555"),
        ("72141", "72159"),
        ("72195", "72198"),
        ("73218", "73225"),
        ("73718", "73725"),
        ("74181", "74185"),
        ("75557", "75565"),
        ("76391", "76391"),
        ("77046", "77049"),
        ("C8900", "C8936"),
        ("C9762", "C9763"),
    ),
}
"""The imaging families of composite payment: first and last code of each block. A code is a member
where its status is Q3. Source: OPPS final rules, imaging families and composite APCs."""
COMPOSITES: Final = {
    ("ultrasound", False): "8004",
    ("CT", False): "8005",
    ("CT", True): "8006",
    ("MRI", False): "8007",
    ("MRI", True): "8008",
}
"""Composite APC by family, and whether a service with contrast (APC 557x) is among them."""
OBSERVATION: Final = "G0378"
DIRECT_REFERRAL: Final = "G0379"
OBSERVATION_APC: Final = "8011"
CRITICAL_CARE: Final = "99291"
DISTINCT: Final = ("59", "XE", "XP", "XS", "XU")
"""Modifiers of a service apart from the others of the day."""
CLINIC_VISIT: Final = "G0463"
