"""The family of a code from small files: who belongs, why, and how the members differ."""

from decimal import Decimal

import pytest

from coding_subjects import JULY
from medicare_layouts import pprrvu
from ncci_layouts import add_ons, mue, ptp
from ratepress.coding.family import family
from ratepress.coding.subject import find_subject
from ratepress.core.facts import Fact, Gap
from ratepress.core.rules import rule

ADDENDUM_FF = (
    b"Addendum FF -- ASC Device Offset Percentages for CY 2026,,,,,,,\n"
    b"HCPCS Code,,Short Descriptor,July 2026 Payment Indicator,July 2026 APC,"
    b"July 2026 OPPS Payment Rate,July 2026 Device Offset Percentage,"
    b"July 2026 Device Offset Amount / Device Portion\n"
    b"32557,,OWN WORDS,G2,5182,1209.84,0.2912,189.28\n"
    b"32560,,OWN WORDS,G2,5182,1209.84,0.2912,189.28\n"
    b"32562,,OWN WORDS,G2,5182,1209.84,0.2912,189.28\n"
)
EDITS = (
    ("32557", "32560", "", "20130101", "*", "1", "Misuse"),
    ("32557", "32561", "", "20130101", "*", "1", "Misuse"),
    ("32557", "32556", "", "20130101", "*", "0", "More extensive procedure"),
    ("32557", "76942", "", "20130101", "*", "1", "Misuse"),
)


@pytest.fixture
def ask(lake, load_medicare):
    """The family of a code among rows of July 2026, by code the ties of each."""

    def found(code, *rows):
        load_medicare(pprrvu(*rows), "rvu.csv")
        return family(lake.connect(), find_subject(lake.connect(), code, JULY, "x"))

    return found


def row(code, **cells):
    return {"HCPCS": code} | {name.replace("_", " "): value for name, value in cells.items()}


def test_the_first_four_places_are_enough(ask):
    """32550 to 32559 are next to 32557 by number; 32560 and 76942 are not."""
    found = ask("32557", *map(row, ("32550", "32556", "32557", "32560", "76942")))
    assert [m.code for m in found.members] == ["32550", "32556", "32557"]
    assert [m.ties for m in found.members] == [("number 3255",), ("number 3255",), ()]


def test_a_code_that_is_not_paid_by_relative_value_is_no_member(ask):
    found = ask("32557", row("32557"), row("32556", STATUS_CODE="N"), row("32555"))
    assert [m.code for m in found.members] == ["32555", "32557"]


def test_an_edit_or_an_apc_alone_is_not_enough_but_both_are(ask, load_medicare):
    """32560 shares both with 32557; 32561 the edit alone, 32562 the APC alone."""
    load_medicare(ADDENDUM_FF, "ff.csv")
    load_medicare(ptp(*EDITS), "ccipra-v322r0-f1.txt")
    found = ask("32557", *map(row, ("32556", "32557", "32560", "32561", "32562", "76942")))
    ties = {m.code: m.ties for m in found.members}
    assert ties == {
        "32556": ("number 3255", "edit of bypass 0"),
        "32557": (),
        "32560": ("edit of bypass 1", "APC 5182"),
    }


def test_an_endoscopic_base_ties_the_base_and_its_members_both_ways(ask):
    rows = (
        row("43235"),
        row("43239", MULT_PROC="3", ENDO_BASE="43235"),
        row("43255", MULT_PROC="3", ENDO_BASE="43235"),
        row("43260", MULT_PROC="3", ENDO_BASE="43260"),
    )
    found = ask("43239", *rows)
    assert {m.code: m.ties for m in found.members} == {
        "43235": ("number 4323", "endoscopic base 43235"),
        "43239": (),
        "43255": ("endoscopic base 43235",),
    }


def test_the_base_itself_has_its_members(ask):
    found = ask("43235", row("43235"), row("43255", MULT_PROC="3", ENDO_BASE="43235"))
    assert [m.code for m in found.members] == ["43235", "43255"]


def test_add_on_links_tie_both_ways(ask, load_medicare):
    load_medicare(add_ons(("1", "22552", "", "22551", "", "2013001", "", "")), "AOC_V2026Q3.txt")
    found = ask("22551", row("22551"), row("22552"), row("99999"))
    assert found.members[1].ties == ("number 2255", "its add-on")
    assert found.members[1].code == "22552"


def test_a_column_is_shown_where_members_differ_and_said_where_they_do_not(ask):
    """32557 is paid 150% for both sides, 32550 as one; both have a global period of 0 days.

    (1.00 + 0.50 + 0.10) x 33.4009 = 53.44 and (2.00 + 0.50 + 0.10) x 33.4009 = 86.84.
    """
    found = ask("32557", row("32557"), row("32550", BILAT_SURG="0", WORK_RVU="2.00"))
    assert {"bilateral_surgery", "work_rvu", "fee_facility"} <= {c.id for c in found.columns}
    assert "global_days" not in {c.id for c in found.columns}
    fees = {m.code: m.cells["fee_facility"].value for m in found.members}
    assert fees == {"32550": Decimal("86.84"), "32557": Decimal("53.44")}
    alike = {one.label: one.cell.text for one in found.alike if isinstance(one.cell, Fact)}
    assert (alike["Global period"], alike["Status"]) == ("000", "A")


def test_a_member_without_an_amount_has_a_gap_with_its_reason(ask):
    found = ask("32557", row("32557"), row("32551", **{"NON-FAC_NA_INDICATOR": "NA"}))
    gap = found.members[0].cells["fee_nonfacility"]
    assert isinstance(gap, Gap)
    assert "NA indicator" in gap.why


def test_units_stand_beside_their_codes(ask, load_medicare):
    load_medicare(
        mue(("32556", "1", "2 Date of Service Edit: Policy", "x"),
            ("32557", "2", "3 Date of Service Edit: Clinical", "x")),
        "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv",
    )  # fmt: skip
    found = ask("32557", row("32556"), row("32557"))
    assert [m.cells["mue"].value for m in found.members] == [1, 2]


def test_of_many_the_nearest_are_kept_and_the_others_counted(ask):
    """Twelve at most, the code itself among them, of sixteen with one base."""
    codes = [f"43{n}" for n in range(200, 216)]
    found = ask("43200", *(row(c, MULT_PROC="3", ENDO_BASE="43200") for c in codes))
    most = int(rule("C43").parameters["most_members"])
    assert [m.code for m in found.members] == codes[:most]
    assert found.left_out == len(codes) - most


def test_a_code_alone_is_its_own_family(ask):
    found = ask("99213", row("99213"), row("32557"))
    assert [m.code for m in found.members] == ["99213"]
    assert found.columns == ()
