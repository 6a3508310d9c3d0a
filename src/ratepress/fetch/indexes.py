"""The files that an index names: a payer's table of contents, or a hospital's cms-hpt.txt.

CMS price-transparency-guide, table-of-contents schema v1.0.0 to v2.2.0; 45 CFR 180.50(d)(6) and
CMS's specification of cms-hpt.txt. National indexes reach gigabytes, so they are read as a stream.
"""

from __future__ import annotations

import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, Any

import ijson
import msgspec
from ijson.common import JSONError
from isal import igzip, isal_zlib

from ratepress.core.errors import UnreadableInput
from ratepress.fetch.cms_hpt import (
    FILE_NAME,
    LONGEST,
    Location,
    hospital_locations,
    names_cms_hpt,
    names_hospital_files,
)
from ratepress.fetch.download import fetch
from ratepress.fetch.sizes import PEEKED, unpacked
from ratepress.fetch.transport import Session
from ratepress.fetch.urls import Policy

TABLE_OF_CONTENTS = "table of contents"
CHUNK = 1 << 16
LONGEST_TOKEN = 4 << 20
_STRUCTURE = "reporting_structure.item"
_FILES = {
    f"{_STRUCTURE}.in_network_files.item": "in-network",
    f"{_STRUCTURE}.allowed_amount_file": "allowed-amounts",
}
_PLAN = f"{_STRUCTURE}.reporting_plans.item"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One file that an index names; `n_plans` of the plans asked for name it.

    `kind` is in-network, allowed-amounts or hospital. `url` is whole: it may hold a signature.
    """

    url: str
    kind: str
    description: str
    n_plans: int


def links(
    index: Path | str,
    *,
    match: str | None = None,
    plan: str | None = None,
    limit: int | None = None,
    session: Session | None = None,
    policy: Policy | None = None,
) -> tuple[Link, ...]:
    r"""The files an index names, each URL once, in its order; `index` is a path or an https URL.

    `match` is a part of the URL or the description, `*` and `?` standing for anything; `plan` is
    a plan's id or a part of its name (in a cms-hpt.txt: of the location's). Case does not matter.
    Raises `UnreadableInput` where it is no index, `NetworkRefused` where it cannot be fetched.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "cms-hpt.txt"
    ...     _ = path.write_text("location-name: West\nmrf-url: https://a.example/west.csv\n")
    ...     [link.url for link in links(path)]
    ['https://a.example/west.csv']
    """
    if isinstance(index, str) and "://" in index:
        with tempfile.TemporaryDirectory() as folder:
            got = fetch(index, folder, session=session, policy=policy)
            return links(Path(got.path), match=match, plan=plan, limit=limit)
    path = Path(index)
    chosen = _Chosen(match, plan, limit)
    kind = index_kind(_head(path))
    if kind == FILE_NAME or (kind is None and names_cms_hpt(path.name)):
        _hospital_index(path, chosen)
    elif kind == TABLE_OF_CONTENTS:
        _table_of_contents(path, chosen)
    else:
        raise UnreadableInput(
            f"{path.name}: this is no index of price files",
            expected="a payer's table of contents, or a hospital's cms-hpt.txt",
            todo="fetch the file that it is, without --match, --plan and --limit",
        )
    return chosen.links()


def index_kind(head: bytes) -> str | None:
    r"""Which index begins with these unpacked bytes: its name, or None.

    >>> index_kind(b'{"reporting_entity_name": "x", "reporting_structure": [')
    'table of contents'
    >>> index_kind(b"location-name: West\nmrf-url: https://a.example/x.csv")
    'cms-hpt.txt'
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return TABLE_OF_CONTENTS if b'"reporting_structure"' in start else None
    return FILE_NAME if names_hospital_files(head) else None


def is_index(path: Path) -> bool:
    """Whether a file is an index, by its first bytes.

    >>> is_index(Path("absent.json"))
    False
    """
    return path.is_file() and kind_of(path) is not None


def kind_of(path: Path) -> str | None:
    """Which index a file is, by its first bytes; None where it is none.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "x.json"
    ...     _ = path.write_text('{"reporting_structure": []}')
    ...     kind_of(path)
    'table of contents'
    """
    return index_kind(_head(path))


@dataclass(slots=True)
class _Chosen:
    """The links asked for: each URL once, no more than the limit."""

    match: str | None
    plan: str | None
    limit: int | None
    found: dict[str, Link] = field(default_factory=dict)

    def wants_plan(self, plan_id: str, plan_name: str) -> bool:
        if self.plan is None:
            return True
        wanted = self.plan.strip().casefold()
        return wanted == plan_id.strip().casefold() or wanted in plan_name.casefold()

    def add(self, url: str, kind: str, description: str, n_plans: int) -> None:
        had = self.found.get(url)
        if had is not None:
            self.found[url] = msgspec.structs.replace(had, n_plans=had.n_plans + n_plans)
        elif self._has_room() and self._matches(url, description):
            self.found[url] = Link(url=url, kind=kind, description=description, n_plans=n_plans)

    def _has_room(self) -> bool:
        return self.limit is None or len(self.found) < self.limit

    def _matches(self, url: str, description: str) -> bool:
        if self.match is None:
            return True
        pattern = f"*{self.match.casefold()}*"
        return any(fnmatchcase(text.casefold(), pattern) for text in (url, description))

    def links(self) -> tuple[Link, ...]:
        return tuple(self.found.values())


def _hospital_index(path: Path, chosen: _Chosen) -> None:
    for one in locations(path):
        name = one.name or ""
        if one.mrf_url and chosen.wants_plan("", name):
            chosen.add(one.mrf_url, "hospital", name, 1)


def locations(index: Path) -> tuple[Location, ...]:
    r"""What a hospital's cms-hpt.txt on disk names; `UnreadableInput` where it names no file.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "cms-hpt.txt"
    ...     _ = path.write_text("location-name: West\nmrf-url: https://a.example/west.csv\n")
    ...     locations(path)[0].name
    'West'
    """
    with _opened(index) as stream:
        return hospital_locations(stream.read(LONGEST), index.name)


def _table_of_contents(path: Path, chosen: _Chosen) -> None:
    files: list[tuple[str, str, str]] = []
    stated: dict[str, str] = {}
    n_wanted = 0
    for prefix, event, value in _events(path):
        if prefix == _STRUCTURE:
            if event == "start_map":
                files, n_wanted = [], 0
            elif event == "end_map" and (n_wanted or chosen.plan is None):
                for url, kind, description in files:
                    chosen.add(url, kind, description, n_wanted)
        elif prefix in _FILES or prefix == _PLAN:
            if event == "start_map":
                stated = {}
            elif event == "end_map" and prefix == _PLAN:
                plan_id, plan_name = stated.get("plan_id", ""), stated.get("plan_name", "")
                n_wanted += chosen.wants_plan(plan_id, plan_name)
            elif event == "end_map" and (url := stated.get("location", "").strip()):
                files.append((url, _FILES[prefix], stated.get("description", "")))
        elif event in ("string", "number"):
            parent, _, key = prefix.rpartition(".")
            if parent in _FILES or parent == _PLAN:
                stated[key] = str(value)


def _events(path: Path) -> Iterator[tuple[str, str, Any]]:
    found = ijson.sendable_list()
    parser = ijson.get_backend("yajl2_c").parse_coro(found, use_float=False)
    silent = at = 0
    with _opened(path) as stream:
        if stream.peek(3)[:3] == b"\xef\xbb\xbf":
            stream.read(3)
        try:
            while block := stream.read(CHUNK):
                at += len(block)
                parser.send(block)
                silent = 0 if found else silent + len(block)
                if silent > LONGEST_TOKEN:
                    raise ValueError(f"a text is longer than {LONGEST_TOKEN:,} bytes")
                yield from found
                found.clear()
            parser.send(b"")
        except StopIteration:
            pass
        except (JSONError, ValueError, ArithmeticError, SystemError) as error:
            why = str(error).removeprefix("b'").split("\\n", 1)[0].split("\n", 1)[0]
            raise UnreadableInput(
                f"{path.name}: the index is not valid JSON: {why}",
                place=f"before byte {at:,} of the decompressed data",
                todo="fetch it again",
            ) from None
    yield from found


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader]:
    with path.open("rb") as raw:
        is_gzip = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        inner: IO[bytes] = igzip.GzipFile(fileobj=raw) if is_gzip else raw
        try:
            yield io.BufferedReader(inner, CHUNK)  # type: ignore[arg-type]
        except (EOFError, igzip.BadGzipFile, isal_zlib.error, zlib.error) as error:
            raise UnreadableInput(
                f"{path.name}: the gzip stream is truncated or damaged: {error}",
                todo="fetch it again",
            ) from error


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            return unpacked(handle.read(PEEKED))
    except OSError as error:
        raise UnreadableInput(
            f"{path}: cannot be opened: {error.strerror}", todo="check the path and its rights"
        ) from error
