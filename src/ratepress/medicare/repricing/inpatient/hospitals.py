"""The figures of a hospital that its payment depends on: its record of the provider-specific file.

Table `ipps_providers`; a record holds until the hospital's next one. Rules P63 to P65.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.facts import SourceRef

PROVIDERS_PAGE = "https://www.cms.gov/medicare/payment/prospective-payment-systems/prospective-payment-system-pricer-data"  # fmt: skip  # noqa: E501
HOSPITAL_SPECIFIC_TYPES = ("14", "15", "16", "17", "21", "22")
"""Medicare-dependent, sole community and essential access hospitals have a rate of their own."""


class Hospital(msgspec.Struct, frozen=True):
    """One record, its columns as in the lake, and its last day."""

    ccn: str
    record_from: date
    record_until: date
    terminated_on: date | None
    waiver: str | None
    provider_type: str | None
    cola: Decimal | None
    interns_to_beds: Decimal | None
    beds: Decimal | None
    operating_ccr: Decimal | None
    ssi_ratio: Decimal | None
    medicaid_ratio: Decimal | None
    special_payment_indicator: str | None
    quality_indicator: str | None
    geographic_cbsa: str | None
    payment_cbsa: str | None
    special_wage_index: Decimal | None
    capital_ccr: Decimal | None
    is_new_hospital: str | None
    capital_ime_ratio: Decimal | None
    vbp_participant: str | None
    vbp_factor: Decimal | None
    hrr_participant: str | None
    hrr_factor: Decimal | None
    hac_reduction: str | None
    uncompensated_care: Decimal | None
    ehr_reduction: str | None
    low_volume_factor: Decimal | None
    has_temporary_relief: str | None
    content_id: str
    place: str

    @property
    def is_rural(self) -> bool:
        """Rural areas have the two digits of their state."""
        return len(self.geographic_cbsa or "") == 2

    @property
    def patient_percentage(self) -> Decimal:
        """The disproportionate patient percentage, a share of 1 with four decimals."""
        return ((self.ssi_ratio or Decimal(0)) + (self.medicaid_ratio or Decimal(0))).quantize(
            Decimal("0.0001")
        )

    @property
    def own_index(self) -> Decimal | None:
        """The special wage index, where the record says that it pays."""
        is_special = self.special_payment_indicator in ("1", "2")
        return self.special_wage_index if is_special else None

    @property
    def area(self) -> str:
        """The area whose index it has by its place; empty where it is paid by that of another."""
        is_moved = self.payment_cbsa not in (None, self.geographic_cbsa)
        return "" if is_moved else self.geographic_cbsa or ""

    @property
    def source(self) -> SourceRef:
        """Its record as the source of a fact."""
        label = f"CMS inpatient provider-specific file, record of {self.record_from}"
        return SourceRef(label, self.content_id, self.place, PROVIDERS_PAGE)


def hospitals(connection: duckdb.DuckDBPyConnection, ccns: set[str]) -> list[Hospital]:
    """Every record of the hospitals named; of several files the one with most rows."""
    if not ccns:
        return []
    rows = connection.execute(_RECORDS, [sorted(ccns)]).fetchall()
    return [Hospital(*row) for row in rows]


_FIELDS = [name for name in Hospital.__struct_fields__ if name != "record_until"]
_RECORDS = f"""
WITH files AS (
  SELECT content_id, row_number() OVER (ORDER BY count(*) DESC, content_id DESC) AS nth
  FROM ipps_providers GROUP BY content_id
)
SELECT {", ".join(Hospital.__struct_fields__)} FROM (
  SELECT {", ".join(_FIELDS)}, CAST(coalesce(
    lead(record_from) OVER (PARTITION BY ccn ORDER BY record_from) - 1, DATE '9999-12-31'
  ) AS DATE) AS record_until
  FROM ipps_providers
  WHERE content_id IN (SELECT content_id FROM files WHERE nth = 1) AND list_contains(?, ccn)
)
ORDER BY ccn, record_from
"""  # noqa: S608 - our own names
