"""The columns of the table that `benchmark` returns, each with what it says and its unit.

The reference page of the table is printed from here, and the descriptions travel in the Arrow
schema, as metadata of each field.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from ratepress.lake.schema import INT, MONEY, TEXT
from ratepress.market.statistic import QUANTILES

_PERCENT = pa.decimal128(18, 1)
_CENTS = pa.decimal128(18, 2)
_RATIO = pa.decimal128(18, 2)
_VOTE = pa.decimal128(19, 5)  # the mean of two prices has a digit more than they


def _field(name: str, kind: pa.DataType, what: str, unit: str = "") -> pa.Field:
    return pa.field(name, kind, metadata={"what": what, "unit": unit})


def _text(columns: Iterable[tuple[str, str]]) -> list[pa.Field]:
    return [_field(name, TEXT, what) for name, what in columns]


_KEY_FIELDS = _text(
    (
        ("key_id", "identifies the row's comparison key and area"),
        ("code_system", "`cpt`, `hcpcs`, `ms-drg`, …"),
        ("code", "as text, with leading zeros"),
        ("modifiers", "in order, `|` between several; empty for none (M04)"),
        ("line_of_business", "commercial, exchange, medicare advantage, …"),
        ("billing_class", "professional, facility, both, not stated"),
        ("setting", "inpatient, outpatient, not stated, contradictory"),
        ("site", "facility, nonfacility, any"),
        ("arrangement", "as the payer's file has it, or `not stated`"),
        ("statement", "dollar; or derived dollar, worked out of a percentage of charges (M12)"),
        ("price_unit", "service, case, day, member, charges"),
        ("method", "negotiated type or methodology, in lower case"),
        ("drug_unit", "number and unit, empty for what is no drug"),
        ("area_kind", "`nation`, or `state`, `cbsa`, `zip3` (M09)"),
        ("area", "the area's code; empty for the nation"),
        ("grain", "`payer`, or `all payers`"),
        ("payer_id", "empty over all payers"),
        ("payer", "the payer's name in the register, or as published"),
    )
)
_COUNTS = (
    ("n_rows", "rows as published"),
    ("n_prices", "distinct prices (M03)"),
    ("n_votes", "one a contract (M02)"),
    ("n_entities", "different contracting entities among the voters"),
    ("n_payers", "payers among the voters"),
    ("n_npis", "different NPIs that the prices name for the voters"),
    ("n_hospitals", "hospitals that vote by a file of their own"),
    ("n_weighted", "votes that have weight (M08); `n_votes` where each weighs the same"),
    ("total_weight", "their weight in all: votes, NPIs, or services to Medicare"),
)
_MIDDLE = "the bootstrap interval (95%) of the median: a vote; from ten votes on"
BENCHMARK_SCHEMA = pa.schema(
    [
        *_KEY_FIELDS,
        *(_field(name, INT, what) for name, what in _COUNTS),
        _field("lowest", _VOTE, "the lowest vote", "USD"),
        _field("highest", _VOTE, "the highest vote", "USD"),
        *(_field(name, _CENTS, f"percentile {name[1:]} of the votes", "USD") for name in QUANTILES),
        _field("mean", _CENTS, "the mean of the votes", "USD"),
        _field("median_low", _VOTE, f"the lower end of {_MIDDLE}", "USD"),
        _field("median_high", _VOTE, f"the upper end of {_MIDDLE}", "USD"),
        _field("spread_within", _RATIO, "p75 over p25 of the payer's votes; over all payers the "
               "median of theirs", "times"),
        _field("spread_between", _RATIO, "p75 over p25 of the medians of `n_spread_payers` payers, "
               "where three have percentiles", "times"),
        _field("n_spread_payers", INT, "payers with percentiles, over all payers"),
        _field("facility_kind", TEXT, "of a facility price: hospital outpatient, surgical center, "
               "…"),
        _field("medicare_system", TEXT, "PFS, OPPS, ASC, IPPS, CLFS; null without a comparison"),
        _field("medicare_amount", MONEY, "what Medicare pays, nationally", "USD"),
        _field("medicare_site", TEXT, "the site of that amount"),
        _field("medicare_basis", TEXT, "what the percents are of: `nation`, or `localities`, where "
               "votes are compared with the amount at their voter's own, of a facility by its "
               "area's wages (M07)"),
        _field("n_at_locality", INT, "votes whose locality or area is known; the others are "
               "compared with the national amount"),
        *(
            _field(f"{name}_pct_of_medicare", _PERCENT, f"{name} in percent of Medicare (M07)", "%")
            for name in QUANTILES
        ),
        _field("confidence", TEXT, "listed, thin, fair, good (M06)"),
        _field("confidence_reason", TEXT, "why, in words"),
        _field("prices", pa.list_(MONEY), "under three votes the prices themselves (M06)", "USD"),
    ]
)  # fmt: skip
"""The columns of `benchmark`: the comparison key (M01), the area (M09), the grain, counts, dollars,
means, spreads, percent of Medicare, confidence, and under three votes the prices themselves."""
