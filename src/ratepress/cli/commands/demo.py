"""`ratepress demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ratepress.cli.options import AsJson
from ratepress.cli.output import done, say, working

Folder = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The folder for the demo's lake and site.")
]


def demo(out: Folder = Path("demo"), *, as_json: AsJson = False) -> None:
    """Read the example files into a small lake and publish the chest-drainage family.

    It runs what `add` and `publish` run, on small files whose prices are public facts.

    Python: `ratepress.press.demo.demo`.
    """
    from ratepress.press.demo import demo as run

    with working("Reading the examples and publishing their pages"):
        made = run(out)
    data = {
        "lake": str(made.lake),
        "pages": [str(page) for page in made.pages],
        "files_read": made.added,
    }
    done("demo", data, lambda: _show(made.lake, made.pages, made.seconds), as_json=as_json)


def _show(lake: Path, pages: tuple[Path, ...], seconds: float) -> None:
    first, *others = pages
    say(
        f"A lake of the example files and {len(pages)} pages, in {seconds:.0f} s.",
        f"The front page: {(lake.parent / 'site' / 'index.html').resolve().as_uri()}",
        f"The page of 32557: {first.resolve().as_uri()}",
        f"Beside it: {', '.join(page.parent.name for page in others)}.",
        f"Ask the lake: ratepress price 32557 --date 2026-07-15 --explain --lake {lake}",
    )
