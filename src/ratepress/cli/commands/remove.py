"""`ratepress remove`."""

from __future__ import annotations

from typing import Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder
from ratepress.cli.output import done, say

Id = Annotated[
    str,
    typer.Argument(metavar="ID", help="Six or more first characters of one source's id."),
]


def remove(content_id: Id, lake: LakeFolder = DEFAULT_LAKE, *, as_json: AsJson = False) -> None:
    """Take one source out of the lake, with its rows and sightings.

    `ratepress sources` lists the ids.

    Python: `ratepress.lake.store.Lake.remove`.
    """
    from ratepress.lake.store import Lake

    gone = Lake.open(lake).remove(content_id)
    data = {"content_id": gone.content_id, "kind": gone.kind, "publisher": gone.publisher}
    done(
        "remove",
        data,
        lambda: say(f"Removed {gone.content_id[:8]}: {gone.kind}, {gone.publisher}."),
        as_json=as_json,
    )
