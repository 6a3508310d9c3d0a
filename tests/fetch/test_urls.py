"""Only https to public hosts is fetched, and no query is ever shown."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratepress.fetch.addresses import is_allowed, resolve
from ratepress.fetch.states import Refused, State
from ratepress.fetch.urls import Policy, is_loopback_host, parse_url, shown


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/x",
        "HTTP://a.example/x",
        "ftp://a.example/x",
        "sftp://a.example/x",
        "file:///etc/passwd",
        "a.example/x",
        "//a.example/x",
        "https:///x",
        "https://",
        "https://user@a.example/x",
        "https://user:secret@a.example/x",
        "https://a.example:99999/x",
        "https://a.example:port/x",
        "https://a.example/x y",
        "https://a.example/x\r\nHost: b.example",
        "https://a.example\\@b.example/x",
        "https://a.example/" + "x" * 9_000,
        "https://[fe80::1%25eth0]/x",
        "https://[::1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://0x7f.0.0.1/x",
        "https://0177.0.0.1/x",
        "https://127.1/x",
        "https://127.0.0.1./x\x00",
    ],
)
def test_a_url_that_could_lead_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(Refused) as raised:
        parse_url(url, allow_loopback=True)
    assert raised.value.state is State.REFUSED
    assert "secret" not in raised.value.reason


def test_http_is_for_loopback_alone() -> None:
    assert parse_url("http://127.0.0.1:8765/x", allow_loopback=True).port == 8765
    with pytest.raises(Refused):
        parse_url("http://127.0.0.1:8765/x")


def test_a_name_beyond_ascii_is_its_idna_form_and_a_path_is_escaped() -> None:
    url = parse_url("https://Bücher.example/ä?b=ü")
    assert (url.host, url.target) == ("xn--bcher-kva.example", "/%C3%A4?b=%C3%BC")


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8.9",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    """IANA special-purpose registries, IPv4 and IPv6, and IPv4 wrapped in IPv6.

    The Teredo address holds the client 127.0.0.1: its last 32 bits are inverted (RFC 4380).
    """
    assert not is_allowed(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1111"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(address)


def answering(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def lookup(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def test_one_private_answer_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering(monkeypatch, "8.8.8.8", "192.168.1.1")
    with pytest.raises(Refused, match=r"leads to 192\.168\.1\.1"):
        resolve("a.example", 443)


def test_loopback_does_not_open_other_private_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "10.0.0.1")
    with pytest.raises(Refused):
        resolve("localhost", 80, allow_loopback=True)


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that leads elsewhere the second time it is asked (DNS rebinding) gains nothing."""
    answering(monkeypatch, "8.8.8.8")
    checked = resolve("a.example", 443)
    answering(monkeypatch, "127.0.0.1")
    assert [one.sockaddr for one in checked] == [("8.8.8.8", 443)]


def test_hosts_are_allowed_by_name_or_by_name_and_port() -> None:
    url = parse_url("https://a.example:8443/x")
    Policy(hosts=frozenset({"a.example"})).check(url)
    Policy(hosts=frozenset({"a.example:8443"})).check(url)
    for others in ({"a.example:443"}, {"example"}, set()):
        with pytest.raises(Refused):
            Policy(hosts=frozenset(others)).check(url)


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost", "::1"])
def test_loopback_has_few_names(host: str) -> None:
    assert is_loopback_host(host)
    assert not is_loopback_host(f"{host}.example")


def test_a_query_that_is_not_signed_is_part_of_the_identity() -> None:
    first, second = parse_url("https://a.example/x?id=1"), parse_url("https://a.example/x?id=2")
    assert first.identity != second.identity
    assert first.shown == second.shown


@settings(deadline=None)
@given(st.text(max_size=60), st.text(alphabet="abcdef0123456789", min_size=12, max_size=12))
def test_a_secret_in_a_query_is_never_shown(before: str, secret: str) -> None:
    path = "".join(c for c in before if c not in "?#")
    assert secret not in shown(f"https://a.example/{path}?sig={secret}").replace(path, "")
