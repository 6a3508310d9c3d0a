"""Which codes are bundled: NCCI's procedure-to-procedure edits, seen from both columns.

Rules C60 and C65. Column 1 is paid; column 2 is denied beside it, unless the indicator lets a
modifier bypass the edit.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

import duckdb
import msgspec

from ratepress.coding.ncci import EditAnswer, Setting, find_edits, no_edits
from ratepress.core.facts import Gap, SourceRef
from ratepress.lake.batches import remembered
from ratepress.medicare.rows import parse_code

Bypass = Literal["never", "with a modifier", "not in use"]
BYPASS: Final[dict[str, Bypass]] = {"0": "never", "1": "with a modifier", "9": "not in use"}
"""What the modifier indicator decides, in our words."""


class Edit(msgspec.Struct, frozen=True, gc=False):
    """One edit in force: `column_2` is denied beside `column_1`, and whether that can be bypassed.

    The dates are None where the copy has none; `edit_until` also where it is not deleted.
    """

    column_1: str
    column_2: str
    modifier_indicator: str
    bypass: Bypass
    edit_from: date | None
    edit_until: date | None
    rationale: str | None
    source: SourceRef


class Edits(msgspec.Struct, frozen=True, gc=False):
    """The edits of one code on one day: what it bundles, and what bundles it.

    `column_1`: the code is paid, its partners denied. `column_2`: the code is denied.
    """

    code: str
    on: date
    setting: Setting
    release: str
    substituted: bool
    column_1: tuple[Edit, ...]
    column_2: tuple[Edit, ...]
    rules: tuple[str, ...]
    note: str | None = None

    def between(self, other: str) -> Edit | None:
        """The edit with another code, whichever stands in column 1; None where there is none."""
        both = (*self.column_1, *self.column_2)
        return next((e for e in both if other in (e.column_1, e.column_2)), None)

    def by_partner(self) -> dict[str, Edit]:
        """The edit with each other code, as `between` finds it, for who asks for many."""
        found = {edit.column_1: edit for edit in reversed(self.column_2)}
        found |= {edit.column_2: edit for edit in reversed(self.column_1)}
        return found


def edits_of(
    connection: duckdb.DuckDBPyConnection,
    code: str,
    on: date,
    setting: Setting = "practitioner",
    *,
    strict: bool = False,
) -> Edits | Gap:
    """Both views of the edits of `code` that are in force on a day; a Gap without a release.

    Raises `UsageError` for a malformed code; with `strict`, `MissingReferenceData` where a
    release would stand in for another (rules C60, P00). Source: CMS, NCCI PTP edits.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> edits_of(lake.connect(), "32557", date(2026, 7, 15)).what
    'Edits of 32557 (practitioner)'
    """
    wanted = parse_code(code)
    return remembered(
        connection,
        ("edits", wanted, on, setting, strict),
        lambda: _edits_of(connection, wanted, on, setting, strict=strict),
    )


def _edits_of(
    connection: duckdb.DuckDBPyConnection, wanted: str, on: date, setting: Setting, *, strict: bool
) -> Edits | Gap:
    answer = find_edits(connection, "ncci_ptp", on, setting, strict=strict)
    if answer is None:
        return no_edits("ncci_ptp", f"Edits of {wanted} ({setting})", on, setting)
    return Edits(
        wanted,
        on,
        setting,
        answer.release.name,
        answer.is_substituted,
        _edits(connection, answer, "column_1", wanted),
        _edits(connection, answer, "column_2", wanted),
        ("C60", "C65", *answer.rules),
        answer.note,
    )


# Of copies of one release that repeat an edit, the row of the first file counts.
_ROWS = """
SELECT column_1, column_2, modifier_indicator, edit_from, edit_until, rationale, content_id, place
FROM ncci_ptp
WHERE {column} = $code AND content_id IN ({contents}) AND {in_force}
QUALIFY row_number() OVER (PARTITION BY column_1, column_2 ORDER BY edit_from DESC, content_id) = 1
ORDER BY column_1, column_2
"""
IN_FORCE: Final = (
    "(edit_from IS NULL OR (edit_from <= {on} AND"
    " (edit_until IS NULL OR (edit_until >= {on} AND edit_until > edit_from))))"
)
"""Whether an edit is in force on the day `{on}`: one deleted on the day it began never was."""


def _edits(
    connection: duckdb.DuckDBPyConnection, answer: EditAnswer, column: str, code: str
) -> tuple[Edit, ...]:
    release = answer.release
    # Content ids are SHA-256 in hex. Written out they let DuckDB pass over other files.
    contents = ", ".join(f"'{content_id}'" for content_id in release.contents)
    rows = connection.execute(
        _ROWS.format(column=column, contents=contents, in_force=IN_FORCE.format(on="$on")),
        {"code": code, "on": answer.on},
    ).fetchall()
    whole = {content_id: release.source(content_id) for content_id in release.contents}
    return tuple(
        [
            Edit(
                one, two, indicator, BYPASS[indicator], first, last, why,
                SourceRef(whole[file].label, file, place, whole[file].link),
            )
            for one, two, indicator, first, last, why, file, place in rows
        ]
    )  # fmt: skip
