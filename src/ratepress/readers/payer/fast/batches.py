"""Columns of numbers as a record batch of the table `rates`.

Texts are dictionary-encoded: a batch states each once, as Parquet does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ratepress.lake.schema import FACTOR, MONEY
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import ENCODED, as_schema, encoded_schema
from ratepress.readers.payer.fast.numbering import localise
from ratepress.readers.payer.fast.rates import Columns
from ratepress.readers.payer.fast.set_ids import SetIds
from ratepress.readers.payer.header import FileHeader
from ratepress.readers.payer.items import Item

CAPACITY = 1 << 18
SCHEMA = encoded_schema("rates", "place", "algorithm")
"""The table `rates` as the batches have it: the same values, most texts dictionary-encoded."""


class Meaning(NamedTuple):
    """What a price template says; `price_unit` is None where the item decides it."""

    is_share: bool
    statement: str
    method: str
    price_unit: str | None
    billing_class: str | None
    setting: str | None
    place_set_id: str
    modifier_set_id: str
    expires_on: date | None
    note: str | None


class Job(NamedTuple):
    """What one batch is made of: numbers by row, and what they stand for.

    `items` begins with the item of the first row.
    """

    columns: Columns
    rows: int
    content_id: str
    header: FileHeader
    items: Sequence[Item]
    meanings: Sequence[Meaning]
    set_ids: SetIds


def new_columns(capacity: int = CAPACITY) -> Columns:
    """Room for so many prices."""
    return Columns(
        item=np.empty(capacity, np.int32),
        rate=np.empty(capacity, np.int32),
        price=np.empty(capacity, np.int32),
        template=np.empty(capacity, np.int32),
        list=np.empty(capacity, np.int32),
        amount=np.empty(capacity, np.int64),
        rate_id=np.empty(capacity, np.int64),
    )


def batch_of(job: Job) -> pa.RecordBatch:
    """The rows of `rates`, in `SCHEMA`."""
    n = job.rows
    item = job.columns.item[:n] - job.columns.item[0]
    template = job.columns.template[:n]
    header, items, meanings = job.header, job.items, job.meanings
    nothing = _zeros(n)
    is_share = np.array([m.is_share for m in meanings], np.bool_)[template]
    amount = job.columns.amount[:n]
    made = {
        "content_id": _texts([job.content_id], nothing),
        "rate_id": pa.array(job.columns.rate_id[:n]),
        "item_id": pa.array(job.columns.item[:n].astype(np.int64)),
        "payer_name": _texts([header.payer_name], nothing),
        "plan_name": _texts([header.plan_name], nothing),
        "line_of_business": _texts([header.line_of_business], nothing),
        "line_of_business_evidence": _texts([header.line_of_business_evidence], nothing),
        "dollars": _decimals(amount, ~is_share, MONEY),
        "percentage": _decimals(amount * 100, is_share, FACTOR),
        "price_unit": _price_units(job, item, template),
        "provider_set_id": _set_ids(job),
        "expires_on": pa.array([m.expires_on for m in meanings], pa.date32()).take(
            pa.array(template)
        ),
        "rate_position": pa.array(job.columns.rate[:n].astype(np.int64)),
        "price_position": pa.array(job.columns.price[:n].astype(np.int64)),
    }
    for name in ("code_system", "code", "published_type", "arrangement", "severity_of_illness"):
        made[name] = _texts([getattr(i, name) for i in items], item)
    for name in (
        "statement",
        "method",
        "billing_class",
        "setting",
        "place_set_id",
        "modifier_set_id",
        "note",
    ):
        made[name] = _texts([getattr(m, name) for m in meanings], template)
    return pa.RecordBatch.from_arrays(
        [made[f.name] if f.name in made else pa.nulls(n, f.type) for f in SCHEMA], schema=SCHEMA
    )


def batch_of_rows(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    """The same of rows as the plain reader writes them."""
    return as_schema(pa.RecordBatch.from_pylist(rows, schema=TABLES["rates"].arrow), SCHEMA)


def _texts(texts: Sequence[str | None], numbers: Any) -> pa.DictionaryArray:
    """The text at each number; each different text stands once in the dictionary."""
    known: dict[str, int] = {}
    places = [-1 if text is None else known.setdefault(text, len(known)) for text in texts]
    if not known:
        return pa.nulls(len(numbers), ENCODED)
    mask = None
    if len(known) == 1 and -1 not in places:
        indices = _zeros(len(numbers))
    else:
        indices = np.array(places, np.int32).take(numbers)
        mask = indices < 0 if -1 in places else None
    return dictionary(pa.array(indices, mask=mask), pa.array(list(known), pa.string()))


def dictionary(indices: pa.Array, texts: pa.Array) -> pa.DictionaryArray:
    """Encoded texts; that each index is one of a text is known, and not looked at again."""
    return pa.DictionaryArray.from_arrays(indices, texts, safe=False)


@lru_cache(2)
def _zeros(n: int) -> Any:
    return np.zeros(n, np.int32)


def _decimals(scaled: Any, is_there: Any, kind: pa.DataType) -> pa.Array:
    """128-bit decimals of scaled whole numbers, null where `is_there` is not."""
    wide = np.zeros((len(scaled), 2), np.int64)
    wide[:, 0] = scaled  # Amounts are above zero, so the upper half is zero.
    valid = None if is_there.all() else pa.py_buffer(np.packbits(is_there, bitorder="little"))
    return pa.Array.from_buffers(kind, len(scaled), [valid, pa.py_buffer(wide)])


def _price_units(job: Job, item: Any, template: Any) -> pa.DictionaryArray:
    items, meanings = job.items, job.meanings
    names: dict[str, int] = {}
    own = [names.setdefault(i.price_unit, len(names)) for i in items]
    stated = [
        -1 if m.price_unit is None else names.setdefault(m.price_unit, len(names)) for m in meanings
    ]
    numbers = np.array(stated, np.int32)[template]
    numbers = np.where(numbers < 0, np.array(own, np.int32)[item], numbers)
    return _texts(list(names), numbers)


def _set_ids(job: Job) -> pa.DictionaryArray:
    n = job.rows
    numbers = job.columns.list[:n]
    seen = np.full(int(numbers.max()) + 1, -1, np.int32)
    local, found = np.empty(n, np.int32), np.empty(n, np.int32)
    count = localise(numbers, n, seen, local, found)
    return dictionary(pa.array(local), job.set_ids.of(found[:count]))
