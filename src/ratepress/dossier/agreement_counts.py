"""Where a payer's file and a hospital's file state one price: counts, and a sentence (M11)."""

from __future__ import annotations

from ratepress.core.facts import Fact, SourceRef
from ratepress.dossier.context import Context, count
from ratepress.dossier.model import DataTable, Row, Sentence
from ratepress.market.agreement import BANDS, Agreement, summaries, together

_RULES = ("M11",)


def agreements(context: Context) -> list[Agreement]:
    """The agreement of each hospital and payer about this code; needs `run_agreement`."""
    return summaries(context.connection, context.strength, context.code)


def agreement_counts(context: Context, found: list[Agreement]) -> DataTable:
    """Each hospital and payer, with its pairs by band."""
    sources = _sources(context)
    rows = []
    for one in found:
        counts = (one.n_hospital, one.n_matched, one.n_pairs, *(one.bands[b] for b in BANDS))
        cells = tuple(count(n, sources, _RULES) for n in counts)
        rows.append(Row(one.payer, cells, group=one.hospital_id))
    return DataTable(
        "agreement-counts",
        "Payer files beside hospital files",
        "Payer",
        ("Hospital's prices", "of these in the payer's file", "Pairs",
         *(band.capitalize() for band in BANDS)),
        tuple(rows),
        "Where a payer's file names a hospital's NPI, its price for a service stands beside the "
        "hospital's own. Bands are of the hospital's price, each without the one before.",
    )  # fmt: skip


def agreement_sentence(context: Context, found: list[Agreement]) -> Sentence | None:
    """How many prices stand in both kinds of file and how far they agree; None of none."""
    whole = together(found)
    if whole is None:
        return None
    sources = _sources(context)
    matched, stated, pairs = (
        count(n, sources, _RULES) for n in (whole.n_matched, whole.n_hospital, whole.n_pairs)
    )
    shares = [
        Fact(whole.share_within(band), "%", context.as_of, sources, _RULES) for band in BANDS[:3]
    ]
    exact, ten, twenty = (share.text for share in shares)
    text = (
        f"{matched.text} of {stated.text} prices of hospital files stand in a payer's file too; of "
        f"{pairs.text} pair{'' if pairs.value == 1 else 's'} {exact} agree to the cent, {ten} "
        f"within 10% and {twenty} within 20%."
    )
    return Sentence(text, (matched, stated, pairs, *shares))


def _sources(context: Context) -> tuple[SourceRef, ...]:
    return context.sources_of(context.published)
