"""A folder of downloads: finished files, and in `.fetch` what lets a download go on.

DIR/rates.json.gz             a finished file: whole, hashed, durable
DIR/.fetch/KEY.json           what is known of one URL: validators, size, and the file when finished
DIR/.fetch/KEY.part           its bytes so far
KEY is a hash of the URL without what changes in a signature (urls.py), for signatures are secret.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import msgspec

from ratepress.fetch.limits import MIB, Limits
from ratepress.fetch.names import distinct
from ratepress.fetch.states import Refused, State
from ratepress.fetch.urls import Url
from ratepress.lake.locks import exclusive, hold
from ratepress.lake.manifest import sync_folder

FOLDER = ".fetch"
_BLOCK = 1 << 20
_CHECK_DISK_EVERY = 64 * MIB


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one URL. `file`, `sha256` and `retrieved_at`: once it is finished."""

    url: str
    final_url: str
    etag: str | None = None
    last_modified: str | None = None
    answered_at: str | None = None
    bytes: int | None = None
    file: str | None = None
    sha256: str | None = None
    retrieved_at: datetime | None = None

    @property
    def validator(self) -> str | None:
        """What `If-Range` may name: a strong ETag, or a date that is strong (RFC 9110, 13.1.5)."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        if self.last_modified and self.answered_at and not self.etag:
            try:
                modified = parsedate_to_datetime(self.last_modified)
                answered = parsedate_to_datetime(self.answered_at)
                if (answered - modified).total_seconds() >= 1:
                    return self.last_modified
            except (ValueError, TypeError, OverflowError):
                return None
        return None


def fetched_as(path: Path, sha256: str) -> Record | None:
    """What is known of the URL that a file was fetched from, if it still has those bytes.

    >>> fetched_as(Path("absent.json"), "0" * 64) is None
    True
    """
    hidden = path.parent / FOLDER
    for entry in sorted(hidden.glob("*.json")) if hidden.is_dir() else ():
        record = _read(entry)
        if record is not None and (record.file, record.sha256) == (path.name, sha256):
            return record
    return None


class Store:
    """The downloads of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._hidden = folder / FOLDER

    def prepare(self) -> None:
        """Make the folders where there are none."""
        self._hidden.mkdir(parents=True, exist_ok=True)

    def record(self, url: Url) -> Record | None:
        """What is known of a URL; None where nothing is, or the record is damaged."""
        return _read(self._record_path(url))

    def write(self, url: Url, record: Record) -> None:
        """Put a record in place, whole or not at all."""
        path = self._record_path(url)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1))
        temporary.replace(path)

    def kept(self, url: Url) -> tuple[Record, Path] | None:
        """The finished file of a URL, where it is there and its bytes are those recorded."""
        record = self.record(url)
        if record is None or record.file is None or Path(record.file).name != record.file:
            return None
        path = self.folder / record.file
        try:
            if path.stat().st_size != record.bytes:
                return None
            with path.open("rb") as handle:
                is_same = _digest(handle) == record.sha256
        except OSError:
            return None
        return (record, path) if is_same else None

    def part(self, url: Url, limits: Limits) -> Part:
        """The part file of a URL, locked; raises `Refused` where another process has it."""
        return Part(self._hidden / f"{url.identity}.part", limits)

    def finish(self, url: Url, part: Part, name: str, record: Record) -> tuple[Record, Path]:
        """Give a whole part its name: that of this URL's earlier file, or one that is free."""
        with exclusive(self._hidden / "lock"):
            earlier = self.record(url)
            if (self.folder / name).exists() and (earlier is None or earlier.file != name):
                name = distinct(name, url.identity[:8])
            done = msgspec.structs.replace(
                record,
                bytes=part.size,
                file=name,
                sha256=part.digest(),
                retrieved_at=datetime.now(UTC),
            )
            part.sync()
            self.write(url, done)
            part.path.replace(self.folder / name)
            part.is_placed = True
            sync_folder(self.folder)
        return done, self.folder / name

    def _record_path(self, url: Url) -> Path:
        return self._hidden / f"{url.identity}.json"


class Part:
    """The bytes of a download so far, hashed while they are written."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self._limits = limits
        self._file = self._lock()
        self._hash: Any = sha256()
        self.size = 0
        self.is_placed = False
        self._next_check = 0
        self._is_hashed = False

    def __enter__(self) -> Part:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.is_placed and not self.on_disk:
            self.path.unlink(missing_ok=True)
        self._file.close()

    def _lock(self) -> IO[bytes]:
        while True:
            handle = hold(self.path)
            if handle is None:
                raise Refused(State.IN_USE, "another process is fetching it")
            # Finished and renamed between opening and locking: then this is another file's.
            if self.path.exists() and os.path.samestat(os.fstat(handle.fileno()), self.path.stat()):
                return handle
            handle.close()

    def keep(self, size: int) -> None:
        """Go on behind the first `size` bytes, and drop what stands after them."""
        if self._is_hashed and size == self.size:
            return
        self._file.truncate(size)
        self._hash = sha256()
        with self.path.open("rb") as had:
            while block := had.read(_BLOCK):
                self._hash.update(block)
        self.size = size
        self._is_hashed = True

    @property
    def on_disk(self) -> int:
        """How many bytes are there, from this run or an earlier one."""
        return os.fstat(self._file.fileno()).st_size

    def write(self, data: bytes) -> None:
        """Append; raises `Refused` where the disk or the size limit is reached."""
        if self.size + len(data) > self._limits.max_bytes:
            raise too_large(self._limits)
        if self.size >= self._next_check:
            self.check_space(len(data))
            self._next_check = self.size + _CHECK_DISK_EVERY
        try:
            self._file.write(data)
        except OSError as error:
            raise Refused(State.NO_SPACE, f"the disk refused: {error.strerror}") from error
        self._hash.update(data)
        self.size += len(data)

    def check_space(self, more: int) -> None:
        """Raise where `more` bytes would not leave the reserve free."""
        free = shutil.disk_usage(self.path.parent).free
        if free < more + self._limits.reserve_bytes:
            raise Refused(
                State.NO_SPACE,
                f"{more / MIB:,.0f} MiB more would not leave "
                f"{self._limits.reserve_bytes / MIB:,.0f} MiB free on the disk",
            )

    def flush(self) -> None:
        """Hand what was written to the system, so that a kill loses none of it."""
        try:
            self._file.flush()
        except OSError as error:
            raise Refused(State.NO_SPACE, f"the disk refused: {error.strerror}") from error

    def sync(self) -> None:
        """Make the bytes durable."""
        self.flush()
        os.fsync(self._file.fileno())

    def digest(self) -> str:
        """SHA-256 of all bytes so far."""
        return str(self._hash.hexdigest())


def _read(path: Path) -> Record | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError):
        return None


def too_large(limits: Limits) -> Refused:
    """What to raise where a file passes the limit of its size."""
    return Refused(State.TOO_LARGE, f"it is larger than the limit of {limits.max_bytes:,} bytes")


def _digest(handle: IO[bytes]) -> str:
    found = sha256()
    while block := handle.read(_BLOCK):
        found.update(block)
    return found.hexdigest()
