"""Which URLs may be fetched, and what of one may be shown.

https only, no user or password in it, and no host that is a private or reserved address however
it is written. Query strings hold the signatures of signed links: they are sent and never shown.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

import msgspec

from ratepress.fetch.states import Refused, State

LONGEST = 8_192
PORTS = {"https": 443, "http": 80}
_BAD = re.compile(r"[\x00-\x20\x7f\\]")
_NUMERIC_HOST = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?\Z", re.IGNORECASE)
_DOTTED = re.compile(r"(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}\Z")
_HIDDEN = "..."
_LOOPBACK_NAMES = ("localhost", "::1")
# A query that holds one of these is signed; those that follow change with each signature.
_SIGNED_BY = {"x-amz-signature", "x-goog-signature", "signature", "sig"}
_OF_SIGNATURE = re.compile(
    r"(x-amz-.*|x-goog-.*|awsaccesskeyid|googleaccessid|signature|expires|policy|key-pair-id"
    r"|sig|se|sp|sr|st|sv|spr|ske|skt|sks|skv|skoid|sktid)\Z"
)


class Url(msgspec.Struct, frozen=True):
    """A URL that keeps the rules; `target` is its path and query, as they are sent."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def shown(self) -> str:
        """The URL as messages and records have it: the query is replaced by `...`.

        >>> parse_url("https://a.example/x.json?sig=secret").shown
        'https://a.example/x.json?...'
        """
        path, mark, _ = self.target.partition("?")
        return f"{self.scheme}://{self.authority}{path}{'?...' if mark else ''}"

    @property
    def authority(self) -> str:
        """Host, and the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        return is_loopback_host(self.host)

    @property
    def identity(self) -> str:
        """The same for two signatures of one link; a hash, for the signature is a secret.

        >>> first = parse_url("https://a.example/x?id=1&Expires=5&Signature=a")
        >>> second = parse_url("https://a.example/x?id=1&Expires=9&Signature=b")
        >>> first.identity == second.identity
        True
        """
        path, _, query = self.target.partition("?")
        kept = _unsigned(query)
        query = query if kept is None else repr(kept)
        plain = f"{self.scheme}://{self.authority}{path}?{query}"
        return sha256(plain.encode()).hexdigest()[:32]

    def join(self, location: str, *, allow_loopback: bool) -> Url:
        """Where a redirect leads."""
        return parse_url(
            urljoin(f"{self.scheme}://{self.authority}{self.target}", location),
            allow_loopback=allow_loopback,
        )


class Address(NamedTuple):
    """Where a URL points, to be compared: host and path, and the query without its signature.

    `query` is None where it was not recorded: a URL as it is shown ends with `?...`.
    """

    where: str
    query: str | None


class Policy(msgspec.Struct, frozen=True):
    """What one download may reach. `hosts`: these alone, each a host or `host:port`."""

    allow_loopback: bool = False
    hosts: frozenset[str] | None = None

    def check(self, url: Url) -> None:
        """Raise where the URL's host is none of those allowed."""
        if self.hosts is not None and not self.hosts & {url.host, f"{url.host}:{url.port}"}:
            raise Refused(
                State.REFUSED,
                f"the host {url.host} is none of those allowed",
                todo=f"allow it with --allow-host {url.host} if you trust it",
            )


def is_loopback_host(host: str) -> bool:
    """Whether a host is this machine, by its plain name or address.

    >>> is_loopback_host("127.0.0.1"), is_loopback_host("127.1"), is_loopback_host("a.example")
    (True, False, False)
    """
    return host in _LOOPBACK_NAMES or (bool(_DOTTED.match(host)) and host.startswith("127."))


def names_loopback(text: str) -> bool:
    """Whether a URL names this machine outright.

    >>> names_loopback("http://127.0.0.1:8765/x"), names_loopback("https://a.example/127.0.0.1")
    (True, False)
    """
    try:
        return is_loopback_host(urlsplit(text).hostname or "")
    except ValueError:
        return False


def parse_url(text: str, *, allow_loopback: bool = False) -> Url:
    """A URL that may be asked; raises `Refused` for any other, without repeating its query."""
    if len(text) > LONGEST or _BAD.search(text):
        raise Refused(State.REFUSED, "this is no URL: it is too long or holds spaces or controls")
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna" if not _is_ip6(parts.netloc) else "ascii")
        port = parts.port
    except (ValueError, UnicodeError):
        raise Refused(State.REFUSED, "this is no URL: its host or port is malformed") from None
    name = host.decode("ascii").rstrip(".")
    if "@" in parts.netloc:
        raise Refused(State.REFUSED, "the URL holds a user name or password")
    if not name or "%" in name:
        raise Refused(State.REFUSED, "this is no URL with a host")
    if _NUMERIC_HOST.match(name) and not _DOTTED.match(name):
        raise Refused(State.REFUSED, "the host is an address in a form that hides it")
    is_allowed_http = parts.scheme == "http" and allow_loopback and is_loopback_host(name)
    if parts.scheme != "https" and not is_allowed_http:
        found = parts.scheme or "no scheme"
        raise Refused(
            State.REFUSED,
            f"only https is fetched, and this is {found}",
            todo="see whether the publisher has the file under https",
        )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii():
        target = "".join(c if c.isascii() else _percent(c) for c in target)
    return Url(parts.scheme, name, port or PORTS[parts.scheme], target)


def shown(text: str) -> str:
    """Any text given as a URL, as it may be shown: without user, query and fragment.

    >>> shown("ftp://me:secret@a.example/x?sig=1#y")
    'ftp://a.example/x?...'
    """
    before, mark, _ = text.partition("#")[0].partition("?")
    scheme, slashes, rest = before.rpartition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{authority.rpartition('@')[2]}{slash}{path}{'?...' if mark else ''}"


def address(text: str) -> Address | None:
    """Where any URL points, whether it may be fetched or not; None for what is no URL.

    Two URLs of one file have one address: scheme, user, the scheme's own port, fragment and
    signature are no part of it, nor is how a character is escaped.

    >>> address("https://A.example:443/x%20y.gz?id=1&Expires=5&Signature=a")
    Address(where='a.example/x y.gz', query='id=1')
    >>> address("https://a.example/x?..."), address("/files/x.gz")
    (Address(where='a.example/x', query=None), None)
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or "://" not in text:
        return None
    if port is not None and port != PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    kept = _unsigned(parts.query)
    query = parts.query if kept is None else urlencode(kept)
    return Address(f"{host}{unquote(parts.path) or '/'}", None if query == _HIDDEN else query)


def _unsigned(query: str) -> list[tuple[str, str]] | None:
    """The parameters of a signed query without those of its signature; None where it has none."""
    named = parse_qsl(query, keep_blank_values=True)
    if not any(name.lower() in _SIGNED_BY for name, _ in named):
        return None
    return [pair for pair in named if not _OF_SIGNATURE.match(pair[0].lower())]


def _is_ip6(netloc: str) -> bool:
    return "[" in netloc


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))
