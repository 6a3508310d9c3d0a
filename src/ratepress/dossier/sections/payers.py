"""Section 6, payer landscape: who states a price of this code, in which files, with what votes."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ratepress.core.errors import clip
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.context import Context, count, file_refs
from ratepress.dossier.model import Cell, DataTable, Row, Section, Sentence, payer_address
from ratepress.dossier.words import line_cell
from ratepress.market.payers import missing_national

_COLUMNS = (
    "Lines of business", "Files", "Plans", "Rows", "Not in dollars", "Left out", "Votes",
    "Share of votes", "Newest file",
)  # fmt: skip
_SHOWN = 4


def build(context: Context) -> Section:
    """Every payer found, and the national ones that were looked for and not found."""
    votes = _votes(context)
    total = sum(votes.values())
    by_payer: dict[str, list[dict[str, Any]]] = {}
    for row in context.published:
        by_payer.setdefault(row["payer_id"], []).append(row)
    found = sorted(by_payer.values(), key=lambda rows: str(rows[0]["payer"]).lower())
    left_out = _left_out(context)
    made = []
    for one in found:
        payer_id = one[0]["payer_id"]
        made.append(_row(context, one, left_out.get(payer_id), votes.get(payer_id, 0), total))
    rows = tuple(made)
    table = DataTable(
        "payers",
        "Payers that state a price of this code",
        "Payer",
        _COLUMNS,
        rows,
        f"Votes at the {context.strength} filter strength, over all comparison keys. A row that is "
        "left out counts there once for each key that it stands in.",
    )
    gaps = tuple(
        Gap(
            f"Prices of {name}",
            "none of the files loaded states a price of this code for it",
            "a hospital file that names it"
            if name.startswith("Medicare")
            else "its in-network rates file, or a hospital file that names it",
        )
        for name in missing_national(by_payer)
    )
    return Section(
        "payers",
        "Payer landscape",
        sentences=_opening(context, len(found), total),
        tables=(table, *_unknown_names(context)) if rows else (),
        gaps=gaps,
    )


def _opening(context: Context, n_payers: int, votes: int) -> tuple[Sentence, ...]:
    if not n_payers:
        return ()
    sources = context.sources_of(context.published)
    payers, files = count(n_payers, sources), count(len(sources), sources)
    total = Fact(votes, "count", context.as_of, sources, ("M02",))
    text = (
        f"{payers.text} payer{'' if n_payers == 1 else 's'} state a price of this code in "
        f"{files.text} file{'' if len(sources) == 1 else 's'}; {total.text} "
        f"vote{'' if votes == 1 else 's'} count."
    )
    if n_payers == 1:
        text = text.replace("payer state", "payer states")
    return (Sentence(text, (payers, files, total)),)


def _votes(context: Context) -> dict[str, int]:
    rows = context.rows(_VOTES, context.strength, context.code.system, context.code.code)
    return {row["payer_id"]: row["n_votes"] for row in rows}


_VOTES = """
SELECT v.payer_id, count(*) AS n_votes
FROM votes v JOIN comparison_keys k USING (key_id)
WHERE v.strength = ? AND k.code_system = ? AND k.code = ?
GROUP BY v.payer_id
"""


def _row(
    context: Context,
    rows: list[dict[str, Any]],
    left_out: tuple[int, tuple[str, ...]] | None,
    votes: int,
    total: int,
) -> Row:
    sources = context.sources_of(rows)
    names = sorted({str(row["payer_name"]) for row in rows})
    dates = [row["published_on"] for row in rows if row["published_on"] is not None]
    cells: tuple[Cell | None, ...] = (
        _lines(context, rows, sources),
        count(len(sources), sources),
        count(len({(row["publisher"], row["plan_name"]) for row in rows}), sources),
        count(sum(row["n_rows"] for row in rows), sources, ()),
        count(
            sum(row["n_rows"] for row in rows if row["statement"] != "dollar"), sources, ("M01",)
        ),
        _out(context, left_out, sources),
        count(votes, sources),
        _share(context, votes, total, sources),
        Fact(max(dates), "date", sources=sources)
        if dates
        else Gap("Date of the file", "the file states none", "a file with last_updated_on"),
    )
    note = f"published as {'; '.join(names)}"
    return Row(str(rows[0]["payer"]), cells, note=note, link=payer_address(rows[0]["payer_id"]))


def _lines(context: Context, rows: list[dict[str, Any]], sources: tuple[SourceRef, ...]) -> Fact:
    """The lines of business; where plans of a table of contents decided, which ones."""
    lines = ", ".join(
        sorted({line_cell(line) for row in rows for line in context.lines_of(row)}, key=str.lower)
    )
    unstated = {row["content_id"] for row in rows if row["line_of_business"] == "unknown"}
    named = [
        one for content_id in sorted(unstated) for one in context.plan_lines.get(content_id, ())
    ]
    if not named:
        return Fact(lines, "text", sources=sources, rules=("F007",))
    tables = file_refs((one["toc_content_id"], one["publisher"]) for one in named)
    words = list(dict.fromkeys(map(_evidence, named)))
    if len(words) > _SHOWN:
        words[_SHOWN:] = [f"and {len(words) - _SHOWN:,} more"]
    return Fact(lines, "text", None, (*sources, *tables), ("F007", "F170"), "; ".join(words))


def _evidence(named: dict[str, Any]) -> str:
    n, market = named["n_plans"], named["market_type"] or "not stated"
    plans = f"{n:,} plan{'' if n == 1 else 's'}, {clip(named['plan_name'], 80) or 'without a name'}"
    plans += " and others" if n > 1 else ""
    return (
        f"{line_cell(named['line_of_business'])}: plan_market_type {market} of {plans}, "
        f"in a table of contents of {named['publisher']}, found by {named['matched_by']}"
    )


def _out(
    context: Context, left_out: tuple[int, tuple[str, ...]] | None, sources: tuple[SourceRef, ...]
) -> Fact:
    number, rules = left_out or (0, ())
    words = f"left out by {', '.join(rules)}" if rules else None
    return Fact(number, "count", context.as_of, sources, rules or ("M02",), words)


def _left_out(context: Context) -> dict[str, tuple[int, tuple[str, ...]]]:
    """By payer: its distinct prices that quality rules keep out, and which rules."""
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    asked = (context.strength, context.code.system, context.code.code)
    for row in context.rows(_LEFT_OUT, *asked):
        total, rules = found.get(row["payer_id"], (0, ()))
        if row["rule_id"] is None:
            found[row["payer_id"]] = (row["n"], rules)
        else:
            found[row["payer_id"]] = (total, (*rules, row["rule_id"]))
    return found


_LEFT_OUT = """
SELECT d.payer_id, f.rule_id, count(DISTINCT f.price_id) AS n
FROM flags f
JOIN rule_strengths s ON s.rule_id = f.rule_id AND s.strength = ?
JOIN distinct_prices d ON d.price_id = f.price_id
JOIN comparison_keys k ON k.key_id = d.key_id
WHERE f.outcome = 'flagged' AND k.code_system = ? AND k.code = ?
GROUP BY GROUPING SETS ((d.payer_id), (d.payer_id, f.rule_id))
ORDER BY d.payer_id, f.rule_id
"""


def _share(context: Context, votes: int, total: int, sources: tuple[SourceRef, ...]) -> Cell:
    if not total:
        return Gap("Share of votes", "no vote counts", "files with dollar prices", ("M02",))
    share = (Decimal(votes * 100) / Decimal(total)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Fact(share, "%", context.as_of, sources, ("M02",))


def _unknown_names(context: Context) -> tuple[DataTable, ...]:
    found = context.rows(
        "SELECT DISTINCT i.payer_name, p.content_id, p.publisher FROM payer_identities i "
        "JOIN published_rates p ON p.payer_name = i.payer_name AND p.state = i.state "
        "WHERE NOT i.is_known AND p.code_system = ? AND p.code = ? ORDER BY ALL",
        context.code.system,
        context.code.code,
    )
    if not found:
        return ()
    rows = tuple(
        Row(
            row["payer_name"],
            (
                Fact(
                    row["publisher"],
                    "text",
                    sources=(SourceRef(row["publisher"], row["content_id"]),),
                ),
            ),
        )
        for row in found
    )
    return (
        DataTable(
            "unknown-payers",
            "Payer names that the register does not know, passed through as published",
            "Name as published",
            ("Stated by",),
            rows,
        ),
    )
