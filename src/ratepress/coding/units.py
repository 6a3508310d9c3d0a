"""The most units of a code that Medicare pays: medically unlikely edits (MUE). Rule C61."""

from __future__ import annotations

from datetime import date
from typing import Final

import duckdb
import msgspec

from ratepress.coding.ncci import Setting, find_edits, no_edits
from ratepress.core.facts import Gap, SourceRef
from ratepress.lake.queries import first_row
from ratepress.medicare.rows import parse_code

ADJUDICATION: Final = {
    "1": "each claim line by itself, so that units on lines with different modifiers count apart",
    "2": "all lines of the day together; absolute, because more would be impossible by policy",
    "3": "all lines of the day together; more may be paid where records show that it was needed",
}
"""What the adjudication indicator (MAI) says of how units are counted, in our words."""


class UnitLimit(msgspec.Struct, frozen=True):
    """The MUE of one code in one setting on one day; `note` says that a release stands in."""

    code: str
    on: date
    setting: Setting
    units: int
    adjudication_indicator: str
    meaning: str
    rationale: str | None
    release: str
    substituted: bool
    source: SourceRef
    rules: tuple[str, ...]
    note: str | None = None


_WHOSE = {"dme": "equipment supplier"}


def unit_limit(
    connection: duckdb.DuckDBPyConnection,
    code: str,
    on: date,
    setting: Setting = "practitioner",
    *,
    strict: bool = False,
) -> UnitLimit | Gap:
    """The most units of `code` on a day; a Gap where no release answers or it lists none.

    Raises `UsageError` for a malformed code; with `strict`, `MissingReferenceData` where a
    release would stand in for another (rules C60, P00). Source: CMS, MUE tables.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> unit_limit(lake.connect(), "32557", date(2026, 7, 15)).what
    'Most units of 32557 (practitioner)'
    """
    wanted = parse_code(code)
    what = f"Most units of {wanted} ({_WHOSE.get(setting, setting)})"
    answer = find_edits(connection, "mue", on, setting, strict=strict)
    if answer is None:
        return no_edits("mue", what, on, setting)
    (content_id,) = answer.release.contents
    row = first_row(connection, _ROW, [content_id, setting, wanted])
    if row is None:
        return Gap(
            what,
            f"release {answer.release.name} lists no MUE of {wanted}; CMS does not publish all",
            "the Medicare contractor",
            rules=("C61", *answer.rules),
        )
    units, indicator, rationale, place = row
    return UnitLimit(
        wanted,
        on,
        setting,
        units,
        indicator,
        ADJUDICATION[indicator],
        rationale,
        answer.release.name,
        answer.is_substituted,
        answer.release.source(content_id, place),
        ("C60", "C61", *answer.rules),
        answer.note,
    )


_ROW = """
SELECT units, adjudication_indicator, rationale, place FROM mue
WHERE content_id = ? AND setting = ? AND code = ?
"""
