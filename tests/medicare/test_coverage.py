"""Which coverage documents answer for a code and a day, and the diagnoses on their lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest

from coverage_layouts import article, lcd, linked, mcd
from medicare_layouts import load_medicare  # noqa: F401
from ratepress.core.errors import UsageError
from ratepress.lake.store import Lake
from ratepress.medicare.coverage import Coverage, coverage
from ratepress.medicare.coverage_groups import group_paragraphs

DAY = date(2026, 7, 15)
Load = Callable[..., object]


def answer(lake: Lake, code: str = "32550", on: date = DAY) -> Coverage:
    with lake.connect() as connection:
        return coverage(connection, code, on)


def codes(*versions: str) -> bytes:
    return mcd(
        "article_x_hcpc_code",
        *(
            linked("article", "50001", v, hcpc_code_id="32550", hcpc_code_group="1")
            for v in versions
        ),
    )


@pytest.fixture
def article_lake(lake: Lake, load_medicare: Load) -> Lake:  # noqa: F811
    """Article 50001: version 9 until June 2026, version 10 from July, and what it refers to."""
    load_medicare(
        mcd(
            "article",
            article("50001", "9", "2020-01-01", article_rev_end_date="2026-06-30 00:00:00"),
            article("50001", "10", "2026-07-01"),
        )
    )
    load_medicare(codes("9", "10"), "codes.csv")
    covered = [
        ("9", "J90", "1", ""),
        ("10", "J90", "1", "N"),
        ("10", "J91.0", "2", "Y"),
        ("10", "R05.9", "1", "N"),
    ]
    load_medicare(
        mcd(
            "article_x_icd10_covered",
            *(
                linked(
                    "article",
                    "50001",
                    version,
                    icd10_code_id=code,
                    icd10_covered_group=group,
                    asterisk=mark,
                )
                for version, code, group, mark in covered
            ),
        ),
        "covered.csv",
    )
    load_medicare(
        mcd(
            "article_x_icd10_noncovered",
            linked("article", "50001", "10", icd10_code_id="R05.9", icd10_noncovered_group="1"),
        ),
        "excluded.csv",
    )
    load_medicare(
        mcd(
            "article_related_documents",
            linked("article", "50001", "10", related_num="1", r_lcd_id="30001", r_lcd_version="8"),
        ),
        "related.csv",
    )
    load_medicare(mcd("lcd", lcd("30001", "8", "2024-01-01"), lcd("30001", "11", "2026-01-01")))
    return lake


def test_the_version_of_the_day_answers(article_lake: Lake) -> None:
    before = answer(article_lake, on=date(2026, 6, 30))
    assert [(d.display_id, d.version) for d in before.documents] == [("A50001", "9")]
    assert [one.code for one in before.covered] == ["J90"]
    after = answer(article_lake, on=date(2026, 7, 1))
    assert (after.documents[0].display_id, after.documents[0].version) == ("A50001", "10")
    assert [one.code for one in after.covered] == ["J90", "J91.0", "R05.9"]


def test_the_determination_that_an_article_refers_to_stands_beside_it(article_lake: Lake) -> None:
    found = answer(article_lake).documents[1]
    # Version 11 is higher than 8 as a number, though not as a text.
    assert (found.display_id, found.version, found.named_by) == ("L30001", "11", "A50001")
    assert found.link.endswith("view/lcd.aspx?lcdid=30001&ver=11")


def test_a_document_holds_in_the_states_its_contractors_serve_on_the_day(
    article_lake: Lake,
    load_medicare: Load,  # noqa: F811
) -> None:
    who = {"contractor_id": "10", "contractor_type_id": "12", "contractor_version": "1"}
    name = {"contractor_bus_name": "Invented Contractor", "contractor_number": "01234"}
    served = [
        {"state_id": "1", "active_date": "2020-01-01 00:00:00"},
        {"state_id": "2", "active_date": "2020-01-01", "term_date": "2026-07-14 00:00:00"},
        {"state_id": "3", "active_date": "2026-07-16"},
    ]
    states = [
        {"state_id": number, "state_abbrev": state, "description": "x"}
        for number, state in (("1", "NY"), ("2", "CT"), ("3", "NJ"))
    ]
    load_medicare(mcd("article_x_contractor", linked("article", "50001", "10", **who)), "x.csv")
    load_medicare(mcd("contractor", who | name), "contractor.csv")
    load_medicare(mcd("contractor_jurisdiction", *(who | row for row in served)), "served.csv")
    load_medicare(mcd("state_lookup", *states), "states.csv")
    found = answer(article_lake).documents[0]
    assert (found.contractor, found.states) == ("Invented Contractor", ("NY",))
    assert answer(article_lake).documents[1].states == ()
    with article_lake.connect() as connection:
        here = coverage(connection, "32550", DAY, "ny")
        assert [d.display_id for d in here.documents] == ["A50001", "L30001"]
        # Connecticut was served until the day before; L30001 is of no known state, and stays.
        there = coverage(connection, "32550", DAY, "CT")
        assert [d.display_id for d in there.documents] == ["L30001"]
        assert there.covered == ()
        assert "In other states than CT, and so left out: A50001." in there.notes
        with pytest.raises(UsageError, match="no state"):
            coverage(connection, "32550", DAY, "Ohio")


def test_what_is_on_both_lists_is_excluded(article_lake: Lake) -> None:
    found = answer(article_lake)
    assert [found.stance(code) for code in ("r059", "J91.0", "J93.0")] == [
        "excluded",
        "covered",
        "not listed",
    ]
    with pytest.raises(UsageError, match="ICD-10-CM"):
        found.stance("cough")


def test_groups_and_marks_are_kept_and_not_paired(article_lake: Lake) -> None:
    marked = {one.code: (one.groups, one.has_condition) for one in answer(article_lake).covered}
    assert marked == {"J90": (("1",), False), "J91.0": (("2",), True), "R05.9": (("1",), False)}


def test_the_paragraph_of_a_group_says_with_what_a_diagnosis_counts(
    article_lake: Lake,
    load_medicare: Load,  # noqa: F811
) -> None:
    paragraphs = [
        ("9", "1", "<p>of another version</p>"),
        ("10", "2", "<p>With <b>32557</b> only.</p><script>alert(1)</script>"),
        ("10", "10", "Last &lt;b&gt;"),
    ]
    rows = [
        linked(
            "article", "50001", version, icd10_covered_group=group, paragraph=text,
            icd10_covered_ast="<i>secondary</i>",
        )
        for version, group, text in paragraphs
    ]  # fmt: skip
    load_medicare(mcd("article_x_icd10_covered_group", *rows), "groups.csv")
    found = answer(article_lake)
    assert [d.code_groups for d in found.documents] == [("1",), ()]
    with article_lake.connect() as connection:
        told = group_paragraphs(connection, found.documents)
    assert [(p.display_id, p.list, p.group, p.text, p.asterisk_means) for p in told] == [
        ("A50001", "covered", "2", "With 32557 only.", "secondary"),
        ("A50001", "covered", "10", "Last <b>", "secondary"),
    ]


def test_before_its_first_day_a_document_is_left_out_and_named(article_lake: Lake) -> None:
    found = answer(article_lake, on=date(2019, 12, 31))
    assert found.documents == ()
    assert found.notes == ("No version on 2019-12-31 that names 32550, and so left out: A50001.",)
    assert "no coverage document in force on 2019-12-31 names 32550" in found.gaps[0].why


def test_a_code_that_left_the_list_is_not_answered_by_the_version_before(
    lake: Lake,
    load_medicare: Load,  # noqa: F811
) -> None:
    heads = article("50001", "9", "2020-01-01"), article("50001", "10", "2026-07-01")
    load_medicare(mcd("article", *heads))
    other = linked("article", "50001", "10", hcpc_code_id="32557", hcpc_code_group="1")
    load_medicare(codes("9"), "codes.csv")
    assert [d.version for d in answer(lake).documents] == ["9"]
    load_medicare(mcd("article_x_hcpc_code", other), "newer.csv")
    assert answer(lake).documents == ()
    assert [d.version for d in answer(lake, on=date(2026, 6, 30)).documents] == ["9"]


def test_a_proposal_never_answers(lake: Lake, load_medicare: Load) -> None:  # noqa: F811
    load_medicare(mcd("article", article("50001", "10", "2020-01-01", display_id="DA50001")))
    load_medicare(codes("10"), "codes.csv")
    assert answer(lake).documents == ()


def test_a_document_without_days_is_shown_as_undated(lake: Lake, load_medicare: Load) -> None:  # noqa: F811
    load_medicare(codes("10"), "codes.csv")
    found = answer(lake).documents[0]
    assert (found.display_id, found.is_dated, found.title) == ("A50001", False, None)


def test_diagnoses_are_looked_up_in_the_list_of_the_day(
    article_lake: Lake,
    load_medicare: Load,  # noqa: F811
) -> None:
    assert {one.is_known for one in answer(article_lake).covered} == {None}
    load_medicare(b"J90     Pleural effusion\n", "icd10cm_codes_2024.txt")
    load_medicare(b"J910    Malignant effusion\nG35A    Invented\n", "icd10cm_codes_2026.txt")
    known = {one.code: (one.is_known, one.description) for one in answer(article_lake).covered}
    assert known == {
        "J90": (False, None),
        "J91.0": (True, "Malignant effusion"),
        "R05.9": (False, None),
    }
    early = answer(article_lake, on=date(2024, 1, 1))
    assert [(one.code, one.is_known) for one in early.covered] == [("J90", True)]


def test_nothing_found_says_what_was_looked_in(article_lake: Lake) -> None:
    (gap,) = answer(article_lake, "32557").gaps
    assert gap.rules == ("C102",)
    # covered.csv lists diagnoses of documents: which codes these name stands in codes.csv alone.
    assert "looked in codes.csv (2 rows)." in gap.why
    assert "it is not a denial" in gap.why


def test_a_copy_states_diagnoses_by_code_and_versions_come_from_the_list(
    lake: Lake,
    load_medicare: Load,  # noqa: F811
) -> None:
    copy = {"32550": {"covered": ["J90"], "lcdIds": ["L30001"], "notCovered": ["R05.9"]}}
    load_medicare(json.dumps(copy).encode(), "copy.json")
    load_medicare(mcd("lcd", lcd("30001", "8", "2024-01-01"), lcd("30001", "11", "2026-01-01")))
    found = answer(lake)
    assert [(d.display_id, d.version) for d in found.documents] == [("L30001", "11")]
    assert [found.stance(code) for code in ("J90", "R05.9")] == ["covered", "excluded"]
    assert found.notes[0].startswith("A copy states diagnoses by code")
    # The copy says that the determination is about the code; the list, its title and days.
    assert len({source.content_id for source in found.sources}) == 2


@pytest.mark.files
def test_the_copies_at_hand_have_no_document_for_the_drainage_family(
    lake: Lake,
    load_medicare: Load,  # noqa: F811
    data_folder,
) -> None:
    folder = data_folder / "medicare/coverage"
    stated = json.loads((folder / "lcd_coverage.json").read_bytes())
    load_medicare(folder / "lcd_coverage.json")
    load_medicare(folder / "cms_lcd_article_documents_2025-08.csv")
    for number in range(32550, 32558):
        assert str(number) not in stated
        assert "looked in" in answer(lake, str(number)).gaps[0].why
    for code in ("27096", "64415", "J0585"):
        if code in stated:
            found = answer(lake, code, date(2025, 8, 20))
            assert [one.code for one in found.covered] == sorted(stated[code]["covered"])
            assert [one.code for one in found.excluded] == sorted(stated[code]["notCovered"])
    documents = lake.connect().sql(
        "SELECT link, document_type, document_id, version FROM coverage_documents"
    )
    for link, kind, number, version in documents.fetchall():
        name = {"lcd": "lcdid", "article": "articleid"}[kind]
        assert link.endswith(f"/view/{kind}.aspx?{name}={number}&ver={version}")
