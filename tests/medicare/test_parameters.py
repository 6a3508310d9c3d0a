"""Dated parameters: the values, their dates, and that none stands without its citation."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from ratepress.core.errors import MissingReferenceData
from ratepress.medicare.parameters import parameters, parse, value
from ratepress.readers.medicare.pfs_columns import VARIANTS

RULE = [{"title": "A final rule", "link": "https://www.federalregister.gov/d/1"}]


def record(*values):
    return {"name": "x", "label": "X", "unit": "USD per RVU", "values": list(values)}


def dated(since="2026-01-01", until="2026-12-31", participant="all", citations=RULE):
    return {
        "value": "1.5",
        "since": since,
        "until": until,
        "participant": participant,
        "citations": citations,
    }


# As published in the final rules and, for 2021 to 2024, as Congress changed them.
@pytest.mark.parametrize(
    ("on", "participant", "factor"),
    [
        (date(2020, 1, 1), "non-QP", "36.0896"),
        (date(2021, 12, 31), "non-QP", "34.8931"),
        (date(2022, 6, 1), "non-QP", "34.6062"),
        (date(2023, 6, 1), "QP", "33.8872"),
        (date(2024, 3, 8), "non-QP", "32.7442"),
        (date(2024, 3, 9), "non-QP", "33.2875"),
        (date(2025, 10, 15), "non-QP", "32.3465"),
        (date(2026, 7, 15), "non-QP", "33.4009"),
        (date(2026, 7, 15), "QP", "33.5675"),
    ],
)
def test_the_conversion_factor_of_a_day(on, participant, factor):
    found = value("pfs_conversion_factor", on, participant)
    assert found.value == Decimal(factor)
    assert all(source.link.startswith("https://") for source in found.sources)


@pytest.mark.parametrize("on", [date(2019, 12, 31), date(2027, 1, 1)])
def test_a_day_without_a_value_says_which_days_have_one(on):
    with pytest.raises(MissingReferenceData, match="2020-01-01 to 2020-12-31"):
        value("pfs_conversion_factor", on)


@pytest.mark.parametrize(
    "citations",
    [
        [],
        [{"title": "", "link": "https://www.federalregister.gov/d/1"}],
        [{"title": "A final rule", "link": "none"}],
    ],
)
def test_a_value_without_a_citation_is_refused(citations):
    with pytest.raises(ValueError, match="citation"):
        parse(record(dated(citations=citations)))


def test_a_value_that_names_no_citations_is_refused():
    bare = dated()
    del bare["citations"]
    with pytest.raises(ValueError, match="citations"):
        parse(record(bare))


@pytest.mark.parametrize("participant", ["all", "QP"])
def test_two_values_for_one_day_are_refused(participant):
    with pytest.raises(ValueError, match="overlap"):
        parse(record(dated(participant="QP"), dated("2026-06-01", participant=participant)))


def test_two_participants_may_have_a_value_each():
    assert len(parse(record(dated(participant="QP"), dated(participant="non-QP"))).values) == 2


def test_a_value_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="ends before"):
        parse(record(dated("2026-06-01", "2026-05-31")))


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="unknown unit"):
        parse({**record(dated()), "unit": "furlongs"})


def test_the_conversion_factor_has_no_hole_between_its_first_and_last_day():
    values = parameters()["pfs_conversion_factor"].values
    days = sorted({(v.since, v.until) for v in values})
    assert all((b[0] - a[1]).days == 1 for a, b in pairwise(days))


def test_the_reader_knows_the_same_two_factors_of_2026():
    """The reader tells the two files of a year apart by factors that the parameters cite."""
    cited = {
        v.value: v.participant
        for v in parameters()["pfs_conversion_factor"].values
        if v.participant != "all"
    }
    assert {f: p for year in VARIANTS.values() for f, p in year.items()} == cited
