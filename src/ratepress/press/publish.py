"""Dossiers as a site in a plain folder: the Python twin of `ratepress publish`.

Order of writing: what pages refer to first, then pages, then the list of pages, each file whole.
So a reader never meets a half-written page, nor a link to what is not there yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from ratepress.core.errors import UsageError
from ratepress.dossier.build import build
from ratepress.dossier.model import Dossier
from ratepress.lake.store import Lake
from ratepress.press import csv, html, json
from ratepress.press.files import Listing, Site
from ratepress.press.footnotes import Footnotes


class Published(msgspec.Struct, frozen=True):
    """What a run wrote: the pages in the order of the codes, and all files."""

    pages: tuple[Path, ...]
    files: tuple[Path, ...]


def publish(
    lake: Lake,
    codes: Sequence[str],
    out: Path,
    *,
    as_of: date | None = None,
    strength: str = "balanced",
) -> Published:
    """The pages of `codes` in the folder `out`, with their JSON, CSV, rules and list.

    `as_of` defaults to the newest date in the lake. Pages that `out` holds from an earlier run
    stay, and stay listed. The same lake and arguments write the same bytes. Raises `UsageError`
    for what is no code, for none at all, and for an `out` that leads elsewhere.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> made = publish(Lake.create(folder / "lake"), ["32557"], folder / "site",
    ...                as_of=date(2026, 7, 15))
    >>> [page.relative_to(folder).as_posix() for page in made.pages]
    ['site/code/cpt/32557/index.html']
    """
    if not codes:
        raise UsageError("There is no code to publish", todo="name one, as in `publish 32557`")
    return write(build(lake, codes, as_of=as_of, strength=strength), out)


def write(dossiers: Sequence[Dossier], out: Path) -> Published:
    """Dossiers that are built already, as a site in `out`; `publish` without a lake."""
    site = Site(out)
    for dossier in dossiers:
        site.place(f"{dossier.address}/index.html")  # All places are judged before any is used.
    files = [site.write(f"assets/{name}", html.asset(name)) for name in html.ASSETS]
    rules = {rule.id: rule for dossier in dossiers for rule in Footnotes(dossier).rules}
    for rule_id, rule in sorted(rules.items()):
        files.append(site.write(f"rule/{rule_id}/index.html", html.rule_page(rule).encode()))
    pages = []
    for dossier in dossiers:
        files.append(site.write(f"{dossier.address}.json", json.document(dossier)))
        files.append(site.write(f"{dossier.address}.csv", csv.document(dossier)))
        pages.append(site.write(f"{dossier.address}/index.html", _encoded(html.page(dossier))))
    listings = site.listed(
        Listing(d.system, d.code, d.label, d.as_of, d.strength) for d in dossiers
    )
    files.append(site.catalogue(listings))
    files.append(site.write("index.html", _encoded(html.index_page(listings))))
    return Published(tuple(pages), (*files, *pages))


def _encoded(page: str) -> bytes:
    return page.encode("utf-8")
