"""Which generation of the lake is the newest, asked cheaply enough for every request."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from ratepress.core.errors import LakeDamaged
from ratepress.lake.manifest import generations


class Generation(NamedTuple):
    """A generation: its number (0: nothing was committed yet), and a hash of its manifest.

    The hash tells lakes apart that stood in one folder one after the other.
    """

    number: int
    fingerprint: str


class Generations:
    """Watches the manifests of a lake.

    >>> import tempfile
    >>> Generations(Path(tempfile.mkdtemp())).newest()
    Generation(number=0, fingerprint='empty')
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: tuple[tuple[str, int, int], Generation] | None = None

    def newest(self) -> Generation:
        """The newest generation; its manifest is read only when another has become the newest."""
        if not self._folder.is_dir():
            raise LakeDamaged(f"{self._folder}: the folder is not there")
        for _ in range(5):
            found = generations(self._folder)
            if not found:
                return Generation(0, "empty")
            path = found[0]
            try:
                facts = path.stat()
                mark = (path.name, facts.st_mtime_ns, facts.st_size)
                if self._known is None or self._known[0] != mark:
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
                    self._known = (mark, Generation(int(path.stem), digest))
                return self._known[1]
            except FileNotFoundError:
                continue  # A newer one swept it just now.
        raise LakeDamaged(f"{self._folder}: manifests vanish while they are read", todo="try again")
