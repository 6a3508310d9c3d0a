"""Section 3, clinical context: editorial notes. Only the plain definition exists yet."""

from __future__ import annotations

from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import Context
from ratepress.dossier.model import Labelled, Section

_MISSING = (
    ("Indications and contraindications", "no clinical notes are written for this code"),
    ("Course of the procedure and monitoring", "no clinical notes are written for this code"),
    ("Documentation that supports the claim", "no clinical notes are written for this code"),
)


def build(context: Context) -> Section:
    """The editorial definition with its review state, and what is not written."""
    note = context.editorial
    facts = (
        (Labelled("Review state", Fact(note.review, "text", note.since, (note.source,))),)
        if note
        else ()
    )
    gaps = tuple(Gap(what, why, "editorial notes with references") for what, why in _MISSING)
    return Section("clinical", "Clinical context", facts=facts, gaps=gaps)
