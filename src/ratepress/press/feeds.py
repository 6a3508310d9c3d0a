"""For machines: the site map, and the feed of what changed. Neither knows what day it is today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from ratepress.dossier.model import SourceFile
from ratepress.dossier.record import Changed, Record
from ratepress.press.text import visible

MOST_ENTRIES = 100
"""So many of the files, and as many of the codes."""
_PRICE_FILES = ("hospital-", "payer-in-network")


def site_map(pages: Iterable[tuple[str, date]], base: str = "") -> bytes:
    """`sitemap.xml`: every page with its date.

    Search engines want whole addresses: `base` is where the site will be served. Without it they
    are relative to the root, for a site in a folder has none.

    >>> site_map([("index.html", date(2026, 7, 15))]).decode().count("<url>")
    1
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
        *(
            f"<url><loc>{escape(base + address)}</loc><lastmod>{day}</lastmod></url>"
            for address, day in pages
        ),
        "</urlset>",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def atom(
    files: Sequence[SourceFile], records: Sequence[Record], as_of: date | None, base: str = ""
) -> bytes:
    """`feed.xml`, an Atom feed: the newest files of the lake, and the codes whose prices changed.

    A file says how many pages rest on it; a code how many contracts changed, are new and are gone
    since the snapshot before (rule M17), dated as the newest price file that it rests on. The date
    of the feed is the as-of date of the pages, or that of the newest file: never today's.

    >>> b"<feed" in atom([], [], date(2026, 7, 15))
    True
    """
    resting: dict[str, int] = {}
    for record in records:
        for content_id in record.sources:
            resting[content_id] = resting.get(content_id, 0) + 1
    day = as_of or date.min
    dated = sorted(
        files,
        key=lambda f: (f.published_on or f.effective_from or date.min, f.content_id),
        reverse=True,
    )
    entries = [
        (file.published_on or file.effective_from or day,
         _entry(file, resting.get(file.content_id, 0), day, base))
        for file in dated[:MOST_ENTRIES]
    ]  # fmt: skip
    moved = [one for one in map(_moved(files), records) if one is not None]
    moved.sort(key=lambda one: (-one.day.toordinal(), -one.n, one.record.system, one.record.code))
    entries += [(one.day, _change(one, base)) for one in moved[:MOST_ENTRIES]]
    entries.sort(key=lambda entry: entry[0], reverse=True)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        "<title>ratepress: files and pages</title>",
        "<id>urn:ratepress:site</id>",
        f"<updated>{_instant(day)}</updated>",
        "<author><name>ratepress</name></author>",
        f'<link rel="alternate" href={quoteattr(base + "index.html")}/>',
        *(entry for _, entry in entries),
        "</feed>",
    ]
    return ("\n".join(parts) + "\n").encode("utf-8")


def _entry(file: SourceFile, n_pages: int, day: date, base: str) -> str:
    seen = file.published_on or file.effective_from or day
    title = escape(visible(f"{file.publisher}: {file.name}"))
    pages = "1 page rests" if n_pages == 1 else f"{n_pages:,} pages rest"
    words = escape(
        visible(f"{file.kind}, {file.read:,} rows read, {file.loaded:,} loaded; {pages} on it.")
    )
    return (
        f"<entry><title>{title}</title><id>urn:sha256:{file.content_id}</id>"
        f"<updated>{_instant(seen)}</updated>"
        f"<link href={quoteattr(base + file.page + '/index.html')}/>"
        f"<summary>{words}</summary></entry>"
    )


class _Moved(NamedTuple):
    """A code with a change: its day, its counts, and how many contracts they are together."""

    day: date
    record: Record
    what: Changed
    n: int


def _moved(files: Sequence[SourceFile]) -> Callable[[Record], _Moved | None]:
    priced = {
        file.content_id: file.published_on
        for file in files
        if file.published_on is not None and file.kind.startswith(_PRICE_FILES)
    }

    def moved(record: Record) -> _Moved | None:
        what = record.changed
        if what is None or not (what.changed or what.new or what.gone):
            return None
        days = [priced[one] for one in record.sources if one in priced]
        day = max((one for one in days if one <= record.as_of), default=record.as_of)
        return _Moved(day, record, what, what.changed + what.new + what.gone)

    return moved


def _change(one: _Moved, base: str) -> str:
    record, what = one.record, one.what
    words = f"{what.changed:,} changed, {what.new:,} new, {what.gone:,} gone"
    name = f"{record.name}, {record.plain_label}" if record.plain_label else record.name
    title = escape(visible(f"{record.name}: {words}"))
    summary = escape(visible(f"{name}: of its contracts {words} since {what.since} (rule M17)."))
    return (
        f"<entry><title>{title}</title>"
        f"<id>urn:ratepress:change:{record.system}:{record.code}:{what.since}:{one.day}</id>"
        f"<updated>{_instant(one.day)}</updated>"
        f"<link href={quoteattr(base + record.href)}/>"
        f"<summary>{summary}</summary></entry>"
    )


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
