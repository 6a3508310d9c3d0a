"""The manifest: the one file that says what is in the lake.

`manifest/00000007.json` is generation 7 and complete by itself; the highest number is the truth.
A commit writes data files first and then one manifest under the next number, by one rename, so a
reader sees all of a commit or nothing of it. docs/architecture.md, idea 1.
"""

from __future__ import annotations

import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import IO

import msgspec

from ratepress.core.errors import LakeDamaged
from ratepress.lake import locks

FORMAT = 2
"""2: files of many contents. A program that knows 1 alone would show their removed rows again."""
KEPT_GENERATIONS = 2
SHARED = ""
"""In the place of a content's id: the file is of many contents."""
_ATTEMPTS = 20
_NAME = re.compile(r"\d{8}\.json\Z")


class DataFile(msgspec.Struct, frozen=True):
    """One Parquet file: its path below the lake, its table, rows, size and SHA-256.

    `content_id` is `SHARED` for a file that `optimize` wrote, of rows of many contents. Rows of
    the contents `without` stand in such a file and no longer count: they were removed or replaced.
    """

    path: str
    table: str
    content_id: str
    rows: int
    bytes: int
    sha256: str
    without: tuple[str, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Whether it may hold rows of several contents."""
        return self.content_id == SHARED


class SetAside(msgspec.Struct, frozen=True):
    """Rows read and not loaded, for one reason: how many, and where the first stands."""

    reason: str
    count: int
    first_place: str


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """One file's bytes, read once: what it is, and how its rows reconcile.

    `row_is` says what one row is for this kind of file; read = loaded + all of `set_aside`.
    `incomplete_at` says where a file ends that was cut off and is loaded in part; None: whole.
    """

    content_id: str
    kind: str
    publisher: str
    bytes: int
    reader_version: str
    row_is: str
    read: int
    loaded: int
    set_aside: tuple[SetAside, ...] = ()
    rows: dict[str, int] = {}
    declared_version: str | None = None
    detected_version: str | None = None
    published_on: date | None = None
    release: str | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    added_at: datetime | None = None
    incomplete_at: str | None = None


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One sighting of a content: at this path or URL, at this time."""

    content_id: str
    origin: str
    retrieved_at: datetime
    etag: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One generation of the lake."""

    format: int = FORMAT
    generation: int = 0
    files: tuple[DataFile, ...] = ()
    contents: tuple[Content, ...] = ()
    observations: tuple[Observation, ...] = ()

    def content(self, content_id: str) -> Content | None:
        """The content of that id, or None."""
        return next((c for c in self.contents if c.content_id == content_id), None)


def generations(folder: Path) -> list[Path]:
    """The manifests in `folder`, newest first."""
    if not folder.is_dir():
        return []
    return sorted((p for p in folder.iterdir() if _NAME.match(p.name)), reverse=True)


def read_newest(folder: Path) -> Manifest:
    """The newest generation; an empty one where nothing was committed yet.

    Raises `LakeDamaged` where the newest file is not a manifest: falling back to an older one
    in silence would lose what was added.
    """
    manifest, lease = pin_newest(folder)
    if lease is not None:
        lease.close()
    return manifest


def pin_newest(folder: Path) -> tuple[Manifest, IO[bytes] | None]:
    """As `read_newest`, with a handle: until it is closed no commit sweeps the generation's files.

    The handle is None where nothing was committed yet.
    """
    for _ in range(_ATTEMPTS):
        found = generations(folder)
        if not found:
            return Manifest(), None
        lease = None
        try:
            lease = locks.share(found[0])
            if lease is None:
                continue  # A newer commit swept it between listing and reading.
            return parse(lease.read(), found[0]), lease
        except LakeDamaged:
            if lease is not None:
                lease.close()
            raise
        except OSError as error:
            raise LakeDamaged(
                f"{found[0]}: the manifest cannot be read: {error.strerror}",
                todo="check the rights of the lake's folder, or restore it from a copy",
            ) from error
    raise LakeDamaged(f"{folder}: manifests vanish while they are read", todo="try again")


def pin(folder: Path, generation: int) -> tuple[Manifest, IO[bytes] | None]:
    """As `pin_newest`, of one generation, which somebody else holds pinned meanwhile."""
    path = folder / f"{generation:08d}.json"
    lease = locks.share(path) if path.is_file() else None
    if lease is None:
        raise LakeDamaged(f"{path}: this generation of the lake is gone", todo="try again")
    return parse(lease.read(), path), lease


def parse(raw: bytes, path: Path) -> Manifest:
    """The manifest in `raw`; `path` is for the message."""
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except msgspec.DecodeError as error:
        raise LakeDamaged(
            f"{path}: not a manifest: {error}",
            todo="restore the lake from a copy, or add its files to a new one",
        ) from error
    if manifest.format > FORMAT:
        raise LakeDamaged(
            f"{path}: written by a newer ratepress",
            found=f"format {manifest.format}",
            expected=f"format {FORMAT} or lower",
            todo="upgrade ratepress",
        )
    if manifest.generation != int(path.stem):
        # The next commit would take a number below this one, and nobody would ever see it.
        raise LakeDamaged(
            f"{path}: the manifest is of another generation than its name says",
            found=f"generation {manifest.generation}",
            expected=f"generation {int(path.stem)}",
            todo="restore the lake from a copy, or add its files to a new one",
        )
    return manifest


def write_next(folder: Path, manifest: Manifest) -> None:
    """Publish `manifest`: durable under a temporary name, then renamed to its number.

    The caller holds the lake's lock, so the number is free.
    """
    target = folder / f"{manifest.generation:08d}.json"
    temporary = folder / f".{target.name}.tmp"
    raw = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    with temporary.open("wb") as handle:
        handle.write(raw)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.rename(target)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable; a no-op where the system has no such call."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # pragma: no cover - Windows
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
