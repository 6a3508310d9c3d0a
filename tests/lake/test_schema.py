"""Declarations of tables: a bad one is refused when it is made."""

from __future__ import annotations

import pytest

from ratepress.lake.schema import TEXT, Column, Table
from ratepress.lake.tables import TABLES

A = Column("a", TEXT, "a column")


@pytest.mark.parametrize(
    ("key", "columns", "sort"),
    [(("b",), (A,), ()), (("a",), (A, A), ()), (("a",), (A,), ("b",))],
    ids=["key that is no column", "column twice", "sorted by no column"],
)
def test_a_table_names_only_columns_that_it_has(
    key: tuple[str, ...], columns: tuple[Column, ...], sort: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="bad key, sort or columns"):
        Table("t", "one thing", key, columns, sort)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_has_a_content_in_its_key(table: Table) -> None:
    """Ids count within one content, and two issues of one release may both be loaded."""
    assert table.key[0] == "content_id"
    assert not table.arrow.field("content_id").nullable
