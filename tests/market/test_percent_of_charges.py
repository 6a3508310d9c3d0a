"""Rule M12: percentages of charges in dollars, one gross found, several, or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from market_lakes import Charge, Described, PriceFile, Rate
from market_reading import lake_of
from ratepress.codes.argument import CodeRef
from ratepress.dossier.charge_tables import charge_ranges
from ratepress.dossier.context import Context
from ratepress.market.benchmark import benchmark, run_market

AS_OF = date(2026, 7, 15)
SHARE = Rate(
    statement="percentage",
    percentage=Decimal(40),
    price_unit="charges",
    billing_class="facility",
    method="percent of total billed charges",
)
FILE = PriceFile("h", date(2026, 4, 1), (SHARE,), ("Mercy", "GA"))


def lake(*charges: Charge, rates: tuple[Rate, ...] = (SHARE,)) -> Described:
    return Described((replace(FILE, charges=charges, rates=rates),))


def derived(described: Described) -> list[dict[str, Any]]:
    with lake_of(described) as made:
        rows = benchmark(made, "32557", as_of=AS_OF).to_pylist()
    return [r for r in rows if r["statement"] == "derived dollar" and r["grain"] == "payer"]


def ranges(described: Described) -> list[tuple[Any, ...]]:
    with lake_of(described) as made, made.connect() as connection:
        run_market(connection, [CodeRef("cpt", "32557")], AS_OF)
        return connection.execute("SELECT n_gross, lowest, highest FROM derived_ranges").fetchall()


def test_one_gross_gives_a_derived_dollar_that_votes_in_a_key_of_its_own() -> None:
    """40% of 1,234.56 is 493.824; the charge stands on another line, and twice."""
    stated = replace(SHARE, statement="dollar", dollars=Decimal(500), percentage=None)
    found = derived(lake(*[Charge(Decimal("1234.56"))] * 2, rates=(SHARE, stated)))
    assert [(r["n_votes"], r["lowest"], r["price_unit"]) for r in found] == [
        (1, Decimal("493.82400"), "service")
    ]
    with lake_of(lake(Charge(Decimal("1234.56")), rates=(SHARE, stated))) as made:
        dollars = benchmark(made, "32557", as_of=AS_OF).to_pylist()
    assert [r["lowest"] for r in dollars if r["statement"] == "dollar"] == [500, 500]


def test_a_gross_charge_of_millions_has_its_derived_dollars() -> None:
    """40% of a gene therapy of 3,850,000 is 1,540,000: over what DECIMAL(18, 12) holds."""
    (found,) = derived(lake(Charge(Decimal(3_850_000))))
    assert found["lowest"] == Decimal(1_540_000)
    # Just below the largest that counts, at the largest percentage: 14 digits of dollars.
    most = replace(SHARE, percentage=Decimal(1000))
    (found,) = derived(lake(Charge(Decimal("8888888888888.1234")), rates=(most,)))
    assert found["lowest"] == Decimal("88888888888881.234")


def test_the_derived_dollar_is_flagged_as_such_and_left_out_at_no_strength() -> None:
    described = lake(Charge(Decimal(1000)))
    with lake_of(described) as made, made.connect() as connection:
        run_market(connection, [CodeRef("cpt", "32557")], AS_OF)
        flags = connection.execute("SELECT outcome FROM flags WHERE rule_id = 'M12'").fetchall()
        strengths = connection.execute("SELECT strength FROM votes ORDER BY 1").fetchall()
    assert flags == [("flagged",)]
    assert strengths == [("balanced",), ("maximum",), ("minimum",)]


def test_the_page_shows_the_range_of_several_gross_charges_and_no_price() -> None:
    described = lake(Charge(Decimal(1000)), Charge(Decimal(1500)))
    with lake_of(described) as made, made.connect() as connection:
        run_market(connection, [CodeRef("cpt", "32557")], AS_OF)
        table = charge_ranges(Context(connection, CodeRef("cpt", "32557"), AS_OF, "balanced"))
    ((payer, cells),) = [(row.label, row.cells) for row in table.rows]
    assert payer == "Aetna"
    assert [cell.value for cell in cells[1:]] == [40, 2, Decimal(400), Decimal(600)]


def test_several_gross_charges_give_the_range_and_no_vote() -> None:
    described = lake(Charge(Decimal(1000)), Charge(Decimal(1500)))
    assert derived(described) == []
    assert ranges(described) == [(2, Decimal(400), Decimal(600))]


@pytest.mark.parametrize(
    ("charge", "is_found"),
    [
        ({}, True),
        ({"setting": "both"}, True),
        ({"setting": "inpatient"}, False),
        ({"modifiers": ("26",)}, False),
        ({"code": "32556"}, False),
        ({"drug_unit": Decimal(10), "drug_unit_type": "ME"}, False),
        ({"billing_class": "facility"}, True),
        ({"billing_class": "both"}, True),
        ({"billing_class": "professional"}, False),
        ({"gross": Decimal("999999999.99")}, False),
        ({"gross": Decimal("0.01")}, False),
        ({"gross": None}, False),
    ],
)
def test_the_gross_is_one_of_the_same_service(charge: dict[str, Any], is_found: bool) -> None:
    found = ranges(lake(Charge(**{"gross": Decimal(1000), **charge})))
    assert found == ([(1, Decimal(400), Decimal(400))] if is_found else [])


def test_a_charge_of_another_hospital_is_none_and_one_in_its_second_file_is() -> None:
    charge = Charge(Decimal(1000))
    second = replace(FILE, name="second", rates=(), charges=(charge,))
    other = replace(second, hospital=("Grace", "GA"))
    assert ranges(Described((FILE, other))) == []
    assert ranges(Described((FILE, second))) == [(1, Decimal(400), Decimal(400))]


@pytest.mark.parametrize(
    ("share", "found"),
    [("1000", [(1, Decimal(10000), Decimal(10000))]), ("1000.01", []), ("0", []), ("-5", [])],
)
def test_a_percentage_over_a_thousand_or_not_above_zero_comes_to_nothing(
    share: str, found: list[tuple[Any, ...]]
) -> None:
    assert (
        ranges(lake(Charge(Decimal(1000)), rates=(replace(SHARE, percentage=Decimal(share)),)))
        == found
    )
