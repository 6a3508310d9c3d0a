"""The files of a site: safe places under one folder, each written whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Sequence
from datetime import date
from pathlib import Path

import msgspec

from ratepress.core.errors import UsageError
from ratepress.core.shapes import to_json
from ratepress.dossier.record import Record

CATALOGUE = "pages.json"
RECORDS = "records.json"
FIRST = "assets/style.css"
"""What is written before any page."""
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}\Z")


def is_plain(name: str) -> bool:
    """Whether a name can be a part of an address.

    >>> is_plain("32557"), is_plain("../x"), is_plain("")
    (True, False, False)
    """
    return _PART.match(name) is not None


class Listing(msgspec.Struct, frozen=True):
    """One page in `pages.json`, the list for programs; `strength` is the ghost-filter strength."""

    system: str
    code: str
    label: str
    as_of: date
    strength: str
    href: str


def catalogue(records: Iterable[Record]) -> bytes:
    """The list of pages for programs, for the place `pages.json`.

    >>> catalogue([])
    b'[]'
    """
    return to_json(
        [
            Listing(one.system, one.code, one.label, one.as_of, one.strength, one.href)
            for one in records
        ]
    )


class Site:
    """A folder that pages are written into.

    >>> import tempfile
    >>> site = Site(Path(tempfile.mkdtemp()))
    >>> site.write("code/cpt/32557.csv", b"section").name
    '32557.csv'
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written: list[Path] = []
        self._safe: set[Path] = set()

    def place(self, address: str) -> Path:
        """The file at `address` under the root.

        Raises `UsageError` where a part of it is no plain name, where a link leads out of the
        root, or where the root is a file.
        """
        if not all(_PART.match(part) for part in address.split("/")):
            raise UsageError(
                f"{self.root}: a page cannot stand at {address!r}",
                expected="letters, digits, points, dashes and underscores in each part",
            )
        path = self.root / address
        if path.parent in self._safe:
            return path
        if self.root.exists() and not self.root.is_dir():
            raise UsageError(
                f"{self.root}: a site is a folder, and this is a file", todo="name another place"
            )
        if not path.parent.resolve().is_relative_to(self.root.resolve()):
            raise UsageError(
                f"{path}: a link leads out of the folder of the site",
                todo="remove the link, or publish into an empty folder",
            )
        if path.parent.is_dir():
            self._safe.add(path.parent)
        return path

    def claim(self) -> None:
        """`UsageError` where the folder holds a lake, or a page of somebody else's at its front."""
        if (self.root / "manifest").is_dir() and (self.root / "data").is_dir():
            raise UsageError(f"{self.root}: this is a lake", todo="publish into another folder")
        front = self.root / "index.html"
        if front.exists() and not (self.root / FIRST).exists():
            raise UsageError(
                f"{front}: ratepress did not write this page",
                todo="publish into another folder, or remove it",
            )

    def write(self, address: str, content: bytes) -> Path:
        """`content` at `address`; whoever looks sees the old file or the new one, whole.

        A file that holds it already is left alone.
        """
        path = self.place(address)
        try:
            if path.read_bytes() == content:
                return path
        except OSError:
            if path.parent not in self._safe:
                path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            half.write_bytes(content)
            half.replace(path)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
        self.written.append(path)
        return path

    def sweep(self, folder: str, name: re.Pattern[str], kept: Container[str]) -> None:
        """Remove the files of a folder whose names match and whose addresses are not `kept`."""
        for path in sorted((self.root / folder).glob("*")):
            address = f"{folder}/{path.name}"
            if name.match(path.name) and address not in kept:
                self.place(address).unlink()

    def records(self) -> dict[str, Record]:
        """What is remembered of the pages that stand in the folder, by address.

        Raises `UsageError` where the record in the folder is none of ratepress.
        """
        path = self.root / RECORDS
        if not path.is_file():
            return {}
        try:
            found = msgspec.json.decode(path.read_bytes(), type=list[Record])
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
            raise UsageError(
                f"{path}: not a record of pages that ratepress wrote",
                found=str(error),
                todo="publish into another folder, or remove the file",
            ) from error
        return {one.address: one for one in found if self.place(one.href).is_file()}

    def remember(self, records: Sequence[Record]) -> None:
        """The list of pages for programs, and the record for the next run."""
        self.write(CATALOGUE, catalogue(records))
        self.write(RECORDS, msgspec.json.encode(records))
