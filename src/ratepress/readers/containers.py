"""What a file comes in: gzip, zip, deflate64, and the containers that are refused by name.

Zip: PKWARE APPNOTE 6.3.10. The directory is read by the standard library; the bytes of a member
are read here, because `zipfile` has no deflate64 (method 9) and isal inflates faster. Members are
never written to disk, so a name like `../../x` is a text and nothing more.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from isal import isal_zlib

from ratepress.core.errors import UnreadableInput, clip
from ratepress.core.extras import missing

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
FOREIGN = {
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\x00": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
}
MOST_MEMBERS = 10_000
LARGEST_DIRECTORY = 16 << 20
"""Bytes of an archive's directory, which `zipfile` reads whole: 10,000 long names fit in it."""
WORKBOOK_PART = "xl/workbook.xml"
_STORED, _DEFLATED, _DEFLATE64 = 0, 8, 9
_LOCAL_HEADER = 30
_CHUNK = 1 << 14
# What `zipfile` raises for bytes that are no whole archive.
_NO_ARCHIVE = (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError)
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_LONGEST_NAME = 200
# The end record and the longest comment; with the locator of zip64 before it.
_LONGEST_END = 20 + 22 + (1 << 16)
_IN_ZIP64 = 0xFFFFFFFF
# What archivers of macOS add beside each file.
_LITTER = ("__MACOSX/", ".DS_Store")


class ContainerFault(Exception):
    """A container whose bytes are not what it says of them; the message says how."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a zip archive; `offset` is that of its local header."""

    name: str
    offset: int
    packed: int
    size: int
    crc: int
    method: int


def foreign(head: bytes) -> str | None:
    """What a file is that begins so and that no reader takes, or None.

    >>> foreign(b"%PDF-1.7"), foreign(b'{"a": 1}')
    ('a PDF', None)
    """
    if head[257:262] == b"ustar":
        return "a tar archive"
    return next((what for magic, what in FOREIGN.items() if head.startswith(magic)), None)


def nested(head: bytes) -> str | None:
    r"""What stands inside a container that should hold data and holds another container.

    >>> nested(b"PK\x03\x04...")
    'a zip archive'
    """
    if head.startswith(ZIP):
        return "a zip archive"
    return "a gzip file" if head.startswith(GZIP) else foreign(head)


def zip_members(path: Path) -> tuple[Member, ...]:
    """The files in a zip archive, in the order of its directory, without folders and empty files.

    Raises `UnreadableInput` where the archive is truncated, encrypted, has members that share
    bytes (as one kind of zip bomb has) or more than `MOST_MEMBERS`.
    """
    with path.open("rb") as raw:
        if _directory_bytes(raw) > LARGEST_DIRECTORY:
            raise _refused(path, f"holds more than {MOST_MEMBERS:,} files")
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except _NO_ARCHIVE as error:
        raise UnreadableInput(
            f"{path.name}: the zip archive is truncated or damaged: {error}",
            todo="download it again and compare its size with Content-Length",
        ) from error
    if len(found) > MOST_MEMBERS:
        raise _refused(path, f"holds {len(found):,} files, more than {MOST_MEMBERS:,}")
    if any(info.filename == "[Content_Types].xml" for info in found):
        raise UnreadableInput(
            f"{path.name}: this is an Office document and no workbook",
            expected="CSV, JSON or an Excel workbook",
            todo="look for the file that was published beside it",
        )
    _check_overlap(path, found)
    data = [i for i in found if i.file_size and not i.is_dir() and not _is_litter(i.filename)]
    if not data:
        raise _refused(path, "holds no file")
    for info in data:
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableInput(
                f"{path.name}: {clip(info.filename)} in it is encrypted",
                todo="unpack it with its password and add what is inside",
            )
    return tuple(
        Member(
            info.filename[:_LONGEST_NAME],
            info.header_offset,
            info.compress_size,
            info.file_size,
            info.CRC,
            info.compress_type,
        )
        for info in data
    )


def holds_workbook(file: IO[bytes]) -> bool:
    """Whether the bytes are a zip archive that is an Excel workbook, and not absurdly large."""
    try:
        if _directory_bytes(file) > LARGEST_DIRECTORY:
            return False
        with zipfile.ZipFile(file) as archive:
            return WORKBOOK_PART in archive.namelist()
    except _NO_ARCHIVE:
        return False


def _directory_bytes(raw: IO[bytes]) -> int:
    """The size of the directory as the archive's end states it; 0 where there is no end."""
    start = max(0, raw.seek(0, 2) - _LONGEST_END)
    raw.seek(start)
    tail = raw.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        return 0
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    if size != _IN_ZIP64 or tail[max(0, at - 20) : at - 16] != b"PK\x06\x07":
        return size
    raw.seek(min(int.from_bytes(tail[at - 12 : at - 4], "little"), start + at))
    return int.from_bytes(raw.read(48)[40:48], "little")


def _is_litter(name: str) -> bool:
    return name.startswith(_LITTER[0]) or name.endswith(_LITTER[1])


def _check_overlap(path: Path, found: Iterable[zipfile.ZipInfo]) -> None:
    end = 0
    for info in sorted(found, key=lambda i: i.header_offset):
        if info.header_offset < end:
            raise _refused(path, "has members that share their bytes, as a zip bomb does")
        end = info.header_offset + _LOCAL_HEADER + info.compress_size


def _refused(path: Path, why: str) -> UnreadableInput:
    return UnreadableInput(
        f"{path.name}: the zip archive {why}",
        expected="a zip archive with one or more price files",
        todo="check where it came from",
    )


def open_member(raw: IO[bytes], member: Member) -> IO[bytes]:
    """The bytes of one member as a stream over the archive's bytes.

    Reading raises `ContainerFault` where they are damaged or are not those of its directory's
    entry; opening raises it for a method that is not known, `UsageError` where deflate64 is
    needed and the extra is not installed.
    """
    raw.seek(member.offset)
    header = raw.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(ZIP[0]):
        raise ContainerFault("no file begins where the directory says")
    raw.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    return io.BufferedReader(_MemberStream(raw, member), 1 << 18)


def _inflater(member: Member) -> Callable[[bytes], bytes]:
    if member.method == _STORED:
        return bytes
    if member.method == _DEFLATED:
        return isal_zlib.decompressobj(-15).decompress  # type: ignore[no-any-return]
    if member.method != _DEFLATE64:
        raise ContainerFault(f"it is packed by method {member.method}, which is not read")
    try:
        from inflate64 import Inflater
    except ImportError as error:
        raise missing(f"{clip(member.name)} is packed by deflate64, which", "deflate64") from error
    return Inflater().inflate  # type: ignore[no-any-return]


class _MemberStream(io.RawIOBase):
    """Inflates chunk by chunk, so that a bomb is noticed at most one chunk late."""

    def __init__(self, raw: IO[bytes], member: Member) -> None:
        self._raw = raw
        self._member = member
        self._inflate = _inflater(member)
        self._left = member.packed
        self._held = memoryview(b"")
        self._size = self._crc = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._held and self._left:
            chunk = self._raw.read(min(_CHUNK, self._left))
            if not chunk:
                raise ContainerFault("its end is missing")
            self._left -= len(chunk)
            try:
                self._take(self._inflate(chunk))
            except (isal_zlib.error, ValueError, MemoryError) as error:
                raise ContainerFault(str(error) or "it cannot be inflated") from error
        if not self._held:
            self._check()
        n = min(len(buffer), len(self._held))
        buffer[:n] = self._held[:n]
        self._held = self._held[n:]
        return n

    def _take(self, data: bytes) -> None:
        self._held = memoryview(data)
        self._size += len(data)
        self._crc = isal_zlib.crc32(data, self._crc)
        if self._size > self._member.size:
            raise ContainerFault(f"it is longer than the {self._member.size:,} bytes it states")

    def _check(self) -> None:
        if self._size != self._member.size or self._crc != self._member.crc:
            raise ContainerFault("it has not the length and checksum that it states")
