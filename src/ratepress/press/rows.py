"""The rows of a table as HTML, put together as text: a template takes six times as long.

Most of a page are rows. They leave out what HTML lets one leave out, the ends of cells and rows and
quotation marks, which are a sixth of a page. The slow twin, a template, is in tests/press/twins.
"""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache
from itertools import pairwise

from markupsafe import Markup

from ratepress.core.rules import Rule
from ratepress.press.footnotes import Marker
from ratepress.press.tables import CellView, Group, RowView, TableView
from ratepress.press.text import breakable, escaped

_KEPT = 1 << 13


def rows(view: TableView, root: str, pages: Container[str] = ()) -> Markup:
    """The `tbody` elements of a table; `root` leads from its page to the root of the site.

    A row that names what has one of `pages`, the addresses of the site, leads there.
    """
    made: list[str] = []
    for group in view.groups:
        made.append("<tbody>\n")
        if group.heading:
            span = len(view.columns) + 1 + view.has_source_column
            made.append(
                f"<tr class=group><th scope=rowgroup colspan={span}>"
                f"<span>{_broken(group.heading)}</span>\n"
            )
        made += _rows(group, root, pages, with_sources=view.has_source_column)
        made.append("</tbody>\n")
    return Markup("".join(made))  # noqa: S704  # every text in it went through `escaped` or `_broken`


def _rows(group: Group, root: str, pages: Container[str], *, with_sources: bool) -> list[str]:
    made = []
    for before, row in pairwise((None, *group.rows)):
        if row is None:
            continue
        of = _of(row, before) if row.group and not group.heading else ""
        note = f"<small>{_broken(row.note)}</small>" if row.note else ""
        # The style sheet aligns numbers by the place of their column, which a gap over several
        # columns moves.
        is_moved = any(one.span > 1 for one in row.cells)
        cells = "".join([_cell(one, is_moved) for one in row.cells])
        sources = _source(row.marker) if with_sources else ""
        head = _broken(row.head)
        if row.link and row.link in pages:
            head = f'<a href="{root}{row.link}/index.html">{head}</a>'
        kind = " class=moved" if is_moved else ""
        made.append(f"<tr{kind}><th scope=row>{of}{head}{note}{cells}{sources}\n")
    return made


def _of(row: RowView, before: RowView | None) -> str:
    again = " again" if before is not None and before.group == row.group else ""
    return f'<span class="of{again}">{_broken(row.group)}</span>'


def _cell(one: CellView, is_moved: bool) -> str:
    if one.kind == "none":
        return "<td>"
    kind = " class=n" if is_moved and one.is_number else ""
    if one.gap is not None:
        if one.kind == "reason":
            return (
                f"<td class=reason colspan={one.span}>"
                f"<a class=gap href=#{one.gap.anchor}>{escaped(one.text)}</a>"
            )
        return f"<td{kind}><a class=gap href=#{one.gap.anchor}>—</a>"
    if one.kind == "date":
        kind = " class=d"
    if one.kind == "verdict":
        kind = f" class={one.text.replace(' ', '-')}"
    if one.tip:
        shown = f'<span class=tip title="{escaped(one.tip)}">{_broken(one.text)}</span>'
    else:
        shown = _broken(one.text)
    marker = f"<sup class=src>{_numbers(one.marker, ',')}</sup>" if one.marker else ""
    note = f"<small>{_broken(one.note)}</small>" if one.note else ""
    return f"<td{kind}>{shown}{marker}{note}"


def _numbers(marker: Marker, between: str) -> str:
    found = [f"<a href=#s{one.number}>{one.number}</a>" for one in marker.references]
    if marker.more_sources:
        found.append(f"<a href=#sources>+{marker.more_sources}</a>")
    return between.join(found)


def _source(marker: Marker) -> str:
    rules = " " + _rules(marker.rules) if marker.rules else ""
    return f"<td class=source>{_numbers(marker, '')}{rules}"


def _rules(rules: tuple[Rule, ...]) -> str:
    return " ".join(f"<a href=#rule-{rule.id}>{rule.id}</a>" for rule in rules)


@lru_cache(_KEPT)
def _broken(text: str) -> str:
    return str(breakable(text))
