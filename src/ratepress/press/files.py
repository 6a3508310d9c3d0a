"""The files of a site: safe places under one folder, each written whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from ratepress.core.errors import UsageError
from ratepress.core.shapes import to_json

CATALOGUE = "pages.json"
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}\Z")


class Listing(msgspec.Struct, frozen=True, order=True):
    """One page in the list of pages; `strength` is the ghost-filter strength it was made with."""

    system: str
    code: str
    label: str
    as_of: date
    strength: str

    @property
    def href(self) -> str:
        """The address of the page from the root of the site."""
        return f"code/{self.system}/{self.code}/index.html"


class Site:
    """A folder that pages are written into.

    >>> import tempfile
    >>> site = Site(Path(tempfile.mkdtemp()))
    >>> site.write("code/cpt/32557.csv", b"section").name
    '32557.csv'
    """

    def __init__(self, root: Path) -> None:
        self.root = root

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
        if self.root.exists() and not self.root.is_dir():
            raise UsageError(
                f"{self.root}: a site is a folder, and this is a file", todo="name another place"
            )
        if not path.parent.resolve().is_relative_to(self.root.resolve()):
            raise UsageError(
                f"{path}: a link leads out of the folder of the site",
                todo="remove the link, or publish into an empty folder",
            )
        return path

    def write(self, address: str, content: bytes) -> Path:
        """`content` at `address`; whoever looks sees the old file or the new one, whole."""
        path = self.place(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            half.write_bytes(content)
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
        return path

    def listed(self, new: Iterable[Listing]) -> list[Listing]:
        """The pages that stand in the folder from earlier, and the new ones, in order.

        Raises `UsageError` where the catalogue in the folder is none of ratepress.
        """
        found = {(one.system, one.code): one for one in self._earlier()}
        found |= {(one.system, one.code): one for one in new}
        return sorted(found.values())

    def catalogue(self, listings: Iterable[Listing]) -> Path:
        """The list of pages for programs, and for the next run."""
        return self.write(CATALOGUE, to_json(list(listings)))

    def _earlier(self) -> list[Listing]:
        path = self.root / CATALOGUE
        if not path.is_file():
            return []
        try:
            listings = msgspec.json.decode(path.read_bytes(), type=list[Listing])
        except msgspec.MsgspecError as error:
            raise UsageError(
                f"{path}: not a list of pages that ratepress wrote",
                found=str(error),
                todo="publish into another folder, or remove the file",
            ) from error
        return [one for one in listings if self.place(one.href).is_file()]
