"""Why a statistic has no percent of Medicare, and what would give it one (rule M07)."""

from __future__ import annotations

from ratepress.core.facts import Gap
from ratepress.dossier.context import Context, key_words
from ratepress.dossier.words import system_plural
from ratepress.market.benchmark import Statistic
from ratepress.market.statistic import DERIVED

SYSTEM_NAMES = {
    "PFS": "Physician fee",
    "OPPS": "Hospital outpatient, OPPS",
    "ASC": "Surgical center, ASC",
    "IPPS": "Hospital inpatient, IPPS",
    "CLFS": "Laboratory, CLFS",
}
"""Each payment system as a label names its amount."""


def system_words(system: str | None) -> str:
    """A payment system inside a sentence.

    >>> system_words("OPPS")
    'hospital outpatient, OPPS'
    """
    name = SYSTEM_NAMES[system or "PFS"]
    return name[0].lower() + name[1:]


_IN_PARTS = "1"  # The PC/TC indicator of a scan or a test.
_BY_KIND = {"hospital outpatient": "OPPS", "surgical center": "ASC", "hospital inpatient": "IPPS"}
_PLACES = "a price file that states the setting and the place of service"
_KINDS = {
    "outside a facility": (
        "the price is a facility's, at a place that Medicare pays no facility for",
        "a price at a place that is a facility",
    ),
    "several kinds of facility": (
        "its places are surgical centers and others, which Medicare pays by different systems",
        "prices apart for each kind of facility",
    ),
    "another facility": (
        "its places are neither an outpatient hospital nor a surgical center",
        "the payment system of that kind of facility",
    ),
    "setting contradicted": (
        "the row and the plan's name contradict each other about the setting",
        "a row of one setting",
    ),
    "setting not stated": (
        "the price states no setting, and Medicare pays a stay and an outpatient visit by"
        " different systems",
        _PLACES,
    ),
}


def no_medicare_gap(context: Context, statistic: Statistic) -> Gap:
    """Why a statistic has no percent of Medicare; asked only of one that has none."""
    what = f"Percent of Medicare for {key_words(statistic)} prices"
    why, fill = _not_comparable(statistic) or _reason(context, statistic)
    return Gap(what, why, fill, ("M07",))


def _not_comparable(statistic: Statistic) -> tuple[str, str] | None:
    if statistic.statement not in ("dollar", DERIVED):
        return f"the price is a {statistic.statement} and no dollars", "prices in dollars"
    if statistic.drug_unit:
        return "the price is per unit of a drug, and Medicare's units differ", "ASP price files"
    if statistic.price_unit not in ("service", "case"):
        unit = statistic.price_unit
        return f"the price is per {unit}, and Medicare pays by the service or the stay", "none"
    return None


def _reason(context: Context, statistic: Statistic) -> tuple[str, str]:
    if statistic.billing_class == "professional":
        return _professional(context, statistic)
    if statistic.billing_class != "facility":
        return "the billing class is not stated: facility or professional", _PLACES
    if statistic.facility_kind in _KINDS:
        return _KINDS[statistic.facility_kind]
    system = _BY_KIND[statistic.facility_kind]
    if system == "IPPS" and context.code.system != "ms-drg":
        why = "Medicare pays a stay by its MS-DRG, and this price is stated for one of"
        return f"{why} {system_plural(context.code.system)}", "prices of MS-DRGs"
    found = context.facility_prices.get(system)
    if found is not None and isinstance(found.result, Gap):
        return found.result.why, found.result.which_source_would_fill_it
    if statistic.modifiers:
        words = statistic.modifiers.replace("|", " and ")
        return f"Medicare's rate is for the service without modifier {words}", "none"
    return f"{system} does not price this kind of code", "none"


def _professional(context: Context, statistic: Statistic) -> tuple[str, str]:
    if statistic.site == "any":
        test = context.facility_prices.get("CLFS")
        if test is not None and test.amount is not None and statistic.modifiers:
            return "Medicare's rate of the test is for it without a modifier", "none"
        subject = context.subject
        if not isinstance(subject, Gap) and subject.base.pctc_indicator == _IN_PARTS:
            return (
                "the place of service is not stated: in a hospital Medicare pays the practitioner "
                "the professional part, elsewhere the whole service",
                "a price file that states the place of service, or modifier 26",
            )
        return (
            "the place of service is not stated, and Medicare pays a different amount in and "
            "outside a facility",
            "a price file that states the place of service, and the PFS release of the year",
        )
    return (
        "the physician fee schedule has no amount for this code, modifier and site",
        "a price file that states the place of service, and the PFS release of the year",
    )
