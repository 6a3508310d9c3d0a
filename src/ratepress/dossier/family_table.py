"""The family of a code on its page: members with what ties them, and the values that differ."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from ratepress.codes.argument import CodeRef
from ratepress.codes.procedures import Cpt
from ratepress.coding.family import Cell, Family, FamilyMember, family
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import Context
from ratepress.dossier.editorial import editorial
from ratepress.dossier.model import DataTable, Row, Sentence

_OF_ANOTHER = Gap(
    "Some values of other codes of the family",
    "in that column they are not priced, not listed, or not loaded",
    "the page of that code, which says why",
    ("C44",),
)
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
            _name(context.code.system, member.code),
            tuple(_shown(found.code, member, column.id) for column in found.columns),
            note=", ".join(map(_tie, member.ties)) or "this code",
            # Its own row leads nowhere else.
            link=None
            if member.code == context.code.code
            else f"code/{_system(context, member.code)}/{member.code}",
        )
        for member in found.members
    )
    are = "is" if found.left_out == 1 else "are"
    left = f" {found.left_out} more {are} tied less closely." if found.left_out else ""
    own = next(member for member in found.members if member.code == found.code)
    notes = dict.fromkeys(_notes(own))
    table = DataTable(
        "family",
        "Codes to compare it with, and how they differ",
        "Code",
        tuple(column.label for column in found.columns),
        rows,
        " ".join(
            (
                "Amounts are Medicare's national ones. Under each code stands what ties it to"
                f" {found.code}.{left}",
                *notes,
            )
        ),
    )
    return table, (*_range(found), *_alike(found))


def _system(context: Context, code: str) -> str:
    return Cpt.system if Cpt.normalise(code) else context.code.system


def _notes(member: FamilyMember) -> list[str]:
    return [c.note for c in member.cells.values() if isinstance(c, Fact) and c.note]


def _name(system: str, code: str) -> str:
    note = editorial(CodeRef(system, code))
    return f"{code} {note.label}" if note else code


def _tie(stated: str) -> str:
    """What ties a code to the page's, for a reader: `number 3255` as `codes 3255…`."""
    kind, _, rest = stated.partition(" ")
    if kind == "number":
        return f"codes {rest}…"
    return f"NCCI edit ({rest.removeprefix('of ')})" if kind == "edit" else stated


def _shown(own_code: str, member: FamilyMember, column: str) -> Cell:
    """A cell without its note, which stands below; a gap of another code is no gap of this page."""
    cell = member.cells[column]
    if isinstance(cell, Gap):
        return cell if member.code == own_code else _OF_ANOTHER
    return None if cell is None else msgspec.structs.replace(cell, note=None)


def _range(found: Family) -> tuple[Sentence, ...]:
    """The lowest and the highest fee in a facility, where they differ."""
    fees = [
        (cell.value, member.code, cell)
        for member in found.members
        if isinstance(cell := member.cells.get("fee_facility"), Fact)
        and isinstance(cell.value, Decimal)
    ]
    if len({value for value, _, _ in fees}) < 2:
        return ()
    (_, low, lowest), (_, high, highest) = min(fees, key=_fee), max(fees, key=_fee)
    codes = tuple(Fact(code, "code", rules=found.rules) for code in (low, high))
    text = (
        f"{_among(found)} Medicare's national fee in a facility runs from {lowest.text} ({low}) to"
        f" {highest.text} ({high})."
    )
    return (Sentence(text, (lowest, highest, *codes)),)


def _among(found: Family) -> str:
    """What the sentences speak of: the family, or those of it that are listed."""
    if not found.left_out:
        return "In its family"
    return f"Among the {len(found.members)} codes of its family that are listed here"


def _fee(one: tuple[Decimal, str, Fact]) -> tuple[Decimal, str]:
    return one[0], one[1]


def _alike(found: Family) -> tuple[Sentence, ...]:
    facts = [(one.label, one.cell) for one in found.alike if isinstance(one.cell, Fact)]
    if not facts:
        return ()
    words = "; ".join(f"{label} {fact.text}" for label, fact in facts)
    whose = "the listed codes" if found.left_out else "the whole family"
    return (Sentence(f"Alike in {whose}: {words}.", tuple(fact for _, fact in facts)),)
