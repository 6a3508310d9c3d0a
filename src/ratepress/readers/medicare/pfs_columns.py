"""The columns of PPRRVU, by the names in its header, and the values each may hold.

From the record layout that CMS ships with each release (RVUyyX.pdf) and the files of 2025 (31
columns) and 2026 (32, a pricing indicator before the endoscopic base). Names are matched, never
positions: the new column shifted seven others. What each layout calls a column stands in
pfs_eras.csv, one row a layout; pfs_positions.csv has the places in the text form, which has no
header.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

_WITH_9 = frozenset("9")


@dataclass(frozen=True, slots=True)
class Published:
    """One column: its name in the table, and what it may hold.

    `kind` is `number`, `flag` (`NA` or empty) or `text`; an empty text is null where `optional`.
    `since` is the first year whose files have the column; a column that is not `required` may be
    left out by who passes the file on. `values` lists the documented ones. `digits` is the width
    to which lost leading zeros are restored, where an era has lost them.
    """

    column: str
    kind: str = "text"
    optional: bool = False
    since: int = 0
    required: bool = True
    values: frozenset[str] | None = None
    digits: int = 0


def _digits(last: int, *more: str) -> frozenset[str]:
    return frozenset(str(n) for n in range(last + 1)) | _WITH_9 | frozenset(more)


COLUMNS = (
    Published("code", digits=5),
    Published("modifier", values=frozenset({"", "26", "TC", "53"})),
    Published("description", optional=True, required=False),
    Published("status", values=frozenset("ABCDEFGHIJMNPQRTX")),
    Published("work_rvu", "number"),
    Published("nonfacility_pe_rvu", "number"),
    Published("nonfacility_is_na", "flag"),
    Published("facility_pe_rvu", "number"),
    Published("facility_is_na", "flag"),
    Published("malpractice_rvu", "number"),
    Published("nonfacility_total_rvu", "number"),
    Published("facility_total_rvu", "number"),
    Published("pctc_indicator", values=_digits(8)),
    Published(
        "global_days",
        values=frozenset({"000", "010", "090", "MMM", "XXX", "YYY", "ZZZ"}),
        digits=3,
    ),
    Published("preoperative_share", "number"),
    Published("intraoperative_share", "number"),
    Published("postoperative_share", "number"),
    Published("multiple_procedure", values=_digits(7)),
    Published("bilateral_surgery", values=_digits(3)),
    Published("assistant_surgery", values=_digits(2)),
    Published("co_surgeons", values=_digits(2)),
    Published("team_surgery", values=_digits(2)),
    Published("pricing_indicator", optional=True, since=2026),
    Published("endoscopic_base", optional=True, digits=5),
    Published("conversion_factor", "number"),
    Published("supervision", optional=True, digits=2),
    Published("calculation_flag", optional=True),
    Published("imaging_family", optional=True),
    Published("opps_nonfacility_pe_rvu", "number"),
    Published("opps_facility_pe_rvu", "number"),
    Published("opps_malpractice_rvu", "number"),
)
"""Every column that is loaded."""

NOT_LOADED = frozenset({"NOT USED FOR MEDICARE PAYMENT"})
"""Known columns without a meaning for payment, so not a deviation (rule F006)."""


@cache
def eras() -> dict[str, dict[str, str]]:
    """Each layout with a header: what it calls each column; a column that it lacks is left out.

    >>> eras()["tidy"]["nonfacility_is_na"], "pricing_indicator" in eras()["tidy"]
    ('NON FAC INDICATOR', False)
    """
    found = _by_era("pfs_eras.csv")
    return {
        era: {c: cell for c, cell in row.items() if c != "restored"} for era, row in found.items()
    }


@cache
def restored(era: str) -> frozenset[str]:
    """The columns whose leading zeros copies in this layout have lost; none in CMS's own.

    >>> "global_days" in restored("tidy"), restored("published")
    (True, frozenset())
    """
    return frozenset(_by_era("pfs_eras.csv")[era].get("restored", "").split())


@cache
def positions() -> dict[str, dict[str, slice]]:
    """Each layout without a header: where each column stands in a line.

    >>> "32557  REDACTED"[positions()["text"]["code"]]
    '32557'
    """
    found = {}
    for era, columns in _by_era("pfs_positions.csv").items():
        ends = {column: place.split("-") for column, place in columns.items()}
        found[era] = {c: slice(int(first) - 1, int(last)) for c, (first, last) in ends.items()}
    return found


def _by_era(name: str) -> dict[str, dict[str, str]]:
    text = (resources.files("ratepress.readers.medicare") / name).read_text("utf-8")
    rows: Iterable[Mapping[str, str]] = csv.DictReader(text.splitlines())
    return {
        row["era"]: {column: cell for column, cell in row.items() if cell and column != "era"}
        for row in rows
    }


def era_of(names: Iterable[str]) -> str:
    """The layout with most of the names.

    >>> era_of(["HCPCS", "MOD", "FACILITY INDICATOR", "NON FAC INDICATOR"])
    'tidy'
    """
    present = set(names)
    return max(eras(), key=lambda era: len(present & set(eras()[era].values())))


MARKS = frozenset({"HCPCS", "STATUS CODE", "WORK RVU", "MP RVU", "GLOB DAYS"})
"""Names that together no other file has."""

# The factors that the files of a year print; the amounts come from the parameters, which have the
# citations. One of another year shows that a file is not of the year that its name says.
PRINTED_FACTORS = {
    2020: {Decimal("36.0896")},
    2021: {Decimal("34.8931")},
    2022: {Decimal("34.6062")},
    2023: {Decimal("33.8872")},
    2024: {Decimal("32.7442"), Decimal("33.2875")},
    2025: {Decimal("32.3465")},
}

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


def year_of(conversion_factor: Decimal) -> int | None:
    """The year whose files print a factor; None for one of no year known here.

    >>> year_of(Decimal("36.0896")), year_of(Decimal("33.4009")), year_of(Decimal(1))
    (2020, 2026, None)
    """
    years = {**PRINTED_FACTORS, **VARIANTS}
    return next((year for year, factors in years.items() if conversion_factor in factors), None)
