"""One URL into one file, whole and hashed, however often the connection breaks.

The Python twin of `ratepress fetch`. Range requests with If-Range follow RFC 9110, 13 and 14: a
file that changed meanwhile comes anew from its first byte, never as a mixture.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from ratepress.fetch.names import file_name
from ratepress.fetch.refusals import (
    HEAD_BYTES,
    page_in_place_of_data,
    refusal,
    whole_number,
)
from ratepress.fetch.states import Failed, Refused, State, Transient
from ratepress.fetch.store import Part, Record, Store, too_large
from ratepress.fetch.transport import Answer, Session
from ratepress.fetch.urls import Policy, Url, parse_url, shown

CHUNK = 1 << 18
_PROGRESS_BYTES = 1 << 16
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)\Z", re.ASCII)
Progress = Callable[[int, int | None], None]


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was fetched. `url` and `final_url` are without their queries.

    `was_new` is False where it was there already: unchanged on the server, or taken as it is with
    `reuse`. `resumed_from` is the byte at which the last attempt went on, 0 where it began anew.
    """

    url: str
    final_url: str
    path: str
    sha256: str
    bytes: int
    etag: str | None
    last_modified: str | None
    retrieved_at: datetime
    was_new: bool
    resumed_from: int


def fetch(
    url: str,
    folder: Path | str,
    *,
    session: Session | None = None,
    policy: Policy | None = None,
    reuse: bool = False,
    progress: Progress | None = None,
) -> Fetched:
    """Download `url` into `folder`; raises `NetworkRefused` where it gives no file.

    What a killed or failed run left is gone on with. A file that is there from an earlier run is
    asked for only if it changed (`If-None-Match`), or not at all with `reuse`; a newer one takes
    its place. `progress` is called with the bytes so far and the size, None where not stated.

    >>> fetch("https://10.0.0.1/x.json?sig=secret", "unused")
    Traceback (most recent call last):
    ...
    ratepress.core.errors.NetworkRefused: https://10.0.0.1/x.json?...: the host 10.0.0.1 leads to...
    """
    found = try_fetch(url, folder, session=session, policy=policy, reuse=reuse, progress=progress)
    if isinstance(found, Failed):
        raise found.error()
    return found


def try_fetch(
    url: str,
    folder: Path | str,
    *,
    session: Session | None = None,
    policy: Policy | None = None,
    reuse: bool = False,
    progress: Progress | None = None,
) -> Fetched | Failed:
    """As `fetch`, with what went wrong as a value.

    >>> try_fetch("http://a.example/x.json", "unused").state
    <State.REFUSED: 'refused'>
    """
    policy = policy or Policy()
    own = session or Session()
    try:
        asked = parse_url(url, allow_loopback=policy.allow_loopback)
        policy.check(asked)
        return _Download(asked, Store(Path(folder)), own, policy, progress).run(reuse=reuse)
    except Refused as refused:
        return refused.failed(shown(url))
    finally:
        if session is None:
            own.close()


class _Download:
    def __init__(
        self, url: Url, store: Store, session: Session, policy: Policy, progress: Progress | None
    ) -> None:
        self._url = url
        self._store = store
        self._session = session
        self._limits = session.limits
        self._policy = policy
        self._progress = progress
        self._deadline = time.monotonic() + session.limits.total_seconds

    def run(self, *, reuse: bool) -> Fetched:
        kept = self._store.kept(self._url)
        if kept and reuse:
            return _fetched(*kept, was_new=False, resumed_from=0)
        failures = best = 0
        self._store.prepare()
        with self._store.part(self._url, self._limits) as part:
            while True:
                try:
                    return self._attempt(part, kept)
                except Transient as broken:
                    if part.size > best + _PROGRESS_BYTES:
                        failures, best = 0, part.size
                    failures += 1
                    self._pause(broken, failures)

    def _pause(self, broken: Transient, failures: int) -> None:
        limits = self._limits
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._out_of_time() from broken
        if failures >= limits.attempts:
            raise Refused(
                broken.state, f"{broken.reason}, {failures} times", status=broken.status
            ) from broken
        doubled = limits.first_pause_seconds * 2 ** (failures - 1)
        pause = min(doubled, limits.longest_pause_seconds) * (0.5 + random.random() / 2)  # noqa: S311
        if broken.retry_after is not None:
            if broken.retry_after > min(limits.longest_pause_seconds, left):
                raise Refused(
                    broken.state,
                    f"{broken.reason} and wants {broken.retry_after:,.0f} seconds of patience",
                    status=broken.status,
                ) from broken
            pause = max(pause, broken.retry_after)
        self._session.sleep(min(pause, left))

    def _out_of_time(self) -> Refused:
        return Refused(
            State.OUT_OF_TIME, f"it took longer than {self._limits.total_seconds:,.0f} seconds"
        )

    def _attempt(self, part: Part, kept: tuple[Record, Path] | None) -> Fetched:
        record = self._store.record(self._url)
        offset = _resumable(part, record)
        headers = _conditions(record if offset else None, kept and kept[0], offset)
        answer = self._session.open(
            "GET", self._url, self._policy, headers, deadline=self._deadline
        )
        try:
            if answer.status == 304 and kept:
                part.keep(0)
                self._store.write(self._url, kept[0])
                return _fetched(*kept, was_new=False, resumed_from=0)
            return self._take(answer, part, record, offset)
        finally:
            answer.close()

    def _take(self, answer: Answer, part: Part, record: Record | None, offset: int) -> Fetched:
        if answer.status == 206 and record is not None and _continues(answer, record, offset):
            part.keep(offset)
        elif answer.status == 200:
            part.keep(0)
            offset = 0
            record = self._begin(answer)
        elif answer.status in (206, 412, 416):
            part.keep(0)
            raise Transient(State.UNEXPECTED, "the server's parts do not fit together")
        else:
            head = answer.read(HEAD_BYTES)
            raise refusal(answer.status, head, answer.header("Retry-After"))
        self._copy(answer, part, record.bytes)
        disposition = answer.header("Content-Disposition")
        name = file_name(self._url.target, disposition)
        done, path = self._store.finish(self._url, part, name, record)
        return _fetched(done, path, was_new=True, resumed_from=offset)

    def _begin(self, answer: Answer) -> Record:
        length = whole_number(answer.header("Content-Length"))
        if length is not None and length > self._limits.max_bytes:
            raise too_large(self._limits)
        record = Record(
            url=self._url.shown,
            final_url=answer.url.shown,
            etag=answer.header("ETag"),
            last_modified=answer.header("Last-Modified"),
            answered_at=answer.header("Date"),
            bytes=length,
        )
        had = self._store.record(self._url)
        # The name of an earlier file stays known until this one takes its place.
        name = had.file if had else None
        self._store.write(self._url, msgspec.structs.replace(record, file=name))
        return record

    def _copy(self, answer: Answer, part: Part, expected: int | None) -> None:
        if expected is not None:
            part.check_space(expected - part.size)
        try:
            while data := answer.read(CHUNK):
                if part.size == 0 and (page := page_in_place_of_data(data)) is not None:
                    raise page
                part.write(data)
                if self._progress:
                    self._progress(part.size, expected)
                if time.monotonic() > self._deadline:
                    raise self._out_of_time()
        finally:
            part.flush()
        if expected is not None and part.size != expected:
            # http.client does not tell a body that is cut from one that ends.
            raise Transient(
                State.TRUNCATED, f"{part.size:,} bytes came and {expected:,} were promised"
            )
        if not part.size:
            # Headers that are cut look like this too.
            raise Transient(State.TRUNCATED, "the file came empty")


def _resumable(part: Part, record: Record | None) -> int:
    """The byte to go on from; the last one is asked for again where all seem to be there."""
    had = part.on_disk
    if not had or record is None or record.validator is None or record.bytes is None:
        return 0
    return min(had, record.bytes - 1) if had <= record.bytes else 0


def _conditions(partial: Record | None, kept: Record | None, offset: int) -> dict[str, str]:
    if partial is not None and partial.validator is not None:
        return {"Range": f"bytes={offset}-", "If-Range": partial.validator}
    if kept is None:
        return {}
    if kept.etag:
        return {"If-None-Match": kept.etag}
    return {"If-Modified-Since": kept.last_modified} if kept.last_modified else {}


def _continues(answer: Answer, record: Record, offset: int) -> bool:
    """Whether a 206 is the rest of the very file that was begun."""
    stated = _RANGE.match(answer.header("Content-Range") or "")
    if stated is None or int(stated[1]) != offset:
        return False
    if stated[2] != "*" and int(stated[2]) != record.bytes:
        return False
    etag = answer.header("ETag")
    return etag is None or etag == record.etag


def _fetched(record: Record, path: Path, *, was_new: bool, resumed_from: int) -> Fetched:
    if record.sha256 is None or record.bytes is None or record.retrieved_at is None:
        raise ValueError("the record of a finished file is not complete")
    return Fetched(
        url=record.url,
        final_url=record.final_url,
        path=str(path),
        sha256=record.sha256,
        bytes=record.bytes,
        etag=record.etag,
        last_modified=record.last_modified,
        retrieved_at=record.retrieved_at,
        was_new=was_new,
        resumed_from=resumed_from,
    )
