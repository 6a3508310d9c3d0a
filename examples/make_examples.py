"""Rebuild the example files of this folder from the public files they take their figures from.

    python examples/make_examples.py DATA_FOLDER [OUT_FOLDER]

DATA_FOLDER holds the published files under the paths of `SOURCES`; OUT_FOLDER is this folder by
default. Same input, same bytes (the gzip file: same bytes under the same zlib, same content under
any). What each file is and what was changed is told in ORIGINS.md.

Taken over as published: hospitals, payers, plans, codes, dates, prices, counts, contract terms in
brackets. Put in our own words: every description of a service, notes and other prose. A note that
this script has no words for stops it, so that no published text slips in unseen.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

_HOSPITALS = "price_files/hpt_real_v3/lkowalcz__hospital-price-history"
SOURCES = {
    "emory-university-hospital.csv": f"{_HOSPITALS}/emory-university-hospital.csv.gz",
    "adventhealth-orlando.json": f"{_HOSPITALS}/adventhealth-orlando.json.gz",
    "md-anderson.csv": f"{_HOSPITALS}/md-anderson_wide_excerpt.csv.gz",
    "marthas-vineyard.csv": f"{_HOSPITALS}/marthas-vineyard.csv",
    "carefirst-in-network.json.gz": "price_files/tic_real/dolthub__data-analysis/"
    "carefirst_2020-08-27_in-network-rates_v1.0.0.json.gz",
    "PPRRVU2025_Oct.csv": "medicare/pfs/PPRRVU2025_Oct.redacted.csv",
    "PPRRVU2026_Jul.csv": "medicare/pfs/PPRRVU2026_Jul_nonQPP.redacted.csv",
    "GPCI2025.csv": "medicare/pfs/GPCI2025.csv",
    "GPCI2026.csv": "medicare/pfs/GPCI2026.csv",
}

# Our own words, in the order in which the rows are written.
LABELS = {
    "32557": "Chest drain placement through the skin, with imaging",
    "32556": "Chest drain placement through the skin, no imaging",
    "32555": "Fluid drawn from around the lung by needle, with imaging",
    "32554": "Fluid drawn from around the lung by needle, no imaging",
    "32550": "Long-term chest drain under the skin, placed",
    "32552": "Long-term chest drain under the skin, taken out",
    "32551": "Chest tube placed by a surgical cut",
    "76942": "Ultrasound that steers a needle",
    "75989": "Imaging that steers a drain",
    "77012": "CT that steers a needle",
    "71046": "Chest radiograph, front and side",
    "99213": "Clinic visit of a known patient, simpler problem",
    "99214": "Clinic visit of a known patient, harder problem",
    "70551": "Plain MRI of the head",
    "43239": "Upper gut endoscopy with tissue sample",
    "27447": "Knee replacement, whole joint",
}
DRG_LABELS = {
    "470": "Hospital stay: hip or knee replaced, no major complication",
    "189": "Hospital stay: fluid in the lungs or failing breathing",
}
_LABELS_OF = {"CPT": LABELS, "HCPCS": LABELS, "MS-DRG": DRG_LABELS}
_ORDER = {code: place for place, code in enumerate([*LABELS, *DRG_LABELS])}

# MD Anderson states 140 payer-plan blocks, so one code is up to 140 rows there. The outpatient
# and professional plans of these payers are taken: what a drain outside an admission is paid by.
MD_ANDERSON_PAYERS = frozenset(
    ["Aetna", "BlueCrossBlueShield", "Cigna", "Humana", "UnitedHealthcare", "Multiplan", "PHCS",
     "Tricare", "KelseyCare_MedicareAdvantage"]
)  # fmt: skip
MD_ANDERSON_PLANS = ("Outpatient", "Professional")
MD_ANDERSON_CODES = frozenset(["32551", "32555", "32556", "32557", "76942", "99213"])

# The localities of the hospitals, the payer's home, Alabama, and rows with the footnote marks.
LOCALITIES = frozenset(
    [
        ("10112", "00"),  # Alabama
        ("02102", "01"),  # Alaska: work floor 1.5
        ("01182", "18"),  # Los Angeles
        ("12202", "01"),  # District of Columbia and suburbs
        ("09102", "03"),  # Fort Lauderdale
        ("09102", "04"),  # Miami
        ("09102", "99"),  # Rest of Florida: Orlando
        ("10212", "01"),  # Atlanta
        ("10212", "99"),  # Rest of Georgia
        ("12302", "01"),  # Baltimore
        ("14212", "01"),  # Metropolitan Boston
        ("14212", "99"),  # Rest of Massachusetts: Martha's Vineyard
        ("13202", "01"),  # Manhattan
        ("04412", "18"),  # Houston
        ("03602", "21"),  # Wyoming: practice expense floor 1.0
    ]
)

# Nobody attests an excerpt: its value is false, in the place where the layout wants a value.
ATTESTER = "nobody: an example file made for ratepress"

_ALGORITHM_NOTE = "Paid by the terms in the algorithm column; allowed amounts include them."
NOTES = {
    "": "",
    "APC": "APC",
    "OPPS APC": "APC",
    "MSDRG Base Rate": "MS-DRG base rate",
    "No services performed during 15-month lookback period.": "Nothing allowed in 15 months.",
    "Contracting method is an algorithm described in the 'standard_charges|algorithm' field. "
    "The allowed amount provided accounts for the structural rates, conditions, and utilization "
    "elements inherent in the payer's algorithm.": _ALGORITHM_NOTE,
    "Price is variable based on underlying billing methodology - especially, for drug and "
    "supply items.": "The price varies with how the item is billed.",
    "Gross Charge Type: HB ORL PRICE": "Price list HB ORL",
    "Gross Charge Type: HB ORL OP PRICE": "Price list HB ORL OP",
    "Gross Charge Type: AH HB ORL PRICE INF": "Price list AH HB ORL INF",
    "Tricare CMAC Fee Schedule": "Tricare CMAC fee schedule",
    "Aetna RBRVS Fee Schedule": "Aetna RBRVS fee schedule",
    "Aetna MD Fee Schedule": "Aetna MD fee schedule",
    "WTC Outpatient Fee Schedule": "WTC outpatient fee schedule",
    "Fee Schedule (OP Surgical)": "Fee schedule, outpatient surgery",
    "Fee Schedule (OP Imaging)": "Fee schedule, outpatient imaging",
}
APC_ALGORITHM = (
    "APC price $163.89, plus half of the cost above 1.75 times the price where the cost passes "
    "the outlier threshold; no price of its own where packaged into a comprehensive APC"
)
MODIFIER_LABELS = {"TC": "Equipment, staff and supplies only, not the reading"}
MODIFIER_NOTES = {
    "The modified price is presented in the standard charge value.": "The price stated is the "
    "price with this modifier."
}

_PRICES = (
    "standard_charge|negotiated_dollar",
    "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm",
    "median_amount",
    "10th_percentile",
    "90th_percentile",
    "count",
    "standard_charge|methodology",
)
# The columns of the CMS template for the tall layout, v3.0.0; billing_class is optional there.
TALL_COLUMNS = (
    "description",
    *(name for i in (1, 2, 3) for name in (f"code|{i}", f"code|{i}|type")),
    "modifiers",
    "setting",
    "billing_class",
    "drug_unit_of_measurement",
    "drug_type_of_measurement",
    "standard_charge|gross",
    "standard_charge|discounted_cash",
    "payer_name",
    "plan_name",
    *_PRICES,
    "standard_charge|min",
    "standard_charge|max",
    "additional_generic_notes",
)
_GENERAL = ("hospital_name", "last_updated_on", "version", "location_name", "hospital_address")

Row = dict[str, str]


def code_of(pairs: Iterable[tuple[str, str]]) -> str | None:
    """The example code among an item's (code, type) pairs, if it has one."""
    return next((code for code, kind in pairs if code in _LABELS_OF.get(kind, ())), None)


def _label(code: str) -> str:
    return LABELS.get(code) or DRG_LABELS[code]


def _note(published: str) -> str:
    return NOTES[published.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")]


def _algorithm(published: str) -> str:
    # Terms in square brackets are the contract's figures; anything else is prose.
    if published.startswith("APC Price ($163.89)."):
        return APC_ALGORITHM
    if published and not (published.startswith("[") and published.endswith("]")):
        raise KeyError(published)
    return published


def _csv_rows(raw: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode(encoding), newline="")))


def _csv_bytes(rows: Iterable[Sequence[str]], end: str = "\n") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows(rows)
    return out.getvalue().encode()


# --- hospitals --------------------------------------------------------------------------------


def _pairs(row: Row) -> list[tuple[str, str]]:
    return [(row[f"code|{i}"], row[f"code|{i}|type"]) for i in (1, 2, 3)]


def _own_words(row: Row, code: str) -> Row:
    return row | {
        "description": _label(code),
        "standard_charge|negotiated_algorithm": _algorithm(
            row["standard_charge|negotiated_algorithm"]
        ),
        "additional_generic_notes": _note(row["additional_generic_notes"]),
    }


def _tall_file(heads: Sequence[str], values: Sequence[str], rows: Iterable[Row]) -> bytes:
    """A tall CSV: the published general headers, and `rows` in the order of our codes."""
    general = dict(zip(heads, values, strict=True))
    licence = next(name for name in heads if name.startswith("license_number|"))
    attestation = next(name for name in heads if name.startswith("To the best of its knowledge"))
    names = [*_GENERAL, licence, "type_2_npi", attestation, "attester_name"]
    general |= {attestation: "false", "attester_name": ATTESTER}

    found = list(rows)
    columns = [c for c in TALL_COLUMNS if c != "billing_class" or any(c in r for r in found)]
    cells = {tuple(r.get(c, "") for c in columns): _ORDER[code_of(_pairs(r)) or ""] for r in found}
    if len(cells) != len(found):
        raise ValueError("two rows became one: the labels hide a difference")
    ordered = sorted(cells, key=lambda row: (cells[row], row))
    return _csv_bytes([names, [general[name] for name in names], columns, *ordered])


def tall(raw: bytes, encoding: str = "utf-8") -> bytes:
    """The rows of our codes from a hospital's tall CSV."""
    heads, values, columns, *data = _csv_rows(raw, encoding)

    def rows() -> Iterator[Row]:
        for cells in data:
            row = dict(zip(columns, cells, strict=True))
            code = code_of(_pairs(row))
            if code is not None:
                yield _own_words(row, code)

    return _tall_file(heads, values, rows())


def wide_to_tall(raw: bytes, codes: frozenset[str] = MD_ANDERSON_CODES) -> bytes:
    """The rows of `codes` from a hospital's wide CSV, one tall row for each payer-plan stated."""
    heads, values, columns, *data = _csv_rows(raw, "utf-8")
    used = sum(1 for name in heads if name)
    blocks = [
        block
        for block in _blocks(columns)
        if block[1] in MD_ANDERSON_PAYERS
        and any(word in block[2] for word in MD_ANDERSON_PLANS)
        and "SCT" not in block[2]
    ]

    def rows() -> Iterator[Row]:
        for cells in data:
            row = dict(zip(columns, cells, strict=True))
            code = code_of(_pairs(row))
            if code in codes:
                yield from _payer_rows(row, code, blocks)

    return _tall_file(heads[:used], values[:used], rows())


def _blocks(columns: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """(part of the header, payer, plan) of each payer-plan block of a wide header."""
    for name in columns:
        kind, _, rest = name.partition("|")
        middle, _, last = rest.rpartition("|")
        if kind == "standard_charge" and last == "negotiated_dollar":
            payer, _, plan = middle.partition("|")
            yield middle, payer, plan or "not stated"


def _payer_rows(row: Row, code: str, blocks: Sequence[tuple[str, str, str]]) -> Iterator[Row]:
    base = {name: row[name] for name in TALL_COLUMNS if name in row}
    # The headers of one block are not always written in the same case.
    folded = {name.lower(): cell for name, cell in row.items()}
    for middle, payer, plan in blocks:
        stated = {name: folded[_wide_name(name, middle).lower()] for name in _PRICES}
        note = folded[f"additional_payer_notes|{middle}".lower()]
        if any(stated.values()):
            full = base | stated | {"payer_name": payer, "plan_name": plan}
            yield _own_words(full | {"additional_generic_notes": note}, code)


def _wide_name(tall_name: str, middle: str) -> str:
    kind, _, last = tall_name.partition("|")
    return f"{kind}|{middle}|{last}" if last else f"{kind}|{middle}"


def hospital_json(raw: bytes) -> bytes:
    """The items of our codes from a hospital's JSON."""
    document = _parse(raw)
    items = []
    for item in document["standard_charge_information"]:
        code = code_of((pair["code"], pair["type"]) for pair in item["code_information"])
        if code is not None:
            charges = [_charge(charge) for charge in item["standard_charges"]]
            own = item | {"description": _label(code), "standard_charges": charges}
            items.append((_ORDER[code], _encode(own), own))
    document["standard_charge_information"] = [own for _, _, own in sorted(items, key=_first_two)]
    payers = {
        (payer["payer_name"], payer["plan_name"])
        for _, _, own in items
        for charge in own["standard_charges"]
        for payer in charge.get("payers_information", ())
    }
    document["modifier_information"] = [
        _modifier(modifier, payers) for modifier in document["modifier_information"]
    ]
    document["attestation"] |= {"attester_name": ATTESTER, "confirm_attestation": False}
    return _document(document)


def _first_two(entry: tuple[int, str, Any]) -> tuple[int, str]:
    return entry[:2]


def _charge(charge: dict[str, Any]) -> dict[str, Any]:
    own = dict(charge)
    if "additional_generic_notes" in own:
        own["additional_generic_notes"] = _note(own["additional_generic_notes"])
    if "payers_information" in own:
        own["payers_information"] = [_payer(payer) for payer in own["payers_information"]]
    return own


def _payer(payer: dict[str, Any]) -> dict[str, Any]:
    own = dict(payer)
    if "additional_payer_notes" in own:
        own["additional_payer_notes"] = _note(own["additional_payer_notes"])
    if "standard_charge_algorithm" in own:
        own["standard_charge_algorithm"] = _algorithm(own["standard_charge_algorithm"])
    return own


def _modifier(modifier: dict[str, Any], payers: set[tuple[str, str]]) -> dict[str, Any]:
    said = [
        entry | {"description": MODIFIER_NOTES[entry["description"]]}
        for entry in modifier["modifier_payer_information"]
        if (entry["payer_name"], entry["plan_name"]) in payers
    ]
    label = MODIFIER_LABELS[modifier["code"]]
    return modifier | {"description": label, "modifier_payer_information": said}


# --- a payer ----------------------------------------------------------------------------------


def in_network(raw: bytes) -> bytes:
    """The items of our codes from a payer's in-network file, and the references they use."""
    document = _parse(raw)
    items = []
    used: set[str] = set()
    for item in document["in_network"]:
        code = code_of([(item["billing_code"], item["billing_code_type"])])
        if code is not None:
            items.append(item | {"name": _label(code), "description": _label(code)})
            for rate in item["negotiated_rates"]:
                used.update(rate["provider_references"])
    document["in_network"] = items
    document["provider_references"] = [
        reference
        for reference in document["provider_references"]
        if reference["provider_group_id"] in used
    ]
    packed = io.BytesIO()
    # No name and no time in the header: the bytes depend on the content only.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as out:
        out.write(_document(document))
    return packed.getvalue()


class _Number(str):
    """A JSON number as its text: 690.64470 is an identifier, and a float would cut its zero."""

    __slots__ = ()


def _parse(raw: bytes) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(raw, parse_float=_Number, parse_int=_Number)
    return parsed


def _encode(value: Any) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_encode(k)}:{_encode(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_encode(element) for element in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _document(document: dict[str, Any]) -> bytes:
    """The document with one line for each top-level key, and for each element of a list."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list):
            inside = ",\n".join(" " + _encode(element) for element in value)
            parts.append(f"{_encode(key)}: [\n{inside}\n]")
        else:
            parts.append(f"{_encode(key)}: {_encode(value)}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


# --- Medicare ---------------------------------------------------------------------------------


def rvu(raw: bytes) -> bytes:
    """The preamble, the stacked header and the rows of our codes of a PPRRVU file."""
    rows = _csv_rows(raw, "utf-8")
    header = next(place for place, row in enumerate(rows) if row[0] == "HCPCS")
    description = rows[header].index("DESCRIPTION")
    own = []
    for row in rows[header + 1 :]:
        if row[0] in LABELS:
            row[description] = LABELS[row[0]]
            own.append(row)
    return _csv_bytes([*rows[: header + 1], *own], end="\r\n")


def gpci(raw: bytes) -> bytes:
    """The header, `LOCALITIES` and the footnotes of a GPCI file."""
    rows = _csv_rows(raw, "utf-8")
    kept = [r for r in rows if not r[0].isdigit() or (r[0], r[2]) in LOCALITIES]
    if sum(r[0].isdigit() for r in kept) != len(LOCALITIES):
        raise ValueError("a locality of LOCALITIES is not in the file")
    return _csv_bytes(kept, end="\r\n")


def build(data: Path) -> dict[str, bytes]:
    """Every example file by name, made from the published files below `data`."""
    raw = {name: _read(data / source) for name, source in SOURCES.items()}
    return {
        "emory-university-hospital.csv": tall(raw["emory-university-hospital.csv"]),
        "adventhealth-orlando.json": hospital_json(raw["adventhealth-orlando.json"]),
        "md-anderson.csv": wide_to_tall(raw["md-anderson.csv"]),
        "marthas-vineyard.csv": tall(raw["marthas-vineyard.csv"], "cp1252"),
        "carefirst-in-network.json.gz": in_network(raw["carefirst-in-network.json.gz"]),
        "PPRRVU2025_Oct.csv": rvu(raw["PPRRVU2025_Oct.csv"]),
        "PPRRVU2026_Jul.csv": rvu(raw["PPRRVU2026_Jul.csv"]),
        "GPCI2025.csv": gpci(raw["GPCI2025.csv"]),
        "GPCI2026.csv": gpci(raw["GPCI2026.csv"]),
    }


def _read(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def main(arguments: Sequence[str]) -> int:
    """The command line: 0 done, 2 wrong usage."""
    if len(arguments) not in (1, 2):
        sys.stderr.write("usage: python make_examples.py DATA_FOLDER [OUT_FOLDER]\n")
        return 2
    out = Path(arguments[1]) if len(arguments) == 2 else HERE
    for name, content in build(Path(arguments[0])).items():
        (out / name).write_bytes(content)
        sys.stdout.write(f"{len(content):>8,}  {name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
