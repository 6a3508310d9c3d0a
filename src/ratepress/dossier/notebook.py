"""A dossier in a notebook: its findings first, each section folded below, gaps in their place."""

from __future__ import annotations

from markupsafe import Markup

from ratepress.core.facts import Gap
from ratepress.core.notebook import shown, table_html
from ratepress.dossier.model import Cell, Dossier, Section


def dossier_html(dossier: Dossier) -> str:
    """The HTML of a dossier for a notebook: no script, no style, nothing from elsewhere.

    >>> from datetime import date
    >>> empty = Dossier("cpt", "32557", "<Drain>", date(2026, 7, 15), "balanced", "1", (), ())
    >>> dossier_html(empty)[:45]
    '<section><h3>CPT 32557: &lt;Drain&gt;</h3><p>'
    """
    about = f"As of {dossier.as_of}, filter strength {dossier.strength}"
    first, rest = dossier.sections[:1], dossier.sections[1:]
    parts = [_inside(section) for section in first]
    parts += [
        Markup("<details><summary>{}</summary>{}</details>").format(
            shown(section.title), _inside(section)
        )
        for section in rest
    ]
    title = f"{dossier.system.upper()} {dossier.code}"
    title += "" if dossier.label == title else f": {dossier.label}"
    return str(
        Markup("<section><h3>{}</h3><p>{}</p>{}</section>").format(
            shown(title), shown(about), Markup("").join(parts)
        )
    )


def _inside(section: Section) -> Markup:
    parts = [Markup("<p>{}</p>").format(shown(one.text)) for one in section.sentences]
    if section.facts:
        rows = [(one.label, _cell(one.cell)) for one in section.facts]
        parts.append(table_html("", ("", ""), rows))
    for table in section.tables:
        head = (table.stub, *table.columns)
        parts.append(
            table_html(table.title, head, [(r.label, *map(_cell, r.cells)) for r in table.rows])
        )
    parts += [Markup("<p><em>{}</em></p>").format(shown(_words(gap))) for gap in section.gaps]
    return Markup("").join(parts)


def _cell(cell: Cell | None) -> object:
    if isinstance(cell, Gap):
        return Markup("<em>{}</em>").format(shown(f"not available: {cell.why}"))
    return None if cell is None else cell.text


def _words(gap: Gap) -> str:
    fill = gap.which_source_would_fill_it
    return f"Not available: {gap.what}: {gap.why}. Would be filled by {fill}."
