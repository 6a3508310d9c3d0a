"""Amounts of many codes in many areas are those of each code in each area, asked one by one."""

from datetime import date
from decimal import Decimal

import pytest

from ipps_layouts import TABLE_3, TABLE_5
from ratepress.medicare.area_amounts import area_amounts
from ratepress.medicare.facility import facility_price
from ratepress.medicare.inpatient import drg_price

JULY = date(2026, 7, 15)
B = (
    b"\tAddendum B.-- OPPS Payment by HCPCS Code for CY 2026\t\t\t\t\t\n"
    b"HCPCS Code\tShort Descriptor\t CI\t SI\t APC \tRelative Weight\tPayment Rate\n"
    b'32557\tOWN WORDS\t\tJ1\t5182\t17.4213\t"$1,608.25"\n'
    b"32555\tOWN WORDS\t\tT\t5181\t7.1\t$664.77\n"
    b"71046\tOWN WORDS\t\tS\t5521\t1.0\t$100.01\n"
    b"J1100\tOWN WORDS\t\tK\t0942\t\t$10.01\n"
    b"76942\tOWN WORDS\t\tN\t\t\t\n"
)
CODES = ("32557", "32555", "71046", "J1100", "76942", "99999")


def one_by_one(connection, system, codes, cbsas):
    """Each code in each area by itself, without those that are the same everywhere."""
    found = {}
    for code in codes:
        for cbsa in cbsas:
            if system == "IPPS":
                national, there = (drg_price(connection, code, JULY, cbsa=c) for c in (None, cbsa))
            else:
                national, there = (
                    facility_price(connection, system, code, JULY, cbsa=c) for c in (None, cbsa)
                )
            if there.amount is not None and len(there.steps) > 1:
                if system != "IPPS" and "no wage index" in " ".join(there.notes):
                    assert there.amount == national.amount
                    continue
                found[system, code, cbsa] = there.amount
    return found


def at_once(connection, system, codes, cbsas):
    made = area_amounts(connection, [(system, code) for code in codes], cbsas, JULY)
    found = {(one.system, one.code, one.cbsa): one.amount for one in made}
    assert len(found) == len(made)
    return found


def test_services_of_a_hospital_in_each_area_of_table_3(lake, load_medicare):
    load_medicare(B)
    load_medicare(TABLE_3, "t3.txt")
    with lake.connect() as connection:
        cbsas = [c for (c,) in connection.execute("SELECT cbsa FROM ipps_wage_areas").fetchall()]
        found = at_once(connection, "OPPS", CODES, {*cbsas, "99999"})
        assert found == one_by_one(connection, "OPPS", CODES, {*cbsas, "99999"})
    # "60% × 0.6556 + 40%" of 1,608.25: rural Alabama, in tests/medicare/test_facility.py.
    assert found["OPPS", "32557", "01"] == Decimal("1275.92")
    assert {code for _, code, _ in found} == {"32557", "32555", "71046"}  # A drug has no labor.


def test_stays_in_each_area_of_table_3(lake, load_medicare):
    load_medicare(TABLE_5, "t5.txt")
    load_medicare(TABLE_3, "t3.txt")
    with lake.connect() as connection:
        cbsas = [c for (c,) in connection.execute("SELECT cbsa FROM ipps_wage_areas").fetchall()]
        found = at_once(connection, "IPPS", ("470", "313", "001"), cbsas)
        assert found == one_by_one(connection, "IPPS", ("470", "313", "001"), cbsas)
    assert {code for _, code, _ in found} == {"470", "313"}
    assert len(found) > 1


@pytest.mark.files
def test_surgical_centers_in_areas_of_the_real_index(lake, data_folder):
    from ratepress.readers.add import add_all

    for file in sorted((data_folder / "medicare/asc/2026").rglob("*")):
        if file.is_file():
            add_all(lake, file)
    add_all(lake, data_folder / "medicare/asc/wage_index_2026.csv")
    with lake.connect() as connection:
        known = connection.execute("SELECT cbsa FROM asc_wage_index ORDER BY cbsa").fetchall()
        cbsas = [cbsa for (cbsa,) in known][::40]
        codes = ("32557", "32555", "43239", "33249", "J1100", "99213")
        found = at_once(connection, "ASC", codes, cbsas)
        assert found == one_by_one(connection, "ASC", codes, cbsas)
    assert len({cbsa for _, _, cbsa in found}) == len(cbsas) > 5
    assert {"32557", "43239"} <= {code for _, code, _ in found}
