"""Percent of Medicare at the voter's own locality (M07), by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from market_lakes import Described, Group, PriceFile, Rate
from market_reading import lake_of
from market_registries import Provider, Registries
from market_strategies import PFS
from ratepress.dossier.build import build
from ratepress.market.benchmark import benchmark

AS_OF = date(2026, 7, 15)
GROUPS = tuple(Group(str(n), (("ein", f"58{n}", str(n)),)) for n in (1, 2, 3))
RATES = tuple(
    Rate(dollars=Decimal(amount), places=("22",), groups=(group.group_id,))
    for amount, group in zip(("285.48", "287.24", "143.62"), GROUPS, strict=True)
)
FILE = PriceFile("p", date(2026, 4, 1), RATES, groups=GROUPS)
PLACED = Described(
    (FILE,),
    PFS,
    registries=Registries(
        nppes=((date(2026, 6, 1), (Provider("1", zip_code="30322"),)),),
        localities=(("30322", "10212", "01", "0"),),
    ),
    gpcis=(("10212", "01", "1", "0.997", "0.922"),),
)


def over_all(described: Described) -> dict[str, object]:
    with lake_of(described) as lake:
        rows = benchmark(lake, "32557", as_of=AS_OF).to_pylist()
    (row,) = (row for row in rows if row["grain"] == "all payers")
    return row


def test_one_vote_is_compared_where_its_voter_is_and_the_others_nationally() -> None:
    """3 + 0.997 + 0.3 × 0.922 = 4.2736 RVU × 33.4009 = 142.74 there, 143.62 nationally. So the
    votes are at 200, 200 and 100 percent; the median in dollars, 285.48, is 198.8 nationally."""
    row = over_all(PLACED)
    assert row["p50"] == Decimal("285.48")
    assert row["p50_pct_of_medicare"] == Decimal("200.0")
    assert row["p25_pct_of_medicare"] == Decimal("150.0")
    assert (row["medicare_basis"], row["n_at_locality"]) == ("localities", 1)
    assert row["medicare_amount"] == Decimal("143.62")


def test_without_indices_or_without_a_place_the_nation_answers_and_it_says_so() -> None:
    unknown = Registries(localities=PLACED.registries.localities)
    for described in (replace(PLACED, gpcis=()), replace(PLACED, registries=unknown)):
        row = over_all(described)
        assert row["p50_pct_of_medicare"] == Decimal("198.8")
        assert (row["medicare_basis"], row["n_at_locality"]) == ("nation", 0)


def test_the_page_says_for_how_many_votes_it_is_the_localitys() -> None:
    with lake_of(PLACED) as lake:
        (made,) = build(lake, ["32557"], as_of=AS_OF)
    said = [one.text for section in made.sections for one in section.sentences]
    assert any("200.0% of Medicare's amount, at the voter's locality for 1 of 3 votes" in text
               for text in said)  # fmt: skip


def test_a_vote_with_prices_in_two_localities_is_compared_nationally() -> None:
    """The TIN of the first group has a second price, of a provider elsewhere."""
    other = Group("4", (("ein", "581", "4"),))
    rate = replace(RATES[0], dollars=Decimal("285.50"), groups=("4",))
    file = replace(FILE, rates=(*RATES, rate), groups=(*GROUPS, other))
    found = replace(PLACED.registries, nppes=((date(2026, 6, 1), (
        Provider("1", zip_code="30322"), Provider("4", zip_code="02554"))),))  # fmt: skip
    places = (*found.localities, ("02554", "14212", "99", "0"))
    row = over_all(replace(PLACED, files=(file,), registries=replace(found, localities=places)))
    assert (row["medicare_basis"], row["n_at_locality"]) == ("nation", 0)
