"""A benchmark in a notebook: the numbers of the table, drawn on one scale, and the table itself."""

from __future__ import annotations

import re
from decimal import Decimal

import pyarrow as pa
import pytest

from hostile_text import CORPUS
from ratepress.market.benchmark import BENCHMARK_SCHEMA
from ratepress.market.notebook import show

ROW = {
    "payer": "Aetna", "area_kind": "nation", "n_votes": 1234, "line_of_business": "commercial",
    "modifiers": "", "p10": Decimal("100.00"), "p25": Decimal("200.00"),
    "p50": Decimal("300.00"), "p75": Decimal("500.00"), "p90": Decimal("800.00"),
    "p50_pct_of_medicare": Decimal("150.0"),
}  # fmt: skip


def table(*rows: dict[str, object]) -> pa.Table:
    facts = {"as_of": "2026-07-15", "strength": "balanced"}
    return pa.Table.from_pylist(list(rows), schema=BENCHMARK_SCHEMA.with_metadata(facts))


def test_the_table_is_left_as_it_is() -> None:
    made = table(ROW)
    assert show(made).table is made


def test_each_number_is_shown_and_the_spread_is_to_scale() -> None:
    """160 pixels are 800 dollars: 200 stands at 40, and 200 to 500 is a box of 60."""
    html = show(table(ROW))._repr_html_()
    for words in ("1,234", "$100.00", "$800.00", "150.0", "As of 2026-07-15", "commercial"):
        assert words in html
    assert '<rect x="40.0" y="2" width="60.0"' in html
    assert re.search('x1="20.0" x2="160.0"', html)
    assert '<rect x="60.0" y="0" width="2"' in html


def test_a_row_of_few_votes_has_no_drawing() -> None:
    few = {**ROW, **dict.fromkeys(("p10", "p25", "p50", "p75", "p90", "p50_pct_of_medicare"))}
    html = show(table(few))._repr_html_()
    assert "<svg" not in html
    assert "Aetna" in html


def test_more_rows_than_are_shown_are_counted() -> None:
    assert "and 40 more rows" in show(table(*[ROW] * 100))._repr_html_()


@pytest.mark.parametrize("name", CORPUS)
def test_a_strangers_text_is_only_ever_text(name: str) -> None:
    html = show(table({**ROW, "payer": CORPUS[name], "area": CORPUS[name]}))._repr_html_()
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "line", "rect"}
