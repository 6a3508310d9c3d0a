"""`ratepress publish`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import (
    DEFAULT_LAKE,
    AsJson,
    AsOf,
    BaseUrl,
    GhostFilter,
    LakeFolder,
    WithDescriptions,
)
from ratepress.cli.output import done, say, working

if TYPE_CHECKING:
    from ratepress.press.publish import Published

Codes = Annotated[
    list[str] | None,
    typer.Argument(metavar="CODE", help="CPT or HCPCS codes, or `system:code`: `ms-drg:470`."),
]
All = Annotated[bool, typer.Option("--all", help="Every code that the lake has data of.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        min=1,
        help="So many processes make the code pages; without it one a processor, at most two.",
        show_default=False,
    ),
]
AsPdf = Annotated[
    bool,
    typer.Option("--pdf", help="Beside each page two sheets of paper; wants Chromium or Chrome."),
]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The folder of the site; it may hold pages.")
]


def publish(
    codes: Codes = None,
    out: Out = Path("site"),
    ghost_filter: GhostFilter = "balanced",
    as_of: AsOf = None,
    lake: LakeFolder = DEFAULT_LAKE,
    jobs: Jobs = None,
    base_url: BaseUrl = "",
    *,
    everything: All = False,
    as_pdf: AsPdf = False,
    with_descriptions: WithDescriptions = False,
    as_json: AsJson = False,
) -> None:
    """Write the page of each code, with its data files, as a site in a plain folder.

    Beside them stand pages about the payers, hospitals, states, families and sources of the lake.
    What nothing new touches is left alone.

    Python: `ratepress.press.publish.publish`.
    """
    from ratepress.core.errors import UsageError, printable
    from ratepress.lake.store import Lake
    from ratepress.press.pdf import write_pdf
    from ratepress.press.publish import publish as press

    if everything and codes:
        raise UsageError("Codes are named, and --all is given", todo="leave out one of them")
    if not everything and not codes:
        raise UsageError("There is no code to publish", todo="name one, or give --all")
    into = Lake.open(lake)
    with working("publishing"):
        made = press(
            into,
            None if everything else codes,
            out,
            as_of=as_of,
            strength=ghost_filter,
            jobs=jobs,
            base_url=base_url,
            with_descriptions=with_descriptions,
        )
        papers = [write_pdf(page) for page in made.pages] if as_pdf else []
    data = {
        "pages": [printable(path) for path in made.pages],
        "files": [printable(path) for path in (*made.files, *papers)],
        "kept": made.n_kept,
        "left_out": [str(code) for code in made.left_out],
    }
    done("publish", data, lambda: _show(made, out, everything=everything), as_json=as_json)


def _show(made: Published, out: Path, *, everything: bool) -> None:
    if not everything:
        say(*made.pages)
        return
    say(
        f"{len(made.pages):,} code pages, {made.n_kept:,} of them left as they were; "
        f"{len(made.files):,} files written.",
        f"The front page: {(out / 'index.html').resolve().as_uri()}",
    )
    if made.left_out:
        say(f"{len(made.left_out):,} codes cannot stand in an address, and have no page.")
