"""The pages that lead to others: the front page, lists of codes, payers, hospitals and sources,
method and glossary, the index of the search, the site map and the feed.

Each is made by itself: which of them a site has, and of what, stands in `book`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from importlib import resources
from itertools import groupby
from typing import NamedTuple

from ratepress.codes.argument import CodeRef
from ratepress.core.rules import registry
from ratepress.dossier.editorial import editorial
from ratepress.dossier.model import Profile
from ratepress.dossier.profiles.survey import Survey
from ratepress.dossier.record import Record
from ratepress.market.payers import other_words
from ratepress.press import feeds, html, search
from ratepress.press.glossary import terms

PART = 500
"""So many codes stand in one part of a list."""
FEW = 60
"""With no more codes than this the front page lists them all."""
_SCRIPT = "assets/search.js"
_SYSTEMS = {
    "apc": "Hospital outpatient classes (APC)",
    "cdt": "Dental codes (CDT)",
    "cpt": "CPT codes",
    "drg": "DRGs of a version that is not stated",
    "hcpcs": "HCPCS Level II codes",
    "ms-drg": "Inpatient stays (MS-DRG)",
    "ndc": "Drugs (NDC)",
    "rc": "Revenue codes",
}
KINDS = {
    "payer": ("Payers", "Payers whose prices the files state."),
    "hospital": ("Hospitals", "Hospitals whose price file is in the lake."),
    "state": ("States", "States with a hospital in the lake or a locality of Medicare's."),
    "family": ("Families of services", "Ranges of codes that belong together."),
    "source": ("Sources", "Every file that these pages rest on."),
}
"""The kinds of page that have a list of their own, with its title and words."""


Maker = Callable[[], bytes]
"""Makes one file of a site when it is asked for."""


class Item(NamedTuple):
    """One line of a list: where it leads, its name, and what is said of it."""

    address: str
    name: str
    words: str


class Part(NamedTuple):
    """One part of the list of a system's codes: its place, and its first and last code."""

    address: str
    first: str
    last: str
    n: int


def assets() -> Iterator[tuple[str, bytes]]:
    """The style sheet and the script of the search."""
    yield from ((f"assets/{name}", html.asset(name)) for name in html.ASSETS)
    yield _SCRIPT, (resources.files("ratepress.press") / _SCRIPT).read_bytes()


def method_page() -> bytes:
    """The method with every rule by family, for the place `method/index.html`."""
    by_family = groupby(registry().values(), key=lambda rule: rule.id[0])
    listed = [(next(iter(rules)), rules) for rules in (tuple(group) for _, group in by_family)]
    families = [(rule.family, rules) for rule, rules in listed]
    return html.render("method.html.j2", root="../", families=families).encode("utf-8")


def prose_file() -> bytes:
    """What the search finds in the rules and the glossary, for the place `search.PROSE`.

    >>> b"M05 Percentiles by linear interpolation" in prose_file()
    True
    """
    return search.prose((*_rules_said(), *_words_said()))


def glossary_page() -> bytes:
    """The words, for the place `glossary/index.html`."""
    return html.render("glossary.html.j2", root="../", terms=terms()).encode("utf-8")


def items_of(profiles: Iterable[Profile]) -> tuple[Item, ...]:
    """A line for each profile, by name."""
    found = []
    for one in profiles:
        sentence = next((s.text for section in one.sections for s in section.sentences), "")
        found.append(Item(one.address, one.label, sentence))
    return tuple(sorted(found, key=lambda i: (i.name.lower(), i.address)))


def kind_page(kind: str, items: Sequence[Item]) -> bytes:
    """The list of the pages of one kind, for the place `<kind>/index.html`.

    >>> b"There is none in this lake" in kind_page("payer", ())
    True
    """
    title, words = KINDS[kind]
    return html.render(
        "list.html.j2", root="../", title=title, words=words, items=items, parts=()
    ).encode("utf-8")


def code_lists(records: Sequence[Record]) -> dict[str, Maker]:
    """The lists of each system's codes with their places, in parts where they are long."""
    found: dict[str, Maker] = {}
    for system, same in groupby(records, key=lambda record: record.system):
        found |= _codes(system, list(same))
    return found


def search_files(
    records: Iterable[Record],
    items: Mapping[str, Sequence[Item]],
    *,
    with_descriptions: bool = False,
) -> Iterator[tuple[str, bytes]]:
    """The index of the search, over the codes and the profiles that have a name of their own."""
    return search.index(_entries(records, items, with_descriptions=with_descriptions))


def site_map(records: Sequence[Record], profiles: Iterable[Profile], base: str) -> bytes:
    """Every page of a site with its date, for the place `sitemap.xml`."""
    day = newest(records) or date.min
    fixed = ["index.html", "method/index.html", "glossary/index.html"]
    fixed += [f"{kind}/index.html" for kind in KINDS]
    found = [(address, day) for address in fixed]
    found += [(record.href, record.as_of) for record in records]
    found += [(f"{one.address}/index.html", one.as_of) for one in profiles]
    found += [(f"rule/{rule_id}/index.html", rule.since) for rule_id, rule in registry().items()]
    return feeds.site_map(sorted(found), base)


def feed(records: Sequence[Record], survey: Survey, base: str) -> bytes:
    """The newest files, for the place `feed.xml`."""
    return feeds.atom(tuple(survey.files.values()), records, newest(records), base)


def front(
    records: Sequence[Record], items: Mapping[str, Sequence[Item]], *, notice: str = ""
) -> bytes:
    """The front page, for the place `index.html`; `notice` is said at its end."""
    best = sorted(records, key=lambda r: (-sum(p.votes for p in r.payers), r.system, r.code))
    shown = records if len(records) <= FEW else [r for r in best if r.payers][:12]
    held = Counter(record.system for record in records)
    return html.render(
        "index.html.j2",
        root="",
        as_of=newest(records),
        n_codes=len(records),
        shown=shown,
        is_whole=len(records) <= FEW,
        systems=[(system, _title(system), n) for system, n in held.items()],
        items=items,
        kinds=KINDS,
        notice=notice,
    ).encode("utf-8")


def newest(records: Iterable[Record]) -> date | None:
    """The newest as-of date of any page; None where there is no page."""
    return max((record.as_of for record in records), default=None)


def _title(system: str) -> str:
    return _SYSTEMS.get(system, system.upper())


def _codes(system: str, held: Sequence[Record]) -> dict[str, Maker]:
    """The list of one system's codes."""
    cut = [held[at : at + PART] for at in range(0, len(held), PART)]
    index = f"code/{system}/index.html"
    if len(cut) == 1:
        return {index: partial(_codes_page, system, records=held)}
    parts = [
        Part(f"code/{system}/list-{n}.html", rows[0].code, rows[-1].code, len(rows))
        for n, rows in enumerate(cut, start=1)
    ]
    found = {
        part.address: partial(_codes_page, system, records=rows, part=part)
        for part, rows in zip(parts, cut, strict=True)
    }
    return {**found, index: partial(_codes_page, system, parts=parts)}


def _codes_page(
    system: str,
    *,
    records: Sequence[Record] = (),
    part: Part | None = None,
    parts: Sequence[Part] = (),
) -> bytes:
    return html.render(
        "codes.html.j2", root="../../", title=_title(system), part=part, records=records,
        parts=parts, system=system,
    ).encode("utf-8")  # fmt: skip


def _rules_said() -> Iterator[search.Passage]:
    for rule in registry().values():
        said = f"{rule.decides} {rule.why}"
        yield search.Passage(f"{rule.id} {rule.name}", "rule", f"rule/{rule.id}", said)


def _words_said() -> Iterator[search.Passage]:
    for term in terms():
        said = " ".join(one.striptags() for one in term.paragraphs)
        yield search.Passage(term.word, "glossary", f"glossary#{term.anchor}", said)


def _entries(
    records: Iterable[Record], items: Mapping[str, Sequence[Item]], *, with_descriptions: bool
) -> Iterator[search.Entry]:
    for record in records:
        known = editorial(CodeRef(record.system, record.code))
        also = known.also if known else ""
        # A page of an earlier edition may have a description that this one does not show.
        words = (record.plain_label, record.description if with_descriptions else "")
        yield search.Entry(record.name, "; ".join(filter(None, words)), record.address, also)
    for kind in ("payer", "hospital", "state", "family"):
        for item in items[kind]:
            others = other_words(item.address.removeprefix("payer/")) if kind == "payer" else ()
            yield search.Entry(item.name, kind, item.address, " ".join(others))
