"""Columns of a hospital file as sorted runs of its tables, texts dictionary-encoded.

So no text is copied for each row that has it, and rows are sorted by the ranks of few texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.lake.tables import TABLES
from ratepress.lake.writer import ENCODED, LakeWriter, encoded_schema

SCHEMAS = {
    table: encoded_schema(table, "place")
    for table in ("items", "item_codes", "charges", "rates", "allowed")
}
"""The tables as they are written: the same values, texts encoded but for places."""
ROW_GROUP = 1 << 17
_MOST_KEYS = 1 << 62


def batch_of(
    table: str, n: int, columns: Mapping[str, pa.Array], content_id: str
) -> pa.RecordBatch:
    """Rows of a table with these columns; those left out are null."""
    schema = SCHEMAS[table]
    unknown = columns.keys() - set(schema.names)
    if unknown:
        raise KeyError(f"table {table} has no column {', '.join(sorted(unknown))}")
    own = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([content_id]))
    columns = {**columns, "content_id": own}
    return pa.RecordBatch.from_arrays(
        [_as(columns[f.name], f.type) if f.name in columns else _nulls(n, f.type) for f in schema],
        schema=schema,
    )


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if column.type == kind:
        return column
    return column.cast(pa.string()).dictionary_encode() if kind == ENCODED else column.cast(kind)


def _nulls(n: int, kind: pa.DataType) -> pa.Array:
    return pa.nulls(n, pa.string()).dictionary_encode() if kind == ENCODED else pa.nulls(n, kind)


def write_run(out: LakeWriter, table: str, batches: list[pa.RecordBatch]) -> None:
    """Sort rows and write them in row groups."""
    whole = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()
    (run,) = whole.to_batches()
    keys = [ranks(run.column(name)) for name in TABLES[table].sort]
    if keys:
        order = order_of(keys)
        take = pa.array(order)
        columns = [c if _is_constant(c) else c.take(take) for c in run.columns]
        run = pa.RecordBatch.from_arrays(columns, schema=run.schema)
    for start in range(0, run.num_rows, ROW_GROUP):
        out.encoded(table, SCHEMAS[table], run.slice(start, ROW_GROUP), is_sorted=True)


def order_of(keys: Sequence[Any]) -> Any:
    """The rows in the order of columns of numbers from 0, the first of which counts most.

    >>> order_of([np.array([1, 0, 1]), np.array([5, 9, 4])]).tolist()
    [1, 2, 0]
    """
    key, most = np.zeros(len(keys[0]), np.int64), 1
    for column in keys:
        if column is keys[-1] and (np.diff(column) >= 0).all():
            break  # What agrees in the others stays in its order.
        n = int(column.max(initial=0)) + 1
        most *= n
        if most > _MOST_KEYS:
            return np.lexsort(keys[::-1])
        key = key * n + column
    return np.argsort(key, kind="stable")


def _is_constant(column: pa.Array) -> bool:
    """Whether all rows are known to be the same."""
    if column.null_count:
        return bool(column.null_count == len(column))
    return pa.types.is_dictionary(column.type) and len(column.dictionary) == 1


def ranks(column: pa.Array) -> Any:
    """The rank of each value in a column, nulls last.

    >>> ranks(pa.array(["b", None, "a"]).dictionary_encode()).tolist()
    [1, 2, 0]
    """
    if not pa.types.is_dictionary(column.type):
        return column.to_numpy()
    texts = column.dictionary
    of_texts = np.empty(len(texts) + 1, np.int64)
    of_texts[pc.sort_indices(texts).to_numpy()] = np.arange(len(texts))
    of_texts[-1] = len(texts)
    return of_texts[column.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)]
