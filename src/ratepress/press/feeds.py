"""For machines: the site map, and the feed of what changed. Neither knows what day it is today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from ratepress.dossier.model import SourceFile
from ratepress.dossier.record import Record
from ratepress.press.text import visible

MOST_ENTRIES = 100


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
    """`feed.xml`, an Atom feed: the newest files of the lake, with how many pages rest on each.

    Its date is the as-of date of the pages, or that of the newest file: never today's.

    >>> b"<feed" in atom([], [], date(2026, 7, 15))
    True
    """
    resting: dict[str, int] = {}
    for record in records:
        for content_id in record.sources:
            resting[content_id] = resting.get(content_id, 0) + 1
    dated = sorted(
        files,
        key=lambda f: (f.published_on or f.effective_from or date.min, f.content_id),
        reverse=True,
    )
    day = as_of or date.min
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        "<title>ratepress: files and pages</title>",
        "<id>urn:ratepress:site</id>",
        f"<updated>{_instant(day)}</updated>",
        "<author><name>ratepress</name></author>",
        f'<link rel="alternate" href={quoteattr(base + "index.html")}/>',
        *(
            _entry(file, resting.get(file.content_id, 0), day, base)
            for file in dated[:MOST_ENTRIES]
        ),
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


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
