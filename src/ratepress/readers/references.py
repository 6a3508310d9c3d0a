"""Provider references of payer files that stand at URLs: fetched on demand, and linked.

Versions 1.x of the CMS schema let a file say that the members of a provider group stand at a
`location`. Nothing is fetched unless this is called with the hosts that may be asked. Each document
becomes a content of its own, named by its bytes; the table `reference_contents` links it to the
groups that wait for it, or says why there is none (rule F190).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import duckdb
import msgspec

from ratepress.core.errors import DoesNotReconcile, UnreadableInput, UsageError
from ratepress.fetch.download import Fetched, try_fetch
from ratepress.fetch.limits import GIB, MIB, Limits
from ratepress.fetch.states import Failed, State
from ratepress.fetch.transport import Session
from ratepress.fetch.urls import Policy, is_loopback_host
from ratepress.lake.locks import hold
from ratepress.lake.manifest import Content, Observation
from ratepress.lake.store import Lake, Staged
from ratepress.readers.add import stage
from ratepress.readers.payer.groups import FILE, Entity, members_hash
from ratepress.readers.payer.reference_file import ProviderReferenceJson
from ratepress.readers.source import Source

FOLDER = "fetched"
TABLE = "reference_contents"
FETCHED, TRUNCATED, UNREADABLE, EMPTY, NOT_ASKED = (
    "fetched",
    "truncated",
    "unreadable",
    "empty",
    "not asked",
)
SETTLED = {FETCHED, TRUNCATED, UNREADABLE, EMPTY, "absent", "web page", "not public", "too large"}
"""States that asking again will seldom mend: they are kept until `again` says otherwise."""
_BATCH = 64


class ReferenceLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one run: documents asked for, bytes of each and of all, and seconds."""

    count: int = 10_000
    each_bytes: int = 256 * MIB
    total_bytes: int = 16 * GIB
    seconds: float = 3_600.0


class References(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one file's provider references after a run.

    `states` counts groups by state. `n_locations` are distinct URLs; `n_asked` of them were asked
    for in this run, and `n_new` documents were new to the lake.
    """

    content_id: str
    n_groups: int
    n_locations: int
    n_asked: int
    n_new: int
    states: dict[str, int]


class Link(NamedTuple):
    """One location's outcome: state, reason, and the content with its members."""

    state: str
    reason: str | None = None
    content_id: str | None = None


class _Waiting(NamedTuple):
    """One group that waits for a location; `is_listed`: it also lists members of its own."""

    group_id: str
    location: str
    is_listed: bool


def fetch_references(
    lake: Lake,
    content_id: str,
    *,
    hosts: Iterable[str],
    again: bool = False,
    limits: ReferenceLimits | None = None,
    session: Session | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> References:
    """Fetch and link the provider references of one in-network file of the lake.

    `hosts` are the hosts that may be asked (`host` or `host:port`); without any, and where there
    is something to fetch, `UsageError` names those that the file names. Documents are https; http
    is for a loopback host among `hosts`. What was settled in an earlier run is not asked again
    unless `again`. `progress` is called with locations settled, and all.

    Documents are committed in batches, with their links: a kill in between leaves the lake whole
    and loses no download.

    >>> import tempfile
    >>> lake = Lake.create(Path(tempfile.mkdtemp()) / "lake")
    >>> fetch_references(lake, "0" * 64, hosts=["files.example"])
    Traceback (most recent call last):
    ...
    ratepress.core.errors.UsageError: No id of this lake begins with '0000...
    """
    content = lake.find(content_id)
    folder = lake.root / FOLDER
    folder.mkdir(exist_ok=True)
    lock = hold(folder / f"{content.content_id[:16]}.lock")
    if lock is None:
        raise UsageError(
            "Another process is fetching the references of this file", todo="let it finish"
        )
    with lock:
        run = _Run(lake, content, _policy(hosts), again=again, limits=limits or ReferenceLimits())
        own = session or Session(_session_limits(run.limits))
        try:
            return run.go(own, progress)
        finally:
            if session is None:
                own.close()


def _policy(hosts: Iterable[str]) -> Policy:
    named = frozenset(host.strip().lower() for host in hosts)
    loopback = any(is_loopback_host(urlsplit(f"//{host}").hostname or "") for host in named)
    return Policy(allow_loopback=loopback, hosts=named)


def _session_limits(limits: ReferenceLimits) -> Limits:
    return Limits(
        max_bytes=limits.each_bytes,
        total_seconds=limits.seconds,
        stall_seconds=30.0,
        attempts=4,
        interval_seconds=0.1,
    )


class _Run:
    def __init__(
        self, lake: Lake, content: Content, policy: Policy, *, again: bool, limits: ReferenceLimits
    ) -> None:
        self._lake = lake
        self._content = content
        self._policy = policy
        self._again = again
        self.limits = limits
        self._deadline = time.monotonic() + limits.seconds
        self._bytes = self._asked = self._new = 0
        self._links: dict[str, Link] = {}
        self._written: dict[str, Link] = {}
        self._fetched: dict[str, Fetched] = {}

    def go(self, session: Session, progress: Callable[[int, int], None] | None) -> References:
        with self._lake.connect() as connection:
            waiting = _waiting(connection, self._content.content_id)
            had = {} if self._again else self._settled(connection)
            self._written = self._own(connection)
        locations = list(dict.fromkeys(group.location for group in waiting))
        open_ones = [location for location in locations if location not in had]
        self._links = {loc: had[loc] for loc in locations if loc in had}
        if open_ones and not self._policy.hosts:
            raise _no_hosts(open_ones)
        for position, location in enumerate(open_ones, len(self._links) + 1):
            self._settle(location, session)
            if progress:
                progress(position, len(locations))
            if len(self._fetched) >= _BATCH:
                self._commit(waiting)
        self._commit(waiting)
        states = Counter(self._links[group.location].state for group in waiting)
        return References(
            content_id=self._content.content_id,
            n_groups=len(waiting),
            n_locations=len(locations),
            n_asked=self._asked,
            n_new=self._new,
            states=dict(sorted(states.items())),
        )

    def _own(self, connection: duckdb.DuckDBPyConnection) -> dict[str, Link]:
        """What the lake says of this file's locations."""
        rows = connection.execute(
            f"SELECT DISTINCT location, state, reason, reference_content_id FROM {TABLE} "  # noqa: S608
            "WHERE content_id = ?",
            [self._content.content_id],
        ).fetchall()
        return {location: Link(*rest) for location, *rest in rows}

    def _settled(self, connection: duckdb.DuckDBPyConnection) -> dict[str, Link]:
        """Locations that need no asking: settled for this file, or fetched for another one.

        A link to a content that was removed is none.
        """
        rows = connection.execute(
            f"SELECT r.location, r.state, r.reason, r.reference_content_id FROM {TABLE} r "  # noqa: S608
            "LEFT JOIN contents c ON c.content_id = r.reference_content_id "
            "WHERE (r.reference_content_id IS NULL) = (c.content_id IS NULL) "
            "AND (r.content_id = ? OR r.state = 'fetched') "
            "ORDER BY r.state = 'fetched', r.content_id = ?, r.reference_content_id",
            [self._content.content_id, self._content.content_id],
        ).fetchall()
        return {location: Link(*rest) for location, *rest in rows if rest[0] in SETTLED}

    def _settle(self, location: str, session: Session) -> None:
        """Ask for one location; what came is read with others of its batch."""
        stop = self._limit_reached()
        if stop is not None:
            self._links[location] = Link(NOT_ASKED, stop)
            return
        found = try_fetch(
            location,
            self._lake.root / FOLDER,
            session=session,
            policy=self._policy,
            reuse=not self._again,
        )
        self._asked += not (isinstance(found, Failed) and found.state is State.REFUSED)
        if isinstance(found, Failed):
            self._links[location] = Link(found.state.value, found.reason)
        else:
            self._bytes += found.bytes
            self._fetched[location] = found

    def _limit_reached(self) -> str | None:
        if self._asked >= self.limits.count:
            return f"{self.limits.count:,} documents were asked for before it"
        if self._bytes >= self.limits.total_bytes:
            return f"{self._bytes:,} bytes were fetched before it"
        if time.monotonic() > self._deadline:
            return f"the {self.limits.seconds:,.0f} seconds of the run had passed"
        return None

    def _commit(self, waiting: list[_Waiting]) -> None:
        """Read what was fetched, commit it in one generation, and then the links to it."""
        manifest = self._lake.manifest()
        known = {content.content_id: content for content in manifest.contents}
        with ExitStack() as writers:
            batch = []
            for location, found in self._fetched.items():
                try:
                    staged = self._stage(found, known, writers)
                except (UnreadableInput, DoesNotReconcile) as error:
                    self._links[location] = Link(_state_of(error), str(error))
                    continue
                self._links[location] = _link_to(staged.content)
                known[found.sha256] = staged.content
                batch.append(staged)
            if batch:
                self._new += self._lake.commit_all(batch)
        self._fetched.clear()
        if self._links != self._written:
            self._write(waiting)
            self._written = dict(self._links)

    def _stage(self, found: Fetched, known: dict[str, Content], writers: ExitStack) -> Staged:
        seen = Observation(
            content_id=found.sha256,
            origin=found.url,
            retrieved_at=found.retrieved_at,
            etag=found.etag,
        )
        had = known.get(found.sha256)
        if had is not None:
            if had.kind != ProviderReferenceJson.kind:
                raise UnreadableInput(f"the document is of the kind {had.kind}")
            return Staged(had, (), None, seen)
        out = writers.enter_context(self._lake.writer(found.sha256))
        return stage(Source(Path(found.path)), ProviderReferenceJson(), out, seen)

    def _write(self, waiting: list[_Waiting]) -> None:
        """Put all links of the file in place, in one commit."""
        with self._lake.connect() as connection:
            hashes = self._hashes(connection, waiting)
        with self._lake.writer(self._content.content_id) as out:
            for group in waiting:
                link = self._links.get(group.location)
                if link is not None:
                    out.add(
                        TABLE,
                        group_id=group.group_id,
                        location=group.location,
                        state=link.state,
                        reason=link.reason,
                        reference_content_id=link.content_id,
                        members_hash=hashes.get(group.group_id),
                    )
            staged = out.finish()
            self._lake.replace_rows(self._content.content_id, TABLE, staged, out.folder)

    def _hashes(
        self, connection: duckdb.DuckDBPyConnection, waiting: list[_Waiting]
    ) -> dict[str, str]:
        """The hash of each fetched group's members, with those that it lists itself."""
        of_document = dict(
            connection.execute(
                "SELECT content_id, members_hash FROM provider_groups "
                "WHERE group_id = ? AND members_hash IS NOT NULL",
                [FILE],
            ).fetchall()
        )
        found = {}
        for group in waiting:
            link = self._links.get(group.location)
            if link is None or link.state != FETCHED or link.content_id is None:
                continue
            if group.is_listed:
                own = _digests(connection, self._content.content_id, group.group_id)
                found[group.group_id] = members_hash(
                    own | _digests(connection, link.content_id, FILE)
                )
            elif link.content_id in of_document:
                found[group.group_id] = of_document[link.content_id]
        return found


def _link_to(content: Content) -> Link:
    if content.rows.get("group_members"):
        return Link(FETCHED, None, content.content_id)
    return Link(EMPTY, "the document lists nobody", content.content_id)


def _waiting(connection: duckdb.DuckDBPyConnection, content_id: str) -> list[_Waiting]:
    rows = connection.execute(
        "SELECT group_id, location, state = 'listed' FROM provider_groups "
        "WHERE content_id = ? AND location IS NOT NULL ORDER BY is_used DESC, group_id",
        [content_id],
    ).fetchall()
    return [_Waiting(*row) for row in rows]


def _digests(connection: duckdb.DuckDBPyConnection, content_id: str, group_id: str) -> set[bytes]:
    rows = connection.execute(
        "SELECT any_value(tin_type), any_value(tin), list(npi ORDER BY npi) FROM group_members "
        "WHERE content_id = ? AND group_id = ? GROUP BY entity",
        [content_id, group_id],
    ).fetchall()
    return {Entity(kind, tin, None, tuple(npis)).digest for kind, tin, npis in rows}


def _state_of(error: Exception) -> str:
    words = str(error)
    return TRUNCATED if "premature EOF" in words or "truncated" in words else UNREADABLE


def _no_hosts(locations: list[str]) -> UsageError:
    def host(location: str) -> str:
        try:
            return urlsplit(location).hostname or "no host"
        except ValueError:
            return "no host"

    hosts = Counter(host(location) for location in locations)
    named = ", ".join(f"{name} ({count:,})" for name, count in hosts.most_common(5))
    more = f" and {len(hosts) - 5:,} more" if len(hosts) > 5 else ""
    return UsageError(
        f"{len(locations):,} provider references wait to be fetched, and no host is allowed",
        found=named + more,
        todo="name each host that you trust with --allow-host",
    )
