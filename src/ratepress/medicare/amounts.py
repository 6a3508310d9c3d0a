"""National amounts of every payment system for many codes at once, for the market (rule M07).

The amounts are those of `medicare.price`, `medicare.facility`, `medicare.inpatient` and
`medicare.laboratory`; only the question is asked of many codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import duckdb
import msgspec

from ratepress.codes.argument import CodeRef
from ratepress.core.decimals import cents
from ratepress.core.errors import MissingReferenceData
from ratepress.medicare.facility_rows import Found, Missing, Rows, asc_rows, opps_rows
from ratepress.medicare.inpatient import stay_steps, weights
from ratepress.medicare.laboratory import clfs_rows
from ratepress.medicare.pfs import AmountRow, amounts

PROFESSIONAL: Final = ""
PROFESSIONAL_PART: Final = "26"
OUTPATIENT: Final = "hospital outpatient"
CENTER: Final = "surgical center"
INPATIENT: Final = "hospital inpatient"
EVERY_SITE: Final = "every"
ANY_SITE: Final = "any"
UNSTATED: Final = "any, not stated"
"""The site of a price that states neither place nor setting."""
_LABORATORY: Final = frozenset({"A", "Q4"})
"""Statuses of OPPS under which a test that stands alone is paid by the laboratory schedule."""


class SystemAmount(msgspec.Struct, frozen=True):
    """One national amount in dollars, and the prices that it may be compared with.

    `kind` is the kind of facility, empty for a professional price; `price_site` the site of the
    price's comparison key, with its setting in `UNSTATED`, and `every` where the site does not
    matter; `site` that of the amount.
    """

    system: str
    code_system: str
    code: str
    modifier: str
    billing_class: str
    kind: str
    price_site: str
    site: str
    amount: Decimal


def system_amounts(
    connection: duckdb.DuckDBPyConnection, codes: Sequence[CodeRef], on: date
) -> list[SystemAmount]:
    """The national amounts of `codes` on a day, system by system.

    Only what is priced has a row; of a system of which no release answers there is none.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> system_amounts(lake.connect(), [CodeRef("cpt", "32557")], date(2026, 7, 15))
    []
    """
    services = [ref for ref in codes if ref.system in ("cpt", "hcpcs")]
    names = [ref.code for ref in services]
    systems = {ref.code: ref.system for ref in services}
    found = _professional(connection, systems, names, on)
    if names:
        tests = clfs_rows(connection, names, on)
        priced = {one.code for one in found if not one.modifier}
        found += [
            SystemAmount("CLFS", systems[code], code, "", "professional", PROFESSIONAL, EVERY_SITE,
                         "any", amount)
            for code, amount in _rates(tests).items()
            if code not in priced
        ]  # fmt: skip
        found += _facilities(connection, systems, names, on, tests)
    return found + _stays(connection, [r.code for r in codes if r.system == "ms-drg"], on)


def _professional(
    connection: duckdb.DuckDBPyConnection, systems: dict[str, str], names: list[str], on: date
) -> list[SystemAmount]:
    """By site; a price of any site is compared only where all that are priced have one amount.

    A scan or a test is priced whole outside a facility alone, and in a hospital the practitioner is
    paid its professional part: a price whose setting is a hospital's may be of either.
    """
    rows = amounts(connection, names, on)
    made = [(row, row.site) for row in rows]
    by_part: dict[tuple[str, str], list[AmountRow]] = {}
    for row in rows:
        by_part.setdefault((row.code, row.modifier), []).append(row)
    for (code, modifier), those in by_part.items():
        if len({row.amount for row in those}) == 1:
            has_parts = not modifier and (code, PROFESSIONAL_PART) in by_part
            made.append((those[0], UNSTATED if has_parts else ANY_SITE))
    return [
        SystemAmount("PFS", systems[row.code], row.code, row.modifier, "professional",
                     PROFESSIONAL, site, row.site, row.amount)
        for row, site in made
    ]  # fmt: skip


def _facilities(
    connection: duckdb.DuckDBPyConnection,
    systems: dict[str, str],
    names: list[str],
    on: date,
    tests: Rows,
) -> list[SystemAmount]:
    outpatient = opps_rows(connection, names, on)
    rates = _rates(tests)
    by_system = {
        ("OPPS", OUTPATIENT): _rates(outpatient),
        ("ASC", CENTER): _rates(asc_rows(connection, names, on)),
        ("CLFS", OUTPATIENT): {c: rates[c] for c in rates if _is_test(outpatient[c])},
    }
    return [
        SystemAmount(system, systems[code], code, "", "facility", kind, EVERY_SITE, "facility",
                     amount)
        for (system, kind), found in by_system.items()
        for code, amount in found.items()
    ]  # fmt: skip


def _rates(rows: Rows) -> dict[str, Decimal]:
    """Rates in cents, without those of 0, which stand for none."""
    return {
        code: cents(found.row.rate)
        for code, found in rows.items()
        if isinstance(found, Found) and found.row.rate
    }


def _is_test(found: Found | Missing) -> bool:
    return isinstance(found, Found) and not found.row.rate and found.row.status in _LABORATORY


def _stays(connection: duckdb.DuckDBPyConnection, drgs: list[str], on: date) -> list[SystemAmount]:
    found = []
    for drg, weight in weights(connection, drgs, on).items() if drgs else ():
        try:
            steps, _ = stay_steps(weight.weight, on)
        except MissingReferenceData:
            return []
        found.append(
            SystemAmount("IPPS", "ms-drg", drg, "", "facility", INPATIENT, EVERY_SITE, "facility",
                         steps[-1].value)
        )  # fmt: skip
    return found
