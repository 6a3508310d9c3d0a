"""The oracle: which files speak, in which keys a price stands, who votes, what repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from market_lakes import Group, PriceFile, Rate
from market_oracle_model import AMOUNTS, FACILITY, KEY, NONFACILITY, PAYERS, Price, Row, half_up


def standing_of(file: PriceFile, files: Iterable[PriceFile], as_of: date) -> str:
    """ "A hospital's newer file replaces its older one, and two files of one date stand side by
    side […] Payers publish many files at once and
    date them differently, so payer files stand side by side […] A file dated after the as-of date
    has no vote." Nor can it replace one that has."""
    if file.published_on is not None and file.published_on > as_of:
        return "after the as-of date"
    if file.hospital is None:
        return "current"
    newer = [
        other
        for other in files
        if hospital_of(other) == hospital_of(file)
        and is_newer(other.published_on, file.published_on)
        and (other.published_on is None or other.published_on <= as_of)
    ]
    return "replaced by a newer file" if newer else "current"


def hospital_of(file: PriceFile) -> tuple[str, str] | None:
    """ "the hospital by its published name and state, in capitals or not" """
    return (file.hospital[0].lower(), file.hospital[1] or "") if file.hospital else None


def is_newer(one: date | None, other: date | None) -> bool:
    return one is not None and (other is None or one > other)


def keyed(
    file: PriceFile, rate_id: int, rate: Rate, payer: tuple[str, str], lines: set[str]
) -> list[Row]:
    """M01: one row for each key, "Setting `both` stands once in inpatient and once in outpatient",
    "A set of places gives one key for each kind of site it holds"."""
    if rate.setting == "both":
        settings = ["inpatient", "outpatient"]
    else:
        settings = [rate.setting or "not stated"]
    sites = {site_of(place) for place in rate.places} or {"any"}
    voters = frozenset(voters_of(file, rate, payer))
    providers = frozenset(providers_of(file, rate))
    return [
        Row(key_of(rate, line, setting, site), payer, file, rate_id, rate, providers, voters)
        for line in sorted(lines)
        for setting in settings
        for site in sorted(sites)
    ]


def derived(row: Row, files: Iterable[PriceFile]) -> Iterator[Row]:
    """M12: "join by hospital, code, modifiers, setting, and drug unit; one gross found, a derived
    dollar; several, the range and no vote". `files` are those that speak at the date."""
    rate, part = row.rate, dict(zip(KEY, row.key, strict=True))
    share = rate.percentage or 0
    if rate.statement != "percentage" or row.file.hospital is None or not 0 < share <= 1000:
        return
    found = set()
    for file in files:
        if file.hospital is None or hospital_of(file) != hospital_of(row.file):
            continue
        for charge in file.charges:
            as_rate = replace(
                rate, code=charge.code, code_system=charge.code_system, modifiers=charge.modifiers,
                drug_unit=charge.drug_unit, drug_unit_type=charge.drug_unit_type,
            )  # fmt: skip
            settings = ("inpatient", "outpatient") if charge.setting == "both" else (
                charge.setting or "not stated",
            )  # fmt: skip
            # "of no other class": what one side does not state contradicts nothing.
            classes = {charge.billing_class, rate.billing_class} - {None, "both"}
            same = key_of(as_rate, part["line_of_business"], part["setting"], part["site"])
            gross = charge.gross
            is_same = same == row.key and part["setting"] in settings and len(classes) < 2
            # "A placeholder is no charge", nor are ten trillion dollars.
            is_charge = gross is not None and Decimal("0.01") < gross < 10**13
            if is_same and is_charge and not nines(gross):
                found.add(gross)
    if len(found) == 1:
        exact = Fraction(found.pop()) * Fraction(share) / 100
        dollars = replace(rate, statement="derived dollar", dollars=half_up(exact, 4))
        named = {**part, "statement": "derived dollar", "price_unit": "service"}
        yield replace(row, key=tuple(named.values()), rate=dollars)


def nines(dollars: Decimal) -> bool:
    """Q02: "every digit is nine, from 99,999 on, with or without cents of 99"."""
    whole, cents = divmod(dollars, 1)
    digits = f"{whole:.0f}"
    return len(digits) >= 5 and set(digits) == {"9"} and cents in (0, Decimal("0.99"))


def payer_by_hand(file: PriceFile, rate: Rate) -> tuple[str, str]:
    state = file.hospital[1] if file.hospital else None
    return PAYERS.get((rate.payer_name, state)) or PAYERS[rate.payer_name, None]


def site_of(place: str) -> str:
    """ "No place, `CSTM-00` and places that Medicare does not list give the site `any`." """
    if place in FACILITY:
        return "facility"
    return "nonfacility" if place in NONFACILITY else "any"


def key_of(rate: Rate, line: str, setting: str, site: str) -> tuple[str, ...]:
    drug = ""
    if rate.drug_unit is not None:
        # A number as people write it: the lake keeps six decimals, of which a label shows no zeros.
        drug = f"{rate.drug_unit.normalize():f} {rate.drug_unit_type or ''}".strip()
    return (
        rate.code_system or "",
        rate.code,
        "|".join(sorted(set(rate.modifiers))),
        line,
        rate.billing_class or "not stated",
        setting,
        site,
        rate.arrangement or "not stated",
        rate.statement,
        rate.price_unit,
        rate.method or "not stated",
        drug,
    )


def voters_of(
    file: PriceFile, rate: Rate, payer: tuple[str, str]
) -> Iterable[tuple[str, str, Any]]:
    """M02: (network, kind of entity, entity)."""
    if file.hospital:
        yield "", "hospital", hospital_of(file)
        return
    if not rate.groups:
        # "All prices of a payer that name no provider at all have one vote."
        yield "", "provider group", (payer, "nobody")
    for group in groups_of(file, rate):
        # "A group with several network names votes once in each."
        for network in set(group.networks) or {""}:
            for kind, who in entities_of(group, payer):
                yield network, kind, who


def entities_of(group: Group, payer: tuple[str, str]) -> set[tuple[str, Any]]:
    """ "The entity of a payer file is the TIN, by type and value. A group without a TIN, not
    fetched or not defined stands for itself." """
    known: set[tuple[str, Any]] = {("TIN", (kind, tin)) for kind, tin, _ in group.members if tin}
    if any(not tin for _, tin, _ in group.members) or not known:
        known.add(("provider group", (payer, content_of(group))))
    return known


def content_of(group: Group) -> Any:
    """ "the same group of one payer is the one with the same members, or, where they are not known,
    the same address, or, without one, the same id." What lies at an address is not known."""
    if group.location is not None:
        return "address", group.location
    return ("members", frozenset(group.members)) if group.members else ("id", group.group_id)


def groups_of(file: PriceFile, rate: Rate) -> list[Group]:
    defined = {group.group_id: group for group in file.groups}
    return [defined[group_id] for group_id in rate.groups or ()]


def providers_of(file: PriceFile, rate: Rate) -> Iterable[Any]:
    """M03: "The providers of a set are compared group by group, each by its TINs and NPIs and its
    networks, not by the id that a file gives them. In a hospital file the provider is the
    hospital." """
    if file.hospital:
        yield "hospital", hospital_of(file)
    for group in groups_of(file, rate):
        for network in set(group.networks) or {""}:
            yield network, content_of(group)


def collapse(rows: list[Row]) -> list[Price]:
    """M03: "Same key, same payer, same providers by content, same networks, same dollars. […] The
    newest file speaks for a repeated price, and of one date the payer and plan name first in the
    alphabet." """
    same: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        stated = (row.rate.dollars, row.rate.percentage, row.rate.algorithm)
        amount = stated[:1] if row.rate.statement in AMOUNTS else stated
        same[row.key, row.payer, row.providers, amount].append(row)
    return [
        Price(key, payer, repeats, speaker(repeats)) for (key, payer, _, _), repeats in same.items()
    ]


def speaker(repeats: list[Row]) -> Row:
    dated = [row.file.published_on for row in repeats if row.file.published_on is not None]
    newest = max(dated, default=None)
    candidates = [row for row in repeats if row.file.published_on == newest]
    return min(
        candidates,
        key=lambda row: (
            row.rate.payer_name, row.rate.plan_name or "", row.file.content_id, row.rate_id,
        ),
    )  # fmt: skip
