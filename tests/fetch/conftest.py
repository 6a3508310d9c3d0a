"""A server on loopback, and a session that waits for nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

import loopback_server
from loopback_server import Loopback
from ratepress.fetch.limits import Limits
from ratepress.fetch.transport import Session
from ratepress.fetch.urls import Policy

QUICK = Limits(
    reserve_bytes=0,
    connect_seconds=2.0,
    stall_seconds=0.3,
    total_seconds=10.0,
    interval_seconds=0.0,
)


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but loopback fails the test, whatever the code decides."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] in ("127.0.0.1", "::1"), f"a test reached for {address[0]}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback_server.running() as made:
        yield made


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that were asked for; none of them is waited."""
    return []


@pytest.fixture
def session(pauses: list[float]) -> Iterator[Session]:
    with Session(QUICK, sleep=pauses.append) as made:
        yield made


@pytest.fixture
def loopback() -> Policy:
    return Policy(allow_loopback=True)
