"""Part of section 9: who votes with the prices that count, and whom rules about voters leave out.

A price may name many contracting entities. Rules Q08 to Q10 judge each of them apart, so that a
price can lose the vote of a ghost and keep the others.
"""

from __future__ import annotations

from typing import Any

from ratepress.core.facts import Fact
from ratepress.core.rules import rule
from ratepress.dossier.context import Context
from ratepress.dossier.model import Cell, DataTable, Row
from ratepress.market.inputs import STRENGTHS

_RULES = ("Q08", "Q09", "Q10")


def tables(context: Context) -> tuple[DataTable, ...]:
    """From prices by voter to ballots at each strength, and the outcomes by rule."""
    found = {
        row["strength"]: row
        for row in context.rows(
            "SELECT * FROM voter_funnel WHERE code_system = ? AND code = ?",
            context.code.system,
            context.code.code,
        )
    }
    return (_funnel(context, found), _outcomes(context)) if found else ()


def _fact(context: Context, value: int, *rules: str) -> Fact:
    return Fact(value, "count", context.as_of, context.sources_of(context.published), rules)


def _funnel(context: Context, found: dict[str, dict[str, Any]]) -> DataTable:
    def row(label: str, column: str, *rules: str) -> Row:
        cells: list[Cell | None] = [
            _fact(context, found[strength][column], *rules) for strength in STRENGTHS
        ]
        return Row(label, tuple(cells))

    return DataTable(
        "voters",
        "From the voters of dollar prices to ballots",
        "Step",
        tuple(strength.capitalize() for strength in STRENGTHS),
        (
            row("Voters named, price by price", "n_voters", "M02"),
            row("left out by rules about who is named", "n_left_out", *_RULES),
            row("left out with their price", "n_of_flagged_prices"),
            row("Ballots", "n_ballots", "M02"),
        ),
        "A voter with two prices stands twice here and has one vote, the median of them.",
    )


def _outcomes(context: Context) -> DataTable:
    counts = {
        (row["rule_id"], row["outcome"]): row["n"]
        for row in context.rows(_OUTCOMES, context.code.system, context.code.code)
    }
    return DataTable(
        "voter-flags",
        "Voters of dollar prices, by rule",
        "Rule",
        ("Flagged", "Not assessed", "Left out at"),
        tuple(
            Row(
                f"{rule_id} {rule(rule_id).name}",
                (
                    _fact(context, counts.get((rule_id, "flagged"), 0), rule_id),
                    _fact(context, counts.get((rule_id, "not assessed"), 0), rule_id),
                    Fact(", ".join(rule(rule_id).strengths), "text", rules=(rule_id,)),
                ),
            )
            for rule_id in _RULES
        ),
    )


_OUTCOMES = """
SELECT f.rule_id, f.outcome, count(*) AS n
FROM voter_flags f
JOIN distinct_prices d USING (price_id)
JOIN comparison_keys k USING (key_id)
WHERE k.code_system = ? AND k.code = ?
GROUP BY f.rule_id, f.outcome
"""
