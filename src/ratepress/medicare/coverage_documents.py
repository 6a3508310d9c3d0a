"""Which coverage documents are in force on a day: rule C100."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

import duckdb
import msgspec

from ratepress.core.facts import SourceRef

_VIEW = "https://www.cms.gov/medicare-coverage-database/view/"
_LETTERS = {"lcd": "L", "article": "A", "ncd": "NCD "}
_KINDS = "kind LIKE 'medicare-mcd-%' OR kind = 'medicare-coverage-copy'"
_MOST_FILES = 4


class CoverageDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of one document; `is_dated` is False where no loaded file states its days.

    `source` states the document, `named_in` that it belongs to the code. `named_by` is `code` where
    the document names the code, or the display id of the one that does and refers to it.
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
    coverage_level: str | None = None
    effective_from: date | None = None
    last_day: date | None = None
    link: str | None = None


def documents_naming(
    connection: duckdb.DuckDBPyConnection, code: str, on: date
) -> tuple[tuple[CoverageDocument, ...], tuple[str, ...]]:
    """The documents of `code` in force on `on`, those they refer to, and notes on what is left out.

    Of a document with several versions in force the highest answers. One whose days no loaded
    file states is returned too, and says so.
    """
    named, over = _in_force(_rows(connection, _NAMING, {"code": code}), on, "code")
    by_key = {f"{d.document_type}/{d.document_id}/{d.version}": d.display_id for d in named}
    found = {(d.document_type, d.document_id): d for d in named}
    rows = _rows(connection, _RELATED, {"keys": list(by_key)})
    for key, referred in groupby(rows, key=lambda row: str(row["key"])):
        for one in _in_force(list(referred), on, by_key[key])[0]:
            found.setdefault((one.document_type, one.document_id), one)
    left_out = f"Not in force on {on}, and so left out: {', '.join(sorted(over))}."
    return tuple(found.values()), (left_out,) if over else ()


def looked_in(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The files of coverage data in the lake, in words; None where there are none."""
    found = connection.execute(
        f"SELECT min(o.origin), any_value(c.loaded) FROM contents c "  # noqa: S608 - our own words
        f"JOIN observations o USING (content_id) WHERE {_KINDS} GROUP BY c.content_id ORDER BY 1"
    ).fetchall()
    if not found:
        return None
    names = [f"{_base(origin)} ({loaded:,} rows)" for origin, loaded in found]
    more = len(names) - _MOST_FILES
    shown = names[:_MOST_FILES] + ([f"{more} more files"] if more > 0 else [])
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _base(origin: str) -> str:
    if "://" in origin:
        origin = origin.partition("?")[0]
    return origin.replace("\\", "/").rsplit("/", 1)[-1]


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]
) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


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
        if days:
            highest = max(days, key=lambda row: (_number(row["version"]), row["content_id"]))
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


def _number(version: str) -> int:
    return int(version) if version.isascii() and version.isdigit() else -1


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
# A copy names no version: then every version of the document is looked at.
_NAMING = f"""
SELECT n.document_type, n.document_id, coalesce(d.version, n.version) AS version, {_DATED}
  coalesce(d.content_id, n.content_id) AS content_id, coalesce(d.place, n.place) AS place,
  c.publisher, n.content_id AS naming_content, n.place AS naming_place,
  m.publisher AS naming_publisher
FROM coverage_codes n
JOIN contents m ON m.content_id = n.content_id
LEFT JOIN coverage_documents d ON d.document_type = n.document_type
  AND d.document_id = n.document_id AND n.version IN ('', d.version)
JOIN contents c ON c.content_id = coalesce(d.content_id, n.content_id)
WHERE n.code = $code
ORDER BY n.document_type DESC, n.document_id, d.version, d.contractor NULLS LAST, d.content_id
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
SELECT n.key, n.other.type AS document_type, n.other.id AS document_id, d.version, {_DATED}
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
