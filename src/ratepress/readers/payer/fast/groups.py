"""The groups of the plain reader, for rates that stand before them, and written by columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ratepress.lake.sets import set_id_of_digits
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Tally
from ratepress.readers.payer.groups import Entity, GroupId, Groups
from ratepress.readers.payer.keys import KeyCheck
from ratepress.readers.payer.values import Values

_BATCH_ROWS = 1 << 17
_MEMBERS = ("group_id", "entity", "tin_type", "tin", "business_name", "npi")
_SETS = ("provider_set_id", "group_id", "published_id")


def whole_numbers(raw: bytes) -> list[str] | None:
    """The texts of a JSON array that is of whole numbers without signs; None for any other.

    >>> whole_numbers(b"[1, 20]"), whole_numbers(b"[]"), whole_numbers(b"[1,2.5]")
    (['1', '20'], None, None)
    """
    texts = raw.translate(None, b" \t\r\n[]")
    if not texts or texts.translate(None, b"0123456789,"):
        return None
    return texts.decode().split(",")


class _Table:
    """Columns of one table as they grow; `flush` writes them."""

    def __init__(self, out: LakeWriter, name: str, columns: Sequence[str]) -> None:
        self._out = out
        self._name = name
        self.columns: dict[str, list[Any]] = {column: [] for column in columns}

    def flush(self, least: int = 1) -> None:
        rows = len(self.columns["group_id"])
        if rows < least:
            return
        schema = TABLES[self._name].arrow
        arrays = [
            pa.repeat(self._out.content_id, rows)
            if field.name == "content_id"
            else pa.array(self.columns[field.name], field.type)
            for field in schema
        ]
        self._out.batch(self._name, pa.RecordBatch.from_arrays(arrays, schema=schema))
        for column in self.columns.values():
            column.clear()


class LateGroups(Groups):
    """Groups that rates refer to before all of them are defined: uses are kept for the end."""

    def __init__(self, out: LakeWriter, tally: Tally, check: KeyCheck) -> None:
        super().__init__(out, tally, check)
        self._uses: dict[str, tuple[GroupId, str]] = {}
        self._member_rows = _Table(out, "group_members", _MEMBERS)
        self._set_rows = _Table(out, "provider_sets", _SETS)

    def count_in(self, tally: Tally, check: KeyCheck) -> None:
        """From now on, deviations are counted there."""
        self._tally, self._check, self._values = tally, check, Values(tally)

    def refer_numbers(self, texts: list[str], place: str) -> str:
        """What `refer` gives for references that are whole numbers, by their texts."""
        found = dict.fromkeys(texts)
        if not found.keys() <= self._uses.keys():
            for text in found:
                self._uses.setdefault(text, (GroupId(text, text), place))
        identity = set_id_of_digits(found)
        if identity not in self._sets:
            self._sets.add(identity)
            columns = self._set_rows.columns
            columns["provider_set_id"] += [identity] * len(found)
            columns["group_id"] += found
            columns["published_id"] += found
            self._set_rows.flush(_BATCH_ROWS)
        return identity

    def _use(self, reference: GroupId, place: str) -> None:
        self._uses.setdefault(reference.key, (reference, place))

    def _npis(self, value: Any, place: str) -> tuple[str, ...]:
        # What nearly all lists are: whole numbers, for which nothing is to be counted.
        if type(value) is list and value and set(map(type, value)) == {int} and min(value) >= 0:
            return tuple(sorted(set(map(str, value))))
        return super()._npis(value, place)

    def _write_members(self, key: str, position: int, entity: Entity) -> None:
        columns, n = self._member_rows.columns, len(entity.npis)
        columns["group_id"] += [key] * n
        columns["entity"] += [position] * n
        columns["tin_type"] += [entity.tin_type] * n
        columns["tin"] += [entity.tin] * n
        columns["business_name"] += [entity.business_name] * n
        columns["npi"] += entity.npis
        self._member_rows.flush(_BATCH_ROWS)

    def finish(self) -> None:
        """Find the uses of groups that nothing defines, then write all groups and rows."""
        for reference, place in self._uses.values():
            super()._use(reference, place)
        super().finish()
        self._member_rows.flush()
        self._set_rows.flush()
