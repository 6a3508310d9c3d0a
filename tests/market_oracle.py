"""The market a second time, slow and obvious, written from the method and its decisions alone.

docs/method/index.md and docs/method/decisions.md, over the plain descriptions of `market_lakes`.
It shares no code with the SQL: lists, dictionaries and fractions. The sentences it follows are
quoted beside the code that does so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from market_lakes import Described, PriceFile, Rate
from market_line_oracle import lines_of
from market_oracle_figures import statistics
from market_oracle_flags import (
    flag,
    flag_form,
    flag_modifiers,
    flag_outliers,
    flag_voters,
    per_diems,
)
from market_oracle_keys import collapse, derived, keyed, payer_by_hand, standing_of
from market_oracle_medicare import amount_in_area, medicare_amount, medicare_amounts
from market_oracle_model import (
    AMOUNTS,
    KEY,
    LEFT_OUT_AT,
    PERCENTS,
    STRENGTHS,
    Amounts,
    Market,
    Price,
    Row,
)  # fmt: skip
from market_registries import Registries, services
from market_registry_oracle import Known, Voter, places_of

__all__ = ["KEY", "LEFT_OUT_AT", "PERCENTS", "STRENGTHS", "Amounts", "Market", "market"]


def market(
    described: Described,
    codes: Iterable[tuple[str, str]],
    as_of: date,
    *,
    amounts: Amounts | None = None,
    payer_of: Callable[[PriceFile, Rate], tuple[str, str]] | None = None,
    areas: Iterable[str] = (),
    weights: str = "votes",
) -> Market:
    """The market of `codes`. For real files `amounts` and `payer_of` say what the generated lakes
    state by hand: Medicare's amounts by system, code, modifier and site, and the payer of a rate.
    """
    asked = set(codes)
    payer_of = payer_of or payer_by_hand
    published: Counter[tuple[str, str, str]] = Counter()
    rows: list[Row] = []
    for file in described.files:
        standing = standing_of(file, described.files, as_of)
        for rate_id, rate in enumerate(file.rates):
            if (rate.code_system, rate.code) not in asked:
                continue
            published[rate.code_system or "", rate.code, standing] += 1
            if standing == "current":
                lines = lines_of(file, rate, described.tables, as_of)
                rows += keyed(file, rate_id, rate, payer_of(file, rate), lines)
    if amounts is None:
        amounts = medicare_amounts(described, as_of)
    current = [f for f in described.files if standing_of(f, described.files, as_of) == "current"]
    rows += [one for row in tuple(rows) for one in derived(row, current)]
    prices = collapse(rows)
    known = Known(described.registries, as_of)
    by_key: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    medicare = {key: medicare_amount(key, those, amounts) for key, those in by_key.items()}
    days = per_diems(rows)
    for price in prices:
        flag(price, medicare[price.key], as_of)
        flag_form(price, days, as_of)
        flag_modifiers(price, bool(described.pfs))
        flag_voters(price, known)
    flag_outliers(prices)
    found = Market(published, {}, Counter(), Counter(), {})
    for price in prices:
        for rule, outcome in price.flags.items():
            found.flags[price.key, price.payer[0], price.speaker.rate.dollars, rule, outcome] += 1
        name_voters(found, price, known)
    for strength in STRENGTHS:
        counted = [price for price in prices if price.counts_at(strength)]
        statistics(
            found, strength, counted, medicare,
            lambda p, v: cells_of(known, p, v, areas), lambda p, v, c: npis_in(known, p, v, c),
            None if weights == "votes" else partial(weight_of, described.registries, weights),
            partial(amount_there, described, known, amounts, as_of, by_key),
        )  # fmt: skip
        funnel(found, strength, rows, prices, counted)
        voter_funnel(found, strength, prices)
    return found


def name_voters(found: Market, price: Price, known: Known) -> None:
    """Flags and Medicare localities, voter by voter."""
    where = (price.key, price.payer[0], price.speaker.rate.dollars)
    for voter, flags in price.voter_flags.items():
        for rule, outcome in flags.items():
            found.voter_flags[(*where, *voter[:2], rule, outcome)] += 1
    if price.key[KEY.index("statement")] not in AMOUNTS:
        return
    for voter in price.speaker.voters:
        place = locality_of(known, price, voter)
        if place is not None:
            found.localities[(*where, *voter[:2], *place)] += 1


def locality_of(known: Known, price: Price, voter: Voter) -> tuple[str, str] | None:
    """ "Known where all ZIP codes of the voter lie in one." """
    places = places_of(known, price.speaker.file, price.speaker.rate, members(price, voter))
    localities = {known.locality(zip_code) for _, zip_code in places}
    return localities.pop() if len(localities) == 1 else None


def area_of(known: Known, price: Price, voter: Voter) -> str | None:
    """ "The CBSA in which all ZIP codes of the voter lie." """
    places = places_of(known, price.speaker.file, price.speaker.rate, members(price, voter))
    areas = {known.area("cbsa", state, zip_code) for state, zip_code in places}
    return areas.pop() if len(areas) == 1 else None


def members(price: Price, voter: Voter) -> frozenset[str]:
    return price.npis.get(voter, frozenset())


def cells_of(
    known: Known, price: Price, voter: Voter, areas: Iterable[str]
) -> set[tuple[str, str]]:
    """M09: "a voter in several states votes once in each and once nationally"."""
    places = list(places_of(known, price.speaker.file, price.speaker.rate, members(price, voter)))
    found = {(kind, known.area(kind, *place)) for kind in areas for place in places}
    return {("nation", ""), *((kind, area) for kind, area in found if area)}


def npis_in(known: Known, price: Price, voter: Voter, cell: tuple[str, str]) -> set[str]:
    """ "NPIs with a right check digit that the price names for the voter; in an area those that
    practise there. A hospital's are the ones that its file states." """
    kind, area = cell
    file = price.speaker.file
    named = file.npis if file.hospital else members(price, voter)
    valid = {npi for npi in named if npi.isdigit() and npi != "0"}
    if file.hospital or kind == "nation":
        return valid
    records = [record for npi in valid if (record := known.record(npi))]
    return {
        one.npi for one in records if known.area(kind, one.state or "", one.zip_code or "") == area
    }


def amount_there(
    described: Described, known: Known, amounts: Amounts, as_of: date,
    rows: dict[tuple[str, ...], list[Row]], key: tuple[str, ...], voter: Voter, prices: list[Price],
) -> Decimal | None:  # fmt: skip
    """M07: the amount of the physician fee schedule at the one locality of all prices of the voter,
    or a facility's in their one area; None where it is not known, or no index of it."""
    part = dict(zip(KEY, key, strict=True))
    if part["billing_class"] == "facility":
        areas = {area_of(known, price, voter) for price in prices}
        area = areas.pop() if len(areas) == 1 else None
        return amount_in_area(described, key, rows[key], amounts, area)
    found = {locality_of(known, price, voter) for price in prices}
    sites = ("facility", "nonfacility", "any")
    is_priced = any(("PFS", part["code"], part["modifiers"], site) in amounts for site in sites)
    professional = part["billing_class"] == "professional" and part["code_system"] != "local"
    place = found.pop() if len(found) == 1 else None
    if place is None or not is_priced or not professional:
        return None
    indices = [Fraction(one) for row in described.gpcis if row[:2] == place for one in row[2:]]
    if not indices:
        return None
    there = medicare_amounts(described, as_of, indices)
    return medicare_amount(key, [], there)


def weight_of(registries: Registries, weights: str, key: tuple[str, ...], npis: Any) -> int:
    """M08: "by the different NPIs behind the vote, or by the services of the code that they billed
    to Medicare", half up to whole services. The registries' codes begin with a letter in HCPCS."""
    if weights == "npis":
        return len(npis)
    system, code = key[:2]
    is_service = system == ("cpt" if code[0].isdigit() else "hcpcs")
    billed = [
        services(n) for n, (npi, _, other) in enumerate(registries.used, start=2)
        if npi in npis and other == code and is_service
    ]  # fmt: skip
    return int(sum(billed) + Decimal("0.5"))


def voter_funnel(found: Market, strength: str, prices: list[Price]) -> None:
    """Voters of dollar prices = left out + of prices left out + ballots, for each code."""
    for price in prices:
        if price.key[KEY.index("statement")] == "dollar":
            row = found.voter_funnel.setdefault(
                (strength, *price.key[:2]),
                {"n_voters": 0, "n_left_out": 0, "n_of_flagged_prices": 0, "n_ballots": 0},
            )
            left = len(price.voters_at(strength))
            row["n_voters"] += len(price.speaker.voters)
            row["n_left_out"] += len(price.speaker.voters) - left
            row["n_ballots" if price.counts_at(strength) else "n_of_flagged_prices"] += left


def funnel(
    found: Market, strength: str, rows: list[Row], prices: list[Price], counted: list[Price]
) -> None:
    """Rows in keys = not dollars + repeats + flagged and left out + counted, for each code."""
    for system, code in {row.key[:2] for row in rows}:
        # A derived price is no row.
        mine = [r for r in rows if r.key[:2] == (system, code) and r.key[8] != "derived dollar"]
        dollars = [p for p in prices if p.key[:2] == (system, code) and p.key[8] == "dollar"]
        n_counted = len([p for p in dollars if p.counts_at(strength)])
        found.funnel[strength, system, code] = {
            "n_keyed_rows": len(mine),
            "n_not_dollars": sum(1 for row in mine if row.rate.statement != "dollar"),
            "n_repeats": sum(len(price.rows) - 1 for price in dollars),
            "n_flagged": len(dollars) - n_counted,
            "n_counted": n_counted,
        }
