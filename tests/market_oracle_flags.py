"""The oracle: what the quality rules say of a price and of its voters (Q01 to Q14)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from market_oracle_keys import entities_of, groups_of, nines
from market_oracle_model import AMOUNTS, KEY, Price, Row, half_up, median, percentile
from market_registry_oracle import Known, npis_of, voter_flags


def flag_voters(price: Price, known: Known) -> None:
    """Q08 to Q10 of each voter; "a price is flagged where all its voters are, and not assessed
    where of none it was found that it is sound"."""
    part = dict(zip(KEY, price.key, strict=True))
    if part["statement"] != "dollar":
        return
    row = price.speaker
    groups = groups_of(row.file, row.rate)
    price.npis = npis_of(groups, lambda group: entities_of(group, price.payer))
    voters = [(voter, price.npis.get(voter, frozenset())) for voter in row.voters]
    price.voter_flags = voter_flags(known, part, voters)
    for rule in ("Q08", "Q09", "Q10"):
        outcomes = {price.voter_flags.get(voter, {}).get(rule) for voter in row.voters}
        if None not in outcomes and price.flags.get(rule) != "flagged":
            price.flags[rule] = "flagged" if outcomes == {"flagged"} else "not assessed"


def flag(price: Price, amount: Decimal | None, as_of: date) -> None:
    """Q01, Q02, Q04, Q14; a rule that lacks what it needs answers "not assessed"."""
    rate, statement = price.speaker.rate, price.key[KEY.index("statement")]
    dollars = rate.dollars if statement in AMOUNTS else None
    # Q01: "The row states no amount, or one that is not above zero"; it "judges what the row's
    # statement is".
    amounts_stated = {"dollar": rate.dollars, "percentage": rate.percentage, "none": None}
    stated = amounts_stated.get(statement, Decimal(1))
    if stated is None or stated <= 0:
        price.flags["Q01"] = "flagged"
    if dollars is not None and is_placeholder(dollars, price.speaker):
        price.flags["Q02"] = "flagged"
    if statement in AMOUNTS:
        part = dict(zip(KEY, price.key, strict=True))
        # "inpatient 0.9–10×, outpatient and professional 0.5–30×", a professional's inpatient too.
        is_stay = part["setting"] == "inpatient" and part["billing_class"] != "professional"
        low, high = ("0.9", 10) if is_stay else ("0.5", 30)
        if amount is None:
            price.flags["Q04"] = "not assessed"
        elif dollars is not None and not amount * Decimal(low) <= dollars <= high * amount:
            price.flags["Q04"] = "flagged"
    published_on = price.speaker.file.published_on
    if published_on is None:
        price.flags["Q14"] = "not assessed"
    elif published_on < thirteen_months_before(as_of):
        price.flags["Q14"] = "flagged"


# Indicator 0 of 32557 and J1100: "physician service codes; 26 and TC may not be used". 70551 has 1,
# "diagnostic tests […]: 26 and TC". Whether 59 is right depends on another line.
NOT_VALID = {("32557", "26"), ("32557", "TC"), ("J1100", "26"), ("J1100", "TC")}
SCHEDULED = {"32557", "70551", "J1100"}


def flag_modifiers(price: Price, is_loaded: bool) -> None:
    """Q11, with or without the release 2026C of the generated lakes."""
    part = dict(zip(KEY, price.key, strict=True))
    if not part["modifiers"]:
        return
    is_service = part["code_system"] in ("cpt", "hcpcs")
    if not (is_loaded and is_service and part["code"] in SCHEDULED):
        price.flags["Q11"] = "not assessed"
    elif any((part["code"], one) in NOT_VALID for one in part["modifiers"].split("|")):
        price.flags["Q11"] = "flagged"


def flag_form(price: Price, days: set[tuple[Any, ...]], as_of: date) -> None:
    """Q03, Q06, Q07, Q08, Q12 and Q13: what the row says of itself and its file."""
    part = dict(zip(KEY, price.key, strict=True))
    rate = price.speaker.rate
    # Q03: "A dollar amount equals the percentage stated on its row, or is at most 1 under a
    # methodology that is a percentage; or a percentage is at most 1".
    if part["statement"] == "dollar" and rate.dollars is not None and rate.dollars > 0:
        is_share = part["method"].startswith("percent") and rate.dollars <= 1
        if rate.dollars == rate.percentage or is_share:
            price.flags["Q03"] = "flagged"
        # Q06: "The price of a case is, to the cent, a price of a day".
        if part["price_unit"] == "case" and per_diem(price.speaker, part) in days:
            price.flags["Q06"] = "flagged"
    if part["statement"] in ("percentage", "derived dollar") and 0 < (rate.percentage or 0) <= 1:
        price.flags["Q03"] = "flagged"
    # M12: derived dollars are "flagged", and at no strength left out.
    if part["statement"] == "derived dollar":
        price.flags["M12"] = "flagged"
    # Q07: "Every row that states an end of the price states one before the as-of date."
    ends = [row.rate.expires_on for row in price.rows if row.rate.expires_on is not None]
    if not ends:
        price.flags["Q07"] = "not assessed"
    elif max(ends) < as_of:
        price.flags["Q07"] = "flagged"
    # Q08: "A professional price of a DRG, an APC or a revenue code […]; or a facility price of
    # modifier 26".
    of_facilities = part["code_system"] in ("ms-drg", "apr-drg", "apc", "rc")
    parts = part["modifiers"].split("|")
    if (part["billing_class"] == "professional" and of_facilities) or (
        part["billing_class"] == "facility" and "26" in parts
    ):
        price.flags["Q08"] = "flagged"
    # Q12: "A facility price, or an inpatient one, for places of service that are no facility; or a
    # setting that the plan's own name contradicts."
    of_hospital = part["billing_class"] == "facility" or part["setting"] == "inpatient"
    if part["setting"] == "contradictory" or (part["site"] == "nonfacility" and of_hospital):
        price.flags["Q12"] = "flagged"
    # Q13: "The file declares another major version of its template than its elements are of."
    declared, detected = (major(text) for text in price.speaker.file.versions)
    if declared is None or detected is None:
        price.flags["Q13"] = "not assessed"
    elif declared != detected:
        price.flags["Q13"] = "flagged"


def flag_outliers(prices: list[Price]) -> None:
    """Q05: "In a key with 40 votes or more […] under p25 x (p25 / p75)^1.5 or over
    p75 x (p75 / p25)^1.5. The votes are those of the strength balanced." """
    ballots: dict[Any, dict[Any, list[Price]]] = defaultdict(lambda: defaultdict(list))
    for price in prices:
        if price.counts_at("balanced"):
            for voter in price.voters_at("balanced"):
                ballots[price.key][price.payer, voter].append(price)
    for price in prices:
        votes = sorted(median(those) for those in ballots[price.key].values())
        dollars = price.speaker.rate.dollars
        is_amount = price.key[KEY.index("statement")] in AMOUNTS and (dollars or 0) > 0
        if is_amount and len(votes) >= 40:
            p25, p75 = (Fraction(half_up(percentile(votes, p), 2)) for p in (25, 75))
            square = Fraction(dollars) ** 2
            if square * p75**3 < p25**5 or square * p25**3 > p75**5:
                price.flags["Q05"] = "flagged"


def major(version: str | None) -> str | None:
    return version.lstrip("v").split(".")[0] if version else None


def per_diem(row: Row, part: dict[str, str]) -> tuple[Any, ...]:
    """ "the same payer and plan state in the same file for the same code, setting, class, line of
    business and providers" """
    same = ("code_system", "code", "setting", "billing_class", "line_of_business")
    rate = row.rate
    groups = None if rate.groups is None else frozenset(rate.groups)
    return (row.file.content_id, row.payer, rate.plan_name, groups, rate.dollars,
            *(part[name] for name in same))  # fmt: skip


def per_diems(rows: list[Row]) -> set[tuple[Any, ...]]:
    found = set()
    for row in rows:
        part = dict(zip(KEY, row.key, strict=True))
        if part["statement"] == "dollar" and part["price_unit"] == "day":
            found.add(per_diem(row, part))
    return found


def thirteen_months_before(day: date) -> date:
    year, month = (day.year - 1, day.month - 1) if day.month > 1 else (day.year - 2, 12)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError


def is_placeholder(dollars: Decimal, row: Row) -> bool:
    """Q02: nines "from 99,999 on, with or without cents of 99"; a cent; one value, many codes."""
    return nines(dollars) or 0 < dollars <= Decimal("0.01") or is_repeated(dollars, row)


def is_repeated(dollars: Decimal, row: Row) -> bool:
    """ "the same dollars for at least 25 codes, of at least five families (first three
    characters), and at least half of all codes that the payer and plan price in the file." """
    priced, same = set(), set()
    for rate in row.file.rates:
        if rate.code is None:
            continue  # It prices no code, so it is none of "all codes".
        if (rate.payer_name, rate.plan_name) == (row.rate.payer_name, row.rate.plan_name):
            if rate.dollars is not None:
                priced.add((rate.code_system, rate.code))
            if rate.dollars == dollars:
                same.add((rate.code_system, rate.code))
    families = {code[:3] for _, code in same}
    return len(same) >= 25 and len(families) >= 5 and 2 * len(same) >= len(priced)
