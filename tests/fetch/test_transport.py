"""Connections: the certificate is that of the name, and no host is asked by too many at a time."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import loopback_server
from loopback_server import Loopback, drip_head, redirect, serve
from ratepress.fetch.download import Fetched, fetch, try_fetch
from ratepress.fetch.states import Failed, State
from ratepress.fetch.transport import Session
from ratepress.fetch.urls import Policy

BODY = b'{"in_network": []}'


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for `localhost` and for no address, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "made.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    return made, key


@pytest.fixture
def secure(certificate: tuple[Path, Path]) -> Iterator[Loopback]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with loopback_server.running(tls=context) as server:
        yield server


@pytest.fixture
def trusting(session: Session, certificate: tuple[Path, Path]) -> Iterator[Session]:
    """A session that knows the certificate's maker."""
    context = ssl.create_default_context(cafile=str(certificate[0]))
    with Session(session.limits, sleep=session.sleep, tls=context) as made:
        yield made


def test_https_to_a_checked_address_under_its_name(
    secure: Loopback, trusting: Session, loopback: Policy, tmp_path: Path
) -> None:
    secure.on("/x.json", serve(BODY))
    url = f"https://localhost:{secure.port}/x.json"
    assert fetch(url, tmp_path, session=trusting, policy=loopback).bytes == len(BODY)
    assert secure.asked[0].headers["host"] == f"localhost:{secure.port}"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_that_is_not_good_is_refused_at_once(
    secure: Loopback,
    session: Session,
    trusting: Session,
    loopback: Policy,
    tmp_path: Path,
    pauses: list[float],
    host: str,
) -> None:
    """Of an unknown maker for the name; and of a known one, but for another name."""
    url = f"https://{host}:{secure.port}/x.json"
    asking = session if host == "localhost" else trusting
    found = try_fetch(url, tmp_path, session=asking, policy=loopback)
    assert isinstance(found, Failed)
    assert (found.state, pauses, secure.asked) == (State.UNREACHABLE, [], [])
    assert "certificate" in found.reason


def test_https_does_not_lead_back_to_http(
    secure: Loopback, server: Loopback, trusting: Session, loopback: Policy, tmp_path: Path
) -> None:
    """On loopback http is allowed; to any other host the step down is refused."""
    secure.on("/x.json", redirect("http://a.example/x.json"))
    url = f"https://localhost:{secure.port}/x.json"
    found = try_fetch(url, tmp_path, session=trusting, policy=loopback)
    assert isinstance(found, Failed)
    assert (found.state, server.asked) == (State.REFUSED, [])


def test_addresses_of_version_6(session: Session, loopback: Policy, tmp_path: Path) -> None:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    with loopback_server.running("::1") as server:
        server.on("/x.json", serve(BODY))
        url = f"http://[::1]:{server.port}/x.json"
        found = fetch(url, tmp_path, session=session, policy=loopback)
        assert (found.bytes, found.url) == (len(BODY), url)
        assert server.asked[0].headers["host"] == f"[::1]:{server.port}"


def test_headers_without_end_are_cut_at_the_deadline(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    """Each byte comes in time, so no single wait is ever too long."""
    url = server.on("/x.json", drip_head(0.02))
    begun = time.monotonic()
    limits = msgspec.structs.replace(session.limits, total_seconds=0.5)
    with Session(limits, sleep=session.sleep) as hurried:
        found = try_fetch(url, tmp_path, session=hurried, policy=loopback)
    assert isinstance(found, Failed)
    assert found.state is State.OUT_OF_TIME
    assert time.monotonic() - begun < 4


def test_a_host_has_no_more_connections_than_allowed(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def counted(handler: loopback_server.Handler) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        handler.loopback.stopped.wait(0.05)
        with lock:
            now -= 1
        serve(BODY)(handler)

    urls = [server.on(f"/{number}.json", counted) for number in range(6)]
    found: list[Fetched | Failed] = []

    def one(url: str) -> None:
        found.append(try_fetch(url, tmp_path, session=session, policy=loopback))

    threads = [threading.Thread(target=one, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [type(one) for one in found] == [Fetched] * 6
    assert most == session.limits.connections == 2
    assert len(list(tmp_path.glob("*.json"))) == 6
