"""`ratepress benchmark`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, Code, LakeFolder, parse_date
from ratepress.cli.output import done, say, table
from ratepress.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="GRAIN", help="`payer`: one line for each payer in place of one over all."
    ),
]
Payer = Annotated[
    str | None,
    typer.Option(
        "--payer", metavar="PAYER", help="One payer alone, by the id that `--by payer` shows."
    ),
]
LineOfBusiness = Annotated[
    str | None,
    typer.Option(
        "--line-of-business", metavar="LINE", help="One line of business alone: `commercial`."
    ),
]
GhostFilter = Annotated[
    str,
    typer.Option(
        "--ghost-filter",
        metavar="STRENGTH",
        help="How many doubtful prices stay out: `maximum`, `balanced` or `minimum`.",
    ),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        metavar="YYYY-MM-DD",
        parser=parse_date,
        help="The day to look from; the newest date of the lake's files where it is left out.",
    ),
]
_KEY = ("line_of_business", "billing_class", "setting", "site", "modifiers", "method")
_SAYS_NOTHING = ("", "any", "not stated")
_QUANTILES = ("p10", "p25", "p50", "p75", "p90")


def benchmark(
    code: Code,
    by: By = None,
    payer: Payer = None,
    line_of_business: LineOfBusiness = None,
    ghost_filter: GhostFilter = "balanced",
    as_of: AsOf = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    as_json: AsJson = False,
) -> None:
    """What payers pay for a code: votes and percentiles by comparison key, beside Medicare.

    One vote is one contract. Under three votes the prices themselves are listed.

    Python: `ratepress.market.benchmark.benchmark`.
    """
    from ratepress.lake.store import Lake
    from ratepress.market.benchmark import benchmark as of_market

    if by not in (None, "payer"):
        raise UsageError("There is no such grain", found=by, expected="payer", todo="name it")
    found = of_market(
        Lake.open(lake),
        code,
        as_of=as_of,
        strength=ghost_filter,
        payer=payer,
        line_of_business=line_of_business,
    )
    is_by_payer = by is not None or payer is not None
    rows = [r for r in found.to_pylist() if is_by_payer == (r["grain"] == "payer")]
    resolved = {k.decode(): v.decode() for k, v in (found.schema.metadata or {}).items()}
    data = {"code": code, **resolved, "rows": rows}
    done("benchmark", data, lambda: _show(code, resolved, rows), as_json=as_json)


def _show(code: str, resolved: dict[str, str], rows: Sequence[dict[str, Any]]) -> None:
    asked = f"as of {resolved['as_of']}, ghost filter {resolved['strength']}"
    if not rows:
        say(f"{code}: no price counts, {asked}.")
        return
    say(f"{code}, {asked}; dollars, and the median in percent of Medicare")
    columns = ("payer", "prices that compare", "votes", *_QUANTILES, "% of Medicare", "listed")
    cells = [
        (
            f"{r['payer']} ({r['payer_id']})" if r["payer_id"] else "",
            ", ".join(r[name] for name in _KEY if r[name] not in _SAYS_NOTHING),
            r["n_votes"],
            *(_money(r[name]) for name in _QUANTILES),
            r["p50_pct_of_medicare"],
            " ".join(_money(p) for p in r["prices"]),
        )
        for r in rows
    ]
    table(columns, cells, numbers=("votes", *_QUANTILES, "% of Medicare"))


def _money(value: Any) -> str:
    return "" if value is None else f"{value:,.2f}"
