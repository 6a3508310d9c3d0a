"""`ratepress sources`."""

from __future__ import annotations

from pathlib import PurePath

from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder
from ratepress.cli.output import done, say, table

# A payer's file can have thousands of them, one a provider group.
REFERENCE = "payer-provider-reference"


def sources(lake: LakeFolder = DEFAULT_LAKE, *, as_json: AsJson = False) -> None:
    """List the files of the lake: what each is, and where each of its rows went.

    Rows read are always rows loaded plus rows set aside, and each reason is a rule that
    `ratepress explain` tells.

    Python: `ratepress.lake.sources.sources`.
    """
    from ratepress.lake.sources import sources as list_sources
    from ratepress.lake.store import Lake

    found = list_sources(Lake.open(lake))

    def show() -> None:
        if not found:
            say("The lake is empty. `ratepress add FILE` adds to it.")
            return
        columns = ("id", "kind", "publisher", "of", "read", "loaded", "set aside", "file", "")
        shown = [s for s in found if s.kind != REFERENCE]
        rows = [
            (
                s.content_id[:8],
                s.kind,
                s.publisher,
                s.release or s.published_on,
                f"{s.read:,}",
                f"{s.loaded:,}",
                reasons(s.set_aside),
                PurePath(s.origins[-1]).name if s.origins else "",
                "incomplete" if s.incomplete_at else "",
            )
            for s in shown
        ]
        table(columns, rows, numbers=("read", "loaded"))
        if len(shown) < len(found):
            n_entities = sum(s.loaded for s in found if s.kind == REFERENCE)
            documents = f"{len(found) - len(shown):,} fetched provider references"
            say(f"And {documents} with {n_entities:,} entities; --json lists them.")

    done("sources", {"sources": found}, show, as_json=as_json)


def reasons(set_aside: dict[str, int]) -> str:
    """Counts by reason in a line.

    >>> reasons({"F001": 1200, "F014": 3})
    '1,200 (F001), 3 (F014)'
    """
    return ", ".join(f"{count:,} ({reason})" for reason, count in set_aside.items()) or "0"
