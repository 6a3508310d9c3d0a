"""The bytes of a document as a window that moves over them, filled by a thread of its own.

Each block is decompressed behind room for what the last one left over, so that nothing but that
rest is ever copied. An element that is larger than the window makes it grow, to a limit.
"""

from __future__ import annotations

import codecs
import queue
import threading
from types import TracebackType
from typing import Any

import numpy as np

from ratepress.readers.payer.fast.known import PAD
from ratepress.readers.payer.fast.memory import may_read
from ratepress.readers.source import Source

BLOCK = 4 << 20
ROOM = 1 << 20
LARGEST = 16 << 20
"""An element beyond this is left to the plain reader, which has limits of its own for it."""


class Unsuited(Exception):
    """The document is one for the plain reader: it is no JSON, or too odd, or too large in part."""


class Window:
    """The bytes from `at` to `end`, both addresses; `more` adds to them.

    A context manager: on leaving, the thread that fills it has ended.
    """

    def __init__(self, source: Source, block: int = BLOCK) -> None:
        self._block = block
        self._filled: queue.Queue[tuple[Any, int] | BaseException] = queue.Queue(2)
        self._spare: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._buffer: Any = np.empty(0, np.uint8)
        self._base = self._buffer.ctypes.data
        self._is_last = False
        self._start = 0
        self.end = 0
        self._thread = threading.Thread(target=self._fill, args=(source,), daemon=True)

    def __enter__(self) -> Window:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        while self._thread.is_alive():
            try:
                self._filled.get(timeout=0.01)
            except queue.Empty:
                continue

    def _fill(self, source: Source) -> None:
        """Run by the thread: blocks in order, then an empty one; or what went wrong."""
        try:
            with source.open() as stream:
                while not self._stopped.is_set():
                    buffer = self._empty_buffer()
                    view = buffer.data[ROOM : ROOM + self._block]
                    n = stream.readinto(view)  # type: ignore[attr-defined]
                    self._filled.put((buffer, n))
                    if not n:
                        return
        except BaseException as error:
            self._filled.put(error)

    def _empty_buffer(self) -> Any:
        """One that was used before, if there is one: new memory costs a fault a page."""
        try:
            return self._spare.get_nowait()
        except queue.Empty:
            return np.empty(ROOM + self._block + PAD, np.uint8)

    def start(self) -> int:
        """The address of the first byte behind a byte order mark."""
        self._start = self._base
        self.end = self._start
        at = self._start
        while self.end - at < len(codecs.BOM_UTF8):
            if not self._add(at):
                break
            at = self._start
        if self.bytes(at, min(self.end, at + 3)) == codecs.BOM_UTF8:
            at += 3
        return at

    def more(self, at: int) -> int:
        """Drop what stands before `at`, add a block, and give the new address of `at`.

        Raises `Unsuited` where there are no more bytes or the rest is beyond `LARGEST`.
        """
        if not self._add(at):
            raise Unsuited("the document is cut")
        return self._start

    def _add(self, at: int) -> bool:
        if self._is_last:
            return False
        filled = self._filled.get()
        if isinstance(filled, BaseException):
            raise Unsuited("the source cannot be read") from filled
        buffer, n = filled
        if not n:
            self._is_last = True
            return False
        rest = self.end - at
        offset = at - self._base
        if rest > LARGEST:
            raise Unsuited("an element is too large")
        start = ROOM - rest
        if start < 0:
            grown = np.empty(rest + n + PAD, np.uint8)
            grown[rest : rest + n] = buffer[ROOM : ROOM + n]
            buffer, start = grown, 0
        buffer[start : start + rest] = self._buffer[offset : offset + rest]
        if len(self._buffer) == ROOM + self._block + PAD:
            self._spare.put(self._buffer)
        self._buffer = buffer
        self._base = base = buffer.ctypes.data
        may_read("window", base, base + len(buffer))
        self._start = base + start
        self.end = self._start + rest + n
        return True

    def bytes(self, start: int, stop: int) -> bytes:
        """The bytes between two addresses."""
        base = self._base
        return self._buffer[start - base : stop - base].tobytes()  # type: ignore[no-any-return]

    def is_byte(self, at: int, wanted: int) -> bool:
        """Whether that byte stands at an address, and is there already."""
        return at < self.end and bool(self._buffer[at - self._base] == wanted)

    def nothing_follows(self, at: int) -> bool:
        """Whether only white space stands from `at` to the end of the document."""
        while True:
            if self.bytes(at, self.end).strip(b" \t\r\n"):
                return False
            if not self._add(self.end):
                return True
            at = self._start
