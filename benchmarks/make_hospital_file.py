"""Hospital CSV files of real shapes, made from a seed: `python make_hospital_file.py FILE`.

Payers, codes and amounts are invented; the shapes are those of published files of 2026:

- `wide`: as a cancer centre's: 1,277 columns, 140 payers and plans of which 22 lack the plan part
  and one is spelt in two ways, 31,501 rows, 2.35 million cells of dollars, 126 MB. Most dollars are
  a share of the row's gross charge, to as many digits as that gives. Two in a hundred state notes.
- `tall`: as a university hospital's: 29 columns, every cell in quotation marks, 235,174 rows of
  43,000 items, one in seven of them without a payer.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

ROWS = {"wide": 31_501, "tall": 235_174}
STATEMENT = (
    "To the best of its knowledge and belief, this hospital has included all applicable standard "
    "charge information in accordance with the requirements of 45 CFR 180.50, and the information "
    "encoded is true, accurate, and complete as of the date in the file."
)
GENERAL = {
    "hospital_name": "Bench Hospital",
    "last_updated_on": "2026-07-01",
    "version": "3.0.0",
    "location_name": "Bench Hospital|Bench Clinic",
    "hospital_address": "1 Main Street, Houston, TX|2 Main Street, Houston, TX",
    "license_number|TX": "000331",
    "type_2_npi": "1000000004",
    STATEMENT: "TRUE",
    "attester_name": "Bench Attester",
}
ITEM = (
    "description", "code|1", "code|1|type", "code|2", "code|2|type", "code|3", "code|3|type",
    "modifiers", "setting", "billing_class", "drug_unit_of_measurement",
    "drug_type_of_measurement", "standard_charge|gross", "standard_charge|discounted_cash",
    "standard_charge|min", "standard_charge|max",
)  # fmt: skip
TALL = (
    "description", "code|1", "code|1|type", "code|2", "code|2|type", "code|3", "code|3|type",
    "code|4", "code|4|type", "billing_class", "setting", "drug_unit_of_measurement",
    "drug_type_of_measurement", "modifiers", "standard_charge|gross",
    "standard_charge|discounted_cash", "payer_name", "plan_name",
    "standard_charge|negotiated_dollar", "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm", "median_amount", "10th_percentile", "90th_percentile",
    "count", "standard_charge|methodology", "standard_charge|min", "standard_charge|max",
    "additional_generic_notes",
)  # fmt: skip
_SHARE = "Percent of Total Billed Charges"
_WITHOUT_PLAN = 22
_SPLIT = 8
_PLANS = ("HMO_Inpatient", "HMO_Outpatient", "PPO_Inpatient", "PPO_Outpatient", "Professional")


def make(path: Path, shape: str, rows: int, seed: int) -> int:
    """Write a file of so many rows, and give the number of its cells of negotiated dollars."""
    random_ = random.Random(seed)
    columns = [*TALL] if shape == "tall" else _wide_columns(_blocks())
    lines = _tall(random_, rows) if shape == "tall" else _wide(random_, rows)
    priced = 0
    with path.open("w", encoding="utf-8", newline="") as text:
        dialect = csv.unix_dialect if shape == "tall" else csv.excel
        out = csv.writer(text, dialect, lineterminator="\r\n")
        blank = [""] * (len(columns) - len(GENERAL))
        out.writerow([*GENERAL, *blank])
        out.writerow([*GENERAL.values(), *blank])
        out.writerow(columns)
        for cells, n in lines:
            out.writerow(cells)
            priced += n
    return priced


def _blocks() -> list[str]:
    """Payer and plan of each block, 140 of them: 118 with a plan, 22 without."""
    with_plan = 140 - _WITHOUT_PLAN
    named = [f"Payer{n // len(_PLANS)}|{_PLANS[n % len(_PLANS)]}" for n in range(with_plan)]
    ends = ("Inpatient_Rate", "Outpatient_Rate", "Professional_MD_Rate")
    return [*named, *(f"Fund_{n // 3}_{ends[n % 3]}" for n in range(_WITHOUT_PLAN))]


def _wide_columns(blocks: list[str]) -> list[str]:
    columns = [*ITEM]
    for number, block in enumerate(blocks):
        # One block's last two columns are spelt in lower case.
        later = block.lower() if number == _SPLIT else block
        columns += [
            f"standard_charge|{block}|negotiated_dollar",
            f"standard_charge|{block}|negotiated_percentage",
            f"standard_charge|{block}|negotiated_algorithm",
            *(f"{field}|{block}" for field in ("median_amount", "10th_percentile")),
            *(f"{field}|{block}" for field in ("90th_percentile", "count")),
            f"standard_charge|{later}|methodology",
            f"additional_payer_notes|{later}",
        ]
    return [*columns, "additional_generic_notes"]


def _wide(random_: random.Random, rows: int) -> Iterator[tuple[list[str], int]]:
    blocks = len(_blocks())
    shares = [Decimal(random_.randint(30, 95)) / 100 for _ in range(blocks)]
    for number in range(rows):
        # As many cheap items as dear ones for each further digit.
        gross = Decimal(random_.randint(100, 10 ** random_.randint(3, 7))) / 100
        is_outpatient = number % 50 == 0
        low, high = gross * min(shares), gross * max(shares)
        cells = [
            f"INVENTED SERVICE {number}", f"{10000 + number}", "CDM",
            f"{random_.randint(1, 999):04}", "RC", f"{random_.randint(10000, 99999)}", "CPT", "",
            "Outpatient" if is_outpatient else "Both", "Facility", "", "", f"{gross}", "",
            f"{low.normalize():f}", f"{high.normalize():f}",
        ]  # fmt: skip
        priced = 0
        for block in range(blocks):
            if random_.random() < 0.533:
                fixed = random_.random() < 0.02
                dollars = f"{(gross * shares[block]).normalize():f}"
                note = "see contract" if random_.random() < 0.02 else ""
                method = "Fee Schedule" if fixed else _SHARE
                cells += [dollars, "", "", "", "", "", "", method, note]
                priced += 1
            else:
                cells += [""] * 9
        yield [*cells, ""], priced


def _tall(random_: random.Random, rows: int) -> Iterator[tuple[list[str], int]]:
    item, number, cells = 0, 0, [""] * len(TALL)
    at = {name: position for position, name in enumerate(TALL)}
    while number < rows:
        cells = [""] * len(TALL)
        gross = Decimal(random_.randint(100, 3_000_000)) / 100
        said = {
            "description": f"INVENTED SERVICE {item // 2}", "code|1": f"{100000 + item}",
            "code|1|type": "CDM", "code|2": f"{random_.randint(1, 999):04}", "code|2|type": "RC",
            "code|3": f"{random_.randint(10000, 99999)}", "code|3|type": "HCPCS",
            "billing_class": "facility", "setting": random_.choice(("inpatient", "outpatient")),
            "standard_charge|gross": f"{gross}",
            "standard_charge|discounted_cash": f"{(gross * 4 / 10).quantize(Decimal('0.01'))}",
        }  # fmt: skip
        for name, text in said.items():
            cells[at[name]] = text
        item += 1
        yield cells, 0
        number += 1
        for plan in range(min(random_.choice((0, 2, 4, 6, 11)), rows - number)):
            yield _payer_row(random_, cells, at, plan)
            number += 1


def _payer_row(
    random_: random.Random, item: list[str], at: dict[str, int], plan: int
) -> tuple[list[str], int]:
    cells = [*item]
    dollars = Decimal(random_.randint(100, 900_000)) / 100
    said = {
        "payer_name": f"Payer{plan % 7}", "plan_name": f"Plan {plan}",
        "standard_charge|gross": "", "standard_charge|discounted_cash": "",
        "standard_charge|negotiated_dollar": f"{dollars}", "standard_charge|min": "10.5",
        "standard_charge|max": "9000", "standard_charge|methodology": "fee schedule",
    }  # fmt: skip
    if random_.random() < 0.18:
        said |= {"median_amount": f"{dollars}", "10th_percentile": "12.25", "count": "17"}
        said["90th_percentile"] = f"{dollars * 2}"
    for name, text in said.items():
        cells[at[name]] = text
    return cells, 1


def main() -> None:
    """Write one file, and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--shape", choices=tuple(ROWS), default="wide")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    priced = make(asked.file, asked.shape, asked.rows or ROWS[asked.shape], asked.seed)
    size = asked.file.stat().st_size / 1_000_000
    print(f"{asked.file}: {size:.0f} MB, {priced:,} cells of dollars")


if __name__ == "__main__":
    main()
