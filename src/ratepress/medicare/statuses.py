"""Status codes of the fee schedule: which rows are priced by relative value, and why others not.

From "Status code" in the record layout of the relative value file, in our own words. Rule P03.
"""

from __future__ import annotations

import msgspec

PRICED = frozenset("ART")
_NOTHING = "none: Medicare makes no separate payment for it"


class Status(msgspec.Struct, frozen=True):
    """What a status code means. `why_unpriced` and `filled_by` are empty where it is priced."""

    code: str
    label: str
    why_unpriced: str = ""
    filled_by: str = ""


STATUSES = {
    status.code: status
    for status in (
        Status("A", "active: paid separately by relative value, where covered"),
        Status(
            "B",
            "bundled",
            "its payment is always part of the payment for another service",
            _NOTHING,
        ),
        Status(
            "C",
            "priced by the contractor",
            "the Medicare contractor prices it case by case; there is no national amount",
            "the fee of the Medicare contractor (MAC) of the locality",
        ),
        Status("D", "deleted", "the code was deleted at the start of the year", "another code"),
        Status(
            "E",
            "excluded by regulation",
            "the fee schedule has no amount for it",
            "the system that pays for it: ASP files of drugs, the DMEPOS schedule of equipment",
        ),
        Status("F", "deleted", "the code was discontinued", "another code"),
        Status("G", "not valid for Medicare", "Medicare wants another code for it", "that code"),
        Status("H", "deleted component", "its 26 or TC row was deleted", "the code without it"),
        Status("I", "not valid for Medicare", "Medicare wants another code for it", "that code"),
        Status(
            "J",
            "anesthesia",
            "anesthesia is paid by base units and time, not by relative value",
            "the anesthesia conversion factors and base units",
        ),
        Status("M", "measurement", "it reports a measure and is never paid", _NOTHING),
        Status("N", "not covered", "Medicare does not cover the service", _NOTHING),
        Status(
            "P",
            "bundled or excluded",
            "it is part of a physician's service, or paid outside the fee schedule",
            "the payment system that covers it, where it is no part of a physician's service",
        ),
        Status(
            "Q",
            "therapy functional reporting",
            "it reports a therapy outcome and is never paid",
            _NOTHING,
        ),
        Status("R", "restricted coverage: paid only under special coverage instructions"),
        Status("T", "paid only where nothing else of the schedule is billed for the day"),
        Status(
            "X",
            "excluded by statute",
            "it is no physician service by statute, so the fee schedule does not price it",
            "the payment system that covers it, such as the laboratory or ambulance fee schedule",
        ),
    )
}
"""Every status code of the record layout."""


def status(code: str) -> Status:
    """What a status code means; one that the layout does not have is said to be unknown.

    >>> status("C").label
    'priced by the contractor'
    """
    unknown = Status(
        code,
        "unknown",
        f"its status code {code!r} is not in the record layout",
        "the record layout of the release",
    )
    return STATUSES.get(code, unknown)
