"""`ratepress export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, AsOf, GhostFilter, LakeFolder
from ratepress.cli.output import done, say, working

What = Annotated[
    list[str],
    typer.Argument(metavar="WHAT", help="Tables of the lake (`rates`, `pfs_rvu`) or codes."),
]
Out = Annotated[
    Path,
    typer.Option(
        "--out",
        metavar="PLACE",
        help="A file, whose suffix says the form, or a folder for several.",
    ),
]
Form = Annotated[
    str | None,
    typer.Option("--format", metavar="FORM", help="`csv`, `json`, `parquet` or `xlsx`."),
]
Restricted = Annotated[
    bool,
    typer.Option(
        "--with-restricted",
        help="Write the columns that may not be passed on, too, such as CPT descriptors.",
    ),
]


def export(
    what: What,
    out: Out,
    form: Form = None,
    ghost_filter: GhostFilter = "balanced",
    as_of: AsOf = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    with_restricted: Restricted = False,
    as_json: AsJson = False,
) -> None:
    """Write tables of the lake, or all that is known about codes, as CSV, JSON, Parquet or Excel.

    Columns whose text belongs to others stay in the lake, and are named.

    Python: `ratepress.press.export.export`.
    """
    from ratepress.lake.store import Lake
    from ratepress.press.export import export as write

    with working("exporting"):
        made = write(
            Lake.open(lake),
            what,
            out,
            form=form,
            with_restricted=with_restricted,
            as_of=as_of,
            strength=ghost_filter,
        )
    notes = [
        f"{one.what}: {', '.join(one.left_out)} may not be passed on and stays in the lake"
        for one in made
        if one.left_out
    ]

    def show() -> None:
        say(*(f"{one.what}: {one.rows:,} rows in {one.file}" for one in made))

    done("export", {"files": made}, show, as_json=as_json, notes=notes)
