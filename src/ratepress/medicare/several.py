"""Several units of one service: what `reprice` pays for a claim line of them (rule P76).

Units reduce each other as procedures of one day do, so there is one way to price them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import msgspec

from ratepress.medicare.formula import Computed
from ratepress.medicare.parameters import Participant, Used
from ratepress.medicare.shares import Refusal

_PLACES = {"facility": "22", "nonfacility": "11"}
"""A place of service of each site: any of them would do, for the fee knows the site alone."""


class Several(msgspec.Struct, frozen=True):
    """The amount of all units, with its steps, rules and parameters."""

    computed: Computed
    rules: tuple[str, ...]
    parameters: tuple[Used, ...]


def most_units() -> int:
    """The most units that a claim line states (rule P15)."""
    return 9999


def several_units(
    connection: duckdb.DuckDBPyConnection,
    code: str,
    modifiers: Sequence[str],
    on: date,
    units: int,
    site: str,
    locality: str,
    participant: Participant,
    provider_type: str,
) -> Several | Refusal:
    """The amount of a claim line of `units`, or the rule and reason under which it has none."""
    line: dict[str, str | None] = {
        "claim_id": "1",
        "patient": "1",
        "date": on.isoformat(),
        "code": code,
        "modifiers": " ".join(modifiers),
        "units": str(units),
        "pos": _PLACES[site],
        "locality": locality,
        "provider_type": provider_type,
        "qp": "yes" if participant == "QP" else "",
    }
    # Here, for it loads the rules of every setting, which one unit of one line needs none of.
    from ratepress.medicare.repricing.plain import explain_on

    (found,) = explain_on(connection, [line])
    if found.allowed_amount is None:
        return found.rules[0], found.reason
    computed = Computed(found.allowed_amount, found.steps, "P06" in found.rules)
    return Several(computed, found.rules, found.parameters)
