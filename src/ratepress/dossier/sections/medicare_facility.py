"""What Medicare pays the facility, beside the physician fee: OPPS, ASC, IPPS and CLFS."""

from __future__ import annotations

import re
from datetime import date

import msgspec

from ratepress.coding.ranges import kind_of
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.context import Context
from ratepress.dossier.medicare_gaps import SYSTEM_NAMES, system_words
from ratepress.dossier.model import Cell, DataTable, Labelled, Row, Sentence
from ratepress.dossier.words import stands_in
from ratepress.medicare.facility import SYSTEMS, FacilityPrice, facility_price
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.price import Price
from ratepress.medicare.totals import Total, visit_totals

YEAR_HEADS = ("Hospital outpatient", "Surgical center")
_TITLES = {
    "OPPS": "Medicare hospital outpatient rate",
    "ASC": "Medicare surgical center rate",
    "IPPS": "Medicare inpatient payment",
    "CLFS": "Medicare laboratory rate",
}

# Digits before a decimal point; years, codes and release names have none.
_THOUSANDS = re.compile(r"(?<![\w.,])\d{4,}(?=\.\d)")
_PAID_TO = {"OPPS": "a hospital outpatient department", "ASC": "a surgical center"}


def shown(context: Context) -> tuple[FacilityPrice, ...]:
    """The systems that a page about the code names: the laboratory's only where it has the code."""
    found = context.facility_prices.values()
    return tuple(one for one in found if one.system != "CLFS" or one.amount is not None)


def facts(prices: tuple[FacilityPrice, ...]) -> tuple[Labelled, ...]:
    """One labelled amount for each system that has one, with its class and a short word on P00."""
    return tuple(
        Labelled(_TITLES[one.system], msgspec.structs.replace(one.result, note=_short_note(one)))
        for one in prices
        if isinstance(one.result, Fact)
    )


def _short_note(one: FacilityPrice) -> str | None:
    parts = ["for one unit of the code"] if _is_drug(one.code) else []
    parts += [f"APC {one.apc}"] if one.apc else []
    if one.substituted:
        parts.append(stands_in(one.release))
    return ", ".join(parts) or None


def _is_drug(code: str) -> bool:
    """Whether a code stands for so much of a drug, and so an amount of it for that much."""
    kind = kind_of(code)
    return kind is not None and kind.kind == "drug"


def plain_cell(cell: Cell) -> Cell:
    """A cell of a table, whose notes stand below the table and not in it."""
    return msgspec.structs.replace(cell, note=None) if isinstance(cell, Fact) else cell


def gaps(prices: tuple[FacilityPrice, ...]) -> tuple[Gap, ...]:
    """Why a system has no amount."""
    return tuple(one.result for one in prices if isinstance(one.result, Gap))


def sentences(
    prices: tuple[FacilityPrice, ...], professional: tuple[Price, ...]
) -> tuple[Sentence, ...]:
    """What a visit, a stay or a test comes to, as a sum of two stated parts (rule M13)."""
    found = [_visit(total) for total in visit_totals(prices, professional)]
    if not any(found) and not any(isinstance(one.result, Fact) for one in professional):
        found += map(_rate, prices)
    for one in prices:
        if one.system == "IPPS" and isinstance(one.result, Fact):
            text = (
                f"Medicare's national payment for a stay of this MS-DRG is {one.result.text}, "
                "before what depends on the hospital and the stay."
            )
            found.append(Sentence(text, (one.result,)))
        if one.system == "CLFS" and isinstance(one.result, Fact):
            text = f"Medicare pays {one.result.text} for the test, by the laboratory fee schedule."
            found.append(Sentence(text, (one.result,)))
    return tuple(sentence for sentence in found if sentence is not None)


def _rate(one: FacilityPrice) -> Sentence | None:
    """The rate of one system, where no practitioner's fee stands beside it: a drug, an APC."""
    if one.system not in _PAID_TO or not isinstance(one.result, Fact):
        return None
    it = "one unit of the code" if _is_drug(one.code) else "it"
    text = f"Medicare pays {_PAID_TO[one.system]} {one.result.text} for {it}, nationally."
    return Sentence(text, (one.result,))


def _visit(total: Total) -> Sentence | None:
    if not isinstance(total.result, Fact):
        return None
    parts = (total.facility, total.professional)
    facility, professional = (part for part in parts if isinstance(part, Fact))
    where = "a hospital outpatient department"
    if total.setting != "hospital outpatient":
        where = "a surgical center"
    text = (
        f"In {where} Medicare pays the facility {facility.text} and the practitioner"
        f" {professional.text}, together {total.result.text}."
    )
    return Sentence(text, (facility, professional, total.result))


def systems_table(prices: tuple[FacilityPrice, ...]) -> DataTable:
    """Every facility system's amount, with the indicator that decides it and the release."""
    rows = tuple(
        Row(
            SYSTEM_NAMES[one.system],
            (*_indicators(one), plain_cell(one.result), _release(one)),
        )
        for one in prices
        if one.release is not None
    )
    notes = dict.fromkeys(note for one in prices for note in one.notes)
    return DataTable(
        "medicare-facility",
        "What Medicare pays the facility, nationally",
        "Payment system",
        ("Indicator", "APC", "Amount", "Release"),
        rows,
        " ".join(notes) or None,
    )


def _indicators(one: FacilityPrice) -> tuple[Cell | None, ...]:
    return tuple(
        None if value is None else Fact(value, "code", one.on, _sources(one), _rules(one))
        for value in (one.status, one.apc)
    )


def _release(one: FacilityPrice) -> Cell:
    stands_in = ", stands in (P00)" if one.substituted else ""
    return Fact(f"{one.release}{stands_in}", "text", one.on, _sources(one), _rules(one))


def arithmetic(prices: tuple[FacilityPrice, ...]) -> tuple[DataTable, ...]:
    """The sum of each system whose amount is made of more than one published rate."""
    return tuple(
        steps_table(
            f"arithmetic-{one.system.lower()}",
            f"How the national amount is made: {system_words(one.system)}",
            one.steps,
            one.on,
            one.result,
            f"Release {one.release}; each part is rounded half up to the cent.",
        )
        for one in prices
        if len(one.steps) > 1 and isinstance(one.result, Fact)
    )


def totals_table(prices: tuple[FacilityPrice, ...], professional: tuple[Price, ...]) -> DataTable:
    """Facility and professional parts, and what they come to, by setting (rule M13)."""
    rows = tuple(
        Row(
            total.setting.capitalize(),
            tuple(map(plain_cell, (total.facility, total.professional, total.result))),
        )
        for total in visit_totals(prices, professional)
        if isinstance(total.result, Fact)
    )
    return DataTable(
        "medicare-visit",
        "What a visit comes to, nationally",
        "Setting",
        ("Facility", "Professional", "Together"),
        (*rows, *_office(professional)) if rows else (),
        "What the facility and the practitioner are paid, added up (M13); no vote is such a sum.",
    )


def _office(professional: tuple[Price, ...]) -> tuple[Row, ...]:
    """Outside a facility one fee pays for all."""
    fees = [p.result for p in professional if p.site == "nonfacility"]
    shown = map(plain_cell, (fee for fee in fees if isinstance(fee, Fact)))
    return tuple(Row("Office", (None, fee, fee)) for fee in shown)


def of_year(context: Context, on: date) -> tuple[FacilityPrice, ...]:
    """OPPS and ASC on another day."""
    return tuple(facility_price(context.connection, s, context.code.code, on) for s in SYSTEMS)


def steps_table(
    table_id: str, title: str, steps: tuple[Step, ...], on: date, result: Fact | Gap, note: str
) -> DataTable:
    """The arithmetic of an amount, a row a step."""
    sources = result.sources if isinstance(result, Fact) else ()
    rules = result.rules
    rows = tuple(
        Row(
            step.label,
            (
                Fact(_grouped(step.formula), "text", on, sources, rules),
                Fact(_grouped(plain(step.value)), "text", on, sources, rules),
            ),
        )
        for step in steps
    )
    return DataTable(table_id, title, "Step", ("Sum", "Value"), rows, note)


def _grouped(text: str) -> str:
    """Arithmetic with its thousands set apart, as amounts are everywhere else.

    >>> _grouped("(4456.72 × 1.00 + 2295.89) × weight 1.9289")
    '(4,456.72 × 1.00 + 2,295.89) × weight 1.9289'
    """
    return _THOUSANDS.sub(lambda found: f"{int(found[0]):,}", text)


def _sources(one: FacilityPrice) -> tuple[SourceRef, ...]:
    return one.result.sources if isinstance(one.result, Fact) else ()


def _rules(one: FacilityPrice) -> tuple[str, ...]:
    return one.result.rules or ("M07",)
