"""Section 7, benchmarks: percentiles, or the prices themselves, by comparison key and payer."""

from __future__ import annotations

from ratepress.core.facts import Fact, Gap
from ratepress.dossier.agreement_counts import (
    agreement_counts,
    agreement_sentence,
    agreements,
)
from ratepress.dossier.agreement_table import agreement_table
from ratepress.dossier.charge_tables import charge_ranges
from ratepress.dossier.context import HEADLINE_LINE, Context
from ratepress.dossier.market_charts import has_chart, strip_chart
from ratepress.dossier.market_tables import (
    all_in_percent,
    all_payers,
    charted,
    hospital_charges,
    listed_prices,
    percentiles_by_payer,
)
from ratepress.dossier.model import Chart, DataTable, Section, Sentence
from ratepress.dossier.state_table import state_table
from ratepress.dossier.table_charts import agreement_chart, state_chart
from ratepress.market.benchmark import Statistic
from ratepress.market.statistic import DERIVED
from ratepress.readers.line_of_business import LINES


def build(context: Context) -> Section:
    """A chart of the plainest key of each line of business, and tables of all its keys."""
    charts: list[Chart] = []
    tables: list[DataTable] = [all_payers(context), all_in_percent(context)]
    for line in LINES:
        statistic = charted(context, line)
        percentiles = percentiles_by_payer(context, line)
        prices = listed_prices(context, line)
        tables += [percentiles, prices]
        if statistic is not None and has_chart(statistic):
            stated = prices if prices.rows else percentiles
            charts.append(strip_chart(context, statistic, stated.id))
    states, pairs = state_table(context), agreement_table(context)
    charts += [c for c in (state_chart(states), agreement_chart(pairs)) if c is not None]
    agreed = agreements(context)
    tables += [
        states,
        charge_ranges(context),
        hospital_charges(context),
        agreement_counts(context, agreed),
        pairs,
    ]
    agreement = agreement_sentence(context, agreed)
    return Section(
        "benchmarks",
        "Benchmarks",
        sentences=(*_opening(context), *([agreement] if agreement else [])),
        charts=tuple(charts),
        tables=tuple(table for table in tables if table.rows),
        gaps=_gaps(context, states, has_agreement=agreement is not None),
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


def _gaps(context: Context, states: DataTable, *, has_agreement: bool) -> tuple[Gap, ...]:
    gaps = [] if has_agreement or not context.published else [_NO_AGREEMENT]
    if context.headline is None:
        gaps.append(
            Gap(
                "Commercial benchmark",
                _why_no_commercial(context),
                "a hospital or payer file with a commercial price by the service or the case",
                ("M01", "M06"),
            )
        )
    if not states.rows and context.published:
        gaps.append(
            Gap(
                "Prices by state and region",
                _why_no_states(context),
                "the NPPES monthly file, for the addresses of providers",
            )
        )
    gaps.append(Gap("Your rates", "no fee schedule of yours is loaded", "your own rates as a CSV"))
    return tuple(gaps)


_NO_AGREEMENT = Gap(
    "Agreement between payer and hospital files",
    "no provider group of a payer file here is resolved to a hospital's NPI",
    "payer files, with their provider references, that name a loaded hospital's type 2 NPI",
    ("M11",),
)


def _why_no_commercial(context: Context) -> str:
    rows = sum(r["n_rows"] for r in context.published if HEADLINE_LINE in context.lines_of(r))
    if not rows:
        return "no file loaded states a commercial price of this code"
    counting = [s for s in context.over_all_payers if s.line_of_business == HEADLINE_LINE]
    if counting:
        return (
            "commercial prices count and stand in the tables, but none is a dollar price of the "
            f"unmodified service by the service or the case: they are {_kinds(counting)}"
        )
    return (
        f"{rows} commercial row{'' if rows == 1 else 's'} published, but none is a dollar price "
        f"that counts at the {context.strength} strength; Quality says why"
    )


def _kinds(counting: list[Statistic]) -> str:
    """What keeps commercial statistics from being a headline, in words, each once."""
    found: dict[str, None] = {}
    for one in counting:
        if one.drug_unit:
            found[f"per {one.drug_unit}"] = None
        elif one.price_unit not in ("service", "case"):
            found[f"per {one.price_unit}"] = None
        elif one.modifiers:
            found["with a modifier"] = None
        elif one.statement == DERIVED:
            found["derived from gross charges"] = None
    return ", ".join(found)


def _why_no_states(context: Context) -> str:
    if context.headline is None:
        return "states are told apart for the commercial headline, and there is none"
    return "votes are not set apart by place: the providers of payer files have none here"
