"""The tables that the SQL steps of inpatient stays join, made from the lake and the parameters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from ratepress.medicare.repricing.inpatient import factors
from ratepress.medicare.repricing.inpatient.hospitals import (
    HOSPITAL_SPECIFIC_TYPES,
    Hospital,
    hospitals,
)
from ratepress.medicare.repricing.inpatient.rates import BURN_DRGS, amounts, rates, weights
from ratepress.medicare.wage_index import gaf_of, register_wage_indices

# Twenty digits: DuckDB multiplies narrower decimals in eighteen, and would overflow.
_DOLLARS = pa.decimal128(20, 2)
_SHARE = pa.decimal128(20, 4)
_NINE = pa.decimal128(20, 9)
_RATES = pa.schema(
    [
        ("fiscal_year", pa.int64()),
        ("capital_rate", _DOLLARS),
        ("fixed_loss", _DOLLARS),
        ("labor_share", _SHARE),
        ("low_labor_share", _SHARE),
        ("outlier_share", _SHARE),
        ("burn_outlier_share", _SHARE),
        ("dsh_part", _SHARE),
        ("hac_share", _SHARE),
    ]
)
_STANDARD = pa.schema(
    [
        ("fiscal_year", pa.int64()),
        ("table_number", pa.int64()),
        ("labor", _DOLLARS),
        ("nonlabor", _DOLLARS),
    ]
)
_WEIGHTS = pa.schema(
    [
        ("fiscal_year", pa.int64()),
        ("drg", pa.string()),
        ("weight", pa.decimal128(20, 4)),
        ("is_post_acute", pa.bool_()),
        ("is_burn", pa.bool_()),
    ]
)
_HOSPITALS = pa.schema(
    [
        ("ccn", pa.string()),
        ("record_from", pa.date32()),
        ("record_until", pa.date32()),
        ("terminated_on", pa.date32()),
        ("is_waived", pa.bool_()),
        ("has_own_rate", pa.bool_()),
        ("has_quality", pa.bool_()),
        ("has_ehr", pa.bool_()),
        ("is_new", pa.bool_()),
        ("cola", pa.decimal128(20, 3)),
        ("capital_cola", pa.decimal128(20, 3)),
        ("teaching", _NINE),
        ("capital_teaching", _NINE),
        ("disproportionate", pa.decimal128(20, 4)),
        ("capital_disproportionate", pa.decimal128(20, 4)),
        ("operating_ccr", pa.decimal128(20, 6)),
        ("capital_ccr", pa.decimal128(20, 6)),
        ("operating_part", _NINE),
        ("capital_part", _NINE),
        ("uncompensated_care", _DOLLARS),
        ("low_volume", pa.decimal128(20, 6)),
        ("hrr_factor", pa.decimal128(20, 12)),
        ("vbp_factor", pa.decimal128(20, 12)),
        ("has_bad_factor", pa.bool_()),
        ("is_reduced", pa.bool_()),
        ("own_index", _SHARE),
        ("own_gaf", _SHARE),
        ("area", pa.string()),
    ]
)


def register_reference(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `ipps_rates`, `ipps_standard`, `ipps_weights`, `ipps_hospitals` and `ipps_wages`."""
    asked = connection.execute(_ASKED).fetchall()
    years = sorted({year for year, _ in asked})
    found = [rates(year) for year in years]
    _make(
        connection,
        "ipps_rates",
        _RATES,
        [{name: getattr(one, name) for name in _RATES.names} for one in found],
    )
    standard = [
        dict(zip(_STANDARD.names, (year, number, *pair), strict=True))
        for year in years
        for number, pair in amounts(connection, year).items()
    ]
    _make(connection, "ipps_standard", _STANDARD, standard)
    weighed = [
        dict(
            zip(
                _WEIGHTS.names,
                (year, one.drg, one.weight, one.is_post_acute, one.drg in BURN_DRGS),
                strict=True,
            )
        )
        for year in years
        for one in weights(connection, year).values()
    ]
    _make(connection, "ipps_weights", _WEIGHTS, weighed)
    records = hospitals(connection, {ccn for _, ccn in asked if ccn})
    _make(connection, "ipps_hospitals", _HOSPITALS, [_figures(one) for one in records])
    register_wage_indices(connection, "ipps_wages", _WAGES)


# Discharges from October on belong to the next fiscal year.
_ASKED = """
SELECT DISTINCT year(on_date) + CASE WHEN month(on_date) >= 10 THEN 1 ELSE 0 END, ccn
FROM forms WHERE claim_type = 'inpatient' AND problem IS NULL
"""
_WAGES = """
SELECT DISTINCT
  year(f.on_date) + CASE WHEN month(f.on_date) >= 10 THEN 1 ELSE 0 END AS fiscal_year,
  f.ccn,
  coalesce(nullif(f.cbsa, ''), h.area, '') AS cbsa
FROM forms f
LEFT JOIN ipps_hospitals h
  ON h.ccn = f.ccn AND f.on_date BETWEEN h.record_from AND h.record_until
WHERE f.claim_type = 'inpatient' AND f.problem IS NULL AND (f.ccn <> '' OR f.cbsa <> '')
"""


def _figures(one: Hospital) -> dict[str, Any]:
    """A record as its payment needs it: factors in place of ratios."""
    on = one.record_from
    kind = one.provider_type or ""
    beds = int(one.beds or 0)
    percentage = one.patient_percentage
    operating, capital = one.operating_ccr or Decimal(0), one.capital_ccr or Decimal(0)
    cola = (one.cola or Decimal(1)) if one.ccn[:2] in ("02", "12") else Decimal(1)
    hrr = one.hrr_factor if one.hrr_participant == "1" else None
    has_quality = one.quality_indicator == "1"
    vbp = one.vbp_factor if one.vbp_participant == "Y" and has_quality else None
    return {
        "ccn": one.ccn,
        "record_from": one.record_from,
        "record_until": one.record_until,
        "terminated_on": one.terminated_on,
        "is_waived": one.waiver == "Y",
        "has_own_rate": kind in HOSPITAL_SPECIFIC_TYPES,
        "has_quality": has_quality,
        "has_ehr": one.ehr_reduction != "Y",
        "is_new": one.is_new_hospital == "Y",
        "cola": cola.quantize(Decimal("0.001")),
        "capital_cola": factors.capital_cola(cola),
        "teaching": factors.teaching(one.interns_to_beds or Decimal(0), on),
        "capital_teaching": factors.capital_teaching(one.capital_ime_ratio or Decimal(0)),
        "disproportionate": factors.disproportionate(percentage, beds, kind, is_rural=one.is_rural),
        "capital_disproportionate": factors.capital_disproportionate(
            percentage, beds, is_rural=one.is_rural
        ),
        "operating_ccr": operating.quantize(Decimal("0.000001")),
        "capital_ccr": capital.quantize(Decimal("0.000001")),
        "operating_part": factors.part_of(operating, capital),
        "capital_part": factors.part_of(capital, operating),
        "uncompensated_care": (one.uncompensated_care or Decimal(0)).quantize(Decimal("0.01")),
        "low_volume": factors.low_volume(one.low_volume_factor, one.has_temporary_relief),
        "hrr_factor": hrr,
        "vbp_factor": vbp,
        "has_bad_factor": not factors.are_payable(hrr, vbp),
        "is_reduced": one.hac_reduction == "Y" and one.ccn[:2] not in ("40", "84"),
        "own_index": one.own_index and one.own_index.quantize(Decimal("0.0001")),
        "own_gaf": one.own_index and gaf_of(one.own_index),
        "area": one.area,
    }


def _make(
    connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, rows: list[dict[str, Any]]
) -> None:
    connection.register(f"{name}_made", pa.Table.from_pylist(rows, schema))
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM {name}_made")  # noqa: S608 - our own name
    connection.unregister(f"{name}_made")
