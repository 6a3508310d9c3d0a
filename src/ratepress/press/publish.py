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
from ratepress.core.rules import registry
from ratepress.dossier.build import batches, codes_with_data
from ratepress.dossier.model import Dossier
from ratepress.dossier.profiles.survey import Survey
from ratepress.dossier.record import Record, record_of
from ratepress.lake.manifest import Manifest
from ratepress.lake.store import Lake
from ratepress.market.benchmark import check_strength
from ratepress.market.inputs import latest_date
from ratepress.press import html, lists
from ratepress.press.crew import Job, Pages, write_codes, write_page
from ratepress.press.files import Site, is_plain
from ratepress.press.records import Inputs, is_current, linked
from ratepress.press.text import safe_link

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
    progress: Progress | None = None,
) -> Published:
    """The pages of `codes` in the folder `out`, and those about the lake; None: every code of it.

    `as_of` defaults to the newest date in the lake. Pages that `out` holds from an earlier run
    stay, and stay listed; those that nothing new touches are not made again. The same lake and
    arguments write the same bytes, whatever was there before. `jobs` processes make the code pages:
    None takes as many as there are processors, at most two. `base_url` is where the site will be
    served, for its site map and feed. Raises `UsageError` for what is no
    code, for none at all, and for an `out` that leads elsewhere.

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
    check_strength(strength)
    base = _base(base_url)
    site = Site(out)
    # One generation for the figures and for the files they name, whatever is committed meanwhile.
    connection, manifest = lake.snapshot()
    with connection:
        day = as_of or latest_date(connection)
        found = codes_with_data(connection, day) if named is None else named
        wanted = [code for code in found if is_plain(code.system) and is_plain(code.code)]
        before = site.records()
        addresses = frozenset(before) | {_address(code) for code in wanted}
        site.place("index.html")  # All is judged before anything is written.
        inputs = Inputs(connection, manifest, day, strength)
        digests = {code: inputs.of(*code) for code in wanted}
        stale = [
            code for code in wanted
            if not _stands(site, before.get(_address(code)), digests[code], addresses)
        ]  # fmt: skip
        survey = Survey(connection, manifest, day, strength)
        _write_ground(site, survey, addresses)
        job = Job(
            lake=lake.root,
            generation=manifest.generation,
            as_of=day,
            strength=strength,
            out=out,
            codes=addresses,
        )
        records = dict(before)
        for n_done, record in enumerate(write_codes(job, batches(stale), jobs), start=1):
            code = CodeRef(record.system, record.code)
            records[record.address] = msgspec.structs.replace(
                record, inputs=digests[code], linked=linked(record, addresses)
            )
            if progress is not None:
                progress(n_done, len(stale))
    _write_lists(site, sorted(records.values(), key=_order), survey, base)
    return Published(
        pages=tuple(site.place(f"{_address(code)}/index.html") for code in wanted),
        files=(*(path for code in stale for path in _files(site, code)), *site.written),
        n_kept=len(wanted) - len(stale),
        left_out=tuple(code for code in found if code not in digests),
    )


def write(dossiers: Sequence[Dossier], out: Path) -> Published:
    """Dossiers that are built already, as a site in `out`; `publish` without a lake."""
    site = Site(out)
    for dossier in dossiers:
        site.place(f"{dossier.address}/index.html")  # All places are judged before any is used.
    before = site.records()
    codes = frozenset(before) | {dossier.address for dossier in dossiers}
    _write_ground(site, None, codes)
    pages = []
    records = dict(before)
    for dossier in dossiers:
        pages.append(write_page(site, dossier, codes)[-1])
        records[dossier.address] = record_of(dossier)
    ordered = sorted(records.values(), key=_order)
    day = max((record.as_of for record in ordered), default=date.min)
    _write_lists(site, ordered, Survey(None, Manifest(), day), "")
    return Published(pages=tuple(pages), files=tuple(site.written))


def _base(url: str) -> str:
    if url and safe_link(url) is None:
        raise UsageError(
            "The address of the site is none", found=url, expected="https://…", todo="check it"
        )
    return f"{url.rstrip('/')}/" if url else ""


def _address(code: CodeRef) -> str:
    return f"code/{code.system}/{code.code}"


def _files(site: Site, code: CodeRef) -> list[Path]:
    """The page of a code and its data."""
    address = _address(code)
    data = [site.place(f"{address}.{name}") for name in html.FORMATS]
    return [*data, site.place(f"{address}/index.html")]


def _order(record: Record) -> tuple[str, str]:
    return record.system, record.code


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


def _write_ground(site: Site, survey: Survey | None, codes: frozenset[str]) -> None:
    """What code pages refer to: style, rules, method, glossary, and the pages of sources."""
    for address, content in lists.assets():
        site.write(address, content)
    for rule_id, rule in registry().items():
        site.write(f"rule/{rule_id}/index.html", html.rule_page(rule).encode("utf-8"))
    for address, page in lists.reference_pages():
        site.write(address, page.encode("utf-8"))
    if survey is not None:
        for profile in lists.source_profiles(survey):
            write_page(site, profile, Pages(codes))


def _write_lists(site: Site, records: Sequence[Record], survey: Survey, base: str) -> None:
    """The pages about many codes, the lists of all pages, and what is remembered of them."""
    pages = Pages(frozenset(record.address for record in records))
    profiles = lists.profiles(records, survey)
    for profile in profiles:
        write_page(site, profile, pages)
    for address, content in lists.list_pages(records, profiles, survey, base):
        site.write(address, content)
    site.remember(records)
