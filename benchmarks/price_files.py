"""Price files made from a seed, in the published layouts, of a size that can be chosen.

Payers, hospitals, tax numbers and amounts are invented. The shape is what matters: many rates for
each code, few distinct provider sets, gzip of about 16:1. Real files differ in all three.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

from ratepress.readers.hospital.conformance.template import ATTESTATION

CODES = [str(code) for code in range(20000, 20000 + 1200)]


def payer_file(path: Path, seed: int, rates: int) -> None:
    """An in-network file of version 1 with `rates` prices, gzip."""
    random_ = random.Random(seed)
    per_item = 100
    groups = [_group(random_, number) for number in range(400)]
    head = {
        "reporting_entity_name": "Bench Mutual",
        "reporting_entity_type": "health insurance issuer",
        "plan_name": "Bench PPO",
        "plan_id_type": "ein",
        "plan_id": "123456789",
        "plan_market_type": "group",
        "last_updated_on": "2026-09-01",
        "version": "1.3.1",
        "provider_references": groups,
    }
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=6) as out:
        out.write(json.dumps(head)[:-1] + ', "in_network": [')
        for number in range(rates // per_item):
            out.write(", " if number else "")
            out.write(json.dumps(_item(random_, CODES[number % len(CODES)], per_item)))
        out.write("]}")


def _group(random_: random.Random, number: int) -> dict[str, object]:
    npis = [1_000_000_000 + random_.randrange(900_000_000) for _ in range(random_.randint(1, 40))]
    tin = {"type": "ein", "value": f"{random_.randrange(10**9):09d}"}
    return {"provider_group_id": number, "provider_groups": [{"npi": npis, "tin": tin}]}


def _item(random_: random.Random, code: str, prices: int) -> dict[str, object]:
    return {
        "negotiation_arrangement": "ffs",
        "name": f"Service {code}",
        "billing_code_type": "CPT",
        "billing_code_type_version": "2026",
        "billing_code": code,
        "description": f"Service {code}",
        "negotiated_rates": [_rate(random_) for _ in range(prices)],
    }


def _rate(random_: random.Random) -> dict[str, object]:
    price = {
        "negotiated_type": "negotiated",
        "negotiated_rate": random_.randrange(2_000, 900_000) / 100,
        "expiration_date": "9999-12-31",
        "service_code": random_.choice([["11"], ["22", "19"], ["11", "22", "23"]]),
        "billing_class": "professional",
        "billing_code_modifier": random_.choice([[], [], [], ["26"]]),
    }
    references = sorted(random_.sample(range(400), random_.randint(1, 6)))
    return {"provider_references": references, "negotiated_prices": [price]}


def hospital_file(path: Path, seed: int, rows: int) -> None:
    """A tall CSV of version 3 with `rows` data rows."""
    random_ = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(_GENERAL)
        out.writerow(_GENERAL.values())
        out.writerow(_COLUMNS)
        out.writerows(_charge_rows(random_, rows))


_GENERAL = {
    "hospital_name": "Bench General",
    "last_updated_on": "2026-04-01",
    "version": "3.0.0",
    "location_name": "Bench General",
    "hospital_address": "1 Main St, Bench, GA",
    "type_2_npi": "1234567893",
    "license_number|GA": "123",
    "attester_name": "A. Person",
    ATTESTATION: "true",
}
_COLUMNS = [
    "description",
    "code|1",
    "code|1|type",
    "setting",
    "drug_unit_of_measurement",
    "drug_type_of_measurement",
    "modifiers",
    "standard_charge|gross",
    "standard_charge|discounted_cash",
    "payer_name",
    "plan_name",
    "standard_charge|negotiated_dollar",
    "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm",
    "standard_charge|methodology",
    "standard_charge|min",
    "standard_charge|max",
    "median_amount",
    "10th_percentile",
    "90th_percentile",
    "count",
    "additional_generic_notes",
]


def _charge_rows(random_: random.Random, rows: int) -> Iterator[list[str]]:
    plans = [(f"Payer {n % 12}", f"Plan {n}") for n in range(40)]
    gross = {code: random_.randrange(6_000, 2_700_000) for code in CODES}
    for number in range(rows):
        code = CODES[number // len(plans) % len(CODES)]
        payer, plan = plans[number % len(plans)]
        amount = gross[code] * random_.randrange(20, 90) // 100
        yield [
            f"Service {code}",
            code,
            "CPT",
            "outpatient",
            *("", "", ""),
            f"{gross[code] / 100:.2f}",
            f"{gross[code] / 200:.2f}",
            payer,
            plan,
            f"{amount / 100:.2f}",
            *("", "", "fee schedule"),
            f"{gross[code] * 20 / 10000:.2f}",
            f"{gross[code] * 90 / 10000:.2f}",
            *("", "", "", "", ""),
        ]
