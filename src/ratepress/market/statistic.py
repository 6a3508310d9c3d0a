"""What the market publishes of one comparison key: its figures, their types and their columns."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from ratepress.core.decimals import EXACT
from ratepress.market.confidence import Confidence

DERIVED = "derived dollar"
"""The statement of dollars that rule M12 works out of a percentage and a gross charge."""
QUANTILES = ("p10", "p25", "p50", "p75", "p90")
FEW = ("mean", "median_low", "median_high", *QUANTILES)
"""What is not published of few votes (rule M06)."""
COMPARISON_KEY = (
    "code_system", "code", "modifiers", "line_of_business", "billing_class", "setting", "site",
    "arrangement", "statement", "price_unit", "method", "drug_unit",
)  # fmt: skip
"""The columns of a comparison key (rule M01)."""


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """One distinct published price that counts: its dollars, who states it, and where.

    `n_rows` is how many published rows state exactly this price for the same providers.
    """

    dollars: Decimal
    payer_id: str
    payer: str
    payer_name: str
    plan_name: str
    publisher: str
    published_on: date | None
    content_id: str
    place: str
    n_rows: int


class AtLocality(msgspec.Struct, frozen=True):
    """Percentiles of the votes in percent of Medicare, of which `n_votes` are at a locality."""

    n_votes: int
    percents: dict[str, Decimal]


class Statistic(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison key over one payer, or over all payers (`grain`), in one area (M09).

    `area_kind` is `nation`, or the kind of the area that `area` names: state, cbsa, zip3.

    Percentiles are dollars, and None under three votes (rule M06), where `prices` lists what was
    published. `medicare_amount`, in dollars by `medicare_system` (`PFS`, `OPPS`, `ASC`, `IPPS`,
    `CLFS`), is None where rule M07 gives no comparison; `facility_kind` is empty for what is no
    facility price. `n_rows` are rows as published, `n_prices` distinct prices, `n_votes` one a
    contract, `n_npis` the different NPIs of the voters as far as files name them, `n_hospitals`
    those that vote by files of their own; `lowest` and `highest` are votes. `n_weighted` votes have
    weight, `total_weight` in all (M08): both are `n_votes` where votes are not weighted.

    `mean` is of the votes. `median_low` and `median_high` are the 95% bootstrap interval
    of the median, votes as they stand, from ten votes on. `spread_within` is p75 over p25 of one
    payer's votes, and over all payers the median of theirs; `spread_between` p75 over p25 of
    the medians of `n_spread_payers` payers, those with percentiles (docs/method/decisions.md, M05).
    """

    key_id: str
    code_system: str
    code: str
    modifiers: str
    line_of_business: str
    billing_class: str
    setting: str
    site: str
    arrangement: str
    statement: str
    price_unit: str
    method: str
    drug_unit: str
    area_kind: str
    area: str
    grain: str
    payer_id: str
    payer: str
    n_rows: int
    n_prices: int
    n_votes: int
    n_entities: int
    n_payers: int
    n_npis: int
    n_hospitals: int
    n_weighted: int
    total_weight: int
    lowest: Decimal
    highest: Decimal
    p10: Decimal | None
    p25: Decimal | None
    p50: Decimal | None
    p75: Decimal | None
    p90: Decimal | None
    mean: Decimal | None
    median_low: Decimal | None
    median_high: Decimal | None
    spread_within: Decimal | None
    spread_between: Decimal | None
    n_spread_payers: int
    facility_kind: str
    medicare_system: str | None
    medicare_amount: Decimal | None
    medicare_site: str | None
    at_locality: AtLocality | None = None
    confidence: Confidence
    prices: tuple[Price, ...]

    @property
    def medicare_basis(self) -> str | None:
        """What the percents are of: `nation`, or `localities`, the voters' own (of facilities the
        areas by whose wages they are paid); None without.
        """
        if not self.medicare_amount:
            return None
        return "nation" if self.at_locality is None else "localities"

    @property
    def medicare_place(self) -> str:
        """Where that amount is taken, and for how many votes, in words: `nationally` for none."""
        if self.at_locality is None:
            return "nationally"
        is_practitioner = self.medicare_system == "PFS"
        if self.n_at_locality == self.n_votes:
            if is_practitioner:
                return "at the locality of each voter"
            return "by the wages of each voter's area"
        where = "at the voter's locality" if is_practitioner else "by the wages of the voter's area"
        return f"{where} for {self.n_at_locality} of {self.n_votes} votes"

    @property
    def n_at_locality(self) -> int:
        """Votes that are compared with the amount at their voter's locality or area (M07)."""
        return 0 if self.at_locality is None else self.at_locality.n_votes

    def percent_at(self, quantile: str) -> Decimal | None:
        """A percentile (`p50`) in percent of Medicare: of the votes' own percents where one of
        them is at a locality, else that of the published figure.
        """
        dollars: Decimal | None = getattr(self, quantile)
        if dollars is not None and self.at_locality is not None:
            return self.at_locality.percents[quantile]
        return self.percent_of_medicare(dollars)

    def percent_of_medicare(self, dollars: Decimal | None) -> Decimal | None:
        """`dollars` in percent of this key's national Medicare amount; None where there is none."""
        if dollars is None or not self.medicare_amount:
            return None
        return percent_of_medicare(dollars, self.medicare_amount)


def percent_of_medicare(dollars: Decimal, medicare_amount: Decimal) -> Decimal:
    """Rule M07: dollars over Medicare's amount in percent, half up to one decimal.

    >>> percent_of_medicare(Decimal("494.88"), Decimal("129.26"))
    Decimal('382.9')
    """
    return percent_of(dollars, medicare_amount)


def percent_of(dollars: Decimal, whole: Decimal) -> Decimal:
    """`dollars` in percent of `whole`, half up to one decimal.

    >>> percent_of(Decimal(1), Decimal(3))
    Decimal('33.3')
    """
    share = EXACT.divide(EXACT.multiply(dollars, Decimal(100)), whole)
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP, EXACT)
