"""In-network documents for tests: their keys, and random ones with all that can be odd in them.

Any order of keys, unknown and repeated keys, odd ids, wrong types. Keys: the CMS schema.
"""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

HEADER = [
    "reporting_entity_name", "reporting_entity_type", "plan_name", "plan_id_type", "plan_id",
    "plan_market_type", "issuer_name", "plan_sponsor_name", "last_updated_on", "version",
]  # fmt: skip
KNOWN = {
    "": [*HEADER, "in_network", "provider_references"],
    "in_network": [
        "negotiation_arrangement", "name", "billing_code_type", "billing_code_type_version",
        "billing_code", "description", "severity_of_illness", "negotiated_rates",
        "bundled_codes", "covered_services",
    ],
    "negotiated_rates": ["negotiated_prices", "provider_groups", "provider_references"],
    "negotiated_prices": [
        "negotiated_type", "negotiated_rate", "expiration_date", "service_code", "billing_class",
        "setting", "billing_code_modifier", "additional_information",
    ],
    "provider_references": ["provider_group_id", "provider_groups", "location", "network_name"],
    "provider_groups": ["npi", "tin"],
    "tin": ["type", "value", "business_name"],
    "bundled_codes": [
        "billing_code_type", "billing_code_type_version", "billing_code", "description",
    ],
}  # fmt: skip
KNOWN["covered_services"] = KNOWN["bundled_codes"]
NEW_IN_2 = {
    "issuer_name", "plan_sponsor_name", "severity_of_illness", "setting", "network_name",
    "business_name",
}  # fmt: skip


class Object(dict[str, Any]):
    repeats: list[str]


def pairs(found: list[tuple[str, Any]]) -> Object:
    made = Object()
    made.repeats = []
    for key, value in found:
        if key not in made:
            made[key] = value
            continue
        made.repeats.append(key)
        if isinstance(made[key], list):
            made[key] = made[key] + (value if isinstance(value, list) else [])
        else:
            made[key] = value
    return made


def is_number(value: Any) -> bool:
    return type(value) in (int, Decimal)


def digits(number: Any) -> str:
    return str(number) if type(number) is int else f"{number:f}"


ODD = ["null", "true", '""', '" "', "0", "7", "1.50", "1e2", '"x"', "[]", "{}", "[null]", "[[]]"]
IDS = ["1", "1.0", "690.64470", "690.6447", "40.0000000001", '"1"', '"07"', "-0", "0", "1e2",
       '"inline:00"', "null", "2"]  # fmt: skip
TEXTS = {
    "negotiation_arrangement": ['"ffs"', '"ffs"', '"FFS "', '"bundle"', '"capitation"'],
    "billing_code_type": ['"CPT"', '"CPT"', '"HCPCS"', '"MS-DRG"', '"RC"', '"LOCAL"', '"ODD"'],
    "billing_code": ['"32557"', '"99213"', '"J1100"', '"361"', "361", '" 470"', '"CSTM-00"'],
    "negotiated_type": ['"negotiated"', '"negotiated"', '"percentage"', '"Per Diem"', '"derived"',
                        '"fee schedule"'],
    "negotiated_rate": ["123.45", "1.00005", "0", "-3", "1e3", "1e15", "40.5", '"9"', "0.1234567"],
    "expiration_date": ['"9999-12-31"', '"2026-13-01"', '" 2026-01-01"', '"1/1/2026"'],
    "billing_class": ['"professional"', '"institutional"', '"Both"', '"facility"'],
    "setting": ['"inpatient"', '"OUTPATIENT"', '"both"', '"home"'],
    "service_code": ['["11"]', '["CSTM-00"]', '["22","11","11"]', '["1"]', '[11, "x"]', '"11"'],
    "billing_code_modifier": ['["26"]', '["LT","26"]', '[" lt"]', "[50]", '[""]'],
    "plan_market_type": ['"group"', '"Individual"', '"other"'],
    "last_updated_on": ['"2026-09-01"', '"Jan 1"'],
    "npi": ["[1234567893]", '["1234567893",1234567893]', "[0]", "[]", "[1.0,null]", "1234567893",
            "[2222222222,1234567893]"],
    "type": ['"ein"', '"EIN"', '"npi"', '"ssn"'],
    "value": ['"12-3456789"', '"123456789"', '"001234567"', "123456789"],
    "network_name": ['["West"]', '["West","East","West"]', '"West"'],
    "location": ['"https://x.example/1.json"'],
    "provider_group_id": IDS,
}  # fmt: skip
DEPTH_FIRST = {
    "": ("in_network", "provider_references"),
    "in_network": ("negotiated_rates", "bundled_codes", "covered_services"),
    "negotiated_rates": ("negotiated_prices", "provider_groups"),
    "provider_references": ("provider_groups",),
}


class Maker:
    """Writes a random document as text, so that repeats and spellings of numbers survive."""

    def __init__(self, seed: int, oddity: float) -> None:
        self.random = random.Random(seed)
        self.oddity = oddity

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def value(self, parent: str, key: str) -> str:
        if self.chance(self.oddity):
            return self.random.choice(ODD)
        if key in DEPTH_FIRST.get(parent, ()):
            return self.array(key)
        if key == "provider_references":
            ids = [self.random.choice(IDS) for _ in range(self.random.randrange(4))]
            return "[" + ",".join(ids) + "]"
        if key == "tin":
            return self.object("tin")
        return self.random.choice(TEXTS.get(key, ['"some text"', '"Ünï code 😀"']))

    def array(self, key: str) -> str:
        elements = [
            self.random.choice(ODD) if self.chance(self.oddity) else self.object(key)
            for _ in range(self.random.randrange(4))
        ]
        return "[" + " , ".join(elements) + "]"

    def object(self, parent: str) -> str:
        keys = [key for key in KNOWN[parent] if self.chance(1 - self.oddity)]
        if parent == "" and "in_network" not in keys:
            keys.append("in_network")
        if keys and self.chance(self.oddity):
            keys.append(self.random.choice(keys))
        if self.chance(self.oddity):
            keys += [self.random.choice(["new", "setting", "npi", "é"])]
        self.random.shuffle(keys)
        made = [f'"{key}":{self.value(parent, key)}' for key in keys]
        if parent == "":
            made.append(f'"in_network": {self.array("in_network")}')
        return "{" + ",\n".join(made) + "}"
