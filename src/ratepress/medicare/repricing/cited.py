"""The dated parameters behind a line's amount, by the rules that it went through.

So that the trace of every type of claim names values, days and documents in one way.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from ratepress.core.errors import MissingReferenceData
from ratepress.medicare.parameters import Used, used

BY_RULE: Final = {
    "P18": ("pfs_bilateral_percent",),
    "P20": ("pfs_multiple_procedure_percent",),
    "P22": ("pfs_imaging_tc_percent", "pfs_imaging_pc_percent"),
    "P23": ("pfs_therapy_pe_percent",),
    "P24": ("pfs_cardiovascular_tc_percent",),
    "P25": ("pfs_ophthalmology_tc_percent",),
    "P26": ("pfs_assistant_percent",),
    "P27": ("pfs_co_surgeon_percent",),
    "P29": ("pfs_practitioner_percent",),
    "P30": ("pfs_nonparticipating_percent", "pfs_limiting_charge_percent"),
    "P42": ("opps_labor_percent",),
    "P44": ("opps_observation_hours",),
    "P47": ("opps_multiple_procedure_percent",),
    "P48": ("opps_terminated_percent",),
    "P51": ("asc_labor_percent",),
    "P52": ("asc_multiple_procedure_percent",),
    "P54": ("asc_discontinued_percent",),
    "P55": ("asc_partial_credit_percent",),
    "P61": ("ipps_labor_amount", "ipps_nonlabor_amount", "ipps_low_labor_amount",
            "ipps_low_nonlabor_amount"),
    "P62": ("ipps_capital_rate", "ipps_capital_gaf_exponent"),
    "P63": ("ipps_ime_multiplier", "ipps_dsh_percent"),
    "P64": ("ipps_fixed_loss", "ipps_outlier_percent"),
    "P75": ("pfs_therapy_assistant_percent",),
}  # fmt: skip
"""The parameters that each rule takes, by name."""


def cited(rules: Iterable[str], on: date) -> tuple[Used, ...]:
    """The parameters of rules on a day, each once, in the order of the rules.

    One that has no value on the day is left out: the rule then took its value from a file.

    >>> [one.name for one in cited(["P51", "P13"], date(2026, 7, 15))]
    ['asc_labor_percent']
    """
    names = dict.fromkeys(name for rule in sorted(rules) for name in BY_RULE.get(rule, ()))
    found = []
    for name in names:
        try:
            found.append(used(name, on))
        except MissingReferenceData:
            continue
    return tuple(found)
