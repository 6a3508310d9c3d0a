"""Amounts for many codes at once agree with the price of each."""

from datetime import date
from decimal import Decimal

import pytest

from medicare_layouts import pprrvu
from ratepress.medicare.pfs import AmountRow, amounts
from ratepress.medicare.price import price_on

JULY = date(2026, 7, 15)
ROWS = (
    {"HCPCS": "32557"},
    {"HCPCS": "71046", "PCTC IND": "1"},
    {"HCPCS": "71046", "MOD": "26", "PCTC IND": "1"},
    {"HCPCS": "71046", "MOD": "TC", "PCTC IND": "1", "FACILITY NA INDICATOR": "NA"},
    {"HCPCS": "45378"},
    {"HCPCS": "45378", "MOD": "53"},
    {"HCPCS": "99999", "STATUS CODE": "C"},
)
CODES = ["32557", "71046", "45378", "99999", "00000"]


def test_only_what_is_priced_has_a_row(lake, load_medicare):
    """(1.00 + 2.00 + 0.10) × 33.4009 = 103.54279; (1.00 + 0.50 + 0.10) × 33.4009 = 53.44144."""
    load_medicare(pprrvu(*ROWS))
    found = amounts(lake.connect(), CODES, JULY)
    assert found[:2] == [
        AmountRow("32557", "", "facility", Decimal("53.44"), "2026C", substituted=False),
        AmountRow("32557", "", "nonfacility", Decimal("103.54"), "2026C", substituted=False),
    ]
    assert [(r.code, r.modifier, r.site) for r in found[2:]] == [
        ("45378", "", "facility"),
        ("45378", "", "nonfacility"),
        ("71046", "", "facility"),
        ("71046", "", "nonfacility"),
        ("71046", "26", "facility"),
        ("71046", "26", "nonfacility"),
        ("71046", "TC", "nonfacility"),
    ]


def test_a_substituted_release_is_marked(lake, load_medicare):
    load_medicare(pprrvu(ROWS[0]))
    assert {r.substituted for r in amounts(lake.connect(), CODES, date(2026, 1, 2))} == {True}


def test_no_release_of_the_year_gives_no_amounts(lake, load_medicare):
    load_medicare(pprrvu(ROWS[0]))
    assert amounts(lake.connect(), CODES, date(2025, 1, 2)) == []
    assert amounts(lake.connect(), [], JULY) == []


@pytest.mark.files
def test_amounts_of_many_codes_are_the_prices_of_each(data_folder, lake, load_medicare):
    load_medicare(data_folder / "medicare" / "pfs" / "PPRRVU2026_Jul_nonQPP.redacted.csv")
    connection = lake.connect()
    codes = [c for (c,) in connection.sql("SELECT DISTINCT code FROM pfs_rvu").fetchall()]
    found = {(r.code, r.modifier, r.site): r.amount for r in amounts(connection, codes, JULY)}
    assert len({code for code, _, _ in found}) > 7_000
    for code in sorted(codes)[::300]:
        for modifier in ("", "26", "TC"):
            for p in price_on(connection, code, JULY, modifiers=[modifier]):
                assert found.get((code, modifier, p.site)) == p.amount
