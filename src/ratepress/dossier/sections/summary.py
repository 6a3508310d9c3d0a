"""Section 1, summary: one finding in a sentence made of facts, and the figures behind it."""

from __future__ import annotations

from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import MARKET_RULES, Context, count, dollars, key_words
from ratepress.dossier.model import Labelled, Section, Sentence
from ratepress.market.benchmark import Statistic


def build(context: Context, others: tuple[Section, ...]) -> Section:
    """The headline benchmark, Medicare's amounts, and the key points of the other sections."""
    by_id = {section.id: section for section in others}
    medicare = by_id["medicare"]
    headline = context.headline
    facts: list[Labelled] = []
    sentences: list[Sentence] = []
    gaps: tuple[Gap, ...] = ()
    if headline is not None:
        facts.append(Labelled("Commercial median", _median(context, headline)))
        facts.append(Labelled("Commercial votes", _votes(context, headline)))
        sentences += _finding(context, headline)
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
                "no file of the lake states a price of this code",
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
    return dollars(headline.p50, context.files_behind(headline), MARKET_RULES, context.as_of)


def _votes(context: Context, headline: Statistic) -> Fact:
    fact = count(headline.n_votes, context.files_behind(headline))
    return Fact(fact.value, fact.unit, context.as_of, fact.sources, fact.rules, key_words(headline))


def _finding(context: Context, headline: Statistic) -> list[Sentence]:
    sources = context.files_behind(headline)

    def amount(value: object) -> Fact:
        return dollars(value, sources, MARKET_RULES, context.as_of)

    votes = count(headline.n_votes, sources)
    payers = count(headline.n_payers, sources)
    entities = count(headline.n_entities, sources)
    rows = count(headline.n_rows, sources, ("M03",))
    counted = (
        f"{votes.text} vote{_s(headline.n_votes)} of {payers.text} payer{_s(headline.n_payers)} "
        f"with {entities.text} contracting entit{'y' if headline.n_entities == 1 else 'ies'}, "
        f"{rows.text} published row{_s(headline.n_rows)}"
    )
    if headline.p50 is None:
        low, high = amount(headline.lowest), amount(headline.highest)
        spread = low.text if low.value == high.value else f"{low.text} to {high.text}"
        text = (
            f"Commercial prices ({key_words(headline)}): {spread}; {counted}, too few for a median."
        )
        return [Sentence(text, (low, high, votes, payers, entities, rows))]
    median, p25, p75 = amount(headline.p50), amount(headline.p25), amount(headline.p75)
    text = (
        f"The median commercial price is {median.text} ({_kind(headline)}); the middle half lies "
        f"between {p25.text} and {p75.text} ({counted}; {headline.confidence.grade})."
    )
    found = [Sentence(text, (median, p25, p75, votes, payers, entities, rows))]
    percent = headline.percent_of_medicare(headline.p50)
    if percent is not None:
        fact = Fact(percent, "% of Medicare", context.as_of, sources, ("M07",))
        found.append(Sentence(f"That median is {fact.text} of Medicare's amount.", (fact,)))
    return found


def _kind(headline: Statistic) -> str:
    return key_words(headline).removeprefix(f"{headline.line_of_business}, ")


def _s(number: int) -> str:
    return "" if number == 1 else "s"
