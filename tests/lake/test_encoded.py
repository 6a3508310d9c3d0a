"""Batches with encoded texts become files like any other, and can be forgotten."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES

ENCODED = pa.schema(
    field.with_type(pa.dictionary(pa.int32(), pa.string())) if field.name == "member" else field
    for field in TABLES["place_sets"].arrow
)


def batch(*members: str) -> pa.RecordBatch:
    n = len(members)
    return pa.RecordBatch.from_arrays(
        [pa.array(["0"] * n), pa.array(["x"] * n), pa.array(members).dictionary_encode()],
        schema=ENCODED,
    )


def test_encoded_texts_are_read_back_as_texts(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    with lake.writer("0") as out:
        out.encoded("place_sets", ENCODED, batch("11", "22", "11"))
        out.encoded("place_sets", ENCODED, batch("23"))
        (file,) = out.finish()
        found = pq.read_table(out.folder / file.path)
    assert file.rows == 4
    assert found.schema.equals(TABLES["place_sets"].arrow)
    assert found["member"].to_pylist() == ["11", "22", "11", "23"]


def test_a_reader_can_begin_again(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    with lake.writer("0") as out:
        out.encoded("place_sets", ENCODED, batch("11"))
        out.add("modifier_sets", modifier_set_id="26", member="26")
        out.discard()
        out.add("place_sets", place_set_id="22", member="22")
        (file,) = out.finish()
    assert (file.table, file.rows) == ("place_sets", 1)
    assert out.rows == {"place_sets": 1}
