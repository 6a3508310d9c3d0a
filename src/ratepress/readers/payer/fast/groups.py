"""The groups of the plain reader, for rates that stand before them, and written by columns."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter, encoded_schema
from ratepress.readers.base import Tally
from ratepress.readers.payer.groups import INLINE, Group, GroupId, Groups, members_hash
from ratepress.readers.payer.keys import KeyCheck
from ratepress.readers.payer.values import Values

Place = tuple[int, int]
"""An item, and an element of its rates."""
_BATCH_ROWS = 1 << 17
_ROWS_AT_ONCE = 1 << 15
_MEMBERS = encoded_schema("group_members", "npi")
_STATES = TABLES["provider_groups"].arrow
_SETS = encoded_schema("provider_sets", "group_id", "published_id")


class _Batches:
    """Record batches of one table, written when they are many rows together."""

    def __init__(self, out: LakeWriter, table: str, schema: pa.Schema) -> None:
        self._out = out
        self._table = table
        self._schema = schema
        self._kept: list[pa.RecordBatch] = []
        self._rows = 0

    def add(self, rows: int, **columns: Any) -> None:
        """Rows of whole columns, `content_id` aside."""
        owner = pa.array([self._out.content_id])
        none = pa.array(np.zeros(rows, np.int32))
        columns["content_id"] = pa.DictionaryArray.from_arrays(none, owner)
        arrays = [columns[name] for name in self._schema.names]
        self._kept.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._rows += rows
        if self._rows >= _BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        if not self._kept:
            return
        whole = pa.Table.from_batches(self._kept).unify_dictionaries().combine_chunks()
        for batch in whole.to_batches():
            self._out.encoded(self._table, self._schema, batch)
        self._kept.clear()
        self._rows = 0


class LateGroups(Groups):
    """Groups that rates refer to before all of them are defined: uses are kept for the end."""

    def __init__(self, out: LakeWriter, tally: Tally, check: KeyCheck) -> None:
        super().__init__(out, tally, check)
        self._uses: dict[str, tuple[GroupId, str] | Place] = {}
        self._set_rows = _Batches(out, "provider_sets", _SETS)
        self._member_rows = _Batches(out, "group_members", _MEMBERS)
        self._networked: list[str] = []
        self._network_names: list[str] = []

    def count_in(self, tally: Tally, check: KeyCheck) -> None:
        """From now on, deviations are counted there."""
        self._tally, self._check, self._values = tally, check, Values(tally)

    def is_defined(self, text: str) -> bool:
        """Whether a group of that id was defined."""
        return text in self._groups

    def define_number(self, text: str, digests: list[bytes], networks: frozenset[str]) -> None:
        """A group that is new and whose id is a whole number; its members are written apart."""
        self._groups[text] = Group(text, digests=dict.fromkeys(digests), networks=networks)
        for name in networks:
            self._networked.append(text)
            self._network_names.append(name)
        if len(self._networked) >= _BATCH_ROWS:
            self._write_networks()

    def use_inline(self, digests: list[bytes]) -> tuple[str, bool]:
        """The set of one group that is stated in a rate, and whether its members are unwritten."""
        found = members_hash(digests)
        key = INLINE + found
        is_new = key not in self._inline
        if is_new:
            self._inline.add(key)
            self._out.add(
                "provider_groups", group_id=key, state="inline", members_hash=found, is_used=True
            )
        return self._write_set({key: None}), is_new

    def add_members(self, rows: int, **columns: Any) -> None:
        """Rows of `group_members`, as columns."""
        self._member_rows.add(rows, **columns)

    def use_numbers(self, numbers: Iterable[int], places: Iterable[Place]) -> None:
        """References that are whole numbers, with the item and rate that name each first."""
        uses = self._uses
        for text, place in zip(map(str, numbers), places, strict=True):
            uses.setdefault(text, place)

    def add_sets(self, identities: pa.Array, lengths: Any, members: pa.Array) -> None:
        """Sets of whole numbers: how many members each has, and all of these."""
        known, is_new = self._sets, []
        for identity in identities.to_pylist():
            is_new.append(identity not in known)
            known.add(identity)
        owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        if not all(is_new):
            kept = np.array(is_new, np.bool_)[owners]
            owners, members = owners[kept], members.filter(pa.array(kept))
        if not len(owners):
            return
        identity = pa.DictionaryArray.from_arrays(pa.array(owners), identities)
        self._set_rows.add(
            len(owners), provider_set_id=identity, group_id=members, published_id=members
        )

    def _use(self, reference: GroupId, place: str) -> None:
        self._uses.setdefault(reference.key, (reference, place))

    def _npis(self, value: Any, place: str) -> tuple[str, ...]:
        # What nearly all lists are: whole numbers, for which nothing is to be counted.
        if type(value) is list and value and set(map(type, value)) == {int} and min(value) >= 0:
            return tuple(sorted(set(map(str, value))))
        return super()._npis(value, place)

    def finish(self) -> None:
        """Find the uses of groups that nothing defines, then write all groups and rows."""
        groups = self._groups
        for key, use in self._uses.items():
            if (group := groups.get(key)) is not None:
                group.is_used = True
            elif isinstance(use[0], GroupId):
                super()._use(*use)
            else:
                place = f"in_network[{use[0]}].negotiated_rates[{use[1]}]"
                super()._use(GroupId(key, key), place)
        self._member_rows.flush()
        self._set_rows.flush()
        self._write_networks()
        names = [name for name in _STATES.names if name != "content_id"]
        states = self._states()
        while rows := list(islice(states, _ROWS_AT_ONCE)):
            self._write_columns(
                "provider_groups", **{name: [row[name] for row in rows] for name in names}
            )

    def _write_networks(self) -> None:
        networked, names = self._networked, self._network_names
        self._write_columns("group_networks", group_id=networked, network_name=names)
        networked.clear()
        names.clear()

    def _write_columns(self, table: str, **columns: list[Any]) -> None:
        """Rows of a table whose columns are lists."""
        rows = len(next(iter(columns.values())))
        if rows:
            schema = TABLES[table].arrow
            made = {"content_id": pa.repeat(self._out.content_id, rows), **columns}
            arrays = [pa.array(made[field.name], field.type) for field in schema]
            self._out.batch(table, pa.RecordBatch.from_arrays(arrays, schema=schema))
