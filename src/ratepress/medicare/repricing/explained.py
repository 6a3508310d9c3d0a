"""The answer of the slow path for one claim line, with the steps and sources behind it."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from ratepress.core.facts import SourceRef
from ratepress.medicare.formula import Step

Refused = tuple[str, str]
"""A rule and the reason under it."""


class ExplainedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a line is allowed, or why nothing, with the steps, rules and sources of it.

    Dollars. `limiting_charge` (rule P30) is for non-participants; `medicare_payment` is Medicare's
    share after sequestration (rule P32), were the deductible met; neither changes the amount.
    """

    line_no: int
    allowed_amount: Decimal | None
    status: str
    rules: tuple[str, ...]
    reason: str
    steps: tuple[Step, ...] = ()
    sources: tuple[SourceRef, ...] = ()
    limiting_charge: Decimal | None = None
    medicare_payment: Decimal | None = None


def refuse(line_no: int, why: Refused) -> ExplainedLine:
    """The answer for a line without an amount; rule P15 makes it invalid.

    >>> refuse(0, ("P15", "claim_id is empty")).status
    'invalid'
    """
    rule, reason = why
    status = "invalid" if rule == "P15" else "not priced"
    return ExplainedLine(
        line_no=line_no, allowed_amount=None, status=status, rules=(rule,), reason=reason
    )
