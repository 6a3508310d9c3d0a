"""`ratepress demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ratepress.cli.options import AsJson
from ratepress.cli.output import done, say, working

Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The folder of the demo's lake and site.")
]


def demo(out: Out = Path("demo"), *, as_json: AsJson = False) -> None:
    """Read the example files into a small lake, publish the chest-drainage family, say where.

    Python: `ratepress.press.demo.demo`.
    """
    from ratepress.press.demo import demo as run_demo

    with working("reading the examples and publishing their pages"):
        made = run_demo(out)
    data = {
        "lake": str(made.lake),
        "added": made.added,
        "pages": [str(page) for page in made.pages],
    }

    def show() -> None:
        say(
            f"{made.added} files read, {len(made.pages)} pages made in {made.seconds:.1f} s.",
            f"The page:  {made.pages[0].resolve()}",
            f"The lake:  {made.lake}    try: ratepress sources --lake {made.lake}",
        )

    done("demo", data, show, as_json=as_json)
