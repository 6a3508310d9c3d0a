"""What each code page is made from, so that a later run leaves alone what nothing new touches."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from ratepress.dossier.record import Record
from ratepress.lake.manifest import Manifest
from ratepress.market.benchmark import run_market


class Inputs:
    """Of each code a digest of what its dossier rests on, without making it.

    All pages rest on the package, the arguments, and every file but the price files; a page rests
    on those price files that have the code, with what the other files make of them. A price that
    counts depends on nothing else: the steps of the market judge a file by itself.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        manifest: Manifest,
        as_of: date,
        strength: str,
        options: Iterable[str] = (),
    ) -> None:
        run_market(connection, [], as_of, is_whole=False, read=("file_standing",))
        stands = dict(connection.execute(_STANDING).fetchall())
        origins: dict[str, list[str]] = {}
        for seen in manifest.observations:
            origins.setdefault(seen.content_id, []).append(seen.origin)
        self._files = {
            one.content_id: _digest(
                msgspec.json.encode(msgspec.structs.replace(one, added_at=None)),
                *origins.get(one.content_id, ()),
                stands.get(one.content_id, ""),
            )
            for one in manifest.contents
        }
        priced = {row[0] for row in connection.execute(_PRICED).fetchall()}
        states = [row[0] for row in connection.execute(_STATES).fetchall()]
        common = [self._files[one] for one in sorted(self._files.keys() - priced)]
        self._common = _digest(package(), as_of.isoformat(), strength, *options, *states, *common)
        held = {"content_id": list(self._files), "digest": list(self._files.values())}
        connection.register("file_digests", pa.table(held, _HELD))
        found = connection.execute(_CODES).fetchall()
        connection.unregister("file_digests")
        self._by_code = {(system, code): prices for system, code, prices in found}

    def of(self, system: str, code: str) -> str:
        """The digest of one code's inputs."""
        return _digest(self._common, self._by_code.get((system, code), ""))


def linked(record: Record, codes: Container[str]) -> tuple[str, ...]:
    """Those of a page's links to codes that have a page; other links hold in every site."""
    return tuple(one for one in record.links if one.startswith("code/") and one in codes)


def is_current(record: Record, inputs: str, codes: Container[str]) -> bool:
    """Whether a page is what it would be made now: the same inputs, and the same links."""
    return record.inputs == inputs and record.linked == linked(record, codes)


@cache
def package() -> str:
    """A digest of every file of the package: what a page says may change with any of them."""
    root = Path(str(resources.files("ratepress")))
    files = sorted(p for p in root.rglob("*") if p.is_file() and p.suffix != ".pyc")
    return _digest(
        *(part for p in files for part in (p.relative_to(root).as_posix(), p.read_bytes()))
    )


def _digest(*parts: str | bytes) -> str:
    found = sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        found.update(len(raw).to_bytes(8, "big"))
        found.update(raw)
    return found.hexdigest()[:32]


_PRICED = "SELECT content_id FROM rates UNION SELECT content_id FROM charges ORDER BY 1"
_HELD = pa.schema([("content_id", pa.string()), ("digest", pa.string())])
# The files of a code are a set, and thousands in a national lake: summed up where they are found.
_CODES = """
SELECT code_system, code, count(*) || '|' || bit_xor(md5_number(digest))
FROM (
  SELECT code_system, code, content_id FROM rates WHERE code IS NOT NULL
  UNION
  SELECT code_system, code, content_id FROM charges WHERE code IS NOT NULL
) JOIN file_digests USING (content_id)
GROUP BY code_system, code
"""
_STATES = "SELECT DISTINCT license_state FROM hospitals WHERE license_state IS NOT NULL ORDER BY 1"
# What a price file is depends on others: whether a newer one replaces it, whose hospital it is of.
_STANDING = """
SELECT s.content_id, concat_ws('|', s.standing, h.hospital_id)
FROM file_standing s LEFT JOIN hospital_identities h ON h.content_id = s.content_id
"""
