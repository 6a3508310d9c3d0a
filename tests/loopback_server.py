"""A web server on 127.0.0.1 that misbehaves as asked; what each request was is kept.

A route is a list of behaviours: the first request takes the first, and the last one stays.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behaviour = Callable[["Handler"], None]


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Loopback:
    """The server: its address, its routes by path (without query), and what was asked of it."""

    port: int
    routes: dict[str, list[Behaviour]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def on(self, path: str, *behaviours: Behaviour) -> str:
        """Set a route; its URL."""
        self.routes[path] = list(behaviours)
        return self.url(path)

    def ranges(self) -> list[str | None]:
        return [request.headers.get("range") for request in self.asked]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # A head and a body in two packets wait 40 ms for each other.
    loopback: Loopback

    def setup(self) -> None:
        super().setup()
        self.loopback.connections += 1

    def handle(self) -> None:
        # A client that leaves in the middle is what these tests are about.
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            super().handle()

    def answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.path.partition("?")[0]
        self.loopback.asked.append(Asked(self.command, self.path, headers))
        route = self.loopback.routes.get(path) or [status(404, b"no such file")]
        behaviour = route.pop(0) if len(route) > 1 else route[0]
        try:
            behaviour(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_HEAD = answer  # noqa: N815

    def say(self, code: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers and "Transfer-Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


def serve(
    body: bytes, *, etag: str | None = '"1"', has_ranges: bool = True, **more: str
) -> Behaviour:
    """A good server: ranges, If-Range, If-None-Match."""

    def behave(handler: Handler) -> None:
        headers = {"ETag": etag} if etag else {}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        if etag and handler.headers.get("If-None-Match") == etag:
            handler.say(304, headers)
            return
        stated = re.match(r"bytes=(\d+)-(\d*)\Z", handler.headers.get("Range") or "")
        condition = handler.headers.get("If-Range")
        if stated and has_ranges and condition in (None, etag, more.get("Last_Modified")):
            first = int(stated[1])
            last = int(stated[2]) if stated[2] else len(body) - 1
            headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
            handler.say(206, headers, body[first : last + 1])
        else:
            handler.say(200, headers, body)

    return behave


def cut(body: bytes, after: int, *, etag: str | None = '"1"', **more: str) -> Behaviour:
    """Promises all of the body and closes after some of what was asked for."""

    def behave(handler: Handler) -> None:
        first = int((handler.headers.get("Range") or "bytes=0-")[6:-1])
        rest = body[first:]
        headers = {"Content-Length": str(len(rest)), **({"ETag": etag} if etag else {})}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        if first:
            headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        handler.say(206 if first else 200, headers, rest[:after])
        handler.close_connection = True

    return behave


def stall(body: bytes, after: int) -> Behaviour:
    """Sends the first bytes and then nothing, until the test is over."""

    def behave(handler: Handler) -> None:
        handler.say(200, {"Content-Length": str(len(body)), "ETag": '"1"'}, body[:after])
        handler.wfile.flush()
        handler.loopback.stopped.wait(10)
        handler.close_connection = True

    return behave


def drip(body: bytes, pause: float) -> Behaviour:
    """Sends a byte at a time, never so slow that it would count as a stall."""

    def behave(handler: Handler) -> None:
        handler.say(200, {"Content-Length": str(len(body))})
        for byte in body:
            if handler.loopback.stopped.wait(pause):
                break
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
        handler.close_connection = True

    return behave


def drip_head(pause: float) -> Behaviour:
    """Sends a header without end, a byte at a time."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not handler.loopback.stopped.wait(pause):
            handler.wfile.write(b"x")
            handler.wfile.flush()
        handler.close_connection = True

    return behave


def chunked(pieces: Sequence[bytes], *, is_whole: bool = True) -> Behaviour:
    """A body without a stated length; without its last chunk where it is not whole."""

    def behave(handler: Handler) -> None:
        handler.say(200, {"Transfer-Encoding": "chunked"})
        for piece in pieces:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if is_whole:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = not is_whole

    return behave


def status(code: int, body: bytes = b"", **headers: str) -> Behaviour:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.say(code, named, body)


def redirect(location: str, code: int = 302) -> Behaviour:
    return status(code, b"moved", Location=location)


def hang_up(handler: Handler) -> None:
    """Closes without a word."""
    handler.close_connection = True


class _Server6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


@contextmanager
def running(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """A server for the time of one test."""
    bound = type("Bound", (Handler,), {})
    kind = _Server6 if ":" in host else ThreadingHTTPServer
    server = kind((host, 0), bound)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    loopback = Loopback(server.server_address[1])
    bound.loopback = loopback  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        loopback.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
