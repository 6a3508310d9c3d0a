"""What layout readers hand to the loader: the texts of an item, a charge line and a payer.

The fields are the data elements of the CMS hospital price transparency data dictionaries; an
element that is not stated is the empty text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class ItemCells(NamedTuple):
    """What names an item. `codes` are pairs of type and code."""

    description: str
    codes: tuple[tuple[str, str], ...]
    drug_unit: str
    drug_unit_type: str


class ChargeCells(NamedTuple):
    """What a charge line states besides its payers. `modifiers` is the whole cell."""

    setting: str
    billing_class: str
    modifiers: str
    gross: str
    cash: str
    minimum: str
    maximum: str
    note: str

    @property
    def states_money(self) -> bool:
        """Whether any of the four amounts is stated, readable or not."""
        return bool(self.gross or self.cash or self.minimum or self.maximum)


class PayerCells(NamedTuple):
    """What one payer and plan has agreed, and what was allowed."""

    payer: str
    plan: str
    dollars: str
    percentage: str
    algorithm: str
    method: str
    median: str
    p10: str
    p90: str
    allowed_count: str
    estimated: str
    note: str

    @property
    def states_money(self) -> bool:
        """Whether a price or an allowed amount is stated, readable or not."""
        return bool(
            self.dollars or self.percentage or self.algorithm or self.median or self.estimated
        )


class Deviation(NamedTuple):
    """One rule met by one value: what `Tally.problem` asks for, without the place."""

    rule: str
    subject: str
    sample: str


@dataclass(frozen=True, slots=True)
class Names:
    """What a layout calls each field; the subject under which its deviations are counted."""

    code: str
    drug_unit: str
    drug_unit_type: str
    setting: str
    billing_class: str
    gross: str
    cash: str
    minimum: str
    maximum: str
    payer: str
    dollars: str
    percentage: str
    method: str
    median: str
    p10: str
    p90: str
    count: str
    estimated: str


CSV_NAMES = Names(
    code="code",
    drug_unit="drug_unit_of_measurement",
    drug_unit_type="drug_type_of_measurement",
    setting="setting",
    billing_class="billing_class",
    gross="standard_charge|gross",
    cash="standard_charge|discounted_cash",
    minimum="standard_charge|min",
    maximum="standard_charge|max",
    payer="payer_name",
    dollars="standard_charge|negotiated_dollar",
    percentage="standard_charge|negotiated_percentage",
    method="standard_charge|methodology",
    median="median_amount",
    p10="10th_percentile",
    p90="90th_percentile",
    count="count",
    estimated="estimated_amount",
)
CHARGE_COLUMNS = (
    "setting",
    "billing_class",
    "modifiers",
    "standard_charge|gross",
    "standard_charge|discounted_cash",
    "standard_charge|min",
    "standard_charge|max",
    "additional_generic_notes",
)
"""The columns of a CSV in the order of `ChargeCells`."""

PAYER_COLUMNS = (
    "payer_name",
    "plan_name",
    "standard_charge|negotiated_dollar",
    "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm",
    "standard_charge|methodology",
    "median_amount",
    "10th_percentile",
    "90th_percentile",
    "count",
    "estimated_amount",
    "additional_payer_notes",
)
"""The columns of a CSV in the order of `PayerCells`."""
