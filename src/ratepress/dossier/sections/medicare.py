"""Section 5, what Medicare pays: professional and facility, by place and year, with its sums."""

from __future__ import annotations

from datetime import date

import msgspec

from ratepress.core.errors import MissingReferenceData
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import Context
from ratepress.dossier.model import Cell, DataTable, Labelled, Row, Section, Sentence
from ratepress.dossier.sections import medicare_facility as facility
from ratepress.dossier.table_charts import site_chart, year_chart
from ratepress.dossier.words import place_name, stands_in, system_plural
from ratepress.medicare.facility import FacilityPrice
from ratepress.medicare.formula import SITES
from ratepress.medicare.price import Price, price_on

_PARTS = {"": "Whole service", "26": "Professional part (26)", "TC": "Technical part (TC)"}
_SITE_HEADS = ("Facility", "Non-facility")


def build(context: Context) -> Section:
    """National and local amounts, other years, the arithmetic, and what is missing."""
    paid = facility.shown(context)
    if context.code.system not in ("cpt", "hcpcs"):
        return _other_codes(context, paid)
    national = national_prices(context, context.as_of)
    missing: tuple[Gap, ...] = ()
    if not national:
        why = f"no release of the physician fee schedule of {context.as_of.year} is loaded"
        fill = "the PFS relative value file of the year, from CMS"
        missing = (Gap("Medicare physician fee", why, fill, ("P00",)),)
    totals, years = facility.totals_table(paid, national), _years(context)
    components = _components(context)
    tables = (
        facility.systems_table(paid),
        totals,
        components,
        years,
        _localities(context),
        *(_arithmetic(price) for price in national if price.steps),
        *facility.arithmetic(paid),
    )
    professional = tuple(
        Labelled(f"Medicare physician fee, {head.lower()}", _noted(price))
        for head, price in zip(_SITE_HEADS, national, strict=False)
    )
    stated = (*_opening(context, national, components), *facility.sentences(paid, national))
    return Section(
        "medicare",
        "What Medicare pays",
        sentences=(*(stated or _unpriced(context, national)), *_standing_in(national)),
        facts=(*professional, *facility.facts(paid)),
        charts=tuple(c for c in (site_chart(totals), year_chart(years)) if c is not None),
        tables=tuple(table for table in tables if table.rows),
        gaps=(
            *missing,
            *(p.result for p in national if isinstance(p.result, Gap)),
            *facility.gaps(paid),
        ),
    )


def _other_codes(context: Context, paid: tuple[FacilityPrice, ...]) -> Section:
    """A code that the physician fee schedule does not price: an MS-DRG, an APC, or neither."""
    if not paid:
        why = f"Medicare pays by no schedule of {system_plural(context.code.system)}"
        gap = Gap("Medicare payment", why, "nothing: the question does not arise", ("M07",))
        return Section("medicare", "What Medicare pays", gaps=(gap,))
    tables = (facility.systems_table(paid), *facility.arithmetic(paid))
    return Section(
        "medicare",
        "What Medicare pays",
        sentences=facility.sentences(paid, ()),
        facts=facility.facts(paid),
        tables=tuple(table for table in tables if table.rows),
        gaps=facility.gaps(paid),
    )


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


def _noted(price: Price) -> Cell:
    """An amount with a short word on P00; a sentence of the section has both releases."""
    note = stands_in(price.release) if price.substituted else None
    cell = price.result
    return msgspec.structs.replace(cell, note=note) if isinstance(cell, Fact) else cell


def _opening(
    context: Context, prices: tuple[Price, ...], components: DataTable
) -> tuple[Sentence, ...]:
    priced = {p.site: p.result for p in prices if isinstance(p.result, Fact)}
    month = context.as_of.strftime("%B %Y")
    # Of a scan or a test: the fee that is usually meant by its name is the professional part.
    whole = " for the whole service, professional and technical part," if components.rows else ""
    alone, reading = _professional_part(components)
    name = f"For {month} Medicare's national physician fee{whole} is"
    if len(priced) == len(SITES):
        inside, outside = (priced[site] for site in SITES)
        text = (
            f"{name} {inside.text} in a facility and {outside.text} in a non-facility setting "
            f"(office){alone}."
        )
        return (Sentence(text, (inside, outside, *reading)),)
    if priced:
        site, fact = next(iter(priced.items()))
        where = "in a facility" if site == "facility" else "in a non-facility setting"
        return (Sentence(f"{name} {fact.text} {where} only{alone}.", (fact, *reading)),)
    return ()


def _professional_part(components: DataTable) -> tuple[str, tuple[Fact, ...]]:
    """What reading and report alone are paid, in words: the part that a hospital's doctor bills."""
    for row in components.rows:
        facts = [cell for cell in row.cells if isinstance(cell, Fact)]
        if row.label == _PARTS["26"] and facts:
            return f"; the professional part alone is {facts[0].text}", (facts[0],)
    return "", ()


def _standing_in(prices: tuple[Price, ...]) -> tuple[Sentence, ...]:
    """Which release of the physician fee schedule answers, where it is not that of the date."""
    if not prices or not prices[0].substituted:
        return ()
    used = prices[0]
    text = (
        f"The physician fee schedule in force on {used.on} is not loaded; release {used.release}, "
        f"in force from {used.effective_from} to {used.effective_until}, stands in."
    )
    return (Sentence(text, (Fact(used.release, "text", used.on, rules=("P00",)),)),)


def _unpriced(context: Context, prices: tuple[Price, ...]) -> tuple[Sentence, ...]:
    """Why no schedule has an amount, where one reason holds at both sites: a page opens with it."""
    gaps = {(p.result.why, p.result.rules) for p in prices if isinstance(p.result, Gap)}
    if len(gaps) != 1:
        return ()
    ((why, rules),) = gaps
    if not rules:  # The release lacks the code, which says nothing of what is paid.
        return ()
    text = f"Medicare's schedules have no national amount for it: {why}."
    return (Sentence(text, (Fact(why, "text", context.as_of, rules=rules),)),)


def _cells(prices: tuple[Price, ...]) -> tuple[Cell | None, ...]:
    return tuple(price.result for price in prices)


def _components(context: Context) -> DataTable:
    rows = []
    for modifier, label in _PARTS.items():
        prices = national_prices(context, context.as_of, modifier)
        if any(isinstance(p.result, Fact) for p in prices):
            rows.append(Row(label, _cells(prices)))
    return DataTable(
        "medicare-components",
        "National amounts, whole service and its parts",
        "Part",
        _SITE_HEADS,
        tuple(rows) if len(rows) > 1 else (),
        " ".join(filter(None, dict.fromkeys(_note_of(c) for row in rows for c in row.cells)))
        or None,
    )


def _years(context: Context) -> DataTable:
    """One row a calendar year of which a schedule is loaded, at its newest release."""
    found = context.rows(
        "SELECT year(effective_from) AS year, max(effective_from) AS day FROM ("
        "SELECT code, effective_from FROM pfs_rvu UNION ALL "
        "SELECT code, effective_from FROM opps_codes UNION ALL "
        "SELECT code, effective_from FROM asc_codes"
        ") WHERE code = ? AND effective_from IS NOT NULL GROUP BY year ORDER BY year DESC",
        context.code.code,
    )
    rows = []
    notes: dict[str, None] = {}
    for row in found:
        day = context.as_of if row["year"] == context.as_of.year else row["day"]
        prices = national_prices(context, day)
        rates = facility.of_year(context, day)
        cells = (
            *(_cells(prices) if prices else (None, None)),
            *(None if one.release is None else one.result for one in rates),
        )
        if any(isinstance(cell, Fact) for cell in cells):
            stated = [*(p.notes for p in prices), *(one.notes for one in rates)]
            notes |= dict.fromkeys(note for those in stated for note in those if "P00" in note)
            plain = (None if cell is None else facility.plain_cell(cell) for cell in cells)
            rows.append(Row(str(day.year), tuple(plain)))
    return DataTable(
        "medicare-years",
        "National amounts, years side by side",
        "Year",
        (*(f"Physician fee, {head.lower()}" for head in _SITE_HEADS), *facility.YEAR_HEADS),
        tuple(rows),
        " ".join(notes) or None,
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
    said: dict[str, None] = {}
    for row in found:
        place = f"{row['mac']}-{row['locality']}"
        prices = national_prices(context, context.as_of, locality=place)
        if any(isinstance(p.result, Fact) for p in prices):
            name = f"{place_name(row['locality_name'])} ({place})"
            rows.append(Row(name, _cells(prices), group=row["state"]))
            said |= dict.fromkeys(_note_of(cell) for cell in _cells(prices))
    return DataTable(
        "medicare-localities",
        "Amounts in the localities of the states whose hospitals are loaded",
        "Locality",
        _SITE_HEADS,
        tuple(rows),
        " ".join(filter(None, said)) or None,
    )


def _note_of(cell: Cell | None) -> str:
    return (cell.note or "") if isinstance(cell, Fact) else ""


def _arithmetic(price: Price) -> DataTable:
    where = "in a facility" if price.site == "facility" else "in a non-facility setting"
    return facility.steps_table(
        f"arithmetic-{price.site}",
        f"How the national amount {where} is made",
        price.steps,
        price.on,
        price.result,
        f"Release {price.release}, rounded half up to the cent once, at the end.",
    )
