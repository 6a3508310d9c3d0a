"""What changed for a code since the snapshot before, where the lake holds one (rule M17).

The snapshot before is the lake on the newest day on which a publisher of the code's prices had
an older file than the one it has now. Another publisher's first file makes no snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.codes.argument import CodeRef
from ratepress.market.benchmark import run_market
from ratepress.market.diff import Count, compared, counts, votes_of


class Change(NamedTuple):
    """What became of the contracts of a code since a day."""

    since: date
    contracts: Count


class Earlier(NamedTuple):
    """The votes of some codes on an earlier day."""

    since: date
    votes: pa.Table


def earlier_votes(
    connection: duckdb.DuckDBPyConnection, codes: Sequence[CodeRef], as_of: date
) -> dict[CodeRef, Earlier]:
    """The votes of each code on the day of its snapshot before; nothing for a code without one.

    Runs the market once for each such day, so it comes before the run for `as_of`.
    """
    found: dict[CodeRef, Earlier] = {}
    days = _days(connection, codes, as_of)
    for day in sorted(set(days.values())):
        of_day = [code for code in codes if days.get(code) == day]
        run_market(connection, of_day, day, is_whole=False, read=("votes",))
        votes = votes_of(connection)
        found |= {code: Earlier(day, _of_code(votes, code)) for code in of_day}
    return found


def changes(
    connection: duckdb.DuckDBPyConnection, earlier: dict[CodeRef, Earlier]
) -> dict[CodeRef, Change]:
    """What became of those votes, after the run of the market for the page's own date."""
    if not earlier:
        return {}
    now = votes_of(connection)
    made = {}
    for code, before in earlier.items():
        found = counts(compared(before.votes, _of_code(now, code)), "code")
        if found:
            made[code] = Change(before.since, found[0])
    return made


def _of_code(votes: pa.Table, code: CodeRef) -> pa.Table:
    same = pc.and_(pc.equal(votes["code_system"], code.system), pc.equal(votes["code"], code.code))
    return votes.filter(same)


def _days(
    connection: duckdb.DuckDBPyConnection, codes: Sequence[CodeRef], as_of: date
) -> dict[CodeRef, date]:
    connection.register("codes_asked", pa.Table.from_pylist([
        {"code_system": code.system, "code": code.code} for code in codes
    ]))  # fmt: skip
    rows = connection.execute(_DAYS, [as_of]).fetchall()
    connection.unregister("codes_asked")
    return {CodeRef(system, code): day for system, code, day in rows}


_DAYS = """
WITH dated AS (
  SELECT DISTINCT r.code_system, r.code, c.publisher, c.published_on
  FROM rates r
  JOIN codes_asked a ON a.code_system = r.code_system AND a.code = r.code
  JOIN contents c ON c.content_id = r.content_id
  WHERE c.published_on <= ?
),
newest AS (
  SELECT code_system, code, publisher, max(published_on) AS newest FROM dated GROUP BY ALL
)
SELECT d.code_system, d.code, max(d.published_on)
FROM dated d
JOIN newest n
  ON n.code_system = d.code_system AND n.code = d.code AND n.publisher = d.publisher
WHERE d.published_on < n.newest
GROUP BY d.code_system, d.code
"""
