"""Section 9, quality: the funnel from rows published to prices counted, and the flags by rule."""

from __future__ import annotations

from typing import Any

from ratepress.core.facts import Fact, Gap
from ratepress.core.rules import registry
from ratepress.dossier.context import Context
from ratepress.dossier.model import Cell, DataTable, Row, Section, Sentence
from ratepress.dossier.sections import voters
from ratepress.dossier.strength_table import strength_table
from ratepress.dossier.table_charts import funnel_chart
from ratepress.market.inputs import STRENGTHS


def build(context: Context) -> Section:
    """What happened to every published row, at all three filter strengths."""
    if not context.published:
        return Section("quality", "Quality", gaps=(_nothing(),))
    funnel = _funnel(context)
    table = strength_table(context)
    strengths = (table,) if table.rows else ()
    chart = funnel_chart(funnel, context.strength)
    return Section(
        "quality",
        "Quality",
        sentences=(_opening(context),),
        charts=() if chart is None else (chart,),
        tables=(funnel, *strengths, _flags(context), *voters.tables(context)),
    )


def _nothing() -> Gap:
    return Gap(
        "Quality of the prices",
        "no file of the lake states a payer's negotiated price of this code",
        "a payer or hospital file that does",
    )


def _fact(context: Context, value: int, *rules: str) -> Fact:
    return Fact(value, "count", context.as_of, context.sources_of(context.published), rules)


def _opening(context: Context) -> Sentence:
    rows = _fact(context, sum(row["n_rows"] for row in context.published))
    counted = _fact(context, _funnel_rows(context)[context.strength]["n_counted"], "M03")
    return Sentence(
        f"{rows.text} row{'' if rows.value == 1 else 's'} published; {counted.text} distinct "
        f"price{'' if counted.value == 1 else 's'} count at the {context.strength} strength. "
        "Rules flag rows and delete none.",
        (rows, counted),
    )


def _funnel_rows(context: Context) -> dict[str, dict[str, Any]]:
    rows = context.rows(
        "SELECT * FROM funnel WHERE code_system = ? AND code = ?",
        context.code.system,
        context.code.code,
    )
    found = {row["strength"]: row for row in rows}
    steps = ("n_keyed_rows", "n_not_dollars", "n_repeats", "n_flagged", "n_counted")
    empty = dict.fromkeys(steps, 0)
    return {strength: found.get(strength, empty) for strength in STRENGTHS}


def _funnel(context: Context) -> DataTable:
    funnel = _funnel_rows(context)
    published = sum(row["n_rows"] for row in context.published)
    current = sum(row["n_rows"] for row in context.published if row["standing"] == "current")
    votes = {
        row["strength"]: row["n_votes"]
        for row in context.rows(
            "SELECT v.strength, count(*) AS n_votes FROM votes v JOIN comparison_keys k "
            "USING (key_id) WHERE k.code_system = ? AND k.code = ? AND k.statement = 'dollar' "
            "GROUP BY v.strength",
            context.code.system,
            context.code.code,
        )
    }

    def row(label: str, values: list[int], *rules: str) -> Row:
        cells: list[Cell | None] = [_fact(context, value, *rules) for value in values]
        return Row(label, tuple(cells))

    def each(name: str) -> list[int]:
        return [funnel[strength][name] for strength in STRENGTHS]

    keyed = each("n_keyed_rows")
    return DataTable(
        "funnel",
        "From rows published to votes",
        "Step",
        tuple(strength.capitalize() for strength in STRENGTHS),
        (
            row("Rows published", [published] * 3),
            row("of files replaced, or later than the date", [published - current] * 3, "M02"),
            row("Rows in comparison keys", keyed, "M01"),
            row("not dollars: percentages, algorithms, no price", each("n_not_dollars"), "M01"),
            row("repeats of a price, collapsed", each("n_repeats"), "M03"),
            row("flagged and left out", each("n_flagged"), *_rule_ids()),
            row("Distinct prices counted", each("n_counted"), "M03"),
            row("Votes", [votes.get(strength, 0) for strength in STRENGTHS], "M02"),
        ),
        "A price valid in two settings or at two kinds of site stands in two comparison keys.",
    )


def _rule_ids() -> list[str]:
    return [rule.id for rule in registry().values() if rule.strengths]


def _flags(context: Context) -> DataTable:
    outcomes = {
        (row["rule_id"], row["outcome"]): row["n"]
        for row in context.rows(_OUTCOMES, context.code.system, context.code.code)
    }
    rows = []
    for rule_id in _rule_ids():
        rule = registry()[rule_id]
        flagged = outcomes.get((rule_id, "flagged"), 0)
        unassessed = outcomes.get((rule_id, "not assessed"), 0)
        rows.append(
            Row(
                f"{rule_id} {rule.name}",
                (
                    _fact(context, flagged, rule_id),
                    _fact(context, unassessed, rule_id),
                    Fact(", ".join(rule.strengths), "text", rules=(rule_id,)),
                ),
            )
        )
    return DataTable(
        "flags",
        "Distinct prices flagged, by rule",
        "Rule",
        ("Flagged", "Not assessed", "Left out at"),
        tuple(rows),
    )


_OUTCOMES = """
SELECT f.rule_id, f.outcome, count(*) AS n
FROM flags f
JOIN distinct_prices d USING (price_id)
JOIN comparison_keys k USING (key_id)
WHERE k.code_system = ? AND k.code = ? AND d.statement <> 'derived dollar'
GROUP BY f.rule_id, f.outcome
"""
