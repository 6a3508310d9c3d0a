"""One code on one day with the indicators that a test states, for tests of what may be billed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ratepress.coding.edits import BYPASS, Edit, EditRows, Edits
from ratepress.coding.modifiers import ModifierRow, decide
from ratepress.coding.subject import Subject
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.medicare.facility import FacilityPrice
from ratepress.medicare.releases import Answer, Release
from ratepress.medicare.rows import RvuRow

JULY = date(2026, 7, 15)
NO_EDITS = Gap("Edits", "no release is loaded", "NCCI")
# The indicators of a test, in the order of the record layout: 32557 in July 2026.
_PLAIN: dict[str, Any] = {
    "modifier": "",
    "status": "A",
    "work_rvu": Decimal("3.04"),
    "nonfacility_pe_rvu": Decimal("16.03"),
    "nonfacility_is_na": False,
    "facility_pe_rvu": Decimal("0.50"),
    "facility_is_na": False,
    "malpractice_rvu": Decimal("0.33"),
    "opps_nonfacility_pe_rvu": None,
    "opps_facility_pe_rvu": None,
    "opps_malpractice_rvu": None,
    "pctc_indicator": "0",
    "global_days": "000",
    "multiple_procedure": "2",
    "bilateral_surgery": "1",
    "assistant_surgery": "1",
    "co_surgeons": "0",
    "team_surgery": "0",
    "endoscopic_base": None,
    "supervision": "09",
    "imaging_family": "99",
    "place": "row 10",
}


def subject(
    code: str = "32557",
    on: date = JULY,
    *,
    pairs: tuple[tuple[str, str, str], ...] | None = None,
    opps_status: str | None = None,
    **indicators: Any,
) -> Subject:
    """A code of release 2026C.

    `pairs` are its edits as (column 1, column 2, bypass indicator), None where no release of
    edits is loaded; `opps_status` its outpatient status.
    """
    row = RvuRow(code=code, **{**_PLAIN, **indicators})
    release = Release(f"{on.year}C", date(on.year, 1, 1), date(on.year, 12, 31), "a" * 64)
    return Subject(
        code,
        on,
        {row.modifier: row},
        Answer(release, on),
        NO_EDITS if pairs is None else edits(code, pairs, on),
        None if opps_status is None else _opps(code, opps_status, on),
    )


def edits(code: str, pairs: tuple[tuple[str, str, str], ...], on: date = JULY) -> Edits:
    """Edits of a code from (column 1, column 2, bypass indicator)."""
    made = [
        Edit(
            one, two, bypass, BYPASS[bypass], None, None, None, SourceRef("NCCI", place=f"row {n}")
        )
        for n, (one, two, bypass) in enumerate(pairs, start=2)
    ]
    first = EditRows.of([e for e in made if e.column_1 == code], "column_2")
    second = EditRows.of([e for e in made if e.column_2 == code], "column_1")
    return Edits(code, on, "practitioner", "2026C", False, first, second, ("C60", "C65"))  # noqa: FBT003


def _opps(code: str, status: str, on: date) -> FacilityPrice:
    rate = Fact(Decimal("1608.25"), "USD", on, (SourceRef("Addendum B"),), ("P11",))
    return FacilityPrice(
        system="OPPS", code=code, on=on, result=rate, status=status, apc="5182", release="2026C"
    )


def row(modifier: str, *words: Any, **about: Any) -> ModifierRow:
    """The row of a modifier for `subject(*words, **about)`."""
    found = decide(subject(*words, **about)).row(modifier)
    assert found is not None, f"the register has no {modifier}"
    return found


def verdict(modifier: str, *words: Any, **about: Any) -> str:
    """The verdict of a modifier for `subject(*words, **about)`."""
    return row(modifier, *words, **about).verdict
