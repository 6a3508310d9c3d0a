"""Percent of Medicare at the voter's own locality (M07), by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from market_lakes import Described, Group, PriceFile, Rate
from market_reading import lake_of
from market_registries import Provider, Registries
from market_strategies import FACILITY_RATES, PFS
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


def over_all(described: Described, code: str = "32557") -> dict[str, object]:
    with lake_of(described) as lake:
        rows = benchmark(lake, code, as_of=AS_OF).to_pylist()
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


@pytest.mark.parametrize(
    ("system", "code", "places", "national", "there"),
    [
        # 60% × 0.9713 + 40% = 0.98278 of a rate of OPPS.
        ("OPPS", "32557", ("22",), "1000.00", "982.78"),
        # 50% × 0.9713 + 50% = 0.98565 of one of ASC, which is 600.005 and so 600.01.
        ("ASC", "32557", ("24",), "600.01", "591.40"),
        # (4,186.62 × 0.9713 + 2,565.99) × 1.9289 = 12,793.34; 524.15 × 0.9803 = 513.82, × 1.9289.
        ("IPPS", "470", (), "14036.14", "13784.45"),
    ],
)
def test_a_facility_is_compared_by_the_wages_of_its_area(
    system: str, code: str, places: tuple[str, ...], national: str, there: str
) -> None:
    """One of three contracts is in Atlanta: votes at 200, 200 and 100 percent."""
    amounts = (2 * Decimal(there), 2 * Decimal(national), Decimal(national))
    rates = tuple(
        Rate(
            dollars=amount, code=code, code_system="ms-drg" if system == "IPPS" else "cpt",
            billing_class="facility", setting="inpatient" if system == "IPPS" else "outpatient",
            places=places, groups=(group.group_id,),
        )
        for amount, group in zip(amounts, GROUPS, strict=True)
    )  # fmt: skip
    placed = replace(
        PLACED,
        files=(replace(FILE, rates=rates),),
        facility_rates=FACILITY_RATES,
        registries=replace(
            PLACED.registries,
            # A practitioner's contract for a facility price would be left out (Q08).
            nppes=((date(2026, 6, 1), (Provider("1", "organization", zip_code="30322"),)),),
            zip_counties=(("30322", "13089", "1", "1"),),
            areas=(("13089", "12060"),),
        ),
        wages=(("12060", "0.9713", "0.9803"),),
    )
    for described, is_known in ((placed, True), (replace(placed, wages=()), False)):
        row = over_all(described, "ms-drg:470" if system == "IPPS" else code)
        assert (row["medicare_system"], row["medicare_amount"]) == (system, Decimal(national))
        assert row["n_at_locality"] == is_known
        assert row["medicare_basis"] == ("localities" if is_known else "nation")
        if is_known:
            assert row["p50_pct_of_medicare"] == Decimal("200.0")
            assert row["p25_pct_of_medicare"] == Decimal("150.0")
        else:
            median = 100 * amounts[0] / Decimal(national)
            assert row["p50_pct_of_medicare"] == median.quantize(Decimal("0.1"), ROUND_HALF_UP)


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
