"""The family of a code on its page: members with what ties them, and the values that differ."""

from __future__ import annotations

from ratepress.codes.argument import CodeRef
from ratepress.coding.family import Cell, Family, family
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import Context
from ratepress.dossier.editorial import editorial
from ratepress.dossier.model import DataTable, Row, Sentence

_EMPTY = DataTable("family", "Codes to compare it with", "Code", (), ())


def family_table(context: Context) -> tuple[DataTable, tuple[Sentence, ...]]:
    """The table of the differing values, and a sentence of what all members have alike.

    Without rows where the code has no row in a release of the year, or nothing is tied to it.
    """
    if context.code.system not in ("cpt", "hcpcs") or isinstance(context.subject, Gap):
        return _EMPTY, ()
    found = family(context.connection, context.subject)
    if len(found.members) == 1:
        return _EMPTY, ()
    rows = tuple(
        Row(
            _name(context, member.code),
            tuple(_shown(context, member.cells[column.id]) for column in found.columns),
            note=", ".join(member.ties) or "this code",
        )
        for member in found.members
    )
    left = f" {found.left_out} more are tied less closely." if found.left_out else ""
    table = DataTable(
        "family",
        "Codes to compare it with, and how they differ",
        "Code",
        tuple(column.label for column in found.columns),
        rows,
        f"Amounts are Medicare's national ones. Under each code stands what ties it.{left}",
    )
    return table, _alike(found)


def _name(context: Context, code: str) -> str:
    note = editorial(CodeRef(context.code.system, code))
    return f"{code} {note.label}" if note else code


def _shown(context: Context, cell: Cell) -> Cell:
    """A gap of another code is no gap of this page: it is a value, with its reason as a note."""
    if isinstance(cell, Gap):
        return Fact("none", "text", context.as_of, rules=("C44", *cell.rules))
    return cell


def _alike(found: Family) -> tuple[Sentence, ...]:
    facts = [(one.label, one.cell) for one in found.alike if isinstance(one.cell, Fact)]
    if not facts:
        return ()
    words = "; ".join(f"{label} {fact.text}" for label, fact in facts)
    return (Sentence(f"Alike in the whole family: {words}.", tuple(fact for _, fact in facts)),)
