"""Section 4, coding specifications: the modifier table and the indicators that decide it."""

from __future__ import annotations

from ratepress.coding.indicators import CodingFacts, coding_facts
from ratepress.coding.modifiers import ModifierRow, ModifierTable, modifier_table
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import Context
from ratepress.dossier.model import DataTable, Labelled, Row, Section, Sentence

_TITLE = "Coding specifications"
_KEY_MODIFIERS = ("26", "TC")
_NOT_LOADED = (
    Gap("Units per day (MUE)", "no MUE release is loaded", "the NCCI MUE tables"),
    Gap("Edits with other codes (NCCI)", "no NCCI release is loaded", "the NCCI PTP tables"),
    Gap("Add-on codes", "no add-on release is loaded", "the NCCI add-on code table"),
    Gap(
        "Diagnoses that support the service",
        "no coverage article is loaded",
        "the Medicare Coverage Database downloads",
    ),
    Gap(
        "Taxonomies that bill it",
        "no utilisation file is loaded",
        "Medicare Physician & Other Practitioners, by Provider and Service",
    ),
)


def build(context: Context) -> Section:
    """Modifiers with the value that decides each, the indicators in words, and what is missing."""
    if context.code.system not in ("cpt", "hcpcs"):
        gap = Gap(
            "Modifiers",
            f"modifiers are billed with CPT and HCPCS codes, not with {context.code.system}",
            "none: the question does not arise",
        )
        return Section("coding", _TITLE, gaps=(gap, *_NOT_LOADED[2:]))
    modifiers = modifier_table(context.connection, context.code.code, context.as_of)
    facts = coding_facts(context.connection, context.code.code, context.as_of)
    gaps = [found for found in (modifiers, facts) if isinstance(found, Gap)]
    tables = []
    sentences: tuple[Sentence, ...] = ()
    if isinstance(modifiers, ModifierTable):
        tables.append(_modifiers(context, modifiers))
        sentences = _opening(context, modifiers)
    if isinstance(facts, CodingFacts):
        tables.append(_indicators(facts))
    return Section(
        "coding",
        _TITLE,
        sentences=sentences,
        facts=_key_facts(facts) if isinstance(facts, CodingFacts) else (),
        tables=tuple(tables),
        gaps=(*gaps, *_NOT_LOADED),
    )


def _rules(row: ModifierRow) -> tuple[str, ...]:
    return (row.rule, "P00") if row.substituted else (row.rule,)


def _modifiers(context: Context, table: ModifierTable) -> DataTable:
    def cell(row: ModifierRow, words: str) -> Fact:
        return Fact(words, "text", context.as_of, (row.source,), _rules(row))

    rows = tuple(
        Row(row.modifier, tuple(cell(row, w) for w in (row.verdict, row.effect, row.decided_by)))
        for row in table.rows
    )
    notes = " ".join(table.notes)
    return DataTable(
        "modifiers",
        f"Modifiers, as release {table.release} decides them",
        "Modifier",
        ("Verdict", "Effect on payment", "Decided by"),
        rows,
        notes or None,
    )


def _opening(context: Context, table: ModifierTable) -> tuple[Sentence, ...]:
    """One sentence on the components and one on both sides: what claims get wrong most."""
    found = []
    parts = [row for name in _KEY_MODIFIERS if (row := table.row(name)) is not None]
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
    if both is not None:
        text = f"Modifier 50: {both.verdict} ({both.decided_by}). {both.effect}"
        found.append(Sentence(text, _facts(context, [both])))
    return tuple(found)


def _facts(context: Context, rows: list[ModifierRow]) -> tuple[Fact, ...]:
    return tuple(
        Fact(row.verdict, "text", context.as_of, (row.source,), _rules(row)) for row in rows
    )


def _key_facts(facts: CodingFacts) -> tuple[Labelled, ...]:
    wanted = ("status", "global_days", "supervision")
    return tuple(
        Labelled(f"{found.label} {found.value}", found.fact)
        for column in wanted
        if (found := facts.get(column)) is not None
    )


def _indicators(facts: CodingFacts) -> DataTable:
    rows = tuple(
        Row(
            found.label,
            (
                Fact(found.value, "code", found.fact.as_of, found.fact.sources, found.fact.rules),
                found.fact,
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
