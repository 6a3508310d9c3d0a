"""The general data elements of a hospital CSV: its first two header rows, or what stands for them.

Names: CMS hospital price transparency CSV data dictionaries v2.0 to v3.0. A file whose head does
not name its hospital is named by its own name where that follows the convention of 45 CFR 180.50:
`EIN_hospital-name_standardcharges.csv`.
"""

from __future__ import annotations

import re

from ratepress.core.errors import UnreadableInput
from ratepress.readers.base import Tally
from ratepress.readers.hospital.columns import UNKNOWN_COLUMN, normal_name
from ratepress.readers.hospital.heading import Heading, Statement
from ratepress.readers.hospital.values import split_list

NAMED_BY_FILE, UNPUBLISHED = "F239", "F244"
PUBLISHED_VERSIONS = frozenset({"2.0.0", "2.1.0", "2.2.0", "2.2.1", "3.0.0"})
_STATEMENT = "to the best of its knowledge and belief"
_TEXTS = frozenset({"general_contract_provisions", "financial_aid_policy"})
_FILE_NAME = re.compile(
    r"(?:\d{2}-?\d{7}[_-])?(?P<name>.+?)[_-]?standard[_-]?charges?(?:\.[a-z0-9.]+)*\Z",
    re.IGNORECASE,
)


def read_heading(
    name: str, headers: list[str], values: list[str], place: str, tally: Tally
) -> Heading:
    """The general data elements of rows 1 and 2; `UnreadableInput` without a hospital_name."""
    heading = Heading(name, place)
    plain: dict[str, str] = {}
    for position, header in enumerate(headers):
        value = values[position].strip() if position < len(values) else ""
        column = normal_name(header)
        if column.startswith(_STATEMENT):
            # The v3 statement is its v2 forerunner made longer; only the words tell them apart.
            heading.attested = value
            heading.elements.add("attestation" if "this hospital has" in column else "affirmation")
        elif column.startswith("license_number"):
            heading.license_state = heading.license_state or column.partition("|")[2]
            heading.license_numbers = "|".join(v for v in (heading.license_numbers, value) if v)
        elif column in _HEADING_COLUMNS:
            plain.setdefault(column, value)
        elif value and column in _TEXTS:
            heading.statements.append(Statement(column, "", "", value))
        elif value:
            tally.problem(UNKNOWN_COLUMN, column or "(no name)", place, value)
    if "hospital_name" not in plain:
        _name_by_file(name, plain, headers, place, tally)
    version = plain.get("version")
    if version and version not in PUBLISHED_VERSIONS:
        tally.problem(UNPUBLISHED, "version", place, version)
    return _filled(heading, plain)


def _name_by_file(
    name: str, plain: dict[str, str], headers: list[str], place: str, tally: Tally
) -> None:
    said = hospital_in_file_name(name)
    if said is None:
        raise UnreadableInput(
            f"{name}: the general headers do not have the required column hospital_name",
            place="row 1",
            found=", ".join(cell for cell in headers if cell.strip()) or "no general headers",
            expected="hospital_name, last_updated_on, version and so on, with values in row 2",
            todo="ask the hospital for a file with its three header rows, or name the file as "
            "45 CFR 180.50 wants it: EIN_hospital-name_standardcharges.csv",
        )
    plain["hospital_name"] = said
    tally.problem(NAMED_BY_FILE, "hospital_name", place, name)


def hospital_in_file_name(name: str) -> str | None:
    """The hospital that a file's name states by the convention; None where it does not follow it.

    >>> hospital_in_file_name("a/12-3456789_west-mercy-hospital_standardcharges.csv")
    'west mercy hospital'
    >>> hospital_in_file_name("standardcharges.csv") is None
    True
    """
    found = _FILE_NAME.match(re.split(r"[/\\!]", name)[-1])
    said = " ".join(re.split(r"[-_\s]+", found["name"])).strip() if found else ""
    return said or None


_HEADING_COLUMNS = frozenset(
    {
        "hospital_name",
        "last_updated_on",
        "version",
        "location_name",
        "hospital_location",
        "hospital_address",
        "type_2_npi",
        "attester_name",
        "billing_class",
    }
)


def general_names() -> frozenset[str]:
    """The names of general headers that are plain words.

    >>> "last_updated_on" in general_names()
    True
    """
    return _HEADING_COLUMNS | _TEXTS


def is_general_name(header: str) -> bool:
    """Whether a header is one of the general ones, of any form.

    >>> is_general_name("license_number | CA"), is_general_name("description")
    (True, False)
    """
    name = normal_name(header)
    return name in general_names() or name.startswith((_STATEMENT, "license_number"))


def _filled(heading: Heading, plain: dict[str, str]) -> Heading:
    heading.hospital_name = plain["hospital_name"]
    heading.last_updated_on = plain.get("last_updated_on", "")
    heading.version = plain.get("version", "")
    heading.locations = split_list(plain.get("location_name") or plain.get("hospital_location", ""))
    heading.addresses = split_list(plain.get("hospital_address", ""))
    heading.npis = split_list(plain.get("type_2_npi", ""))
    heading.attester_name = plain.get("attester_name", "")
    heading.billing_class = plain.get("billing_class", "")
    heading.elements |= set(plain)
    return heading
