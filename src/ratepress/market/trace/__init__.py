"""From a benchmark back to the published rows: who voted with which prices, and what stayed out.

The Python twin of `ratepress benchmark --explain`. What rule M03 collapsed to one price is told
apart again here, row by row with the place in its file, so that each count of a benchmark can be
counted again by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

import duckdb
import msgspec

from ratepress.codes.argument import parse_code
from ratepress.core.sql_steps import load_steps
from ratepress.lake.sources import public_names
from ratepress.lake.store import Lake
from ratepress.market.benchmark import (
    COMPARISON_KEY,
    DEFAULT_STRENGTH,
    Statistic,
    check_strength,
    run_market,
    statistics,
)
from ratepress.market.inputs import latest_date
from ratepress.market.steps import run_steps


class TracedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One published row: its file, its place there, and the payer and plan as published.

    Of a derived dollar (M12) `percentage` is what the row states, and `gross` the charge.
    `content_id` and `rate_id` are its key in the lake's table `rates`.
    """

    file: str
    place: str
    payer_name: str
    plan_name: str
    dollars: Decimal | None
    content_id: str
    rate_id: int
    percentage: Decimal | None = None
    gross: Decimal | None = None


class TracedPrice(msgspec.Struct, frozen=True, kw_only=True):
    """One distinct price (rule M03), and the rows that state it."""

    dollars: Decimal
    rows: tuple[TracedRow, ...]


class TracedVote(msgspec.Struct, frozen=True, kw_only=True):
    """One vote (rule M02): a voter, the dollars it votes with, and the prices they come from.

    `npis` are those that are counted beside the figure, and weigh the vote by M08.
    """

    payer_id: str
    payer: str
    network: str
    entity_kind: str
    entity: str
    dollars: Decimal
    npis: tuple[str, ...]
    prices: tuple[TracedPrice, ...]


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """One distinct price without a vote, the rules that leave it out, and the rows that state it.

    Rules about voters may leave none only together: then all of them stand here.
    """

    payer_id: str
    payer: str
    dollars: Decimal | None
    rules: tuple[str, ...]
    rows: tuple[TracedRow, ...]


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """What one line of a benchmark over all payers is made of.

    `key` holds the columns of the comparison key (rule M01). `statistic` is None where every price
    of the key is left out. `left_out` belongs to the nation; the line of an area has none.
    """

    key: dict[str, str]
    area_kind: str
    area: str
    statistic: Statistic | None
    votes: tuple[TracedVote, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def n_rows(self) -> int:
        """The published rows behind the votes, each once however many voters it has."""
        prices = (price for vote in self.votes for price in vote.prices)
        return len({(row.content_id, row.rate_id) for price in prices for row in price.rows})


class Traced(msgspec.Struct, frozen=True, kw_only=True):
    """Every line of a benchmark with what it is made of, and the resolved arguments."""

    code: str
    as_of: date
    strength: str
    traces: tuple[Trace, ...]


def trace(
    lake: Lake,
    code: str,
    *,
    as_of: date | None = None,
    strength: str = DEFAULT_STRENGTH,
    payer: str | None = None,
    line_of_business: str | None = None,
    by: Sequence[str] = (),
    state: str | None = None,
) -> Traced:
    """The votes, prices and rows behind each line of `benchmark` over all payers.

    Arguments are those of `benchmark`. `payer` keeps the votes of one payer alone; the statistic
    stays that over all payers.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> trace(lake, "32557", as_of=date(2026, 7, 15)).traces
    ()
    """
    wanted = parse_code(code)
    check_strength(strength)
    names = public_names(lake)
    with lake.connect() as connection:
        day = as_of or latest_date(connection)
        areas = [*by, "state"] if state is not None else by
        run_market(connection, [wanted], day, areas, strengths=[strength])
        run_steps(connection, load_steps("ratepress.market.weights")[:1])  # `vote_npis`
        run_steps(connection, load_steps("ratepress.market.trace"))
        found = statistics(connection, wanted, strength)
        traces = _traces(connection, found, strength, names)
    kept = (_of_payer(one, payer) for one in traces)
    return Traced(
        code=code,
        as_of=day,
        strength=strength,
        traces=tuple(
            one
            for one in kept
            if (one.votes or one.left_out)
            and line_of_business in (None, one.key["line_of_business"])
            and (state is None or (one.area_kind, one.area) == ("state", state.upper()))
        ),
    )


def _of_payer(one: Trace, payer: str | None) -> Trace:
    if payer is None:
        return one
    return msgspec.structs.replace(
        one,
        votes=tuple(vote for vote in one.votes if vote.payer_id == payer),
        left_out=tuple(price for price in one.left_out if price.payer_id == payer),
    )


def _traces(
    connection: duckdb.DuckDBPyConnection,
    found: Sequence[Statistic],
    strength: str,
    names: dict[str, str],
) -> list[Trace]:
    """The lines in the order of the benchmark, then the keys of which every price is left out."""
    rows = _rows(connection, names)
    votes = _votes(connection, strength, rows)
    left_out = _left_out(connection, strength, rows)
    over_all = [one for one in found if one.grain == "all payers"]
    traces = [
        Trace(
            key={name: str(getattr(one, name)) for name in COMPARISON_KEY},
            area_kind=one.area_kind,
            area=one.area,
            statistic=one,
            votes=tuple(votes[one.key_id]),
            left_out=tuple(left_out.pop(one.key_id, ())),
        )
        for one in over_all
    ]
    columns = ", ".join(COMPARISON_KEY)
    keys = connection.execute(
        f"SELECT key_id, {columns} FROM comparison_keys ORDER BY {columns}"  # noqa: S608 - our names
    ).fetchall()
    return traces + [
        Trace(
            key=dict(zip(COMPARISON_KEY, key, strict=True)),
            area_kind="nation",
            area="",
            statistic=None,
            votes=(),
            left_out=tuple(left_out[key_id]),
        )
        for key_id, *key in keys
        if key_id in left_out
    ]


def _rows(
    connection: duckdb.DuckDBPyConnection, names: dict[str, str]
) -> dict[int, tuple[TracedRow, ...]]:
    """The published rows of each distinct price."""
    by_price: dict[int, list[TracedRow]] = defaultdict(list)
    for row in _records(connection, "SELECT * FROM traced_rows ORDER BY price_id, 2, 3"):
        name = names.get(row["content_id"], row["content_id"])
        by_price[row.pop("price_id")].append(TracedRow(file=name, **row))
    return {price_id: tuple(rows) for price_id, rows in by_price.items()}


def _votes(
    connection: duckdb.DuckDBPyConnection, strength: str, rows: dict[int, tuple[TracedRow, ...]]
) -> dict[str, list[TracedVote]]:
    """The votes of each cell, lowest first."""
    found: dict[str, list[TracedVote]] = defaultdict(list)
    npis: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for row in _records(connection, _NPIS, strength):
        npis[tuple(row[name] for name in _VOTER)].append(row["npi"])
    ballots = _records(connection, _VOTES, strength)
    for (key_id, dollars, *voter), group in groupby(ballots, lambda row: [row[n] for n in _VOTE]):
        prices = tuple(TracedPrice(dollars=b["dollars"], rows=rows[b["price_id"]]) for b in group)
        whose = dict(zip(_VOTE[2:], voter, strict=True))
        mine = tuple(npis[tuple({"key_id": key_id, **whose}[name] for name in _VOTER)])
        found[key_id].append(TracedVote(**whose, dollars=dollars, npis=mine, prices=prices))
    return found


def _left_out(
    connection: duckdb.DuckDBPyConnection, strength: str, rows: dict[int, tuple[TracedRow, ...]]
) -> dict[str, list[LeftOut]]:
    """The prices of each comparison key that have no vote, lowest first."""
    found: dict[str, list[LeftOut]] = defaultdict(list)
    flags = _records(connection, _LEFT_OUT, strength)
    for _, group in groupby(flags, lambda row: row["price_id"]):
        several = list(group)
        price = several[0]
        found[price["key_id"]].append(
            LeftOut(
                payer_id=price["payer_id"],
                payer=price["payer"],
                dollars=price["dollars"],
                rules=tuple(row["rule_id"] for row in several if row["rule_id"]),
                rows=rows[price["price_id"]],
            )
        )
    return found


def _records(
    connection: duckdb.DuckDBPyConnection, query: str, *arguments: object
) -> list[dict[str, Any]]:
    cursor = connection.execute(query, list(arguments))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_VOTE = ("key_id", "vote", "payer_id", "payer", "network", "entity_kind", "entity")
_VOTER = ("key_id", "payer_id", "network", "entity_kind", "entity")
_NPIS = f"""
SELECT {", ".join(_VOTER)}, npi FROM vote_npis WHERE strength = ? ORDER BY npi
"""  # noqa: S608 - our own names
_VOTES = f"""
SELECT * FROM traced_votes WHERE strength = ? ORDER BY {", ".join(_VOTE)}, dollars, price_id
"""  # noqa: S608 - our own names
_LEFT_OUT = """
SELECT * FROM traced_left_out WHERE strength = ? ORDER BY key_id, dollars, price_id, rule_id
"""
