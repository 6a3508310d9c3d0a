"""The line of business of files for many plans, from the tables of contents that name them (F170).

Generated lakes are held against the oracle in test_against_oracle.py. Here files go through the
readers, and each sentence of docs/method/decisions.md has a case on each side.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import market_oracle as oracle
import market_reading
import market_strategies as generated
from market_lakes import Contents, Described, PriceFile, Rate, write
from market_line_oracle import listings_of
from ratepress.codes.argument import CodeRef
from ratepress.core.facts import Fact
from ratepress.dossier.build import build
from ratepress.lake.store import Lake
from ratepress.market.benchmark import benchmark, run_market
from ratepress.market.plan_lines import Listed, Match, PlanLine, Sighted, match
from ratepress.readers.add import add

AS_OF = date(2026, 10, 15)
URL = "https://mrf.example/2026-10-01_west_ppo.json.gz"


def in_network(path: Path, dollars: str = "150", **header: Any) -> Path:
    """An in-network file of one price of 32557, for many plans unless `header` names one."""
    price = {
        "negotiated_type": "negotiated", "negotiated_rate": float(dollars),
        "expiration_date": "9999-12-31", "service_code": ["22"], "billing_class": "professional",
        "setting": "outpatient",
    }  # fmt: skip
    providers = {"npi": [1234567893], "tin": {"type": "ein", "value": "12-3456789"}}
    item = {
        "negotiation_arrangement": "ffs", "name": "x", "billing_code_type": "CPT",
        "billing_code_type_version": "2026", "billing_code": "32557", "description": "x",
        "negotiated_rates": [{"negotiated_prices": [price], "provider_groups": [providers]}],
    }  # fmt: skip
    stated = {
        "reporting_entity_name": "West Health", "reporting_entity_type": "issuer",
        "last_updated_on": "2026-10-01", "version": "1.0.0", "in_network": [item],
    }  # fmt: skip
    path.write_text(json.dumps(stated | header))
    return path


def index(path: Path, *structures: tuple[Sequence[tuple[str, str]], str], **header: Any) -> Path:
    """A table of contents: plans (name, market type) and the URL of their one file."""
    stated = {
        "reporting_entity_name": "West Health", "reporting_entity_type": "issuer",
        "version": "2.2.0", "last_updated_on": "2026-10-01",
        "reporting_structure": [
            {
                "reporting_plans": [
                    {"plan_name": name, "plan_id": name, "plan_id_type": "hios",
                     "plan_market_type": market}
                    for name, market in plans
                ],
                "in_network_files": [{"description": "rates", "location": url}],
            }
            for plans, url in structures
        ],
    }  # fmt: skip
    path.write_text(json.dumps(stated | header))
    return path


def lines(lake: Lake, as_of: date = AS_OF) -> dict[str, list[Decimal]]:
    """The prices of 32557 by line of business."""
    rows = benchmark(lake, "32557", as_of=as_of).to_pylist()
    return {r["line_of_business"]: r["prices"] for r in rows if r["grain"] == "all payers"}


def evidence(lake: Lake) -> list[dict[str, Any]]:
    with lake.connect() as connection:
        run_market(connection, [CodeRef("cpt", "32557")], AS_OF)
        rows = connection.execute("SELECT * FROM plan_lines").fetchall()
    return [PlanLine(*row)._asdict() for row in rows]


def test_rates_have_the_line_of_the_plans_whichever_file_was_added_first(tmp_path: Path) -> None:
    """Group is commercial; what the lake holds is what the file says."""
    rates = in_network(tmp_path / "rates.json")
    toc = index(
        tmp_path / "toc.json", ([("Gold", "group"), ("Blue", "Group")], f"{URL}?sig=1&se=2")
    )
    for number, order in enumerate(permutations((rates, toc))):
        lake = Lake.create(tmp_path / f"lake {number}")
        for path in order:
            add(lake, path, origin=URL if path == rates else None)
        assert lines(lake) == {"commercial": [Decimal(150)]}
        (row,) = evidence(lake)
        assert row.pop("toc_content_id") != row.pop("content_id")
        assert row == {
            "line_of_business": "commercial", "market_type": "group", "n_plans": 2,
            "plan_name": "Blue", "url": f"{URL}?sig=1&se=2", "matched_by": "URL",
        }  # fmt: skip
        stated = lake.connect().sql(
            "SELECT DISTINCT line_of_business, line_of_business_evidence FROM rates"
        )
        assert stated.fetchall() == [("unknown", "no plan_market_type stated")]


def test_without_a_table_of_contents_the_line_stays_unknown_and_becomes_so_again(
    lake: Lake, tmp_path: Path
) -> None:
    add(lake, in_network(tmp_path / "rates.json"), origin=URL)
    assert lines(lake) == {"unknown": [Decimal(150)]}
    toc = add(lake, index(tmp_path / "toc.json", ([("Gold", "individual")], URL)))
    assert lines(lake) == {"exchange": [Decimal(150)]}
    lake.remove(toc.content.content_id)
    assert lines(lake) == {"unknown": [Decimal(150)]}


def test_a_file_of_plans_of_several_lines_votes_once_in_each(lake: Lake, tmp_path: Path) -> None:
    """From one structure or several, and from several tables of contents; rows stay one."""
    add(lake, in_network(tmp_path / "rates.json"), origin=URL)
    add(
        lake,
        index(
            tmp_path / "a.json",
            ([("Gold", "group"), ("Silver", "individual")], URL),
            ([("Bronze", "group")], URL),
        ),
    )
    add(lake, index(tmp_path / "b.json", ([("Gov", "federal")], URL), reporting_entity_name="TPA"))
    each = [Decimal(150)]
    assert lines(lake) == {"commercial": each, "exchange": each, "unknown": each}
    with lake.connect() as connection:
        run_market(connection, [CodeRef("cpt", "32557")], AS_OF)
        counts = "SELECT count(*) FROM published_rates", "SELECT count(*) FROM keyed_rates"
        assert [connection.execute(sql).fetchall() for sql in counts] == [[(1,)], [(3,)]]
    found = sorted((r["market_type"], r["n_plans"]) for r in evidence(lake))
    assert found == [("federal", 1), ("group", 2), ("individual", 1)]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ({"plan_name": "P", "plan_market_type": "individual"}, "exchange"),
        ({"plan_name": "P", "plan_market_type": "federal"}, "unknown"),
    ],
)
def test_what_a_file_states_of_its_own_plan_stays(
    lake: Lake, tmp_path: Path, header: dict[str, str], line: str
) -> None:
    add(lake, in_network(tmp_path / "rates.json", **header), origin=URL)
    add(lake, index(tmp_path / "toc.json", ([("Gold", "group")], URL)))
    assert lines(lake) == {line: [Decimal(150)]}


def test_a_table_of_contents_of_later_says_nothing_yet(lake: Lake, tmp_path: Path) -> None:
    add(lake, in_network(tmp_path / "rates.json"), origin=URL)
    toc = index(tmp_path / "toc.json", ([("Gold", "group")], URL), last_updated_on="2026-10-15")
    add(lake, toc)
    assert set(lines(lake, date(2026, 10, 14))) == {"unknown"}
    assert set(lines(lake, date(2026, 10, 15))) == {"commercial"}


def test_a_file_of_an_archive_is_told_by_the_archive(lake: Lake, tmp_path: Path) -> None:
    """Fetched as all.zip, which the table of contents lists."""
    add(lake, in_network(tmp_path / "rates.json"), origin="https://mrf.example/all.zip!rates.json")
    add(lake, index(tmp_path / "toc.json", ([("Gold", "group")], "https://mrf.example/all.zip")))
    assert set(lines(lake)) == {"commercial"}


A, B = "https://a.example", "https://b.example"


@pytest.mark.parametrize(
    ("origin", "urls", "expected"),
    [
        # By URL: scheme, port, fragment, escapes and signature are no part of it.
        (f"{A}/x.gz", [f"{A}/x.gz?X-Amz-Signature=1&X-Amz-Date=2"], "URL"),
        ("http://A.example:80/x%2Egz#top", [f"{A}/x.gz"], "URL"),
        (f"{A}/x.gz", [f"{A}:8443/x.gz"], "file name"),
        (f"{A}/x.gz", [f"{A}/X.gz"], None),
        # The query that is no signature is a part.
        (f"{A}/dl?id=1", [f"{A}/dl?id=1&sig=a"], "URL"),
        (f"{A}/dl?id=1", [f"{A}/dl?id=1", f"{A}/dl?id=2"], "URL"),
        (f"{A}/dl?id=3", [f"{A}/dl?id=1", f"{A}/dl?id=2"], None),
        # ratepress fetch records no query.
        (f"{A}/x.gz?...", [f"{A}/x.gz?sig=1", f"{A}/x.gz?sig=2"], "URL"),
        (f"{A}/dl?...", [f"{A}/dl?id=1"], "URL"),
        (f"{A}/dl?...", [f"{A}/dl?id=1", f"{A}/dl?id=2"], None),
        # By name, where one address has it; packed or not.
        ("/files/x.json", [f"{A}/2026/x.json.gz"], "file name"),
        ("C:\\files\\x.json.gz", [f"{A}/x.json.gz?sig=1", f"{A}/x.json.gz?sig=2"], "file name"),
        ("/files/a plan.json", [f"{A}/a%20plan.json"], "file name"),
        ("/files/all.zip!x.json", [f"{A}/all.zip"], "file name"),
        ("/files/x.json", [f"{A}/x.json", f"{B}/x.json"], None),
        ("/files/x.json", [f"{A}/y.json"], None),
        ("/files/x-1.json", [f"{A}/x.json"], None),
        # A URL that is listed goes before a name.
        (f"{B}/x.json", [f"{A}/x.json", f"{B}/x.json"], "URL"),
        # What is no URL at all.
        ("/files/x", ["x", "", "https://[x/y", "//a.example/x"], None),
        ("https://[bad/x", [f"{A}/x"], "file name"),
        ("", [f"{A}/"], None),
    ],
)
def test_which_listing_is_of_a_file(origin: str, urls: list[str], expected: str | None) -> None:
    listed = [Listed("toc", "West Health", number, url) for number, url in enumerate(urls)]
    found = match([Sighted("file", "West Health", (origin,))], listed)
    assert {one.matched_by for one in found} == ({expected} if expected else set())
    if len(urls) > 1 and expected == "URL" and "sig=" not in urls[0]:
        assert len(found) == 1


SEEN = st.lists(st.sampled_from(generated.ORIGINS), min_size=1, max_size=2).map(tuple)
PAYERS = st.sampled_from(generated.PUBLISHERS)


@settings(max_examples=500)
@given(SEEN, PAYERS, st.lists(generated.contents(0, (None,)), max_size=3))
def test_which_listings_are_of_a_file_the_oracle_says_too(
    origins: tuple[str, ...], publisher: str, tables: list[Contents]
) -> None:
    """By labels written by hand, of every origin and URL that the generated lakes have."""
    file = PriceFile("file", None, (), origins=origins, publisher=publisher)
    tables = [replace(table, name=f"table {n}") for n, table in enumerate(tables)]
    listed = [
        Listed(table.content_id, table.publisher, 0, url)
        for table in tables
        for _, urls in table.structures
        for url in urls
    ]
    found = match([Sighted(file.content_id, publisher, origins)], listed)
    assert {(one.listed.content_id, one.listed.url) for one in found} == {
        (table.content_id, url) for table, url in listings_of(file, tables)
    }


def test_a_name_is_not_that_of_another_payer(lake: Lake) -> None:
    """Where the register knows both publishers; an unknown one may act for any."""

    def told(publisher: str) -> list[Match]:
        file = Sighted("file", publisher, ("/files/in-network.json",))
        return match([file], [Listed("toc", "Cigna", 0, f"{A}/in-network.json")])

    assert told("Aetna") == []
    assert [one.matched_by for one in told("CIGNA")] == ["file name"]
    assert [one.matched_by for one in told("Some TPA")] == ["file name"]


def test_a_thousand_plans_of_both_lines_and_every_order_of_the_lake(tmp_path: Path) -> None:
    """The oracle's answer, with tables of contents added first or last."""
    rate = Rate(dollars=Decimal(100), line_of_business="unknown", groups=())
    files = tuple(
        PriceFile(f"f{n}", date(2026, 4, 1), (rate,), origins=(origin,))
        for n, origin in enumerate(generated.ORIGINS)
    )
    tables = (
        Contents("t0", None, ((("group",) * 1_000, generated.URLS[:3]),)),
        Contents("t1", date(2026, 7, 15), ((("individual", None), generated.URLS[1:]),)),
    )
    described = Described(files, tables=tables)
    expected = oracle.market(described, generated.CODES, generated.AS_OF)
    in_lines = {where[1][3] for where in expected.statistics}
    assert in_lines == {"commercial", "exchange", "unknown"}
    refs = [CodeRef(*code) for code in generated.CODES]
    for is_first in (True, False):
        lake = write(tmp_path / f"{is_first}", described, tables_first=is_first)
        with lake.connect(threads=1) as connection:
            run_market(connection, refs, generated.AS_OF)
            found = market_reading.read(connection, refs)
        assert found.statistics == expected.statistics
        assert found.votes == expected.votes
        assert found.funnel == expected.funnel


def test_the_page_says_which_plans_of_which_table_of_contents(lake: Lake, tmp_path: Path) -> None:
    """The line has a commercial headline, words, and the table of contents among its sources."""
    for number in range(3):
        path = in_network(
            tmp_path / f"{number}.json", str(150 + number), reporting_entity_name=f"West {number}"
        )
        add(lake, path, origin=f"https://mrf.example/{number}.json")
    structures = [
        ([("Gold", "group"), ("Silver", "group")], f"https://mrf.example/{n}.json")
        for n in range(3)
    ]
    toc = add(lake, index(tmp_path / "toc.json", *structures)).content
    (dossier,) = build(lake, ["32557"], as_of=AS_OF)
    (table,) = [t for t in dossier.section("payers").tables if t.id == "payers"]
    cell = table.rows[0].cells[0]
    assert isinstance(cell, Fact)
    assert (cell.value, cell.rules) == ("commercial", ("F007", "F170"))
    assert cell.note == (
        "commercial: plan_market_type group of 2 plans, Gold and others, in a table of contents of "
        "West Health, found by URL"
    )
    assert toc.content_id in {source.content_id for source in cell.sources}
    assert toc.content_id in {source.content_id for source in dossier.sources}
    told = [gap.what for gap in dossier.section("benchmarks").gaps]
    assert "Commercial benchmark" not in told
