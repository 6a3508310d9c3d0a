"""What a hospital file says of itself, from the head of any layout, into the lake.

Elements and their names by version: CMS hospital price transparency data dictionaries and
their UPDATE_GUIDE (v2.x: `hospital_location`, affirmation; v3: `location_name`, attestation
with the attester's name, type 2 NPIs, allowed amounts in place of an estimate).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.hospital.values import BILLING_CLASSES, parse_date, words, yes_or_no

BAD_DATE, BAD_ATTESTATION, VERSION_DIFFERS = "F214", "F215", "F216"
HEADING_VALUE, UNEQUAL_LOCATIONS, BAD_NPI, UNKNOWN_CLASS = "F222", "F223", "F224", "F211"

LEGACY = "legacy"
"""The version of a file from before the template of 2024."""

_ONLY_V2 = frozenset({"hospital_location", "affirmation", "estimated_amount"})
_ONLY_V3 = frozenset(
    {
        "location_name",
        "type_2_npi",
        "attestation",
        "attester_name",
        "median_amount",
        "10th_percentile",
        "90th_percentile",
        "count",
    }
)
_NPI = re.compile(r"\d{10}\Z", re.ASCII)
_STATE = re.compile(r"[A-Z]{2}\Z")


class Statement(NamedTuple):
    """A text of the head: a contract provision, or the policy of financial aid (its `kind`)."""

    kind: str
    payer: str
    plan: str
    text: str


@dataclass(slots=True)
class Heading:
    """The general elements, texts as published; `elements` are the names of all that were met.

    `place` is where they stand: `row 2`, or `byte 0` for JSON, whose keys have any order.
    """

    name: str
    place: str
    hospital_name: str = ""
    last_updated_on: str = ""
    version: str = ""
    locations: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    npis: list[str] = field(default_factory=list)
    license_state: str = ""
    license_numbers: str = ""
    attested: str = ""
    attester_name: str = ""
    billing_class: str = ""
    statements: list[Statement] = field(default_factory=list)
    elements: set[str] = field(default_factory=set)
    is_legacy: bool = False

    def default_class(self, tally: Tally) -> str | None:
        """The billing class of rows that state none; one that the template lacks is counted."""
        if not self.billing_class:
            return None
        word = words(self.billing_class)
        if word not in BILLING_CLASSES:
            tally.problem(UNKNOWN_CLASS, "billing_class", self.place, self.billing_class)
        return word

    def write(self, out: LakeWriter, tally: Tally, default_class: str | None) -> Header:
        """Write the tables of the head; `UnreadableInput` where no hospital is named."""
        publisher = self._publisher(tally)
        out.add(
            "hospitals",
            hospital_name=publisher,
            license_state=self._state(tally),
            license_numbers=self.license_numbers or None,
            attested=self._attested(tally),
            attester_name=self.attester_name or None,
            billing_class=default_class,
        )
        self._write_locations(out, tally)
        self._write_npis(out, tally)
        self._write_statements(out)
        published_on = parse_date(self.last_updated_on)
        if published_on is None:
            tally.problem(BAD_DATE, "last_updated_on", self.place, self.last_updated_on)
        return Header(
            publisher=publisher,
            declared_version=self.version or None,
            detected_version=self._detected(tally),
            published_on=published_on,
        )

    def _publisher(self, tally: Tally) -> str:
        if self.hospital_name:
            return self.hospital_name
        if not self.locations:
            raise UnreadableInput(
                f"{self.name}: the file does not name its hospital",
                place=self.place,
                expected="a value for hospital_name",
                todo="ask the hospital for a file with its general data elements",
            )
        tally.problem(HEADING_VALUE, "hospital_name", self.place, self.locations[0])
        return self.locations[0]

    def _state(self, tally: Tally) -> str | None:
        state = self.license_state.upper()
        if _STATE.match(state):
            return state
        tally.problem(HEADING_VALUE, "license_number state", self.place, self.license_state)
        return None

    def _attested(self, tally: Tally) -> bool | None:
        attested = yes_or_no(self.attested)
        if attested is not True:
            tally.problem(BAD_ATTESTATION, "attestation", self.place, self.attested)
        return attested

    def _write_locations(self, out: LakeWriter, tally: Tally) -> None:
        if len(self.locations) != len(self.addresses):
            found = f"{len(self.locations)} locations, {len(self.addresses)} addresses"
            tally.problem(UNEQUAL_LOCATIONS, "location_name", self.place, found)
        pairs = zip_longest(self.locations, self.addresses)
        for position, (location, address) in enumerate(pairs):
            out.add(
                "hospital_locations", position=position, location_name=location, address=address
            )

    def _write_npis(self, out: LakeWriter, tally: Tally) -> None:
        for npi in dict.fromkeys(self.npis):
            if not _NPI.match(npi):
                tally.problem(BAD_NPI, "type_2_npi", self.place, npi)
            out.add("hospital_npis", npi=npi)

    def _write_statements(self, out: LakeWriter) -> None:
        for position, said in enumerate(self.statements):
            out.add(
                "hospital_statements",
                position=position,
                kind=said.kind,
                payer_name=said.payer or None,
                plan_name=said.plan or None,
                text=said.text,
            )

    def _detected(self, tally: Tally) -> str | None:
        if self.is_legacy:
            return LEGACY
        detected = detect_version(self.elements)
        if detected and self.version.split(".")[0] != detected:
            sample = f"declared {self.version or 'nothing'}, has the elements of {detected}"
            tally.problem(VERSION_DIFFERS, "version", self.place, sample)
        return detected


def detect_version(elements: set[str]) -> str | None:
    """The major version whose own elements a file has more of; None where that is undecided.

    The minor versions of 2 share their elements, so they cannot be told apart.

    >>> detect_version({"location_name", "count", "estimated_amount"}), detect_version(set())
    ('3', None)
    """
    older, newer = len(elements & _ONLY_V2), len(elements & _ONLY_V3)
    if older == newer:
        return None
    return "3" if newer > older else "2"
