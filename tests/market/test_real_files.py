"""The market of four real files, against the files themselves read by csv and json alone.

Emory, AdventHealth Orlando and Martha's Vineyard state their prices of 2026, CareFirst of 2020.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import market_oracle as oracle
from market_lakes import Described, PriceFile, Rate
from market_raw_files import CODES, document, in_network, tall
from market_reading import read
from ratepress.codes.argument import CodeRef
from ratepress.lake.store import Lake
from ratepress.market.benchmark import benchmark, run_market
from ratepress.market.payers import identify
from ratepress.medicare.amounts import system_amounts
from ratepress.readers.line_of_business import of_plan

pytestmark = pytest.mark.files

AS_OF = date(2026, 7, 15)
REFS = [CodeRef(*code) for code in CODES]
EMORY = ("EMORY UNIVERSITY", "GA")
ADVENT = ("AdventHealth Orlando", "FL")
VINEYARD = ("Martha's Vineyard Hospital", "MA")


@pytest.fixture(scope="module")
def raw(data_folder: Path) -> Described:
    """The four files, by their bytes; lines of business by name, as tests/readers judge them."""
    hospitals = data_folder / "price_files/hpt_real_v3/lkowalcz__hospital-price-history"
    payers = data_folder / "price_files/tic_real/dolthub__data-analysis"
    files = (
        tall(hospitals / "emory-university-hospital.csv.gz", "utf-8", EMORY),
        document(hospitals / "adventhealth-orlando.json.gz", ADVENT),
        tall(hospitals / "marthas-vineyard.csv", "cp1252", VINEYARD),
        in_network(payers / "carefirst_2020-08-27_in-network-rates_v1.0.0.json.gz"),
    )
    return Described(tuple(_with_lines(file) for file in files))


def _with_lines(file: PriceFile) -> PriceFile:
    if file.hospital is None:
        return file
    rates = tuple(
        replace(rate, line_of_business=of_plan(rate.payer_name, rate.plan_name)[0])
        for rate in file.rates
    )
    return replace(file, rates=rates)


@pytest.fixture(scope="module")
def connection(real_lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the lake of real files, after one run of the market."""
    with real_lake.connect() as found:
        run_market(found, REFS, AS_OF)
        yield found


def test_each_payer_and_plan_has_as_many_rows_as_the_file_states(
    connection: duckdb.DuckDBPyConnection, raw: Described
) -> None:
    """Per code, payer, plan, line, setting, class and kind of statement."""
    expected = Counter(
        (
            r.code, r.payer_name, r.plan_name or "", r.line_of_business,
            r.setting or "not stated", r.billing_class or "not stated", r.statement, r.dollars,
        )
        for file in raw.files
        for r in file.rates
    )  # fmt: skip
    found = connection.execute(
        "SELECT code, payer_name, plan_name, line_of_business, setting, billing_class, statement, "
        "dollars, count(*) FROM published_rates GROUP BY ALL"
    ).fetchall()
    assert {row[:-1]: row[-1] for row in found} == dict(expected)


def test_no_amount_of_these_files_is_one_value_for_unrelated_codes(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """So the oracle, which is given the asked codes alone, sees what rule Q02 sees."""
    found = connection.execute(
        "SELECT DISTINCT r.dollars FROM repeated_amounts r JOIN published_rates p "
        "ON p.content_id = r.content_id AND p.payer_name = r.payer_name "
        "AND p.plan_name = r.plan_name AND p.dollars = r.dollars"
    ).fetchall()
    assert found == []


def test_every_figure_is_the_one_the_oracle_makes_of_the_raw_files(
    connection: duckdb.DuckDBPyConnection, raw: Described
) -> None:
    """All columns of all keys and both grains, at all strengths, and votes, flags and funnel."""
    medicare: oracle.Amounts = {}
    for one in system_amounts(connection, REFS, AS_OF):
        site = one.price_site.partition(",")[0] if one.system == "PFS" else ""
        medicare[one.system, one.code, one.modifier, site] = one.amount
    expected = oracle.market(raw, CODES, AS_OF, amounts=medicare, payer_of=_payer_of)
    actual = read(connection, REFS)
    assert actual.published == expected.published
    assert actual.funnel == expected.funnel
    assert actual.flags == expected.flags
    assert actual.votes == expected.votes
    assert actual.statistics == expected.statistics


def _payer_of(file: PriceFile, rate: Rate) -> tuple[str, str]:
    found = identify(rate.payer_name, file.hospital[1] if file.hospital else None)
    return found.payer_id, found.name


def test_emory_32557_is_8_commercial_rows_6_votes_and_a_median_of_3708(real_lake: Lake) -> None:
    """By hand: votes 2,124 (2,296 and 1,952), 3,051, 3,590, 3,826, 4,753.135, 4,840.09."""
    table = benchmark(real_lake, "32557", as_of=AS_OF, line_of_business="commercial")
    (found,) = (row for row in table.to_pylist() if row["grain"] == "all payers")
    counts = ("n_rows", "n_prices", "n_votes", "n_entities", "n_payers", "confidence")
    assert [found[name] for name in counts] == [8, 8, 6, 1, 6, "thin"]
    assert (found["lowest"], found["highest"]) == (Decimal("2124"), Decimal("4840.09"))
    assert found["p50"] == Decimal("3708.00")
    # Positions 2.25 and 4.75: 3051 + 0.25 × 539, and 3826 + 0.75 × 927.135.
    assert (found["p25"], found["p75"]) == (Decimal("3185.75"), Decimal("4521.35"))
    # Positions 1.5 and 5.5.
    assert (found["p10"], found["p90"]) == (Decimal("2587.50"), Decimal("4796.61"))


def test_the_mean_and_the_intervals_beside_emorys_median(real_lake: Lake) -> None:
    """22,184.225 over six votes is 3,697.370…; six have no interval, and one each no spread."""
    table = benchmark(real_lake, "32557", as_of=AS_OF, line_of_business="commercial")
    (found,) = (row for row in table.to_pylist() if row["grain"] == "all payers")
    assert found["mean"] == Decimal("3697.37")
    assert (found["median_low"], found["n_spread_payers"]) == (None, 0)
    assert (found["n_hospitals"], found["medicare_basis"]) == (1, None)


@pytest.mark.parametrize(
    ("line", "hospital", "n_rows"),
    [
        ("commercial", EMORY, 8),
        ("medicare advantage", EMORY, 7),
        ("exchange", EMORY, 4),
        ("commercial", ADVENT, 0),
    ],
)
def test_32557_has_so_many_rows_of_a_line_at_a_hospital(
    connection: duckdb.DuckDBPyConnection, line: str, hospital: tuple[str, str], n_rows: int
) -> None:
    found = connection.execute(
        "SELECT count(*) FROM published_rates "
        "WHERE code = '32557' AND line_of_business = ? AND publisher = ?",
        [line, hospital[0]],
    ).fetchall()
    assert found == [(n_rows,)]


@pytest.mark.parametrize(("strength", "n_rows"), [("minimum", 71), ("balanced", 0), ("maximum", 0)])
def test_carefirst_of_2020_is_stale_and_counts_at_the_minimum_alone(
    real_lake: Lake, strength: str, n_rows: int
) -> None:
    """71 rates of 32557 in the file, all professional in place 24; rule Q14 flags the file."""
    found = benchmark(real_lake, "32557", as_of=AS_OF, strength=strength, payer="carefirst")
    assert sum(row["n_rows"] for row in found.to_pylist()) == n_rows


def test_the_as_of_date_of_the_real_lake_is_its_newest_release(real_lake: Lake) -> None:
    """PPRRVU of July 2026; the price files are older."""
    assert benchmark(real_lake, "32557").schema.metadata[b"as_of"] == b"2026-07-01"
