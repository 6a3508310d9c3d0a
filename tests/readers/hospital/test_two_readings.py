"""The reader in columns leaves what the plain reader leaves: rows, ids, places and counts.

Files are generated as any mixture of what real ones get wrong; windows are small, so that items
and charge lines meet over their edges.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget import some
from hospital_files import (
    COLUMNS,
    GENERAL,
    ROW,
    Loaded,
    load_in_columns,
    load_plainly,
    tall,
    wide,
)
from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.readers.add import add

NUMBERS = st.sampled_from(
    (
        *("", "", "", "120", "120.50", "$1,234.50", " 7.25 ", "N/A", "1,2", "0", "-5", "1e2", ".5"),
        *("999999999", "999999999.4", "0.00005", "12.34565", "45%", "1" * 15, "1.50000", "1e9999"),
    )
)
WORDS = st.text(alphabet='ab ",\n\r|;\té’—$\xa0', max_size=6)
POOLS = {
    "description": WORDS,
    "code|1": st.sampled_from(["32557", "32557", "361", ""]),
    "code|1|type": st.sampled_from(["HCPCS", "CPT", "RC", ""]),
    "code|2": st.sampled_from(["", "", "0361", "32557", "x"]),
    "code|2|type": st.sampled_from(["", "", "RC", "HCPCS"]),
    "modifiers": st.sampled_from(["", "", "", "50", "50|80", "80, as", "|"]),
    "setting": st.sampled_from(["outpatient", "Outpatient", "both", "emergency", ""]),
    "drug_unit_of_measurement": st.sampled_from(["", "", "1", "0.5", "ten"]),
    "drug_type_of_measurement": st.sampled_from(["", "", "ML", "gm", "XX"]),
    "payer_name": st.sampled_from(["", "Aetna", "Aetna", "Cigna ", "Inpatient Fund"]),
    "plan_name": st.sampled_from(["", "PPO", "HMO_Inpatient", "Professional", "Medicare"]),
    "standard_charge|negotiated_algorithm": st.sampled_from(["", "", "lesser of, or"]),
    "count": st.sampled_from(["", "0", "1 through 10", "11", "7", "1,200"]),
    "standard_charge|methodology": st.sampled_from(
        ["", "fee schedule", "Case  Rate", "Percent of Total Billed Charges", "**other** "]
    ),
    "additional_generic_notes": WORDS,
    "additional_payer_notes": st.sampled_from(["", "", "see note"]),
    "billing_class": st.sampled_from(["", "facility", "Professional", "Both", "x"]),
    "my_column": st.sampled_from(["", "", "7"]),
}
BLOCKS = st.sampled_from(
    [
        "standard_charge|Aetna|HMO_Inpatient|negotiated_dollar",
        "standard_charge|Aetna|HMO_Inpatient|negotiated_percentage",
        "standard_charge|aetna|hmo_inpatient|methodology",
        "count|Aetna|HMO_Inpatient",
        "median_amount|Aetna|HMO_Inpatient",
        "additional_payer_notes|Aetna|HMO_Inpatient",
        "standard_charge|Some_Payer_Rate|negotiated_dollar",
        "standard_charge|Some_Payer_Rate|methodology",
        "standard_charge|A|B|C|negotiated_algorithm",
        "estimated_amount|[payer_name]|[plan_name]",
        "standard_charge|Cigna|PPO_Professional|negotiated_dollar",
    ]
)
PAYER_PART = frozenset(COLUMNS[11:20]) | {"standard_charge|methodology"}


def _pool(column: str) -> st.SearchStrategy[str]:
    if column in POOLS:
        return POOLS[column]
    parts = column.split("|")
    if parts[0] == "standard_charge" and len(parts) > 2:
        return POOLS.get(f"standard_charge|{parts[-1]}", NUMBERS)
    return POOLS.get(parts[0], NUMBERS) if len(parts) > 2 else NUMBERS


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file, tall, wide or both, its rows ragged, quoted, ended, titled and encoded any way."""
    extra = draw(st.sampled_from([(), ("billing_class",), ("my_column", "additional_payer_notes")]))
    columns = [*COLUMNS, *extra]
    if draw(st.booleans()):
        columns = [c for c in columns if c not in PAYER_PART] if draw(st.booleans()) else columns
        columns += draw(st.lists(BLOCKS, min_size=2, unique=True))
    columns = draw(st.permutations(columns))
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"], ["\n", "\r"]]))
    delimiter = draw(st.sampled_from([",", ",", ",", "\t", ";"]))
    text = io.StringIO(newline="")

    def write(row: list[str], quoting: Any = csv.QUOTE_MINIMAL) -> None:
        line = io.StringIO(newline="")
        csv.writer(line, delimiter=delimiter, quoting=quoting, lineterminator="").writerow(row)
        text.write(line.getvalue() + draw(st.sampled_from(ends)))

    for title in draw(st.sampled_from([[], [], ["Prices of our hospital"], ["a", "b"]])):
        write([title])
    write(list(GENERAL))
    write(list(GENERAL.values()))
    write(columns)
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    cut = draw(st.sampled_from([0, 0, 2]))
    earlier: list[list[str]] = []
    for _ in range(draw(st.integers(1, 8))):
        row = [draw(_pool(column)) for column in columns]
        if earlier and draw(st.booleans()):
            # Rows that share an item or a charge line with an earlier one.
            kept = draw(st.integers(1, len(columns)))
            row = [*earlier[-1][:kept], *row[kept:]]
        earlier.append(row)
        ragged = draw(st.sampled_from(["", "", "", "", "short", "long", "blank", "tail", "odd"]))
        if ragged == "short":
            row = row[: draw(st.integers(1, len(row)))]
        elif ragged == "tail":
            row = [*row, "", " "]
        elif ragged == "long":
            row = [*row, "", "x"]
        elif cut:
            row = row[: len(row) - cut]
        if ragged == "odd":
            text.write(f'5" tube{delimiter}a "word" here{delimiter}\n')
        write([] if ragged == "blank" else row, quoting)
    write([ROW.get(column, "") for column in columns])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]))
    return text.getvalue().encode(encoding)


def _read(read: Callable[[], Loaded]) -> Loaded | str:
    try:
        return read()
    except UnreadableInput as error:
        return str(error)


def agree(data: bytes, folder: Path, window: int) -> Loaded | None:
    """Both readings of a file, which must be the same; None where it is refused."""
    plain = _read(lambda: load_plainly(data, folder))
    fast = _read(lambda: load_in_columns(data, folder, window))
    if isinstance(plain, str) or isinstance(fast, str):
        assert fast == plain
        return None
    assert fast.header == plain.header
    assert (fast.tally.read, fast.tally.loaded) == (plain.tally.read, plain.tally.loaded)
    assert fast.tally.reconcile("") == plain.tally.reconcile("")
    assert sorted(fast.tables) == sorted(plain.tables)
    for name in plain.tables:
        assert fast.rows_of(name) == plain.rows_of(name), name
    return plain


@settings(max_examples=some(100), deadline=None)
@given(files(), st.sampled_from([200, 700, 1 << 20]))
def test_the_reader_in_columns_agrees_with_the_plain_one(data: bytes, window: int) -> None:
    with TemporaryDirectory() as folder:
        agree(data, Path(folder), window)


def test_generated_files_meet_every_rule_of_rows() -> None:
    """The property above is only as good as what it is given."""
    met: Counter[str] = Counter()

    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(files())
    def collect(data: bytes) -> None:
        with TemporaryDirectory() as folder:
            loaded = load_plainly(data, Path(folder))
        met.update({rule for rule, _ in loaded.problems})

    collect()
    assert {"F001", "F002", "F003", "F006"} <= set(met)
    assert {f"F{n}" for n in range(201, 214)} <= set(met)
    assert {"F221", "F225", "F227", "F228", "F230", "F231", "F232", "F233", "F234"} <= set(met)
    assert {"F235", "F236", "F238", "F243"} <= set(met)


@pytest.mark.parametrize(
    "data",
    [
        tall(ROW) + b'"never closed,1,2\n3,4\n',
        tall(ROW | {"description": "x" * 140_000}),
        tall(),
        tall(ROW) + b"\x00,a\n",
        tall(ROW | {"description": "a\x1fb"}),
        tall(ROW | {"description": "a\x85b\x0bc"}),
        tall(ROW).replace(b"\n", b"\r"),
        tall(ROW)[:-1],
        tall(ROW, ROW | {"description": 'say "a"'}, ROW | {"description": "x\n\n\ny"}),
        tall(ROW) + b"\n\n" + tall(ROW).splitlines()[-1] + b"\n   \n,,,\n",
        wide({"standard_charge|A|B|negotiated_dollar": "1"}, {}),
        # One item and one charge line, whichever pair of columns states the code.
        tall(
            ROW, ROW | {"code|1": "", "code|1|type": "", "code|2": "32557", "code|2|type": "HCPCS"}
        ),
        tall(
            ROW | {"code|2": "", "code|2|type": ""},
            ROW | {"code|1": "", "code|1|type": "", "code|2": "32557", "code|2|type": "HCPCS"},
        ),
        # The first byte that is not UTF-8 is in the header, or far behind it.
        tall(ROW, columns=[*COLUMNS, "Größe"]).decode().encode("cp1252"),
        tall(*[ROW] * 30, ROW | {"description": "Größe"}).decode().encode("cp1252"),
        tall(ROW)[:-2] + b"\xc3",
        tall(
            *[ROW | {f"code|{n}": f"{n}", f"code|{n}|type": "CDM"} for n in (1, 31, 40, 70)],
            columns=[*COLUMNS, *(f"code|{n}{t}" for n in range(3, 71) for t in ("", "|type"))],
        ),
    ],
)
@pytest.mark.parametrize("window", [200, 1 << 20])
def test_both_readings_agree_at_the_edges(tmp_path: Path, data: bytes, window: int) -> None:
    agree(data, tmp_path, window)


@pytest.mark.files
@pytest.mark.parametrize("name", ["marthas-vineyard.csv", "md-anderson_wide_excerpt.csv.gz"])
def test_both_readings_of_real_files_agree(data_folder: Path, tmp_path: Path, name: str) -> None:
    path = data_folder / "price_files/hpt_real_v3/lkowalcz__hospital-price-history" / name
    assert agree(path.read_bytes(), tmp_path, 1 << 20) is not None


def test_a_large_file_is_written_in_the_order_of_its_codes(lake: Lake, tmp_path: Path) -> None:
    rows = [
        ROW | {"code|1": f"{10000 + 7919 * n % 1000}", "payer_name": f"P{n % 3}"}
        for n in range(1000)
    ]
    (tmp_path / "large.csv").write_bytes(tall(*rows))
    content = add(lake, tmp_path / "large.csv").content
    assert content.rows["rates"] == 1000
    for table, key in (("rates", "code, payer_name, rate_id"), ("items", "code, item_id")):
        (path,) = (lake.root / "data" / table).glob("*.parquet")
        found = duckdb.sql(f"SELECT {key} FROM '{path}'").fetchall()
        assert found == sorted(found)
        assert len({code for code, *_ in found}) == 1000
