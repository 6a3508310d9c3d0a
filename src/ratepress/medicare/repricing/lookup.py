"""What the slow paths of facilities' claims share: single rows of schedules, and a line's form."""

from __future__ import annotations

import re
from typing import Any

import duckdb

from ratepress.lake.queries import first_row
from ratepress.medicare.releases import Release
from ratepress.medicare.repricing.plain_form import Form
from ratepress.medicare.rows import rvu_rows


def wrong_line(form: Form, *contradictions: set[str]) -> str | None:
    """What is wrong with what a facility's line states besides the form; rule P15.

    `contradictions` are pairs of modifiers that cannot stand together.
    """
    if not re.fullmatch(r"([0-9]{2}([0-9]{3})?)?", form.cell["cbsa"]):
        return "cbsa has not five digits, or two for the rest of a state"
    if any(pair <= set(form.modifiers) for pair in contradictions):
        return f"the modifiers contradict each other: {form.modifiers_text}"
    return None


def one_row(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    release: Release | None,
    columns: str,
    **where: str,
) -> tuple[Any, ...] | None:
    """The columns of the one row of a release with these values; None where it has none."""
    if release is None:
        return None
    tests = "".join(f" AND {column} = ?" for column in where)
    return first_row(
        connection,
        f"SELECT {columns} FROM {table} WHERE content_id = ?{tests}",  # noqa: S608 - our own names
        [release.content_id, *where.values()],
    )


def has_sides(connection: duckdb.DuckDBPyConnection, release: Release | None, code: str) -> bool:
    """Whether both sides of a service are two: by its bilateral indicator, 1 or 3, where known."""
    if release is None:
        return True
    row = rvu_rows(connection, release, [code]).get(code, {}).get("")
    return row is None or row.bilateral_surgery in ("1", "3")
