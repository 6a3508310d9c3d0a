"""How much one request, and all of them together, may take."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the service refuses to exceed; each default leaves room above any honest request.

    `path_bytes`, `query_bytes` and `body_bytes` are of one request.
    `seconds` is how long a reader waits for an answer, `book_seconds` for a page that rests on
    every code, before being told how far it is; `header_seconds` how long a connection may take to
    say what it wants, `idle_seconds` how long it may then say nothing more. `threads`
    work at once, `waiting` more answers may stand in line, `requests` may be open, and
    `connections` may be. `kept_bytes` of finished answers stay in memory, and `kept_dossiers`.
    `drain_seconds` is what open requests get when the service is told to stop.
    """

    path_bytes: int = 300
    query_bytes: int = 2_000
    body_bytes: int = 1_048_576
    seconds: float = 30.0
    book_seconds: float = 5.0
    header_seconds: float = 10.0
    idle_seconds: int = 15
    threads: int = 2
    waiting: int = 64
    requests: int = 256
    connections: int = 1_000
    kept_bytes: int = 256 * 1_048_576
    kept_dossiers: int = 64
    drain_seconds: int = 20
