"""Section 1, summary: one finding in a sentence made of facts, and the figures behind it."""

from __future__ import annotations

from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import MARKET_RULES, Context, dollars
from ratepress.dossier.finding import finding, kind, where
from ratepress.dossier.medicare_gaps import no_medicare_gap
from ratepress.dossier.model import Labelled, Section
from ratepress.market.benchmark import Statistic


def build(context: Context, others: tuple[Section, ...]) -> Section:
    """The headline benchmark, Medicare's amounts, and the key points of the other sections."""
    by_id = {section.id: section for section in others}
    medicare = by_id["medicare"]
    headline = context.headline
    facts: list[Labelled] = []
    sentences = finding(context)
    gaps: tuple[Gap, ...] = ()
    if headline is not None:
        facts.append(Labelled(_tile(headline), _median(context, headline)))
        if headline.medicare_amount is None:
            gaps = (no_medicare_gap(context, headline),)
    else:
        gaps = tuple(g for g in by_id["benchmarks"].gaps if g.what == "Commercial benchmark")
    facts += [f for f in medicare.facts if isinstance(f.cell, Fact)]
    sentences += medicare.sentences[:1]
    sentences += by_id["coding"].sentences[:2]
    sentences += by_id["payers"].sentences
    if not context.published:
        gaps = (
            Gap(
                "Prices",
                "no file of the lake states a payer's negotiated price of this code",
                "a payer or hospital file that does",
            ),
        )
    return Section("summary", "Summary", tuple(sentences), tuple(facts), gaps=gaps)


def _median(context: Context, headline: Statistic) -> Fact | Gap:
    if headline.p50 is None:
        return Gap(
            "Commercial median",
            f"{headline.n_votes} vote{'' if headline.n_votes == 1 else 's'}, under the three that "
            "a median needs; the prices are listed",
            "more files with a commercial price",
            ("M06",),
        )
    sources = context.files_behind(headline)
    median = dollars(headline.p50, sources, MARKET_RULES, context.as_of)
    counted = f"{headline.n_votes} votes {where(context, headline)}; {kind(headline)}"
    return Fact(median.value, "USD", context.as_of, sources, MARKET_RULES, counted)


def _tile(headline: Statistic) -> str:
    """What kind of bill the headline is: a hospital's and a clinician's are never one number."""
    kinds = {"facility": "Hospital facility price", "professional": "Professional price"}
    return f"{kinds.get(headline.billing_class, 'Price')}, commercial median"
