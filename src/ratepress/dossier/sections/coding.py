"""Section 4, coding specifications: what may be billed, and the value that decides it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from ratepress.coding.add_ons import AddOns, add_ons_of
from ratepress.coding.edits import Edits, edits_of
from ratepress.coding.global_period import global_period
from ratepress.coding.indicators import CodingFacts, coding_facts
from ratepress.coding.modifiers import ModifierRow, ModifierTable, decide
from ratepress.coding.ranges import kind_of
from ratepress.coding.units import UnitLimit, unit_limit
from ratepress.core.facts import Fact, Gap
from ratepress.dossier import coding_tables as tables
from ratepress.dossier.billed_by import billed_by
from ratepress.dossier.context import Context
from ratepress.dossier.model import DataTable, Labelled, Row, Section, Sentence
from ratepress.dossier.sheet import EDIT_SETTINGS, UNIT_SETTINGS
from ratepress.dossier.words import stands_in, system_plural
from ratepress.medicare.coverage import coverage

_TITLE = "Coding specifications"
_KEY_MODIFIERS = ("26", "TC")
# What claims of a kind get wrong most; the two parts and both sides do not arise there.
# Where an indicator says so, as of a tray or a test, nobody would think of the modifier.
_DOES_NOT_APPLY = "indicator 9"
_OF_KIND = {"visit": ("25", "57"), "drug": ("JZ", "JW")}
# Kinds that no global package holds, whatever the indicator says.
_WITHOUT_PACKAGE = frozenset({"visit", "drug"})
# No supervision is asked for; of a scan the row of its technical part may say another.
_SAYS_NOTHING = frozenset({"09"})
# The statuses that the fee schedule pays by: a package is what a fee holds.
_PAID = frozenset({"A", "C", "J", "R", "T"})
_Found = TypeVar("_Found")


def build(context: Context) -> Section:
    """Modifiers with the value that decides each, package, units, edits, and what is missing."""
    if context.code.system not in ("cpt", "hcpcs"):
        gap = Gap(
            "Modifiers, units and edits",
            f"they go by CPT and HCPCS codes, not by {system_plural(context.code.system)}",
            "nothing: the question does not arise",
        )
        return Section("coding", _TITLE, gaps=(gap,))
    of_release, sentences, key_facts, gaps = _by_release(context)
    of_edits, edit_gaps = _by_edits(context)
    diagnoses, coverage_gaps = _diagnoses(context)
    specialties = billed_by(context)
    return Section(
        "coding",
        _TITLE,
        sentences=sentences,
        facts=(*key_facts, *diagnoses),
        tables=tuple(
            table
            for table in (*of_release, *of_edits, specialties)
            if isinstance(table, DataTable) and table.rows
        ),
        gaps=(*gaps, *edit_gaps, *coverage_gaps, *_present_gaps([specialties])),
    )


def _by_release(
    context: Context,
) -> tuple[list[DataTable], tuple[Sentence, ...], tuple[Labelled, ...], list[Gap]]:
    """What the relative value file decides: modifiers, indicators, and the global package."""
    subject = context.subject
    facts = coding_facts(context.connection, context.code.code, context.as_of)
    if isinstance(subject, Gap) or isinstance(facts, Gap):
        return [], (), (), [gap for gap in (subject, facts) if isinstance(gap, Gap)]
    modifiers = decide(subject)
    found = [
        tables.modifiers(modifiers),
        _indicators(facts),
    ]
    if _kind(context) not in _WITHOUT_PACKAGE and subject.base.status in _PAID:
        found.append(tables.package(global_period(subject)))
    return found, _opening(context, modifiers), _key_facts(facts), []


def _by_edits(context: Context) -> tuple[list[DataTable], list[Gap]]:
    """What NCCI decides: units, edits with other codes, and add-on links."""
    asked = (context.connection, context.code.code, context.as_of)
    all_units: list[UnitLimit | Gap] = [unit_limit(*asked, setting) for setting in UNIT_SETTINGS]
    all_edits: list[Edits | Gap] = [edits_of(*asked, setting) for setting in EDIT_SETTINGS]
    links: AddOns | Gap = add_ons_of(*asked)
    found = [tables.units(_present(all_units))]
    found += [tables.edits(one) for one in _present(all_edits)]
    found += [tables.add_ons(one) for one in _present([links])]
    if _present(all_units):  # Suppliers of equipment bill few of the codes that others bill.
        all_units = [one for one in all_units if not isinstance(one, Gap)]
    gaps = _present_gaps((*all_units, *all_edits, links))
    gaps += [
        Gap(
            f"Edits with other codes, {one.setting} claims",
            f"NCCI release {one.release} has none of {one.code}",
            "nothing: no edit names the code",
            one.rules,
        )
        for one in _present(all_edits)
        if not (one.column_1 or one.column_2)
    ]
    return found, gaps


def _diagnoses(context: Context) -> tuple[tuple[Labelled, ...], tuple[Gap, ...]]:
    """How many diagnoses coverage documents list, which section 8 names; else its gaps."""
    found = coverage(context.connection, context.code, context.as_of)
    if not (found.covered or found.excluded):
        return (), found.gaps
    return tuple(
        Labelled(
            f"Diagnoses that coverage documents list as {words}",
            Fact(len(listed), "count", context.as_of, found.sources, found.rules),
        )
        for words, listed in (("covered", found.covered), ("not covered", found.excluded))
    ), ()


def _present(found: list[_Found | Gap]) -> list[_Found]:
    return [one for one in found if not isinstance(one, Gap)]


def _present_gaps(found: Iterable[object]) -> list[Gap]:
    return [one for one in found if isinstance(one, Gap)]


def _kind(context: Context) -> str:
    """The kind of service that the number of the code says; empty where it says none."""
    kind = kind_of(context.code.code)
    return "" if kind is None else kind.kind


def _opening(context: Context, table: ModifierTable) -> tuple[Sentence, ...]:
    """What claims get wrong most: of a procedure the components and both sides."""
    asked = _OF_KIND.get(_kind(context))
    if asked is not None:
        rows = [row for name in asked if (row := table.row(name)) is not None]
        return tuple(
            Sentence(
                f"Modifier {row.modifier}: {row.verdict}. {row.effect}", _facts(context, [row])
            )
            for row in rows
        )
    found = []
    parts = [row for name in _KEY_MODIFIERS if (row := table.row(name)) is not None]
    parts = [row for row in parts if not row.decided_by.endswith(_DOES_NOT_APPLY)]
    if parts and len({(row.verdict, row.decided_by) for row in parts}) == 1:
        first = parts[0]
        names = " and ".join(row.modifier for row in parts)
        text = f"Modifiers {names}: {first.verdict} ({first.decided_by})."
        found.append(Sentence(text, _facts(context, parts)))
    else:
        for row in parts:
            text = f"Modifier {row.modifier}: {row.verdict} ({row.decided_by})."
            found.append(Sentence(text, _facts(context, [row])))
    both = table.row("50")
    if both is not None and not both.decided_by.endswith(_DOES_NOT_APPLY):
        text = f"Modifier 50: {both.verdict} ({both.decided_by}). {both.effect}"
        found.append(Sentence(text, _facts(context, [both])))
    return tuple(found)


def _facts(context: Context, rows: list[ModifierRow]) -> tuple[Fact, ...]:
    return tuple(
        Fact(row.verdict, "text", context.as_of, (row.source,), tables.rules_of(row))
        for row in rows
    )


def _key_facts(facts: CodingFacts) -> tuple[Labelled, ...]:
    wanted = ("status", "global_days", "supervision")
    return tuple(
        Labelled(f"{found.label} {found.value}", _noted(found.fact, facts))
        for column in wanted
        if (found := facts.get(column)) is not None and found.value not in _SAYS_NOTHING
    )


def _noted(fact: Fact, facts: CodingFacts) -> Fact:
    """The fact with a short word on P00; the note of the tables has both releases."""
    note = stands_in(facts.release) if facts.substituted else fact.note
    return msgspec.structs.replace(fact, note=note)


def _indicators(facts: CodingFacts) -> DataTable:
    rows = tuple(
        Row(
            found.label,
            (
                Fact(found.value, "code", found.fact.as_of, found.fact.sources, found.fact.rules),
                # A relative value says itself, and has no meaning beside it.
                None if found.fact.unit in ("RVU", "code") else found.fact,
            ),
        )
        for found in facts.facts
    )
    return DataTable(
        "indicators",
        f"Indicators of release {facts.release}",
        "Indicator",
        ("Value", "Meaning"),
        rows,
        " ".join(facts.notes) or None,
    )
