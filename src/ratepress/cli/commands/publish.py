"""`ratepress publish`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, AsOf, GhostFilter, LakeFolder
from ratepress.cli.output import done, say, working

Codes = Annotated[
    list[str],
    typer.Argument(metavar="CODE", help="Codes to publish: `32557`, `ms-drg:470`."),
]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The folder of the site; made where absent.")
]


def publish(
    codes: Codes,
    out: Out = Path("site"),
    as_of: AsOf = None,
    ghost_filter: GhostFilter = "balanced",
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    as_json: AsJson = False,
) -> None:
    """Write the page of each code, with its JSON and CSV, as a site in a plain folder.

    Pages that the folder has already stay. The same lake writes the same bytes.

    Python: `ratepress.press.publish.publish`.
    """
    from ratepress.lake.store import Lake
    from ratepress.press.publish import publish as write

    into = Lake.open(lake)
    with working(f"Publishing {len(codes)} code{'' if len(codes) == 1 else 's'}"):
        made = write(into, codes, out, as_of=as_of, strength=ghost_filter)
    data = {
        "out": str(out),
        "pages": [str(page) for page in made.pages],
        "files": [str(file) for file in made.files],
    }
    done("publish", data, lambda: say(*made.pages), as_json=as_json)
