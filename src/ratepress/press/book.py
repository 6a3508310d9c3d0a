"""A whole site as its parts, each made when it is asked for: what `publish` writes one after the
other, the service makes one by one.

`Ground` is known from the files of a lake in little time; `Book` needs a record of every code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial

from ratepress.codes.argument import CodeRef
from ratepress.core.rules import Rule, registry
from ratepress.dossier.descriptions import NOTICE
from ratepress.dossier.model import Profile
from ratepress.dossier.profiles.families import families
from ratepress.dossier.profiles.hospitals import hospitals, states
from ratepress.dossier.profiles.payers import payers
from ratepress.dossier.profiles.quality import quality
from ratepress.dossier.profiles.sources import sources
from ratepress.dossier.profiles.survey import Survey
from ratepress.dossier.record import Record
from ratepress.press import html, lists, search
from ratepress.press.crew import Pages
from ratepress.press.edition import Edition
from ratepress.press.files import is_plain

OF_FILES: dict[str, Callable[[Survey], list[Profile]]] = {
    "source": sources,
    "hospital": hospitals,
    "state": states,
}
"""The kinds of profile that are made of the files of a lake alone."""


def fixed_files() -> Iterator[tuple[str, lists.Maker]]:
    """What every site has, whatever its lake holds: style, rules, method and glossary.

    >>> dict(fixed_files())["rule/M05/index.html"]()[:15]
    b'<!doctype html>'
    """
    for address, content in lists.assets():
        yield address, partial(bytes, content)
    for rule_id, rule in registry().items():
        yield f"rule/{rule_id}/index.html", partial(_rule, rule)
    yield "method/index.html", lists.method_page
    yield "glossary/index.html", lists.glossary_page
    yield search.PROSE, lists.prose_file


def _rule(rule: Rule) -> bytes:
    return html.rule_page(rule).encode("utf-8")


def with_address(codes: Iterable[CodeRef]) -> list[CodeRef]:
    """The codes whose text can stand in an address; only these have a page.

    >>> with_address([CodeRef("cpt", "32557"), CodeRef("local", "a b")])
    [CodeRef(system='cpt', code='32557')]
    """
    return [code for code in codes if is_plain(code.system) and is_plain(code.code)]


def address_of(code: CodeRef) -> str:
    """The address of the page of a code: `code/cpt/32557`."""
    return f"code/{code.system}/{code.code}"


class Ground:
    """What the pages of a site refer to: the codes that have a page, and what files alone tell.

    `codes` are the addresses of code pages.

    >>> from datetime import date
    >>> from ratepress.lake.manifest import Manifest
    >>> ground = Ground(Survey(None, Manifest(), date(2026, 7, 15)), {"code/cpt/32557"})
    >>> "code/cpt/32557" in ground.pages, list(ground.profiles)
    (True, [])
    """

    def __init__(self, survey: Survey, codes: Iterable[str]) -> None:
        self.survey = survey
        self.pages = Pages(frozenset(codes))

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        """The pages of sources, hospitals and states, by address; sources come first."""
        made = (one for make in OF_FILES.values() for one in make(self.survey))
        return {one.address: one for one in made}


class Book:
    """The pages that need a record of every code: lists, payers, families, search, map and feed.

    `files` makes each list at its place; they are to be written in this order, the front page last.
    """

    def __init__(self, ground: Ground, records: Sequence[Record], edition: Edition) -> None:
        self.ground = ground
        self.records = tuple(sorted(records, key=lambda one: (one.system, one.code)))
        self._edition = edition
        survey = ground.survey
        over_codes = [
            *payers(self.records, survey),
            *families(self.records, survey),
            quality(self.records, survey),
        ]
        self.profiles = {one.address: one for one in over_codes}

    @property
    def pages(self) -> Pages:
        """The addresses that a page may lead to."""
        return self.ground.pages

    @cached_property
    def files(self) -> dict[str, lists.Maker]:
        """Every list with its place."""
        records, base = self.records, self._edition.base
        notice = NOTICE if self._edition.with_descriptions else ""
        kinds = {
            f"{kind}/index.html": partial(lists.kind_page, kind, self.items[kind])
            for kind in lists.KINDS
        }
        return {
            **kinds,
            **lists.code_lists(records),
            **{place: partial(bytes, content) for place, content in self._search.items()},
            "sitemap.xml": lambda: lists.site_map(records, self._all_profiles, base),
            "feed.xml": lambda: lists.feed(records, self.ground.survey, base),
            "index.html": lambda: lists.front(records, self.items, notice=notice),
        }

    @cached_property
    def items(self) -> dict[str, tuple[lists.Item, ...]]:
        """The lines of each kind's list."""
        return {
            kind: lists.items_of(one for one in self._all_profiles if one.kind == kind)
            for kind in lists.KINDS
        }

    @cached_property
    def _search(self) -> dict[str, bytes]:
        return dict(
            lists.search_files(
                self.records, self.items, with_descriptions=self._edition.with_descriptions
            )
        )

    @property
    def _all_profiles(self) -> tuple[Profile, ...]:
        return (*self.ground.profiles.values(), *self.profiles.values())
