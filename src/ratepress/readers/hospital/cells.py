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
