"""Section 5, what Medicare pays: the physician fee schedule, by place and year, with its sums."""

from __future__ import annotations

from datetime import date

from ratepress.core.errors import MissingReferenceData
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import Context
from ratepress.dossier.model import Cell, DataTable, Labelled, Row, Section, Sentence
from ratepress.medicare.formula import SITES, plain
from ratepress.medicare.price import Price, price_on

_OTHER_SYSTEMS = {
    "cpt": (
        ("Hospital outpatient payment (OPPS)", "OPPS Addenda A and B"),
        ("Ambulatory surgical center payment", "ASC Addenda AA and BB"),
    ),
    "ms-drg": (("Inpatient payment (IPPS)", "IPPS tables 1, 2, 3 and 5"),),
    "apc": (("Hospital outpatient payment (OPPS)", "OPPS Addendum A"),),
}
_COMPONENTS = ("", "26", "TC")
_SITE_HEADS = ("Facility", "Non-facility")


def build(context: Context) -> Section:
    """National and local amounts, other years, the arithmetic, and what is missing."""
    systems = _other_systems(context)
    if context.code.system not in ("cpt", "hcpcs"):
        return Section("medicare", "What Medicare pays", gaps=systems)
    national = national_prices(context, context.as_of)
    if not national:
        missing = Gap(
            "Medicare physician fee",
            f"no release of the physician fee schedule of {context.as_of.year} is loaded",
            "the PFS relative value file of the year, from CMS",
            ("P00",),
        )
        return Section("medicare", "What Medicare pays", gaps=(missing, *systems))
    tables = (
        _components(context),
        _years(context),
        _localities(context),
        *(_arithmetic(price) for price in national if price.steps),
    )
    return Section(
        "medicare",
        "What Medicare pays",
        sentences=_opening(context, national),
        facts=tuple(
            Labelled(f"Medicare professional fee, {head.lower()}", price.result)
            for head, price in zip(_SITE_HEADS, national, strict=True)
        ),
        tables=tuple(table for table in tables if table.rows),
        gaps=(*(p.result for p in national if isinstance(p.result, Gap)), *systems),
    )


def _other_systems(context: Context) -> tuple[Gap, ...]:
    """The payment systems that price this kind of code beside the physician fee schedule."""
    system = "cpt" if context.code.system == "hcpcs" else context.code.system
    found = _OTHER_SYSTEMS.get(system)
    if found is None:
        why = f"Medicare pays by no schedule of {system} codes"
        return (Gap("Medicare payment", why, "none: the question does not arise", ("M07",)),)
    # True whether or not its files are in the lake, where `ratepress price` finds them.
    why = "pages do not state it yet, whether it is loaded or not"
    return tuple(Gap(what, why, f"a page that reads {where}", ("M07",)) for what, where in found)


def national_prices(
    context: Context, on: date, modifier: str = "", locality: str | None = None
) -> tuple[Price, ...]:
    """The amounts of both sites, facility first; nothing where no release of the year is loaded."""
    modifiers = (modifier,) if modifier else ()
    try:
        return price_on(
            context.connection, context.code.code, on, modifiers=modifiers, locality=locality
        )
    except MissingReferenceData:
        return ()


def _opening(context: Context, prices: tuple[Price, ...]) -> tuple[Sentence, ...]:
    priced = {p.site: p.result for p in prices if isinstance(p.result, Fact)}
    month = context.as_of.strftime("%B %Y")
    sentences = []
    if len(priced) == len(SITES):
        inside, outside = (priced[site] for site in SITES)
        text = (
            f"For {month} Medicare's national professional fee is {inside.text} in a facility and "
            f"{outside.text} in a non-facility setting (office)."
        )
        sentences.append(Sentence(text, (inside, outside)))
    elif priced:
        site, fact = next(iter(priced.items()))
        where = "in a facility" if site == "facility" else "in a non-facility setting"
        text = f"For {month} Medicare's national professional fee is {fact.text} {where} only."
        sentences.append(Sentence(text, (fact,)))
    if prices[0].substituted:
        used = prices[0]
        fact = Fact(used.release, "text", used.on, rules=("P00",))
        text = (
            f"The release in force on that date is not loaded; {used.release}, in force from "
            f"{used.effective_from} to {used.effective_until}, stands in."
        )
        sentences.append(Sentence(text, (fact,)))
    return tuple(sentences)


def _cells(prices: tuple[Price, ...]) -> tuple[Cell | None, ...]:
    return tuple(price.result for price in prices)


def _components(context: Context) -> DataTable:
    labels = {"": "Whole service", "26": "Professional part (26)", "TC": "Technical part (TC)"}
    rows = []
    for modifier in _COMPONENTS:
        prices = national_prices(context, context.as_of, modifier)
        if any(isinstance(p.result, Fact) for p in prices):
            rows.append(Row(labels[modifier], _cells(prices)))
    return DataTable(
        "medicare-components",
        "National amounts, whole service and its parts",
        "Part",
        _SITE_HEADS,
        tuple(rows) if len(rows) > 1 else (),
    )


def _years(context: Context) -> DataTable:
    """One row a calendar year whose schedule is loaded, at its newest release."""
    found = context.rows(
        "SELECT release, max(effective_from) AS day FROM pfs_rvu WHERE code = ? "
        "GROUP BY release ORDER BY day DESC",
        context.code.code,
    )
    rows = []
    for row in found:
        day = context.as_of if row["day"].year == context.as_of.year else row["day"]
        prices = national_prices(context, day)
        if prices and prices[0].release == row["release"]:
            rows.append(Row(f"{day.year} (release {row['release']})", _cells(prices)))
    return DataTable(
        "medicare-years", "National amounts, years side by side", "Year", _SITE_HEADS, tuple(rows)
    )


def _localities(context: Context) -> DataTable:
    """The localities of the states whose hospitals are in the lake."""
    found = context.rows(
        "SELECT DISTINCT g.mac, g.locality, g.locality_name, g.state FROM pfs_gpci g "
        "JOIN (SELECT DISTINCT license_state FROM hospitals) h ON h.license_state = g.state "
        "WHERE ? BETWEEN g.effective_from AND g.effective_until "
        "ORDER BY g.state, g.locality_name, g.mac",
        context.as_of,
    )
    rows = []
    for row in found:
        place = f"{row['mac']}-{row['locality']}"
        prices = national_prices(context, context.as_of, locality=place)
        if any(isinstance(p.result, Fact) for p in prices):
            name = f"{row['locality_name'].title()} ({place})"
            rows.append(Row(name, _cells(prices), group=row["state"]))
    return DataTable(
        "medicare-localities",
        "Amounts in the localities of the states whose hospitals are loaded",
        "Locality",
        _SITE_HEADS,
        tuple(rows),
    )


def _arithmetic(price: Price) -> DataTable:
    sources = price.result.sources if isinstance(price.result, Fact) else ()
    rules = price.result.rules if isinstance(price.result, Fact) else ("P01",)
    rows = tuple(
        Row(
            step.label,
            (
                Fact(step.formula, "text", price.on, sources, rules),
                Fact(plain(step.value), "text", price.on, sources, rules),
            ),
        )
        for step in price.steps
    )
    where = "in a facility" if price.site == "facility" else "in a non-facility setting"
    return DataTable(
        f"arithmetic-{price.site}",
        f"How the national amount {where} is made",
        "Step",
        ("Sum", "Value"),
        rows,
        f"Release {price.release}, rounded half up to the cent once, at the end.",
    )
