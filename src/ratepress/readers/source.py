"""A file as readers see it: its decompressed bytes, whatever container they came in.

Content decides what a file is, never its name. Plain bytes and gzip (one member or many) are
read; other containers are refused by name.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import file_digest
from pathlib import Path
from typing import IO

from isal import igzip, isal_zlib

from ratepress.core.errors import UnreadableInput

HEAD_BYTES = 1 << 16
GZIP = b"\x1f\x8b"
REFUSED_CONTAINERS = {
    b"PK\x03\x04": "a zip archive",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\x00": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
}
# Deflate cannot pass 1,032:1. Price files reach 60:1, and long runs of one rate 200:1.
BOMB_RATIO = 400
BOMB_FLOOR_BYTES = 1 << 30


class Source:
    """One file to read: where it is, what its bytes hash to, and its decompressed stream.

    `progress`, if given, is called with the byte of the file that reading has reached; a reader
    that goes over the file twice begins again at 0.
    """

    def __init__(self, path: Path, progress: Callable[[int], None] | None = None) -> None:
        self.path = path
        self.progress = progress
        self.name = path.name
        try:
            self.bytes = path.stat().st_size
            with path.open("rb") as handle:
                self._magic = handle.read(8)
        except OSError as error:
            raise UnreadableInput(
                f"{path}: cannot be opened: {error.strerror}", todo="check the path and its rights"
            ) from error
        if not self.bytes:
            raise UnreadableInput(f"{self.name}: the file is empty", todo="download it again")

    @cached_property
    def content_id(self) -> str:
        """SHA-256 of the bytes as they are on disk."""
        with self.path.open("rb") as handle:
            return file_digest(handle, "sha256").hexdigest()

    @property
    def is_gzip(self) -> bool:
        return self._magic.startswith(GZIP)

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB of the decompressed bytes."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The decompressed bytes as a buffered stream.

        Raises `UnreadableInput`, with the byte offset, where the container is truncated, damaged
        or expands beyond reason.
        """
        for magic, what in REFUSED_CONTAINERS.items():
            if self._magic.startswith(magic):
                raise UnreadableInput(
                    f"{self.name}: this is {what}",
                    expected="CSV or JSON, plain or gzip",
                    todo="unpack it and add the file inside",
                )
        with self.path.open("rb") as raw:
            guarded = _Guarded(self, raw)
            with io.BufferedReader(guarded, 1 << 18) as stream:
                yield stream


class _Guarded(io.RawIOBase):
    """Reads a source's bytes, turning what a damaged container raises into our error."""

    def __init__(self, source: Source, raw: IO[bytes]) -> None:
        self._source = source
        self._raw = raw
        self._stream: IO[bytes] = igzip.GzipFile(fileobj=raw) if source.is_gzip else raw
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except (EOFError, igzip.BadGzipFile, isal_zlib.error, zlib.error) as error:
            raise UnreadableInput(
                f"{self._source.name}: the gzip stream is truncated or damaged: {error}",
                place=f"after byte {self._position:,} of the decompressed data",
                todo="download it again and compare its size with Content-Length",
            ) from error
        self._position += len(data)
        if self._source.progress:
            self._source.progress(self._raw.tell())
        if self._position > BOMB_FLOOR_BYTES and (
            self._position > BOMB_RATIO * max(1, self._source.bytes)
        ):
            raise UnreadableInput(
                f"{self._source.name}: expands more than {BOMB_RATIO}-fold, as a zip bomb does",
                place=f"byte {self._position:,} of the decompressed data",
                todo="check where it came from",
            )
        buffer[: len(data)] = data
        return len(data)
