"""One outpatient line by itself, in Python decimals: its row of OPPS, or the gap.

The first part of the slow path (`outpatient.plain`), written from the rules. Rules P11, P12, P15,
P40, P42, P48 and P49.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.facts import SourceRef
from ratepress.medicare.facility_rows import OPPS_PAGE
from ratepress.medicare.formula import Step
from ratepress.medicare.repricing import form
from ratepress.medicare.repricing.explained import Refused
from ratepress.medicare.repricing.lookup import has_sides, one_row
from ratepress.medicare.repricing.outpatient.reference import OppsReleases
from ratepress.medicare.repricing.outpatient.statuses import (
    BESIDE_CRITICAL_CARE,
    FAMILIES,
    NEW_TECHNOLOGY,
    TREATMENTS,
    Treatment,
)
from ratepress.medicare.repricing.plain_form import Form

_DEVICE_INTENSIVE = "J8"


class Given(msgspec.Struct, frozen=True):
    """What answers for one day."""

    releases: OppsReleases
    substitute: str | None
    tests_substitute: str | None
    shares: Mapping[str, Decimal]
    observation_hours: int
    observation_rate: Decimal | None


class Row(msgspec.Struct, frozen=True):
    """What OPPS, or the ASC addenda in its place, has of a code; `gap` where it has no status."""

    status: str | None = None
    apc: str | None = None
    rate: Decimal | None = None
    hint: str | None = None
    is_device_intensive: bool = False
    has_sides: bool = True
    family: str | None = None
    test_rate: Decimal | None = None
    gap: Refused | None = None
    source: SourceRef | None = None

    @property
    def treatment(self) -> Treatment | None:
        return None if self.gap else TREATMENTS.get(self.status or "")

    @property
    def has_contrast(self) -> bool:
        """Rule P46: whether it is imaging with contrast, APC 557x."""
        return (self.apc or "").startswith("557")

    @property
    def is_outside_comprehensive(self) -> bool:
        """Rule P43: what the comprehensive payment leaves out."""
        treatment = self.treatment
        if treatment is not None and treatment.outside_comprehensive:
            return True
        is_new = any(low <= int(self.apc or 0) <= high for low, high in NEW_TECHNOLOGY)
        return self.status in ("S", "T") and is_new


@dataclass
class Line:
    """A line that can be read, with its row; `amount` and `gap` are found later."""

    form: Form
    given: Given
    row: Row
    wage_index: Decimal | None
    no_wage_index: str | None
    how: str = ""
    amount: Decimal | None = None
    composite: str | None = None
    gap: Refused | None = None
    rules: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.form.line_no

    @property
    def status(self) -> str | None:
        return None if self.row.gap else self.row.status

    @property
    def is_terminated(self) -> bool:
        return bool({"52", "73"} & set(self.form.modifiers))

    @property
    def is_both(self) -> bool:
        """Rule P48: both sides, where the code's bilateral indicator knows them."""
        have = set(self.form.modifiers)
        return ("50" in have or {"RT", "LT"} <= have) and self.row.has_sides

    @property
    def order(self) -> tuple[bool, Decimal, int]:
        """Highest rate first, then as billed; lines without a rate come last."""
        return self.row.rate is None, -(self.row.rate or Decimal(0)), self.number


def modifier_gap(modifiers: tuple[str, ...]) -> Refused | None:
    """Rule P09: the first modifier whose effect is not modelled."""
    known = (*form.OUTPATIENT_WITH_EFFECT, *form.FACILITY_WITHOUT_EFFECT)
    other = next((m for m in modifiers if m not in known), None)
    return None if other is None else ("P09", f"modifier pricing not modelled: {other}")


def find_row(
    connection: duckdb.DuckDBPyConnection, releases: OppsReleases, code: str, on: date
) -> Row:
    """Rules P11 and P12: the row of a code on a day, or why it has no status there."""
    if releases.codes is None:
        return _row_by_apc(connection, releases, code, on)
    found = one_row(connection, "opps_codes", releases.codes, "status, apc, rate, place", code=code)
    if found is None:
        return Row(gap=("P11", f"the code is not in OPPS Addendum B of {on.year}"))
    status, apc, rate, place = found
    label = f"CMS OPPS Addendum B {releases.codes.name}"
    return Row(
        status,
        apc,
        rate,
        family=_family(code, status, apc),
        is_device_intensive=_is_device_intensive(connection, releases, code),
        has_sides=has_sides(connection, releases.physician, code),
        test_rate=_test_rate(connection, releases, code),
        source=SourceRef(label, releases.codes.content_id, place, OPPS_PAGE),
    )


def _row_by_apc(
    connection: duckdb.DuckDBPyConnection, releases: OppsReleases, code: str, on: date
) -> Row:
    mapped, apcs = releases.mapped, releases.apcs
    assert mapped is not None and apcs is not None  # noqa: S101, PT018 - releases.is_known
    found = one_row(connection, "asc_offsets", mapped, "apc", code=code)
    if found is None or found[0] is None:
        why = f"no OPPS Addendum B of {on.year} is loaded, and ASC Addendum FF {mapped.name} has"
        return Row(
            hint=_hint(connection, releases, code), gap=("P12", f"{why} no APC for the code")
        )
    apc = found[0]
    rated = one_row(connection, "opps_apcs", apcs, "status, rate, place", apc=apc)
    if rated is None:
        why = f"APC {apc} has no rate in the list of APC rates"
        return Row(hint=_hint(connection, releases, code), gap=("P12", why))
    status, rate, place = rated
    label = f"CMS OPPS rates by APC {apcs.name}"
    return Row(
        status,
        apc,
        rate,
        family=_family(code, status, apc),
        is_device_intensive=_is_device_intensive(connection, releases, code),
        has_sides=has_sides(connection, releases.physician, code),
        source=SourceRef(label, apcs.content_id, place, OPPS_PAGE),
    )


def _family(code: str, status: str | None, apc: str | None) -> str | None:
    """Rule P46: which composite a service of status Q3 may be part of."""
    if status != "Q3":
        return None
    if apc in BESIDE_CRITICAL_CARE:
        return "critical care"
    for family, blocks in FAMILIES.items():
        if any(first <= code <= last for first, last in blocks):
            return family
    return "mental health"


def _hint(connection: duckdb.DuckDBPyConnection, releases: OppsReleases, code: str) -> str | None:
    """What the ASC addenda tell of a code: packaged, or paid as a service; None for the rest."""
    for release, addendum in ((releases.surgical, "AA"), (releases.ancillary, "BB")):
        found = one_row(
            connection, "asc_codes", release, "payment_indicator", code=code, addendum=addendum
        )
        if found and found[0] is not None:
            meanings = {"N1": "packaged", "D1": "packaged", "Z2": "service", "Z3": "service"}
            return meanings.get(found[0])
    return None


def _test_rate(
    connection: duckdb.DuckDBPyConnection, releases: OppsReleases, code: str
) -> Decimal | None:
    """The rate of a laboratory test, which the laboratory fee schedule pays (rule P82)."""
    found = one_row(connection, "clfs_rates", releases.tests, "rate", code=code)
    return None if found is None else found[0]


def _is_device_intensive(
    connection: duckdb.DuckDBPyConnection, releases: OppsReleases, code: str
) -> bool:
    found = one_row(connection, "asc_offsets", releases.mapped, "payment_indicator", code=code)
    return found is not None and found[0] == _DEVICE_INTENSIVE
