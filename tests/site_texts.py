"""Everything that a site says, as text: its pages, data, indexes, and what is in its workbooks."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path


def texts(root: Path) -> Iterator[tuple[Path, str]]:
    """Each file with its text; a workbook as that of all its parts."""
    for path in sorted(root.rglob("*")):
        if path.is_file():
            yield path, text_of(path)


def text_of(path: Path) -> str:
    """The text of one file."""
    if path.suffix != ".xlsx":
        return path.read_text("utf-8")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())
