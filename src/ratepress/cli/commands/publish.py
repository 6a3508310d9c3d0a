"""`ratepress publish`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, AsOf, GhostFilter, LakeFolder
from ratepress.cli.output import done, say, working

Codes = Annotated[
    list[str],
    typer.Argument(metavar="CODE", help="CPT or HCPCS codes, or `system:code`: `ms-drg:470`."),
]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The folder of the site; it may hold pages.")
]


def publish(
    codes: Codes,
    out: Out = Path("site"),
    ghost_filter: GhostFilter = "balanced",
    as_of: AsOf = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    as_json: AsJson = False,
) -> None:
    """Write the page of each code, with its JSON and CSV, as a site in a plain folder.

    Python: `ratepress.press.publish.publish`.
    """
    from ratepress.core.errors import printable
    from ratepress.lake.store import Lake
    from ratepress.press.publish import publish as press

    into = Lake.open(lake)
    with working("publishing"):
        made = press(into, codes, out, as_of=as_of, strength=ghost_filter)
    data = {
        "pages": [printable(path) for path in made.pages],
        "files": [printable(path) for path in made.files],
    }
    done("publish", data, lambda: say(*made.pages), as_json=as_json)
