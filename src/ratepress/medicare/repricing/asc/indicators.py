"""What each ASC payment indicator asks for. Rule P50.

Source: ASC Addendum DD1, "ASC payment indicators", and 42 CFR 416.164 and 416.171.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Treatment(msgspec.Struct, frozen=True):
    """How lines of an indicator are paid: `kind`, and why there is no amount where there is none.

    Kinds: `procedure` (surgical), `service` (ancillary), `product` (never wage adjusted),
    `packaged`, `none`.
    """

    indicator: str
    kind: str
    why_not: str = ""


_UNPAID = {
    "B5": "not recognised in an ASC; another code may be available",
    "C5": "an inpatient procedure",
    "D5": "a deleted or discontinued code",
    "E5": "excluded from payment in an ASC",
    "F4": "corneal tissue or a vaccine, paid at reasonable cost",
    "J7": "a pass-through device, priced by the contractor",
    "K5": "without pricing information or claims data",
    "K7": "an unclassified drug, priced by the contractor",
    "L6": "an intraocular lens of new technology, paid specially",
    "M5": "not paid under the ASC system",
    "M6": "not paid under the ASC system",
    "U5": "paid to others, not to an ASC",
    "X5": "unsafe in an ASC, or usually with an overnight stay",
    "Y5": "not a surgical service of an ASC",
}

TREATMENTS: Final = {
    one.indicator: one
    for one in (
        *(Treatment(pi, "procedure") for pi in ("A2", "D2", "G2", "H8", "J8", "P2", "P3", "R2")),
        Treatment("Z2", "service"),
        Treatment("Z3", "service"),
        Treatment("H2", "product"),
        Treatment("K2", "product"),
        Treatment("S2", "product"),
        Treatment("D1", "packaged"),
        Treatment("L1", "packaged"),
        Treatment("N1", "packaged"),
        *(Treatment(pi, "none", why) for pi, why in _UNPAID.items()),
    )
}
"""By payment indicator. An indicator that is not here has no amount."""

DEVICE_INTENSIVE: Final = "J8"
"""Procedures whose rate has a device portion that rules P54 and P55 take off."""
