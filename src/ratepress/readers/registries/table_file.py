"""One reader for every family of registry files: header names in, columns out.

What a row is: docs/reference/rows-registries.md. What is read: families.csv and layouts.csv.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.core.errors import UnreadableInput
from ratepress.lake.schema import TEXT
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.registries.families import UNDATED, Family, Field
from ratepress.readers.registries.kinds import Parsed, parse
from ratepress.readers.registries.stream import Batch, header_of, open_batches
from ratepress.readers.source import Source

_ZEROS = frozenset({"five-digits", "state-and-county", "zcta"})


class RegistryTable:
    r"""Reader of one family, into the family's table.

    >>> from ratepress.readers.registries.families import families
    >>> reader = RegistryTable(families()["nucc-codes"])
    >>> reader.recognise(b"code,grouping_present\n101200000X,1\n")
    True
    """

    version = "1"
    row_is = "one row below the header"

    def __init__(self, family: Family) -> None:
        self._family = family
        self.kind = f"registry-{family.name}"

    def recognise(self, head: bytes) -> bool:
        """Whether one of the first lines names the columns of the family."""
        return self._header(head) is not None

    def _header(self, head: bytes) -> tuple[int, list[str], dict[str, tuple[str, ...]]] | None:
        for line, names in header_of(head, self._family.delimiter):
            where = self._family.locate(names)
            if where is not None:
                return line, names, where
        return None

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every row; rules F380 to F387 say what is counted or set aside."""
        header = self._header(source.head)
        if header is None:
            raise UnreadableInput(f"{source.name}: no header line of {self._family.name}")
        line, names, where = header
        release = self._release(source, tally)
        loading = Loading(self._family, where, tally)
        wanted = [name for names in where.values() for name in names]
        with open_batches(
            source, tally, (line, names), wanted, self._family.delimiter,
            has_quoted_breaks=self._family.has_quoted_breaks,
        ) as batches:  # fmt: skip
            for batch in batches:
                for rows in loading.rows(batch, out.content_id):
                    out.batch(self._family.table, rows)
        return Header(
            publisher=self._family.publisher, detected_version=self._family.name, release=release
        )

    def _release(self, source: Source, tally: Tally) -> str:
        named = self._family.release_of(source.name.rsplit("!", 1)[-1])
        if named is None and "{" not in self._family.release:
            return self._family.release
        tally.problem("F387", "release", "the file's name", source.name)
        return named or UNDATED


class Loading:
    """The rows of one file: what each batch becomes, and what of it is set aside."""

    def __init__(self, family: Family, where: dict[str, tuple[str, ...]], tally: Tally) -> None:
        self._family = family
        self._fields = [f for f in family.fields if f.column in where and f.column]
        self._where = where
        self._tally = tally
        self._seen: set[str] = set()

    def rows(self, batch: Batch, content_id: str) -> list[Any]:
        """The batch as record batches of the table; none where nothing of it is loaded."""
        n = len(batch.rows)
        self._tally.read += n
        keep = np.ones(n, dtype=bool)
        columns: dict[str, Any] = {}
        for field in self._fields:
            cells = self._cells(field, batch)
            parsed = parse(field.kind, cells)
            columns[field.column] = parsed.values
            self._judge(field, cells, parsed, batch, keep)
        self._drop_repeats(columns, batch, keep)
        kept = int(keep.sum())
        self._tally.loaded += kept
        if not kept:
            return []
        columns["content_id"] = pa.array([content_id], TEXT).take(pa.array([0] * n))
        columns["row_number"] = pa.array(batch.rows)
        schema = TABLES[self._family.table].arrow
        arrays = [
            columns[one.name].filter(pa.array(keep))
            if one.name in columns
            else pa.nulls(kept, one.type)
            for one in schema
        ]
        return [pa.RecordBatch.from_arrays(arrays, schema=schema)]

    def _cells(self, field: Field, batch: Batch) -> Any:
        parts = [batch.columns[name] for name in self._where[field.column]]
        if len(parts) == 1:
            return parts[0]
        # State and county, each with its own leading zeros.
        state, county = (pc.utf8_trim_whitespace(part) for part in parts)
        return pc.binary_join_element_wise(
            pc.utf8_lpad(state, 2, "0"), pc.utf8_lpad(county, 3, "0"), ""
        )

    def _judge(self, field: Field, cells: Any, parsed: Parsed, batch: Batch, keep: Any) -> None:
        if field.is_key:
            absent = pc.is_null(parsed.values).to_numpy(zero_copy_only=False) & keep
            rule_id = "F380" if field.kind == "npi" else "F381"
            for index in np.flatnonzero(absent):
                place = batch.place(index)
                self._tally.problem(rule_id, field.column, place, cells[int(index)].as_py())
                self._tally.set_aside(rule_id, place)
            keep &= ~absent
        else:
            count(self._tally, "F384", field.column, parsed.is_bad & keep, batch, cells)
        if parsed.is_changed is not None:
            rule_id = "F385" if field.kind in _ZEROS else "F001"
            count(self._tally, rule_id, field.column, parsed.is_changed & keep, batch, cells)

    def _drop_repeats(self, columns: dict[str, Any], batch: Batch, keep: Any) -> None:
        """Set aside the rows whose key stood in an earlier one (F383)."""
        if not self._family.key:
            return
        keys = zip(*(columns[name].to_pylist() for name in self._family.key), strict=True)
        for index, parts in enumerate(keys):
            if not keep[index]:
                continue
            key = " ".join(str(part) for part in parts)
            if key in self._seen:
                keep[index] = False
                self._tally.problem("F383", ", ".join(self._family.key), batch.place(index), key)
                self._tally.set_aside("F383", batch.place(index))
            self._seen.add(key)


def count(
    tally: Tally, rule_id: str, subject: str, mask: Any, batch: Batch, cells: Any = None
) -> None:
    """Count a deviation of a column: its first place and sample, and how often."""
    found = np.flatnonzero(mask)
    if not len(found):
        return
    first = int(found[0])
    sample = None if cells is None else cells[first].as_py()
    tally.problem(rule_id, subject, batch.place(first), sample)
    tally.again(rule_id, subject, len(found) - 1)


def release_date(dates: Sequence[Any]) -> str:
    """The newest of some dates as a release's name; `undated` where there is none."""
    known = [day for day in dates if day is not None]
    return max(known).isoformat() if known else UNDATED
