"""`ratepress serve`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

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
from ratepress.cli.output import done, say
from ratepress.core.extras import missing

Host = Annotated[
    str,
    typer.Option("--host", metavar="HOST", help="The address to listen at; this machine alone."),
]
Port = Annotated[
    int, typer.Option("--port", metavar="PORT", help="The port; 0 takes any that is free.")
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        metavar="NAME",
        help="A further name that readers may call the service by; may stand repeatedly.",
    ),
]


Published = Annotated[
    Path | None,
    typer.Option(
        "--site",
        metavar="DIR",
        help="A site of `publish --all`: what it remembers of codes is not found out again.",
    ),
]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8321,
    allow_host: AllowHost = None,
    ghost_filter: GhostFilter = "balanced",
    as_of: AsOf = None,
    base_url: BaseUrl = "",
    site: Published = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    with_descriptions: WithDescriptions = False,
    as_json: AsJson = False,
) -> None:
    """Serve the pages of the lake and an API over HTTP, until it is told to stop.

    The addresses are those of the site that `publish --all` writes, and so are the options of its
    pages; `/api/openapi.json` describes the API. What is committed meanwhile shows at once.
    `--json` prints the address once it answers. Needs the extra `service`.

    Python: `ratepress.service.server.serve`.
    """
    import logging

    from ratepress.lake.store import Lake
    from ratepress.press.edition import Edition

    try:
        from ratepress.service.server import serve as run
    except ImportError as error:
        raise missing("Serving over HTTP", "service") from error

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    # Requests are answered between the steps of work that goes on in other threads.
    sys.setswitchinterval(0.001)

    def ready(address: str) -> None:
        done("serve", {"address": address}, lambda: say(f"Serving at {address}"), as_json=as_json)
        sys.stdout.flush()

    edition = Edition(
        as_of=as_of, strength=ghost_filter, base_url=base_url, with_descriptions=with_descriptions
    )
    run(
        Lake.open(lake),
        host=host,
        port=port,
        hosts=allow_host or (),
        edition=edition,
        site=site,
        ready=ready,
    )
