"""What changed between two snapshots of the market: `ratepress diff`. Rule M17.

A snapshot is a lake on a day. What is compared are votes, one a contract, so that a file published
again under another name changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import duckdb
import msgspec
import pyarrow as pa

from ratepress.codes.argument import CodeRef
from ratepress.core.decimals import EXACT, cents
from ratepress.core.errors import UsageError
from ratepress.lake.schema import TEXT
from ratepress.lake.store import Lake
from ratepress.market.benchmark import check_strength, run_market

KEY = (
    "code_system", "code", "modifiers", "line_of_business", "billing_class", "setting", "site",
    "arrangement", "price_unit", "method", "drug_unit",
)  # fmt: skip
CONTRACT = ("payer_id", "network", "entity_kind", "entity")
GRAINS = {"payer": "payer", "code": "code", "hospital": "entity"}
"""What changes may be counted by, and the column of `DIFF_SCHEMA` that holds it."""
_DOLLARS = pa.decimal128(24, 5)
DIFF_SCHEMA = pa.schema(
    [pa.field("change", TEXT)]
    + [pa.field(name, TEXT) for name in (*KEY, *CONTRACT, "payer")]
    + [pa.field("before", _DOLLARS), pa.field("after", _DOLLARS)]
    + [pa.field("difference", pa.decimal128(18, 2)), pa.field("percent", pa.decimal128(18, 1))]
)
"""The columns of `diff`: `new`, `gone`, `changed` or `same`; the comparison key (M01); the contract
(M02); its vote before and after in dollars; the difference, and in percent of before."""


class Snapshot(NamedTuple):
    """A lake as its files speak on a day."""

    lake: Lake
    as_of: date


class Count(msgspec.Struct, frozen=True):
    """How many contracts of one payer, code or hospital changed, and by how much.

    `median_percent` is over those that changed, by rule M05; None where none did.
    """

    what: str
    new: int
    gone: int
    changed: int
    same: int
    median_percent: Decimal | None


def diff(
    before: Snapshot,
    after: Snapshot,
    *,
    codes: Sequence[CodeRef] | None = None,
    strength: str = "minimum",
) -> pa.Table:
    """Every vote of either snapshot and what became of it, as `DIFF_SCHEMA`.

    Dollar prices alone. All codes of both lakes where `codes` is None. The default strength is the
    one that does not depend on the day: at another, a price may be gone because it grew old.
    Raises `UsageError` for an unknown strength.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> diff(Snapshot(lake, date(2026, 1, 1)), Snapshot(lake, date(2026, 7, 1))).num_rows
    0
    """
    check_strength(strength)
    asked = all_codes(before.lake, after.lake) if codes is None else list(codes)
    return compared(_votes(before, asked, strength), _votes(after, asked, strength))


def compared(before: pa.Table, after: pa.Table) -> pa.Table:
    """What became of each vote of two tables of `votes_of`, as `DIFF_SCHEMA`."""
    with duckdb.connect(":memory:") as connection:
        connection.register("votes_before", before)
        connection.register("votes_after", after)
        found = connection.sql(_CHANGES).to_arrow_table()
    return _with_differences(found)


def counts(changes: pa.Table, by: str) -> list[Count]:
    """The changes counted by `payer`, `code` or `hospital`, most changes first.

    By hospital, contracts of payer files are left out. `UsageError` for another grain.
    """
    if by not in GRAINS:
        raise UsageError("Changes are not counted by that", found=by, expected=", ".join(GRAINS))
    groups: dict[str, dict[str, Any]] = {}
    for row in changes.to_pylist():
        if by == "hospital" and row["entity_kind"] != "hospital":
            continue
        group = groups.setdefault(
            row[GRAINS[by]], {"new": 0, "gone": 0, "changed": 0, "same": 0, "percents": []}
        )
        group[row["change"]] += 1
        if row["change"] == "changed":
            group["percents"].append(row["percent"])
    made = [
        Count(what, group["new"], group["gone"], group["changed"], group["same"],
              _median(group["percents"]))
        for what, group in groups.items()
    ]  # fmt: skip
    return sorted(made, key=lambda c: (-(c.new + c.gone + c.changed), c.what))


def all_codes(*lakes: Lake) -> list[CodeRef]:
    """Every code that any of the lakes has a price of, in order."""
    found: set[CodeRef] = set()
    for lake in lakes:
        with lake.connect() as connection:
            rows = connection.execute(
                "SELECT DISTINCT code_system, code FROM rates"
                " WHERE code IS NOT NULL AND code_system IS NOT NULL"
            ).fetchall()
        found |= {CodeRef(*row) for row in rows}
    return sorted(found)


def _votes(snapshot: Snapshot, codes: Sequence[CodeRef], strength: str) -> pa.Table:
    with snapshot.lake.connect() as connection:
        run_market(connection, codes, snapshot.as_of, strengths=[strength])
        return votes_of(connection, strength)


def votes_of(connection: duckdb.DuckDBPyConnection, strength: str = "minimum") -> pa.Table:
    """The national votes of one strength after `run_market`, with their comparison keys."""
    columns = ", ".join([f"k.{name}" for name in KEY] + [f"v.{name}" for name in CONTRACT])
    return connection.sql(
        f"SELECT {columns}, v.payer, v.dollars"  # noqa: S608 - our own names
        " FROM votes v JOIN comparison_keys k ON k.key_id = v.key_id"
        " WHERE v.strength = $strength",
        params={"strength": strength},
    ).to_arrow_table()


def _with_differences(found: pa.Table) -> pa.Table:
    rows = found.to_pylist()
    for row in rows:
        before, after = row["before"], row["after"]
        both = before is not None and after is not None
        row["difference"] = cents(after - before) if both else None
        row["percent"] = _percent(before, after) if both and before else None
    return pa.Table.from_pylist(rows, schema=DIFF_SCHEMA)


def _percent(before: Decimal, after: Decimal) -> Decimal:
    share = EXACT.divide(EXACT.multiply(after - before, Decimal(100)), before)
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP, EXACT)


def _median(percents: list[Decimal]) -> Decimal | None:
    if not percents:
        return None
    ordered = sorted(percents)
    middle = ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]
    return (middle / 2).quantize(Decimal("0.1"), ROUND_HALF_UP, EXACT)


_SAME = " AND ".join(f"b.{name} = a.{name}" for name in (*KEY, *CONTRACT))
_BOTH = ", ".join(f"coalesce(a.{name}, b.{name}) AS {name}" for name in (*KEY, *CONTRACT, "payer"))
_CHANGES = f"""
SELECT
  CASE
    WHEN b.dollars IS NULL THEN 'new'
    WHEN a.dollars IS NULL THEN 'gone'
    WHEN a.dollars = b.dollars THEN 'same'
    ELSE 'changed'
  END AS change,
  {_BOTH}, b.dollars AS before, a.dollars AS after
FROM votes_before b FULL JOIN votes_after a ON {_SAME}
ORDER BY {", ".join((*KEY, *CONTRACT))}
"""  # noqa: S608 - our own names
