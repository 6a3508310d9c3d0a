"""The readable part of a payer's file that was cut off: `ratepress add --salvage`.

The part is made a document again: everything up to the last element that is whole, and the
brackets that close it. So the readers need not know of it, and what they load is what stood in the
file. An element is whole where it is one of the top-level arrays, or one of an item's rates or
amounts; a provider reference is never taken in part, which would be a smaller group.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from isal import isal_zlib

from ratepress.core.errors import UnreadableInput
from ratepress.readers.payer.kinds import kind_of
from ratepress.readers.payer.tokens import DEEPEST, LONGEST_TOKEN
from ratepress.readers.source import BOMB_FLOOR_BYTES, BOMB_RATIO, HEAD_BYTES, Source

_CHUNK = 1 << 14
_GZIP_WINDOW = 31
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}"]', re.DOTALL)
_TOP = frozenset({b'"in_network"', b'"out_of_network"', b'"provider_references"',
                  b'"reporting_structure"'})  # fmt: skip
_INNER = frozenset({b'"negotiated_rates"', b'"allowed_amounts"'})
_TOP_CLOSED, _INNER_CLOSED = b"]}", b"]}]}"


class SalvagedSource(Source):
    """A source whose stream ends at the last whole element, closed as a document."""

    def __init__(
        self, path: Path, progress: Callable[[int], None] | None, cut: int, closed: bytes, end: int
    ) -> None:
        super().__init__(path, progress)
        self._cut = cut
        self._closed = closed
        self.incomplete_at = (
            f"the file ends at byte {end:,} of its decompressed data; read to byte {cut:,}"
        )

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes up to the cut, and the brackets that close them."""
        with self.path.open("rb") as raw:
            part = _Part(self._upto(raw))
            with io.BufferedReader(part, 1 << 18) as stream:
                yield stream

    @property
    def wide_encoding(self) -> str | None:
        return None

    def _upto(self, raw: IO[bytes]) -> Iterator[bytes]:
        left = self._cut
        for data in _readable(self, raw):
            if self.progress:
                self.progress(raw.tell())
            yield data[:left]
            left -= len(data)
            if left <= 0:
                break
        yield self._closed


class _Part(io.RawIOBase):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = memoryview(piece)
        n = min(len(buffer), len(self._held))
        buffer[:n] = self._held[:n]
        self._held = self._held[n:]
        return n


def salvaged(source: Source) -> SalvagedSource | None:
    """The readable part of a payer's file that was cut off.

    None where nothing of it is whole, where it is no JSON of a payer, plain or gzip, or where it
    was not cut: what is damaged in its middle is not salvaged, because nobody can tell which of
    its numbers are right.
    """
    if source.container == "zip" or not _is_payer(source):
        return None
    scan = _Scan()
    with source.path.open("rb") as raw:
        try:
            for data in _readable(source, raw):
                if not scan.take(data):
                    return None  # It came to its end, or is no JSON.
        except isal_zlib.error:
            return None
    if scan.cut is None:
        return None
    return SalvagedSource(source.path, source.progress, scan.cut, scan.closed, scan.end)


def _is_payer(source: Source) -> bool:
    head = b""
    with source.path.open("rb") as raw:
        try:
            for data in _readable(source, raw):
                head += data
                if len(head) >= HEAD_BYTES:
                    break
        except isal_zlib.error:
            return False
    return kind_of(head) is not None


def _readable(source: Source, raw: IO[bytes]) -> Iterator[bytes]:
    """The decompressed bytes as far as they go; a cut end is no error here."""
    if not source.is_gzip:
        yield from iter(lambda: raw.read(_CHUNK), b"")
        return
    n = 0
    inflate = isal_zlib.decompressobj(_GZIP_WINDOW)
    for packed in iter(lambda: raw.read(_CHUNK), b""):
        left = packed
        while left:
            data = inflate.decompress(left)
            n += len(data)
            if n > BOMB_FLOOR_BYTES and n > BOMB_RATIO * source.bytes:
                raise UnreadableInput(
                    f"{source.name}: expands more than {BOMB_RATIO}-fold, as a zip bomb does",
                    todo="check where it came from",
                )
            if data:
                yield data
            left = b""
            if inflate.eof:
                left = inflate.unused_data
                inflate = isal_zlib.decompressobj(_GZIP_WINDOW)


class _Scan:
    """Finds the last whole element of a JSON document that comes in pieces."""

    def __init__(self) -> None:
        self.cut: int | None = None
        self.closed = b""
        self.end = 0
        self._stack: list[bytes] = []  # Of each open bracket the key it stands under.
        self._key = b""
        self._held = b""
        self._start = 0

    def take(self, data: bytes) -> bool:
        """Look at the next piece; False where the document is over or is none."""
        self.end += len(data)
        text = self._held + data
        self._held = b""
        for token in _TOKEN.finditer(text):
            found = token.group()
            if found == b'"':  # A text that goes on in the next piece.
                self._held = text[token.start() :]
                break
            if not self._token(found, self._start + token.end()):
                return False
        self._start += len(text) - len(self._held)
        return len(self._held) <= LONGEST_TOKEN

    def _token(self, token: bytes, end: int) -> bool:
        if token[:1] == b'"':
            self._key = token
        elif token in b"{[":
            self._stack.append(self._key)
            return len(self._stack) <= DEEPEST
        elif not self._stack:
            return False
        else:
            self._stack.pop()
            if token == b"}":
                self._mark(end)
            return bool(self._stack)
        return True

    def _mark(self, end: int) -> None:
        """Note a whole element that ended here: the stack is root, array, item, array."""
        stack = self._stack
        if len(stack) == 2 and stack[1] in _TOP:
            self.cut, self.closed = end, _TOP_CLOSED
        elif len(stack) == 4 and stack[3] in _INNER and stack[1] in _TOP:
            self.cut, self.closed = end, _INNER_CLOSED
