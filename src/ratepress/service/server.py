"""The service as a process: a socket, a limit on slow connections, a graceful stop.

It holds nothing that a kill could lose: all it keeps is made again from the lake.
"""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ratepress.core.errors import UsageError
from ratepress.dossier.record import Record
from ratepress.lake.store import Lake
from ratepress.press.edition import Edition
from ratepress.press.files import Site
from ratepress.service.app import application
from ratepress.service.limits import Limits
from ratepress.service.shelf import EMPTY

_HEADER_BYTES = 16_384
_LAST_PORT = 65_535
_BACKLOG = 1024


def serve(
    lake: Lake,
    *,
    host: str = "127.0.0.1",
    port: int = 8321,
    hosts: Collection[str] = (),
    limits: Limits | None = None,
    edition: Edition | None = None,
    site: Path | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a lake over HTTP until SIGTERM or SIGINT; then open requests are answered first.

    Only this machine reaches the default host. `hosts` are further names that readers may call the
    service by. `edition` says how the pages are made; `site` is a folder that `publish` wrote,
    whose records of codes are taken where they still hold. `ready` is told the address once the
    socket is open. Port 0 takes any free one. Raises `UsageError` where the address cannot be had,
    or is that of no machine.

    >>> import tempfile, pathlib
    >>> serve(Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake"), port=70_000)
    Traceback (most recent call last):
    ...
    ratepress.core.errors.UsageError: The service cannot be had at this address...
    """
    limits = limits or Limits()
    names = {*hosts, *([] if _is_any(host) else [_in_address(host)])}
    known = EMPTY if site is None else _known(site)
    app = application(lake, limits, names, edition, known)
    opened = _socket(host, port)
    config = uvicorn.Config(
        app,
        http=_protocol(limits.header_seconds),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # A warning for each refused connection would be a way to fill a disk.
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=limits.drain_seconds,
        h11_max_incomplete_event_size=_HEADER_BYTES,
    )
    with opened:
        if ready is not None:
            ready(f"http://{_in_address(host)}:{opened.getsockname()[1]}/")
        try:
            _Server(config).run(sockets=[opened])
        finally:
            app.close()  # The process ends once no thread is at work any more.


def _known(site: Path) -> Mapping[str, Record]:
    found = Site(site).records()
    if not found:
        raise UsageError(
            f"{site}: there is no site of ratepress here", todo="name one that `publish` wrote"
        )
    return found


class _Server(uvicorn.Server):
    """Stops at a signal and does not raise it again: a stop that was asked for went well."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _protocol(header_seconds: float) -> type[asyncio.Protocol]:
    """Uvicorn's protocol, which also closes a connection that takes its time to say what it wants.

    uvicorn limits how long a connection may rest between requests, and not how slowly a request
    may come in; a few thousand such connections would take all there are.
    """

    class Timed(H11Protocol):
        _clock: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._wind()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            is_at_work = self.cycle is not None and not self.cycle.response_complete
            if is_at_work:
                self._stop()
            elif self._clock is None:
                self._wind()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop()
            super().connection_lost(exc)

        def _wind(self) -> None:
            self._clock = self.loop.call_later(header_seconds, self.transport.close)

        def _stop(self) -> None:
            if self._clock is not None:
                self._clock.cancel()
                self._clock = None

    return Timed


def _socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named; otherwise each answer
    # in two parts waits for 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if not 0 <= port <= _LAST_PORT:
            raise OSError(f"ports go from 0 to {_LAST_PORT}")
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(_BACKLOG)
        return made
    except OSError as error:
        made.close()
        raise UsageError(
            "The service cannot be had at this address",
            found=f"{host} port {port}: {getattr(error, 'strerror', None) or error}",
            todo="name another --port, or a --host of this machine",
        ) from None


def _is_any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host
