"""The oracle: what Medicare pays for a comparison key (M07)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from market_lakes import Described
from market_oracle_keys import site_of
from market_oracle_model import (
    AMOUNTS,
    CONVERSION_FACTOR,
    KEY,
    OUTPATIENT_HOSPITAL,
    Amounts,
    Row,
    half_up,
)

SITES = ("facility", "nonfacility")


def medicare_amounts(
    described: Described, as_of: date, indices: Sequence[Fraction] = (Fraction(1),) * 3
) -> Amounts:
    """PFS by site, and `any` where all priced sites have one amount; the others at any site."""
    found: Amounts = {}
    if as_of.year != 2026:  # The lakes hold releases of 2026 alone; "Never another year".
        return found
    for row in described.pfs:
        sites = {"facility": row.facility_pe, "nonfacility": row.nonfacility_pe}
        priced = {}
        for site, pe in sites.items():
            if row.status in ("A", "R", "T") and pe is not None and row.work + pe + row.malpractice:
                # "[(work RVU × work GPCI) + (PE RVU × PE GPCI) + (MP RVU × MP GPCI)] × CF"
                values = zip((row.work, pe, row.malpractice), indices, strict=True)
                total = sum(Fraction(rvu) * index for rvu, index in values)
                exact = total * Fraction(CONVERSION_FACTOR[2026])
                priced[site] = half_up(exact, 2)
        for site, amount in priced.items():
            found["PFS", row.code, row.modifier, site] = amount
        if len(set(priced.values())) == 1:
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
    if part["statement"] not in AMOUNTS:
        return None
    service = (part["code"], part["modifiers"])
    is_service = part["code_system"] in ("cpt", "hcpcs")
    if part["billing_class"] == "professional" and is_service:
        sites = [site for site in SITES if ("PFS", *service, site) in amounts]
        if sites:
            # "Where the service has a professional and a technical part only without a setting".
            has_parts = any(("PFS", part["code"], "26", site) in amounts for site in SITES)
            is_whole = has_parts and not part["modifiers"]
            if is_whole and part["site"] == "any" and part["setting"] != "not stated":
                return None
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


def amount_in_area(
    described: Described,
    key: tuple[str, ...],
    rows: list[Row],
    amounts: Amounts,
    area: str | None,
) -> Decimal | None:
    """ "OPPS, ASC and IPPS pay by the wage index of the area": 60 percent of a rate of OPPS is
    labor and 50 of ASC's; of a stay 4,456.72 dollars of 6,752.61, or 62 percent, 4,186.62, where
    the index is not above 1, and capital goes by the GAF, in cents before the weight."""
    part = dict(zip(KEY, key, strict=True))
    system = facility_system(part, rows)
    wages = {row[0]: row[1:] for row in described.wages}
    if medicare_amount(key, rows, amounts) is None or area not in wages or system is None:
        return None
    national = amounts.get((system, part["code"], part["modifiers"], ""))
    if national is None:  # "A test that OPPS leaves to the laboratory schedule", which has no area.
        return None
    index, gaf = map(Fraction, wages[area])
    if system == "IPPS":
        labor = Fraction("4456.72") if index > 1 else Fraction("4186.62")
        base = labor * index + Fraction("6752.61") - labor
        (weight,) = (
            Fraction(rate)
            for found, code, rate in described.facility_rates
            if (found, code) == ("IPPS", part["code"])
        )
        capital = Fraction(half_up(Fraction("524.15") * gaf, 2))
        return half_up(base * weight, 2) + half_up(capital * weight, 2)
    share = {"OPPS": Fraction(60, 100), "ASC": Fraction(50, 100)}[system]
    return half_up(Fraction(national) * (share * index + 1 - share), 2)


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
