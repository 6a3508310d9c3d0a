"""Pages on paper: a page of the site as PDF, two Letter sheets of the essential.

The engine is a Chromium or Chrome that is installed: it is what the style sheet for paper is
tested in, and no Python package draws the charts from it. It runs without a network. The engine
notes the second in which it prints; the date of the page stands there instead, so that one page and
one engine give the same bytes whenever they are asked.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from ratepress.core.errors import UsageError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SECONDS = 120
_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # A page asks for nothing that is not in its folder.
)

_STAMP = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}[+-]\d\d'\d\d'\)")
_AS_OF = re.compile(r'<time datetime="(\d{4})-(\d\d)-(\d\d)">')


def browser() -> str | None:
    """The browser that CHROMIUM names, or the first one that is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def write_pdf(page: Path) -> Path:
    """The page of a site at `<address>/index.html` as `<address>.pdf`.

    Raises `UsageError` where no browser is installed, or where it makes nothing of the page.
    """
    engine = browser()
    if engine is None:
        raise UsageError(
            "A PDF is drawn by Chromium or Chrome, and none is installed",
            todo="install one, or name it in CHROMIUM; or print the page from a browser",
        )
    target = page.parent.with_name(f"{page.parent.name}.pdf")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "page.pdf"
        _print(engine, page, made, Path(folder))
        if not made.is_file():
            raise UsageError(
                f"{page}: {engine} made no PDF of it", todo="open the page in it, and print"
            )
        half = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        half.write_bytes(_dated(made.read_bytes(), page))
        half.replace(target)
    return target


def _dated(pdf: bytes, page: Path) -> bytes:
    """The PDF with the as-of date of its page as its dates. Its length and offsets stay."""
    found = _AS_OF.search(page.read_text("utf-8"))
    day = "".join(found.groups()) if found else "19700101"
    return _STAMP.sub(rb"\g<1>%b000000+00'00')" % day.encode(), pdf)


def _print(engine: str, page: Path, target: Path, profile: Path) -> None:
    # Chromium refuses its sandbox to root, as whom containers run.
    as_root = ("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()
    arguments = (
        engine,
        *_OPTIONS,
        *as_root,
        f"--user-data-dir={profile / 'profile'}",
        f"--print-to-pdf={target}",
        page.resolve().as_uri(),
    )
    try:
        subprocess.run(arguments, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(
            f"{engine} did not print {page}: {error}", todo="name another browser in CHROMIUM"
        ) from error
