"""Which release answers for a date: in force, else of the same year and marked, never another."""

from datetime import date
from decimal import Decimal

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medicare_layouts import pprrvu
from ratepress.core.errors import MissingReferenceData
from ratepress.medicare.price import price
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


def codes(count: int, **cells: str) -> list[dict[str, str]]:
    """So many rows, the first of 32557."""
    names = {name.replace("_", " "): value for name, value in cells.items()}
    return [{"HCPCS": f"{32557 + n}", **names} for n in range(count)]


@pytest.mark.parametrize("whole_first", [True, False])
@pytest.mark.parametrize("cut_released", ["06/30/2026", "07/20/2026"])
def test_a_cut_copy_never_answers_beside_the_whole_file(
    lake, load_medicare, whole_first, cut_released
):
    """Neither its content id nor a later date brings it before the file with all the codes."""
    whole, cut = pprrvu(*codes(100)), pprrvu(*codes(94), released=cut_released)
    order = (whole, cut) if whole_first else (cut, whole)
    ids = {file: load_medicare(file).content_id for file in order}
    found = find_release(lake.connect(), date(2026, 7, 15))
    assert (found.release.content_id, found.release.n_rows) == (ids[whole], 100)
    assert found.note == (
        "2 files of release 2026C are loaded that differ; the one with 100 rows,"
        f" {ids[whole][:12]}, is used (rule P10). Remove the others."
    )


def test_a_corrected_issue_with_a_few_rows_less_answers(lake, load_medicare):
    load_medicare(pprrvu(*codes(100)))
    corrected = load_medicare(pprrvu(*codes(96), released="07/20/2026"))
    found = find_release(lake.connect(), date(2026, 7, 15))
    assert found.release.content_id == corrected.content_id
    assert "the one with 96 rows" in found.note


def test_of_two_files_of_one_date_the_one_with_more_rows_answers(lake, load_medicare):
    longer = load_medicare(pprrvu(*codes(100)))
    load_medicare(pprrvu(*codes(99)))
    assert find_release(lake.connect(), date(2026, 7, 15)).release.content_id == longer.content_id


def test_a_cut_file_of_the_own_variant_gives_way_to_the_whole_one_of_the_other(lake, load_medicare):
    """The relative values of the two are the same, and the cut one would deny codes."""
    load_medicare(pprrvu(*codes(30)))
    other = load_medicare(pprrvu(*codes(100, CONV_FACTOR="33.5675")))
    found = find_release(lake.connect(), date(2026, 7, 15))
    assert found.release.content_id == other.content_id
    assert "2 files of release 2026C" in found.note


def test_files_that_say_the_same_and_the_two_variants_have_no_note(lake, load_medicare):
    rows = codes(3)
    load_medicare(pprrvu(*rows))
    load_medicare(pprrvu(*reversed(rows), released="07/20/2026"))
    load_medicare(pprrvu(*codes(3, CONV_FACTOR="33.5675")))
    assert find_release(lake.connect(), date(2026, 7, 15)).note is None


def test_files_of_equal_length_that_differ_in_a_value_have_the_note(lake, load_medicare):
    load_medicare(pprrvu(*codes(3)))
    load_medicare(pprrvu(*codes(3, BILAT_SURG="2"), released="07/20/2026"))
    assert "the one with 3 rows" in find_release(lake.connect(), date(2026, 7, 15)).note


def test_tables_can_be_registered_after_two_files_were_compared(lake, load_medicare):
    """The market does so next, for codes of which it asks the schedule nothing more: DRGs."""
    load_medicare(pprrvu(*codes(3)))
    load_medicare(pprrvu(*codes(3, BILAT_SURG="2"), released="07/20/2026"))
    connection = lake.connect()
    find_release(connection, date(2026, 7, 15))
    connection.register("asked", pa.table({"code": ["470"]}))
    assert connection.execute("SELECT code FROM asked").fetchall() == [("470",)]


def test_a_file_of_another_release_is_no_rival(lake, load_medicare):
    load_medicare(pprrvu(*codes(100), quarter="April"))
    load_medicare(pprrvu(*codes(3)))
    found = find_release(lake.connect(), date(2026, 7, 15))
    assert (found.release.name, found.release.n_rows, found.note) == ("2026C", 3, None)


def test_a_code_that_a_short_file_lacks_is_not_denied_to_the_release():
    short = msgspec.structs.replace(release(2026, 2), n_rows=290)
    assert "as far as it is loaded: 290 rows" in short.lacks("32557")
    assert "F309" in short.lacks("32557")
    whole = msgspec.structs.replace(short, n_rows=19_356)
    assert whole.lacks("99999") == ("99999 is not in release 2026C of the physician fee schedule")


@pytest.mark.files
@pytest.mark.parametrize("cut_first", [True, False])
def test_the_first_300_lines_of_the_real_file_do_not_deny_what_it_holds(
    data_folder, lake, load_medicare, cut_first
):
    path = data_folder / "medicare/pfs/PPRRVU2026_Jul_nonQPP.redacted.csv"
    cut = b"".join(path.read_bytes().splitlines(keepends=True)[:300])
    for file in (cut, path) if cut_first else (path, cut):
        load_medicare(file)
    (found,) = price(lake, "32557", date(2026, 7, 15), site="facility")
    assert found.amount == Decimal("129.26")
    assert any("the one with 19,356 rows" in note for note in found.notes)


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
