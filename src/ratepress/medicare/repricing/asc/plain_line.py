"""One ASC line by itself, in Python decimals: its row of the addenda, or the gap.

The first part of the slow path (`asc.plain`), written from the rules. Rules P13, P15, P50, P51,
P54 and P55.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.facts import SourceRef
from ratepress.medicare.facility_rows import ASC_PAGE
from ratepress.medicare.formula import Step
from ratepress.medicare.repricing.asc.indicators import DEVICE_INTENSIVE, TREATMENTS, Treatment
from ratepress.medicare.repricing.asc.reference import KNOWN_MODIFIERS, AscReleases, substitute
from ratepress.medicare.repricing.explained import Refused
from ratepress.medicare.repricing.lookup import has_sides, one_row
from ratepress.medicare.repricing.plain_form import Form


class Row(msgspec.Struct, frozen=True):
    """What the addenda have of a code; `gap` where it has no amount."""

    treatment: Treatment | None = None
    is_discounted: bool = False
    rate: Decimal | None = None
    device_portion: Decimal | None = None
    has_sides: bool = True
    substitute: str | None = None
    gap: Refused | None = None
    source: SourceRef | None = None


@dataclass
class Line:
    """A line that can be read, with its row; `amount` and `gap` are found later."""

    form: Form
    row: Row
    shares: Mapping[str, Decimal]
    wage_index: Decimal | None
    gap: Refused | None = None
    replaced: Decimal = Decimal(0)
    amount: Decimal | None = None
    rules: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return "" if self.row.treatment is None else self.row.treatment.kind

    @property
    def is_discontinued(self) -> bool:
        return bool({"52", "73"} & set(self.form.modifiers))

    @property
    def counts_both(self) -> bool:
        """Rule P53: both sides of a procedure, where its bilateral indicator knows them."""
        have = set(self.form.modifiers)
        asked = "50" in have or {"RT", "LT"} <= have
        return self.kind == "procedure" and asked and self.row.has_sides

    @property
    def procedures(self) -> int:
        return self.form.units * (2 if self.counts_both else 1)

    @property
    def is_ranked(self) -> bool:
        """Rule P52: whether the line counts among the procedures that reduce each other."""
        return self.kind == "procedure" and self.row.is_discounted and not self.is_discontinued

    @property
    def base(self) -> Decimal:
        """Rules P54 to P56: the national rate less what a device takes off it; 0 without a rate."""
        base = (self.row.rate or Decimal(0)) * (1 - self.replaced)
        portion, have = self.row.device_portion, set(self.form.modifiers)
        if portion is not None and have & {"73", "FB"}:
            base -= portion
        elif portion is not None and "FC" in have:
            base -= portion * self.shares["partial_credit"]
        return max(base, Decimal(0))


def line_gap(line: Line) -> Refused | None:
    """Why a line has no amount; None where it has one, as packaged lines do."""
    if line.row.gap is not None or line.kind == "packaged":
        return line.row.gap
    have = set(line.form.modifiers)
    other = next((m for m in line.form.modifiers if m not in KNOWN_MODIFIERS), None)
    if other is not None:
        return "P09", f"modifier pricing not modelled: {other}"
    treatment = line.row.treatment
    is_intensive = treatment is not None and treatment.indicator == DEVICE_INTENSIVE
    if is_intensive and line.row.device_portion is None and have & {"FB", "FC", "73"}:
        rule = "P55" if have & {"FB", "FC"} else "P54"
        return rule, "the device portion is not loaded: ASC Addendum FF"
    cbsa = line.form.cell["cbsa"]
    if line.kind != "product" and cbsa and line.wage_index is None:
        return "P51", f"no ASC wage index of the year is loaded for CBSA {cbsa}"
    return None


def find_row(
    connection: duckdb.DuckDBPyConnection, releases: AscReleases, code: str, on: date
) -> Row:
    """Rules P13 and P50: the row of a code on a day, in AA, else BB; or why it has no amount."""
    for release, addendum in ((releases.surgical, "AA"), (releases.ancillary, "BB")):
        columns = "payment_indicator, multiple_discount, rate, place"
        found = one_row(connection, "asc_codes", release, columns, code=code, addendum=addendum)
        if release is None or found is None:
            continue
        published, multiple, rate, place = found
        indicator = (published or "").upper()
        treatment = TREATMENTS.get(indicator)
        label = f"CMS ASC Addendum {addendum} {release.name}"
        return Row(
            treatment,
            is_discounted=multiple == "Y",
            rate=rate,
            device_portion=_device_portion(connection, releases, code, indicator),
            has_sides=has_sides(connection, releases.physician, code),
            substitute=substitute(release, on),
            gap=_row_gap(indicator, treatment, rate),
            source=SourceRef(label, release.content_id, place, ASC_PAGE),
        )
    excluded = one_row(
        connection, "asc_codes", releases.excluded, "place", code=code, addendum="EE"
    )
    if excluded is not None:
        return Row(gap=("P50", "excluded from payment in an ASC (Addendum EE)"))
    return Row(gap=("P50", f"the code is in none of ASC Addenda AA, BB and EE of {on.year}"))


def _row_gap(indicator: str, treatment: Treatment | None, rate: Decimal | None) -> Refused | None:
    if treatment is None:
        return "P50", f"payment indicator {indicator or 'none'} is not known"
    if treatment.kind == "none":
        return "P50", f"{treatment.why_not} (payment indicator {indicator})"
    if rate is None and treatment.kind != "packaged":
        return "P50", f"payment indicator {indicator}, but no rate is published"
    return None


def _device_portion(
    connection: duckdb.DuckDBPyConnection, releases: AscReleases, code: str, indicator: str
) -> Decimal | None:
    if indicator != DEVICE_INTENSIVE:
        return None
    found = one_row(connection, "asc_offsets", releases.offsets, "offset_amount", code=code)
    return None if found is None else found[0]
