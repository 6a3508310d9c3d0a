"""Section 10, not available: every gap of the other sections, each once."""

from __future__ import annotations

from ratepress.dossier.model import Section, gaps_of


def build(sections: tuple[Section, ...]) -> Section:
    """All gaps in reading order."""
    return Section("gaps", "Not available", gaps=tuple(gaps_of(sections)))
