"""Files of any known kind into the lake: the Python twin of `ratepress add`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from ratepress.core.errors import RatepressError, UnreadableInput, printable
from ratepress.fetch.store import fetched_as
from ratepress.lake.manifest import Content, Observation
from ratepress.lake.store import Lake, Staged
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Reader, Tally, Warms
from ratepress.readers.catalogue import READERS
from ratepress.readers.source import Source

WIDE_ENCODING, PASSED_OVER, INCOMPLETE = "F008", "F009", "F010"
ANOTHER_FORM = "F011"
# Of one table in several forms the first of these is read: nothing of a text is rounded for show.
_FORMS = ("csv", "txt", "xlsx")
# Of families with more kinds an error says only how many: nobody reads a list of seventy.
_NAMED = 5


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What `add` did with one file. `was_new` is False where the lake already had its bytes."""

    path: str
    was_new: bool
    content: Content


class Piece(NamedTuple):
    """One price file of a path, which may be an archive: `others` are members passed over, each
    with the rule that says why.
    """

    source: Source
    origin: str | None = None
    others: tuple[tuple[str, str], ...] = ()


def recognise(source: Source) -> Reader:
    """The reader for a source, by its content; `UnreadableInput` where none knows it."""
    head = source.head
    for reader in READERS:
        if reader.recognise(head):
            return reader
    from ratepress.readers.payer.kinds import refusal

    other_payer_file = refusal(source.name, head)
    if other_payer_file is not None:
        raise other_payer_file
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:60].decode("utf-8", "replace")
    if start.lower().startswith(("<!doctype html", "<html", "<?xml")):
        raise UnreadableInput(
            f"{source.name}: a web page or XML was saved in place of data",
            place="byte 0",
            found=start,
            expected=_known_kinds(),
            todo="open the address in a browser: it may want a login, or have moved",
        )
    raise UnreadableInput(
        f"{source.name}: not a kind of file that ratepress knows",
        place="byte 0",
        found=start,
        expected=_known_kinds(),
        todo="check that it is a published price file or fee schedule, not cut at the start",
    )


def add(
    lake: Lake,
    path: Path | str,
    *,
    origin: str | None = None,
    salvage: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Added:
    """Read one file into `lake`, or record another sighting of bytes it already has.

    A zip archive with several files is for `add_all`. `origin` is where the file was found (a
    URL); by default the URL that `ratepress fetch` had it from, else the absolute path, as text:
    bytes of it that are not UTF-8 are written out. With `salvage` the readable part of a payer's
    file that was cut off is loaded, and marked as incomplete wherever it is named. `progress` is
    called with the byte of the file that reading has reached, and may begin again at 0. Raises
    `UnreadableInput` or `DoesNotReconcile`, and then the lake is as it was.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "prices.csv").write_text("<html><body>Please log in")
    >>> add(Lake.create(folder / "lake"), folder / "prices.csv")
    Traceback (most recent call last):
    ...
    ratepress.core.errors.UnreadableInput: prices.csv: a web page or XML was saved in place of...
    """
    return add_piece(lake, Piece(Source(Path(path), progress), origin), salvage=salvage)


def add_all(
    lake: Lake,
    path: Path | str,
    *,
    origin: str | None = None,
    salvage: bool = False,
    progress: Callable[[int], None] | None = None,
) -> tuple[Added, ...]:
    """As `add`, for a file that may be a zip archive: one `Added` for each price file in it.

    Each is a commit of its own; its origin is `archive.zip!member`. All are recognised before
    the first is read. Those that no reader knows are counted as F009 on the others, and another
    form of a table that is read as F011; where none is known, the first one's `UnreadableInput` is
    raised.

    >>> import tempfile, zipfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with zipfile.ZipFile(folder / "all.zip", "w") as archive:
    ...     for name in ("a", "b"):
    ...         archive.writestr(name, '{"reporting_entity_name": "%s", "in_network": []}' % name)
    >>> [one.content.publisher for one in add_all(Lake.create(folder / "lake"), folder / "all.zip")]
    ['a', 'b']
    """
    found = pieces(Path(path), origin, progress)
    return tuple(add_piece(lake, piece, salvage=salvage) for piece in found)


def pieces(
    path: Path, origin: str | None = None, progress: Callable[[int], None] | None = None
) -> tuple[Piece, ...]:
    """The price files of one path, recognised; raises as `add_all` does."""
    whole = Source(path, progress)
    parts = whole.parts()
    if len(parts) == 1:
        return (Piece(whole, origin),)
    known: list[tuple[Source, str]] = []
    unknown = []
    for part in parts:
        try:
            known.append((part, recognise(part).kind))
        except UnreadableInput as error:
            unknown.append((part, error))
    if not known:
        raise unknown[0][1]
    archive = origin or str(whole.path.resolve())
    again = _other_forms(known)
    others = (
        *((PASSED_OVER, part.name) for part, _ in unknown),
        *((ANOTHER_FORM, part.name) for part in again),
    )
    return tuple(
        Piece(part, f"{archive}!{part.member_name}", others)
        for part, _ in known
        if part not in again
    )


def _other_forms(known: Sequence[tuple[Source, str]]) -> list[Source]:
    """Members that hold a table of Medicare's which another member of their name holds too.

    A name stands before its ending. A workbook with several sheets of one kind is no such form.
    """
    found: dict[tuple[str, str], dict[str, list[Source]]] = {}
    for part, kind in known:
        member = (part.member_name or "").partition("!")[0]
        stem, _, ending = member.lower().rpartition(".")
        if kind.startswith("medicare-") and ending in _FORMS:
            table = kind.removesuffix("-csv").removesuffix("-text")
            found.setdefault((stem, table), {}).setdefault(ending, []).append(part)
    return [
        parts[0]
        for forms in found.values()
        for ending, parts in forms.items()
        if ending != min(forms, key=_FORMS.index) and len(parts) == 1
    ]


def add_piece(lake: Lake, piece: Piece, *, salvage: bool = False) -> Added:
    """Read one piece and commit it, or record a sighting of it; raises as `add` does."""
    while True:
        with ExitStack() as held:
            added = settle(lake, path_of(piece), prepare(lake, piece, held, salvage=salvage))
        # None: another process has just removed what the lake had. Then it is read.
        if added is not None:
            return added


def prepare(lake: Lake, piece: Piece, held: ExitStack, *, salvage: bool = False) -> Staged:
    """All that the commit of a piece needs, and no commit; `held` keeps its staging folder.

    Where the lake has the bytes they are not read: then the folder is None.
    """
    # The reader is loaded meanwhile. Hashing needs no lock of the interpreter.
    warming = threading.Thread(target=_warm, args=(piece.source,), daemon=True)
    warming.start()
    seen = _sighting(piece.source, piece.origin)
    warming.join()
    known = lake.manifest().content(seen.content_id)
    if known is not None:
        return Staged(known, (), None, seen)
    try:
        return _staged(lake, piece.source, seen, piece.others, held)
    except UnreadableInput:
        if not salvage:
            raise
        from ratepress.readers.salvage import salvaged

        part = salvaged(piece.source)
        if part is None:
            raise
    return _staged(lake, part, seen, piece.others, held)


def _warm(source: Source) -> None:
    with suppress(RatepressError):  # It is raised again where the file is read.
        reader = recognise(source)
        if isinstance(reader, Warms):
            reader.warm(source)


def settle(lake: Lake, path: str, staged: Staged) -> Added | None:
    """Commit what was prepared; None where that is no longer there and has to be read again."""
    content = staged.content
    if staged.folder is None:
        is_there = lake.observe(staged.seen)
        return Added(path=path, was_new=False, content=content) if is_there else None
    try:
        was_new = lake.commit_all([staged]) == 1
    except FileNotFoundError:
        # A commit sweeps the folders of dead processes: whoever staged this one was killed.
        if staged.folder.exists():
            raise
        return None
    held = lake.manifest().content(content.content_id)
    return Added(path=path, was_new=was_new, content=held or content)


def _staged(
    lake: Lake,
    source: Source,
    seen: Observation,
    others: Sequence[tuple[str, str]],
    held: ExitStack,
) -> Staged:
    reader = recognise(source)
    with ExitStack() as writing:
        out = writing.enter_context(lake.writer(seen.content_id))
        staged = stage(source, reader, out, seen, others)
        held.push(writing.pop_all())
    return staged


def _sighting(source: Source, origin: str | None) -> Observation:
    content_id = source.content_id
    record = None if origin else fetched_as(source.path, content_id)
    if record is not None:
        return Observation(
            content_id=content_id,
            origin=record.url,
            retrieved_at=record.retrieved_at or datetime.now(UTC),
            etag=record.etag,
        )
    return Observation(
        content_id=content_id,
        origin=printable(origin or source.path.resolve()),
        retrieved_at=datetime.now(UTC),
    )


def stage(
    source: Source,
    reader: Reader,
    out: LakeWriter,
    seen: Observation,
    others: Sequence[tuple[str, str]] = (),
) -> Staged:
    """Read a source into a writer's staging folder: all that a commit needs, and no commit.

    `others` are members of its archive passed over, with their rules. Raises as `add` does.
    """
    tally = Tally()
    header = reader.read(source, out, tally)
    note_container(source, others, tally)
    out.add_many("problems", tally.problem_rows())
    files = out.finish()
    content = Content(
        content_id=seen.content_id,
        kind=reader.kind,
        publisher=header.publisher,
        bytes=source.bytes,
        reader_version=reader.version,
        row_is=reader.row_is,
        read=tally.read,
        loaded=tally.loaded,
        set_aside=tally.reconcile(source.name),
        rows=dict(sorted(out.rows.items())),
        declared_version=header.declared_version,
        detected_version=header.detected_version,
        published_on=header.published_on,
        release=header.release,
        effective_from=header.effective_from,
        effective_until=header.effective_until,
        incomplete_at=source.incomplete_at,
    )
    return Staged(content, tuple(files), out.folder, seen)


def note_container(source: Source, others: Sequence[tuple[str, str]], tally: Tally) -> None:
    """Count what is odd about the bytes and not about what they say (F008, F009, F010, F011)."""
    if source.incomplete_at is not None:
        tally.problem(INCOMPLETE, "file", source.incomplete_at)
    if source.wide_encoding is not None:
        tally.problem(WIDE_ENCODING, "encoding", "byte 0", source.wide_encoding)
    for rule, name in others:
        tally.problem(rule, "zip archive", name, name)


def path_of(piece: Piece) -> str:
    """The path of a piece as it is told, with its name in an archive."""
    source = piece.source
    inside = f"!{source.member_name}" if source.member_name else ""
    return printable(source.path) + inside


def _known_kinds() -> str:
    """The kinds of price files by name; those of a family that has many are counted."""
    families: dict[str, list[str]] = {}
    for reader in READERS:
        families.setdefault(reader.kind.split("-")[0], []).append(reader.kind)
    listed = [
        ", ".join(kinds) if len(kinds) <= _NAMED else f"one of {len(kinds)} kinds of {family} files"
        for family, kinds in families.items()
    ]
    return f"{', '.join(listed[:-1])} or {listed[-1]}"
