"""Amounts of the physician fee schedule for many codes at once, for the market.

The arithmetic is that of `medicare.price`; only the question is asked of many codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.medicare.formula import SITES, Step, fee
from ratepress.medicare.gaps import unpriced
from ratepress.medicare.parameters import value
from ratepress.medicare.price import Price, explain, price, price_on
from ratepress.medicare.releases import find_release
from ratepress.medicare.rows import NATION, Locality, rvu_rows

__all__ = ["AmountRow", "Price", "Step", "amounts", "explain", "price", "price_on"]

_COMPARED = ("", "26", "TC")


class AmountRow(msgspec.Struct, frozen=True):
    """One amount in dollars: of a code and modifier (``, 26 or TC) at one site."""

    code: str
    modifier: str
    site: str
    amount: Decimal
    release: str
    substituted: bool


def amounts(
    connection: duckdb.DuckDBPyConnection,
    codes: Sequence[str],
    on: date,
    place: Locality = NATION,
) -> list[AmountRow]:
    """The amounts of `codes` on a day, in the order code, modifier, site; national where no place
    is named.

    Only what is priced has a row; none has where no release of the year is loaded. Participants
    that are not qualifying (rule P02).

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> amounts(lake.connect(), ["32557"], date(2026, 7, 15))
    []
    """
    answer = find_release(connection, on)
    if answer is None or not codes:
        return []
    factor = value("pfs_conversion_factor", on).value
    found = []
    for code, rows in rvu_rows(connection, answer.release, codes).items():
        for modifier in _COMPARED:
            row = rows.get(modifier)
            if row is None:
                continue
            for site in SITES:
                if unpriced(code, row, site) is None:
                    amount = fee(row, site, place, factor).amount
                    release = answer.release.name
                    found.append(
                        AmountRow(code, modifier, site, amount, release, answer.is_substituted)
                    )
    return found
