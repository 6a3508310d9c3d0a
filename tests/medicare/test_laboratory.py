"""CLFS: the rate of a test, and what answers for no date. Rule P82."""

from datetime import date
from decimal import Decimal

import pytest

from medicare_layouts import pprrvu
from ratepress.medicare.laboratory import laboratory_price
from ratepress.medicare.quote import quote

JULY = date(2026, 7, 15)
RATES = b"HCPCS,RATE\n80053,10.56\n80050,0.00\n"


def ask(lake, code="80053", on=JULY, **question):
    with lake.connect() as connection:
        return laboratory_price(connection, code, on, **question)


def test_a_test_is_paid_its_rate_for_each_unit(lake, load_medicare):
    load_medicare(RATES, "CLFS 2026.csv")
    paid = ask(lake)
    assert (paid.amount, paid.release, paid.substituted) == (Decimal("10.56"), "2026", False)
    assert paid.result.rules == ("P82",)
    assert ask(lake, units=3).amount == Decimal("31.68")
    assert ask(lake, modifiers=["QW", "91"]).amount == Decimal("10.56")


def test_what_has_no_rate_has_a_reason(lake, load_medicare):
    load_medicare(RATES, "CLFS 2026.csv")
    assert "contractor prices" in ask(lake, "80050").result.why
    assert "80061 is not in" in ask(lake, "80061").result.why
    assert ask(lake, modifiers=["26"]).result.rules == ("P09",)
    assert "of 2025 is loaded" in ask(lake, on=date(2025, 7, 15)).result.why


def test_a_file_without_a_quarter_answers_for_no_date(lake, load_medicare):
    load_medicare(RATES, "rates.csv")
    refused = ask(lake)
    assert refused.amount is None
    assert "states no quarter" in refused.result.why


def test_another_quarter_of_the_year_stands_in_marked(lake, load_medicare):
    load_medicare(RATES, "RVU26A.csv")
    paid = ask(lake)
    assert (paid.substituted, paid.result.rules) == (True, ("P00", "P82"))
    assert "2026A stands in for 2026C" in paid.notes[0]
    assert ask(lake, strict=True).amount is None


@pytest.mark.parametrize(("code", "systems"), [("80053", ["OPPS", "ASC", "CLFS"]),
                                               ("32557", ["OPPS", "ASC"])])  # fmt: skip
def test_a_test_is_priced_beside_the_other_systems(lake, load_medicare, code, systems):
    load_medicare(RATES, "CLFS 2026.csv")
    load_medicare(pprrvu({"HCPCS": "32557"}))
    assert [one.system for one in quote(lake, code, JULY).facility] == systems
