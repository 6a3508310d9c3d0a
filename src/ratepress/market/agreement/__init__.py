"""Where a payer's file and a hospital's file state one price twice, and how far they agree. M11."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from ratepress.codes.argument import CodeRef
from ratepress.core.sql_steps import load_steps
from ratepress.lake.batches import remembered
from ratepress.lake.store import Lake
from ratepress.market.benchmark import DEFAULT_STRENGTH, check_strength, run_market
from ratepress.market.inputs import latest_date
from ratepress.market.statistic import percent_of
from ratepress.market.steps import run_steps

BANDS = ("exact", "within 10%", "within 20%", "further apart")


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far the two kinds of file agree, for one hospital and payer.

    `n_hospital` prices of the hospital's file, of which `n_matched` stand in the payer's file too;
    `bands` counts the pairs by `BANDS`.
    """

    hospital_id: str
    payer_id: str
    payer: str
    n_hospital: int
    n_matched: int
    bands: dict[str, int]

    @property
    def n_pairs(self) -> int:
        """Pairs of a price of the hospital's file and one of the payer's."""
        return sum(self.bands.values())

    def share_within(self, band: str) -> Decimal:
        """The pairs that agree as far as `band` or better, in percent of all, to one decimal."""
        upto = sum(self.bands[one] for one in BANDS[: BANDS.index(band) + 1])
        return percent_of(Decimal(upto), Decimal(self.n_pairs))


def together(found: Iterable[Agreement]) -> Agreement | None:
    """All hospitals and payers as one, or None of none.

    >>> together([]) is None
    True
    """
    those = list(found)
    if not those:
        return None
    return Agreement(
        hospital_id="",
        payer_id="",
        payer="All payers",
        n_hospital=sum(one.n_hospital for one in those),
        n_matched=sum(one.n_matched for one in those),
        bands={band: sum(one.bands[band] for one in those) for band in BANDS},
    )


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """The pairs of a lake, and how far they agree by hospital and payer."""

    as_of: date
    strength: str
    pairs: pa.Table
    summaries: tuple[Agreement, ...]


def agreement(
    lake: Lake,
    codes: Sequence[CodeRef],
    *,
    as_of: date | None = None,
    strength: str = DEFAULT_STRENGTH,
) -> pa.Table:
    """Every pair of prices that both kinds of file state for one hospital, payer and service.

    Columns are those of `market/agreement/sql/400_agreement.sql`, in dollars. `as_of` defaults to
    the newest date in the lake. Raises `UsageError` for an unknown strength.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> agreement(lake, [CodeRef("cpt", "32557")], as_of=date(2026, 7, 15)).num_rows
    0
    """
    return compare_files(lake, codes, as_of=as_of, strength=strength).pairs


def compare_files(
    lake: Lake,
    codes: Sequence[CodeRef],
    *,
    as_of: date | None = None,
    strength: str = DEFAULT_STRENGTH,
) -> Compared:
    """The pairs of `agreement`, with the counts of each hospital and payer.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> compare_files(lake, [CodeRef("cpt", "32557")], as_of=date(2026, 7, 15)).summaries
    ()
    """
    check_strength(strength)
    with lake.connect() as connection:
        day = as_of or latest_date(connection)
        run_market(connection, codes, day, strengths=[strength])
        run_agreement(connection)
        pairs = connection.sql(
            "SELECT * FROM agreement WHERE strength = $strength ORDER BY ALL",
            params={"strength": strength},
        ).to_arrow_table()
        found = tuple(summaries(connection, strength))
    return Compared(as_of=day, strength=strength, pairs=pairs, summaries=found)


def run_agreement(connection: duckdb.DuckDBPyConnection) -> None:
    """Run the steps of this package after `run_market`; results are temporary tables."""
    run_steps(connection, load_steps("ratepress.market.agreement"))


def summaries(
    connection: duckdb.DuckDBPyConnection,
    strength: str = DEFAULT_STRENGTH,
    code: CodeRef | None = None,
) -> list[Agreement]:
    """The agreement of each hospital and payer after `run_agreement`, most pairs first.

    Over all codes of the run, or of `code` alone. Only payers that have a file of their own in
    which the hospital is named.
    """
    if code is None:
        rows = connection.execute(_summaries(), {"strength": strength}).fetchall()
        return [_agreement(row) for row in rows]
    by_code = remembered(
        connection, ("agreements by code", strength), lambda: _by_code(connection, strength)
    )
    return list(by_code.get(code, ()))


def _by_code(
    connection: duckdb.DuckDBPyConnection, strength: str
) -> dict[CodeRef, list[Agreement]]:
    """The agreements of every code of the run, asked for at once."""
    found: dict[CodeRef, list[Agreement]] = {}
    asked = connection.execute(_summaries("code_system", "code"), {"strength": strength})
    for system, code, *row in asked.fetchall():
        found.setdefault(CodeRef(system, code), []).append(_agreement(row))
    return found


def _agreement(row: Sequence[Any]) -> Agreement:
    hospital_id, payer_id, payer, n_hospital, n_matched, *bands = row
    return Agreement(
        hospital_id=hospital_id,
        payer_id=payer_id,
        payer=payer,
        n_hospital=n_hospital,
        n_matched=n_matched,
        bands=dict(zip(BANDS, bands, strict=True)),
    )


_SIDE = (
    "hospital_id", "payer_id", "code_system", "code", "modifiers", "price_unit", "drug_unit",
)  # fmt: skip
_SAME_SIDE = " AND ".join(f"a.{name} = h.{name}" for name in _SIDE)
_BANDS = ", ".join(f"count(*) FILTER (WHERE h.band = '{band}')" for band in BANDS)


def _summaries(*by: str) -> str:
    """The question for the counts of each hospital and payer, and of each of `by` before them."""
    keys = (*by, "hospital_id", "payer_id")
    own = ", ".join(f"h.{name}" for name in keys)
    same = " AND ".join(f"p.{name} = h.{name}" for name in keys)
    return f"""
WITH pairs AS (
  SELECT {own}, {_BANDS}
  FROM agreement h WHERE h.strength = $strength GROUP BY ALL
),
hospital AS (
  SELECT {own}, h.payer, count(*) AS n_hospital,
    count(*) FILTER (WHERE EXISTS (
      SELECT 1 FROM agreement a WHERE a.strength = h.strength AND {_SAME_SIDE}
        AND a.hospital_line = h.line_of_business AND a.hospital_class = h.billing_class
        AND a.hospital_setting = h.setting AND a.hospital_site = h.site
    )) AS n_matched
  FROM stated_medians h
  WHERE h.strength = $strength AND h.published_by = 'hospital' GROUP BY ALL
)
SELECT {own}, h.payer, h.n_hospital, h.n_matched,
  p.* EXCLUDE ({", ".join(keys)})
FROM hospital h JOIN pairs p ON {same}
ORDER BY h.n_matched DESC, h.hospital_id, h.payer_id
"""  # noqa: S608 - our own names
