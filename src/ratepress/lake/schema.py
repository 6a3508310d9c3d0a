"""How a table is declared: columns with type, unit and nullability, grain, key and warnings."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

TEXT = pa.string()
INT = pa.int64()
FLAG = pa.bool_()
DATE = pa.date32()
MONEY = pa.decimal128(18, 4)
FACTOR = pa.decimal128(18, 6)
SHARE = pa.decimal128(18, 12)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `unit` is None for text and counts that need none."""

    name: str
    type: pa.DataType
    doc: str
    nullable: bool = False
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake.

    `grain` says what one row is; `key` is unique over the table; `warnings` are what a careless
    query would get wrong. `redistributable` names the columns that may not leave the user's lake.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sort: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    not_redistributable: tuple[str, ...] = ()
    arrow: pa.Schema = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        missing = [n for n in (*self.key, *self.sort, *self.not_redistributable) if n not in names]
        if missing or len(set(names)) != len(names):
            raise ValueError(f"table {self.name}: bad key, sort or columns: {missing or names}")
        schema = pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns])
        object.__setattr__(self, "arrow", schema)


CONTENT_ID = Column("content_id", TEXT, "SHA-256 of the file the row was read from")
PLACE = Column("place", TEXT, "where in the file: `row 812`, `in_network[3].negotiated_rates[0]`")

MAYBE_DATED = (
    Column("release", TEXT, "`2026C`, `2026`, `FY2026`, or `undated`"),
    Column("effective_from", DATE, "first date of service; null: undated", nullable=True),
    Column("effective_until", DATE, "last date of service; null: undated", nullable=True),
)
"""The release of a file that may not say which it is."""


def declare(
    name: str,
    grain: str,
    key: str,
    *columns: Column,
    sort: str = "",
    warnings: tuple[str, ...] = (),
    not_redistributable: tuple[str, ...] = (),
) -> Table:
    """A table; `key` and `sort` are names of columns with blanks between them."""
    return Table(
        name, grain, tuple(key.split()), columns, tuple(sort.split()), warnings, not_redistributable
    )
