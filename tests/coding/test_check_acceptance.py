"""The acceptance of issue 6 over the real releases: what is said of 32557 and of four others.

Edits and add-ons are of 2024 Q3, units of April 2026, the fee schedule of July 2026: what the
edits and units decide is marked P00.
"""

import pytest

from claim_lines import table
from ratepress.coding.claims.run import check_lines
from ratepress.lake.store import Lake
from ratepress.readers.add import add

FILES = (
    "ncci/ncci_ptp_prac_2024q3_active.csv.gz",
    "ncci/MCR_MUE_PractitionerServices_Eff_04-01-2026.csv",
    "ncci/northstar_2024q3_ncci_aoc.csv",
    "pfs/PPRRVU2026_Jul_nonQPP.redacted.csv",
    "pfs/GPCI2026.csv",
)
pytestmark = pytest.mark.files


@pytest.fixture(scope="module")
def lake(data_folder, tmp_path_factory):
    made = Lake.create(tmp_path_factory.mktemp("real") / "lake")
    for name in FILES:
        add(made, data_folder / "medicare" / name)
    return made


def claim(lake, *lines):
    common = {"claim_id": "1", "patient": "p", "npi": "1", "date": "2026-07-15", "pos": "22"}
    found, _ = check_lines(lake, table(*({**common, **line} for line in lines)))
    return [(one.status, {f.case: f.other_line for f in one.findings}, one.rules) for one in found]


def test_32557_and_what_is_billed_beside_it(lake):
    found = claim(
        lake,
        {"code": "32557", "modifiers": "RT"},
        {"code": "76942", "modifiers": "26"},
        {"code": "32557", "modifiers": "26"},
        {"code": "32557", "modifiers": "62"},
        {"code": "32556", "modifiers": "RT"},
    )
    assert found == [
        ("pass", {}, ()),
        ("deny", {"ptp-open": 1}, ("C66", "P00")),
        ("deny", {"modifier-not-allowed": None}, ("C02", "C64")),
        ("deny", {"role-not-paid": None}, ("C05", "C64")),
        ("deny", {"ptp-never": 1}, ("C66", "P00")),
    ]
    (three,) = claim(lake, {"code": "32557", "units": "3"})
    assert three == ("deny", {"units-clinical": None}, ("C70", "P00"))
    assert claim(lake, {"code": "32557", "units": "2"})[0][0] == "pass"


def test_70551_takes_26_and_tc_and_not_both_beside_the_whole(lake):
    parts = claim(
        lake,
        {"code": "70551", "modifiers": "26"},
        {"code": "70551", "modifiers": "TC", "pos": "11"},
    )
    assert [status for status, *_ in parts] == ["pass", "pass"]
    whole = claim(lake, {"code": "70551"}, {"code": "70551", "modifiers": "26"})
    assert whole[1][:2] == ("deny", {"part-beside-whole": 1})


def test_43239_holds_43235(lake):
    found = claim(lake, {"code": "43239"}, {"code": "43235", "modifiers": "59"})
    assert found[0][0] == "pass"
    assert found[1][:2] == ("deny", {"ptp-never": 1})


def test_27447_has_two_sides_and_ninety_days(lake):
    both = claim(lake, {"code": "27447", "modifiers": "50"})
    assert both == [("pass", {}, ())]
    after = claim(
        lake, {"code": "27447", "modifiers": "RT"}, {"code": "99213", "date": "2026-08-15"}
    )
    assert after[1][:2] == ("deny", {"global-after": 1})


def test_99213_with_25_beside_an_injection(lake):
    with_25 = claim(
        lake, {"code": "20610", "modifiers": "RT"}, {"code": "99213", "modifiers": "25"}
    )
    assert with_25[1][:2] == ("pass", {"ptp-bypassed": 1})
    without = claim(lake, {"code": "20610", "modifiers": "RT"}, {"code": "99213"})
    assert without[1][:2] == ("deny", {"ptp-open-visit": 1, "global-day": 1})
