"""The example files say what the public files say, in our words, and the readers take them."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

import duckdb
import pytest

from ratepress.lake.store import Lake
from ratepress.readers.add import Added, add

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TALL = ("emory-university-hospital.csv", "md-anderson.csv", "marthas-vineyard.csv")
FILES = (
    *TALL,
    "adventhealth-orlando.json",
    "carefirst-in-network.json.gz",
    "PPRRVU2025_Oct.csv",
    "PPRRVU2026_Jul.csv",
    "GPCI2025.csv",
    "GPCI2026.csv",
)
Filled = tuple[Lake, dict[str, Added]]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """make_examples.py as a module; the folder is no package."""
    spec = importlib.util.spec_from_file_location("make_examples", EXAMPLES / "make_examples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A lake that holds every example, and what `add` said of each."""
    lake = Lake.create(tmp_path_factory.mktemp("examples") / "lake")
    return lake, {name: add(lake, EXAMPLES / name) for name in FILES}


@pytest.fixture(scope="module")
def sql(filled: Filled) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the filled lake."""
    with filled[0].connect() as connection:
        yield connection


def tall_rows(name: str) -> list[dict[str, str]]:
    """The data rows of a tall example, by the names of its third line."""
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as lines:
        next(reader := csv.reader(lines))
        next(reader)
        header = next(reader)
        return [dict(zip(header, cells, strict=True)) for cells in reader]


def is_code(row: dict[str, str], code: str) -> bool:
    """Whether a tall row states `code` as a CPT or HCPCS code."""
    stated = {(row[f"code|{i}"], row[f"code|{i}|type"]) for i in (1, 2, 3)}
    return bool(stated & {(code, "CPT"), (code, "HCPCS")})


def read_json(name: str) -> Any:
    """A JSON example, its numbers as text."""
    raw = (EXAMPLES / name).read_bytes()
    text = gzip.decompress(raw) if name.endswith(".gz") else raw
    return json.loads(text, parse_float=str, parse_int=str)


def test_the_folder_holds_the_files_the_script_makes_and_tells_where_each_is_from(
    script: ModuleType,
) -> None:
    others = {"ORIGINS.md", "make_examples.py", ".gitattributes", "__pycache__"}
    assert {path.name for path in EXAMPLES.iterdir()} - others == set(FILES) == set(script.SOURCES)
    origins = (EXAMPLES / "ORIGINS.md").read_text(encoding="utf-8")
    assert [name for name in FILES if f"| `{name}` |" not in origins] == []


def test_the_folder_stays_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in EXAMPLES.iterdir() if path.is_file()) < 400_000


@pytest.mark.files
def test_the_script_makes_the_committed_bytes(script: ModuleType, data_folder: Path) -> None:
    made = script.build(data_folder)
    assert sorted(made) == sorted(FILES)
    for name, content in made.items():
        committed = (EXAMPLES / name).read_bytes()
        if name.endswith(".gz"):  # Another zlib may pack the same content into other bytes.
            content, committed = gzip.decompress(content), gzip.decompress(committed)
        assert content == committed, name


@pytest.mark.files
def test_the_script_writes_to_the_folder_it_is_given(
    script: ModuleType, data_folder: Path, tmp_path: Path
) -> None:
    assert script.main([str(data_folder), str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert script.main([]) == 2


def test_a_note_that_the_script_has_no_words_for_stops_it(script: ModuleType) -> None:
    lines = (EXAMPLES / "marthas-vineyard.csv").read_bytes().splitlines(keepends=True)
    example = b"".join(lines[:4])
    assert script.tall(example) == example
    with pytest.raises(KeyError, match="a text of theirs"):
        script.tall(example.replace(b"1954.41,\n", b"1954.41,a text of theirs\n"))


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_loaded_or_set_aside_for_a_reason(filled: Filled, name: str) -> None:
    content = filled[1][name].content
    assert content.read == content.loaded + sum(aside.count for aside in content.set_aside)
    assert content.loaded > 0


@pytest.mark.parametrize("name", TALL)
def test_every_row_of_a_tall_example_is_loaded(filled: Filled, name: str) -> None:
    content = filled[1][name].content
    assert (content.read, content.loaded) == (len(tall_rows(name)),) * 2


@pytest.mark.parametrize("name", TALL)
def test_tall_examples_have_in_the_lake_the_prices_of_32557_they_state(
    filled: Filled, sql: duckdb.DuckDBPyConnection, name: str
) -> None:
    stated = Counter(
        (row["payer_name"], row["plan_name"], Decimal(row["standard_charge|negotiated_dollar"]))
        for row in tall_rows(name)
        if is_code(row, "32557") and row["payer_name"]
    )
    assert in_lake(sql, filled[1][name]) == stated


def test_the_json_example_has_in_the_lake_the_prices_of_32557_it_states(
    filled: Filled, sql: duckdb.DuckDBPyConnection
) -> None:
    document = read_json("adventhealth-orlando.json")
    stated = Counter(
        (payer["payer_name"], payer["plan_name"], Decimal(payer["standard_charge_dollar"]))
        for item in document["standard_charge_information"]
        if {"code": "32557", "type": "HCPCS"} in item["code_information"]
        for charge in item["standard_charges"]
        for payer in charge.get("payers_information", ())
    )
    assert sum(stated.values()) == 7
    assert in_lake(sql, filled[1]["adventhealth-orlando.json"]) == stated


def test_the_payer_example_has_in_the_lake_the_prices_of_32557_it_states(
    filled: Filled, sql: duckdb.DuckDBPyConnection
) -> None:
    document = read_json("carefirst-in-network.json.gz")
    stated = Counter(
        ("CareFirst BlueCross BlueShield", None, Decimal(price["negotiated_rate"]))
        for item in document["in_network"]
        if item["billing_code"] == "32557"
        for rate in item["negotiated_rates"]
        for price in rate["negotiated_prices"]
    )
    assert sum(stated.values()) == 71
    assert in_lake(sql, filled[1]["carefirst-in-network.json.gz"]) == stated


def in_lake(sql: duckdb.DuckDBPyConnection, added: Added) -> Counter[Any]:
    """(payer, plan, dollars) of one content's rates for 32557, with how often each occurs."""
    rows = sql.execute(
        "SELECT payer_name, plan_name, dollars FROM rates"
        " WHERE content_id = ? AND code_system = 'cpt' AND code = '32557'",
        [added.content.content_id],
    )
    return Counter(rows.fetchall())


def test_provider_references_keep_their_exact_ids_and_wait_to_be_fetched(
    filled: Filled, sql: duckdb.DuckDBPyConnection
) -> None:
    listed = read_json("carefirst-in-network.json.gz")["provider_references"]
    ids = {reference["provider_group_id"] for reference in listed}
    assert "690.65570" in ids, "the trailing zero is part of the identifier"
    rows = sql.execute(
        "SELECT published_id, state FROM provider_groups WHERE content_id = ?",
        [filled[1]["carefirst-in-network.json.gz"].content.content_id],
    ).fetchall()
    assert sorted(rows) == sorted((published, "not fetched") for published in ids)
    assert len(rows) == 72


def test_emory_states_19_prices_for_32557_and_the_commercial_median_is_3708(
    filled: Filled, sql: duckdb.DuckDBPyConnection
) -> None:
    """The published figures of this file: 8 commercial, 7 Medicare Advantage, 4 exchange."""
    rows = sql.execute(
        "SELECT line_of_business, dollars FROM rates WHERE content_id = ? AND code = '32557'",
        [filled[1]["emory-university-hospital.csv"].content.content_id],
    ).fetchall()
    assert Counter(line for line, _ in rows) == {
        "commercial": 8,
        "medicare advantage": 7,
        "exchange": 4,
    }
    assert median(dollars for line, dollars in rows if line == "commercial") == 3708
    assert median(dollars for _, dollars in rows) == 3051


def test_the_rvu_rows_give_the_2026_amounts_of_32557(sql: duckdb.DuckDBPyConnection) -> None:
    """647.98 in an office and 129.26 in a facility, as CMS prices it in July 2026."""
    ((work, office, facility, malpractice),) = sql.execute(
        "SELECT work_rvu, nonfacility_pe_rvu, facility_pe_rvu, malpractice_rvu FROM pfs_rvu"
        " WHERE code = '32557' AND year(effective_from) = 2026"
    ).fetchall()
    factor = Decimal("33.4009")
    cent = Decimal("0.01")
    amounts = [((work + pe + malpractice) * factor) for pe in (office, facility)]
    rounded = [amount.quantize(cent, ROUND_HALF_UP) for amount in amounts]
    assert rounded == [Decimal("647.98"), Decimal("129.26")]


def test_the_localities_of_the_hospitals_are_there_in_both_years(
    sql: duckdb.DuckDBPyConnection,
) -> None:
    rows = sql.execute(
        "SELECT mac || '-' || locality FROM pfs_gpci WHERE locality_name IN "
        "('ALABAMA', 'ATLANTA', 'HOUSTON', 'REST OF FLORIDA', 'REST OF MASSACHUSETTS')"
    ).fetchall()
    stated = ["09102-99", "10112-00", "10212-01", "04412-18", "14212-99"]
    assert sorted(key for (key,) in rows) == sorted(stated * 2)


def real_descriptions(script: ModuleType, data: Path) -> dict[str, set[str]]:
    """Every description that the real files give to our codes, in one case and spacing."""
    found: dict[str, set[str]] = {code: set() for code in [*script.LABELS, *script.DRG_LABELS]}
    for name, source in script.SOURCES.items():
        raw = (data / source).read_bytes()
        text = (gzip.decompress(raw) if source.endswith(".gz") else raw).decode("cp1252", "replace")
        if source.endswith((".csv", ".csv.gz")):
            pairs = [(row[0], row[1:9]) for row in csv.reader(text.splitlines(keepends=True))]
        elif name.startswith("carefirst"):
            items = json.loads(text)["in_network"]
            pairs = [(i["description"], [i["billing_code"]]) for i in items]
        else:
            items = json.loads(text)["standard_charge_information"]
            pairs = [(i["description"], [c["code"] for c in i["code_information"]]) for i in items]
        for description, cells in pairs:
            for code in found.keys() & set(cells):
                found[code].add(plain(description))
    return found


def plain(text: str) -> str:
    """Text in lower case with single spaces."""
    return re.sub(r"\s+", " ", text.lower()).strip()


@pytest.mark.files
def test_no_description_of_the_real_files_is_in_the_examples(
    script: ModuleType, data_folder: Path
) -> None:
    real = real_descriptions(script, data_folder)
    assert len(real["32557"]) >= 5, "the real files describe 32557 in at least five ways"
    ours = {code: plain(label) for code, label in (script.LABELS | script.DRG_LABELS).items()}
    assert [code for code in ours if ours[code] in real[code]] == []
    written = [
        plain(gzip.decompress(raw).decode() if name.endswith(".gz") else raw.decode())
        for name in FILES
        for raw in [(EXAMPLES / name).read_bytes()]
    ]
    every = {text for texts in real.values() for text in texts}
    assert [text for text in every if any(text in example for example in written)] == []


def test_every_described_item_of_the_examples_has_one_of_our_labels(script: ModuleType) -> None:
    labels = {*script.LABELS.values(), *script.DRG_LABELS.values()}
    used = {row["description"] for name in TALL for row in tall_rows(name)}
    for item in read_json("adventhealth-orlando.json")["standard_charge_information"]:
        used.add(item["description"])
    for item in read_json("carefirst-in-network.json.gz")["in_network"]:
        used |= {item["description"], item["name"]}
    for name in ("PPRRVU2025_Oct.csv", "PPRRVU2026_Jul.csv"):
        rows = list(csv.reader((EXAMPLES / name).read_text(encoding="utf-8").splitlines()))
        used |= {row[2] for row in rows if row[0].isdigit()}
    assert used == labels
