"""`ratepress compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, AsOf, GhostFilter, LakeFolder
from ratepress.cli.output import done, say, table
from ratepress.core.outputs import check_output

if TYPE_CHECKING:
    from decimal import Decimal

    from ratepress.market.compare import Comparison

Rates = Annotated[
    Path,
    typer.Argument(
        metavar="MYRATES",
        help="CSV or an Excel workbook with a header: code, rate, and modifiers, volume.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Write the result: `.csv`, `.xlsx`, or `.html` for a page."
    ),
]
LineOfBusiness = Annotated[
    str,
    typer.Option(
        "--line-of-business",
        metavar="LINE",
        help="What lines that state none are compared with; `all` for each one apart.",
    ),
]
Payer = Annotated[
    str | None,
    typer.Option("--payer", metavar="PAYER", help="One payer alone, by its id."),
]


def compare(
    rates: Rates,
    out: Out = None,
    line_of_business: LineOfBusiness = "commercial",
    payer: Payer = None,
    ghost_filter: GhostFilter = "balanced",
    as_of: AsOf = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    as_json: AsJson = False,
) -> None:
    """Your fee schedule against the market and Medicare: percentile, distance, opportunity.

    Each rate is placed in every comparison key that its line leaves open; nothing is blended.
    Python: `ratepress.market.compare.compare`.
    """
    from ratepress.lake.store import Lake
    from ratepress.market.compare import compare as against_market

    if out is not None:
        check_output(out, rates, forms=(".csv", ".xlsx", ".html"), form="table or a page")
    found = against_market(
        Lake.open(lake),
        rates,
        as_of=as_of,
        strength=ghost_filter,
        line_of_business=None if line_of_business == "all" else line_of_business,
        payer=payer,
    )
    if out is not None:
        _write(found, out)
    done("compare", found, lambda: _show(found, out), as_json=as_json)


def _write(found: Comparison, out: Path) -> None:
    from ratepress.press.comparison import as_csv, as_page, as_workbook

    form = out.suffix.lower()
    if form == ".xlsx":
        out.write_bytes(as_workbook(found))
    else:
        text = as_csv(found) if form == ".csv" else as_page(found)
        out.write_text(text, encoding="utf-8", newline="")


def _show(found: Comparison, out: Path | None) -> None:
    asked = f"as of {found.as_of}, ghost filter {found.strength}"
    say(f"{found.n_lines:,} rates against {found.line_of_business or 'all lines'}, {asked}")
    columns = (
        "code", "prices that compare", "rate", "votes", "p25", "median", "p75", "percentile",
        "% of median", "% of Medicare", "market", "opportunity",
    )  # fmt: skip
    rows = []
    for row in found.rows:
        if not row.is_headline and row.n_votes:
            continue
        key = (row.billing_class, row.setting, row.site, row.method)
        where = ", ".join(word for word in key if word not in ("", "any", "not stated"))
        rows.append(
            (
                " ".join((row.code, *row.modifiers.split("|"))).strip(),
                where if row.n_votes else f"{row.status}: {row.reason}",
                _money(row.rate),
                row.n_votes or "",
                _money(row.p25),
                _money(row.median),
                _money(row.p75),
                row.percentile,
                row.percent_of_median,
                row.percent_of_medicare,
                row.standing or row.status,
                _money(row.opportunity),
            )
        )
    table(columns, rows, numbers=(*columns[2:10], "opportunity"))
    parts = found.opportunity_by_class
    split = ", ".join(f"{name} ${amount:,.2f}" for name, amount in parts.items())
    total = f"Opportunity of the lines under market: ${found.opportunity:,.2f}"
    say(f"{total} ({split})" if len(parts) > 1 else total)
    if len(found.classes) > 1:
        lines = ", ".join(f"{n:,} with {name}" for name, n in found.classes.items())
        say(
            f"These lines are compared with prices of several billing classes ({lines}): a column "
            "billing_class in your file says which is yours."
        )
    if out is not None:
        say(f"All keys are in {out}")


def _money(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,.2f}"
