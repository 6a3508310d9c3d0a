"""The dossier as a page: Jinja2 templates that print what it holds and fixed labels, no script.

Every text of a dossier passes `visible` and is escaped by Jinja, wherever a template prints it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from itertools import count
from typing import NamedTuple

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

from ratepress.core.errors import RatepressError
from ratepress.core.facts import Fact, Gap
from ratepress.core.rules import Rule
from ratepress.dossier.model import Dossier, Profile, Section, Sentence, SourceFile
from ratepress.press import charts, tables
from ratepress.press.columns import filled
from ratepress.press.facets import facets
from ratepress.press.footnotes import MISSING, Footnotes, GapGroup, is_editorial
from ratepress.press.linked import dataset
from ratepress.press.rows import rows
from ratepress.press.shorten import HEAVIEST, ROOMS, Room, Shown, shorten
from ratepress.press.squeeze import Squeezed
from ratepress.press.text import breakable, in_words, printed, safe_link, visible

STYLE = "assets/style.css"
ASSETS = ("style.css", "page.js", "icon.svg")
_DESCRIPTION_LENGTH = 300
_KEPT = 1 << 13
_GOES_ON = re.compile(r"[\d,.]*\d")


FORMATS = ("json", "csv", "xlsx")
"""What every page has beside it."""


def page(
    dossier: Dossier | Profile,
    *,
    pages: Container[str] = (),
    notes: Footnotes | None = None,
) -> str:
    """The HTML of a dossier or a profile, for the place `<address>/index.html`.

    `pages` are the addresses of the site: a row that names what has one of them leads there.
    `notes` are those of the same dossier, where they are made already.

    >>> from ratepress.core.facts import Fact
    >>> empty = Dossier("cpt", "32557", "Chest drain", date(2026, 7, 15), "balanced", "1",
    ...                 (Section("summary", "Summary"),), ())
    >>> "<h1" in page(empty)
    True
    """
    notes = notes or Footnotes(dossier)
    made = ""
    for room in ROOMS:
        made = _page(dossier, pages, notes, room)
        if len(made.encode()) < HEAVIEST:
            break
    return made


def _page(dossier: Dossier | Profile, pages: Container[str], notes: Footnotes, room: Room) -> str:
    notes.point_to_none()
    return render(
        "page.html.j2",
        root="../" * (dossier.address.count("/") + 1),
        dossier=dossier,
        head=_head(dossier),
        base=dossier.address.rpartition("/")[2],
        pages=pages,
        formats=FORMATS,
        notes=notes,
        sections=_sections(dossier, notes, room),
        description=_description(dossier),
        linked_data=dataset(dossier, _description(dossier), FORMATS),
    )


def rule_page(rule: Rule) -> str:
    """The HTML of one rule's record, for the place `rule/<ID>/index.html`.

    >>> from ratepress.core.rules import rule
    >>> "linear interpolation" in rule_page(rule("M05"))
    True
    """
    link = safe_link(rule.source.link)
    return render("rule.html.j2", root="../../", rule=rule, link=link)


def error_page(error: RatepressError, wait: int = 0) -> str:
    """What a service shows where it has no page; with `wait` it is asked for again in seconds.

    >>> from ratepress.core.errors import UsageError
    >>> "<h1" in error_page(UsageError("There is no such page", todo="begin at the front page"))
    True
    """
    stated = {name: getattr(error, name) for name in ("message", "found", "expected", "todo")}
    return render("error.html.j2", root="/", wait=wait, **stated)


def style() -> bytes:
    """The style sheet that all pages share, for the place `assets/style.css`."""
    return asset("style.css")


def asset(name: str) -> bytes:
    """A file that all pages share, for the place `assets/<name>`."""
    return (resources.files("ratepress.press") / "assets" / name).read_bytes()


class _Section:
    """A section with its charts and tables made ready for the template.

    `findings` are those of the charts that are not drawn.
    """

    def __init__(
        self,
        section: Section,
        shown: Sequence[Shown],
        notes: Footnotes,
        numbers: Iterator[int],
        room: Room,
    ) -> None:
        self.section = section
        self.id = section.id
        self.title = section.title
        drawn = [(chart, charts.view(chart, notes, next(numbers)))
                 for chart in charts.drawn(section.charts, room.strips)]  # fmt: skip
        self.charts = [view for _, view in drawn if view is not None]
        shapes = [chart for chart, view in drawn if view is not None]
        self.findings = [
            chart.finding for chart in section.charts if not any(chart is one for one in shapes)
        ]
        self.tables = [tables.view(table, notes) for table in shown]
        self.cut = {table.table.id for table in shown if table.of}
        self.missing = _missing(section, notes)


class _Missing(NamedTuple):
    """What a section lacks for one reason: `group` is where section 10 says so."""

    what: list[str]
    more: int
    group: GapGroup


def _missing(section: Section, notes: Footnotes) -> list[_Missing]:
    """The gaps of a section, those with one reason and one cure together."""
    found: dict[str, tuple[GapGroup, list[str]]] = {}
    for gap in section.gaps:
        group = notes.gap(gap)
        names = found.setdefault(group.anchor, (group, []))[1]
        if gap.what not in names:
            names.append(gap.what)
    return [
        _Missing(names[:MISSING], len(names[MISSING:]), group)
        if len(names) > MISSING + 1
        else _Missing(names, 0, group)
        for group, names in found.values()
    ]


def _sections(dossier: Dossier | Profile, notes: Footnotes, room: Room) -> list[_Section]:
    whole = [[filled(table) for table in section.tables] for section in dossier.sections]
    shown = shorten(whole, room)
    pairs = zip(dossier.sections, shown, strict=True)
    numbers = count(1)
    return [_Section(section, of_it, notes, numbers, room) for section, of_it in pairs]


class _Head(NamedTuple):
    """What stands over a page: a small word, a large one, the name, and all of it in one line."""

    kicker: str
    large: str
    name: str
    line: str


def _head(dossier: Dossier | Profile) -> _Head:
    if isinstance(dossier, Profile):
        kind, name = dossier.kind.capitalize(), dossier.label
        if dossier.kind in ("family", "quality"):  # Named by us, in words that begin small.
            name = name[:1].upper() + name[1:]
        return _Head(kind, "", name, f"{kind}: {name}")
    system = dossier.system.upper()
    line = f"{system} {dossier.code}"
    if dossier.label == line:  # No words of ours for it: its name is its number.
        return _Head(system, dossier.code, "", line)
    return _Head(system, dossier.code, dossier.label, f"{line}: {dossier.label}")


def _description(dossier: Dossier | Profile) -> str:
    """The first sentence of the page, for search engines and previews."""
    sentences = (s.text for section in dossier.sections for s in section.sentences)
    text = f"{_head(dossier).line}. {next(sentences, '')}"
    return visible(text.strip())[:_DESCRIPTION_LENGTH]


def render(template: str, **values: object) -> str:
    """A template of this room with its values; every text is made visible and escaped."""
    found = _environment().get_template(template)
    context = found.new_context(values)
    try:
        return "".join(found.root_render_func(context))
    finally:
        # Macros know the context and it knows them: left so, a page would wait for the collector.
        context.vars.clear()


class _Writer(CodeGenerator):
    """Templates that print each value with one call; Jinja's own take four, half of their time.

    Both methods belong to Jinja's compiler. Were they to go, its own calls would do the same work.
    """

    def _output_child_pre(self, *_: object) -> None:
        self.write("environment.printed(")

    def _output_child_post(self, *_: object) -> None:
        self.write(")")


class _Environment(Environment):
    code_generator_class = _Writer
    printed = staticmethod(printed)


@cache
def _environment() -> Environment:
    environment = _Environment(
        loader=PackageLoader("ratepress.press"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=[Squeezed],
    )
    environment.filters |= {
        "amounts": _amounts,
        "breakable": breakable,
        "described": _described,
        "facets": facets,
        "in_words": in_words,
        "long_date": _long_date,
        "rows": rows,
        "safe_link": safe_link,
        "thousands": _thousands,
    }
    environment.tests |= {"gap": _is_gap, "editorial": is_editorial}
    return environment


def _shown(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def _described(file: SourceFile, root: str) -> Markup:
    """What is said of a file; `root` leads to the root of a site that has its page, else empty."""
    return _described_once(msgspec.json.encode(file), root)


@lru_cache(_KEPT)
def _described_once(encoded: bytes, root: str) -> Markup:
    """The same of the file's JSON: a page names some twenty files, and others name them too."""
    file = msgspec.json.decode(encoded, type=SourceFile)
    made: Markup = _environment().get_template("file.html.j2").module.file_facts(file, root)  # type: ignore[attr-defined]
    return made


def _is_gap(cell: Fact | Gap) -> bool:
    return isinstance(cell, Gap)


def _amounts(sentence: Sentence) -> Markup:
    """A sentence with the amounts that its facts state set apart, so that an eye finds them."""
    amounts = {f.text for f in sentence.facts if f.unit in ("USD", "% of Medicare")}
    text = visible(sentence.text)
    # Of two that begin at one place the longer; a pattern would be compiled for each sentence.
    places = sorted((at, -len(one)) for one in amounts for at in _places(text, one))
    parts, end = [], 0
    for at, length in places:
        if at >= end:
            parts += [escape(text[end:at]), Markup("<b>{}</b>").format(text[at : at - length])]
            end = at - length
    return Markup("").join([*parts, escape(text[end:])])


def _places(text: str, amount: str) -> Iterator[int]:
    """Where an amount stands in a text, and is not the beginning of a longer one."""
    at = text.find(amount)
    while at >= 0:
        if not _GOES_ON.match(text, at + len(amount)):
            yield at
        at = text.find(amount, at + 1)


def _long_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _thousands(number: int) -> str:
    return f"{number:,}"
