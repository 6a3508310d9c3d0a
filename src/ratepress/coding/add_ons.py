"""Add-on codes and the primaries they need, both ways. Rules C60 and C73."""

from __future__ import annotations

from datetime import date
from typing import Final

import duckdb
import msgspec

from ratepress.coding.ncci import find_edits, no_edits
from ratepress.core.facts import Gap, SourceRef
from ratepress.medicare.rows import parse_code

CONTRACTOR: Final = "CCCCC"
"""Stands for the primaries that the Medicare contractor defines."""
TYPES: Final = {
    "1": "paid only beside one of the primaries that are listed",
    "2": "paid beside the primaries that the Medicare contractor defines",
    "3": "paid beside the primaries listed, and others that the Medicare contractor defines",
}
"""What the three types of add-on code need, in our words."""


class AddOnLink(msgspec.Struct, frozen=True):
    """One add-on code and one primary it may stand beside; `primary_code` may be `CCCCC`."""

    add_on_code: str
    primary_code: str
    edit_type: str
    edit_from: date | None
    edit_until: date | None
    source: SourceRef


class AddOns(msgspec.Struct, frozen=True):
    """The add-on links of one code on one day: its primaries, and the codes that add to it.

    A code without primaries is no add-on code by this release.
    """

    code: str
    on: date
    release: str
    substituted: bool
    primaries: tuple[AddOnLink, ...]
    add_ons: tuple[AddOnLink, ...]
    rules: tuple[str, ...]
    note: str | None = None

    @property
    def is_add_on(self) -> bool:
        """Whether the code is paid only beside another."""
        return bool(self.primaries)

    @property
    def is_contractor_defined(self) -> bool:
        """Whether the contractor defines some or all of its primaries (types 2 and 3)."""
        return any(p.edit_type in ("2", "3") for p in self.primaries)


def add_ons_of(
    connection: duckdb.DuckDBPyConnection, code: str, on: date, *, strict: bool = False
) -> AddOns | Gap:
    """The add-on links of `code` in force on a day; a Gap where no release answers.

    Raises `UsageError` for a malformed code; with `strict`, `MissingReferenceData` where a
    release would stand in for another (rules C60, P00). Source: CMS, add-on code edits.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> add_ons_of(lake.connect(), "22552", date(2026, 7, 15)).what
    'Add-on links of 22552'
    """
    wanted = parse_code(code)
    answer = find_edits(connection, "addon_edits", on, strict=strict)
    if answer is None:
        return no_edits("addon_edits", f"Add-on links of {wanted}", on)
    (content_id,) = answer.release.contents

    def links(column: str) -> tuple[AddOnLink, ...]:
        rows = connection.execute(
            _ROWS.format(column=column, in_force=IN_FORCE.format(on="$on")),
            {"code": wanted, "content_id": content_id, "on": on},
        ).fetchall()
        return tuple(
            AddOnLink(add_on, primary, kind, first, last, answer.release.source(content_id, place))
            for add_on, primary, kind, first, last, place in rows
        )

    return AddOns(
        wanted,
        on,
        answer.release.name,
        answer.is_substituted,
        links("add_on_code"),
        links("primary_code"),
        ("C60", "C73", *answer.rules),
        answer.note,
    )


IN_FORCE: Final = (
    "(edit_from IS NULL OR edit_from <= {on}) AND (edit_until IS NULL OR edit_until >= {on})"
    " AND (add_on_until IS NULL OR add_on_until >= {on})"
    " AND (primary_until IS NULL OR primary_until >= {on})"
)
"""Whether a link holds on the day `{on}`: neither it nor one of its codes has ended."""
_ROWS = """
SELECT add_on_code, primary_code, edit_type, edit_from, edit_until, place FROM addon_edits
WHERE content_id = $content_id AND {column} = $code AND {in_force}
ORDER BY add_on_code, primary_code, edit_from
"""
