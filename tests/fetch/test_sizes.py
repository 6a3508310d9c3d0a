"""A size is asked for without the file."""

from __future__ import annotations

import gzip

from loopback_server import Loopback, serve, status
from ratepress.fetch.sizes import PEEKED, Sized, peek, size_of
from ratepress.fetch.states import Failed, State
from ratepress.fetch.transport import Session
from ratepress.fetch.urls import Policy

BODY = b'{"in_network": ' + b" " * 200_000


def test_the_size_comes_by_head(server: Loopback, session: Session, loopback: Policy) -> None:
    url = server.on("/x.json", serve(BODY))
    assert size_of(url, session=session, policy=loopback) == Sized(url=url, size=len(BODY))
    assert [one.method for one in server.asked] == ["HEAD"]


def test_a_link_that_is_signed_for_get_is_asked_for_one_byte(
    server: Loopback, session: Session, loopback: Policy
) -> None:
    url = server.on("/x.json", status(403), serve(BODY))
    assert size_of(url, session=session, policy=loopback) == Sized(url=url, size=len(BODY))
    assert server.ranges() == [None, "bytes=0-0"]


def test_a_file_that_is_not_there_has_a_state(
    server: Loopback, session: Session, loopback: Policy
) -> None:
    found = size_of(server.url("/x.json?sig=1"), session=session, policy=loopback)
    assert isinstance(found, Failed)
    assert (found.state, found.url) == (State.ABSENT, server.url("/x.json?..."))


def test_a_peek_reads_the_beginning_only(
    server: Loopback, session: Session, loopback: Policy
) -> None:
    for body in (BODY, gzip.compress(BODY)):
        found = peek(server.on("/x", serve(body)), session=session, policy=loopback)
        assert isinstance(found, Sized)
        assert (found.size, found.head) == (len(body), BODY[:PEEKED])
