"""Section 1, summary: one finding in a sentence made of facts, and the figures behind it."""

from __future__ import annotations

from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import (
    MARKET_RULES,
    Context,
    count,
    dollars,
    key_words,
)
from ratepress.dossier.medicare_gaps import no_medicare_gap, system_words
from ratepress.dossier.model import Labelled, Section, Sentence
from ratepress.market.benchmark import Statistic

NAMED_HOSPITALS = 3


def build(context: Context, others: tuple[Section, ...]) -> Section:
    """The headline benchmark, Medicare's amounts, and the key points of the other sections."""
    by_id = {section.id: section for section in others}
    medicare = by_id["medicare"]
    headline = context.headline
    facts: list[Labelled] = []
    sentences: list[Sentence] = []
    gaps: tuple[Gap, ...] = ()
    if headline is not None:
        facts.append(Labelled(_tile(headline), _median(context, headline)))
        sentences += _finding(context, headline)
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
    counted = f"{headline.n_votes} votes {_where(context, headline)}; {_kind(headline)}"
    return Fact(median.value, "USD", context.as_of, sources, MARKET_RULES, counted)


def _tile(headline: Statistic) -> str:
    """What kind of bill the headline is: a hospital's and a clinician's are never one number."""
    kinds = {"facility": "Hospital facility price", "professional": "Professional price"}
    return f"{kinds.get(headline.billing_class, 'Price')}, commercial median"


def _where(context: Context, headline: Statistic) -> str:
    """The hospitals by name where they are few, else how many contracting entities."""
    by_hospital = {
        row["publisher"] for row in context.published if row["published_by"] == "hospital"
    }
    names = [source.label for source in context.files_behind(headline)]
    if headline.n_entities <= NAMED_HOSPITALS and set(names) <= by_hospital:
        return f"at {' and '.join(dict.fromkeys(names))}"
    return (
        f"with {headline.n_entities} contracting entit{'y' if headline.n_entities == 1 else 'ies'}"
    )


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
        f"{_where(context, headline)}, "
        f"{rows.text} published row{_s(headline.n_rows)}"
    )
    if headline.p50 is None:
        stated = sorted(price.dollars for price in headline.prices)
        low, high = amount(stated[0]), amount(stated[-1])
        spread = low.text if low.value == high.value else f"{low.text} to {high.text}"
        text = f"Commercial prices ({_kind(headline)}): {spread}; {counted}, too few for a median."
        return [Sentence(text, (low, high, votes, payers, entities, rows))]
    median, p25, p75 = amount(headline.p50), amount(headline.p25), amount(headline.p75)
    text = (
        f"The median commercial price is {median.text} ({_kind(headline)}); the middle half lies "
        f"between {p25.text} and {p75.text} ({counted}; {headline.confidence.grade})."
    )
    found = [Sentence(text, (median, p25, p75, votes, payers, entities, rows))]
    percent = headline.percent_at("p50")
    if percent is not None:
        fact = Fact(percent, "% of Medicare", context.as_of, sources, ("M07",))
        found.append(
            Sentence(
                f"That median is {fact.text} of {_basis(headline)}"
                f" ({system_words(headline.medicare_system)}).",
                (fact,),
            )
        )
    return found


def _basis(headline: Statistic) -> str:
    """What a percent of Medicare is of, in words (M07)."""
    if headline.at_locality is None:
        return "Medicare's national amount"
    placed = f"{headline.n_at_locality} of {headline.n_votes} votes"
    return f"Medicare's amount, at the voter's locality for {placed}"


def _kind(headline: Statistic) -> str:
    return key_words(headline).removeprefix(f"{headline.line_of_business}, ")


def _s(number: int) -> str:
    return "" if number == 1 else "s"
