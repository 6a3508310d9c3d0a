"""Which codes are bundled: NCCI's procedure-to-procedure edits, seen from both columns.

Rules C60 and C65. Column 1 is paid; column 2 is denied beside it, unless the indicator lets a
modifier bypass the edit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, Literal, overload

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.coding.ncci import EditAnswer, Setting, find_edits, no_edits
from ratepress.core.facts import Gap, SourceRef
from ratepress.lake.batches import as_table, remembered
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


class EditRows(Sequence[Edit]):
    """The edits of one code seen from one column, by their other codes.

    A code has thousands: they stay columns, and an edit is made when it is asked for.
    """

    def __init__(self, rows: pa.Table, partner: str, sources: Mapping[str, SourceRef]) -> None:
        self._rows = rows
        self._partner = partner
        self._sources = sources

    @classmethod
    def of(cls, edits: Sequence[Edit], partner: str) -> EditRows:
        """Edits as rows, whose other code stands in the column `partner`.

        >>> len(EditRows.of([], "column_2"))
        0
        """
        columns = {name: [getattr(edit, name) for edit in edits] for name in _STATED}
        files = [edit.source.content_id or "" for edit in edits]
        columns |= {"content_id": files, "place": [edit.source.place for edit in edits]}
        sources = {file: edit.source for file, edit in zip(files, edits, strict=True)}
        return cls(pa.table(columns), partner, sources)

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    def __iter__(self) -> Iterator[Edit]:
        for stated in zip(*(column.to_pylist() for column in self._rows.columns), strict=True):
            yield self._edit(*stated)

    @overload
    def __getitem__(self, at: int) -> Edit: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Edit]: ...
    def __getitem__(self, at: int | slice) -> Edit | Sequence[Edit]:
        if isinstance(at, slice):
            return EditRows(self._rows[at], self._partner, self._sources)
        return self._edit(*(column[at].as_py() for column in self._rows.columns))

    def _edit(
        self,
        column_1: str,
        column_2: str,
        indicator: str,
        first: date | None,
        last: date | None,
        rationale: str | None,
        content_id: str,
        place: str | None,
    ) -> Edit:
        of = self._sources[content_id]
        source = SourceRef(of.label, of.content_id, place, of.link)
        bypass = BYPASS[indicator]
        return Edit(column_1, column_2, indicator, bypass, first, last, rationale, source)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EditRows) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def partners(self) -> list[str]:
        """The other code of each edit."""
        codes: list[str] = self._rows.column(self._partner).to_pylist()
        return codes

    @property
    def indicators(self) -> list[str]:
        """The modifier indicator of each edit: 0, 1 or 9."""
        found: list[str] = self._rows.column("modifier_indicator").to_pylist()
        return found

    @property
    def sources(self) -> list[SourceRef]:
        """The files that the edits stand in, each once, in the order of their first edits."""
        files = pc.unique(self._rows.column("content_id")).to_pylist()
        return [self._sources[file] for file in files]


class Edits(msgspec.Struct, frozen=True, gc=False):
    """The edits of one code on one day: what it bundles, and what bundles it.

    `column_1`: the code is paid, its partners denied. `column_2`: the code is denied.
    """

    code: str
    on: date
    setting: Setting
    release: str
    substituted: bool
    column_1: EditRows
    column_2: EditRows
    rules: tuple[str, ...]
    note: str | None = None

    def between(self, other: str) -> Edit | None:
        """The edit with another code, whichever stands in column 1; None where there is none."""
        return self.by_partner()(other)

    def by_partner(self) -> Callable[[str], Edit | None]:
        """`between`, for who asks for many: the other codes are looked through once."""
        views = [(rows, {code: at for at, code in enumerate(rows.partners)})
                 for rows in (self.column_1, self.column_2)]  # fmt: skip

        def edit_with(other: str) -> Edit | None:
            return next((rows[at[other]] for rows, at in views if other in at), None)

        return edit_with


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


_STATED = (
    "column_1", "column_2", "modifier_indicator", "edit_from", "edit_until", "rationale",
)  # fmt: skip
# Of copies of one release that repeat an edit, the row of the first file counts.
_ROWS = """
SELECT column_1, column_2, modifier_indicator, edit_from, edit_until, rationale, content_id, place
FROM ncci_ptp
WHERE {column} = $code AND content_id IN ({contents}) AND {in_force}
QUALIFY row_number() OVER (PARTITION BY column_1, column_2 ORDER BY edit_from DESC, content_id) = 1
ORDER BY {column}, {partner}
"""
IN_FORCE: Final = (
    "(edit_from IS NULL OR (edit_from <= {on} AND"
    " (edit_until IS NULL OR (edit_until >= {on} AND edit_until > edit_from))))"
)
"""Whether an edit is in force on the day `{on}`: one deleted on the day it began never was."""


def _edits(
    connection: duckdb.DuckDBPyConnection, answer: EditAnswer, column: str, code: str
) -> EditRows:
    release = answer.release
    # Content ids are SHA-256 in hex. Written out they let DuckDB pass over other files.
    contents = ", ".join(f"'{content_id}'" for content_id in release.contents)
    partner = "column_2" if column == "column_1" else "column_1"
    in_force = IN_FORCE.format(on="$on")
    rows = as_table(
        connection,
        _ROWS.format(column=column, partner=partner, contents=contents, in_force=in_force),
        {"code": code, "on": answer.on},
    )
    sources = {content_id: release.source(content_id) for content_id in release.contents}
    return EditRows(rows, partner, sources)
