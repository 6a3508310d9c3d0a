"""BLAKE2b with 16 bytes of digest, as `hashlib` makes it: the ids of sets without their texts.

RFC 7693, section 3: the compression function F and the unkeyed hash.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ratepress.readers.payer.fast.known import PAD
from ratepress.readers.payer.fast.memory import byte, kernel, may_read, word

DIGEST = 16
_BLOCK = 128
_ROUNDS = 12
_IV = np.array(
    [
        0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
    ],
    np.uint64,
)  # fmt: skip
_SIGMA = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    ],
    np.int64,
)  # fmt: skip
_PARAMETERS = np.uint64(0x01010000 ^ DIGEST)
_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZERO = np.uint64(0)
_WORD = np.uint64(64)


class Hashing(NamedTuple):
    """What one hash works in: its state, its rounds, its message and a last block."""

    state: Any
    rounds: Any
    message: Any
    last: Any
    last_at: int


def new_hashing() -> Hashing:
    """Room for one hash at a time."""
    last = np.zeros(_BLOCK + PAD, np.uint8)
    may_read("last block", last.ctypes.data, last.ctypes.data + len(last))
    return Hashing(
        state=np.zeros(8, np.uint64),
        rounds=np.zeros(16, np.uint64),
        message=np.zeros(16, np.uint64),
        last=last,
        last_at=last.ctypes.data,
    )


@kernel
def _rotated(w: Any, n: Any) -> Any:
    return (w >> n) | (w << (_WORD - n))


@kernel
def _mix(v: Any, a: int, b: int, c: int, d: int, x: Any, y: Any) -> None:
    v[a] = v[a] + v[b] + x
    v[d] = _rotated(v[d] ^ v[a], np.uint64(32))
    v[c] = v[c] + v[d]
    v[b] = _rotated(v[b] ^ v[c], np.uint64(24))
    v[a] = v[a] + v[b] + y
    v[d] = _rotated(v[d] ^ v[a], np.uint64(16))
    v[c] = v[c] + v[d]
    v[b] = _rotated(v[b] ^ v[c], np.uint64(63))


@kernel
def _compress(in_: Hashing, at: int, n_bytes: int, last: Any) -> None:
    h, v, m = in_.state, in_.rounds, in_.message
    for i in range(16):
        m[i] = word(at + 8 * i)
    for i in range(8):
        v[i] = h[i]
        v[i + 8] = _IV[i]
    v[12] ^= np.uint64(n_bytes)
    v[14] ^= last
    for i in range(_ROUNDS):
        _mix(v, 0, 4, 8, 12, m[_SIGMA[i, 0]], m[_SIGMA[i, 1]])
        _mix(v, 1, 5, 9, 13, m[_SIGMA[i, 2]], m[_SIGMA[i, 3]])
        _mix(v, 2, 6, 10, 14, m[_SIGMA[i, 4]], m[_SIGMA[i, 5]])
        _mix(v, 3, 7, 11, 15, m[_SIGMA[i, 6]], m[_SIGMA[i, 7]])
        _mix(v, 0, 5, 10, 15, m[_SIGMA[i, 8]], m[_SIGMA[i, 9]])
        _mix(v, 1, 6, 11, 12, m[_SIGMA[i, 10]], m[_SIGMA[i, 11]])
        _mix(v, 2, 7, 8, 13, m[_SIGMA[i, 12]], m[_SIGMA[i, 13]])
        _mix(v, 3, 4, 9, 14, m[_SIGMA[i, 14]], m[_SIGMA[i, 15]])
    for i in range(8):
        h[i] ^= v[i] ^ v[i + 8]


@kernel
def blake2b(in_: Hashing, at: int, size: int) -> None:
    """Hash the `size` bytes at `at`; the first two words of the state are the digest."""
    h = in_.state
    for i in range(8):
        h[i] = _IV[i]
    h[0] ^= _PARAMETERS
    done = int(np.int64(0))
    while size - done > _BLOCK:
        _compress(in_, at + done, done + _BLOCK, _ZERO)
        done += _BLOCK
    rest = size - done
    for i in range(_BLOCK):
        in_.last[i] = byte(at + done + i) if i < rest else 0
    _compress(in_, in_.last_at, size, _ONES)


@kernel
def put_hex(in_: Hashing, out: Any, at: int) -> None:
    """Write the digest into `out` from `at` on, as 32 hexadecimal digits."""
    for i in range(DIGEST):
        b = np.int64((in_.state[i >> 3] >> np.uint64(8 * (i & 7))) & np.uint64(255))
        high, low = b >> 4, b & 15
        out[at + 2 * i] = high + (48 if high < 10 else 87)
        out[at + 2 * i + 1] = low + (48 if low < 10 else 87)
