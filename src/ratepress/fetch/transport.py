"""One HTTP request at a time over the standard library, to addresses that were checked.

http.client and not a larger library: what those add (redirects, retries, pools, decoding, proxies)
would have to be turned off, for each hop is checked, each attempt resumes, and bytes are kept as
they were sent. No proxy is used: behind one, no address could be checked.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from importlib.metadata import version

from ratepress.fetch.addresses import Dialled, resolve
from ratepress.fetch.limits import Limits
from ratepress.fetch.states import Refused, State, Transient
from ratepress.fetch.urls import PORTS, Policy, Url

REDIRECTS = {301, 302, 303, 307, 308}
DEFAULTS = Limits()
AGENT = f"ratepress/{version('ratepress')} (price transparency files)"
_Key = tuple[str, str, int, bool]


class _Connection(HTTPConnection):
    """A connection to one of the addresses given, whatever its name leads to by now."""

    def __init__(
        self, url: Url, addresses: list[Dialled], limits: Limits, tls: ssl.SSLContext | None
    ) -> None:
        self.default_port = PORTS[url.scheme]  # The Host header leaves it out.
        super().__init__(url.host, url.port)
        self._addresses = addresses
        self._limits = limits
        self._tls = tls
        self._live: socket.socket | None = None
        self.was_cut = False

    def connect(self) -> None:
        """Dial a checked address; the certificate is checked against the name."""
        self.sock = self._live = self._dial()
        if self._tls is not None:
            self.sock = self._live = self._tls.wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(self._limits.stall_seconds)

    def cut(self) -> None:
        """Make whatever reads from it fail at once; called from another thread."""
        self.was_cut = True
        if self._live is not None:
            with contextlib.suppress(OSError):  # It was closed meanwhile.
                socket.socket.shutdown(self._live, socket.SHUT_RDWR)

    def _dial(self) -> socket.socket:
        last: OSError | None = None
        for family, sockaddr in self._addresses:
            made = socket.socket(family, socket.SOCK_STREAM)
            try:
                made.settimeout(self._limits.connect_seconds)
                made.connect(sockaddr)
            except OSError as error:
                made.close()
                last = error
            else:
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return made
        raise last or OSError("no address")


class Answer:
    """A response whose head was read; `read` gives its body piece by piece."""

    def __init__(
        self,
        url: Url,
        response: HTTPResponse,
        connection: _Connection,
        done: Callable[[bool], None],
    ) -> None:
        self.url = url
        self.status = response.status
        self._response = response
        self._connection = connection
        self._done = done
        self._is_closed = False

    def header(self, name: str) -> str | None:
        """A header's value, or None."""
        return self._response.getheader(name)

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, as soon as there are any; empty at the end.

        Raises `Transient` where the connection breaks or stalls.
        """
        try:
            data = self._response.read1(size)
        except (OSError, HTTPException, ValueError) as error:
            raise transient(error, State.TRUNCATED) from error
        if not data and self._connection.was_cut:
            # A body without a stated length would seem to be at its end.
            raise Transient(State.TRUNCATED, "the time was up before its end")
        return data

    def close(self) -> None:
        """Give the connection back, or close it where the body was not read to its end."""
        if self._is_closed:
            return
        self._is_closed = True
        is_at_end = self._response.isclosed() or self._response.length == 0
        self._response.close()
        self._done(is_at_end and not self._response.will_close)


class Session:
    """Connections that are used again, and the pace at which hosts are asked; thread-safe."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits or DEFAULTS
        self.sleep = sleep
        self._tls = tls
        self._lock = threading.Lock()
        self._idle: dict[_Key, list[_Connection]] = {}
        self._gates: dict[str, threading.Semaphore] = {}
        self._next_turn: dict[str, float] = {}

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every idle connection."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for connections in idle.values():
            for connection in connections:
                connection.close()

    def open(
        self,
        method: str,
        url: Url,
        policy: Policy,
        headers: Mapping[str, str] | None = None,
        *,
        deadline: float,
    ) -> Answer:
        """The answer to a request, after at most `limits.redirects` hops, each of them checked.

        At `deadline` (of `time.monotonic`) the connection is cut, whatever it is at.
        """
        for _ in range(self.limits.redirects + 1):
            policy.check(url)
            answer = self._once(method, url, policy, headers or {}, deadline)
            location = answer.header("Location")
            if answer.status not in REDIRECTS or location is None:
                return answer
            answer.close()
            url = url.join(location, allow_loopback=policy.allow_loopback)
        raise Refused(
            State.REFUSED, f"it redirects more than {self.limits.redirects} times", status=302
        )

    def _once(
        self, method: str, url: Url, policy: Policy, headers: Mapping[str, str], deadline: float
    ) -> Answer:
        gate = self._wait_for_turn(url, deadline)
        key = (url.scheme, url.host, url.port, policy.allow_loopback)
        try:
            connection = self._take(key)
            if connection is not None:
                try:
                    return self._send(method, url, headers, connection, key, gate, deadline)
                except Transient:
                    pass  # The server had closed it meanwhile.
            addresses = resolve(url.host, url.port, allow_loopback=policy.allow_loopback)
            tls = self._context() if url.scheme == "https" else None
            connection = _Connection(url, addresses, self.limits, tls)
            return self._send(method, url, headers, connection, key, gate, deadline)
        except BaseException:
            gate.release()
            raise

    def _send(
        self,
        method: str,
        url: Url,
        headers: Mapping[str, str],
        connection: _Connection,
        key: _Key,
        gate: threading.Semaphore,
        deadline: float,
    ) -> Answer:
        watch = threading.Timer(max(0.0, deadline - time.monotonic()), connection.cut)
        watch.daemon = True
        watch.start()
        try:
            # Bytes as they are stored: a resumed download cannot be decoded on the way.
            sent = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity", **headers}
            connection.request(method, url.target, headers=sent)
            response = connection.getresponse()
        except BaseException as error:
            watch.cancel()
            connection.close()
            if isinstance(error, OSError | HTTPException | ValueError):
                raise transient(error, State.UNREACHABLE) from error
            raise

        def done(is_whole: bool) -> None:
            watch.cancel()
            if is_whole and not connection.was_cut:
                with self._lock:
                    self._idle.setdefault(key, []).append(connection)
            else:
                connection.close()
            gate.release()

        return Answer(url, response, connection, done)

    def _take(self, key: _Key) -> _Connection | None:
        with self._lock:
            idle = self._idle.get(key)
            return idle.pop() if idle else None

    def _wait_for_turn(self, url: Url, deadline: float) -> threading.Semaphore:
        with self._lock:
            gate = self._gates.setdefault(url.host, threading.Semaphore(self.limits.connections))
        if not gate.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise Refused(State.OUT_OF_TIME, "no connection to its host became free in time")
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next_turn.get(url.host, now))
            self._next_turn[url.host] = turn + self.limits.interval_seconds
        if turn > now:
            self.sleep(turn - now)
        return gate

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls


def transient(error: Exception, state: State) -> Refused:
    """What a broken connection is to the caller; a bad certificate does not mend itself."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Refused(
            State.UNREACHABLE,
            f"its certificate is not good: {error.verify_message}",
            todo="check the address; a certificate store that is out of date does this too",
        )
    if isinstance(error, TimeoutError):
        return Transient(state, "the server stopped sending")
    words = str(error).partition("\n")[0] or type(error).__name__
    return Transient(state, f"the connection broke: {words}")
