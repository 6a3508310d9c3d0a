"""Which coverage documents are in force on a day: rule C100."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

import duckdb
import msgspec

from ratepress.core.facts import SourceRef
from ratepress.lake.queries import mappings
from ratepress.lake.sources import public_name

_VIEW = "https://www.cms.gov/medicare-coverage-database/view/"
_LETTERS = {"lcd": "L", "article": "A", "ncd": "NCD "}
_KINDS = "kind LIKE 'medicare-mcd-%' OR kind = 'medicare-coverage-copy'"
_MOST_FILES = 4


class CoverageDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of one document; `is_dated` is False where no loaded file states its days.

    `source` states the document, `named_in` that it belongs to the code. `named_by` is `code` where
    the document names the code, or the display id of the one that does and refers to it. `states`
    are those that its contractors serve on the day, where the tables of contractors are loaded;
    `code_groups` the numbers of the document's groups in which the code stands.
    """

    document_type: str
    document_id: str
    version: str
    display_id: str
    title: str | None
    named_by: str
    source: SourceRef
    named_in: SourceRef
    is_dated: bool
    contractor: str | None = None
    status: str | None = None
    states: tuple[str, ...] = ()
    code_groups: tuple[str, ...] = ()
    coverage_level: str | None = None
    effective_from: date | None = None
    last_day: date | None = None
    link: str | None = None


def documents_naming(
    connection: duckdb.DuckDBPyConnection, code: str, on: date
) -> tuple[tuple[CoverageDocument, ...], tuple[str, ...]]:
    """The documents of `code` in force on `on`, those they refer to, and notes on what is left out.

    Of a document with several versions in force the highest answers, if it names the code. One
    whose days no loaded file states is returned too, and says so.
    """
    if not mappings(connection, _IS_NAMED, {"code": code}):
        return (), ()
    named, over = _in_force(mappings(connection, _NAMING, {"code": code}), on, "code")
    by_key = {f"{d.document_type}/{d.document_id}/{d.version}": d.display_id for d in named}
    found = {(d.document_type, d.document_id): d for d in named}
    rows = mappings(connection, _RELATED, {"keys": list(by_key)})
    for key, referred in groupby(rows, key=lambda row: str(row["key"])):
        for one in _in_force(list(referred), on, by_key[key])[0]:
            found.setdefault((one.document_type, one.document_id), one)
    answered = _with_contractors(connection, list(found.values()), on)
    left_out = f"No version on {on} that names {code}, and so left out: {', '.join(sorted(over))}."
    return answered, (left_out,) if over else ()


def _with_contractors(
    connection: duckdb.DuckDBPyConnection, found: list[CoverageDocument], on: date
) -> tuple[CoverageDocument, ...]:
    """The same documents with their contractors and the states these serve on the day."""
    keys = [f"{one.document_type}/{one.document_id}/{one.version}" for one in found]
    rows = mappings(connection, _CONTRACTORS, {"keys": keys, "on": on})
    by_key = {row["key"]: row for row in rows}
    answered = []
    for key, one in zip(keys, found, strict=True):
        row = by_key.get(key)
        if row is not None:
            names = ", ".join(row["names"] or ()) or None
            states = tuple(row["states"] or ())
            one = msgspec.structs.replace(one, contractor=one.contractor or names, states=states)
        answered.append(one)
    return tuple(answered)


def looked_in(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The files in the lake that say which codes documents name, in words; None without any."""
    found = connection.execute(
        f"SELECT min(o.origin), any_value(c.loaded) FROM contents c "  # noqa: S608 - our own words
        f"JOIN observations o USING (content_id) WHERE ({_KINDS}) "
        "AND c.content_id IN (SELECT content_id FROM coverage_codes) "
        "GROUP BY c.content_id ORDER BY 1"
    ).fetchall()
    if not found:
        return None
    names = [f"{public_name(origin)} ({loaded:,} rows)" for origin, loaded in found]
    more = len(names) - _MOST_FILES
    shown = names[:_MOST_FILES] + ([f"{more} more files"] if more > 0 else [])
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _in_force(
    rows: list[dict[str, Any]], on: date, named_by: str
) -> tuple[list[CoverageDocument], list[str]]:
    """The highest version in force of each document, and the display ids of those of other days."""
    by_document: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        by_document.setdefault((row["document_type"], row["document_id"]), []).append(row)
    found, over = [], []
    for versions in by_document.values():
        dated = [row for row in versions if row["first_day"] is not None]
        if not dated:
            found.append(_document(versions[0], named_by, is_dated=False))
            continue
        days = [row for row in dated if _holds(row, on)]
        highest = max(days, key=_rank, default=None)
        if highest is not None and highest["is_named"]:
            found.append(_document(highest, named_by, is_dated=True))
        else:
            over.append(_display_id(dated[0]))
    return found, over


def _holds(row: dict[str, Any], on: date) -> bool:
    is_proposed = str(row["display_id"] or "").startswith("D")
    return (
        not is_proposed
        and row["first_day"] <= on
        and (row["last_day"] is None or on <= row["last_day"])
    )


def _rank(row: dict[str, Any]) -> tuple[int, bool, str]:
    """Versions count as numbers: 11 is higher than 8."""
    version = row["version"]
    number = int(version) if version.isascii() and version.isdigit() else -1
    return number, row["is_named"], row["content_id"] or ""


def _document(row: dict[str, Any], named_by: str, *, is_dated: bool) -> CoverageDocument:
    return CoverageDocument(
        row["document_type"],
        row["document_id"],
        row["version"] or "",
        _display_id(row),
        row["title"],
        named_by,
        SourceRef(row["publisher"], row["content_id"], row["place"]),
        SourceRef(row["naming_publisher"], row["naming_content"], row["naming_place"]),
        is_dated,
        row["contractor"],
        row["status"],
        (),
        tuple(row["code_groups"] or ()),
        row["coverage_level"],
        row["first_day"] if is_dated else None,
        row["last_day"] if is_dated else None,
        row["link"] or _link(row),
    )


def _display_id(row: dict[str, Any]) -> str:
    """`L36668`, `A52345`; of an NCD its section in the manual: `NCD 220.4`."""
    letter = _LETTERS[row["document_type"]]
    stated = str(row["display_id"] or row["document_id"])
    return stated if stated.startswith((letter, "D")) else letter + stated


def _link(row: dict[str, Any]) -> str:
    """The document's page; the form of the address is that of CMS's own list of documents."""
    kind = row["document_type"]
    names = {"lcd": ("lcdid", "ver"), "article": ("articleid", "ver"), "ncd": ("ncdid", "ncdver")}
    name, version = names[kind]
    tail = f"&{version}={row['version']}" if row["version"] else ""
    return f"{_VIEW}{kind}.aspx?{name}={row['document_id']}{tail}"


_DATED = """
  coalesce(d.effective_from, d.first_effective_on) AS first_day,
  least(d.effective_until, d.ended_on, d.retired_on) AS last_day,
  d.display_id, d.title, d.contractor, d.status, d.coverage_level, d.link,
"""
_IS_NAMED = "SELECT code FROM coverage_codes WHERE code = $code LIMIT 1"
# A copy names no version: then every version of the document is looked at. A version without a
# single code in the lake cannot say that it names none.
_NAMING = f"""
WITH coded AS (
  SELECT document_type, document_id, version, bool_or(code = $code) AS is_named,
    min((content_id, place)) FILTER (WHERE code = $code) AS stated,
    list_sort(list(DISTINCT code_group) FILTER (WHERE code = $code AND code_group <> ''))
      AS code_groups
  FROM coverage_codes
  WHERE (document_type, document_id) IN (
    SELECT (document_type, document_id) FROM coverage_codes WHERE code = $code
  )
  GROUP BY ALL
)
SELECT n.document_type, n.document_id, coalesce(d.version, n.version) AS version, n.is_named,
  n.code_groups,
  {_DATED}
  coalesce(d.content_id, n.stated[1]) AS content_id, coalesce(d.place, n.stated[2]) AS place,
  c.publisher, n.stated[1] AS naming_content, n.stated[2] AS naming_place,
  m.publisher AS naming_publisher
FROM coded n
LEFT JOIN coverage_documents d ON d.document_type = n.document_type
  AND d.document_id = n.document_id AND n.version IN ('', d.version)
LEFT JOIN contents m ON m.content_id = n.stated[1]
LEFT JOIN contents c ON c.content_id = coalesce(d.content_id, n.stated[1])
WHERE n.is_named OR n.version <> ''
ORDER BY n.document_type DESC, n.document_id, n.is_named DESC, d.version,
  d.contractor NULLS LAST, d.content_id
"""  # noqa: S608 - our own words
_RELATED = f"""
WITH named AS (
  SELECT DISTINCT concat_ws('/', r.document_type, r.document_id, r.version) AS key,
    unnest([
      {{'type': 'lcd', 'id': r.lcd_id}}, {{'type': 'ncd', 'id': r.ncd_id}}
    ]) AS other, r.content_id AS from_content, r.place AS from_place, m.publisher AS from_publisher
  FROM coverage_relations r JOIN contents m USING (content_id)
  WHERE list_contains($keys, concat_ws('/', r.document_type, r.document_id, r.version))
)
SELECT true AS is_named, [] AS code_groups, n.key, n.other.type AS document_type,
  n.other.id AS document_id, d.version, {_DATED}
  coalesce(d.content_id, n.from_content) AS content_id, coalesce(d.place, n.from_place) AS place,
  c.publisher, n.from_content AS naming_content, n.from_place AS naming_place,
  n.from_publisher AS naming_publisher
FROM named n
LEFT JOIN coverage_documents d
  ON d.document_type = n.other.type AND d.document_id = n.other.id
JOIN contents c ON c.content_id = coalesce(d.content_id, n.from_content)
WHERE n.other.id <> ''
ORDER BY n.key, n.other.type, n.other.id, d.version DESC, d.content_id
"""  # noqa: S608 - our own words
_CONTRACTORS = """
SELECT concat_ws('/', x.document_type, x.document_id, x.version) AS key,
  list_sort(list(DISTINCT c.name) FILTER (WHERE c.name IS NOT NULL)) AS names,
  list_sort(list(DISTINCT s.state) FILTER (WHERE s.state IS NOT NULL)) AS states
FROM coverage_contractors x
LEFT JOIN contractors c USING (contractor_id, contractor_type, contractor_version)
LEFT JOIN contractor_states j ON j.contractor_id = x.contractor_id
  AND j.contractor_type = x.contractor_type AND j.contractor_version = x.contractor_version
  AND coalesce(j.first_on <= $on, true) AND coalesce($on <= j.last_on, true)
LEFT JOIN coverage_states s ON s.state_id = j.state_id
WHERE list_contains($keys, concat_ws('/', x.document_type, x.document_id, x.version))
GROUP BY ALL
"""
