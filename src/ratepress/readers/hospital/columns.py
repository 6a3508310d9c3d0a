"""The header rows of a hospital CSV: which column holds what, and whether it is tall or wide.

Names and rules: CMS hospital price transparency CSV data dictionaries v2.0 to v3.0. Case and
spaces round pipes do not matter; the order of columns is free.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ratepress.core.errors import UnreadableInput
from ratepress.readers.base import Tally
from ratepress.readers.hospital.heading import Heading
from ratepress.readers.hospital.values import split_list

MISSING_COLUMN, REPEATED_COLUMN, TEXT_NOT_LOADED, UNKNOWN_COLUMN = "F217", "F218", "F226", "F006"

# Without one of these a row has no meaning; the others may be absent, and that is counted.
REQUIRED = (
    "description",
    "code|1",
    "code|1|type",
    "setting",
    "payer_name",
    "plan_name",
    "standard_charge|negotiated_dollar",
    "standard_charge|methodology",
)
EXPECTED = (
    "modifiers",
    "drug_unit_of_measurement",
    "drug_type_of_measurement",
    "standard_charge|gross",
    "standard_charge|discounted_cash",
    "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm",
    "standard_charge|min",
    "standard_charge|max",
    "additional_generic_notes",
)
OPTIONAL = (
    "billing_class",
    "median_amount",
    "10th_percentile",
    "90th_percentile",
    "count",
    "estimated_amount",
)
_CODE = re.compile(r"code\|(\d{1,4})\Z", re.ASCII)
_CODE_TYPE = re.compile(r"code\|(\d{1,4})\|type\Z", re.ASCII)
_WIDE_LAST = frozenset(
    {"negotiated_dollar", "negotiated_percentage", "negotiated_algorithm", "methodology"}
)
_STATEMENT = "to the best of its knowledge and belief"
_UNLOADED = frozenset({"general_contract_provisions", "financial_aid_policy"})


def normal_name(name: str) -> str:
    """A header as it is compared: lower case, no space round pipes.

    >>> normal_name(" Code | 1 | Type ")
    'code|1|type'
    """
    return "|".join(part.strip() for part in name.lower().split("|"))


def is_hospital_header(row: list[str]) -> bool:
    """Whether a row is a header row of a hospital CSV, general or of items.

    >>> is_hospital_header(["Hospital_Name", "version"]), is_hospital_header(["HCPCS", "MOD"])
    (True, False)
    """
    names = {normal_name(name) for name in row}
    return "hospital_name" in names or (
        "description" in names and any(n.startswith("standard_charge|") for n in names)
    )


def is_wide(names: list[str]) -> bool:
    """Whether payers stand in the column names: `standard_charge|PAYER|PLAN|negotiated_dollar`.

    >>> is_wide(["standard_charge|aetna|ppo|negotiated_dollar"]), is_wide(["standard_charge|min"])
    (True, False)
    """
    for name in names:
        parts = name.split("|")
        if len(parts) > 2 and parts[0] == "standard_charge" and parts[-1] in _WIDE_LAST:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column of a tall file stands.

    `needed` is how many cells a row must have to reach its last named column, `width` how many
    the header has. `codes` are positions of (type or None, code), in order of their number.
    """

    at: dict[str, int]
    codes: tuple[tuple[int | None, int], ...]
    unknown: tuple[tuple[int, str], ...]
    needed: int
    width: int


def tall_columns(name: str, row: list[str], place: str, tally: Tally) -> Columns:
    """The columns of a tall file from its item headers.

    Raises `UnreadableInput` where the layout is wide, or a column without which a row has no
    meaning is missing.
    """
    names = [normal_name(cell) for cell in row]
    if is_wide(names):
        raise UnreadableInput(
            f"{name}: this is a wide CSV (payers stand in the column names), which is not yet read",
            place=place,
            expected="a tall CSV (columns payer_name and plan_name) or JSON",
            todo="use the hospital's tall CSV or JSON file if it publishes one",
        )
    at: dict[str, int] = {}
    known = {*REQUIRED, *EXPECTED, *OPTIONAL}
    unknown: list[tuple[int, str]] = []
    for position, column in enumerate(names):
        is_known = column in known or _CODE.match(column) or _CODE_TYPE.match(column)
        if column in at:
            tally.problem(REPEATED_COLUMN, column, place, row[position])
        if is_known and column not in at:
            at[column] = position
        else:
            unknown.append((position, column or "(no name)"))
    _check(name, row, at, place, tally)
    needed = max(position for position, column in enumerate(names) if column) + 1
    return Columns(at, _code_positions(at), tuple(unknown), needed, len(row))


def _check(name: str, row: list[str], at: dict[str, int], place: str, tally: Tally) -> None:
    missing = [column for column in REQUIRED if column not in at]
    if missing:
        raise UnreadableInput(
            f"{name}: a required column is missing from the item headers: {', '.join(missing)}",
            place=place,
            found=", ".join(cell for cell in row if cell.strip()) or "no column names",
            expected="the columns of the CMS tall CSV template, in any order",
            todo="check that row 3 holds the item headers and that the file is a hospital's own",
        )
    for column in EXPECTED:
        if column not in at:
            tally.problem(MISSING_COLUMN, column, place)


def _code_positions(at: dict[str, int]) -> tuple[tuple[int | None, int], ...]:
    numbered = sorted((int(m[1]), c) for c in at if (m := _CODE.match(c)))
    return tuple((at.get(f"{column}|type"), at[column]) for _, column in numbered)


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
        elif value:
            rule = TEXT_NOT_LOADED if column in _UNLOADED else UNKNOWN_COLUMN
            tally.problem(rule, column or "(no name)", place, value)
    if "hospital_name" not in plain:
        raise UnreadableInput(
            f"{name}: the general headers do not have the required column hospital_name",
            place="row 1",
            found=", ".join(cell for cell in headers if cell.strip()),
            expected="hospital_name, last_updated_on, version and so on, with values in row 2",
            todo="ask the hospital for a file with its three header rows",
        )
    return _filled(heading, plain)


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
