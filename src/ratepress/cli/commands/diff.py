"""`ratepress diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, parse_date
from ratepress.cli.output import done, say, table
from ratepress.core.errors import UsageError

if TYPE_CHECKING:
    from ratepress.market.diff import Count, Snapshot

Before = Annotated[
    str, typer.Argument(metavar="A", help="The earlier snapshot: a day, or another lake's folder.")
]
After = Annotated[str, typer.Argument(metavar="B", help="The later snapshot: a day, or a folder.")]
Codes = Annotated[
    list[str] | None,
    typer.Option("--code", metavar="CODE", help="One code alone; may be given several times."),
]
By = Annotated[
    str, typer.Option("--by", metavar="GRAIN", help="Count by `payer`, `code` or `hospital`.")
]
GhostFilter = Annotated[
    str,
    typer.Option(
        "--ghost-filter",
        metavar="STRENGTH",
        help="`minimum` does not depend on the day; at another strength prices grow stale.",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE.csv", help="Write every contract's change.")
]


def diff(
    before: Before,
    after: After,
    code: Codes = None,
    by: By = "payer",
    ghost_filter: GhostFilter = "minimum",
    out: Out = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    as_json: AsJson = False,
) -> None:
    """What changed between two snapshots: contracts new, gone and changed, and by how much.

    `diff 2026-04-30 2026-07-31` compares two days of one lake; a folder is a lake on its newest
    day. Python: `ratepress.market.diff.diff`.
    """
    from ratepress.codes.argument import parse_code
    from ratepress.market.diff import counts
    from ratepress.market.diff import diff as of_markets

    snapshots = [_snapshot(text, lake) for text in (before, after)]
    codes = None if not code else [parse_code(text) for text in code]
    found = of_markets(*snapshots, codes=codes, strength=ghost_filter)
    made = counts(found, by)
    if out is not None:
        import pyarrow.csv

        pyarrow.csv.write_csv(found, out)
    data = {
        "before": snapshots[0].as_of,
        "after": snapshots[1].as_of,
        "by": by,
        "counts": made,
        "rows": [row for row in found.to_pylist() if row["change"] != "same"],
    }
    said = f"Contracts from {snapshots[0].as_of} to {snapshots[1].as_of}, by {by}"
    done("diff", data, lambda: _show(said, by, made, out), as_json=as_json)


def _snapshot(text: str, lake: Path) -> Snapshot:
    from ratepress.lake.store import Lake
    from ratepress.market.diff import Snapshot
    from ratepress.market.inputs import latest_date

    try:
        return Snapshot(Lake.open(lake), parse_date(text))
    except UsageError:
        if not Path(text).is_dir():
            raise UsageError(
                "This is no snapshot",
                found=text,
                expected="a day as year-month-day, or the folder of a lake",
            ) from None
    opened = Lake.open(Path(text))
    with opened.connect() as connection:
        return Snapshot(opened, latest_date(connection))


def _show(said: str, by: str, made: list[Count], out: Path | None) -> None:
    say(said)
    if not made:
        say("No price in either.")
    rows = [
        (c.what, f"{c.new:,}", f"{c.gone:,}", f"{c.changed:,}", f"{c.same:,}", c.median_percent)
        for c in made
    ]
    columns = (by, "new", "gone", "changed", "same", "median change, %")
    table(columns, rows, numbers=columns[1:])
    if out is not None:
        say(f"Every contract is in {out}")
