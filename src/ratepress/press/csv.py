"""The dossier as one long table: a row for each fact or gap, safe to open in a spreadsheet."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import Dossier, Profile
from ratepress.press.listing import Listing
from ratepress.press.text import spreadsheet

COLUMNS = (
    "section", "table", "group", "row", "column", "value", "unit", "as_of", "note", "rules",
    "sources", "gap", "gap_reason", "gap_filled_by",
)  # fmt: skip
_KEPT = 1 << 13
_NUMBERS = frozenset({"USD", "% of Medicare", "%", "count", "index", "USD per RVU", "days"})


def document(dossier: Dossier | Profile, listing: Listing | None = None) -> bytes:
    """The CSV of a dossier, for the place `code/<system>/<code>.csv`, in the order of the page.

    Values are plain (`647.98`, no sign or separator) with their unit beside them; sources are
    `label, place [SHA-256]`, several apart by ` | `. Text that a spreadsheet could take for a
    formula is led by an apostrophe. `listing` is that of the same dossier, where it is made.

    >>> from datetime import date
    >>> empty = Dossier("cpt", "32557", "Chest drain", date(2026, 7, 15), "balanced", "1", (), ())
    >>> document(empty)[:19]
    b'section,table,group'
    """
    listing = listing or Listing(dossier)
    lines = [",".join(COLUMNS)]
    bases = _bases(listing)
    for lead, cells in listing.rows:
        place = ",".join(map(_quoted, lead))
        lines += [
            f"{place},{_quoted(column)},{_gap(cell)}"
            if isinstance(cell, Gap)
            else f"{place},{_quoted(column)},{_value(cell)},{bases[number]}"
            for column, cell, number in cells
        ]
    lines.append("")
    return "\n".join(lines).encode("utf-8", "backslashreplace")


@lru_cache(_KEPT)
def _quoted(text: str) -> str:
    """A text as a field: safe in a spreadsheet, in quotation marks where CSV needs them."""
    return _field(spreadsheet(text))


def _field(text: str) -> str:
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _bases(listing: Listing) -> list[str]:
    """What stands after the value of a fact, ready for the line."""
    found: dict[tuple[SourceRef, ...], str] = {}
    made = []
    for fact in listing.bases:
        sources = found.get(fact.sources)
        if sources is None:
            sources = found[fact.sources] = _field(spreadsheet(sources_text(fact)))
        day = _day(fact.as_of) if fact.as_of else ""
        note = _quoted(fact.note) if fact.note else ""
        made.append(f"{fact.unit},{day},{note},{_rules(fact.rules)},{sources},,,")
    return made


def _gap(gap: Gap) -> str:
    words = map(_quoted, (gap.what, gap.why, gap.which_source_would_fill_it))
    return f",,,,{_rules(gap.rules)},,{','.join(words)}"


@lru_cache(_KEPT)
def _rules(rules: tuple[str, ...]) -> str:
    return _field(" ".join(rules))


@lru_cache(_KEPT)
def _day(day: date) -> str:
    return day.isoformat()


def _value(fact: Fact) -> str:
    """A number is written as it is: the apostrophe would turn a negative one into text."""
    value = fact.value
    if isinstance(value, str):
        return _quoted(value)
    if fact.unit in _NUMBERS:
        return f"{value}"
    return _quoted(fact.text if isinstance(value, bool) else f"{value}")


def sources_text(fact: Fact) -> str:
    """The sources of a fact: `label, place [SHA-256]`, several apart by ` | `."""
    return " | ".join(map(_source, fact.sources))


def _source(source: SourceRef) -> str:
    words = ", ".join(part for part in (source.label, source.place) if part)
    return (
        f"{words} [{source.content_id or source.link}]"
        if source.content_id or source.link
        else words
    )
