"""The real price files as plain descriptions, read by csv, json and gzip alone.

A second way from the bytes to the prices of a few codes, to hold readers and market against.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from market_lakes import Charge, Group, PriceFile, Rate

CODES = (
    ("cpt", "32557"), ("cpt", "99213"), ("cpt", "70551"), ("cpt", "43239"), ("cpt", "27447"),
    ("ms-drg", "470"),
)  # fmt: skip
_DOLLAR, _PERCENT = "standard_charge|negotiated_dollar", "standard_charge|negotiated_percentage"
_ALGORITHM = "standard_charge|negotiated_algorithm"
_PAYER = (
    "payer_name", "plan_name", _DOLLAR, _PERCENT, _ALGORITHM, "standard_charge|methodology",
    "median_amount", "10th_percentile", "90th_percentile", "count",
)  # fmt: skip


def asked(codes: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The asked code that an item's (type, code) pairs mean: CPT and HCPCS before MS-DRG."""
    for kinds, system in ((("CPT", "HCPCS"), "cpt"), (("MS-DRG",), "ms-drg")):
        found = [code for kind, code in codes if kind.upper() in kinds]
        if found:
            return (system, found[0]) if (system, found[0]) in CODES else None
    return None


def tall(path: Path, encoding: str, hospital: tuple[str, str]) -> PriceFile:
    """A hospital's tall CSV, with the rows of the asked codes alone."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode(encoding)
    lines = csv.reader(io.StringIO(text, newline=""))
    head = dict(zip(next(lines), next(lines), strict=False))
    names = next(lines)
    rates, charges = [], []
    for cells in lines:
        row = dict(zip(names, cells, strict=False))
        pairs = [(row[f"code|{i}|type"], row[f"code|{i}"]) for i in range(1, 5) if row[f"code|{i}"]]
        code = asked(pairs)
        if code is not None and row["standard_charge|gross"]:
            charges.append(_charge(code, Decimal(row["standard_charge|gross"]), row["setting"],
                                   row.get("billing_class")))  # fmt: skip
        if code is not None and any(row[name] for name in _PAYER):
            numbers = (_number(row[name]) for name in (_DOLLAR, _PERCENT))
            fields = {
                name: row[name] for name in ("payer_name", "plan_name", "setting", "modifiers")
            }
            method = row["standard_charge|methodology"].lower()
            stated_class = row.get("billing_class") or None
            rates.append(_rate(code, *numbers, row[_ALGORITHM], method, stated_class, **fields))
    day = date.fromisoformat(head["last_updated_on"])
    versions = (head["version"], "3" if "count" in names else "2")
    npis = tuple(one.strip() for one in head.get("type_2_npi", "").split("|") if one.strip())
    return PriceFile(path.name, day, tuple(rates), hospital, versions=versions, npis=npis,
                     charges=tuple(charges))  # fmt: skip


def document(path: Path, hospital: tuple[str, str]) -> PriceFile:
    """A hospital's JSON, with the payers of the asked codes alone."""
    whole = json.loads(gzip.decompress(path.read_bytes()), parse_float=Decimal, parse_int=Decimal)
    rates = []
    for item, charge, payer in _payers(whole):
        code = asked([(c["type"], c["code"]) for c in item["code_information"]])
        if code is not None:
            rates.append(
                _rate(
                    code,
                    payer.get("standard_charge_dollar"),
                    payer.get("standard_charge_percentage"),
                    payer.get("standard_charge_algorithm", ""),
                    payer["methodology"].lower(),
                    charge.get("billing_class"),
                    payer_name=payer["payer_name"],
                    plan_name=payer["plan_name"],
                    setting=charge["setting"],
                    modifiers="".join(charge.get("modifier_code", ())),
                )
            )
    day = date.fromisoformat(whole["last_updated_on"])
    versions = (whole["version"], "3" if "type_2_npi" in whole else "2")
    npis = tuple(str(npi) for npi in whole.get("type_2_npi", ()))
    charges = tuple(
        _charge(code, charge["gross_charge"], charge["setting"], charge.get("billing_class"))
        for item in whole["standard_charge_information"]
        if (code := asked([(c["type"], c["code"]) for c in item["code_information"]]))
        for charge in item["standard_charges"]
        if "gross_charge" in charge
    )
    return PriceFile(path.name, day, tuple(rates), hospital, versions=versions, npis=npis,
                     charges=charges)  # fmt: skip


def _charge(
    code: tuple[str, str], gross: Decimal, setting: str, billing_class: str | None
) -> Charge:
    return Charge(gross, code[1], code[0], setting, billing_class or None)


def _payers(whole: dict[str, Any]) -> Iterator[tuple[Any, Any, Any]]:
    for item in whole["standard_charge_information"]:
        for charge in item["standard_charges"]:
            for payer in charge.get("payers_information", ()):
                yield item, charge, payer


def in_network(path: Path) -> PriceFile:
    """A payer's file whose groups all lie behind addresses: CareFirst's, of 2020."""
    whole = json.loads(gzip.decompress(path.read_bytes()), parse_float=Decimal)
    groups = tuple(
        Group(str(reference["provider_group_id"]), location=reference["location"])
        for reference in whole["provider_references"]
    )
    rates = []
    for item in whole["in_network"]:
        code = asked([(item["billing_code_type"], item["billing_code"])])
        for element in item["negotiated_rates"] if code else ():
            for price in element["negotiated_prices"]:
                assert price["billing_class"] == "professional"
                assert price["negotiated_type"] == "negotiated"
                rate = Rate(
                    code_system=code[0],
                    code=code[1],
                    payer_name=whole["reporting_entity_name"],
                    plan_name=None,
                    line_of_business="unknown",
                    arrangement=item["negotiation_arrangement"],
                    method="negotiated",
                    dollars=Decimal(price["negotiated_rate"]),
                    setting=None,
                    places=tuple(price["service_code"]),
                    modifiers=tuple(price.get("billing_code_modifier", ())),
                    groups=tuple(str(number) for number in element["provider_references"]),
                    expires_on=date.fromisoformat(price["expiration_date"]),
                )
                rates.append(rate)
    day = date.fromisoformat(whole["last_updated_on"])
    versions = (whole["version"], "1.x")
    return PriceFile(path.name, day, tuple(rates), None, groups=groups, versions=versions)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _rate(
    code: tuple[str, str],
    dollars: Decimal | None,
    percentage: Decimal | None,
    algorithm: str,
    method: str,
    billing_class: str | None,
    **fields: str,
) -> Rate:
    assert fields.pop("modifiers") == "", "no asked code has a modifier in these files"
    stated = {"dollar": dollars, "percentage": percentage, "algorithm": algorithm or None}
    statement = next((name for name, value in stated.items() if value is not None), "none")
    unit = {"case rate": "case", "per diem": "day"}.get(method, "service")
    return Rate(
        code_system=code[0],
        code=code[1],
        statement=statement,
        method=method or None,
        dollars=dollars,
        percentage=percentage,
        algorithm=algorithm or None,
        price_unit="charges" if statement == "percentage" else unit,
        billing_class=billing_class,
        **fields,
    )
