"""Part of section 9: where the strength of the ghost filter changes a benchmark, and how."""

from __future__ import annotations

from typing import Any

from ratepress.core.facts import Gap
from ratepress.dossier.context import MARKET_RULES, Context, count, dollars, key_words
from ratepress.dossier.model import Cell, DataTable, Row
from ratepress.market.benchmark import Statistic
from ratepress.market.confidence import minimum_votes
from ratepress.market.inputs import STRENGTHS


def strength_table(context: Context) -> DataTable:
    """Votes and median at each strength, of the keys in which they are not all the same."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in context.rows(_STRENGTHS, context.code.system, context.code.code):
        found.setdefault(row["key_id"], {})[row["strength"]] = row
    rows = tuple(
        Row(key_words(one), _cells(context, one, at))
        for one in context.over_all_payers
        if _differs(at := found.get(one.key_id, {}))
    )
    n_others = sum(context.strength not in at for at in found.values())
    keys = "1 key has" if n_others == 1 else f"{n_others} keys have"
    others = f" {keys} votes at another strength alone, and stand in no table." if n_others else ""
    heads = (f"{what}, {strength}" for strength in STRENGTHS for what in ("Votes", "Median"))
    return DataTable(
        "strengths",
        "Where the strength of the ghost filter matters",
        "Comparison key",
        tuple(heads),
        rows,
        f"Of the keys that have votes at the {context.strength} strength the others have the same "
        f"votes and median at each.{others}",
    )


def _differs(by_strength: dict[str, dict[str, Any]]) -> bool:
    shown = {(row["n_votes"], row["p50"]) for row in by_strength.values()}
    return len(shown) > 1 or len(by_strength) < len(STRENGTHS)


def _cells(
    context: Context, statistic: Statistic, by_strength: dict[str, dict[str, Any]]
) -> tuple[Cell | None, ...]:
    sources = context.files_behind(statistic)
    cells: list[Cell] = []
    for strength in STRENGTHS:
        row = by_strength.get(strength)
        n = 0 if row is None else row["n_votes"]
        cells.append(count(n, sources))
        if row is None or n < minimum_votes():
            why = f"{n} vote{'' if n == 1 else 's'}, under the three that percentiles need"
            what = f"Median at the {strength} strength, {key_words(statistic)}"
            cells.append(Gap(what, why, "more files that state this price", ("M06",)))
        else:
            cells.append(dollars(row["p50"], sources, MARKET_RULES, context.as_of))
    return tuple(cells)


_STRENGTHS = """
SELECT s.strength, s.key_id, s.n_votes, s.p50
FROM statistics s
JOIN comparison_keys k ON k.key_id = s.key_id
WHERE k.code_system = ? AND k.code = ? AND s.grain = 'all payers'
"""
