"""What every section is given: the code, the date, and the market's results for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import duckdb

from ratepress.codes.argument import CodeRef
from ratepress.coding.subject import Subject, find_subject
from ratepress.core.decimals import cents
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.changes import Change
from ratepress.dossier.editorial import Editorial, editorial, plain_label
from ratepress.dossier.words import line_words
from ratepress.lake.queries import mappings
from ratepress.market.benchmark import COMPARISON_KEY, Statistic, statistics
from ratepress.market.headline import best
from ratepress.market.statistic import DERIVED
from ratepress.medicare.facility import SYSTEMS, FacilityPrice, apc_price, facility_price
from ratepress.medicare.inpatient import drg_price
from ratepress.medicare.laboratory import laboratory_price

HEADLINE_LINE = "commercial"
MARKET_RULES = ("M01", "M02", "M03", "M04", "M05", "M06")


@dataclass(frozen=True)
class Context:
    """One code at one as-of date, on a connection on which `run_market` has run for it.

    `with_descriptions` is whether texts may be shown that files have for codes.
    """

    connection: duckdb.DuckDBPyConnection
    code: CodeRef
    as_of: date
    strength: str
    change: Change | None = None
    with_descriptions: bool = False

    @cached_property
    def editorial(self) -> Editorial | None:
        return editorial(self.code)

    @property
    def label(self) -> str:
        return plain_label(self.code)

    @cached_property
    def subject(self) -> Subject | Gap:
        """What decides about billing a CPT or HCPCS code; a Gap without a release or a row."""
        return find_subject(
            self.connection, self.code.code, self.as_of, f"Modifiers of {self.code.code}"
        )

    @cached_property
    def statistics(self) -> list[Statistic]:
        return statistics(self.connection, self.code, self.strength)

    @property
    def over_all_payers(self) -> list[Statistic]:
        """Each comparison key in the nation."""
        return [s for s in self._over_all if s.area_kind == "nation"]

    def in_states(self, nation: Statistic) -> list[Statistic]:
        """The statistics over all payers of a comparison key in each state, by postal code."""
        found = [s for s in self._over_all if s.area_kind == "state" and _key(s) == _key(nation)]
        return sorted(found, key=lambda s: s.area)

    @cached_property
    def _over_all(self) -> list[Statistic]:
        return [s for s in self.statistics if s.grain == "all payers"]

    @cached_property
    def headline(self) -> Statistic | None:
        """The commercial dollar benchmark, without modifier, that has the most votes."""
        return best(
            s for s in self.over_all_payers if s.line_of_business == HEADLINE_LINE and is_plain(s)
        )

    def per_payer(self, key_id: str) -> list[Statistic]:
        """The statistics of each payer in one comparison key, by name."""
        found = [s for s in self.statistics if s.grain == "payer" and s.key_id == key_id]
        return sorted(found, key=lambda s: s.payer)

    @cached_property
    def facility_prices(self) -> dict[str, FacilityPrice]:
        """What Medicare's systems of facilities pay for the code, by system; national."""
        system, code = self.code
        if system in ("cpt", "hcpcs"):
            found = [facility_price(self.connection, s, code, self.as_of) for s in SYSTEMS]
            test = laboratory_price(self.connection, code, self.as_of)
            return {one.system: one for one in (*found, test)}
        if system == "ms-drg":
            return {"IPPS": drg_price(self.connection, code, self.as_of)}
        return {"OPPS": apc_price(self.connection, code, self.as_of)} if system == "apc" else {}

    @cached_property
    def publishers(self) -> dict[str, str]:
        """Who published each file of the lake, by content id."""
        return {row["content_id"]: row["publisher"] for row in self.rows(_PUBLISHERS)}

    def rows(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Rows of a query over the lake's views and the market's steps, as mappings."""
        return mappings(self.connection, sql, parameters)

    def files_behind(self, statistic: Statistic) -> tuple[SourceRef, ...]:
        """The files whose prices count in a statistic."""
        return self._files.get((statistic.key_id, statistic.payer_id), ())

    @cached_property
    def _files(self) -> dict[tuple[str, str], tuple[SourceRef, ...]]:
        """By key and payer; under payer id '' over all payers."""
        asked = (self.strength, self.code.system, self.code.code)
        # Two questions and not a union: a batch asks each for all of its codes at once.
        rows = [row for sql in (_FILES_OF_KEYS, _FILES_OF_AREAS) for row in self.rows(sql, *asked)]
        rows.sort(key=lambda row: (row["publisher"] or "", row["content_id"]))
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in rows:
            for payer_id in (row["payer_id"], ""):
                named = found.setdefault((row["key_id"], payer_id), [])
                named.append((row["content_id"], row["publisher"]))
        return {whose: file_refs(named) for whose, named in found.items()}

    @cached_property
    def marks(self) -> dict[tuple[str, str], list[dict[str, Any]]]:
        """Distinct amounts by key and payer; under payer id '' over all payers."""
        found: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in self.rows(_MARKS, self.strength, self.code.system, self.code.code):
            found.setdefault((row["key_id"], row["payer_id"] or ""), []).append(row)
        return found

    @cached_property
    def published(self) -> list[dict[str, Any]]:
        """Rows of each payer, line of business, statement and file for this code."""
        return self.rows(_PUBLISHED, self.code.system, self.code.code)

    @cached_property
    def plan_lines(self) -> dict[str, list[dict[str, Any]]]:
        """By in-network file that states no line: what tables of contents say of it (F170)."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.rows(_PLAN_LINES):
            found.setdefault(row["content_id"], []).append(row)
        return found

    def lines_of(self, row: dict[str, Any]) -> tuple[str, ...]:
        """The lines of business in which a row of `published` stands."""
        stated = str(row["line_of_business"])
        named = self.plan_lines.get(row["content_id"], []) if stated == "unknown" else []
        return tuple(sorted({str(one["line_of_business"]) for one in named})) or (stated,)

    def sources_of(self, rows: Iterable[dict[str, Any]]) -> tuple[SourceRef, ...]:
        """One reference for each different file of `rows` (columns content_id, publisher)."""
        return file_refs((row["content_id"], row["publisher"]) for row in rows)


_FILES_OF_KEYS = """
SELECT DISTINCT c.key_id, c.payer_id, c.content_id, c.publisher
FROM counted_prices c JOIN comparison_keys k USING (key_id)
WHERE c.strength = ? AND k.code_system = ? AND k.code = ?
"""
_FILES_OF_AREAS = """
SELECT DISTINCT b.key_id, c.payer_id, c.content_id, c.publisher
FROM ballots b
JOIN cells a ON a.cell_id = b.key_id AND a.area_kind <> 'nation'
JOIN counted_prices c ON c.price_id = b.price_id AND c.strength = b.strength
JOIN comparison_keys k ON k.key_id = a.key_id
WHERE b.strength = ? AND k.code_system = ? AND k.code = ?
"""
_MARKS = """
SELECT c.key_id, c.payer_id, c.dollars, count(*) AS n_prices,
  arg_min(c.payer_name, c.price_id) AS payer_name, arg_min(c.plan_name, c.price_id) AS plan_name,
  arg_min(c.publisher, c.price_id) AS publisher, arg_min(c.content_id, c.price_id) AS content_id,
  arg_min(c.published_on, c.price_id) AS published_on, arg_min(c.place, c.price_id) AS place
FROM counted_prices c JOIN comparison_keys k USING (key_id)
WHERE c.strength = ? AND k.code_system = ? AND k.code = ?
GROUP BY GROUPING SETS ((c.key_id, c.dollars), (c.key_id, c.payer_id, c.dollars))
ORDER BY c.key_id, c.payer_id, c.dollars
"""
_PUBLISHED = """
SELECT payer_id, payer, payer_name, plan_name, line_of_business, statement, billing_class, setting,
  published_by, publisher, published_on, content_id, standing, count(*) AS n_rows
FROM published_rates
WHERE code_system = ? AND code = ?
GROUP BY ALL
ORDER BY ALL
"""

_PUBLISHERS = "SELECT content_id, publisher FROM contents"
_PLAN_LINES = """
SELECT p.*, c.publisher
FROM plan_lines p
JOIN contents c ON c.content_id = p.toc_content_id
ORDER BY ALL
"""


def _key(statistic: Statistic) -> tuple[str, ...]:
    """What a comparison key is made of, wherever its voters are."""
    return tuple(getattr(statistic, name) for name in COMPARISON_KEY)


def is_plain(statistic: Statistic, *, of_drug: bool = False) -> bool:
    """Whether the key is the unmodified service itself, priced by the service or the case.

    With `of_drug`, also one that is priced by so many units of a drug.
    """
    return (
        statistic.modifiers == ""
        and statistic.statement == "dollar"
        and statistic.price_unit in ("service", "case")
        and (of_drug or statistic.drug_unit == "")
    )


def file_refs(found: Iterable[tuple[str, str]]) -> tuple[SourceRef, ...]:
    """References to files by content id and publisher, each once, in order."""
    return tuple(SourceRef(label, content_id) for content_id, label in dict.fromkeys(found))


def dollars(
    value: Any, sources: tuple[SourceRef, ...], rules: tuple[str, ...], as_of: date
) -> Fact:
    """A dollar fact, rounded half up to the cent."""
    return Fact(cents(value), "USD", as_of, sources, rules)


def count(value: int, sources: tuple[SourceRef, ...], rules: tuple[str, ...] = ("M02",)) -> Fact:
    """A count fact."""
    return Fact(value, "count", sources=sources, rules=rules)


def key_words(statistic: Statistic) -> str:
    """A comparison key in words: `commercial, facility, outpatient, fee schedule`.

    Parts that say nothing ("not stated", any site, no modifier) are left out.
    """
    site = {"any": "", "facility": "in a facility", "nonfacility": "outside a facility"}
    parts = [
        line_words(statistic.line_of_business),
        statistic.billing_class,
        statistic.setting,
        site.get(statistic.site, statistic.site),
        f"modifier {statistic.modifiers.replace('|', ' and ')}" if statistic.modifiers else "",
        "" if statistic.arrangement in ("ffs", "not stated") else statistic.arrangement,
        "other methodology" if statistic.method == "other" else statistic.method,
        "" if statistic.price_unit in ("service", "case") else f"per {statistic.price_unit}",
        f"per {statistic.drug_unit}" if statistic.drug_unit else "",
        "derived from gross charges" if statistic.statement == DERIVED else "",
    ]
    return ", ".join(part for part in parts if part and part != "not stated")
