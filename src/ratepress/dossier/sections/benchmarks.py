"""Section 7, benchmarks: percentiles, or the prices themselves, by comparison key and payer."""

from __future__ import annotations

from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import Context, best, is_plain
from ratepress.dossier.market_charts import strip_chart
from ratepress.dossier.market_tables import (
    all_payers,
    hospital_charges,
    listed_prices,
    percentiles_by_payer,
)
from ratepress.dossier.model import DataTable, Section, Sentence, StripChart
from ratepress.readers.line_of_business import LINES


def build(context: Context) -> Section:
    """A chart of the plainest key of each line of business, and tables of all its keys."""
    charts: list[StripChart] = []
    tables: list[DataTable] = [all_payers(context)]
    for line in LINES:
        statistic = best(
            s for s in context.over_all_payers if s.line_of_business == line and is_plain(s)
        )
        percentiles = percentiles_by_payer(context, line)
        prices = listed_prices(context, line)
        tables += [percentiles, prices]
        if statistic is not None:
            stated = prices if prices.rows else percentiles
            charts.append(strip_chart(context, statistic, stated.id))
    tables.append(hospital_charges(context))
    return Section(
        "benchmarks",
        "Benchmarks",
        sentences=_opening(context),
        charts=tuple(charts),
        tables=tuple(table for table in tables if table.rows),
        gaps=_gaps(context),
    )


def _opening(context: Context) -> tuple[Sentence, ...]:
    found = context.over_all_payers
    if not found:
        return ()
    votes = Fact(sum(s.n_votes for s in found), "count", context.as_of, rules=("M01", "M02"))
    keys = Fact(len(found), "count", context.as_of, rules=("M01",))
    text = (
        f"{votes.text} vote{'' if votes.value == 1 else 's'} in {keys.text} comparison "
        f"key{'' if keys.value == 1 else 's'}; prices are never blended across keys."
    )
    return (Sentence(text, (votes, keys)),)


def _gaps(context: Context) -> tuple[Gap, ...]:
    gaps = []
    if context.headline is None:
        gaps.append(
            Gap(
                "Commercial benchmark",
                "no commercial dollar price of this code counts among the files loaded",
                "a hospital or payer file with a commercial price of this code",
                ("M01", "M06"),
            )
        )
    return (
        *gaps,
        Gap(
            "Prices by state and region",
            "no provider registry is loaded, so where a voter is is not known",
            "the NPPES monthly file and the CBSA list",
        ),
        Gap("Your rates", "no fee schedule of yours is loaded", "your own rates as a CSV"),
        Gap(
            "Agreement between payer and hospital files",
            "matching a payer's TINs to hospitals needs a registry, and none is loaded",
            "the NPPES monthly file",
        ),
    )
