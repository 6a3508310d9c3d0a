"""The tables of the benchmarks section: statistics by key, published prices, hospital charges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from ratepress.core.decimals import cents
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.core.rules import rule
from ratepress.dossier.context import MARKET_RULES, Context, count, dollars, is_plain, key_words
from ratepress.dossier.medicare_gaps import no_medicare_gap
from ratepress.dossier.model import Cell, DataTable, Row
from ratepress.dossier.words import line_title, line_words, setting_words
from ratepress.market.benchmark import Price, Statistic
from ratepress.market.headline import best
from ratepress.readers.line_of_business import LINES

QUANTILES = ("p10", "p25", "p50", "p75", "p90")
COLUMNS = (
    "Rows", "Prices", "Votes", "Entities", "p10", "p25", "Median", "p75", "p90", "Mean",
    "Median, % of Medicare", "Confidence",
)  # fmt: skip


def all_payers(context: Context) -> DataTable:
    """Every comparison key over all payers, grouped by line of business."""
    rows = tuple(
        Row(
            _key_group(s),
            statistic_cells(context, s),
            group=line_title(s.line_of_business),
        )
        for s in _in_order(context)
    )
    return DataTable(
        "all-payers",
        "All payers together, by comparison key",
        "Comparison key",
        COLUMNS,
        rows,
        "Rows are as published, prices are distinct, and each contract has one vote. 95% is the "
        "bootstrap interval of the median, from ten votes on (M05).",
    )


def all_in_percent(context: Context) -> DataTable:
    """The percentiles of `all_payers` in percent of Medicare, where there is an amount (M07)."""
    rows = []
    for one in _in_order(context):
        shares = [one.percent_of_medicare(getattr(one, name)) for name in QUANTILES]
        if all(share is not None for share in shares):
            sources = context.files_behind(one)
            cells = (
                count(one.n_votes, sources),
                *(
                    Fact(share, "% of Medicare", context.as_of, sources, ("M07",))
                    for share in shares
                    if share is not None
                ),
                dollars(one.medicare_amount, (), ("M07",), context.as_of),
            )
            rows.append(Row(_key_group(one), cells, group=line_title(one.line_of_business)))
    return DataTable(
        "all-payers-percent",
        "All payers together, in percent of Medicare's national amount",
        "Comparison key",
        ("Votes", "p10", "p25", "Median", "p75", "p90", "Medicare"),
        tuple(rows),
        "Keys that Medicare prices too, with votes enough for percentiles.",
    )


def _in_order(context: Context) -> list[Statistic]:
    """The keys over all payers by line of business; of each line the key of its chart first."""
    leading = {key.key_id for line in LINES if (key := charted(context, line)) is not None}
    return sorted(
        context.over_all_payers,
        key=lambda s: (
            LINES.index(s.line_of_business),
            s.key_id not in leading,
            -s.n_votes,
            s.key_id,
        ),
    )


def charted(context: Context, line: str) -> Statistic | None:
    """The key of a line of business that its chart shows: of the plain ones the best.

    Of a drug whose prices are all for some units of it, the best of those.
    """
    keys = _of_line(context, line)
    return best(filter(is_plain, keys)) or best(s for s in keys if is_plain(s, of_drug=True))


def percentiles_by_payer(context: Context, line: str) -> DataTable:
    """Percentiles of each payer that has votes enough, by comparison key of one line."""
    rows = tuple(
        Row(one.payer, statistic_cells(context, one), group=_key_group(one))
        for statistic in _keys_of(context, line)
        for one in context.per_payer(statistic.key_id)
        if one.p50 is not None
    )
    return DataTable(
        f"percentiles-{_slug(line)}",
        f"{line_title(line)}: percentiles by payer",
        "Payer",
        COLUMNS,
        rows,
    )


def listed_prices(context: Context, line: str) -> DataTable:
    """Rule M06: the prices themselves, of each payer with too few votes for percentiles."""
    # A price of setting `both` stands in two keys; here it is one row that names both.
    stated: dict[tuple[str, str, str, str], list[tuple[Statistic, Price]]] = {}
    for statistic in _keys_of(context, line):
        for one in context.per_payer(statistic.key_id):
            for price in one.prices:
                seen = (_key_group(statistic, ""), price.payer_id, price.content_id, price.place)
                stated.setdefault(seen, []).append((statistic, price))
    groups: dict[str | None, list[Row]] = {}
    for found in stated.values():  # A key and the prices that it shares with another stand apart.
        row = _price_row(context, found)
        groups.setdefault(row.group, []).append(row)
    rows = tuple(row for group in groups.values() for row in group)
    return DataTable(
        f"prices-{_slug(line)}",
        f"{line_title(line)}: published prices",
        "Payer",
        (
            "Plan, as published",
            "Price",
            "% of Medicare (national)",
            "Stated by",
            "Place in the file",
            "Rows",
        ),
        rows,
        "Payers with fewer than three votes in a comparison key have no percentiles there; "
        "these are their prices.",
    )


def _of_line(context: Context, line: str) -> list[Statistic]:
    return [s for s in context.over_all_payers if s.line_of_business == line]


def _keys_of(context: Context, line: str) -> list[Statistic]:
    first = charted(context, line)
    return sorted(
        _of_line(context, line),
        key=lambda s: (s is not first, not is_plain(s), -s.n_votes, s.key_id),
    )


def _key_group(statistic: Statistic, setting: str | None = None) -> str:
    """A key in words without its line; `setting` stands in place of the key's own."""
    stated = statistic.setting if setting is None else setting
    keyed = msgspec.structs.replace(statistic, setting=stated)
    words = key_words(keyed).removeprefix(f"{line_words(statistic.line_of_business)}, ")
    return words[:1].upper() + words[1:]


def _slug(line: str) -> str:
    return line.replace(" ", "-")


def _price_row(context: Context, found: list[tuple[Statistic, Price]]) -> Row:
    statistic, price = found[0]
    settings = " and ".join(sorted({one.setting for one, _ in found}))
    source = (SourceRef(price.publisher, price.content_id, price.place),)
    percent = statistic.percent_of_medicare(price.dollars)
    day = price.published_on or context.as_of
    plan = price.plan_name or "not stated"
    return Row(
        price.payer,
        (
            Fact(plan, "text", day, source, note=f"payer published as {price.payer_name}"),
            dollars(price.dollars, source, ("M03",), day),
            no_medicare_gap(context, statistic)
            if percent is None
            else Fact(percent, "% of Medicare", context.as_of, source, ("M07",)),
            Fact(price.publisher, "text", day, source),
            Fact(price.place, "text", day, source),
            count(price.n_rows, source, ("M03",)),
        ),
        group=_key_group(statistic, settings),
    )


def statistic_cells(context: Context, statistic: Statistic) -> tuple[Cell | None, ...]:
    """The cells of one statistic in the order of `COLUMNS`."""
    sources = context.files_behind(statistic)
    counts = (statistic.n_rows, statistic.n_prices, statistic.n_votes, statistic.n_entities)
    cells: list[Cell | None] = [count(n, sources, ("M02", "M03")) for n in counts]
    notes = {"p50": _interval(statistic), "mean": _spread(statistic)}
    for name in (*QUANTILES, "mean"):
        value = getattr(statistic, name)
        if value is None:
            cells.append(_listed_gap(statistic))
        else:
            fact = dollars(value, sources, MARKET_RULES, context.as_of)
            cells.append(msgspec.structs.replace(fact, note=notes.get(name)))
    percent = statistic.percent_at("p50")
    if percent is not None:
        note = None if statistic.at_locality is None else statistic.medicare_place
        cells.append(Fact(percent, "% of Medicare", context.as_of, sources, ("M07",), note))
    else:
        few = statistic.p50 is None
        cells.append(_listed_gap(statistic) if few else no_medicare_gap(context, statistic))
    grade = statistic.confidence
    cells.append(Fact(grade.grade, "text", rules=("M06",), note=grade.reason))
    return tuple(cells)


def _interval(statistic: Statistic) -> str | None:
    low, high = statistic.median_low, statistic.median_high
    if low is None or high is None:
        return None
    return f"95%: {cents(low):,} to {cents(high):,}"


def _spread(statistic: Statistic) -> str | None:
    """Rule M05's spread in words: of one payer's votes, or of many payers within and between."""
    within, between = statistic.spread_within, statistic.spread_between
    if within is None:
        return None
    if statistic.payer_id:
        return f"p75 is {within} times p25"
    n = statistic.n_spread_payers
    words = f"within a payer p75 is {within} times p25"
    words += f", the median of {n} payers" if n > 1 else ""
    return words if between is None else f"{words}; of the payers' medians {between} times"


def _listed_gap(statistic: Statistic) -> Gap:
    return Gap(
        f"Percentiles for {statistic.payer}, {key_words(statistic)}",
        f"{statistic.n_votes} vote{'' if statistic.n_votes == 1 else 's'}, under the three that "
        "percentiles need; the prices are listed instead",
        "more files that state this price",
        ("M06",),
    )


def hospital_charges(context: Context) -> DataTable:
    """Gross charges and cash prices, as each hospital's newest file states them."""
    rows = []
    for row in context.rows(_CHARGES, context.code.system, context.code.code):
        source = (SourceRef(row["publisher"], row["content_id"], row["place"]),)
        day = row["published_on"] or context.as_of
        cells = [
            _charge(words, row[name], row, source, day)
            for name, words in (("gross", "Gross charge"), ("cash", "Cash price"))
        ]
        modifier = f"modifier {row['modifiers']}" if row["modifiers"] else None
        setting = setting_words(row["setting"])
        unit = f"per {row['drug_unit']}" if row["drug_unit"] else None
        stated = (setting, row["billing_class"], modifier, unit)
        label = ", ".join(part for part in stated if part) or "not stated"
        rows.append(Row(label, tuple(cells), group=row["publisher"]))
    return DataTable(
        "charges",
        "Hospitals' own prices: gross charge and discounted cash price",
        "Hospital, setting and class",
        ("Gross charge", "Cash price"),
        tuple(rows),
    )


def _charge(
    words: str,
    value: Decimal | None,
    row: dict[str, Any],
    source: tuple[SourceRef, ...],
    day: date,
) -> Cell:
    if value is None:
        return Gap(f"{words} at {row['publisher']}", "the row states none", "a newer file of it")
    if value <= Decimal(rule("Q02").parameters["cent"]):
        return Gap(
            f"{words} at {row['publisher']}",
            f"the file states {value.normalize():f} dollars, a placeholder",
            "a newer file of it",
            ("Q02",),
        )
    return dollars(value, source, ("M01",), day)


_CHARGES = """
SELECT DISTINCT ON (
    f.publisher, c.content_id, c.setting, c.billing_class, modifiers, drug_unit, c.gross, c.cash
  )
  c.content_id, f.publisher, f.published_on, c.setting, c.billing_class,
  c.modifier_set_id AS modifiers, c.gross, c.cash, c.place,
  concat_ws(' ', rtrim(rtrim(CAST(i.drug_unit AS STRING), '0'), '.'), i.drug_unit_type)
    AS drug_unit
FROM charges c
JOIN file_standing f ON f.content_id = c.content_id AND f.standing = 'current'
JOIN items i ON i.content_id = c.content_id AND i.item_id = c.item_id
WHERE c.code_system = ? AND c.code = ? AND (c.gross IS NOT NULL OR c.cash IS NOT NULL)
ORDER BY f.publisher, c.content_id, c.setting, c.billing_class, modifiers, drug_unit, c.gross,
  c.cash, c.charge_id
"""
