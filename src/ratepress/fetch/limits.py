"""How much of the network, the disk and the time one download may take."""

from __future__ import annotations

import msgspec

MIB = 1 << 20
GIB = 1 << 30


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one download; times in seconds, sizes in bytes.

    `stall_seconds` without a byte end an attempt, `attempts` without progress end the download,
    and `total_seconds` end it in any case. `reserve_bytes` stay free on the disk.
    `interval_seconds` pass between two requests to one host, and no host has more than
    `connections` at a time.
    """

    max_bytes: int = 1 << 40
    reserve_bytes: int = 512 * MIB
    connect_seconds: float = 20.0
    stall_seconds: float = 60.0
    total_seconds: float = 24 * 3600.0
    attempts: int = 6
    first_pause_seconds: float = 1.0
    longest_pause_seconds: float = 120.0
    interval_seconds: float = 0.25
    connections: int = 2
    redirects: int = 5
