"""A file as readers see it: its decompressed bytes, whatever container they came in.

Content decides what a file is, never its name. Plain bytes, gzip (one member or many) and zip are
read; other containers are refused by name. UTF-16 and UTF-32 come out as UTF-8.

A zip archive with one file is that file. With several, each is a source and a content of its own:
they are files that were published together, and each has a header and a reconciliation of its own.
So are the worksheets of an Excel workbook, in an archive or outside one, whose bytes are CSV.
"""

from __future__ import annotations

import io
import stat
import tempfile
import weakref
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO

from isal import igzip, isal_zlib

from ratepress.core.errors import UnreadableInput, clip, printable
from ratepress.readers.containers import (
    GZIP,
    ZIP,
    ContainerFault,
    Member,
    foreign,
    holds_workbook,
    nested,
    open_member,
    zip_members,
)
from ratepress.readers.encodings import AsUtf8, wide_encoding
from ratepress.readers.workbook import worksheets, write_csv

HEAD_BYTES = 1 << 16
# Deflate cannot pass 1,032:1. Price files reach 60:1, and long runs of one rate 200:1.
BOMB_RATIO = 400
BOMB_FLOOR_BYTES = 1 << 30
_SNIFFED = 512
_BUFFER = 1 << 18
# A workbook is read back and forth, so one inside an archive is held in memory.
_LARGEST_INNER_WORKBOOK = 1 << 28


class Source:
    """One file to read: where it is, what its bytes hash to, and its decompressed stream.

    `progress`, if given, is called with the byte of the file that reading has reached; a reader
    that goes over the file twice begins again at 0. `member` is one file of a zip archive that
    holds several, and `sheet` one worksheet of a workbook: `parts` makes these. `incomplete_at`
    says where a file ends that was cut off and of which a part is read all the same (salvage.py).
    """

    incomplete_at: str | None = None

    def __init__(
        self,
        path: Path,
        progress: Callable[[int], None] | None = None,
        member: Member | None = None,
        sheet: str | None = None,
    ) -> None:
        self.path = path
        self.progress = progress
        name = printable(path.name)
        inside = [clip(text) for text in (member and member.name, sheet) if text]
        self.name = "!".join((name, *inside))
        self._named_member = member
        self._named_sheet = sheet
        try:
            status = path.stat()
            # Before it is opened: opening a pipe waits for who writes into it.
            _refuse_irregular(path, status.st_mode)
            self.bytes = status.st_size if member is None else member.packed
            with path.open("rb") as handle:
                self._magic = handle.read(_SNIFFED)
        except OSError as error:
            raise UnreadableInput(
                f"{path}: cannot be opened: {error.strerror}", todo="check the path and its rights"
            ) from error
        if not self._magic:
            raise UnreadableInput(f"{self.name}: the file is empty", todo="download it again")

    @cached_property
    def content_id(self) -> str:
        """SHA-256 of the bytes as they are on disk; of one file among several in a zip archive,
        of its unpacked bytes; of one worksheet among several, of the workbook's and its name.
        """
        if self._named_member is None and self._named_sheet is None:
            with self.path.open("rb") as handle:
                return file_digest(handle, "sha256").hexdigest()
        digest = sha256()
        with self._workbook() if self.is_workbook else self._unpacked() as stream:
            while data := stream.read(_BUFFER):
                digest.update(data)
        digest.update((self._named_sheet or "").encode())
        return digest.hexdigest()

    @property
    def is_gzip(self) -> bool:
        return self._magic.startswith(GZIP)

    @property
    def container(self) -> str:
        """What the bytes come in: `plain`, `gzip`, `zip` or `workbook`."""
        if self.is_gzip:
            return "gzip"
        if not self._magic.startswith(ZIP):
            return "plain"
        return "workbook" if self._is_workbook_file else "zip"

    @cached_property
    def _is_workbook_file(self) -> bool:
        with self.path.open("rb") as raw:
            return self._magic.startswith(ZIP) and holds_workbook(raw)

    @property
    def member_name(self) -> str | None:
        """The name, in its archive or workbook, of what `parts` made this source for."""
        names = (self._named_member and self._named_member.name, self._named_sheet)
        return "!".join(name for name in names if name) or None

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """The files in a zip archive; none for other files, a workbook too."""
        if not self._magic.startswith(ZIP) or self._is_workbook_file:
            return ()
        return zip_members(self.path)

    @cached_property
    def is_workbook(self) -> bool:
        """Whether the file, or the one file of an archive that this is, is an Excel workbook."""
        if not self._magic.startswith(ZIP):
            return False
        if self._named_member is None and len(self.members) > 1:
            return False
        member = self._member()
        if member is not None:
            with self.path.open("rb") as raw:
                try:
                    head = open_member(raw, member).read(len(ZIP[0]))
                except ContainerFault:
                    return False
            if not head.startswith(ZIP) or member.size > _LARGEST_INNER_WORKBOOK:
                return False
        with self._workbook() as book:
            return holds_workbook(book)

    def parts(self) -> list[Source]:
        """The source itself, or one source for each file of a zip archive that holds several, and
        for each worksheet of a workbook that holds several.
        """
        if self._named_sheet is not None:
            return [self]
        if self._named_member is None and len(self.members) > 1:
            inner = [Source(self.path, self.progress, member) for member in self.members]
            return [part for source in inner for part in source.parts()]
        if not self.is_workbook or len(self._sheets) < 2:
            return [self]
        named = self._named_member
        return [Source(self.path, self.progress, named, sheet) for sheet in self._sheets]

    @cached_property
    def wide_encoding(self) -> str | None:
        """`utf-16-le` or the like where the bytes are so encoded and `open` gives UTF-8."""
        with self._unpacked() as stream:
            return wide_encoding(stream.read(4))

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB of the decompressed bytes."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The decompressed bytes as a buffered stream.

        Raises `UnreadableInput`, with the byte offset, where the container is truncated, damaged,
        encrypted, holds another container, or expands beyond reason.
        """
        with self._unpacked() as stream:
            encoding = self.wide_encoding
            if encoding is None:
                yield stream
            else:
                with io.BufferedReader(AsUtf8(stream, encoding), _BUFFER) as text:
                    yield text

    @cached_property
    def _sheets(self) -> tuple[str, ...]:
        with self._workbook() as book:
            return worksheets(self.name, book)

    @contextmanager
    def _workbook(self) -> Iterator[IO[bytes]]:
        """The bytes of the workbook, to be read back and forth."""
        member = self._member()
        with self.path.open("rb") as raw:
            if member is None:
                yield raw
                return
            try:
                inner = open_member(raw, member).read(_LARGEST_INNER_WORKBOOK)
            except (ContainerFault, isal_zlib.error, zlib.error) as fault:
                raise self._damaged(fault, 0) from fault
            yield io.BytesIO(inner)

    @cached_property
    def _sheet_as_csv(self) -> Path:
        """A file that is gone with this source: converting a worksheet again takes too long."""
        if self._named_sheet is None and len(self._sheets) > 1:
            raise UnreadableInput(
                f"{self.name}: the workbook holds {len(self._sheets):,} worksheets",
                expected="one",
                todo="read each of them: `ratepress add` does so",
            )
        handle, text = tempfile.mkstemp(prefix="ratepress-", suffix=".csv")
        path = Path(text)
        weakref.finalize(self, path.unlink, missing_ok=True)
        with self._workbook() as book, open(handle, "wb") as out:  # noqa: PTH123 - a descriptor
            write_csv(self.name, book, self._named_sheet or self._sheets[0], out)
        if self.progress:
            self.progress(self.bytes)
        return path

    @contextmanager
    def _unpacked(self) -> Iterator[IO[bytes]]:
        if self.is_workbook:
            with self._sheet_as_csv.open("rb") as stream:
                yield stream
            return
        what = foreign(self._magic)
        if what is not None:
            raise UnreadableInput(
                f"{self.name}: this is {what}",
                expected="CSV or JSON, plain, gzip or zip",
                todo="look for the same as CSV or JSON"
                if "PDF" in what
                else "unpack it and add the file inside",
            )
        with self.path.open("rb") as raw:
            guarded = _Guarded(self, raw, self._stream(raw))
            with io.BufferedReader(guarded, _BUFFER) as stream:
                yield stream

    def _stream(self, raw: IO[bytes]) -> IO[bytes]:
        if self.is_gzip:
            return igzip.GzipFile(fileobj=raw)  # type: ignore[no-any-return]
        member = self._member()
        if member is None:
            return raw
        try:
            # A gzip file inside a zip archive is common; anything deeper is refused.
            is_gzip = open_member(raw, member).read(len(GZIP)) == GZIP
            stream = open_member(raw, member)
        except ContainerFault as fault:
            raise self._damaged(fault, 0) from fault
        return igzip.GzipFile(fileobj=stream) if is_gzip else stream

    def _member(self) -> Member | None:
        if self._named_member is not None:
            return self._named_member
        if len(self.members) > 1:
            raise UnreadableInput(
                f"{self.name}: the zip archive holds {len(self.members):,} files",
                expected="one file",
                todo="read each of them: `ratepress add` does so",
            )
        return self.members[0] if self.members else None

    def _damaged(self, error: Exception, position: int) -> UnreadableInput:
        what = "gzip stream" if self.is_gzip else "zip archive"
        if isinstance(error, igzip.BadGzipFile) and "Not a gzipped file" in str(error):
            return UnreadableInput(
                f"{self.name}: behind the gzip stream stands something that is no gzip",
                place=f"after byte {position:,} of the decompressed data",
                todo="download it again; what stands there may be an error page",
            )
        return UnreadableInput(
            f"{self.name}: the {what} is truncated or damaged: {error}",
            place=f"after byte {position:,} of the decompressed data",
            todo="download it again and compare its size with Content-Length",
        )


def _refuse_irregular(path: Path, mode: int) -> None:
    """`UnreadableInput` for what is no regular file: reading goes over a file more than once."""
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise UnreadableInput(
            f"{path}: this is a folder", expected="a file", todo="name the files in it"
        )
    raise UnreadableInput(
        f"{path}: this is no regular file",
        found=next((what for is_it, what in _IRREGULAR if is_it(mode)), "something else"),
        expected="a file that can be read from its start more than once",
        todo="write what comes out of it into a file, and name that file",
    )


_IRREGULAR = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


class _Guarded(io.RawIOBase):
    """Reads a source's bytes, turning what a damaged container raises into our error."""

    def __init__(self, source: Source, raw: IO[bytes], stream: IO[bytes]) -> None:
        self._source = source
        self._raw = raw
        self._stream = stream
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            size: int = self._stream.readinto(buffer)  # type: ignore[attr-defined]
        except (
            EOFError, ContainerFault, igzip.BadGzipFile, isal_zlib.error, zlib.error
        ) as error:  # fmt: skip
            raise self._source._damaged(error, self._position) from error
        if not self._position:
            self._refuse_nested(bytes(buffer[: min(size, _SNIFFED)]))
        self._position += size
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
        return size

    def _refuse_nested(self, head: bytes) -> None:
        what = nested(head) if self._source.container != "plain" else None
        if what is not None:
            raise UnreadableInput(
                f"{self._source.name}: inside the {self._source.container} file is {what}",
                expected="CSV or JSON",
                todo="unpack it and add the file inside",
            )
