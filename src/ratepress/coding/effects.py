"""The numbers in the effect of a modifier: shares of the release's row, and dated parameters.

No percentage of Medicare's rules is written in the decision tables: each is named there, and
filled here from `medicare.parameters` at the date of service.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

from ratepress.core.decimals import EXACT
from ratepress.medicare.formula import plain
from ratepress.medicare.parameters import value
from ratepress.medicare.rows import RvuRow

PARAMETERS = {
    "assistant": "pfs_assistant_percent",
    "bilateral": "pfs_bilateral_percent",
    "cardiovascular_tc": "pfs_cardiovascular_tc_percent",
    "cassette": "pfs_computed_radiography_percent",
    "co_surgeon": "pfs_co_surgeon_percent",
    "ct_standard": "pfs_ct_equipment_percent",
    "directed": "anesthesia_direction_percent",
    "film": "pfs_film_percent",
    "imaging_pc": "pfs_imaging_pc_percent",
    "imaging_tc": "pfs_imaging_tc_percent",
    "multiple": "pfs_multiple_procedure_percent",
    "nonexcepted": "opps_off_campus_percent",
    "ophthalmology_tc": "pfs_ophthalmology_tc_percent",
    "practitioner": "pfs_practitioner_percent",
    "stopped": "opps_terminated_percent",
    "therapy_assistant": "pfs_therapy_assistant_percent",
    "therapy_pe": "pfs_therapy_pe_percent",
}
"""What a name in braces stands for: the dated parameter."""


def fillings(row: RvuRow, on: date) -> dict[str, str]:
    """What the names in braces of an effect become for a row and a day."""
    before, during = row.preoperative_share, row.intraoperative_share
    surgical = None if before is None or during is None else before + during
    return {
        **_percentages(on),
        "endoscopic_base": row.endoscopic_base or "its base procedure",
        "surgical": share_words(surgical),
        "intraoperative": share_words(during),
        "postoperative": share_words(row.postoperative_share),
    }


@cache
def _percentages(on: date) -> dict[str, str]:
    values = {name: value(parameter, on).value for name, parameter in PARAMETERS.items()}
    both = EXACT.multiply(values["assistant"], values["practitioner"].scaleb(-2))
    return {name: percent(found) for name, found in values.items()} | {
        "assistant_practitioner": percent(both)
    }


def percent(number: Decimal) -> str:
    """A percentage as a person writes it.

    >>> percent(Decimal("62.50")), percent(Decimal("150"))
    ('62.5%', '150%')
    """
    text = f"{number:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def share_words(share: Decimal | None) -> str:
    """A share of 1 as a percentage; zero means that the release does not split the package.

    >>> share_words(Decimal("0.21")), share_words(Decimal("0"))
    ('21%', 'a part that the release does not state')
    """
    if not share:
        return "a part that the release does not state"
    return percent(Decimal(plain(share.scaleb(2))))
