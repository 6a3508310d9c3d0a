"""`ratepress benchmark`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, AsOf, CodeOrNone, GhostFilter, LakeFolder
from ratepress.cli.output import done, say, table, working
from ratepress.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ratepress.lake.store import Lake
    from ratepress.market.steps import Engine

All = Annotated[
    bool, typer.Option("--all", help="Every code that has a rate, into the file of --out.")
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="A Parquet file for --all; it appears when it is complete."
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", min=1, metavar="N",
        help="For --all: work in N processes, each of which takes up to 1.7 GB of memory. As many "
        "as there are processors, at most two, where it is not said.",
        show_default=False,
    ),
]  # fmt: skip
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="COLUMNS",
        help="`payer` adds a line for each payer below the one over all; `state`, `cbsa`, `zip3` "
        "add lines for each area beside the nation. The columns of the comparison key are always "
        "apart, and may be named: `payer,state,setting,billing_class`.",
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
State = Annotated[
    str | None,
    typer.Option("--state", metavar="STATE", help="Votes in one state alone: `GA`."),
]
Agreement = Annotated[
    bool,
    typer.Option(
        "--agreement",
        help="In place of the benchmark: each price that a payer's and a hospital's file both "
        "state, and how far they agree.",
    ),
]
Weights = Annotated[
    str,
    typer.Option(
        "--weights",
        metavar="NAME",
        help="`votes`: one a contract. `npis`: by the NPIs of each vote. `utilisation`: by what "
        "they billed of the code to Medicare.",
    ),
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain", help="Print the votes behind each line, and the rows of files behind them."
    ),
]
EngineName = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="ENGINE",
        help="What runs the SQL: `duckdb` on this machine, or `spark`, on the master that Spark's "
        "own settings name. The result is the same.",
    ),
]
_KEY = ("line_of_business", "billing_class", "setting", "site", "modifiers", "method")
_COLUMNS_OF_KEY = (*_KEY, "arrangement", "statement", "price_unit", "drug_unit")
_SAYS_NOTHING = ("", "any", "not stated")
_QUANTILES = ("p10", "p25", "p50", "p75", "p90")


class Asked(TypedDict):
    """The arguments that a benchmark and its trace share."""

    as_of: date | None
    strength: str
    payer: str | None
    line_of_business: str | None
    by: list[str]
    state: str | None


class AskedOfAll(TypedDict):
    """The arguments of the benchmark of every code."""

    as_of: date | None
    strength: str
    weights: str
    jobs: int | None


def benchmark(
    code: CodeOrNone = None,
    by: By = None,
    payer: Payer = None,
    line_of_business: LineOfBusiness = None,
    state: State = None,
    weights: Weights = "votes",
    ghost_filter: GhostFilter = "balanced",
    as_of: AsOf = None,
    lake: LakeFolder = DEFAULT_LAKE,
    engine: EngineName = "duckdb",
    out: Out = None,
    jobs: Jobs = None,
    *,
    everything: All = False,
    explain: Explain = False,
    agreement: Agreement = False,
    as_json: AsJson = False,
) -> None:
    """What payers pay for a code: votes and percentiles by comparison key, beside Medicare.

    One vote is one contract. Under three votes the prices themselves are listed. Areas are those
    of the providers, by the registry of NPIs: `ratepress add` reads it.

    Python: `ratepress.market.benchmark.benchmark`; `ratepress.market.trace.trace` for `--explain`,
    `ratepress.market.agreement.compare_files` for `--agreement`,
    `ratepress.market.every_code.benchmark_all` for `--all`,
    `ratepress.cluster.engine.SparkEngine` for `--engine spark`.
    """
    from ratepress.lake.store import Lake
    from ratepress.market.benchmark import benchmark as of_market

    if everything or out is not None or jobs is not None:
        others = (code, payer, line_of_business, state, explain or None, agreement or None)
        if (
            not everything
            or out is None
            or engine != "duckdb"
            or any(o is not None for o in others)
        ):
            raise UsageError(
                "--all is for every code, payer and line, on this machine, and wants --out FILE",
                todo="give --all and --out with --by, --weights, --ghost-filter, --as-of, --jobs "
                "alone",
            )
        asked_all: AskedOfAll = {
            "as_of": as_of, "strength": ghost_filter, "weights": weights, "jobs": jobs,
        }  # fmt: skip
        _every_code(Lake.open(lake), out, _named(by), asked_all, as_json=as_json)
        return
    if code is None:
        raise UsageError("There is no code", todo="name one, or give --all and --out")
    if agreement:
        _agreement(Lake.open(lake), code, as_of, ghost_filter, as_json=as_json)
        return
    from ratepress.market.registries import AREA_KINDS

    named = _named(by)
    is_by_payer = "payer" in named or payer is not None
    asked: Asked = {
        "as_of": as_of,
        "strength": ghost_filter,
        "payer": payer,
        "line_of_business": line_of_business,
        "by": [name for name in named if name in AREA_KINDS],
        "state": state,
    }
    if explain and engine != "duckdb":
        raise UsageError(
            "What is behind a benchmark is read on this machine alone",
            found=f"--explain --engine {engine}",
            todo="leave out --engine, or --explain",
        )
    if explain:
        from ratepress.cli.trace_view import lines_of
        from ratepress.market.trace import trace

        traced = trace(Lake.open(lake), code, **asked)
        done("benchmark", traced, lambda: say(*lines_of(traced)), as_json=as_json)
        return
    opened = Lake.open(lake)
    with _engine(engine) as runs:
        found = of_market(opened, code, **asked, weights=weights, engine=runs)
    rows = [r for r in found.to_pylist() if is_by_payer or r["grain"] != "payer"]
    resolved = {k.decode(): v.decode() for k, v in (found.schema.metadata or {}).items()}
    data = {"code": code, **resolved, "rows": rows}
    done("benchmark", data, lambda: _show(code, resolved, rows), as_json=as_json)


def _every_code(
    lake: Lake,
    out: Path,
    named: list[str],
    asked: AskedOfAll,
    *,
    as_json: bool,
) -> None:
    from ratepress.market.every_code import benchmark_all
    from ratepress.market.registries import AREA_KINDS

    areas = [name for name in named if name in AREA_KINDS]
    with working("every code's benchmark"):
        made = benchmark_all(lake, out, by=areas, **asked)
    text = (
        f"{made.n_rows:,} rows in {out}: {made.n_codes:,} codes that state {made.n_rates:,} rates"
    )
    if made.n_uncoded:
        text += f", and {made.n_uncoded:,} rates without a code of a known system left aside"
    done("benchmark", made, lambda: say(f"{text}; as of {made.as_of}"), as_json=as_json)


def _agreement(lake: Lake, code: str, as_of: date | None, strength: str, *, as_json: bool) -> None:
    from ratepress.cli.benchmark_view import agreement_data, show_agreement
    from ratepress.codes.argument import parse_code
    from ratepress.market.agreement import compare_files

    found = compare_files(lake, [parse_code(code)], as_of=as_of, strength=strength)
    data = agreement_data(code, found)
    done("benchmark", data, lambda: show_agreement(code, found), as_json=as_json)


@contextmanager
def _engine(name: str) -> Iterator[Engine]:
    from ratepress.market.steps import DUCKDB

    if name == "duckdb":
        yield DUCKDB
        return
    if name != "spark":
        raise UsageError(
            "There is no such engine", found=name, expected="duckdb, spark", todo="name one"
        )
    from ratepress.cluster.engine import SparkEngine
    from ratepress.cluster.session import spark_session

    with spark_session() as spark:
        yield SparkEngine(spark)


def _named(by: str | None) -> list[str]:
    from ratepress.market.registries import AREA_KINDS

    named = [name.strip() for name in (by or "").split(",") if name.strip()]
    known = ("payer", *AREA_KINDS, *_COLUMNS_OF_KEY)
    for name in named:
        if name not in known:
            raise UsageError(
                "There is no such column to ask by",
                found=name,
                expected=", ".join(known),
                todo="name columns of the comparison key, kinds of area, or payer",
            )
    return named


def _show(code: str, resolved: dict[str, str], rows: Sequence[dict[str, Any]]) -> None:
    asked = f"as of {resolved['as_of']}, ghost filter {resolved['strength']}"
    if not rows:
        say(f"{code}: no price counts, {asked}.")
        return
    if resolved["weights"] != "votes":
        asked += f", weighted by {resolved['weights']} (M08)"
    say(f"{code}, {asked}; dollars, and the median in percent of Medicare")
    columns = (
        "payer", "prices that compare", "votes", *_QUANTILES, "mean", "95% of the median",
        "% of Medicare", "listed",
    )  # fmt: skip
    cells = [
        (
            f"{r['payer']} ({r['payer_id']})" if r["payer_id"] else r["payer"],
            ", ".join(_where(r) + _compared(r)),
            _votes(r),
            *(_money(r[name]) for name in (*_QUANTILES, "mean")),
            _interval(r),
            r["p50_pct_of_medicare"],
            " ".join(_money(p) for p in r["prices"]),
        )
        for r in rows
    ]
    table(columns, cells, numbers=("votes", *_QUANTILES, "mean", "% of Medicare"))


def _compared(row: dict[str, Any]) -> list[str]:
    """What of a row's comparison key says something."""
    found = [row[name] for name in _KEY if row[name] not in _SAYS_NOTHING]
    return found if row["statement"] == "dollar" else [*found, row["statement"]]


def _where(row: dict[str, Any]) -> list[str]:
    """The area of a row, as the list of what compares begins with it; nothing for the nation."""
    return [] if row["area_kind"] == "nation" else [f"{row['area_kind']} {row['area']}"]


def _votes(row: dict[str, Any]) -> str:
    """The votes, and of how many those are that have weight (M08)."""
    n_votes, n_weighted = row["n_votes"], row["n_weighted"]
    return f"{n_votes}" if n_votes == n_weighted else f"{n_weighted} of {n_votes}"


def _interval(row: dict[str, Any]) -> str:
    """The bootstrap interval of the median, where there are votes enough for one."""
    low, high = row["median_low"], row["median_high"]
    return "" if low is None else f"{_money(low)} to {_money(high)}"


def _money(value: Any) -> str:
    return "" if value is None else f"{value:,.2f}"
