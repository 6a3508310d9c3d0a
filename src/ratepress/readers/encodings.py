"""UTF-16 and UTF-32, which no rule allows in a price file and some programs write (rule F008).

Readers see UTF-8: a stream of another form is written anew while it is read.
"""

from __future__ import annotations

import codecs
import io
from typing import IO

# The longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ZEROS_OF_ASCII = {
    "x0x0": "utf-16-le",
    "0x0x": "utf-16-be",
    "x000": "utf-32-le",
    "000x": "utf-32-be",
}
_CHUNK = 1 << 17


def wide_encoding(head: bytes) -> str | None:
    """The UTF-16 or UTF-32 form of text that begins so; None for any other text.

    A text of ours begins with an ASCII character, which tells these forms without a mark too.

    >>> wide_encoding("{}".encode("utf-16")), wide_encoding("{}".encode("utf-16-be"))
    ('utf-16-le', 'utf-16-be')
    >>> wide_encoding(b"{}") is None
    True
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    zeros = "".join("0" if byte == 0 else "x" for byte in head[:4])
    return _ZEROS_OF_ASCII.get(zeros)


class AsUtf8(io.RawIOBase):
    r"""A stream of `encoding` as UTF-8; what is no text of it becomes U+FFFD.

    >>> AsUtf8(io.BytesIO("é".encode("utf-16-le")), "utf-16-le").read()
    b'\xc3\xa9'
    """

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._held = memoryview(b"")
        self._is_done = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._held and not self._is_done:
            raw = self._stream.read(_CHUNK)
            self._is_done = not raw
            text = self._decoder.decode(raw, self._is_done)
            self._held = memoryview(text.encode("utf-8", "replace"))
        n = min(len(buffer), len(self._held))
        buffer[:n] = self._held[:n]
        self._held = self._held[n:]
        return n
