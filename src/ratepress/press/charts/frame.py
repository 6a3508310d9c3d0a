"""What stands around every chart: its title, its small print, and the table behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ratepress.core.facts import Fact
from ratepress.core.rules import Rule
from ratepress.dossier.model import Chart
from ratepress.press.footnotes import Footnotes, Marker, rules_of


@dataclass(frozen=True)
class Frame:
    """The parts that all kinds of chart share; `finding` is the title."""

    id: str
    finding: str
    marker: Marker
    rules: tuple[Rule, ...]
    note: str
    table_id: str


def frame(chart: Chart, notes: Footnotes) -> Frame:
    """The frame of a chart, with the numbers of its finding's sources."""
    return Frame(
        chart.id,
        chart.finding.text,
        notes.marker(chart.finding.facts, with_rules=False),
        rules_of(chart.finding.facts),
        chart.note or "",
        chart.table_id,
    )


def amount(fact: Fact) -> Decimal:
    """A fact's number."""
    return Decimal(str(fact.value))
