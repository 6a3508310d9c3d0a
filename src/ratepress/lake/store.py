"""The lake: a folder of Parquet files and the manifest that says which of them count.

lake/
  manifest/00000007.json     what is in the lake; the highest number is the truth
  data/rates/<content>.parquet      as it landed
  data/rates/rates-0000.parquet     rows of many contents, sorted by code: see optimize
  staging/<writer>/          half-written; never read
  lock                       held while a commit renames
"""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pyarrow as pa

from ratepress.core.errors import LakeDamaged, UsageError, printable
from ratepress.lake import locks
from ratepress.lake.files import SPREADS, files_without, lost_rows, rows_of
from ratepress.lake.manifest import (
    FORMAT,
    KEPT_GENERATIONS,
    Content,
    DataFile,
    Manifest,
    Observation,
    generations,
    parse,
    pin,
    pin_newest,
    read_newest,
    sync_folder,
    write_next,
)
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter

if TYPE_CHECKING:
    import duckdb

_FOLDERS = ("manifest", "data", "staging")


class Staged(NamedTuple):
    """A content that waits for its commit: its files below `folder`, and its observation.

    `folder` is None for a content that the lake has: it is observed, or passed over if it has gone.
    """

    content: Content
    files: tuple[DataFile, ...]
    folder: Path | None
    seen: Observation


class Lake:
    """A lake on disk.

    >>> import tempfile
    >>> lake = Lake.create(Path(tempfile.mkdtemp()) / "lake")
    >>> lake.connect().sql("SELECT count(*) FROM rates").fetchall()
    [(0,)]
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._manifest_folder = root / "manifest"
        self._data = root / "data"

    @classmethod
    def open(cls, root: Path | str) -> Lake:
        """An existing lake; `UsageError` where the folder is none."""
        lake = cls(Path(root))
        if not lake._manifest_folder.is_dir():
            raise UsageError(
                f"{root}: there is no lake here", todo="`ratepress add FILE` makes one, or --lake"
            )
        return lake

    @classmethod
    def create(cls, root: Path | str) -> Lake:
        """An existing lake, or a new one in an empty or absent folder."""
        if printable(root) != str(root):
            # Neither DuckDB nor the manifest can name files below such a folder.
            raise UsageError(f"{root}: the name is not UTF-8", todo="name another with --lake")
        lake = cls(Path(root))
        if lake._manifest_folder.is_dir():
            return lake
        if lake.root.exists() and not lake.root.is_dir():
            raise UsageError(
                f"{root}: this is a file and no lake", todo="name a folder with --lake"
            )
        if lake.root.is_dir() and any(
            entry.name not in (*_FOLDERS, "lock") for entry in lake.root.iterdir()
        ):
            raise UsageError(
                f"{root}: the folder holds other files and is no lake",
                todo="name an empty or a new folder with --lake",
            )
        # `manifest` last: it is what makes the folder a lake.
        for name in reversed(_FOLDERS):
            (lake.root / name).mkdir(parents=True, exist_ok=True)
        return lake

    def manifest(self) -> Manifest:
        """The newest generation."""
        return read_newest(self._manifest_folder)

    def writer(self, content_id: str) -> LakeWriter:
        """A staging writer for one content."""
        return LakeWriter(self.root, content_id)

    def commit(
        self, content: Content, staged: Sequence[DataFile], folder: Path, seen: Observation
    ) -> bool:
        """Publish a staged content and its observation; False where another had added it.

        Data files are made durable and moved first, and the manifest is renamed last: at a kill
        in between, the lake is what it was, with orphans that the next commit sweeps.
        """
        return self.commit_all([Staged(content, tuple(staged), folder, seen)]) == 1

    def commit_all(self, batch: Sequence[Staged]) -> int:
        """As `commit`, for many contents in one generation: all of them or none; how many were new.

        One of the lake, or one that comes twice in the batch, is observed and not added again.
        """

        def change(old: Manifest) -> Manifest:
            known = {content.content_id for content in old.contents}
            contents, seen = list(old.contents), list(old.observations)
            staged: list[tuple[DataFile, Path]] = []
            for one in batch:
                if one.content.content_id not in known:
                    if one.folder is None:
                        continue
                    known.add(one.content.content_id)
                    staged += [(file, one.folder) for file in one.files]
                    contents.append(msgspec.structs.replace(one.content, added_at=now))
                seen.append(one.seen)
            return msgspec.structs.replace(
                old,
                files=(*old.files, *self._moved(staged)),
                contents=tuple(contents),
                observations=tuple(seen),
            )

        now = datetime.now(UTC)
        before = self._change(change)
        had = {content.content_id for content in before.contents}
        return len({one.content.content_id for one in batch if one.folder is not None} - had)

    def observe(self, seen: Observation) -> bool:
        """Record one more sighting of a content; False where the lake has not, or no longer, it."""

        def change(old: Manifest) -> Manifest:
            if old.content(seen.content_id) is None:
                return old
            return msgspec.structs.replace(old, observations=(*old.observations, seen))

        return self._change(change).content(seen.content_id) is not None

    def replace_rows(
        self, content_id: str, table: str, staged: Sequence[DataFile], folder: Path
    ) -> bool:
        """Put staged rows in the place of all that a content has of one table, in one commit.

        For what is learnt of a content after it was read. False where the lake has it no longer.
        """

        def change(old: Manifest) -> Manifest:
            held = old.content(content_id)
            if held is None:
                return old
            moved = self._moved([(file, folder) for file in staged if file.table == table])
            rows = {**held.rows, table: sum(file.rows for file in moved)}
            now = msgspec.structs.replace(held, rows=dict(sorted(rows.items())))
            return msgspec.structs.replace(
                old,
                files=(*files_without(old.files, content_id, {table}), *moved),
                contents=tuple(now if c is held else c for c in old.contents),
            )

        return self._change(change).content(content_id) is not None

    def replace_files(
        self,
        before: Sequence[DataFile],
        staged: Sequence[DataFile],
        folder: Path,
        spreads: Mapping[str, int],
    ) -> bool:
        """Put staged files that hold the rows of `before` in their place, in one commit.

        What was committed meanwhile stays: new files are kept, and rows that were removed or
        replaced do not come back. `spreads` says of contents how many rows of `amount_spreads`
        were derived of them. False, and nothing done, where another has rewritten the same.
        """
        is_done = False

        def change(old: Manifest) -> Manifest:
            nonlocal is_done
            lost = lost_rows(old.files, before)
            if lost is None:
                return old
            is_done = True
            moved = self._moved(
                [
                    (msgspec.structs.replace(file, without=tuple(sorted(lost[file.table]))), folder)
                    for file in staged
                ]
            )
            gone = {file.path for file in before}
            derived = {c: n for c, n in spreads.items() if c not in lost["rates"]}
            return msgspec.structs.replace(
                old,
                files=(*(file for file in old.files if file.path not in gone), *moved),
                contents=tuple(_with_spreads(c, derived) for c in old.contents),
            )

        self._change(change)
        return is_done

    def remove(self, content_id: str) -> Content:
        """Take one content out, with its observations; an unambiguous prefix of its id will do.

        Its rows in files of many contents count no longer, and go with the next `optimize`.
        """
        found = self.find(content_id)

        def change(old: Manifest) -> Manifest:
            gone = found.content_id
            held = old.content(gone) or found
            own = {file.table for file in old.files if file.content_id == gone}
            return msgspec.structs.replace(
                old,
                files=files_without(old.files, gone, {*held.rows, *own}),
                contents=tuple(c for c in old.contents if c.content_id != gone),
                observations=tuple(o for o in old.observations if o.content_id != gone),
            )

        self._change(change)
        return found

    def find(self, content_id: str) -> Content:
        """The content whose id starts with `content_id` (six characters or more)."""
        wanted = content_id.strip().lower()
        hits = [c for c in self.manifest().contents if c.content_id.startswith(wanted)]
        if len(wanted) < 6 or len(hits) != 1:
            what = {0: "No id", 1: "One id"}.get(len(hits), f"{len(hits)} ids")
            raise UsageError(
                f"{what} of this lake begins with {wanted!r}",
                found=content_id,
                expected="six or more characters of one source's id",
                todo="`ratepress sources` lists them",
            )
        return hits[0]

    def connect(
        self, threads: int | None = None, tables: Collection[str] | None = None
    ) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with one view for each table, pinned to the newest generation.

        Commits that go on meanwhile leave that generation's files alone while the connection is.
        Raises `LakeDamaged` where a file that the manifest names is not there.

        Views: every table of `lake.tables`, or only `tables`, which takes a fraction of the time;
        and `contents` and `observations` from the manifest.
        """
        return self.snapshot(threads, tables)[0]

    def snapshot(
        self,
        threads: int | None = None,
        tables: Collection[str] | None = None,
        generation: int | None = None,
    ) -> tuple[duckdb.DuckDBPyConnection, Manifest]:
        """As `connect`, with the manifest of the generation that the connection is pinned to.

        `generation` asks for one that another connection, maybe of another process, is pinned to.
        """
        import duckdb  # Here, for `add` does without it.

        connection = duckdb.connect(":memory:")
        connection.execute("SET TimeZone = 'UTC'")
        # It would write between the lines of what a command prints.
        connection.execute("SET enable_progress_bar = false")
        # A file of the lake never changes, and is read by many queries of a connection.
        connection.execute("SET parquet_metadata_cache = true")
        if threads:
            connection.execute(f"SET threads = {int(threads)}")
        if generation:
            manifest, lease = pin(self._manifest_folder, generation)
        else:
            manifest, lease = pin_newest(self._manifest_folder)
        if lease is not None:
            weakref.finalize(connection, lease.close)
        by_table = self.files_by_table(manifest)
        for name, table in TABLES.items():
            if tables is not None and name not in tables:
                continue
            if name not in by_table:
                connection.register(name, table.arrow.empty_table())
                continue
            try:
                connection.execute(f"CREATE VIEW {name} AS {rows_of(self.root, by_table[name])}")
            except duckdb.Error as error:
                raise LakeDamaged(
                    f"{self.root}: a file of the table {name} cannot be read",
                    found=str(error).partition("\n")[0],
                    todo="`ratepress verify` says which",
                ) from error
        connection.register("contents", contents_table(manifest))
        connection.register("observations", observations_table(manifest))
        return connection, manifest

    def files_by_table(self, manifest: Manifest) -> dict[str, list[DataFile]]:
        """The files of each table by a manifest; `LakeDamaged` where one of them is not there."""
        found: dict[str, list[DataFile]] = {}
        for file in manifest.files:
            path = self.root / file.path
            if not path.is_file():
                raise LakeDamaged(
                    f"{path}: the manifest names this file and it is not there",
                    todo="`ratepress verify` says what else is wrong",
                )
            found.setdefault(file.table, []).append(file)
        return found

    def _move(self, file: DataFile, folder: Path) -> DataFile:
        stem = Path(file.path).stem if file.is_shared else file.content_id[:16]
        name = f"data/{file.table}/{stem}-{folder.name[:8]}.parquet"
        target = self.root / name
        if not target.parent.is_dir():
            target.parent.mkdir()
            sync_folder(self._data)
        source = folder / file.path
        with source.open("rb") as handle:
            os.fsync(handle.fileno())
        source.rename(target)
        return msgspec.structs.replace(file, path=name)

    def _moved(self, staged: Sequence[tuple[DataFile, Path]]) -> list[DataFile]:
        """Move staged files into the lake, and make their new places durable."""
        moved = [self._move(file, folder) for file, folder in staged]
        for table in {file.table for file, _ in staged}:
            sync_folder(self._data / table)
        return moved

    def _change(self, change: Callable[[Manifest], Manifest]) -> Manifest:
        """Apply `change` to the newest manifest under the lock; returns the one before."""
        with locks.exclusive(self.root / "lock"):
            old = self.manifest()
            # Under the lock nobody else moves files, so what no manifest names is an orphan.
            self._sweep()
            new = change(old)
            if new is old:
                return old
            write_next(
                self._manifest_folder,
                msgspec.structs.replace(new, format=FORMAT, generation=old.generation + 1),
            )
            return old

    def _sweep(self) -> None:
        found = generations(self._manifest_folder)
        # The one before the newest stays, for who has read its number and not yet pinned it.
        for path in found[KEPT_GENERATIONS:]:
            locks.retire(path)
        for path in self._manifest_folder.glob(".*.tmp"):
            path.unlink(missing_ok=True)
        named = self.named_files()
        for path in self.data_files():
            if path.relative_to(self.root).as_posix() not in named:
                path.unlink(missing_ok=True)
        for folder in self.staging_folders():
            try:
                held = locks.hold(folder / "lock")
            except OSError:
                continue  # Its writer is just deleting it.
            if held is not None:  # Its writer is dead.
                shutil.rmtree(folder, ignore_errors=True)
                held.close()

    def named_files(self) -> set[str]:
        """The paths below the lake of all files that a generation names which is still there."""
        named: set[str] = set()
        for path in generations(self._manifest_folder):
            try:
                named |= {file.path for file in parse(path.read_bytes(), path).files}
            except FileNotFoundError:
                continue  # Retired just now.
        return named

    def staging_folders(self) -> list[Path]:
        """The folders of writers, at work or killed."""
        staging = self.root / "staging"
        # Copying a lake may leave an empty folder behind.
        return sorted(p for p in staging.iterdir() if p.is_dir()) if staging.is_dir() else []

    def data_files(self) -> list[Path]:
        """Every file under `data/`, named by the manifest or not."""
        if not self._data.is_dir():
            raise LakeDamaged(f"{self.root}: the folder `data` is missing")
        return sorted(path for path in self._data.rglob("*") if path.is_file())


def _with_spreads(content: Content, derived: Mapping[str, int]) -> Content:
    if content.content_id not in derived:
        return content
    rows = {**content.rows, SPREADS: derived[content.content_id]}
    return msgspec.structs.replace(content, rows=dict(sorted(rows.items())))


def contents_table(manifest: Manifest) -> pa.Table:
    """The manifest's contents as a table, one row a content (set-aside rows summed)."""
    return pa.Table.from_pylist(
        [
            {
                "content_id": c.content_id,
                "kind": c.kind,
                "publisher": c.publisher,
                "declared_version": c.declared_version,
                "detected_version": c.detected_version,
                "published_on": c.published_on,
                "release": c.release,
                "effective_from": c.effective_from,
                "effective_until": c.effective_until,
                "bytes": c.bytes,
                "read": c.read,
                "loaded": c.loaded,
                "set_aside": sum(s.count for s in c.set_aside),
                "incomplete_at": c.incomplete_at,
            }
            for c in manifest.contents
        ],
        schema=_CONTENTS,
    )


def observations_table(manifest: Manifest) -> pa.Table:
    """The manifest's observations as a table, one row a sighting; `retrieved_at` is UTC.

    Without its zone, because DuckDB gives Python an instant with one only where pytz is installed.
    """
    rows = [
        {
            **msgspec.structs.asdict(o),
            "retrieved_at": o.retrieved_at.astimezone(UTC).replace(tzinfo=None),
        }
        for o in manifest.observations
    ]
    return pa.Table.from_pylist(rows, schema=_OBSERVATIONS)


_CONTENTS = pa.schema(
    [(n, pa.string()) for n in ("content_id", "kind", "publisher")]
    + [(n, pa.string()) for n in ("declared_version", "detected_version")]
    + [("published_on", pa.date32()), ("release", pa.string())]
    + [("effective_from", pa.date32()), ("effective_until", pa.date32())]
    + [(n, pa.int64()) for n in ("bytes", "read", "loaded", "set_aside")]
    + [("incomplete_at", pa.string())]
)
_OBSERVATIONS = pa.schema(
    [
        ("content_id", pa.string()),
        ("origin", pa.string()),
        ("retrieved_at", pa.timestamp("us")),
        ("etag", pa.string()),
    ]
)
