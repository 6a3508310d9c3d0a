"""A benchmark in a notebook: a table with the spread of each row drawn on one scale.

`benchmark` gives an Arrow table, which stays one; this only shows it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
from markupsafe import Markup

from ratepress.core.decimals import EXACT
from ratepress.core.notebook import table_html

_QUANTILES = ("p10", "p25", "p50", "p75", "p90")
_KEY = ("line_of_business", "billing_class", "setting", "site", "modifiers", "method")
_SAYS_NOTHING = ("", "any", "not stated", None)
_WIDTH = 160


class BenchmarkView:
    """What `show` gives; `table` is the Arrow table, and a notebook draws the rest."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def _repr_html_(self) -> str:
        facts = {k.decode(): v.decode() for k, v in (self.table.schema.metadata or {}).items()}
        rows = self.table.to_pylist()
        top = max((row["p90"] for row in rows if row["p90"] is not None), default=Decimal(1))
        head = ("payer", "prices that compare", "votes", *_QUANTILES, "% of Medicare", "p10 to p90")
        asked = f"As of {facts.get('as_of', '')}, ghost filter {facts.get('strength', '')}"
        return str(table_html(asked, head, [_row(row, top) for row in rows]))


def show(table: pa.Table) -> BenchmarkView:
    """A table of `market.benchmark.benchmark`, to be shown in a notebook.

    >>> from ratepress.market.benchmark import BENCHMARK_SCHEMA
    >>> show(BENCHMARK_SCHEMA.empty_table())._repr_html_()[:24]
    '<table><caption>As of , '
    """
    return BenchmarkView(table)


def _row(row: dict[str, Any], top: Decimal) -> list[object]:
    area = [] if row["area_kind"] == "nation" else [f"{row['area_kind']} {row['area']}"]
    key = [*area, *(str(row[name]) for name in _KEY if row[name] not in _SAYS_NOTHING)]
    return [
        row["payer"],
        ", ".join(key),
        f"{row['n_votes']:,}",
        *(None if row[name] is None else f"${row[name]:,.2f}" for name in _QUANTILES),
        row["p50_pct_of_medicare"],
        _drawn(row, top),
    ]


def _drawn(row: dict[str, Any], top: Decimal) -> Markup | None:
    """The spread of a row: a line from p10 to p90, a box from p25 to p75, a stroke at p50."""
    if row["p50"] is None or not top:
        return None
    at = {name: _place(row[name], top) for name in _QUANTILES}
    return Markup(
        '<svg width="{w}" height="14" role="img" aria-label="p10 to p90">'
        '<line x1="{p10}" x2="{p90}" y1="7" y2="7" stroke="currentColor"/>'
        '<rect x="{p25}" y="2" width="{box}" height="10" fill="currentColor" opacity="0.35"/>'
        '<rect x="{p50}" y="0" width="2" height="14" fill="currentColor"/></svg>'
    ).format(w=_WIDTH + 2, box=at["p75"] - at["p25"], **at)


def _place(dollars: Decimal, top: Decimal) -> Decimal:
    share = EXACT.divide(EXACT.multiply(dollars, Decimal(_WIDTH)), top)
    return share.quantize(Decimal("0.1"), context=EXACT)
