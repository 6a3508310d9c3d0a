"""What Medicare pays for a laboratory test: the clinical laboratory fee schedule (rule P82).

One national rate for each code, the same in every place. A file that states no quarter is read as
`undated` (F312) and answers for no date.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.core.facts import Fact, Gap
from ratepress.lake.queries import first_row
from ratepress.medicare.facility import FacilityPrice, dated, stand_ins
from ratepress.medicare.facility_rows import (
    CLFS_PAGE,
    Found,
    Missing,
    Rows,
    facility_release,
    find_rows,
)
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.price import parse_modifiers, parse_units
from ratepress.medicare.repricing.form import WITHOUT_EFFECT
from ratepress.medicare.rows import parse_code

_KNOWN = frozenset((*WITHOUT_EFFECT, "QW", "90", "91"))


def clfs_rows(connection: duckdb.DuckDBPyConnection, codes: Sequence[str], on: date) -> Rows:
    """Of each code its row of the laboratory fee schedule that answers for a day."""
    release = facility_release(connection, "clfs_rates", on)
    if release is None:
        return dict.fromkeys(codes, Missing(_why_none(connection, on)))
    label = f"CMS clinical laboratory fee schedule {release.name}"
    rows = find_rows(connection, release, "clfs_rates", "NULL, NULL, rate", label, "code", codes)
    absent = f"is not in the clinical laboratory fee schedule {release.name}"
    return {
        code: Found(rows[code], ("P82",)) if code in rows else Missing(f"{code} {absent}", release)
        for code in codes
    }


def laboratory_price(
    connection: duckdb.DuckDBPyConnection,
    code: str,
    on: date,
    *,
    modifiers: Sequence[str] = (),
    units: int = 1,
    strict: bool = False,
) -> FacilityPrice:
    """The rate of a test on a day, for all `units`; QW, 90 and 91 leave it as it is.

    With `strict` a release that stands in for the one in force gives a Gap. Raises `UsageError` for
    a malformed code, modifier or number of units.

    >>> from ratepress.lake.store import Lake
    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> laboratory_price(lake.connect(), "80053", date(2026, 1, 15)).result.why
    'no clinical laboratory fee schedule of 2026 is loaded'
    """
    code = parse_code(code)
    parse_units(units)
    stated = parse_modifiers(modifiers)
    asked = FacilityPrice(
        system="CLFS", code=code, on=on, result=Gap("", "", ""), modifier=" ".join(stated),
        units=units,
    )  # fmt: skip
    other = [modifier for modifier in stated if modifier not in _KNOWN]
    if other:
        why = f"modifier pricing not modelled for CLFS: {', '.join(other)}"
        return msgspec.structs.replace(asked, result=_gap(asked, why, ("P09",)))
    found = clfs_rows(connection, [code], on)[code]
    if isinstance(found, Missing):
        gap = _gap(asked, found.why, ("P82",))
        return dated(msgspec.structs.replace(asked, result=gap), found.release)
    note = stand_ins(asked, [found.row.release])
    rules = ("P82",) if note is None else ("P00", "P82")
    rate = found.row.rate
    if not rate or (note is not None and strict):
        why = "the row states no rate, or 0: the contractor prices the test"
        if rate:
            why = f"the release in force on {on} is not loaded, and a substitute is refused"
        gap = _gap(asked, why, rules)
        return dated(msgspec.structs.replace(asked, result=gap), found.row.release)
    amount = cents(EXACT.multiply(rate, Decimal(units)))
    step = Step("Rate of the test", f"{plain(rate)} × {units}", amount, is_rounded=True)
    answer = msgspec.structs.replace(
        asked,
        result=Fact(amount, "USD", on, (found.row.source,), rules, note),
        amount=amount,
        steps=(step,),
        notes=() if note is None else (note,),
    )
    return dated(answer, found.row.release)


def _why_none(connection: duckdb.DuckDBPyConnection, on: date) -> str:
    why = f"no clinical laboratory fee schedule of {on.year} is loaded"
    undated = first_row(connection, "SELECT count(*) FROM clfs_rates WHERE effective_from IS NULL")
    if undated and undated[0]:
        why += ", only one that states no quarter and so answers for no date (rule F312)"
    return why


def _gap(asked: FacilityPrice, why: str, rules: tuple[str, ...]) -> Gap:
    what = f"Medicare laboratory payment (CLFS) for {asked.code}"
    return Gap(what, why, f"the CLFS file of the quarter of {asked.on}, from {CLFS_PAGE}", rules)
