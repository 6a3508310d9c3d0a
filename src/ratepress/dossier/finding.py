"""The finding of the summary: which sentence a page opens with, and what changed since.

The rules that choose it are in docs/method/decisions.md, "The finding". A sentence states facts
and calls no price good or bad.
"""

from __future__ import annotations

from ratepress.core.facts import Fact, SourceRef
from ratepress.dossier.changes import Change
from ratepress.dossier.context import MARKET_RULES, Context, count, dollars, key_words
from ratepress.dossier.medicare_gaps import system_words
from ratepress.dossier.model import Sentence
from ratepress.dossier.words import line_words
from ratepress.market.benchmark import Statistic

NAMED_HOSPITALS = 3


def finding(context: Context) -> list[Sentence]:
    """The commercial benchmark in a sentence, and what changed since the snapshot before."""
    headline = context.headline
    found = [] if headline is None else [_opening(context, headline)]
    if context.change is not None:
        found.append(changed(context.change, context.sources_of(context.published)))
    return found


def _opening(context: Context, headline: Statistic) -> Sentence:
    """By the first that holds: with Medicare and a median, with a median, with prices alone."""
    sources = context.files_behind(headline)

    def amount(value: object) -> Fact:
        return dollars(value, sources, MARKET_RULES, context.as_of)

    counted, facts = _counted(context, headline, sources)
    if headline.p50 is None:
        stated = sorted(price.dollars for price in headline.prices)
        low, high = amount(stated[0]), amount(stated[-1])
        spread = low.text if low.value == high.value else f"{low.text} to {high.text}"
        text = f"Commercial prices ({kind(headline)}): {spread}; {counted}, too few for a median."
        return Sentence(text, (low, high, *facts))
    median, p25, p75 = map(amount, (headline.p50, headline.p25, headline.p75))
    grade = headline.confidence.grade
    text = f"The median commercial price is {median.text} ({kind(headline)})"
    shares = tuple(
        Fact(percent, "% of Medicare", context.as_of, sources, ("M07",))
        for name in ("p50", "p25", "p75")
        if (percent := headline.percent_at(name)) is not None
    )
    if shares:
        of_median, of_low, of_high = shares
        text += (
            f", {of_median.text} of {_basis(headline)} "
            f"({system_words(headline.medicare_system)}); the middle half lies between {p25.text} "
            f"and {p75.text}, which is {of_low.text} to {of_high.text} of it"
        )
    else:
        text += f"; the middle half lies between {p25.text} and {p75.text}"
    return Sentence(
        f"{text} ({counted}; confidence: {grade}).", (median, p25, p75, *shares, *facts)
    )


def _counted(
    context: Context, headline: Statistic, sources: tuple[SourceRef, ...]
) -> tuple[str, tuple[Fact, ...]]:
    """How much stands behind a headline, in words: votes, payers, rows, and of when."""
    votes, payers, entities = (
        count(n, sources) for n in (headline.n_votes, headline.n_payers, headline.n_entities)
    )
    rows = count(headline.n_rows, sources, ("M03",))
    behind = {source.content_id for source in sources}
    dates = {
        row["published_on"]
        for row in context.published
        if row["content_id"] in behind and row["published_on"] is not None
    }
    first_and_last = sorted({min(dates), max(dates)}) if dates else []
    of_when = tuple(Fact(day, "date", day, sources, ("M02",)) for day in first_and_last)
    months = " to ".join(dict.fromkeys(f"{day:%B %Y}" for day in first_and_last))
    those = f"{payers.text} payers"
    named: tuple[Fact, ...] = ()
    if headline.n_payers == 1:  # One payer's prices are no market: say whose they are.
        (payer,) = context.per_payer(headline.key_id)
        those = f"{payers.text} payer, {payer.payer},"
        named = (Fact(payer.payer, "text", context.as_of, sources, ("M02",)),)
    text = (
        f"{votes.text} vote{_s(headline.n_votes)} of {those} "
        f"{where(context, headline)}, {rows.text} published row{_s(headline.n_rows)}"
    )
    files = f", file{_s(len(sources))} of {months}" if months else ""
    return text + files, (votes, payers, entities, rows, *named, *of_when)


def where(context: Context, headline: Statistic) -> str:
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


def kind(headline: Statistic) -> str:
    """The comparison key of a headline in words, without its line of business."""
    return key_words(headline).removeprefix(f"{line_words(headline.line_of_business)}, ")


def _basis(headline: Statistic) -> str:
    """What a percent of Medicare is of, in words (M07)."""
    if headline.at_locality is None:
        return "Medicare's national amount"
    comma = "" if headline.n_at_locality == headline.n_votes else ","
    return f"Medicare's amount{comma} {headline.medicare_place}"


def changed(change: Change, sources: tuple[SourceRef, ...]) -> Sentence:
    """What became of the contracts of a code since the snapshot before (rule M17)."""
    since = Fact(change.since, "date", change.since, sources, ("M17",))

    def number(value: int) -> Fact:
        return Fact(value, "count", sources=sources, rules=("M17",))

    found = change.contracts
    moved, new, gone, same = map(number, (found.changed, found.new, found.gone, found.same))
    text = f"Since {since.text} the price of {moved.text} contract{_s(found.changed)} changed"
    facts = [since, moved, new, gone, same]
    if found.median_percent is not None:
        median = Fact(found.median_percent, "%", sources=sources, rules=("M17", "M05"))
        text += f", by a median of {median.text}"
        facts.append(median)
    text += (
        f"; {new.text} {_are(found.new)} new, {gone.text} {_are(found.gone)} gone and "
        f"{same.text} {_are(found.same)} the same."
    )
    return Sentence(text, tuple(facts))


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _s(number: int) -> str:
    return "" if number == 1 else "s"
