"""The CMS templates by version: which columns and values each allows, and which rules hold.

Source: CMS hospital price transparency data dictionaries and JSON schemas v2.0.0 to v3.0.0, and
the lists of the CMS validator. A rule says in its record from and until which version it holds.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from ratepress.core.rules import registry

Version = tuple[int, int, int]
PUBLISHED: tuple[Version, ...] = ((2, 0, 0), (2, 1, 0), (2, 2, 0), (2, 2, 1), (3, 0, 0))
V2_1, V2_2, V3 = (2, 1, 0), (2, 2, 0), (3, 0, 0)

# CSV files of every 2.x declare 2.0.0, so only their date says which conditions were in force.
_FROM = ((date(2026, 1, 1), V3), (date(2025, 1, 1), V2_2), (date(2024, 7, 1), V2_1))
_NUMBER = re.compile(r"v?(\d{1,2})(?:\.(\d{1,2}))?(?:\.(\d{1,2}))?\Z", re.ASCII)

AFFIRMATION = (
    "To the best of its knowledge and belief, the hospital has included all applicable standard "
    "charge information in accordance with the requirements of 45 CFR 180.50, and the information "
    "encoded is true, accurate, and complete as of the date indicated."
)
ATTESTATION = (
    "To the best of its knowledge and belief, this hospital has included all applicable standard "
    "charge information in accordance with the requirements of 45 CFR 180.50, and the information "
    "encoded is true, accurate, and complete as of the date in the file. This hospital has "
    "included all payer-specific negotiated charges in dollars that can be expressed as a dollar "
    "amount. For payer-specific negotiated charges that cannot be expressed as a dollar amount in "
    "the machine-readable file or not knowable in advance, the hospital attests that the "
    "payer-specific negotiated charge is based on a contractual algorithm, percentage or formula "
    "that precludes the provision of a dollar amount and has provided all necessary information "
    "available to the hospital for the public to be able to derive the dollar amount, including, "
    "but not limited to, the specific fee schedule or components referenced in such percentage, "
    "algorithm or formula."
)
_CODE_TYPES = (
    "CPT", "HCPCS", "ICD", "DRG", "MS-DRG", "R-DRG", "S-DRG", "APS-DRG", "AP-DRG", "APR-DRG",
    "TRIS-DRG", "APC", "NDC", "HIPPS", "LOCAL", "EAPG", "CDT", "RC", "CDM",
)  # fmt: skip
STATES = frozenset(
    {
        "AL", "AK", "AS", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "GU", "HI", "ID",
        "IL", "IN", "IA", "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE",
        "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "MP", "OH", "OK", "OR", "PA", "PR", "RI", "SC",
        "SD", "TN", "TX", "UT", "VT", "VI", "VA", "WA", "WV", "WI", "WY",
    }
)  # fmt: skip
# The freely associated states stand in the list of the JSON schemas alone.
STATES_OF_JSON = STATES | {"FM", "MH", "PW"}


def code_types(version: Version) -> tuple[str, ...]:
    """The types of codes that a version allows.

    >>> "CMG" in code_types((2, 2, 1)), "CMG" in code_types((3, 0, 0))
    (False, True)
    """
    return (*_CODE_TYPES, "CMG", "MS-LTC-DRG") if version >= V3 else _CODE_TYPES


def parse_version(text: str | None) -> Version | None:
    """A version as a file states it; None where it is none of 2 and 3.

    >>> parse_version("2.0"), parse_version("v3.0.1"), parse_version("July"), parse_version("1.0")
    ((2, 0, 0), (3, 0, 1), None, None)
    """
    found = _NUMBER.match((text or "").strip())
    if found is None or found[1] not in {"2", "3"}:
        return None
    return int(found[1]), int(found[2] or 0), int(found[3] or 0)


def published(text: str | None) -> Version | None:
    """The template of exactly that number; None where CMS never published one.

    >>> published("2.2.1"), published("3.0"), published("3.0.1")
    ((2, 2, 1), (3, 0, 0), None)
    """
    version = parse_version(text)
    return version if version in PUBLISHED else None


def template_of(declared: str | None, detected: str | None, dated: date | None) -> Version:
    """The template to hold a file to, from what it declares, its elements, and its date.

    `detected` is the major version whose elements the file has. A declared 2.0 stands for any 2
    and is told apart by the date; a number between two templates is the older one.

    >>> template_of("2.0.0", "2", date(2025, 3, 1)), template_of("3.0.1", "3", None)
    ((2, 2, 0), (3, 0, 0))
    >>> template_of("2.0.0", "3", None), template_of("July", None, date(2024, 8, 1))
    ((3, 0, 0), (2, 1, 0))
    """
    stated = parse_version(declared)
    in_force = next((v for start, v in _FROM if dated and dated >= start), PUBLISHED[0])
    major = detected or (str(stated[0]) if stated else None)
    if major == "3" or (major is None and in_force == V3):
        return V3
    if stated is not None and V2_1 <= stated < V3:
        return max(version for version in PUBLISHED if version <= stated)
    return min(in_force, V2_2)


def expected_versions(version: Version, *, is_json: bool) -> tuple[str, ...]:
    """What a file of a template declares; none where CMS does not say.

    >>> expected_versions((2, 2, 0), is_json=False), expected_versions((2, 2, 0), is_json=True)
    (('2.0.0',), ('2.0.0', '2.2.0', '2.2.1'))
    """
    if version >= V3:
        return ("3.0.0",)
    if version < V2_1:
        return ()
    if not is_json:
        return ("2.0.0",)
    return ("2.0.0", "2.2.0", "2.2.1") if version >= V2_2 else ("2.0.0", "2.1.0")


@cache
def rules_of(version: Version) -> frozenset[str]:
    """The rules that hold for a version, from their records.

    >>> sorted(rules_of((2, 0, 0)) ^ rules_of((2, 1, 0)))
    ['F421', 'F423', 'F424', 'F433', 'F441']
    """
    return frozenset(
        rule.id
        for rule in registry().values()
        if "since_version" in rule.parameters
        and _number(rule.parameters["since_version"]) <= version
        and version <= _number(rule.parameters.get("until_version", "9.9.9"))
    )


def _number(text: str) -> Version:
    major, minor, patch = (int(part) for part in text.split("."))
    return major, minor, patch
