"""`ratepress optimize`."""

from __future__ import annotations

from typing import Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder
from ratepress.cli.output import done, say, table, working

Memory = Annotated[
    int,
    typer.Option(
        "--memory-mb", min=256, metavar="MB", help="Memory for the sort; what is more spills."
    ),
]


def optimize(
    lake: LakeFolder = DEFAULT_LAKE, *, memory_mb: Memory = 4_000, as_json: AsJson = False
) -> None:
    """Rewrite the lake's many files into few, sorted by code, so that one code is found at once.

    No row changes. It takes room on the disk for the lake once more until readers of the old files
    are done and the next commit sweeps them. `ratepress add` does it when enough has landed.

    Python: `ratepress.lake.optimize.optimize`.
    """
    from ratepress.lake.optimize import optimize as rewrite
    from ratepress.lake.store import Lake

    with working("sorting the lake by code"):
        made = rewrite(Lake.open(lake), memory_mb=memory_mb)

    def show() -> None:
        if not made.is_done:
            say("Another process rewrote the same files at the same time: nothing was done.")
        elif not made.tables:
            say("Nothing to rewrite.")
        else:
            columns = ("table", "rows", "files before", "files after")
            rows = [(t.table, f"{t.rows:,}", t.files_before, t.files_after) for t in made.tables]
            table(columns, rows, numbers=columns[1:])

    done("optimize", made, show, as_json=as_json)
