"""What the oracle of the market works on, and the constants of the method, by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from market_lakes import PriceFile, Rate
from market_registry_oracle import Voter

STRENGTHS = ("minimum", "balanced", "maximum")
LEFT_OUT_AT = {
    "Q01": {"minimum", "balanced", "maximum"},
    "Q02": {"minimum", "balanced", "maximum"},
    "Q03": {"balanced", "maximum"},
    "Q04": {"balanced", "maximum"},
    "Q05": {"maximum"},
    "Q06": {"balanced", "maximum"},
    "Q07": {"maximum"},
    "Q08": {"balanced", "maximum"},
    "Q09": {"balanced", "maximum"},
    "Q10": {"maximum"},
    "Q11": {"balanced", "maximum"},
    "Q12": {"maximum"},
    "Q13": set(),
    "Q14": {"balanced", "maximum"},
    "M12": set(),
}
PERCENTS = (10, 25, 50, 75, 90)
CONVERSION_FACTOR = {2026: Decimal("33.4009")}
"""CY 2026 final rule, participants that are not qualifying."""

# Medicare Claims Processing Manual, chapter 26, 10.5: places paid as a facility; the generated
# lakes use these and no others.
FACILITY = {"19", "21", "22", "23", "24"}
OUTPATIENT_HOSPITAL = {"19", "22", "23"}
NONFACILITY = {"11", "12", "20", "49"}

# What each published name of the generated lakes means, by hand: (payer id, name).
AETNA, CIGNA = ("aetna", "Aetna"), ("cigna", "Cigna")
PAYERS = {
    ("Aetna", None): AETNA,
    ("AETNA [1001]", None): AETNA,
    ("Cigna", None): CIGNA,
    ("Bcbs", "GA"): ("anthem-ga", "Anthem Blue Cross and Blue Shield (Georgia)"),
    ("Bcbs", "FL"): ("florida-blue", "Florida Blue"),
    ("Bcbs", None): ("bcbs-unspecified", "Blue Cross Blue Shield (licensee not stated)"),
}

Amounts = dict[tuple[str, str, str, str], Decimal]
"""By system, code, modifier and site."""

KEY = (
    "code_system", "code", "modifiers", "line_of_business", "billing_class", "setting", "site",
    "arrangement", "statement", "price_unit", "method", "drug_unit",
)  # fmt: skip


AMOUNTS = ("dollar", "derived dollar")
"""The statements that have dollars: those of a file, and those worked out by M12."""


@dataclass
class Row:
    """One published price in one key."""

    key: tuple[str, ...]
    payer: tuple[str, str]
    file: PriceFile
    rate_id: int
    rate: Rate
    providers: frozenset[Any]
    voters: frozenset[tuple[str, str, Any]]


@dataclass
class Price:
    """The rows that repeat one price, and the one that speaks for it."""

    key: tuple[str, ...]
    payer: tuple[str, str]
    rows: list[Row]
    speaker: Row
    flags: dict[str, str] = field(default_factory=dict)
    npis: dict[Voter, frozenset[str]] = field(default_factory=dict)
    voter_flags: dict[Voter, dict[str, str]] = field(default_factory=dict)

    @property
    def dollars(self) -> Decimal:
        amount = self.speaker.rate.dollars
        assert amount is not None
        return amount

    def counts_at(self, strength: str) -> bool:
        is_dollar = self.key[KEY.index("statement")] in AMOUNTS
        return is_dollar and not left_out(self.flags, strength) and bool(self.voters_at(strength))

    def voters_at(self, strength: str) -> list[Voter]:
        """ "The rules about who is named leave out a voter, not its price." """
        flags = self.voter_flags
        return [v for v in self.speaker.voters if not left_out(flags.get(v, {}), strength)]


def left_out(flags: dict[str, str], strength: str) -> bool:
    return any(
        outcome == "flagged" and strength in LEFT_OUT_AT[rule] for rule, outcome in flags.items()
    )


@dataclass
class Market:
    """What the oracle publishes."""

    published: Counter[tuple[str, str, str]]
    statistics: dict[tuple[Any, ...], dict[str, Any]]
    votes: Counter[tuple[Any, ...]]
    flags: Counter[tuple[Any, ...]]
    funnel: dict[tuple[str, str, str], dict[str, int]]
    voter_flags: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    voter_funnel: dict[tuple[str, str, str], dict[str, int]] = field(default_factory=dict)
    localities: Counter[tuple[Any, ...]] = field(default_factory=Counter)


def median(prices: list[Price]) -> Fraction:
    dollars = sorted(Fraction(price.dollars) for price in prices)
    return (dollars[(len(dollars) - 1) // 2] + dollars[len(dollars) // 2]) / 2


def percentile(ordered: list[Fraction], percent: int) -> Fraction:
    """M05: at "position 1 + (n − 1)p", on a straight line between two votes."""
    position = 1 + (len(ordered) - 1) * Fraction(percent, 100)
    below = int(position)
    above = min(below + 1, len(ordered))
    return ordered[below - 1] + (position - below) * (ordered[above - 1] - ordered[below - 1])


def half_up(value: Fraction, places: int) -> Decimal:
    scaled = abs(value) * 10**places
    whole = int(scaled + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)
