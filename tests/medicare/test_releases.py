"""Which release answers for a date: in force, else of the same year and marked, never another."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medicare_layouts import pprrvu
from ratepress.core.errors import MissingReferenceData
from ratepress.medicare.releases import Release, choose, find_release, need_release, release_name

STARTS = ((1, 1), (4, 1), (7, 1), (10, 1))
ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))


def release(year: int, quarter: int) -> Release:
    first, last = date(year, *STARTS[quarter]), date(year, *ENDS[quarter])
    return Release(f"{year}{'ABCD'[quarter]}", first, last, f"{year}{quarter}")


def test_the_release_in_force_answers():
    found = choose([release(2025, 1), release(2025, 2), release(2025, 3)], date(2025, 8, 1))
    assert found == release(2025, 2)


def test_without_it_the_latest_earlier_one_of_the_year_answers():
    found = choose([release(2025, 0), release(2025, 1), release(2025, 3)], date(2025, 8, 1))
    assert found == release(2025, 1)


def test_without_an_earlier_one_the_earliest_later_one_of_the_year_answers():
    assert choose([release(2025, 3), release(2025, 2)], date(2025, 2, 1)) == release(2025, 2)


def test_a_release_of_another_year_never_answers():
    assert choose([release(2024, 3), release(2026, 0)], date(2025, 1, 1)) is None


@given(
    st.lists(st.tuples(st.integers(2024, 2026), st.integers(0, 3)).map(lambda p: release(*p))),
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
)
def test_what_answers_is_of_the_year_and_in_force_where_that_is_loaded(loaded, on):
    found = choose(loaded, on)
    names = {r.name for r in loaded}
    if release_name(on) in names:
        assert found.name == release_name(on)
    elif found is not None:
        assert found.effective_from.year == on.year
    else:
        assert not any(r.effective_from.year == on.year for r in loaded)


ROW = {"HCPCS": "32557"}


def test_a_substitute_says_both_releases_and_the_rule(lake, load_medicare):
    load_medicare(pprrvu(ROW, year=2025, quarter="October"))
    answer = find_release(lake.connect(), date(2025, 6, 15))
    assert answer.is_substituted
    assert answer.release.name == "2025D"
    for part in ("2025D", "2025-10-01", "2025B", "2025-06-15", "P00"):
        assert part in answer.note


def test_the_release_in_force_has_no_note(lake, load_medicare):
    load_medicare(pprrvu(ROW))
    answer = find_release(lake.connect(), date(2026, 9, 30))
    assert (answer.is_substituted, answer.note) == (False, None)


def test_strict_refuses_a_substitute_and_names_the_download(lake, load_medicare):
    load_medicare(pprrvu(ROW, year=2025, quarter="October"))
    with pytest.raises(MissingReferenceData, match=r"RVU25B .*pfs-relative-value-files"):
        need_release(lake.connect(), date(2025, 6, 15), strict=True)


def test_no_release_of_the_year_names_the_download(lake, load_medicare):
    load_medicare(pprrvu(ROW))
    with pytest.raises(MissingReferenceData, match=r"2024 is loaded.*RVU24A .*cms\.gov"):
        need_release(lake.connect(), date(2024, 2, 1))


def test_of_two_issues_of_one_release_the_later_one_answers(lake, load_medicare):
    load_medicare(pprrvu(ROW, released="06/30/2026"))
    later = load_medicare(pprrvu(ROW, released="07/20/2026"))
    found = find_release(lake.connect(), date(2026, 7, 15))
    assert found.release.content_id == later.content_id


@pytest.mark.parametrize(("participant", "factor"), [("QP", "33.5675"), ("non-QP", "33.4009")])
def test_of_the_two_files_of_2026_the_participants_own_answers(
    lake, load_medicare, participant, factor
):
    contents = {
        f: load_medicare(pprrvu({**ROW, "CONV FACTOR": f})).content_id
        for f in ("33.5675", "33.4009")
    }
    found = find_release(lake.connect(), date(2026, 7, 15), participant)
    assert found.release.content_id == contents[factor]


def test_one_file_of_2026_answers_for_both_participants(lake, load_medicare):
    """Their relative values are the same; the conversion factor comes from the parameters."""
    load_medicare(pprrvu({**ROW, "CONV FACTOR": "33.5675"}))
    assert find_release(lake.connect(), date(2026, 7, 15), "non-QP").release.variant == "QP"
