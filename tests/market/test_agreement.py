"""Rule M11: one price that a payer's and a hospital's file both state, by hand and by an oracle."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import market_strategies as generated
from market_lakes import Described, Group, PriceFile, Rate
from market_reading import lake_of
from ratepress.codes.argument import CodeRef
from ratepress.market.agreement import Agreement, agreement, run_agreement, summaries
from ratepress.market.benchmark import run_market

AS_OF, FRESH = date(2026, 7, 15), date(2026, 4, 1)
CODES = [CodeRef("cpt", "32557"), CodeRef("cpt", "70551")]
MERCY, GRACE = ("Mercy", "GA"), ("Grace", "FL")
GROUPS = (
    Group("mercy", (("ein", "581", "1"), ("ein", "581", "2"))),
    Group("both", (("ein", "582", "2"), ("ein", "583", "3"))),
    Group("others", (("ein", "584", "9"),)),
)


def hospital(*rates: Rate, who: tuple[str, str] = MERCY, npis=("2",)) -> PriceFile:
    return PriceFile(f"hospital {who}", FRESH, rates, who, npis=npis)


def payer(*rates: Rate) -> PriceFile:
    return PriceFile("payer", FRESH, rates, groups=GROUPS)


def stated(amount: str, **fields: Any) -> Rate:
    return Rate(dollars=Decimal(amount), **{"billing_class": "facility", **fields})


def pairs(*files: PriceFile) -> list[dict[str, Any]]:
    with lake_of(Described(files)) as lake:
        return agreement(lake, CODES, as_of=AS_OF).to_pylist()


@pytest.mark.parametrize(
    ("theirs", "band"),
    [
        ("1000", "exact"),
        ("1000.0001", "within 10%"),
        ("1100", "within 10%"),
        ("900", "within 10%"),
        ("1100.01", "within 20%"),
        ("800", "within 20%"),
        ("799.99", "further apart"),
    ],
)
def test_m11_how_far_two_files_agree(theirs, band):
    """In percent of the hospital's own 1,000; the methodologies are worded apart."""
    ours = hospital(stated("1000", method="case rate"))
    (pair,) = pairs(ours, payer(stated(theirs, method="negotiated", groups=("mercy",))))
    assert (pair["hospital_dollars"], pair["payer_dollars"]) == (1000, Decimal(theirs))
    assert (pair["band"], pair["not_stated"]) == (band, "")


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"setting": None}, "setting"),
        ({"line_of_business": "unknown", "places": ("22",)}, "line of business, site"),
        ({"billing_class": None}, "billing class"),
        ({"billing_class": "professional"}, None),
        ({"setting": "inpatient"}, None),
        ({"line_of_business": "exchange"}, None),
        ({"modifiers": ("26",)}, None),
        ({"price_unit": "day"}, None),
        ({"payer_name": "Cigna"}, None),
        ({"groups": ("others",)}, None),
        ({"groups": ()}, None),
    ],
)
def test_m11_what_one_side_does_not_state_contradicts_nothing(fields, found):
    theirs = stated("1000", **{"groups": ("mercy",), **fields})
    made = pairs(hospital(stated("1000")), payer(theirs))
    assert [pair["not_stated"] for pair in made] == ([] if found is None else [found])


def test_several_prices_of_a_side_are_their_median_and_counted():
    """Plans of 900 and 1,000 are 950; the payer states 950 once, through a group of two."""
    ours = hospital(stated("900", plan_name="HMO"), stated("1000", plan_name="PPO"))
    grace = hospital(stated("7", code="70551"), who=GRACE, npis=("3",))
    files = (ours, grace, payer(stated("950", groups=("both",))))
    (pair,) = pairs(*files)
    assert (pair["hospital_dollars"], pair["n_hospital_prices"], pair["band"]) == (950, 2, "exact")
    with lake_of(Described(files)) as lake, lake.connect() as connection:
        run_market(connection, CODES, AS_OF)
        run_agreement(connection)
        (told,) = summaries(connection)
    bands = {"exact": 1, "within 10%": 0, "within 20%": 0, "further apart": 0}
    assert told == Agreement(hospital_id="mercy, GA", payer_id="aetna", payer="Aetna",
                             n_hospital=1, n_matched=1, bands=bands)  # fmt: skip


RATE = st.fixed_dictionaries(
    {
        "dollars": st.sampled_from(["100", "105", "109.99", "110", "120", "130"]).map(Decimal),
        "code": st.sampled_from(["32557", "70551"]),
        "payer_name": st.sampled_from(["Aetna", "Cigna"]),
        "plan_name": st.sampled_from(["PPO", "HMO"]),
        "line_of_business": st.sampled_from(["commercial", "exchange", "unknown"]),
        "billing_class": st.sampled_from(["facility", "facility", None]),
        "setting": st.sampled_from(["inpatient", "outpatient", None]),
        "modifiers": st.sampled_from([(), (), ("59",)]),
    }
)
OURS = st.builds(lambda fields: Rate(**fields), RATE)
THEIRS = st.builds(
    lambda fields, groups, places: Rate(**fields, groups=groups, places=places, method="derived"),
    RATE,
    st.sampled_from([("mercy",), ("both",), ("others",), ("mercy", "both")]),
    st.sampled_from([(), ("22",)]),
)


@generated.examples(6)
@given(st.lists(OURS, max_size=8), st.lists(OURS, max_size=4), st.lists(THEIRS, max_size=10))
def test_every_pair_is_the_oracles(mercy, grace, theirs):
    files = (
        hospital(*mercy),
        hospital(*grace, who=GRACE, npis=("3", "4")),
        payer(*theirs),
    )
    found = {
        (r["hospital_id"], r["payer_id"], r["code"], r["modifiers"], r["hospital_line"],
         r["payer_line"], r["hospital_class"], r["payer_class"], r["hospital_setting"],
         r["payer_setting"], r["payer_site"], r["hospital_dollars"], r["payer_dollars"], r["band"])
        for r in pairs(*files)
    }  # fmt: skip
    assert found == set(oracle(mercy, grace, theirs))


def oracle(mercy, grace, theirs):
    """The rule, price by price: which group names which hospital is written out by hand."""
    named = {"mercy": ["mercy, GA"], "both": ["mercy, GA", "grace, FL"], "others": []}
    sides: dict[str, dict[Any, set[Decimal]]] = {"h": defaultdict(set), "p": defaultdict(set)}
    for hospital_id, rates in (("mercy, GA", mercy), ("grace, FL", grace)):
        for rate in rates:
            sides["h"][hospital_id, *service(rate, "any")].add(rate.dollars)
    for rate in theirs:
        site = "facility" if rate.places else "any"
        for hospital_id in {one for group in rate.groups for one in named[group]}:
            # Another set of providers at the same dollars is another price.
            sides["p"][hospital_id, *service(rate, site)].add((rate.dollars, rate.groups))
    for (who, payer_id, code, signature, line, kind, setting, _), ours in sides["h"].items():
        for (*same, their_line, their_kind, their_setting, site), prices in sides["p"].items():
            if same != [who, payer_id, code, signature]:
                continue
            one = middle(ours)
            other = middle([dollars for dollars, _ in prices])
            if (
                (line == their_line or "unknown" in (line, their_line))
                and (kind == their_kind or "not stated" in (kind, their_kind))
                and (setting == their_setting or "not stated" in (setting, their_setting))
            ):
                yield (who, payer_id, code, signature, line, their_line, kind, their_kind,
                       setting, their_setting, site, one, other, band_of(one, other))  # fmt: skip


def service(rate: Rate, site: str) -> tuple[str, ...]:
    return (rate.payer_name.lower(), rate.code, "|".join(rate.modifiers), rate.line_of_business,
            rate.billing_class or "not stated", rate.setting or "not stated", site)  # fmt: skip


def middle(prices) -> Fraction:
    ordered = sorted(map(Fraction, prices))
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def band_of(ours: Fraction, theirs: Fraction) -> str:
    share = abs(theirs - ours) / ours
    if share == 0:
        return "exact"
    if share <= Fraction(1, 10):
        return "within 10%"
    return "within 20%" if share <= Fraction(1, 5) else "further apart"
