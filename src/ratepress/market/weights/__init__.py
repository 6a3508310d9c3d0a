"""Rule M08: figures of votes that are weighted, in place of those of one vote a contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

UNWEIGHTED = "votes"
"""One vote a contract: the default."""
_FIGURES = ("n_weighted", "total_weight", "total", "p10", "p25", "p50", "p75", "p90")
_NONE = dict.fromkeys(_FIGURES) | {"n_weighted": 0, "total_weight": 0}


def weigh(
    connection: duckdb.DuckDBPyConnection,
    rows: Sequence[dict[str, Any]],
    strength: str,
    weights: str,
) -> None:
    """Put the weighted figures into rows of statistics, in their place.

    A row in which no vote has weight has no figures. The bootstrap interval is that of votes that
    weigh the same, and is left out.
    """
    found = {
        tuple(row[:3]): dict(zip(_FIGURES, row[3:], strict=True))
        for row in connection.execute(WEIGHTED, [weights, strength]).fetchall()
    }
    for row in rows:
        row.update(found.get((row["key_id"], row["grain"], row["payer_id"]), _NONE))
        row.update(median_low=None, median_high=None)


WEIGHTED = f"""
SELECT key_id, grain, payer_id, {", ".join(_FIGURES)}
FROM weighted_statistics WHERE weights = ? AND strength = ?
"""  # noqa: S608 - our own names
