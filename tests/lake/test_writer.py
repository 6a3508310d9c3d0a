"""The staging side: what a writer takes, and what it refuses rather than writes wrongly."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake_rows import content_id, npis
from ratepress.lake import writer as writer_module
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES

CHARGE: dict[str, Any] = {
    "charge_id": 0,
    "item_id": 0,
    "modifier_set_id": "",
    "gross": Decimal("1.50"),
    "place": "row 4",
}


def staged(lake: Lake, table: str, *rows: dict[str, Any]) -> pa.Table:
    with lake.writer(content_id("a")) as out:
        out.add_many(table, rows)
        (file,) = out.finish()
        return pq.read_table(out.folder / file.path)


def test_a_row_carries_the_id_of_its_content(lake: Lake) -> None:
    (row,) = staged(lake, "hospital_npis", {"npi": "1234567893"}).to_pylist()
    assert row == {"content_id": content_id("a"), "npi": "1234567893"}


def test_a_null_in_a_column_that_is_never_null_is_refused(lake: Lake) -> None:
    with pytest.raises(ValueError, match="null in npi, which is declared not null"):
        staged(lake, "hospital_npis", {"npi": None})


def test_a_missing_column_is_a_null(lake: Lake) -> None:
    row = staged(lake, "charges", CHARGE).to_pylist()[0]
    assert row["cash"] is None
    with pytest.raises(ValueError, match="null in item_id"):
        staged(lake, "charges", {k: v for k, v in CHARGE.items() if k != "item_id"})


def test_a_null_is_refused_in_a_batch_too(lake: Lake) -> None:
    schema = TABLES["hospital_npis"].arrow
    batch = pa.RecordBatch.from_pylist([{"content_id": "a", "npi": None}], schema=schema)
    with lake.writer(content_id("a")) as out, pytest.raises((ValueError, pa.ArrowInvalid)):
        out.batch("hospital_npis", batch)


def test_a_column_that_is_not_declared_is_refused(lake: Lake) -> None:
    with pytest.raises(KeyError, match="no column fax"):
        staged(lake, "hospital_npis", {"npi": "1", "fax": "2"})


def test_a_table_that_is_not_declared_is_refused(lake: Lake) -> None:
    with pytest.raises(KeyError, match="faxes"):
        staged(lake, "faxes", {"npi": "1"})


@pytest.mark.parametrize("amount", [Decimal("1.00001"), Decimal(10) ** 14, 1.5])
def test_money_that_does_not_fit_exactly_is_refused_and_not_rounded(
    lake: Lake, amount: object
) -> None:
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        staged(lake, "charges", {**CHARGE, "gross": amount})


def test_rows_are_counted_over_batches(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "BATCH_ROWS", 10)
    with lake.writer(content_id("a")) as out:
        out.add_many("hospital_npis", npis(25))
        schema = TABLES["hospital_npis"].arrow
        batch = pa.RecordBatch.from_pylist([{"content_id": "a", "npi": "x"}] * 4, schema=schema)
        out.batch("hospital_npis", batch)
        (file,) = out.finish()
        read = pq.read_table(out.folder / file.path).column("npi").to_pylist()
    assert file.rows == out.rows["hospital_npis"] == 29
    assert read == [row["npi"] for row in npis(25)] + ["x"] * 4


def test_a_file_is_sorted_as_its_table_says(lake: Lake) -> None:
    rows = [
        {**CHARGE, "charge_id": n, "code_system": "cpt", "code": code}
        for n, code in enumerate(["99213", "32557", None, "32556", "32557"])
    ]
    found = staged(lake, "charges", *rows)
    assert found.column("code").to_pylist() == ["32556", "32557", "32557", "99213", None]
    assert found.column("charge_id").to_pylist() == [3, 1, 4, 0, 2]


def test_a_file_has_exactly_the_schema_of_its_table(lake: Lake) -> None:
    assert staged(lake, "charges", CHARGE).schema.equals(TABLES["charges"].arrow)


def test_the_manifest_record_of_a_file_is_what_is_on_disk(lake: Lake) -> None:
    from hashlib import sha256

    with lake.writer(content_id("a")) as out:
        out.add_many("hospital_npis", npis(3))
        (file,) = out.finish()
        raw = (out.folder / file.path).read_bytes()
    assert (file.rows, file.bytes, file.sha256) == (3, len(raw), sha256(raw).hexdigest())


def test_a_writer_that_cannot_write_its_footer_still_clears_up(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = pq.ParquetWriter.close

    def full(writer: pq.ParquetWriter) -> None:
        close(writer)
        raise OSError(28, "No space left on device")

    out = lake.writer(content_id("a"))
    out.add_many("hospital_npis", npis(3))
    out._flush("hospital_npis")
    monkeypatch.setattr(pq.ParquetWriter, "close", full)
    with pytest.raises(OSError, match="No space left"):
        out.__exit__(None, None, None)
    assert lake.staging_folders() == []


def test_a_staging_folder_is_below_the_lake(lake: Lake) -> None:
    with lake.writer(content_id("a")) as out:
        assert out.folder.parent == lake.root / "staging"
        assert Path(out.folder / "lock").is_file()
