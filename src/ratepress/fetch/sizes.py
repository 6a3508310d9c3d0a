"""How large a file is before it is fetched, and whether it is an index."""

from __future__ import annotations

import re
import time
import zlib

import msgspec

from ratepress.fetch.refusals import HEAD_BYTES, page_in_place_of_data, refusal, whole_number
from ratepress.fetch.states import Failed, Refused
from ratepress.fetch.transport import Answer, Session
from ratepress.fetch.urls import Policy, parse_url, shown

PEEKED = 1 << 16
_TOTAL = re.compile(r"bytes \d{1,18}-\d{1,18}/(\d{1,18})\Z", re.ASCII)


class Sized(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says of a file: its `size` in bytes, None where it does not say.

    `head` is the beginning of its bytes, unpacked; empty where only the size was asked for.
    """

    url: str
    size: int | None
    head: bytes = b""


def size_of(url: str, *, session: Session, policy: Policy | None = None) -> Sized | Failed:
    """Ask for the size of a file by HEAD, or by a range of one byte where HEAD is not answered.

    >>> with Session() as session:
    ...     size_of("ftp://a.example/x", session=session).reason
    'only https is fetched, and this is ftp'
    """
    policy = policy or Policy()
    deadline = time.monotonic() + 2 * session.limits.stall_seconds
    try:
        asked = parse_url(url, allow_loopback=policy.allow_loopback)
        answer = session.open("HEAD", asked, policy, deadline=deadline)
        answer.close()
        if answer.status == 200:
            return Sized(url=asked.shown, size=_length(answer))
        # Links that are signed for GET refuse HEAD.
        one_byte = {"Range": "bytes=0-0"}
        answer = session.open("GET", asked, policy, one_byte, deadline=deadline)
        try:
            _check(answer, answer.read(HEAD_BYTES))
        finally:
            answer.close()
        return Sized(url=asked.shown, size=_length(answer))
    except Refused as refused:
        return refused.failed(shown(url))


def peek(url: str, *, session: Session, policy: Policy | None = None) -> Sized | Failed:
    """The size of a file and its first 64 KiB, unpacked where it is gzip; no more is read.

    >>> with Session() as session:
    ...     peek("https://[::1]/x", session=session).state
    <State.REFUSED: 'refused'>
    """
    policy = policy or Policy()
    deadline = time.monotonic() + 2 * session.limits.stall_seconds
    try:
        asked = parse_url(url, allow_loopback=policy.allow_loopback)
        answer = session.open("GET", asked, policy, deadline=deadline)
        try:
            head = b""
            while len(head) < PEEKED and (more := answer.read(PEEKED)):
                head += more
            _check(answer, head)
        finally:
            answer.close()
        return Sized(url=asked.shown, size=_length(answer), head=unpacked(head))
    except Refused as refused:
        return refused.failed(shown(url))


def unpacked(head: bytes) -> bytes:
    """The beginning of a file as it reads unpacked; at most 64 KiB.

    >>> import gzip
    >>> unpacked(gzip.compress(b'{"reporting_structure": []}'))
    b'{"reporting_structure": []}'
    """
    if not head.startswith(b"\x1f\x8b"):
        return head[:PEEKED]
    try:
        return zlib.decompressobj(31).decompress(head, PEEKED)
    except zlib.error:
        return b""


def _check(answer: Answer, head: bytes) -> None:
    if answer.status not in (200, 206):
        raise refusal(answer.status, head[:HEAD_BYTES], answer.header("Retry-After"))
    page = page_in_place_of_data(head)
    if page is not None:
        raise page


def _length(answer: Answer) -> int | None:
    if answer.status == 206:
        total = _TOTAL.match(answer.header("Content-Range") or "")
        return int(total[1]) if total else None
    return whole_number(answer.header("Content-Length"))
