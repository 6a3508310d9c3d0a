"""P60, the wage index of a hospital or an area."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ipps_layouts import COBOL_AREAS, PRICER_AREAS, TABLE_2, TABLE_3
from ratepress.core.facts import Gap
from ratepress.medicare.wage_index import gaf_of, register_wage_indices, wage_index

DAY = date(2026, 1, 15)


@pytest.fixture
def find(lake):
    def of(on=DAY, **asked):
        with lake.connect() as connection:
            found = wage_index(connection, on, **asked)
        return found.why if isinstance(found, Gap) else (found.value, found.gaf, found.area)

    return of


@pytest.mark.parametrize(
    ("index", "gaf"),
    # Table 3 of fiscal 2022 prints these pairs.
    [("0.6556", "0.7489"), ("1.2295", "1.1520"), ("1.1929", "1.1284"), ("0.9467", "0.9632")],
)
def test_the_capital_factor_is_the_index_to_the_power_that_the_regulation_states(index, gaf):
    assert gaf_of(Decimal(index)) == Decimal(gaf)


def test_a_hospital_is_paid_by_its_own_row(load_medicare, find):
    load_medicare(TABLE_2)
    load_medicare(TABLE_3, "t3.txt")
    # 0.71^0.6848 = 0.7910; 0.73^0.6848 = 0.8062: the transition pays in place of 0.69.
    assert find(ccn="010001") == (Decimal("0.71"), gaf_of(Decimal("0.71")), "20020")
    assert find(ccn="010005") == (Decimal("0.73"), gaf_of(Decimal("0.73")), "01")
    # No index of its own: that of the area it is reclassified into, for those reclassified.
    assert find(ccn="330001") == (Decimal("1.29"), Decimal("1.1905"), "35614")
    # The hospital decides before the area that the caller names.
    assert find(ccn="010001", cbsa="01")[0] == Decimal("0.71")


def test_an_area_of_several_states_has_an_index_where_the_state_is_known(load_medicare, find):
    load_medicare(TABLE_3)
    assert find(cbsa="01") == (Decimal("0.6556"), Decimal("0.7489"), "01")
    assert find(cbsa="35614") == "area 35614 has an index for each of its states: 1.2900, 1.3000"
    assert find(cbsa="35614", ccn="310001")[0] == Decimal("1.29")
    assert find(cbsa="35614", ccn="330999")[0] == Decimal("1.3")
    # Louisiana's hospitals are reclassified into Arkansas, and have no own index there.
    assert find(cbsa="04")[0] == Decimal("0.6964")
    assert find(cbsa="99999") == "area 99999 has no index of its own"
    assert find(ccn="670001") == "hospital 670001 has no row in Table 2, and no area is named"
    assert find() == "neither hospital nor area is named"


def test_the_floor_of_the_state_replaces_a_lower_index_of_the_pricers_table(load_medicare, find):
    load_medicare(PRICER_AREAS)
    # California's rural index is 1.4000; New Jersey has no rural area and an imputed floor.
    assert find(cbsa="12540")[0] == Decimal("1.4")
    assert find(cbsa="12100")[0] == Decimal("1.2")
    # 0.9900 in Pennsylvania, whose floor is 0.9200; 1.1500 in New Jersey.
    assert "each of its states: 0.9900, 1.1500" in find(cbsa="10900")
    assert find(cbsa="10900", ccn="390001")[0] == Decimal("0.99")
    assert find(cbsa="31") == "area 31 has no index of its own"


def test_a_low_index_is_raised_halfway_from_2020_to_2024(load_medicare, find):
    load_medicare(COBOL_AREAS, "CBSA212.txt")
    # (0.6671 + 0.8469) / 2 = 0.7570 in fiscal 2021.
    assert find(date(2021, 3, 1), cbsa="01")[0] == Decimal("0.7570")
    assert find(date(2021, 3, 1), cbsa="12540")[0] == Decimal("1.2753")


@pytest.mark.parametrize(
    ("on", "is_calendar", "is_found"),
    [
        (date(2025, 10, 1), False, True),
        (date(2026, 9, 30), False, True),
        (date(2026, 10, 1), False, False),
        (date(2025, 9, 30), False, False),
        (date(2026, 12, 31), True, True),
        (date(2025, 12, 31), True, False),
    ],
)
def test_no_other_fiscal_year_answers(load_medicare, find, on, is_calendar, is_found):
    load_medicare(TABLE_2)
    found = find(on, ccn="010001", is_calendar=is_calendar)
    assert isinstance(found, tuple) is is_found
    if not is_found:
        assert found.startswith("no wage index of fiscal year")


def test_many_are_looked_up_at_once(load_medicare, lake):
    load_medicare(TABLE_2)
    with lake.connect() as connection:
        asked = "SELECT 2026 AS fiscal_year, unnest(['010001', '']) AS ccn, '' AS cbsa"
        register_wage_indices(connection, "found", asked)
        rows = connection.execute("SELECT ccn, wage_index, gap FROM found ORDER BY ccn").fetchall()
    assert rows == [
        ("", None, "neither hospital nor area is named"),
        ("010001", Decimal("0.71"), None),
    ]


def test_of_several_files_of_a_year_the_longest_answers(load_medicare, find):
    load_medicare(TABLE_2)
    short = TABLE_2.replace(b"0.7100", b"0.9999").replace(b"050008", b"05-008")
    load_medicare(short, "short.txt")
    assert find(ccn="010001")[0] == Decimal("0.71")
