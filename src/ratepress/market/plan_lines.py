"""The lines of business of in-network files that state none, from the tables of contents (F170).

A file for many plans has no `plan_market_type`; the index that lists it names its plans. Both are
in the lake as published, in whichever order they came, and are joined when a code is asked for:
by where the file was found, else by its name. What is ambiguous is not joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import unquote

import duckdb
import pyarrow as pa

from ratepress.fetch.urls import Address, address
from ratepress.lake.schema import INT, TEXT
from ratepress.market.payers import identify
from ratepress.readers.line_of_business import UNSTATED, of_market_type

BY_URL, BY_NAME = "URL", "file name"
_CONTAINER = re.compile(r"\.(gz|zip)\Z", re.IGNORECASE)


class Sighted(NamedTuple):
    """An in-network file without a market type, and where it was seen."""

    content_id: str
    publisher: str
    origins: tuple[str, ...]


class Listed(NamedTuple):
    """An in-network file as a table of contents lists it; ids and publisher are the table's."""

    content_id: str
    publisher: str
    file_id: int
    url: str


class Match(NamedTuple):
    """A file and one listing of it, with what told them to be the same."""

    content_id: str
    listed: Listed
    matched_by: str


class PlanLine(NamedTuple):
    """What the plans of one listing say of a file: a line, and the plans that decided it.

    `plan_name` is the first of `n_plans` in the alphabet.
    """

    content_id: str
    line_of_business: str
    toc_content_id: str
    market_type: str
    n_plans: int
    plan_name: str
    url: str
    matched_by: str


SCHEMA = pa.schema([(name, INT if name == "n_plans" else TEXT) for name in PlanLine._fields])
"""The table `plan_lines` that the market's SQL reads."""


def plan_lines(connection: duckdb.DuckDBPyConnection, as_of: date) -> list[PlanLine]:
    """The lines of the in-network files that price an asked code, on a lake's connection.

    A table of contents that is dated after `as_of` says nothing yet. Needs the table `asked_names`
    of `register_inputs`.
    """
    files = [
        Sighted(content_id, publisher, tuple(origins))
        for content_id, publisher, origins in connection.execute(_FILES, [UNSTATED]).fetchall()
    ]
    names = sorted({name for file in files for name in _names(file.origins)})
    if not names:
        return []
    listed = [Listed(*row) for row in connection.execute(_LISTED, [as_of, names]).fetchall()]
    found = match(files, listed)
    connection.register("matched_files", _matched(found))
    rows = connection.execute(_PLANS).fetchall()
    connection.unregister("matched_files")
    return [
        PlanLine(
            found[number].content_id,
            of_market_type(market_type)[0],
            found[number].listed.content_id,
            market_type,
            n_plans,
            plan_name,
            found[number].listed.url,
            found[number].matched_by,
        )
        for number, market_type, n_plans, plan_name in rows
    ]


def match(files: Sequence[Sighted], listed: Sequence[Listed]) -> list[Match]:
    """Which listings are of which file: those at a URL where it was found, else those of its name.

    A URL whose query was not recorded is at several places where listings differ in the query
    alone, and a name is that of several files where listings of it stand at several addresses, or
    the two publishers are known and are not one payer. Then there is no match.

    >>> toc = Listed("toc", "West Health", 0, "https://a.example/ppo.json.gz?sig=1&se=2")
    >>> for origin in ("https://a.example/ppo.json.gz?...", "/files/ppo.json.gz"):
    ...     [found] = match([Sighted("x", "West Health", (origin,))], [toc])
    ...     print(found.matched_by)
    URL
    file name
    """
    at: dict[str, list[tuple[Address, Listed]]] = {}
    named: dict[str, list[tuple[Address, Listed]]] = {}
    for one in listed:
        place = address(one.url)
        if place is not None:
            at.setdefault(place.where, []).append((place, one))
            named.setdefault(_name(one.url), []).append((place, one))
    found = []
    for file in files:
        how, those = BY_URL, {one for origin in file.origins for one in _at(origin, at)}
        if not those:
            how, those = BY_NAME, _named(file, named)
        found += [Match(file.content_id, one, how) for one in sorted(those)]
    return found


def _at(origin: str, at: dict[str, list[tuple[Address, Listed]]]) -> Iterator[Listed]:
    for text in _archives(origin):
        place = address(text)
        listed = at.get(place.where, []) if place is not None else []
        if place is None or (place.query is None and len({known for known, _ in listed}) > 1):
            continue
        yield from (one for known, one in listed if place.query in (None, known.query))


def _named(file: Sighted, named: dict[str, list[tuple[Address, Listed]]]) -> set[Listed]:
    candidates = [
        (place, one)
        for name in _names(file.origins)
        for place, one in (named.get(name, []) if name else [])
        if not _are_others(file.publisher, one.publisher)
    ]
    return {one for _, one in candidates} if len({place for place, _ in candidates}) == 1 else set()


def _are_others(one: str, other: str) -> bool:
    first, second = identify(one, None), identify(other, None)
    return first.is_known and second.is_known and first.payer_id != second.payer_id


def _names(origins: Iterable[str]) -> set[str]:
    return {_name(text) for origin in origins for text in _archives(origin)}


def _archives(origin: str) -> Iterator[str]:
    """The origin, and where it is one file of an archive the archive: `all.zip!west.json`."""
    yield origin
    for mark in re.finditer("!", origin):
        yield origin[: mark.start()]


def _name(origin: str) -> str:
    """The last part of a URL's path or of a local path, without the suffix of a container."""
    if "://" in origin:
        last = unquote(re.split(r"[?#]", origin, maxsplit=1)[0].rsplit("/", 1)[-1])
    else:
        last = origin.replace("\\", "/").rsplit("/", 1)[-1]
    return _CONTAINER.sub("", last)


def _matched(found: Sequence[Match]) -> pa.Table:
    return pa.table(
        {
            "number": pa.array(range(len(found)), INT),
            "content_id": pa.array([one.listed.content_id for one in found], TEXT),
            "file_id": pa.array([one.listed.file_id for one in found], INT),
        }
    )


_FILES = """
SELECT c.content_id, c.publisher, list(DISTINCT o.origin ORDER BY o.origin)
FROM contents c
JOIN observations o ON o.content_id = c.content_id
WHERE c.kind = 'payer-in-network' AND c.content_id IN (
  SELECT content_id
  FROM asked_names
  WHERE line_of_business_evidence = ?
)
GROUP BY ALL
ORDER BY ALL
"""
# Names with an escaped character are told apart later: an index has millions of URLs.
_LISTED = r"""
SELECT l.content_id, c.publisher, l.file_id, l.url
FROM (
  SELECT content_id, file_id, url, regexp_replace(
    regexp_extract(url, '([^/?#]*)(?:[?#].*)?$', 1), '\.(gz|zip)$', '', 'i'
  ) AS name
  FROM listed_files
  WHERE kind = 'in-network'
) l
JOIN contents c ON c.content_id = l.content_id
WHERE (c.published_on IS NULL OR c.published_on <= ?)
  AND (contains(l.name, '%') OR l.name IN (SELECT unnest(?)))
ORDER BY ALL
"""
_PLANS = """
SELECT m.number, coalesce(p.market_type, ''),
  count(DISTINCT (p.plan_id_type, p.plan_id, p.plan_name)), min(p.plan_name)
FROM matched_files m
JOIN file_sets s ON s.content_id = m.content_id AND s.file_id = m.file_id
JOIN plans p ON p.content_id = s.content_id AND p.file_set_id = s.file_set_id
GROUP BY ALL
ORDER BY ALL
"""
