"""Rows 1 and 2 of a CSV held to the template: the general data elements and their values.

Source: CMS hospital price transparency CSV data dictionaries, general data elements.
"""

from __future__ import annotations

from collections.abc import Sequence

from ratepress.readers.hospital.columns import normal_name
from ratepress.readers.hospital.conformance.findings import Findings, column_letters
from ratepress.readers.hospital.conformance.template import (
    AFFIRMATION,
    ATTESTATION,
    STATES,
    V3,
    Version,
    expected_versions,
)
from ratepress.readers.hospital.values import parse_date

HEADER_MISSING, HEADER_TWICE, BAD_STATE, BLANK = "F402", "F403", "F404", "F411"
NOT_LISTED, BAD_DATE, OTHER_VERSION, FALSE_STATEMENT = "F412", "F413", "F441", "F443"
LICENCE = "license_number"

_GENERAL = ("hospital_name", "last_updated_on", "version", "hospital_address", LICENCE)
_STATEMENTS = {normal_name(AFFIRMATION): "affirmation", normal_name(ATTESTATION): "attestation"}


def required_headers(version: Version) -> tuple[str, ...]:
    """The general elements that a version requires; the statements by what they are.

    >>> required_headers((2, 2, 0))[5:]
    ('hospital_location', 'affirmation')
    """
    if version >= V3:
        return (*_GENERAL, "location_name", "type_2_npi", "attestation", "attester_name")
    return (*_GENERAL, "hospital_location", "affirmation")


def element_of(header: str) -> str:
    """The general element that a header names: its own name, `license_number`, or a statement.

    >>> element_of("License_Number | CA"), element_of(AFFIRMATION), element_of(" Version ")
    ('license_number', 'affirmation', 'version')
    """
    name = normal_name(header)
    if name.partition("|")[0] == LICENCE:
        return LICENCE
    return _STATEMENTS.get(name, name)


def check_head(
    headers: Sequence[str], values: Sequence[str], rows: tuple[int, int], found: Findings
) -> None:
    """Both rows; `rows` are their numbers."""
    required = required_headers(found.version)
    at: dict[str, int] = {}
    place = f"row {rows[0]}"
    for position, header in enumerate(headers):
        element = element_of(header)
        if element == LICENCE and not _is_licence(header, position, rows[0], found):
            at.setdefault(LICENCE, -1)
        elif element not in required:
            continue
        elif at.get(element, -1) < 0:
            at[element] = position
        elif normal_name(headers[at[element]]) == normal_name(header):
            found.add(
                HEADER_TWICE, element, place,
                cell=f"{column_letters(position)}{rows[0]}", column=header, value=header,
                expected="each general header once",
            )  # fmt: skip
    for element in required:
        if element not in at:
            label = f"{LICENCE}|CA, with the state" if element == LICENCE else element
            found.add(HEADER_MISSING, element, place, column=element, expected=f"a header {label}")
    for element, position in at.items():
        if position >= 0:
            value = values[position].strip() if position < len(values) else ""
            _value(element, headers[position], value, f"{column_letters(position)}{rows[1]}", found)


def _is_licence(header: str, position: int, row: int, found: Findings) -> bool:
    parts = normal_name(header).split("|")
    state = parts[1] if len(parts) == 2 else ""
    if state.upper() in STATES:
        return True
    found.add(
        BAD_STATE, LICENCE, f"row {row}",
        cell=f"{column_letters(position)}{row}", column=header, value=state,
        expected="the two letters of a state or territory behind the pipe",
    )  # fmt: skip
    return False


def _value(element: str, header: str, value: str, cell: str, found: Findings) -> None:
    def tell(rule_id: str, expected: str) -> None:
        row = "row " + cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        found.add(rule_id, element, row, cell=cell, column=header, value=value, expected=expected)

    if not value:
        if element != LICENCE:
            tell(BLANK, "a value")
    elif element == "last_updated_on":
        if parse_date(value) is None:
            tell(BAD_DATE, "a date as YYYY-MM-DD or M/D/YYYY")
    elif element == "version":
        allowed = expected_versions(found.version, is_json=False)
        if allowed and value not in allowed:
            tell(OTHER_VERSION, " or ".join(allowed))
    elif element in {"affirmation", "attestation"}:
        if value.lower() not in {"true", "false"}:
            tell(NOT_LISTED, "true or false")
        elif value.lower() == "false":
            tell(FALSE_STATEMENT, "true")
