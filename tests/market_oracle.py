"""The market a second time, slow and obvious, written from the method and its decisions alone.

docs/method/index.md and docs/method/decisions.md, over the plain descriptions of `market_lakes`.
It shares no code with the SQL: lists, dictionaries and fractions. The sentences it follows are
quoted beside the code that does so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from market_lakes import Described, Group, PriceFile, Rate
from market_line_oracle import lines_of
from market_registry_oracle import Known, Voter, npis_of, places_of, voter_flags

STRENGTHS = ("minimum", "balanced", "maximum")
LEFT_OUT_AT = {
    "Q01": {"minimum", "balanced", "maximum"},
    "Q02": {"minimum", "balanced", "maximum"},
    "Q03": {"balanced", "maximum"},
    "Q04": {"balanced", "maximum"},
    "Q05": {"maximum"},
    "Q06": {"balanced", "maximum"},
    "Q07": {"maximum"},
    "Q08": {"balanced", "maximum"},
    "Q09": {"balanced", "maximum"},
    "Q10": {"maximum"},
    "Q12": {"maximum"},
    "Q13": set(),
    "Q14": {"balanced", "maximum"},
}
PERCENTS = (10, 25, 50, 75, 90)
CONVERSION_FACTOR = {2026: Decimal("33.4009")}
"""CY 2026 final rule, participants that are not qualifying."""

# Medicare Claims Processing Manual, chapter 26, 10.5: places paid as a facility; the generated
# lakes use these and no others.
FACILITY = {"19", "21", "22", "23", "24"}
OUTPATIENT_HOSPITAL = {"19", "22", "23"}
NONFACILITY = {"11", "12", "20", "49"}

# What each published name of the generated lakes means, by hand: (payer id, name).
AETNA, CIGNA = ("aetna", "Aetna"), ("cigna", "Cigna")
PAYERS = {
    ("Aetna", None): AETNA,
    ("AETNA [1001]", None): AETNA,
    ("Cigna", None): CIGNA,
    ("Bcbs", "GA"): ("anthem-ga", "Anthem Blue Cross and Blue Shield (Georgia)"),
    ("Bcbs", None): ("bcbs-unspecified", "Blue Cross Blue Shield (licensee not stated)"),
}

Amounts = dict[tuple[str, str, str, str], Decimal]
"""By system, code, modifier and site."""

KEY = (
    "code_system", "code", "modifiers", "line_of_business", "billing_class", "setting", "site",
    "arrangement", "statement", "price_unit", "method", "drug_unit",
)  # fmt: skip


@dataclass
class Row:
    """One published price in one key."""

    key: tuple[str, ...]
    payer: tuple[str, str]
    file: PriceFile
    rate_id: int
    rate: Rate
    providers: frozenset[Any]
    voters: frozenset[tuple[str, str, Any]]


@dataclass
class Price:
    """The rows that repeat one price, and the one that speaks for it."""

    key: tuple[str, ...]
    payer: tuple[str, str]
    rows: list[Row]
    speaker: Row
    flags: dict[str, str] = field(default_factory=dict)
    npis: dict[Voter, frozenset[str]] = field(default_factory=dict)
    voter_flags: dict[Voter, dict[str, str]] = field(default_factory=dict)

    @property
    def dollars(self) -> Decimal:
        amount = self.speaker.rate.dollars
        assert amount is not None
        return amount

    def counts_at(self, strength: str) -> bool:
        is_dollar = self.key[KEY.index("statement")] == "dollar"
        return is_dollar and not left_out(self.flags, strength) and bool(self.voters_at(strength))

    def voters_at(self, strength: str) -> list[Voter]:
        """ "The rules about who is named leave out a voter, not its price." """
        flags = self.voter_flags
        return [v for v in self.speaker.voters if not left_out(flags.get(v, {}), strength)]


def left_out(flags: dict[str, str], strength: str) -> bool:
    return any(
        outcome == "flagged" and strength in LEFT_OUT_AT[rule] for rule, outcome in flags.items()
    )


@dataclass
class Market:
    """What the oracle publishes."""

    published: Counter[tuple[str, str, str]]
    statistics: dict[tuple[Any, ...], dict[str, Any]]
    votes: Counter[tuple[Any, ...]]
    flags: Counter[tuple[Any, ...]]
    funnel: dict[tuple[str, str, str], dict[str, int]]
    voter_flags: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    voter_funnel: dict[tuple[str, str, str], dict[str, int]] = field(default_factory=dict)
    localities: Counter[tuple[Any, ...]] = field(default_factory=Counter)


def market(
    described: Described,
    codes: Iterable[tuple[str, str]],
    as_of: date,
    *,
    amounts: Amounts | None = None,
    payer_of: Callable[[PriceFile, Rate], tuple[str, str]] | None = None,
    areas: Iterable[str] = (),
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
        flag_voters(price, known)
    flag_outliers(prices)
    found = Market(published, {}, Counter(), Counter(), {})
    for price in prices:
        for rule, outcome in price.flags.items():
            found.flags[price.key, price.payer[0], price.speaker.rate.dollars, rule, outcome] += 1
        name_voters(found, price, known)
    for strength in STRENGTHS:
        counted = [price for price in prices if price.counts_at(strength)]
        statistics(found, strength, counted, medicare, lambda p, v: cells_of(known, p, v, areas))
        funnel(found, strength, rows, prices, counted)
        voter_funnel(found, strength, prices)
    return found


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


def name_voters(found: Market, price: Price, known: Known) -> None:
    """Flags and Medicare localities, voter by voter."""
    where = (price.key, price.payer[0], price.speaker.rate.dollars)
    for voter, flags in price.voter_flags.items():
        for rule, outcome in flags.items():
            found.voter_flags[(*where, *voter[:2], rule, outcome)] += 1
    if price.key[KEY.index("statement")] != "dollar":
        return
    for voter in price.speaker.voters:
        places = places_of(known, price.speaker.file, price.speaker.rate, members(price, voter))
        # "Known where all ZIP codes of the voter lie in one."
        localities = {known.locality(zip_code) for _, zip_code in places}
        if len(localities) == 1 and None not in localities:
            found.localities[(*where, *voter[:2], *localities.pop())] += 1


def members(price: Price, voter: Voter) -> frozenset[str]:
    return price.npis.get(voter, frozenset())


def cells_of(
    known: Known, price: Price, voter: Voter, areas: Iterable[str]
) -> set[tuple[str, str]]:
    """M09: "a voter in several states votes once in each and once nationally"."""
    places = list(places_of(known, price.speaker.file, price.speaker.rate, members(price, voter)))
    found = {(kind, known.area(kind, *place)) for kind in areas for place in places}
    return {("nation", ""), *((kind, area) for kind, area in found if area)}


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
        drug = f"{rate.drug_unit:.6f} {rate.drug_unit_type or ''}".strip()
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
        amount = stated[:1] if row.rate.statement == "dollar" else stated
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


def medicare_amounts(described: Described, as_of: date) -> Amounts:
    """PFS by site, and `any` where one site alone is priced; the others at any site."""
    found: Amounts = {}
    if as_of.year != 2026:  # The lakes hold releases of 2026 alone; "Never another year".
        return found
    for row in described.pfs:
        sites = {"facility": row.facility_pe, "nonfacility": row.nonfacility_pe}
        priced = {}
        for site, pe in sites.items():
            if row.status in ("A", "R", "T") and pe is not None and row.work + pe + row.malpractice:
                exact = Fraction(row.work + pe + row.malpractice) * Fraction(
                    CONVERSION_FACTOR[2026]
                )
                priced[site] = half_up(exact, 2)
        for site, amount in priced.items():
            found["PFS", row.code, row.modifier, site] = amount
        if len(priced) == 1:
            found["PFS", row.code, row.modifier, "any"] = next(iter(priced.values()))
    for system, code, rate in described.facility_rates:
        if system == "IPPS":  # "labor 4,456.72 and non-labor 2,295.89 in FY2026", capital 524.15
            operating = half_up(Fraction(rate) * Fraction("6752.61"), 2)
            found["IPPS", code, "", ""] = operating + half_up(
                Fraction(rate) * Fraction("524.15"), 2
            )
        else:
            found[system, code, "", ""] = half_up(Fraction(rate), 2)
    return found


def medicare_amount(key: tuple[str, ...], rows: list[Row], amounts: Amounts) -> Decimal | None:
    """M07: "Only dollars by the service or the case and without a drug unit are compared"."""
    part = dict(zip(KEY, key, strict=True))
    if part["price_unit"] not in ("service", "case") or part["drug_unit"]:
        return None
    if part["statement"] != "dollar":
        return None
    service = (part["code"], part["modifiers"])
    is_service = part["code_system"] in ("cpt", "hcpcs")
    if part["billing_class"] == "professional" and is_service:
        sites = [site for site in ("facility", "nonfacility") if ("PFS", *service, site) in amounts]
        if sites:
            return amounts.get(("PFS", *service, part["site"]))
        # "A test that the physician fee schedule does not price: the laboratory schedule".
        return amounts.get(("CLFS", *service, ""))
    if part["billing_class"] != "facility":
        return None
    system = facility_system(part, rows)
    if system == "IPPS":
        return amounts.get(("IPPS", *service, "")) if part["code_system"] == "ms-drg" else None
    if not is_service or system is None:
        return None
    found = amounts.get((system, *service, ""))
    return found or (amounts.get(("CLFS", *service, "")) if system == "OPPS" else None)


def facility_system(part: dict[str, str], rows: list[Row]) -> str | None:
    """The payment system of the facility: by setting, and by the places of all the key's rows."""
    if part["setting"] == "contradictory":
        return None
    is_stay = part["code_system"] == "ms-drg" and part["setting"] == "not stated"
    if part["setting"] == "inpatient" or is_stay:
        return "IPPS"
    if part["site"] == "nonfacility":
        return None
    places = [{p for p in row.rate.places if site_of(p) == "facility"} for row in rows]
    named = set().union(*places)
    if "24" in named:
        return "ASC" if all(one == {"24"} for one in places) else None
    if part["setting"] == "outpatient":
        return "OPPS" if not named or named & OUTPATIENT_HOSPITAL else None
    only_hospital = all(one and one <= OUTPATIENT_HOSPITAL for one in places)
    return "OPPS" if only_hospital else None


def flag(price: Price, amount: Decimal | None, as_of: date) -> None:
    """Q01, Q02, Q04, Q14; a rule that lacks what it needs answers "not assessed"."""
    rate, statement = price.speaker.rate, price.key[KEY.index("statement")]
    dollars = rate.dollars if statement == "dollar" else None
    # Q01: "The row states no amount, or one that is not above zero"; it "judges what the row's
    # statement is".
    amounts_stated = {"dollar": rate.dollars, "percentage": rate.percentage, "none": None}
    stated = amounts_stated.get(statement, Decimal(1))
    if stated is None or stated <= 0:
        price.flags["Q01"] = "flagged"
    if dollars is not None and is_placeholder(dollars, price.speaker):
        price.flags["Q02"] = "flagged"
    if statement == "dollar":
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
    if part["statement"] == "percentage" and 0 < (rate.percentage or 0) <= 1:
        price.flags["Q03"] = "flagged"
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
        is_amount = price.key[KEY.index("statement")] == "dollar" and (dollars or 0) > 0
        if is_amount and len(votes) >= 40:
            p25, p75 = (Fraction(half_up(percentile(votes, p), 2)) for p in (25, 75))
            square = Fraction(dollars) ** 2
            if square * p75**3 < p25**5 or square * p25**3 > p75**5:
                price.flags["Q05"] = "flagged"


def median(prices: list[Price]) -> Fraction:
    dollars = sorted(Fraction(price.dollars) for price in prices)
    return (dollars[(len(dollars) - 1) // 2] + dollars[len(dollars) // 2]) / 2


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
    whole, cents = divmod(dollars, 1)
    digits = f"{whole:.0f}"
    nines = len(digits) >= 5 and set(digits) == {"9"} and cents in (0, Decimal("0.99"))
    return nines or 0 < dollars <= Decimal("0.01") or is_repeated(dollars, row)


def is_repeated(dollars: Decimal, row: Row) -> bool:
    """ "the same dollars for at least 25 codes, of at least five families (first three
    characters), and at least half of all codes that the payer and plan price in the file." """
    priced, same = set(), set()
    for rate in row.file.rates:
        if (rate.payer_name, rate.plan_name) == (row.rate.payer_name, row.rate.plan_name):
            if rate.dollars is not None:
                priced.add((rate.code_system, rate.code))
            if rate.dollars == dollars:
                same.add((rate.code_system, rate.code))
    families = {code[:3] for _, code in same}
    return len(same) >= 25 and len(families) >= 5 and 2 * len(same) >= len(priced)


def statistics(
    found: Market,
    strength: str,
    counted: list[Price],
    of_medicare: dict[tuple[str, ...], Decimal | None],
    cells: Callable[[Price, Voter], set[tuple[str, str]]],
) -> None:
    ballots: dict[Any, list[Price]] = defaultdict(list)
    for price in counted:
        for voter in price.voters_at(strength):
            for cell in cells(price, voter):
                ballots[(price.key, cell), price.payer, voter].append(price)
    votes: dict[Any, list[tuple[Any, Any, Fraction]]] = defaultdict(list)
    behind: dict[Any, dict[int, Price]] = defaultdict(dict)
    for ((key, cell), payer, voter), prices in ballots.items():
        # "Several prices of one voter collapse to their median", the mean of the two middle ones.
        dollars, middle = [Fraction(price.dollars) for price in prices], median(prices)
        for grain in (("payer", *payer), ("all payers", "", "All payers")):
            votes[key, cell, grain].append((payer, voter, middle))
            behind[key, cell, grain].update({id(price): price for price in prices})
        spread = (min(dollars), max(dollars), len(prices), sum(len(p.rows) for p in prices))
        if cell == ("nation", ""):
            found.votes[strength, key, payer[0], voter[0], voter[1], middle, *spread] += 1
    for (key, cell, grain), those in votes.items():
        mine = list(behind[key, cell, grain].values())
        medicare = of_medicare[key]
        found.statistics[(strength, key, *grain[:2], *cell)] = {
            "payer": grain[2],
            "medicare_amount": medicare,
            **figures(those, mine, medicare),
        }


def figures(
    votes: list[tuple[Any, Any, Fraction]], prices: list[Price], medicare: Decimal | None
) -> dict[str, Any]:
    entities = {(kind, who) for _, (_, kind, who), _ in votes}
    unresolved = {who for kind, who in entities if kind == "provider group"}
    dollars = sorted(vote for _, _, vote in votes)
    n = len(votes)
    row: dict[str, Any] = {
        "n_rows": sum(len(price.rows) for price in prices),
        "n_prices": len(prices),
        "n_votes": n,
        "n_entities": len(entities),
        "n_payers": len({payer for payer, _, _ in votes}),
        # "Lowest and highest are votes, as the percentiles are".
        "lowest": half_up(dollars[0], 5),
        "highest": half_up(dollars[-1], 5),
        # "confidence": "under 3 votes `listed`, 3 to 10 `thin`, 11 to 29 `fair`, 30 and more
        # `good`"; "the grade falls where such groups are more than half".
        "confidence": grade(n, 2 * len(unresolved) > len(entities)),
        # "Under 3 votes: no percentiles; the published prices themselves are listed".
        "prices": sorted(price.dollars for price in prices) if n < 3 else [],
    }
    for percent in PERCENTS:
        published = None if n < 3 else half_up(percentile(dollars, percent), 2)
        row[f"p{percent}"] = published
        share = None
        if published is not None and medicare:
            share = half_up(100 * Fraction(published) / Fraction(medicare), 1)
        row[f"p{percent}_pct_of_medicare"] = share
    return row


def grade(n_votes: int, is_mostly_unresolved: bool) -> str:
    if n_votes < 3:
        return "listed"
    level = 0 if n_votes <= 10 else 1 if n_votes <= 29 else 2
    return ("thin", "fair", "good")[max(0, level - is_mostly_unresolved)]


def percentile(ordered: list[Fraction], percent: int) -> Fraction:
    """M05: at "position 1 + (n − 1)p", on a straight line between two votes."""
    position = 1 + (len(ordered) - 1) * Fraction(percent, 100)
    below = int(position)
    above = min(below + 1, len(ordered))
    return ordered[below - 1] + (position - below) * (ordered[above - 1] - ordered[below - 1])


def half_up(value: Fraction, places: int) -> Decimal:
    scaled = abs(value) * 10**places
    whole = int(scaled + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def funnel(
    found: Market, strength: str, rows: list[Row], prices: list[Price], counted: list[Price]
) -> None:
    """Rows in keys = not dollars + repeats + flagged and left out + counted, for each code."""
    for system, code in {row.key[:2] for row in rows}:
        mine = [row for row in rows if row.key[:2] == (system, code)]
        dollars = [p for p in prices if p.key[:2] == (system, code) and p.key[8] == "dollar"]
        n_counted = sum(1 for price in counted if price.key[:2] == (system, code))
        found.funnel[strength, system, code] = {
            "n_keyed_rows": len(mine),
            "n_not_dollars": sum(1 for row in mine if row.rate.statement != "dollar"),
            "n_repeats": sum(len(price.rows) - 1 for price in dollars),
            "n_flagged": len(dollars) - n_counted,
            "n_counted": n_counted,
        }
