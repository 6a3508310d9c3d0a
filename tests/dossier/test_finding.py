"""The sentence a page opens with: chosen by rule, made of facts, and without a judgement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import market_strategies as generated
from market_lakes import Described, PriceFile, Rate, write
from market_reading import lake_of
from ratepress.core.facts import SourceRef
from ratepress.dossier.build import build
from ratepress.dossier.changes import Change
from ratepress.dossier.finding import changed
from ratepress.dossier.model import Dossier, Sentence
from ratepress.lake.store import Lake
from ratepress.market.diff import Count
from stated_numbers import unfounded

APRIL, JULY = date(2026, 4, 1), date(2026, 7, 1)
MERCY, GRACE = ("Mercy", "GA"), ("Grace", "GA")
JUDGING = re.compile(
    r"\b(good|bad|high|higher|low|lower|cheap|expensive|dear|fair|unfair|over(paid|priced)|"
    r"under(paid|priced)|excessive|reasonable|best|worst|only|just)\b",
    re.IGNORECASE,
)


def rate(amount: str, payer: str = "Aetna") -> Rate:
    return Rate(dollars=Decimal(amount), payer_name=payer)


def page(folder: Path, *files: PriceFile) -> Dossier:
    lake = write(folder / "lake", Described(files))
    return build(lake, ["32557"], as_of=date(2026, 7, 15))[0]


def sentences(dossier: Dossier) -> list[str]:
    return [one.text for one in dossier.section("summary").sentences]


def test_three_votes_open_with_the_median_and_the_quartiles(tmp_path: Path) -> None:
    """100, 200 and 400: the median is 200, the quartiles 150 and 300 by interpolation (M05)."""
    rates = (rate("100"), rate("200", "Cigna"), rate("400", "Humana"))
    (opening, *_) = sentences(page(tmp_path, PriceFile("m", APRIL, rates, MERCY)))
    assert opening == (
        "The median commercial price is $200.00 (professional, outpatient, fee schedule); the "
        "middle half lies between $150.00 and $300.00 (3 votes of 3 payers at Mercy, "
        "3 published rows, file of April 2026; confidence: thin)."
    )


def test_two_votes_open_with_the_range_of_the_prices(tmp_path: Path) -> None:
    rates = (rate("100"), rate("200", "Cigna"))
    (opening, *_) = sentences(page(tmp_path, PriceFile("m", APRIL, rates, MERCY)))
    assert opening.startswith(
        "Commercial prices (professional, outpatient, fee schedule): $100.00 to $200.00; 2 votes"
    )
    assert opening.endswith("too few for a median.")


def test_a_second_file_of_a_hospital_says_what_changed(tmp_path: Path) -> None:
    """Aetna rises by a tenth, Cigna stays, Humana goes and Oscar comes; Grace has one file."""
    before = (rate("100"), rate("200", "Cigna"), rate("300", "Humana"))
    after = (rate("110"), rate("200", "Cigna"), rate("400", "Oscar"))
    made = page(
        tmp_path,
        PriceFile("a", APRIL, before, MERCY),
        PriceFile("b", JULY, after, MERCY),
        PriceFile("c", date(2026, 3, 1), (rate("500"),), GRACE),
    )
    assert sentences(made)[1] == (
        "Since 2026-04-01 the price of 1 contract changed, by a median of 10.0%; 1 is new, 1 is "
        "gone and 2 are the same."
    )


def test_first_files_alone_make_no_snapshot(tmp_path: Path) -> None:
    made = page(
        tmp_path,
        PriceFile("a", APRIL, (rate("100"),), MERCY),
        PriceFile("b", JULY, (rate("100"),), GRACE),
    )
    assert not any(text.startswith("Since") for text in sentences(made))


def test_a_page_does_not_depend_on_the_codes_built_beside_it(tmp_path: Path) -> None:
    """32557 has its snapshot before in April, 70551 in May; both runs of the market are apart."""
    may = date(2026, 5, 1)
    other = Rate(dollars=Decimal(7), code="70551")
    files = (
        PriceFile("a", APRIL, (rate("100"),), MERCY),
        PriceFile("b", may, (other,), GRACE),
        PriceFile("c", JULY, (rate("120"),), MERCY),
        PriceFile("d", JULY, (other,), GRACE),
    )
    lake = write(tmp_path / "lake", Described(files))
    together = build(lake, ["32557", "70551"], as_of=date(2026, 7, 15))
    assert [sentences(one)[1][:16] for one in together] == ["Since 2026-04-01", "Since 2026-05-01"]
    assert build(lake, ["32557"], as_of=date(2026, 7, 15)) == together[:1]


@given(*[st.integers(0, 99999)] * 4, st.none() | st.decimals("-99.9", "999", places=1))
def test_every_number_about_a_change_is_a_fact(
    new: int, gone: int, moved: int, same: int, percent: Decimal | None
) -> None:
    made = changed(
        Change(APRIL, Count("32557", new, gone, moved, same, percent)), (SourceRef("Mercy"),)
    )
    assert unfounded(made) == []
    assert JUDGING.search(made.text) is None


def openings(dossier: Dossier) -> Iterator[Sentence]:
    """The finding, what changed, and the titles of charts."""
    told = ("The median commercial price", "Commercial prices", "Since ")
    summary = dossier.section("summary").sentences
    yield from (one for one in summary if one.text.startswith(told))
    for section in dossier.sections:
        yield from (chart.finding for chart in section.charts)


# A lake is too large to shrink within minutes; the sentence that fails says enough.
@settings(generated.examples(6), phases=(Phase.explicit, Phase.generate))
@given(generated.lakes())
def test_every_number_of_an_opening_and_of_a_title_is_a_fact(described: Described) -> None:
    with lake_of(described) as lake:
        (made,) = build(lake, ["32557"], as_of=generated.AS_OF)
    found = [(one.text, unfounded(one)) for one in openings(made) if unfounded(one)]
    assert found == []


@pytest.fixture(scope="module")
def examples(example_lake: Lake) -> list[Dossier]:
    return build(example_lake, ["32557", "32550", "32555", "99213"], as_of=date(2026, 7, 15))


def test_no_sentence_of_the_example_pages_judges_a_price(examples: list[Dossier]) -> None:
    texts = [one.text for page in examples for one in openings(page)]
    assert len(texts) > 12
    assert [text for text in texts if JUDGING.search(text)] == []


def test_every_number_of_the_example_pages_openings_is_a_fact(examples: list[Dossier]) -> None:
    found = [one for page in examples for one in openings(page)]
    assert [(one.text, unfounded(one)) for one in found if unfounded(one)] == []
