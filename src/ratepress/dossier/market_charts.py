"""The strip charts of the benchmarks section: one for the plainest key of a line of business."""

from __future__ import annotations

from typing import Any

from ratepress.core.facts import Fact, SourceRef
from ratepress.dossier.context import MARKET_RULES, Context, count, dollars, key_words
from ratepress.dossier.market_tables import QUANTILES
from ratepress.dossier.medicare_gaps import system_words
from ratepress.dossier.model import Labelled, Mark, Sentence, Strip, StripChart
from ratepress.dossier.words import line_title
from ratepress.market.benchmark import Statistic
from ratepress.market.confidence import minimum_votes

MARK_LIMIT = 60


def has_chart(statistic: Statistic) -> bool:
    """Whether there is enough to draw: fewer votes than percentiles need stand in a table alone."""
    return statistic.n_votes >= minimum_votes()


def strip_chart(context: Context, statistic: Statistic, table_id: str) -> StripChart:
    """Prices by payer on one scale, all payers first, for one comparison key."""
    payers = context.per_payer(statistic.key_id)
    payers.sort(key=lambda s: (-(s.p50 or s.highest), s.payer))
    return StripChart(
        f"chart-{statistic.line_of_business.replace(' ', '-')}",
        finding(context, statistic),
        tuple(_strip(context, one) for one in (statistic, *payers)),
        table_id,
        _medicare_line(context, statistic),
        f"Prices for {key_words(statistic)}. A dot is a distinct price; n counts votes.",
    )


def finding(context: Context, statistic: Statistic) -> Sentence:
    """What the chart shows, in a sentence of facts: the median, or the range where it has none."""
    sources = context.files_behind(statistic)
    low = dollars(statistic.lowest, sources, MARKET_RULES, context.as_of)
    high = dollars(statistic.highest, sources, MARKET_RULES, context.as_of)
    name = line_title(statistic.line_of_business)
    if statistic.drug_unit:
        name += f", per {statistic.drug_unit}"
    # The title names the unit, whose number is not one of the amounts.
    unit = (
        (Fact(statistic.drug_unit, "text", context.as_of, sources, ("M01",)),)
        if statistic.drug_unit
        else ()
    )
    if statistic.p50 is None:
        votes = f"every vote is {low.text}"
        if low.value != high.value:
            votes = f"votes of {low.text} and {high.text}"
        return Sentence(f"{name}: {votes}", (low, high, *unit))
    low, high = _drawn(context, statistic) or (low, high)
    if low.value == high.value:
        return Sentence(f"{name}: every price is {low.text}", (low, *unit))
    median = dollars(statistic.p50, sources, MARKET_RULES, context.as_of)
    spread = f"prices run from {low.text} to {high.text}"
    # Of the national amount, which the line of the chart and its scale in percent show.
    percent = statistic.percent_of_medicare(statistic.p50)
    if percent is None:
        text = f"{name}: the median is {median.text}; {spread}"
        return Sentence(text, (median, low, high, *unit))
    share = Fact(percent, "% of Medicare", context.as_of, sources, ("M07",))
    text = (
        f"{name}: the median is {median.text}, {share.text} of Medicare's national amount; {spread}"
    )
    return Sentence(text, (median, share, low, high, *unit))


def _drawn(context: Context, statistic: Statistic) -> tuple[Fact, Fact] | None:
    """The lowest and the highest price of a key: a vote may be the median of several prices."""
    rows = context.marks.get((statistic.key_id, ""))
    if not rows:
        return None
    low, high = (_price(context, row) for row in (rows[0], rows[-1]))
    return low, high


def _medicare_line(context: Context, statistic: Statistic) -> Labelled | None:
    if statistic.medicare_amount is None:
        return None
    amount = dollars(statistic.medicare_amount, (), ("M07",), context.as_of)
    if statistic.medicare_system == "PFS":
        where = "facility" if statistic.medicare_site == "facility" else "non-facility"
    else:
        where = system_words(statistic.medicare_system)
    return Labelled(f"Medicare, national, {where}", amount)


def _strip(context: Context, statistic: Statistic) -> Strip:
    sources = context.files_behind(statistic)
    quantiles = tuple(
        Labelled(name, dollars(getattr(statistic, name), sources, MARKET_RULES, context.as_of))
        for name in QUANTILES
        if getattr(statistic, name) is not None
    )
    return Strip(
        statistic.payer, count(statistic.n_votes, sources), _marks(context, statistic), quantiles
    )


def _marks(context: Context, statistic: Statistic) -> tuple[Mark, ...]:
    """One dot a distinct amount; none where there are too many to tell apart."""
    rows = context.marks.get((statistic.key_id, statistic.payer_id), [])
    if len(rows) > MARK_LIMIT:
        return ()
    marks = []
    for row in rows:
        if row["n_prices"] == 1:
            label = f"{row['payer_name']}, {row['plan_name'] or 'plan not stated'}"
        else:
            label = f"{row['n_prices']} distinct prices, first of {row['payer_name']}"
        marks.append(Mark(f"{label}, {row['publisher']}", _price(context, row)))
    return tuple(marks)


def _price(context: Context, row: dict[str, Any]) -> Fact:
    source = SourceRef(row["publisher"], row["content_id"], row["place"])
    return dollars(row["dollars"], (source,), ("M03",), row["published_on"] or context.as_of)
