"""From a host to the address that is dialled: every address of it is checked first.

A name can lead to an address inside the reader's own network, and can lead elsewhere each time it
is asked (DNS rebinding). So a name is resolved once, all answers must be public, and the
connection goes to one of the addresses that were checked, never to the name.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from ratepress.fetch.states import Refused, State, Transient

_NAT64 = IPv6Network("64:ff9b::/96")
Ip = IPv4Address | IPv6Address


class Dialled(NamedTuple):
    """One address to connect to."""

    family: int
    sockaddr: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]


def resolve(host: str, port: int, *, allow_loopback: bool = False) -> list[Dialled]:
    """The addresses of a host; raises `Refused` where any of them is not public.

    With `allow_loopback` this machine is allowed too, and nothing else that is private.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        reason = f"the host {host} has no address: {error.strerror}"
        if error.errno == socket.EAI_NONAME:
            raise Refused(State.UNREACHABLE, reason) from error
        raise Transient(State.UNREACHABLE, reason) from error
    dialled = [Dialled(family, sockaddr) for family, _, _, _, sockaddr in found]
    for one in dialled:
        address = str(one.sockaddr[0])
        if not is_allowed(address, allow_loopback=allow_loopback):
            raise Refused(
                State.REFUSED,
                f"the host {host} leads to {address}, which is no public address",
            )
    return dialled


def is_allowed(address: str, *, allow_loopback: bool = False) -> bool:
    """Whether an address is public, seen through every form that wraps another address.

    >>> is_allowed("8.8.8.8"), is_allowed("::ffff:10.0.0.1"), is_allowed("169.254.169.254")
    (True, False, False)
    """
    try:
        inner = _unwrap(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if allow_loopback and inner.is_loopback:
        return True
    return inner.is_global and not (
        inner.is_multicast or inner.is_private or inner.is_reserved or inner.is_unspecified
    )


def _unwrap(address: Ip) -> Ip:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address
