"""The code pages of a site, made by this process or by several.

Each takes a batch of codes at a time, from their facts to their files. What the site's other pages
need of them comes back as records.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import tempfile
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import msgspec

from ratepress.codes.argument import CodeRef
from ratepress.dossier.build import dossiers
from ratepress.dossier.model import Dossier, Profile
from ratepress.dossier.record import Record, record_of
from ratepress.lake.manifest import Manifest
from ratepress.lake.store import Lake
from ratepress.press import csv, html, json, sheets
from ratepress.press.files import Site
from ratepress.press.footnotes import Footnotes
from ratepress.press.listing import Listing

FEW = 100
"""With fewer codes than this a second process costs more than it saves."""
_MEMORY = 100
# Measured: enough for most batches, of whose tables some are spilled; the rest is asked for anew.
_MEMORY_OF_A_RATE = 1 / 1000


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What every process is told: the lake and its generation, the arguments, and the site.

    Without `out` nothing is written: only the records are wanted. `most_rates` are those of the
    batch that has most: they decide how much memory DuckDB may hold in each process.
    """

    lake: Path
    generation: int
    as_of: date
    strength: str
    out: Path | None
    codes: frozenset[str] = frozenset()
    with_descriptions: bool = False
    most_rates: int = 0

    @property
    def memory_mb(self) -> int:
        """How much DuckDB may hold in each process, in MB, where no batch needs more."""
        return _MEMORY + int(self.most_rates * _MEMORY_OF_A_RATE)


def write_codes(
    job: Job, batches: Sequence[Sequence[CodeRef]], jobs: int | None = None
) -> Iterator[Record]:
    """Write the pages of all batches, and yield a record of each code.

    `jobs` processes share the batches; None: as many as there are processors, at most two, and one
    for few codes. As wherever Python starts processes, a script that calls this with several needs
    its `if __name__ == "__main__":`.
    """
    n_codes = sum(map(len, batches))
    wanted = min(os.cpu_count() or 1, 2) if jobs is None else jobs
    if n_codes < FEW or wanted < 2 or len(batches) < 2:
        maker = Maker(job)
        with maker:
            for batch in batches:
                yield from maker.make(batch)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(wanted, context, initializer=_start, initargs=(job,)) as pool:
        for records in pool.map(_make, batches):
            yield from records


class Maker(ExitStack):
    """One process at its work, with the lake open at the job's generation."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job
        self._site = None if job.out is None else Site(job.out)
        connection, self._manifest = Lake(job.lake).snapshot(threads=1, generation=job.generation)
        self._connection: duckdb.DuckDBPyConnection = self.enter_context(connection)
        spill = self.enter_context(tempfile.TemporaryDirectory(prefix="ratepress-"))
        self._connection.execute(f"SET temp_directory = '{spill.replace(chr(39), chr(39) * 2)}'")
        self._allow(job.memory_mb)

    @property
    def manifest(self) -> Manifest:
        """That of the generation that is read."""
        return self._manifest

    def _allow(self, memory_mb: int) -> None:
        self._memory_mb = memory_mb
        self._connection.execute(f"SET memory_limit = '{memory_mb}MB'")

    def make(self, codes: Sequence[CodeRef]) -> list[Record]:
        """Write the files of one batch, and return what is remembered of each page.

        Where DuckDB needs more memory than it was allowed, it is allowed twice as much from then
        on; `MemoryError` where that is more than half of the machine's.
        """
        while True:
            try:
                return self._make(codes)
            except duckdb.OutOfMemoryException as error:
                if 2 * self._memory_mb > _most_memory_mb():
                    raise MemoryError(str(error)) from error
                self._allow(2 * self._memory_mb)

    def _make(self, codes: Sequence[CodeRef]) -> list[Record]:
        made = []
        pages = Pages(self._job.codes)
        was_on = gc.isenabled()
        gc.disable()  # A page leaves no ways back; to look for them costs a look at each fact.
        try:
            for dossier in self._dossiers(codes):
                if self._site is not None:
                    write_page(self._site, dossier, pages)
                made.append(record_of(dossier))
        finally:
            if was_on:
                gc.enable()
            gc.collect()
        return made

    def _dossiers(self, codes: Sequence[CodeRef]) -> Iterator[Dossier]:
        job = self._job
        return dossiers(
            self._connection,
            self._manifest,
            codes,
            job.as_of,
            job.strength,
            with_descriptions=job.with_descriptions,
        )


def _most_memory_mb() -> int:
    """Half of what the machine has; 4,000 where the system does not say."""
    if not hasattr(os, "sysconf"):
        return 4_000
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2_000_000


@dataclass(frozen=True)
class Pages:
    """The addresses that a page may lead to: those of codes, and all that a site of a lake has.

    >>> "rule/M01" in Pages(frozenset()), "code/cpt/1" in Pages(frozenset())
    (True, False)
    """

    codes: frozenset[str]

    def __contains__(self, address: object) -> bool:
        return address in self.codes or not str(address).startswith("code/")


def write_page(site: Site, dossier: Dossier | Profile, pages: Container[str]) -> list[Path]:
    """The files of one dossier or profile: its data first, then the page that refers to them."""
    notes, listing = Footnotes(dossier), Listing(dossier)
    documents = [(name, document(name, dossier, pages, notes, listing)) for name in html.FORMATS]
    made = [site.write(f"{dossier.address}.{name}", content) for name, content in documents]
    page = document("html", dossier, pages, notes)
    made.append(site.write(f"{dossier.address}/index.html", page))
    return made


def document(
    form: str,
    dossier: Dossier | Profile,
    pages: Container[str],
    notes: Footnotes | None = None,
    listing: Listing | None = None,
) -> bytes:
    """A dossier or profile in one form: `html` with links to `pages`, `json`, `csv` or `xlsx`.

    `notes` and `listing` are those of the same dossier, where they are made already.
    """
    if form == "html":
        return html.page(dossier, pages=pages, notes=notes).encode("utf-8")
    if form == "xlsx":
        return sheets.document(dossier, notes, listing)
    return json.document(dossier) if form == "json" else csv.document(dossier, listing)


_maker: Maker | None = None


def _start(job: Job) -> None:
    global _maker
    _maker = Maker(job)


def _make(codes: Sequence[CodeRef]) -> list[Record]:
    if _maker is None:
        raise RuntimeError("the process was not started")
    return _maker.make(codes)
