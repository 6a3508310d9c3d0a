"""Random in-network documents: any order of keys, unknown and repeated keys, odd ids and types."""

from __future__ import annotations

import random

from payer_twin import KNOWN

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
