"""Units, edits and add-on links of a code by date, from small files in CMS's layouts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncci_layouts import add_ons, mue, ptp, ptp_copy
from ratepress.coding.add_ons import add_ons_of
from ratepress.coding.bundling import by_kind
from ratepress.coding.edits import BYPASS, Edit, EditRows, Edits, edits_of
from ratepress.coding.ranges import kind_of
from ratepress.coding.units import unit_limit
from ratepress.core.errors import MissingReferenceData, UsageError
from ratepress.core.facts import Gap, SourceRef

JULY = date(2026, 7, 15)
EDITS = (
    ("32557", "76942", "", "20130101", "*", "1", "Standards"),
    ("32557", "32556", "*", "19960101", "*", "0", "More extensive procedure"),
    ("32557", "0591T", "", "20220101", "20231231", "1", "Misuse"),
    ("32557", "77002", "", "20240101", "20240101", "9", "Misuse"),
    ("32551", "32557", "", "20260101", "*", "1", "Misuse"),
)


def partners(found):
    return [e.column_2 for e in found.column_1], [e.column_1 for e in found.column_2]


@pytest.fixture
def edits(lake, load_medicare):
    load_medicare(ptp(*EDITS[:2]), "ccipra-v322r0-f1.txt")
    load_medicare(ptp(*EDITS[2:]), "ccipra-v322r0-f2.txt")
    return lake


def test_c65_both_views_over_all_parts_of_a_release(edits):
    found = edits_of(edits.connect(), " 32557", JULY)
    assert partners(found) == (["32556", "76942"], ["32551"])
    assert not found.substituted
    never, may = found.column_1
    assert (never.bypass, never.edit_from) == ("never", date(1996, 1, 1))
    assert (may.bypass, may.rationale) == ("with a modifier", "Standards")
    assert may.source.place == "row 7"
    assert found.between("32551").column_2 == "32557"
    assert found.between("99213") is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2023, 12, 31), ["0591T", "32556", "76942"]),  # The last day of an edit counts.
        (date(2024, 1, 1), ["32556", "76942"]),  # 77002 was deleted on the day it began.
        (date(2012, 12, 31), ["32556"]),
    ],
)
def test_c65_dates_decide_and_c60_a_later_dated_release_tells_of_days_before_it(
    edits, day, expected
):
    found = edits_of(edits.connect(), "32557", day)
    assert partners(found)[0] == expected
    assert found.substituted
    assert "P00" in found.rules
    assert "2026C" in found.note
    with pytest.raises(MissingReferenceData, match="not loaded"):
        edits_of(edits.connect(), "32557", day, strict=True)


def test_c60_copies_answer_for_later_days_of_any_year_and_for_no_earlier_day(lake, load_medicare):
    load_medicare(ptp_copy(("32557", "76942", "1", "x")), "ncci_ptp_prac_2024q3.csv")
    connection = lake.connect()
    assert not edits_of(connection, "32557", date(2024, 9, 30)).substituted
    later = edits_of(connection, "32557", JULY)
    assert (later.release, later.substituted) == ("2024C", True)
    assert isinstance(edits_of(connection, "32557", date(2024, 6, 30)), Gap)
    assert isinstance(edits_of(connection, "32557", JULY, "outpatient"), Gap)


def test_c60_the_dated_files_of_a_release_count_before_its_copy(lake, load_medicare):
    load_medicare(ptp_copy(("32557", "77012", "1", "x")), "ncci_ptp_prac_2026q3.csv")
    load_medicare(ptp(*EDITS), "ccipra-v322r0-f1.txt")
    assert partners(edits_of(lake.connect(), "32557", JULY))[0] == ["32556", "76942"]


def test_c61_units_by_setting_and_date(lake, load_medicare):
    load_medicare(
        mue(("32557", "2", "3 Date of Service Edit: Clinical", "Clinical: Data")),
        "MCR_MUE_PractitionerServices_Eff_04-01-2026.csv",
    )
    connection = lake.connect()
    found = unit_limit(connection, "32557", JULY)
    assert (found.units, found.adjudication_indicator) == (2, "3")
    assert (found.release, found.substituted, found.rules) == ("2026B", True, ("C60", "C61", "P00"))
    assert not unit_limit(connection, "32557", date(2026, 6, 30)).substituted
    assert "lists no MUE" in unit_limit(connection, "99213", JULY).why
    assert "no release" in unit_limit(connection, "32557", JULY, "outpatient").why
    assert "no release" in unit_limit(connection, "32557", date(2026, 3, 31)).why
    with pytest.raises(UsageError):
        unit_limit(connection, "3255", JULY)


def test_c73_add_on_links_both_ways(lake, load_medicare):
    load_medicare(
        add_ons(
            ("1", "22552", "", "22551", "", "2013001", "", ""),
            ("1", "22552", "", "22554", "2025365", "2013001", "", ""),
            ("3", "22853", "", "22551", "", "2013001", "", ""),
            ("3", "22853", "", "CCCCC", "", "2013001", "", ""),
            ("1", "22845", "", "22551", "", "2013001", "2026091", ""),
        ),
        "AOC_V2026Q3-MCR.txt",
    )
    connection = lake.connect()
    add_on = add_ons_of(connection, "22552", JULY)
    assert [p.primary_code for p in add_on.primaries] == ["22551"]
    assert (add_on.is_add_on, add_on.is_contractor_defined) == (True, False)
    assert add_ons_of(connection, "22853", JULY).is_contractor_defined
    primary = add_ons_of(connection, "22551", JULY)
    assert [a.add_on_code for a in primary.add_ons] == ["22552", "22853"]
    assert not primary.is_add_on
    first_of_april = add_ons_of(connection, "22551", date(2026, 4, 1))
    assert "22845" in [a.add_on_code for a in first_of_april.add_ons]


CODES = st.sampled_from(["32551", "32556", "76942", "0591T", "J1100"])


@st.composite
def _pairs(draw):
    """Edits of 32557 from both columns, each pair once, each in one of two files."""
    partners = draw(st.lists(st.tuples(st.booleans(), CODES), unique=True))
    return [
        Edit(
            "32557" if first else code, code if first else "32557", bypass, BYPASS[bypass],
            draw(st.sampled_from([None, JULY])), None, draw(st.sampled_from([None, "Misuse"])),
            SourceRef("NCCI", draw(st.sampled_from("ab")), f"row {n}"),
        )
        for n, (first, code) in enumerate(partners)
        for bypass in [draw(st.sampled_from("019"))]
    ]  # fmt: skip


@given(_pairs())
def test_rows_of_edits_are_the_edits_one_by_one(edits):
    first = [e for e in edits if e.column_1 == "32557"]
    second = [e for e in edits if e.column_2 == "32557"]
    views = EditRows.of(first, "column_2"), EditRows.of(second, "column_1")
    for rows, plain in zip(views, (first, second), strict=True):
        assert list(rows) == [rows[at] for at in range(len(rows))] == list(rows[:]) == plain
        assert rows.indicators == [e.modifier_indicator for e in plain]
        files = dict.fromkeys(e.source.content_id for e in plain)
        assert [source.content_id for source in rows.sources] == list(files)
    assert views[0].partners == [e.column_2 for e in first]
    assert views[1].partners == [e.column_1 for e in second]
    found = Edits("32557", JULY, "practitioner", "2026C", False, *views, ())  # noqa: FBT003
    for other in ("32551", "76942", "99213"):
        of_it = [e for e in (*first, *second) if other in (e.column_1, e.column_2)]
        assert found.between(other) == next(iter(of_it), None)


@given(_pairs())
def test_codes_by_kind_are_those_counted_one_by_one(edits):
    """The order and counts of the plain loop over edits that was here before."""
    codes = [e.column_2 if e.column_1 == "32557" else e.column_1 for e in edits]
    found = by_kind(codes, [e.modifier_indicator for e in edits])
    assert [bypass for bypass, _ in found] == sorted(bypass for bypass, _ in found)
    for (bypass, kind), listed in found.items():
        assert listed == [
            code
            for code, e in zip(codes, edits, strict=True)
            if e.modifier_indicator == bypass
            and (((of := kind_of(code)) and of.label) or "others") == kind
        ]
    assert sum(map(len, found.values())) == len(edits)


@pytest.mark.files
def test_the_edits_of_32557_are_those_of_the_release(data_folder, lake, load_medicare):
    """The acceptance of the issue: imaging guidance may be bypassed, the smaller drain never."""
    load_medicare(data_folder / "medicare/ncci/ncci_ptp_prac_2024q3_active.csv.gz")
    found = edits_of(lake.connect(), "32557", JULY)
    assert found.substituted
    bypass = {e.column_2: e.bypass for e in found.column_1}
    guidance = ("76942", "75989", "77002", "77012", "77021", "71046", "32550", "32551")
    assert {bypass[code] for code in guidance} == {"with a modifier"}
    assert bypass["32556"] == "never"
