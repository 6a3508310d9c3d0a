"""Claim lines and schedule rows for tests of repricing; national amounts in facilities.

With work RVU w and nothing else the fee is w x 33.4009 in 2026; to state a fee in cents directly,
rows are made by `row(code, dollars)`, whose work RVUs are searched so that the fee is that.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa

from medicare_layouts import CF

DEFAULT = {
    "claim_id": "1",
    "date": "2026-07-15",
    "code": "32557",
    "modifiers": "",
    "units": "1",
    "pos": "22",
}


def row(code: str, fee: str = "0", **cells: str) -> dict[str, str]:
    """A schedule row of the release of July 2026 whose facility and other fee is `fee`.

    The indicators are neutral but for `cells`: mult, bilat, asst, co, team, base, status, mod.
    """
    work = (Decimal(fee) / Decimal(CF[2026])).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    names = {
        "mult": "MULT PROC",
        "bilat": "BILAT SURG",
        "asst": "ASST SURG",
        "co": "CO- SURG",
        "team": "TEAM SURG",
        "base": "ENDO BASE",
        "status": "STATUS CODE",
        "mod": "MOD",
        "global": "GLOB DAYS",
        "before": "PRE OP",
        "during": "INTRA OP",
        "after": "POST OP",
        "pctc": "PCTC IND",
        "work": "WORK RVU",
        "pe": "FACILITY PE RVU",
        "mp": "MP RVU",
        "na": "NON-FAC NA INDICATOR",
        "cap_pe": "FACILITY PE USED FOR OPPS PAYMENT AMOUNT",
        "cap_mp": "MP USED FOR OPPS PAYMENT AMOUNT",
    }
    neutral = {
        "HCPCS": code,
        "WORK RVU": str(work),
        "FACILITY PE RVU": "0.00",
        "NON-FAC PE RVU": "0.00",
        "MP RVU": "0.00",
        "MULT PROC": "0",
        "BILAT SURG": "0",
    }
    return {**neutral, **{names[name]: text for name, text in cells.items()}}


def table(*lines: dict[str, str]) -> pa.Table:
    """Lines, each the cells that differ from `DEFAULT`."""
    full = [{**DEFAULT, **line} for line in lines]
    columns = list(dict.fromkeys(name for line in full for name in line))
    return pa.table({name: [line.get(name, "") for line in full] for name in columns})
