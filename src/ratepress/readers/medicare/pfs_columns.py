"""The columns of PPRRVU, by the names stacked in its header, and the values each may hold.

From the record layout that CMS ships with each release (RVUyyX.pdf) and the files of 2025 (31
columns) and 2026 (32, a pricing indicator before the endoscopic base). Names are matched, never
positions: the new column shifted seven others.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_WITH_9 = frozenset("9")


@dataclass(frozen=True, slots=True)
class Published:
    """One column: its name in the table and in the header, and what it may hold.

    `kind` is `number`, `flag` (`NA` or empty) or `text`; an empty text is null where `optional`.
    `since` is the first year whose files have the column; a column that is not `required` may be
    left out by who passes the file on. `values` lists the documented ones.
    """

    column: str
    header: str
    kind: str = "text"
    optional: bool = False
    since: int = 0
    required: bool = True
    values: frozenset[str] | None = None


def _digits(last: int, *more: str) -> frozenset[str]:
    return frozenset(str(n) for n in range(last + 1)) | _WITH_9 | frozenset(more)


COLUMNS = (
    Published("code", "HCPCS"),
    Published("modifier", "MOD", values=frozenset({"", "26", "TC", "53"})),
    Published("description", "DESCRIPTION", optional=True, required=False),
    Published("status", "STATUS CODE", values=frozenset("ABCDEFGHIJMNPQRTX")),
    Published("work_rvu", "WORK RVU", "number"),
    Published("nonfacility_pe_rvu", "NON FAC PE RVU", "number"),
    Published("nonfacility_is_na", "NON FAC NA INDICATOR", "flag"),
    Published("facility_pe_rvu", "FACILITY PE RVU", "number"),
    Published("facility_is_na", "FACILITY NA INDICATOR", "flag"),
    Published("malpractice_rvu", "MP RVU", "number"),
    Published("nonfacility_total_rvu", "NON FACILITY TOTAL", "number"),
    Published("facility_total_rvu", "FACILITY TOTAL", "number"),
    Published("pctc_indicator", "PCTC IND", values=_digits(8)),
    Published(
        "global_days",
        "GLOB DAYS",
        values=frozenset({"000", "010", "090", "MMM", "XXX", "YYY", "ZZZ"}),
    ),
    Published("preoperative_share", "PRE OP", "number"),
    Published("intraoperative_share", "INTRA OP", "number"),
    Published("postoperative_share", "POST OP", "number"),
    Published("multiple_procedure", "MULT PROC", values=_digits(7)),
    Published("bilateral_surgery", "BILAT SURG", values=_digits(3)),
    Published("assistant_surgery", "ASST SURG", values=_digits(2)),
    Published("co_surgeons", "CO SURG", values=_digits(2)),
    Published("team_surgery", "TEAM SURG", values=_digits(2)),
    Published("pricing_indicator", "PRIC IND", optional=True, since=2026),
    Published("endoscopic_base", "ENDO BASE", optional=True),
    Published("conversion_factor", "CONV FACTOR", "number"),
    Published("supervision", "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES", optional=True),
    Published("calculation_flag", "CALCULATION FLAG", optional=True),
    Published("imaging_family", "DIAGNOSTIC IMAGING FAMILY INDICATOR", optional=True),
    Published("opps_nonfacility_pe_rvu", "NON FACILITY PE USED FOR OPPS PAYMENT AMOUNT", "number"),
    Published("opps_facility_pe_rvu", "FACILITY PE USED FOR OPPS PAYMENT AMOUNT", "number"),
    Published("opps_malpractice_rvu", "MP USED FOR OPPS PAYMENT AMOUNT", "number"),
)
"""Every column that is loaded."""

NOT_LOADED = frozenset({"NOT USED FOR MEDICARE PAYMENT"})
"""Known columns without a meaning for payment, so not a deviation (rule F006)."""

MARKS = frozenset({"HCPCS", "STATUS CODE", "WORK RVU", "MP RVU", "GLOB DAYS"})
"""Names that together no other file has."""

# From 2026 CMS ships one file for each conversion factor; their RVUs are the same.
VARIANTS = {
    2026: {Decimal("33.4009"): "non-QP", Decimal("33.5675"): "QP"},
}
FIRST_YEAR_OF_VARIANTS = 2026
UNKNOWN_VARIANT = "unknown"


def variant_of(year: int, conversion_factor: Decimal) -> str:
    """Which of the files of a year a row is from: `all` before 2026, then `QP` or `non-QP`.

    `unknown` where the factor is neither of the year's two.

    >>> variant_of(2025, Decimal("32.3465")), variant_of(2026, Decimal("33.400900"))
    ('all', 'non-QP')
    """
    if year < FIRST_YEAR_OF_VARIANTS:
        return "all"
    return VARIANTS.get(year, {}).get(conversion_factor, UNKNOWN_VARIANT)
