"""Setting and billing class where they hide in the name of a plan (rules F233 and F234).

`HMO_Outpatient`, `Professional_MLP`: some hospitals split one contract into plans by setting or
class, while the row says both. Only whole words count: IP and OP occur in names of other meaning.
Decided in docs/method/decisions.md.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

NARROWED, CONTRADICTS = "F234", "F233"
CONTRADICTORY = "contradictory"
"""The setting or class of a price whose row and plan name state different ones."""

_SETTINGS = re.compile(r"(?<![a-z])(in|out)[-_ ]?patient(?![a-z])")
_CLASSES = re.compile(r"(?<![a-z])(professional|facility)(?![a-z])")
_OPPOSITE = {
    "inpatient": "outpatient",
    "outpatient": "inpatient",
    "professional": "facility",
    "facility": "professional",
}
_NAME_LIMIT = 400


class Scope(NamedTuple):
    """Where and by whom a price is billed. The rules are those that the plan's words met."""

    setting: str | None
    billing_class: str | None
    evidence: str | None
    setting_rule: str | None
    class_rule: str | None


def words_of(payer: str, plan: str) -> tuple[str | None, str | None]:
    """The setting and the class that a plan's name states; None where it states none or both.

    A payer's name is asked only where there is no plan: `Professional Benefit Administrators` is
    a payer, not a class.

    >>> words_of("Aetna", "HMO_Inpatient"), words_of("Danish_Authority_Professional_Rate", "")
    (('inpatient', None), (None, 'professional'))
    """
    name = (plan or payer)[:_NAME_LIMIT].lower()
    settings = {f"{found}patient" for found in _SETTINGS.findall(name)}
    classes = set(_CLASSES.findall(name))
    return (
        settings.pop() if len(settings) == 1 else None,
        classes.pop() if len(classes) == 1 else None,
    )


@lru_cache(maxsize=1 << 14)
def scope(setting: str | None, billing_class: str | None, payer: str, plan: str) -> Scope:
    """The scope of a price from its row and the name of its plan.

    A row that says both, or nothing, is narrowed; one that says the opposite gives
    `contradictory`, which is compared with nothing else.

    >>> scope("both", "facility", "Aetna", "HMO_Inpatient")[:3]
    ('inpatient', 'facility', 'plan says inpatient')
    >>> scope("outpatient", None, "Aetna", "HMO_Inpatient")[:3]
    ('contradictory', None, 'row says outpatient, plan says inpatient')
    """
    said_setting, said_class = words_of(payer, plan)
    setting, setting_rule, why = _join(setting, said_setting)
    billing_class, class_rule, why_class = _join(billing_class, said_class)
    evidence = "; ".join(filter(None, (why, why_class))) or None
    return Scope(setting, billing_class, evidence, setting_rule, class_rule)


def _join(row: str | None, said: str | None) -> tuple[str | None, str | None, str]:
    if said is None or row == said:
        return row, None, ""
    if row is None or row == "both":
        return said, NARROWED, f"plan says {said}"
    if row == _OPPOSITE[said]:
        return CONTRADICTORY, CONTRADICTS, f"row says {row}, plan says {said}"
    return row, None, ""  # A word that nobody knows is kept: F210 and F211 name it.
