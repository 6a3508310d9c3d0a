"""What a dossier is: eleven sections of sentences, tables and charts, made of Facts and Gaps only.

A cell of a table is a Fact or a Gap. A row starts with a plain label, which names and never
states. Faces (HTML, JSON, CSV) print this tree and compute nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from hashlib import blake2b

import msgspec

from ratepress.core.facts import Fact, Gap

Cell = Fact | Gap
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\Z")


def plain_id(text: str) -> str:
    """`text` where an address can hold it, else its letters and digits and a hash.

    >>> plain_id("aetna"), plain_id("mercy, GA").rpartition("-")[0]
    ('aetna', 'mercy-GA')
    """
    if _PLAIN.match(text):
        return text
    words = "-".join(re.findall(r"[A-Za-z0-9]+", text))[:60].strip("-") or "x"
    return f"{words}-{blake2b(text.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"


def payer_address(payer_id: str) -> str:
    """The address of the page of a payer: `payer/aetna`."""
    return f"payer/{plain_id(payer_id)}"


def source_address(content_id: str) -> str:
    """The address of the page of a file of the lake: `source/` and the first of its id.

    >>> source_address("0123456789abcdef0123")
    'source/0123456789abcdef'
    """
    return f"source/{content_id[:16]}"


class Sentence(msgspec.Struct, frozen=True, gc=False):
    """A sentence made by a template, and the facts it states."""

    text: str
    facts: tuple[Fact, ...]


class Labelled(msgspec.Struct, frozen=True, gc=False):
    """One fact or gap under its label."""

    label: str
    cell: Cell


class Row(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One row of a table. `group` starts a new group of rows where it changes.

    `cells` has one entry for each of the table's columns; None where a column does not apply.
    `link` is the address of the page about what the label names, `payer/aetna`.
    """

    label: str
    cells: tuple[Cell | None, ...]
    group: str | None = None
    note: str | None = None
    link: str | None = None


class DataTable(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A table: `stub` heads the labels, `columns` the cells; `note` stands below it."""

    id: str
    title: str
    stub: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str | None = None


class Mark(msgspec.Struct, frozen=True, gc=False):
    """One dot of a strip: a fact, and what a reader sees on pointing at it."""

    label: str
    fact: Fact


class Strip(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One line of a strip chart: its dots, and the percentiles where there are enough votes."""

    label: str
    n: Fact
    marks: tuple[Mark, ...] = ()
    quantiles: tuple[Labelled, ...] = ()


class StripChart(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag="strips"):
    """Prices on one scale. `finding` is the title; `reference` a vertical line (Medicare).

    `table_id` names the table that states the same numbers.
    """

    id: str
    finding: Sentence
    strips: tuple[Strip, ...]
    table_id: str
    reference: Labelled | None = None
    note: str | None = None


class Bar(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One bar from zero: what it is made of, and the whole. `is_loss`: what a step leaves out."""

    label: str
    total: Fact
    parts: tuple[Labelled, ...] = ()
    is_loss: bool = False


class BarChart(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag="bars"):
    """Bars on one scale that starts at zero; `finding` and `table_id` as in `StripChart`."""

    id: str
    finding: Sentence
    bars: tuple[Bar, ...]
    table_id: str
    note: str | None = None


class Panel(msgspec.Struct, frozen=True, gc=False):
    """One amount over the years, oldest first; labels are years."""

    label: str
    points: tuple[Labelled, ...]


class YearChart(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag="years"):
    """Amounts side by side in years, a panel for each kind; each panel's scale starts at zero."""

    id: str
    finding: Sentence
    panels: tuple[Panel, ...]
    table_id: str
    note: str | None = None


class Tile(msgspec.Struct, frozen=True, gc=False):
    """One state: its postal code, its median or the reason for none, and its votes."""

    state: str
    median: Cell
    n: Fact


class TileMap(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag="tiles"):
    """The states as tiles of one size; `tiles` has those of which anything is published."""

    id: str
    finding: Sentence
    tiles: tuple[Tile, ...]
    table_id: str
    note: str | None = None


class Pair(msgspec.Struct, frozen=True, gc=False):
    """One price as two files state it."""

    label: str
    x: Fact
    y: Fact


class ScatterChart(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag="scatter"):
    """Pairs of amounts on one scale for both directions: on the diagonal both are equal."""

    id: str
    finding: Sentence
    pairs: tuple[Pair, ...]
    x_label: str
    y_label: str
    table_id: str
    note: str | None = None


Chart = StripChart | BarChart | YearChart | TileMap | ScatterChart


class Section(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One of the eleven sections; `id` is its anchor and stays stable."""

    id: str
    title: str
    sentences: tuple[Sentence, ...] = ()
    facts: tuple[Labelled, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[DataTable, ...] = ()
    gaps: tuple[Gap, ...] = ()


class SourceFile(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One file of the lake that this dossier rests on; facts refer to it by `content_id`."""

    content_id: str
    name: str
    publisher: str
    kind: str
    row_is: str
    bytes: int
    read: int
    loaded: int
    set_aside: dict[str, int]
    origins: tuple[str, ...]
    declared_version: str | None = None
    detected_version: str | None = None
    published_on: date | None = None
    release: str | None = None
    effective_from: date | None = None
    incomplete_at: str | None = None

    @property
    def page(self) -> str:
        """The address of the page about the file."""
        return source_address(self.content_id)


class Dossier(msgspec.Struct, frozen=True):
    """Everything known about one code at one date.

    `label` is our own plain words for the service, never the schedule's descriptor.
    """

    system: str
    code: str
    label: str
    as_of: date
    strength: str
    method_version: str
    sections: tuple[Section, ...]
    sources: tuple[SourceFile, ...]

    @property
    def address(self) -> str:
        """The stable address of its page: `code/cpt/32557`."""
        return f"code/{self.system}/{self.code}"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from ratepress.dossier.notebook import dossier_html

        return dossier_html(self)

    def section(self, section_id: str) -> Section:
        """The section of that id."""
        return next(s for s in self.sections if s.id == section_id)


class Profile(msgspec.Struct, frozen=True):
    """What is known about a payer, a hospital, a state, a family or a source at one date.

    As a dossier it is a tree of facts and gaps; `kind` and `id` are its address.
    """

    kind: str
    id: str
    label: str
    as_of: date
    strength: str
    method_version: str
    sections: tuple[Section, ...]
    sources: tuple[SourceFile, ...] = ()

    @property
    def address(self) -> str:
        """The stable address of its page: `payer/aetna`."""
        return f"{self.kind}/{self.id}"


def cells_of(section: Section) -> Iterator[Cell]:
    """Every Fact and Gap of a section, in reading order."""
    for sentence in section.sentences:
        yield from sentence.facts
    yield from (labelled.cell for labelled in section.facts)
    for chart in section.charts:
        yield from chart.finding.facts
        yield from _drawn(chart)
    for table in section.tables:
        for row in table.rows:
            yield from (cell for cell in row.cells if cell is not None)
    yield from section.gaps


def _drawn(chart: Chart) -> Iterator[Cell]:
    """Every Fact and Gap that a chart draws, its finding's apart."""
    if isinstance(chart, StripChart):
        if chart.reference:
            yield chart.reference.cell
        for strip in chart.strips:
            yield strip.n
            yield from (mark.fact for mark in strip.marks)
            yield from (quantile.cell for quantile in strip.quantiles)
    elif isinstance(chart, BarChart):
        for bar in chart.bars:
            yield from (part.cell for part in bar.parts)
            yield bar.total
    elif isinstance(chart, YearChart):
        yield from (point.cell for panel in chart.panels for point in panel.points)
    elif isinstance(chart, TileMap):
        for tile in chart.tiles:
            yield from (tile.median, tile.n)
    else:
        for pair in chart.pairs:
            yield from (pair.x, pair.y)


def gaps_of(sections: tuple[Section, ...]) -> list[Gap]:
    """Every different gap of the sections, in reading order."""
    found: dict[tuple[str, str], Gap] = {}
    for section in sections:
        for cell in cells_of(section):
            if isinstance(cell, Gap):
                found.setdefault((cell.what, cell.why), cell)
    return list(found.values())
