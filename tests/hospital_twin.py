"""A second, slow and obvious reading of hospital files, to hold the readers against.

It shares no code with them: the standard library reads the whole file, and each rule of
docs/reference/rows-hospital.md is said again in the plainest way.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from hospital_files import Loaded

KNOWN = {
    "setting": ("F210", {"inpatient", "outpatient", "both"}),
    "billing_class": ("F211", {"professional", "facility", "both"}),
    "standard_charge|methodology": (
        "F209",
        {"case rate", "fee schedule", "percent of total billed charges", "per diem", "other"},
    ),
}
PAYER_COLUMNS = (
    "payer_name",
    "plan_name",
    "standard_charge|negotiated_dollar",
    "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm",
    "standard_charge|methodology",
    "median_amount",
    "10th_percentile",
    "90th_percentile",
    "count",
    "estimated_amount",
)
NUMBERS = (
    "standard_charge|gross",
    "standard_charge|discounted_cash",
    "standard_charge|min",
    "standard_charge|max",
    "standard_charge|negotiated_dollar",
    "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm",
    "median_amount",
    "estimated_amount",
)
COUNTED = {
    "F001", "F006", "F201", "F202", "F203", "F204", "F205", "F206", "F207", "F208", "F209",
    "F210", "F211", "F212", "F213", "F221", "F225", "F227", "F228",
}  # fmt: skip
"""The rules whose counts the twin states; the others are about the head or about codes."""


@dataclass
class Twin:
    """What a file holds, each thing as a plain tuple."""

    read: int = 0
    set_aside: list[str] = field(default_factory=list)
    rates: list[tuple[Any, ...]] = field(default_factory=list)
    charges: set[tuple[Any, ...]] = field(default_factory=set)
    items: set[tuple[Any, ...]] = field(default_factory=set)
    notes: list[tuple[Any, ...]] = field(default_factory=list)
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)

    def number(self, text: str, subject: str, places: int = 4) -> Decimal | None:
        if text == "":
            return None
        dress = "$" if places == 4 else "%"
        grouped = r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?"
        bare = text.replace(dress, "").replace(",", "")
        if not re.fullmatch(grouped, text.replace(dress, "")):
            self.problems["F204", subject] += 1
            return None
        if bare != text:
            self.problems["F203", subject] += 1
        value = Decimal(bare).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
        if value != Decimal(bare):
            self.problems["F001", subject] += 1
        if value <= 0:
            self.problems["F205", subject] += 1
        elif 999999999 <= value < 1000000000:
            self.problems["F206", subject] += 1
        return value

    def word(self, text: str, column: str) -> str | None:
        if text == "":
            return None
        rule, known = KNOWN[column]
        found = re.sub(r"\s+", " ", text.lower())
        if found not in known:
            self.problems[rule, column] += 1
        return found


def tall_twin(data: bytes) -> Twin:
    """The tall CSV in `data`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    records = list(csv.reader(io.StringIO(text, newline="")))
    names = [re.sub(r"\s*\|\s*", "|", name).strip().lower() for name in records[2]]
    twin = Twin()
    for number, record in enumerate(records[3:], 4):
        if all(cell.strip() == "" for cell in record):
            continue
        twin.read += 1
        if any(cell.strip() for cell in record[len(names) :]):
            twin.set_aside.append(f"row {number}")
            twin.problems["F202", "row"] += 1
            continue
        if len(record) < len(names):
            twin.problems["F201", "row"] += 1
        row = dict.fromkeys(names, "")
        row |= {name: cell.strip() for name, cell in zip(names, record, strict=False)}
        _tall_row(twin, row, f"row {number}")
    return twin


def _tall_row(twin: Twin, row: dict[str, str], place: str) -> None:
    def cell(column: str) -> str:
        return row.get(column, "")

    if cell("my_column"):
        twin.problems["F006", "my_column"] += 1
    pairs = [(cell(f"code|{i}|type"), cell(f"code|{i}")) for i in range(1, 10)]
    pairs = [pair for pair in pairs if any(pair)]
    has_code = any(code for _, code in pairs)
    modifiers = sorted(set(re.findall(r"[^|,\s]+", cell("modifiers").upper())))
    if not has_code and cell("modifiers"):
        note = ("modifiers", "description", "setting", "payer_name", "plan_name")
        values = [cell(column) or None for column in (*note, "additional_generic_notes")]
        twin.notes.append((*values, place))
        if not any(cell(column) for column in NUMBERS):
            return
        twin.problems["F228", "code|1"] += 1
    elif not has_code:
        twin.problems["F227", "code|1"] += 1
    for kind, code in pairs:
        if bool(kind) != bool(code):
            twin.problems["F213", "code"] += 1
    codes = tuple((kind or None, code) for kind, code in pairs if code)
    unit = cell("drug_unit_of_measurement")
    unit_type = cell("drug_type_of_measurement")
    if bool(unit) != bool(unit_type) or unit_type.upper() not in (
        {"", "GR", "ME", "ML", "UN", "F2", "EA", "GM"}
    ):
        twin.problems["F212", "drug_type_of_measurement"] += 1
    item = (
        cell("description") or None,
        codes,
        twin.number(unit, "drug_unit_of_measurement", 6),
        unit_type.upper() or None,
    )
    twin.items.add((cell("description"), tuple(pairs), unit, unit_type))
    amounts = tuple(twin.number(cell(column), column) for column in NUMBERS[:4])
    setting = twin.word(cell("setting"), "setting")
    billing_class = twin.word(cell("billing_class"), "billing_class")
    note = cell("additional_generic_notes") or None
    line = (*NUMBERS[:4], "setting", "billing_class", "modifiers", "additional_generic_notes")
    named = (cell("description"), tuple(pairs), unit, unit_type)
    twin.charges.add((*named, *(cell(column) for column in line)))
    if any(cell(column) for column in PAYER_COLUMNS):
        line = (*item, *amounts, setting, billing_class, tuple(modifiers), note)
        is_modifier = bool(cell("modifiers")) and not has_code
        twin.rates.append((place, *line, *_tall_rate(twin, cell, is_modifier), note))
    elif amounts[0] is None and amounts[1] is None:
        twin.problems["F221", "row"] += 1


def _tall_rate(twin: Twin, cell: Any, is_modifier: bool) -> tuple[Any, ...]:
    dollar, percentage, algorithm = NUMBERS[4:7]
    method = twin.word(cell("standard_charge|methodology"), "standard_charge|methodology")
    dollars = twin.number(cell(dollar), dollar)
    percent = twin.number(cell(percentage), percentage, 6)
    if dollars is not None:
        statement = "dollar"
    elif percent is not None:
        statement = "percentage"
    elif cell(algorithm):
        statement = "algorithm"
    else:
        statement = "none"
        twin.problems["F207", dollar] += 1
    if not cell("payer_name"):
        twin.problems["F208", "payer_name"] += 1
    unit = {"case rate": "case", "per diem": "day"}.get(method or "", "service")
    if statement == "percentage" and not is_modifier:
        unit = "charges"
    named = (cell("payer_name"), cell("plan_name") or None)
    price = (statement, method, dollars, percent, cell(algorithm) or None, unit)
    return (*named, *price, _tall_allowed(twin, cell))


def _tall_allowed(twin: Twin, cell: Any) -> tuple[Any, ...] | None:
    columns = ("median_amount", "10th_percentile", "90th_percentile", "estimated_amount")
    count = cell("count")
    if not count and not any(cell(column) for column in columns):
        return None
    is_number = re.fullmatch(r"[1-9]\d*", count) and int(count) > 10
    if count and count not in ("0", "1 through 10") and not is_number:
        twin.problems["F225", "count"] += 1
    return (*(twin.number(cell(column), column) for column in columns), count or None)


def json_twin(data: bytes) -> Twin:
    """The JSON document in `data`, of right types throughout."""
    root = json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_int=Decimal)
    twin = Twin()
    for i, item in enumerate(root["standard_charge_information"]):
        drug = item.get("drug_information", {})
        codes = tuple((c["type"], c["code"]) for c in item["code_information"])
        name = (_text(item["description"]), codes, _exact(drug.get("unit"), 6), drug.get("type"))
        twin.items.add((i, *name))
        for j, charge in enumerate(item["standard_charges"]):
            modifiers = tuple(sorted(charge.get("modifier_code", [])))
            keys = ("gross_charge", "discounted_cash", "minimum", "maximum")
            line = (
                *name,
                *(_exact(charge.get(key)) for key in keys),
                charge["setting"],
                charge.get("billing_class"),
                modifiers,
                _text(charge.get("additional_generic_notes")),
            )
            twin.charges.add((i, j, *line))
            payers = charge.get("payers_information", [])
            twin.read += len(payers) or 1
            for k, payer in enumerate(payers):
                place = f"standard_charge_information[{i}].standard_charges[{j}]"
                place += f".payers_information[{k}]"
                twin.rates.append((place, *line, *_json_rate(payer)))
    for i, modifier in enumerate(root.get("modifier_information", [])):
        for j, payer in enumerate(modifier["modifier_payer_information"]):
            twin.read += 1
            said = [_text(modifier.get(key)) for key in ("code", "description", "setting")]
            said += [_text(payer[key]) for key in ("payer_name", "plan_name", "description")]
            place = f"modifier_information[{i}].modifier_payer_information[{j}]"
            twin.notes.append((*said, place))
    return twin


def _json_rate(payer: dict[str, Any]) -> tuple[Any, ...]:
    dollars = _exact(payer.get("standard_charge_dollar"))
    percent = _exact(payer.get("standard_charge_percentage"), 6)
    algorithm = _text(payer.get("standard_charge_algorithm"))
    method = payer["methodology"]
    unit = {"case rate": "case", "per diem": "day"}.get(method, "service")
    if dollars is not None:
        statement = "dollar"
    elif percent is not None:
        statement, unit = "percentage", "charges"
    else:
        statement = "algorithm" if algorithm else "none"
    keys = ("median_amount", "10th_percentile", "90th_percentile", "estimated_amount")
    allowed = None
    if payer.get("count") or any(key in payer for key in keys):
        allowed = (*(_exact(payer.get(key)) for key in keys), payer.get("count"))
    named = (_text(payer["payer_name"]), _text(payer["plan_name"]))
    price = (statement, method, dollars, percent, algorithm, unit)
    return (*named, *price, allowed, _text(payer.get("additional_payer_notes")))


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None


def _exact(value: Decimal | None, places: int = 4) -> Decimal | None:
    if value is None:
        return None
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def rates_of(loaded: Loaded) -> list[tuple[Any, ...]]:
    """The rates that a reader wrote, joined into tuples of the twin's form, in file order."""
    codes: dict[int, list[tuple[int, Any, str]]] = {}
    for code in loaded["item_codes"]:
        of_item = codes.setdefault(code["item_id"], [])
        of_item.append((code["position"], code["published_type"], code["published_code"]))
    items = {item["item_id"]: item for item in loaded["items"]}
    charges = {charge["charge_id"]: charge for charge in loaded["charges"]}
    allowed = {row["rate_id"]: row for row in loaded["allowed"]}
    members: dict[str, list[str]] = {"": []}
    for row in loaded["modifier_sets"]:
        members.setdefault(row["modifier_set_id"], []).append(row["member"])
    found = []
    for rate in sorted(loaded["rates"], key=lambda rate: rate["rate_id"]):
        item, charge = items[rate["item_id"]], charges[rate["charge_id"]]
        assert charge["item_id"] == rate["item_id"]
        assert rate["modifier_set_id"] == charge["modifier_set_id"]
        of_item = sorted(codes.get(rate["item_id"], []))
        said = allowed.get(rate["rate_id"])
        what = ("median", "p10", "p90", "estimated_amount", "count")
        found.append(
            (
                rate["place"],
                item["description"],
                tuple((kind, code) for _, kind, code in of_item),
                *(item[c] for c in ("drug_unit", "drug_unit_type")),
                *(charge[c] for c in ("gross", "cash", "minimum", "maximum")),
                *(rate[c] for c in ("setting", "billing_class")),
                tuple(sorted(members[rate["modifier_set_id"]])),
                charge["note"],
                *(rate[c] for c in ("payer_name", "plan_name", "statement", "method")),
                *(rate[c] for c in ("dollars", "percentage", "algorithm", "price_unit")),
                tuple(said[c] for c in what) if said else None,
                rate["note"],
            )
        )
    return found


def notes_of(loaded: Loaded) -> list[tuple[Any, ...]]:
    """The modifier notes that a reader wrote, in file order."""
    columns = ("modifier", "description", "setting", "payer_name", "plan_name", "note", "place")
    rows = sorted(loaded["modifier_notes"], key=lambda row: row["position"])
    return [tuple(row[column] for column in columns) for row in rows]
