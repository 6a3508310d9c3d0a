"""`ratepress benchmark`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, AsOf, Code, GhostFilter, LakeFolder
from ratepress.cli.output import done, say, table
from ratepress.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="COLUMNS",
        help="`payer` adds a line for each payer below the one over all. The columns of the "
        "comparison key are always apart, and may be named: `payer,setting,billing_class`.",
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
_KEY = ("line_of_business", "billing_class", "setting", "site", "modifiers", "method")
_COLUMNS_OF_KEY = (*_KEY, "arrangement", "statement", "price_unit", "drug_unit")
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

    is_by_payer = _is_by_payer(by) or payer is not None
    found = of_market(
        Lake.open(lake),
        code,
        as_of=as_of,
        strength=ghost_filter,
        payer=payer,
        line_of_business=line_of_business,
    )
    rows = [r for r in found.to_pylist() if is_by_payer or r["grain"] != "payer"]
    resolved = {k.decode(): v.decode() for k, v in (found.schema.metadata or {}).items()}
    data = {"code": code, **resolved, "rows": rows}
    done("benchmark", data, lambda: _show(code, resolved, rows), as_json=as_json)


def _is_by_payer(by: str | None) -> bool:
    named = [name.strip() for name in (by or "").split(",") if name.strip()]
    known = ("payer", *_COLUMNS_OF_KEY)
    for name in named:
        if name not in known:
            raise UsageError(
                "There is no such column to ask by",
                found=name,
                expected=", ".join(known),
                todo="name columns of the comparison key, or payer",
            )
    return "payer" in named


def _show(code: str, resolved: dict[str, str], rows: Sequence[dict[str, Any]]) -> None:
    asked = f"as of {resolved['as_of']}, ghost filter {resolved['strength']}"
    if not rows:
        say(f"{code}: no price counts, {asked}.")
        return
    say(f"{code}, {asked}; dollars, and the median in percent of Medicare")
    columns = ("payer", "prices that compare", "votes", *_QUANTILES, "% of Medicare", "listed")
    cells = [
        (
            f"{r['payer']} ({r['payer_id']})" if r["payer_id"] else r["payer"],
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
