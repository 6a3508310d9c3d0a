"""The rates of a file as columns of numbers, sorted by code before they are written.

A payer's texts on a charge line repeat over many rates: each different combination is read once
by the plain loader (a prototype), and a rate is the number of its prototype with its own amounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ratepress.lake.schema import FACTOR, MONEY
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter
from ratepress.readers.hospital.fast.ahead import ahead
from ratepress.readers.hospital.fast.texts import numbered
from ratepress.readers.hospital.json_fast.columns import decimals, places
from ratepress.readers.hospital.json_fast.items import MAIN_TYPE, Codes
from ratepress.readers.hospital.runs import ROW_GROUP, SCHEMAS, batch_of, order_of, ranks

SORTED_ROWS = 1 << 20
"""So many rates are sorted at a time, in some 200 MB; a file with more has several sorted runs."""
_OF_ROW = ("item_id", "charge_id", "rate_id", "place", "dollars", "percentage", "content_id")
_OF_CODE = {"code_system": "code_system", "code": "code", "published_type": MAIN_TYPE}


class Rates(NamedTuple):
    """Rates by row: ids, positions in the file, the numbers of code and prototype, amounts."""

    rate_id: Any
    item_id: Any
    charge_id: Any
    item: Any
    line: Any
    entry: Any
    code: Any
    prototype: Any
    dollars: Any
    has_dollars: Any
    percentage: Any
    has_percentage: Any


class RatesTable:
    """Takes rates, and writes them in sorted runs; `add` takes single rows of the plain loader."""

    def __init__(self, out: LakeWriter) -> None:
        self._out = out
        self._held: list[Rates] = []
        self._rows = 0
        self._plain: list[dict[str, Any]] = []

    def add(self, table: str, /, **row: Any) -> None:
        """A row of the plain loader: rates are kept, others go to the lake."""
        if table != "rates":
            self._out.add(table, **row)
            return
        self._plain.append(row | {"content_id": self._out.content_id})
        if len(self._plain) >= ROW_GROUP:
            self._write_plain()

    def take(self, rates: Rates) -> None:
        """Rates as columns."""
        self._held.append(rates)
        self._rows += len(rates.rate_id)

    @property
    def is_full(self) -> bool:
        """Whether what is held should be written now."""
        return self._rows >= SORTED_ROWS

    def write(self, codes: Codes, prototypes: list[dict[str, Any]]) -> None:
        """Sort and write what is held."""
        if not self._rows:
            return
        held = Rates(*(np.concatenate(columns) for columns in zip(*self._held, strict=True)))
        self._held, self._rows = [], 0
        names = {name for row in prototypes for name in row} - set(_OF_ROW) - set(_OF_CODE)
        of_code = {name: _Texts(codes.columns[of_code]) for name, of_code in _OF_CODE.items()}
        of_prototype = {
            name: _Texts([row.get(name) for row in prototypes]) for name in sorted(names)
        }
        keys = [of_code[name].at(held.code) for name in ("code_system", "code")]
        keys.append(of_prototype["payer_name"].at(held.prototype))
        order = order_of([*map(ranks, keys), held.rate_id])

        def batches() -> Iterator[pa.RecordBatch]:
            for start in range(0, len(order), ROW_GROUP):
                at = order[start : start + ROW_GROUP]
                part = Rates(*(column[at] for column in held))
                made = {name: texts.at(part.code) for name, texts in of_code.items()}
                made |= {name: texts.at(part.prototype) for name, texts in of_prototype.items()}
                yield _batch(self._out.content_id, part, made)

        with ThreadPoolExecutor(1) as pool:
            for batch in ahead(batches(), pool):
                self._out.encoded("rates", SCHEMAS["rates"], batch, is_sorted=True)

    def finish(self) -> None:
        """Write the single rows that are left."""
        if self._plain:
            self._write_plain()

    def _write_plain(self) -> None:
        batch = pa.RecordBatch.from_pylist(self._plain, schema=TABLES["rates"].arrow)
        batch = batch.sort_by([(name, "ascending") for name in TABLES["rates"].sort])
        self._out.encoded("rates", SCHEMAS["rates"], batch, is_sorted=True)
        self._plain = []


def _batch(content_id: str, part: Rates, texts: dict[str, pa.Array]) -> pa.RecordBatch:
    made = texts | {
        "rate_id": pa.array(part.rate_id),
        "item_id": pa.array(part.item_id),
        "charge_id": pa.array(part.charge_id),
        "dollars": decimals(part.dollars, part.has_dollars, MONEY),
        "percentage": decimals(part.percentage, part.has_percentage, FACTOR),
        "place": places(
            "standard_charge_information[",
            pa.array(part.item),
            "].standard_charges[",
            pa.array(part.line),
            "].payers_information[",
            pa.array(part.entry),
            "]",
        ),
    }
    return batch_of("rates", len(part.rate_id), made, content_id)


class _Texts:
    """The texts of numbered things, each different one once."""

    def __init__(self, values: list[str | None]) -> None:
        at, self._dictionary = numbered(pa.array(values, pa.string()))
        self._at = np.append(at, -1)

    def at(self, numbers: Any) -> pa.DictionaryArray:
        """The text at each number, null for -1."""
        indices = self._at[numbers]
        mask = indices < 0
        return pa.DictionaryArray.from_arrays(
            pa.array(indices, mask=mask if mask.any() else None), self._dictionary
        )
