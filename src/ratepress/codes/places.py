"""Places of service, and whether Medicare's physician fee schedule pays them as a facility.

Sources: Medicare Claims Processing Manual, chapter 26, section 10.5 (the set, with the rate of each
place) and chapter 12, section 20.4.2 (the places paid at the facility rate). Labels are our own.
`places.csv` stands beside this file.

Decided where the sources leave a choice:

- 24 (surgical center) is a facility for every procedure, on Medicare's list of them or not, as
  section 20.4.2 has it since 2008. 31 is one because its patients are in a Part A stay; 32 is not.
- Telehealth: 02 pays the facility rate. 10 pays the other one since 2024; in 2022 and 2023 Medicare
  asked for the place of a visit in person instead, so no earlier rate exists (transmittal 12671).
- 05 to 08 (Indian Health Service, tribes) are in the set, but Medicare decides no claim by them and
  the manual gives them no rate, so the site is `any`.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from importlib import resources
from typing import ClassVar, Literal, NamedTuple, cast

from ratepress.codes.base import Code, pad

ALL_PLACES = "CSTM-00"
"""What payer files write for every place of service."""

Site = Literal["facility", "nonfacility", "any"]


class Place(NamedTuple):
    """A place of service: two digits, our label, its site, and from when it has that rate.

    `since` is None where the rate is older than any release that is read here (2020 and later).
    """

    code: str
    label: str
    site: Site
    since: date | None = None


def _load() -> dict[str, Place]:
    text = (resources.files("ratepress.codes") / "places.csv").read_text("utf-8")
    return {row["code"]: _place(row) for row in csv.DictReader(text.splitlines())}


def _place(row: dict[str, str]) -> Place:
    since = date.fromisoformat(row["since"]) if row["since"] else None
    return Place(row["code"], row["label"], cast("Site", row["site"]), since)


PLACES: dict[str, Place] = _load()
"""Every place of service by code."""


class PlaceOfService(Code):
    """Place of service of a professional claim: two digits.

    >>> PlaceOfService.parse("2").explain()
    "Place of service 02 is telehealth outside the patient's home, paid at the facility rate."
    """

    system: ClassVar[str] = "pos"
    title: ClassVar[str] = "place of service"
    form: ClassVar[str] = "two digits: 11, 22"
    pattern: ClassVar[re.Pattern[str]] = re.compile(r"[0-9]{2}", re.VERBOSE)

    @classmethod
    def normalise(cls, text: str) -> str | None:
        """Two digits, a leading zero put back.

        >>> PlaceOfService.normalise("2"), PlaceOfService.normalise("CSTM-00")
        ('02', None)
        """
        return pad(text, 2)

    def explain(self) -> str:
        """What the place is and which rate Medicare's physician fee schedule pays there."""
        place = PLACES.get(self.code)
        if place is None:
            return f"Place of service {self.code} is not on Medicare's list."
        label = place.label[0].lower() + place.label[1:] if place.code in _COMMON else place.label
        return f"Place of service {self.code} is {label}, {_RATES[place.site]}."


_RATES: dict[Site, str] = {
    "facility": "paid at the facility rate",
    "nonfacility": "paid at the non-facility rate",
    "any": "for which Medicare has no rate",
}
# Labels that begin with a name keep their capital inside a sentence.
_COMMON = frozenset(PLACES) - {"05", "06"}


def site_of(place: str) -> Site | None:
    """`facility`, `nonfacility`, or `any` for CSTM-00; None for a place that the list has not.

    >>> site_of("22"), site_of("11"), site_of("CSTM-00"), site_of("98")
    ('facility', 'nonfacility', 'any', None)
    """
    if place.strip().upper() == ALL_PLACES:
        return "any"
    found = PLACES.get(PlaceOfService.normalise(place) or "")
    return found.site if found else None
