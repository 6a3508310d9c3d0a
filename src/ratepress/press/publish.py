"""A lake as a site in a plain folder: the Python twin of `ratepress publish`.

Order of writing: what pages refer to first, then pages, then the lists of them, each file whole.
So a reader never meets a half-written page, nor a link to what is not there yet. A file that would
not change is left alone, with the time of its last change.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from datetime import date
from pathlib import Path

import msgspec

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.core.errors import UsageError
from ratepress.dossier.build import batches, codes_with_data, most_rates, rates_of
from ratepress.dossier.model import Dossier
from ratepress.dossier.profiles.survey import Survey
from ratepress.dossier.record import Record, record_of
from ratepress.lake.manifest import Manifest
from ratepress.lake.store import Lake
from ratepress.market.inputs import latest_date
from ratepress.press import html, lists, search
from ratepress.press.book import Book, Ground, address_of, fixed_files, with_address
from ratepress.press.crew import Job, write_codes, write_page
from ratepress.press.edition import Edition
from ratepress.press.files import Site
from ratepress.press.records import Inputs, is_current, linked

Progress = Callable[[int, int], None]
"""Called with how many code pages are done, and of how many."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did: the pages of the codes in their order, the files that were made, how many
    code pages nothing new touches, and the codes whose text cannot stand in an address.
    """

    pages: tuple[Path, ...]
    files: tuple[Path, ...]
    n_kept: int = 0
    left_out: tuple[CodeRef, ...] = ()


def publish(
    lake: Lake,
    codes: Sequence[str] | None,
    out: Path,
    *,
    as_of: date | None = None,
    strength: str = "balanced",
    jobs: int | None = None,
    base_url: str = "",
    with_descriptions: bool = False,
    progress: Progress | None = None,
) -> Published:
    """The pages of `codes` in the folder `out`, and those about the lake; None: every code of it.

    `as_of` defaults to the newest date in the lake. Pages that `out` holds from an earlier run
    stay, and stay listed; those that nothing new touches are not made again. The same lake and
    arguments write the same bytes, whatever was there before. `jobs` processes make the code pages:
    None takes as many as there are processors, at most two. `base_url` is where the site will be
    served, for its site map and feed. `with_descriptions` shows what files call a code, in their
    words: those of the AMA may be passed on with its licence alone. Raises `UsageError` for what is
    no code, for none at all, and for an `out` that leads elsewhere.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> made = publish(Lake.create(folder / "lake"), ["32557"], folder / "site",
    ...                as_of=date(2026, 7, 15))
    >>> [page.relative_to(folder).as_posix() for page in made.pages]
    ['site/code/cpt/32557/index.html']
    """
    if codes is not None and not codes:
        raise UsageError("There is no code to publish", todo="name one, as in `publish 32557`")
    named = None if codes is None else list(dict.fromkeys(parse_code(code) for code in codes))
    edition = Edition(
        as_of=as_of, strength=strength, base_url=base_url, with_descriptions=with_descriptions
    ).checked()
    site = Site(out)
    # One generation for the figures and for the files they name, whatever is committed meanwhile.
    connection, manifest = lake.snapshot()
    with connection:
        day = as_of or latest_date(connection)
        found = codes_with_data(connection, day) if named is None else named
        wanted = with_address(found)
        before = site.records()
        addresses = frozenset(before) | {address_of(code) for code in wanted}
        site.place("index.html")  # All is judged before anything is written.
        site.claim()
        inputs = Inputs(connection, manifest, day, strength, edition.options)
        digests = {code: inputs.of(*code) for code in wanted}
        stale = [
            code for code in wanted
            if not _stands(site, before.get(address_of(code)), digests[code], addresses)
        ]  # fmt: skip
        ground = Ground(Survey(connection, manifest, day, strength), addresses)
        _write_ground(site, ground)
        n_rates = rates_of(connection) if stale else {}
        parts = batches(stale, n_rates)
        job = Job(
            lake=lake.root,
            generation=manifest.generation,
            as_of=day,
            strength=strength,
            out=out,
            codes=addresses,
            with_descriptions=with_descriptions,
            most_rates=most_rates(parts, n_rates),
        )
        records = dict(before)
        for n_done, record in enumerate(write_codes(job, parts, jobs), start=1):
            code = CodeRef(record.system, record.code)
            records[record.address] = msgspec.structs.replace(
                record, inputs=digests[code], linked=linked(record, addresses)
            )
            if progress is not None:
                progress(n_done, len(stale))
    _write_lists(site, Book(ground, tuple(records.values()), edition))
    return Published(
        pages=tuple(site.place(f"{address_of(code)}/index.html") for code in wanted),
        files=(*(path for code in stale for path in _files(site, code)), *site.written),
        n_kept=len(wanted) - len(stale),
        left_out=tuple(code for code in found if code not in digests),
    )


def write(dossiers: Sequence[Dossier], out: Path) -> Published:
    """Dossiers that are built already, as a site in `out`; `publish` without a lake."""
    site = Site(out)
    for dossier in dossiers:
        site.place(f"{dossier.address}/index.html")  # All places are judged before any is used.
    site.claim()
    before = site.records()
    codes = frozenset(before) | {dossier.address for dossier in dossiers}
    _write_fixed(site)
    pages = []
    records = dict(before)
    for dossier in dossiers:
        pages.append(write_page(site, dossier, codes)[-1])
        records[dossier.address] = record_of(dossier)
    day = lists.newest(records.values()) or date.min
    ground = Ground(Survey(None, Manifest(), day), codes)
    _write_lists(site, Book(ground, tuple(records.values()), Edition()))
    return Published(pages=tuple(pages), files=tuple(site.written))


def _files(site: Site, code: CodeRef) -> list[Path]:
    """The page of a code and its data."""
    address = address_of(code)
    data = [site.place(f"{address}.{name}") for name in html.FORMATS]
    return [*data, site.place(f"{address}/index.html")]


def _stands(
    site: Site,
    record: Record | None,
    digest: str,
    codes: Container[str],
) -> bool:
    """Whether a code's page and data are there, and are what they would be made now."""
    if record is None or not is_current(record, digest, codes):
        return False
    return all(path.is_file() for path in _files(site, CodeRef(record.system, record.code)))


def _write_fixed(site: Site) -> None:
    for address, make in fixed_files():
        site.write(address, make())


def _write_ground(site: Site, ground: Ground) -> None:
    """What code pages refer to: style, rules, method, glossary, and the pages of sources."""
    _write_fixed(site)
    for profile in ground.profiles.values():
        if profile.kind == "source":
            write_page(site, profile, ground.pages)


def _write_lists(site: Site, book: Book) -> None:
    """The pages about many codes, the lists of all pages, and what is remembered of them."""
    for profile in (*book.ground.profiles.values(), *book.profiles.values()):
        if profile.kind != "source":
            write_page(site, profile, book.ground.pages)
    for address, make in book.files.items():
        site.write(address, make())
    # A part of the index that nothing stands in any more would still tell what once did.
    site.sweep(search.FOLDER, search.PART_NAME, book.files)
    site.remember(book.records)
