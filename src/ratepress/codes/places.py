"""Places of service, and whether Medicare's physician fee schedule pays them as a facility.

Source: Medicare Claims Processing Manual, chapter 26, section 10.5 (the place of service set and
its facility rates). Labels are our own. `places.csv` stands beside this file.
"""

from __future__ import annotations

import csv
from importlib import resources
from typing import NamedTuple

ALL_PLACES = "CSTM-00"


class Place(NamedTuple):
    """A place of service: two digits, our label, `facility` or `nonfacility`."""

    code: str
    label: str
    site: str


def _load() -> dict[str, Place]:
    text = (resources.files("ratepress.codes") / "places.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: Place(row["code"], row["label"], row["site"]) for row in rows}


PLACES: dict[str, Place] = _load()
"""Every place of service by code."""


def site_of(place: str) -> str:
    """`facility`, `nonfacility`, or `any` for CSTM-00 and for places that the list has not.

    >>> site_of("22"), site_of("11"), site_of("CSTM-00")
    ('facility', 'nonfacility', 'any')
    """
    found = PLACES.get(place)
    return found.site if found else "any"
