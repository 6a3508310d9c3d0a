"""Tables of the lake for inpatient payment: wage indices and hospitals' own figures."""

from __future__ import annotations

from ratepress.lake.schema import CONTENT_ID, FACTOR, MAYBE_DATED, PLACE, TEXT, Column, declare

IPPS_TABLES = (
    declare(
        "ipps_wage_areas",
        "one labor market area, and state where it lies in several, of one year's wage index",
        "content_id release cbsa state effective_from",
        CONTENT_ID,
        *MAYBE_DATED,
        Column("cbsa", TEXT, "CBSA, or two digits for the rest of a state"),
        Column("state", TEXT, "two letters; empty where the table has one row an area"),
        Column("area_name", TEXT, "as published", nullable=True),
        Column("size", TEXT, "L large urban, O other urban; where given", nullable=True),
        Column("wage_index", FACTOR, "of hospitals in the area", nullable=True, unit="index"),
        Column("gaf", FACTOR, "capital geographic factor", nullable=True, unit="index"),
        Column(
            "reclassified_wage_index",
            FACTOR,
            "of hospitals reclassified into it",
            nullable=True,
            unit="index",
        ),
        Column(
            "reclassified_gaf",
            FACTOR,
            "of hospitals reclassified into it",
            nullable=True,
            unit="index",
        ),
        Column(
            "rural_floor",
            FACTOR,
            "rural or imputed floor of the state",
            nullable=True,
            unit="index",
        ),
        PLACE,
        warnings=(
            "Tables of CMS's pricer (state is empty) leave the state's floor out of wage_index.",
            "Where release says proposed, the row answers for no date.",
        ),
    ),
    declare(
        "ipps_wage_hospitals",
        "one hospital of one year's IPPS Table 2",
        "content_id ccn",
        CONTENT_ID,
        *MAYBE_DATED,
        Column("ccn", TEXT, "CMS certification number, six characters"),
        Column(
            "wage_index", FACTOR, "with all adjustments and the cap", nullable=True, unit="index"
        ),
        Column(
            "transition_index",
            FACTOR,
            "which pays in its place, after the end of the low wage index policy",
            nullable=True,
            unit="index",
        ),
        Column("geographic_cbsa", TEXT, "where it stands", nullable=True),
        Column("payment_cbsa", TEXT, "whose index it is paid by, if another", nullable=True),
        Column("out_migration", FACTOR, "contained in wage_index", nullable=True, unit="index"),
        Column("case_mix_index", FACTOR, "as published", nullable=True, unit="index"),
        Column("county", TEXT, "as published", nullable=True),
        PLACE,
    ),
    declare(
        "opps_wage_hospitals",
        "one hospital of the impact file of one year's OPPS rule",
        "content_id ccn",
        CONTENT_ID,
        *MAYBE_DATED,
        Column("ccn", TEXT, "CMS certification number, six characters"),
        Column("provider_name", TEXT, "as published", nullable=True),
        Column("wage_index", FACTOR, "post reclassification", nullable=True, unit="index"),
        PLACE,
    ),
)
"""What Medicare publishes of inpatient payment beside Table 5 and the standardized amounts."""
