"""The numbers by which a page refers to its sources, rules and gaps: idea 4 made visible.

A source is numbered where it first appears. A file has one number however many of its rows are
cited; the place of each stands in the tip of its marker, in the CSV and in the JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import chain

import msgspec

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.core.rules import Rule, registry, rule
from ratepress.dossier.model import Dossier, Profile, SourceFile, cells_of
from ratepress.press.text import safe_link, visible

SHOWN = 3
LISTED = 60
"""As many sources are listed though no number on the page points to them."""
_PLACES_LENGTH = 40
MISSING = 4
"""So many of the names of what is missing for one reason are listed."""


@dataclass
class Entry:
    """One numbered source: a file of the lake, or a document that is cited."""

    number: int
    label: str
    link: str | None
    file: SourceFile | None
    places: dict[str, None] = field(default_factory=dict)

    @property
    def shown_places(self) -> str:
        """The first places cited, and how many more there are."""
        listed: list[str] = []
        for place in self.places:
            if listed and len("; ".join([*listed, place])) > _PLACES_LENGTH:
                break
            listed.append(visible(place))
        more = len(self.places) - len(listed)
        return "; ".join(listed) + (f"; and {more:,} more" if more else "")


class Reference(msgspec.Struct, frozen=True, gc=False):
    """One number of a marker, and what stands in its tip: the source, the first places in it."""

    number: int
    label: str
    places: str


class Marker(msgspec.Struct, frozen=True, gc=False):
    """The small print beside a value: up to three sources and rules, and how many are left."""

    references: tuple[Reference, ...] = ()
    more_sources: int = 0
    rules: tuple[Rule, ...] = ()
    more_rules: int = 0

    def __bool__(self) -> bool:
        return bool(self.references or self.rules)


class GapGroup(msgspec.Struct, frozen=True, gc=False):
    """Gaps that have one reason and one cure; `anchor` is where they stand in section 10."""

    anchor: str
    why: str
    fill: str
    rules: tuple[Rule, ...]
    missing: list[str]

    @property
    def shown(self) -> list[str]:
        """What is missing, or the first of it where that is much."""
        # One name takes no more room than the words that there is one more.
        return self.missing[: MISSING if len(self.missing) > MISSING + 1 else None]

    @property
    def more(self) -> int:
        """How much more is missing than `shown`."""
        return len(self.missing) - len(self.shown)


class Footnotes:
    """The numbered sources, the cited rules and the grouped gaps of one dossier.

    Raises `UsageError` where a fact names a rule that no rulebook has.

    >>> from datetime import date
    >>> page = Dossier("cpt", "0", "", date(2026, 7, 15), "balanced", "1", (), ())
    >>> Footnotes(page).marker([Fact(1, "count", rules=("M02",))]).rules[0].id
    'M02'
    """

    def __init__(self, dossier: Dossier | Profile) -> None:
        self._files = {file.content_id: file for file in dossier.sources}
        self._entries: dict[tuple[str, ...], Entry] = {}
        self._gaps: dict[tuple[str, str], GapGroup] = {}
        self._pointed: set[int] = set()
        self._numbers: dict[tuple[SourceRef, ...], str] = {}
        self._markers: dict[tuple[object, object], Marker] = {}
        decided: set[tuple[str, ...]] = set()
        noted: set[tuple[SourceRef, ...]] = set()
        for section in dossier.sections:
            for cell in cells_of(section):
                decided.add(cell.rules)
                if isinstance(cell, Gap):
                    self._note_gap(cell)
                elif cell.sources not in noted:  # Most facts rest on what another rests on.
                    noted.add(cell.sources)
                    for source in cell.sources:
                        self._note_source(source)
        for file in dossier.sources:  # Listed even where no fact of the page cites it.
            self._note_source(SourceRef(file.name, file.content_id))
        cited = set(chain.from_iterable(decided))
        for rule_id in cited:
            rule(rule_id)  # Raises where no rulebook has it.
        self.rules = _in_order(cited)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The numbered sources in order."""
        return tuple(self._entries.values())

    @property
    def listed(self) -> tuple[Entry, ...]:
        """The sources that a page lists last: all where they are few, else those it points to.

        A source is pointed to by a `marker` that was asked for before.
        """
        if len(self._entries) <= LISTED:
            return self.entries
        return tuple(entry for entry in self.entries if entry.number in self._pointed)

    def point_to_none(self) -> None:
        """Forget which sources markers pointed to, for a page that is made once more."""
        self._pointed.clear()

    @property
    def gaps(self) -> tuple[GapGroup, ...]:
        """The grouped gaps in reading order."""
        return tuple(self._gaps.values())

    def gap(self, gap: Gap) -> GapGroup:
        """The group in section 10 that `gap` belongs to."""
        return self._gaps[gap.why, gap.which_source_would_fill_it]

    def number(self, source: SourceRef) -> int:
        """The number of a source."""
        return self._entries[_key(source)].number

    def numbers(self, sources: tuple[SourceRef, ...]) -> str:
        """The numbers of several sources, each once, in order."""
        found = self._numbers.get(sources)
        if found is None:
            found = ", ".join(map(str, sorted({self.number(source) for source in sources})))
            self._numbers[sources] = found
        return found

    def marker(self, facts: Iterable[Fact], *, with_rules: bool = True) -> Marker:
        """One marker for several facts: each source and rule once."""
        cited = list(facts)
        # Facts that rest on the same say nothing new, and most say what a marker said before.
        sources = tuple(dict.fromkeys(fact.sources for fact in cited))
        rules = tuple(dict.fromkeys(fact.rules for fact in cited)) if with_rules else ()
        found = self._markers.get((sources, rules))
        if found is None:
            found = self._markers[sources, rules] = self._marker(sources, rules)
        self._pointed.update(reference.number for reference in found.references)
        return found

    def _marker(
        self, cited: tuple[tuple[SourceRef, ...], ...], decided: tuple[tuple[str, ...], ...]
    ) -> Marker:
        labels: dict[int, str] = {}
        places: dict[int, dict[str, None]] = {}
        for source in chain.from_iterable(cited):
            number = self.number(source)
            labels.setdefault(number, visible(source.label))
            if source.place:
                places.setdefault(number, {})[visible(source.place)] = None
        references = tuple(
            Reference(number, label, "; ".join(list(places.get(number, ()))[:SHOWN]))
            for number, label in sorted(labels.items())
        )
        rules = _in_order(chain.from_iterable(decided))
        return Marker(
            references[:SHOWN],
            max(0, len(references) - SHOWN),
            rules[:SHOWN],
            max(0, len(rules) - SHOWN),
        )

    def _note_source(self, source: SourceRef) -> None:
        key = _key(source)
        entry = self._entries.get(key)
        if entry is None:
            file = self._files.get(source.content_id) if source.content_id else None
            label = source.label
            if file is not None and file.incomplete_at is not None:
                label += " (incomplete file)"
            entry = Entry(len(self._entries) + 1, label, safe_link(source.link), file)
            self._entries[key] = entry
        if source.place:
            entry.places.setdefault(source.place)
        if source.link and entry.link is None:
            entry.link = safe_link(source.link)

    def _note_gap(self, gap: Gap) -> None:
        group = self._gaps.get((gap.why, gap.which_source_would_fill_it))
        if group is None:
            anchor = f"gap-{len(self._gaps) + 1}"
            group = GapGroup(anchor, gap.why, gap.which_source_would_fill_it, rules_of([gap]), [])
            self._gaps[gap.why, gap.which_source_would_fill_it] = group
        if gap.what not in group.missing:
            group.missing.append(gap.what)


def rules_of(cells: Iterable[Fact | Gap]) -> tuple[Rule, ...]:
    """The rules of some cells, each once, in the order of their ids."""
    return _in_order(chain.from_iterable({cell.rules for cell in cells}))


def _in_order(rule_ids: Iterable[str]) -> tuple[Rule, ...]:
    wanted = set(rule_ids)
    order = _order()
    return tuple(
        registry()[rule_id] for rule_id in sorted(wanted & order.keys(), key=order.__getitem__)
    )


@cache
def _order() -> dict[str, int]:
    return {rule_id: at for at, rule_id in enumerate(registry())}


def is_editorial(fact: Fact) -> bool:
    """Whether a fact is our own wording and not a published figure."""
    return any(source.is_editorial for source in fact.sources)


def _key(source: SourceRef) -> tuple[str, ...]:
    if source.content_id:
        return ("file", source.content_id)
    return ("document", source.label, source.link or "")
