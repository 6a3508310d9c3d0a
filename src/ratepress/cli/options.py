"""Options that several commands share, declared once so that they read the same everywhere."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ratepress.core.errors import UsageError

DEFAULT_LAKE = Path("lake")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def parse_date(text: str | date) -> date:
    """A date in ISO form; `UsageError` for any other.

    >>> parse_date("2026-07-15")
    datetime.date(2026, 7, 15)
    """
    if isinstance(text, date):
        return text
    try:
        if _ISO.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError("This is no date", found=text, expected="year-month-day, as in 2026-07-15")


LakeFolder = Annotated[
    Path,
    typer.Option("--lake", metavar="DIR", envvar="RATEPRESS_LAKE", help="The folder of the lake."),
]
LinesOut = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Where the lines go; standard output where it is left out or `-`.",
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the result as one JSON document on stdout.")
]
_CODE = "A CPT or HCPCS code, or `system:code` where its system is not plain: `ms-drg:470`."
Code = Annotated[str, typer.Argument(metavar="CODE", help=_CODE)]
CodeOrNone = Annotated[str | None, typer.Argument(metavar="CODE", help=_CODE, show_default=False)]
ServiceDate = Annotated[
    date,
    typer.Option(
        "--date",
        metavar="YYYY-MM-DD",
        parser=parse_date,
        help="The date of service; it chooses the release, and is never taken from today.",
    ),
]
GhostFilter = Annotated[
    str,
    typer.Option(
        "--ghost-filter",
        metavar="STRENGTH",
        help="How many doubtful prices stay out: `maximum`, `balanced` or `minimum`.",
    ),
]
BaseUrl = Annotated[
    str,
    typer.Option("--base-url", metavar="URL", help="Where the site will be served, for its map."),
]
WithDescriptions = Annotated[
    bool,
    typer.Option(
        "--with-descriptions",
        help="Show what files call a code; the AMA's words for CPT codes want its licence.",
    ),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        metavar="YYYY-MM-DD",
        parser=parse_date,
        help="The day to look from; the newest date of the lake's files where it is left out.",
    ),
]
