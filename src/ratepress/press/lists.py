"""The pages that lead to others: the front page, lists of codes, payers, hospitals and sources,
method and glossary, the index of the search, the site map and the feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from importlib import resources
from itertools import groupby
from typing import NamedTuple

from ratepress.core.rules import registry
from ratepress.dossier.model import Profile
from ratepress.dossier.profiles.families import families
from ratepress.dossier.profiles.hospitals import hospitals, states
from ratepress.dossier.profiles.payers import payers
from ratepress.dossier.profiles.quality import quality
from ratepress.dossier.profiles.sources import sources
from ratepress.dossier.profiles.survey import Survey
from ratepress.dossier.record import Record
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
_KINDS = {
    "payer": ("Payers", "Payers whose prices the files state."),
    "hospital": ("Hospitals", "Hospitals whose price file is in the lake."),
    "state": ("States", "States with a hospital in the lake or a locality of Medicare's."),
    "family": ("Families of services", "Ranges of codes that belong together."),
    "source": ("Sources", "Every file that these pages rest on."),
}


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


def reference_pages() -> Iterator[tuple[str, str]]:
    """The method with every rule by family, and the glossary."""
    by_family = groupby(registry().values(), key=lambda rule: rule.id[0])
    listed = [(next(iter(rules)), rules) for rules in (tuple(group) for _, group in by_family)]
    yield (
        "method/index.html",
        html.render(
            "method.html.j2", root="../", families=[(r.family, rules) for r, rules in listed]
        ),
    )
    yield "glossary/index.html", html.render("glossary.html.j2", root="../", terms=terms())


def source_profiles(survey: Survey) -> list[Profile]:
    """The pages of the files, to which code pages refer."""
    return sources(survey)


def profiles(records: Sequence[Record], survey: Survey) -> list[Profile]:
    """The pages over many codes: payers, hospitals, states, families, and the quality of all."""
    return [
        *payers(records, survey),
        *hospitals(survey),
        *states(survey),
        *families(records, survey),
        quality(records, survey),
    ]


def list_pages(
    records: Sequence[Record], made: Sequence[Profile], survey: Survey, base: str
) -> Iterator[tuple[str, bytes]]:
    """Every list with its place; the front page comes last."""
    items: dict[str, list[Item]] = {kind: [] for kind in _KINDS} | _items(made, survey)
    for kind, (title, words) in _KINDS.items():
        page = html.render(
            "list.html.j2", root="../", title=title, words=words, items=items[kind], parts=()
        )
        yield f"{kind}/index.html", page.encode("utf-8")
    systems = []
    for system, same in groupby(records, key=lambda record: record.system):
        held = list(same)
        systems.append((system, _SYSTEMS.get(system, system.upper()), held))
        yield from _codes(system, held)
    yield from search.index(_entries(records, items))
    as_of = max((record.as_of for record in records), default=None)
    pages = _addresses(records, made, survey, as_of)
    yield "sitemap.xml", feeds.site_map(pages, base)
    files = tuple(survey.files.values())
    yield "feed.xml", feeds.atom(files, records, as_of, base)
    yield "index.html", _front(records, systems, items, as_of).encode("utf-8")


def _items(made: Sequence[Profile], survey: Survey) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    listed = [*made, *sources(survey)]
    for one in listed:
        sentence = next((s.text for section in one.sections for s in section.sentences), "")
        found.setdefault(one.kind, []).append(Item(one.address, one.label, sentence))
    return {
        kind: sorted(items, key=lambda i: (i.name.lower(), i.address))
        for kind, items in found.items()
    }


def _codes(system: str, held: Sequence[Record]) -> Iterator[tuple[str, bytes]]:
    """The list of a system's codes, in parts where it is long."""
    title = _SYSTEMS.get(system, system.upper())
    cut = [held[at : at + PART] for at in range(0, len(held), PART)]
    root = "../../"
    parts = [
        Part(f"code/{system}/list-{n}.html", rows[0].code, rows[-1].code, len(rows))
        for n, rows in enumerate(cut, start=1)
    ]
    many = len(cut) > 1
    for part, rows in zip(parts, cut, strict=True):
        page = html.render(
            "codes.html.j2", root=root, title=title, part=part if many else None, records=rows,
            parts=(), system=system,
        )  # fmt: skip
        yield part.address if many else f"code/{system}/index.html", page.encode("utf-8")
    if many:
        page = html.render(
            "codes.html.j2", root=root, title=title, part=None, records=(), parts=parts,
            system=system,
        )  # fmt: skip
        yield f"code/{system}/index.html", page.encode("utf-8")


def _entries(records: Iterable[Record], items: dict[str, list[Item]]) -> Iterator[search.Entry]:
    for record in records:
        yield search.Entry(record.name, record.plain_label or "", record.address)
    for kind in ("payer", "hospital", "state", "family"):
        for item in items[kind]:
            yield search.Entry(item.name, kind, item.address)


def _addresses(
    records: Iterable[Record], made: Iterable[Profile], survey: Survey, as_of: date | None
) -> list[tuple[str, date]]:
    day = as_of or date.min
    fixed = ["index.html", "method/index.html", "glossary/index.html"]
    fixed += [f"{kind}/index.html" for kind in _KINDS]
    found = [(address, day) for address in fixed]
    found += [(record.href, record.as_of) for record in records]
    listed = [*made, *sources(survey)]
    found += [(f"{one.address}/index.html", one.as_of) for one in listed]
    found += [(f"rule/{rule_id}/index.html", rule.since) for rule_id, rule in registry().items()]
    return sorted(found)


def _front(
    records: Sequence[Record],
    systems: Sequence[tuple[str, str, Sequence[Record]]],
    items: dict[str, list[Item]],
    as_of: date | None,
) -> str:
    best = sorted(records, key=lambda r: (-sum(p.votes for p in r.payers), r.system, r.code))
    shown = records if len(records) <= FEW else [r for r in best if r.payers][:12]
    return html.render(
        "index.html.j2",
        root="",
        as_of=as_of,
        n_codes=len(records),
        shown=shown,
        is_whole=len(records) <= FEW,
        systems=[(system, title, len(held)) for system, title, held in systems],
        items=items,
        kinds=_KINDS,
    )
