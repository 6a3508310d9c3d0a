"""Stands before everything: what a request may look like, how long it may take, which headers go.

Host names are checked because a page of another site can make a browser ask this one (DNS
rebinding), and paths because a proxy may read a strange one differently than we do.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

from ratepress.press.html import error_page
from ratepress.service.answers import PAGE, SHUT, TYPES
from ratepress.service.errors import (
    BAD,
    RETRY,
    TOO_LARGE,
    TOO_LONG,
    UNAVAILABLE,
    WRONG_HOST,
    Refusal,
    body_of,
    refused,
    told,
    unavailable,
)
from ratepress.service.limits import Limits
from ratepress.service.metrics import Metrics

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
# A plain path: no escapes but that of a colon, no empty part, no part that begins with a point.
_PATH = re.compile(rb"/(?:[A-Za-z0-9_~-](?:[A-Za-z0-9._~:-]|%3[Aa])*(?:/(?!/)|\Z))*\Z")
_QUERY = re.compile(rb"[!-~]*\Z")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?\Z")
ROUTE = "ratepress.route"
"""Where the app writes which route answers, for the counts."""
HEADERS = {
    "content-security-policy": SHUT,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""What every answer carries; a page states a policy of its own in place of the first."""


class Guard:
    """Wraps the app. `hosts` are the names by which it may be called, without a port.

    `close` lets nothing new begin, for a process that ends.
    """

    def __init__(
        self,
        app: App,
        limits: Limits,
        metrics: Metrics,
        hosts: Collection[str] = (),
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.close = close
        self._app = app
        self._limits = limits
        self._metrics = metrics
        self._hosts = LOOPBACK | {host.lower() for host in hosts}
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the start and end of the service, which pass through."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        sent = _Sent(send)
        self._open += 1
        self._metrics.open.set(self._open)
        try:
            await self._answered(scope, receive, sent)
        finally:
            self._open -= 1
            self._metrics.open.set(self._open)
            route = str(scope.get(ROUTE, "refused"))
            self._metrics.count(route, sent.status or 499, time.perf_counter() - began)

    async def _answered(self, scope: Scope, receive: Receive, sent: _Sent) -> None:
        try:
            self._check(scope)
            bounded = _Bounded(receive, self._limits.body_bytes)
            async with asyncio.timeout(self._limits.seconds):
                await self._app(scope, bounded, sent)
            return
        except TimeoutError:
            error = unavailable(f"There is no answer after {self._limits.seconds:g} seconds")
        except Exception as raised:
            error = told(raised)
        if sent.status is None:
            await _send_error(scope, sent, error)
        else:
            # Half an answer is out: only a broken connection says that the rest will not come.
            raise ConnectionAbortedError("an answer broke off")

    def _check(self, scope: Scope) -> None:
        limits = self._limits
        if self._open > limits.requests:
            raise unavailable("Too many requests are open")
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        if len(raw) > limits.path_bytes or len(scope["query_string"]) > limits.query_bytes:
            raise refused(TOO_LONG, "The address is too long", todo="ask for less at once")
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            raise refused(
                WRONG_HOST,
                "This service does not answer to that host name",
                todo="use its own name; its keeper may add others with --allow-host",
            )
        if not _PATH.match(raw) or not _QUERY.match(scope["query_string"]):
            raise refused(BAD, "The address is not written plainly", todo="see /api/openapi.json")
        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        if any(not n.isdigit() or int(n) > limits.body_bytes for n in lengths):
            raise refused(
                TOO_LARGE, f"The body is over {limits.body_bytes:,} bytes", todo="send less"
            )

    def _is_ours(self, host: bytes) -> bool:
        found = _HOST.match(host.decode("latin-1").lower())
        return found is not None and ("*" in self._hosts or found[1] in self._hosts)


class _Bounded:
    """Receives a body up to a size; one sent in chunks states no length beforehand."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._had = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._had += len(message.get("body", b""))
        if self._had > self._most:
            raise refused(TOO_LARGE, f"The body is over {self._most:,} bytes", todo="send less")
        return message


class _Sent:
    """Sends, adds the headers of every answer, and remembers the status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            had = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(
                    (name.encode(), value.encode())
                    for name, value in HEADERS.items()
                    if name.encode() not in had
                ),
            ]
        await self._send(message)


def _told(scope: Scope, refusal: Refusal) -> tuple[str, bytes]:
    """An error as a page for who reads pages, with its media type; else the one shape of errors."""
    accepts = [value for name, value in scope["headers"] if name == b"accept"]
    is_page = any(b"text/html" in value for value in accepts)
    if is_page and not str(scope["path"]).startswith("/api"):
        wait = int(refusal.headers.get(RETRY, 0))
        return TYPES["html"], error_page(refusal.error, wait).encode("utf-8")
    return "application/json", body_of(str(scope.get(ROUTE, "serve")), refusal.error)


async def _send_error(scope: Scope, send: _Sent, refusal: Refusal) -> None:
    form, body = _told(scope, refusal)
    headers = {
        "content-type": form,
        "content-length": str(len(body)),
        "cache-control": "no-store",
        **refusal.headers,
    }
    if form == TYPES["html"]:
        headers["content-security-policy"] = PAGE
    if refusal.status == UNAVAILABLE:
        headers.setdefault(RETRY, "2")
    if refusal.status == TOO_LARGE:
        headers["connection"] = "close"  # The rest of the body is not read.
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": refusal.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
