"""Where a payer's file and a hospital's file state one price twice, and how far they agree. M11."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import duckdb
import msgspec
import pyarrow as pa

from ratepress.codes.argument import CodeRef
from ratepress.core.sql_steps import load_steps
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
    system, number = code if code is not None else (None, None)
    wanted = {"strength": strength, "system": system, "code": number}
    rows = connection.execute(_SUMMARIES, wanted).fetchall()
    return [
        Agreement(
            hospital_id=hospital_id,
            payer_id=payer_id,
            payer=payer,
            n_hospital=n_hospital,
            n_matched=n_matched,
            bands=dict(zip(BANDS, found, strict=True)),
        )
        for hospital_id, payer_id, payer, n_hospital, n_matched, *found in rows
    ]


_SIDE = (
    "hospital_id", "payer_id", "code_system", "code", "modifiers", "price_unit", "drug_unit",
)  # fmt: skip
_SAME_SIDE = " AND ".join(f"a.{name} = h.{name}" for name in _SIDE)
_OF_CODE = "($code IS NULL OR (h.code_system = $system AND h.code = $code))"
_BANDS = ", ".join(f"count(*) FILTER (WHERE a.band = '{band}')" for band in BANDS)
_SUMMARIES = f"""
WITH pairs AS (
  SELECT h.hospital_id, h.payer_id, {_BANDS.replace("a.band", "h.band")}
  FROM agreement h WHERE h.strength = $strength AND {_OF_CODE} GROUP BY ALL
),
hospital AS (
  SELECT h.hospital_id, h.payer_id, h.payer, count(*) AS n_hospital,
    count(*) FILTER (WHERE EXISTS (
      SELECT 1 FROM agreement a WHERE a.strength = h.strength AND {_SAME_SIDE}
        AND a.hospital_line = h.line_of_business AND a.hospital_class = h.billing_class
        AND a.hospital_setting = h.setting AND a.hospital_site = h.site
    )) AS n_matched
  FROM stated_medians h
  WHERE h.strength = $strength AND h.published_by = 'hospital' AND {_OF_CODE} GROUP BY ALL
)
SELECT h.hospital_id, h.payer_id, h.payer, h.n_hospital, h.n_matched,
  p.* EXCLUDE (hospital_id, payer_id)
FROM hospital h JOIN pairs p ON p.hospital_id = h.hospital_id AND p.payer_id = h.payer_id
ORDER BY h.n_matched DESC, h.hospital_id, h.payer_id
"""  # noqa: S608 - our own names
