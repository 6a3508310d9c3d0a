"""The tables of the coding section: modifiers, global package, units, edits, add-on codes.

Each takes what the coding room answers and lays it out as facts with their sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from ratepress.coding.add_ons import CONTRACTOR, TYPES, AddOnLink, AddOns
from ratepress.coding.bundling import by_kind
from ratepress.coding.edits import Edits
from ratepress.coding.global_period import GlobalPeriod, manual
from ratepress.coding.modifiers import ModifierGroup, ModifierRow, ModifierTable, grouped
from ratepress.coding.units import UnitLimit
from ratepress.core.facts import Fact, SourceRef
from ratepress.dossier.model import DataTable, Row

MOST_CODES = 40
"""So many codes of one kind are listed on a page; the rest is counted."""

_CUT = (
    f"Of each kind the first {MOST_CODES} codes are named; `ratepress code` with --all names each."
)
_WHOSE = {
    "practitioner": "Practitioner",
    "outpatient": "Outpatient hospital",
    "dme": "Equipment supplier",
}
_BOTH = {"0": "never both", "1": "both with a modifier", "9": "not in use"}
_MOST_MEANINGS = 2


def rules_of(row: ModifierRow) -> tuple[str, ...]:
    """The rules of a verdict; P00 with it where another release stands in."""
    return (row.rule, "P00") if row.substituted else (row.rule,)


def modifiers(table: ModifierTable) -> DataTable:
    """Each modifier of the register, those that say the same in one row; refusals last."""
    found = grouped(table.rows)
    rows = [
        _modifier_row(table.on, group, heading)
        for heading, verdicts in (
            ("May be billed", ("allowed", "conditional")),
            ("Not allowed", ("not allowed",)),
        )
        for verdict in verdicts
        for group in found
        if group.first.verdict == verdict
    ]
    return DataTable(
        "modifiers",
        f"Modifiers, as release {table.release} and the edits decide them",
        "Modifier",
        ("Verdict", "Effect on payment", "Decided by"),
        tuple(rows),
        " ".join(table.notes) or None,
    )


def _modifier_row(on: date, group: ModifierGroup, heading: str) -> Row:
    first = group.first
    facts = [
        Fact(words, "text", on, (first.source,), rules_of(first))
        for words in (first.verdict, first.effect, first.decided_by)
    ]
    is_short = len(group.rows) <= _MOST_MEANINGS
    note = "; ".join(row.meaning for row in group.rows) if is_short else None
    return Row(group.label, tuple(facts), heading, note)


def package(period: GlobalPeriod) -> DataTable:
    """The global package: days, shares, what is in it, and what opens it."""
    lines: list[tuple[str, str]] = []
    if period.n_days is not None:
        days = "1 day" if period.n_days == 1 else f"{period.n_days} days"
        lines.append(("Days", f"{period.first_on} to {period.last_on}, {days}"))
    if period.shares:
        parts = (f"{part} {share}" for part, share in period.shares.items())
        lines.append(("Parts of the fee", ", ".join(parts)))
    lines.append(("Paid in the fee", "; ".join(period.included)))
    lines.append(("Paid apart", "; ".join(period.apart)))
    lines += [(f"Opened by modifier {one.modifier}", one.when) for one in period.opened_by]
    sources = (period.source, manual())
    rows = tuple(
        Row(label, (Fact(words, "text", period.on, sources, period.rules),))
        for label, words in lines
        if words
    )
    title = f"Global period {period.value}, for a service of {period.on}: {period.label}"
    return DataTable("global-period", title, "Part", ("What it holds",), rows)


def units(limits: Sequence[UnitLimit]) -> DataTable:
    """The most units of a day by kind of claim."""
    rows = []
    for limit in limits:

        def fact(value: int | str, unit: str, of: UnitLimit = limit) -> Fact:
            return Fact(value, unit, of.on, (of.source,), of.rules)

        cells = (
            fact(limit.units, "count"),
            fact(limit.adjudication_indicator, "code"),
            fact(limit.meaning, "text"),
            fact(limit.rationale, "text") if limit.rationale else None,
        )
        rows.append(Row(_WHOSE[limit.setting], cells))
    return DataTable(
        "units",
        "Most units in a day (MUE)",
        "Claims of",
        ("Units", "MAI", "Counted over", "Rationale"),
        tuple(rows),
        _notes(limit.note for limit in limits),
    )


def edits(found: Edits) -> DataTable:
    """Both views of the edits of a code, by bypass and kind of service."""
    whose = _WHOSE[found.setting].lower()
    views = (
        (found.column_1, f"{found.code} is paid (column 1), these are denied beside it"),
        (found.column_2, f"{found.code} is denied (column 2) beside these"),
    )
    sources = tuple(dict.fromkeys((*found.column_1.sources, *found.column_2.sources)))

    def fact(value: int | str, unit: str) -> Fact:
        return Fact(value, unit, found.on, sources, found.rules)

    rows = tuple(
        Row(
            kind.capitalize(),
            (fact(len(codes), "count"), fact(_listed(codes), "text")),
            f"{heading}: {_BOTH[bypass]} (bypass {bypass})",
        )
        for view, heading in views
        for (bypass, kind), codes in by_kind(view.partners, view.indicators).items()
    )
    return DataTable(
        f"edits-{found.setting}",
        f"Edits with other codes, {whose} claims (NCCI {found.release})",
        "Kind of the other code",
        ("Pairs", "Codes"),
        rows,
        _notes([found.note, _CUT if any(_is_cut(row) for row in rows) else None]),
    )


def _is_cut(row: Row) -> bool:
    pairs = row.cells[0]
    return isinstance(pairs, Fact) and isinstance(pairs.value, int) and pairs.value > MOST_CODES


def _files(links: Iterable[AddOnLink]) -> tuple[SourceRef, ...]:
    """The files of links, each once and without its row: a list of codes has many rows."""
    sources: dict[str | None, SourceRef] = {}
    for link in links:
        source = link.source
        if source.content_id not in sources:
            kept = SourceRef(source.label, source.content_id, link=source.link)
            sources[source.content_id] = kept
    return tuple(sources.values())


def _listed(codes: Sequence[str]) -> str:
    rest = len(codes) - MOST_CODES
    shown = " ".join(codes[:MOST_CODES])
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def add_ons(found: AddOns) -> DataTable:
    """What the code is an add-on to, and what adds to it, by type."""
    rows = []
    views: tuple[tuple[tuple[AddOnLink, ...], str, str], ...] = (
        (found.primaries, "It is an add-on to", "primary_code"),
        (found.add_ons, "These add to it", "add_on_code"),
    )
    for links, label, other in views:
        for kind in sorted({link.edit_type for link in links}):
            of_kind = [link for link in links if link.edit_type == kind]
            codes = [getattr(link, other) for link in of_kind]
            codes = ["those the contractor defines" if c == CONTRACTOR else c for c in codes]
            sources = _files(of_kind)
            cells = tuple(
                Fact(words, "text", found.on, sources, found.rules)
                for words in (TYPES[kind], _listed(codes))
            )
            rows.append(Row(label, cells))
    return DataTable(
        "add-ons",
        f"Add-on codes (release {found.release})",
        "Link",
        ("Rule", "Codes"),
        tuple(rows),
        _notes([found.note]),
    )


def _notes(found: Iterable[str | None]) -> str | None:
    return " ".join(dict.fromkeys(note for note in found if note)) or None
