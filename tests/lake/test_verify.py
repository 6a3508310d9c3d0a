"""`verify`: each kind of damage is found, named with its file, and told apart from leftovers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake_rows import content_id, npis, put, sighting
from ratepress.lake.manifest import DataFile, Manifest, SetAside
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES
from ratepress.lake.verify import Problem, verify
from ratepress.lake.writer import describe

replace = msgspec.structs.replace


@pytest.fixture
def two(lake: Lake) -> Lake:
    """A lake of two contents, with one file each."""
    put(lake, "a", {"hospital_npis": npis(3)})
    put(lake, "b", {"hospital_npis": npis(4)})
    return lake


def rewrite(lake: Lake, change: Callable[[Manifest], Manifest]) -> None:
    """Replace the newest manifest by a changed one."""
    path = max((lake.root / "manifest").glob("[0-9]*.json"))
    path.write_bytes(msgspec.json.encode(change(lake.manifest())))


def file_of(lake: Lake, name: str) -> Path:
    (file,) = [f for f in lake.manifest().files if f.content_id == content_id(name)]
    return lake.root / file.path


def put_back(lake: Lake, name: str, data: pa.Table) -> None:
    """Write other data into a content's file, and let the manifest have its size and hash."""
    path = file_of(lake, name)
    pq.write_table(data, path)

    def change(manifest: Manifest) -> Manifest:
        files = [
            describe(path, f.table, f.content_id, f.path) if lake.root / f.path == path else f
            for f in manifest.files
        ]
        return replace(manifest, files=tuple(files))

    rewrite(lake, change)


def only_problem(lake: Lake) -> Problem:
    report = verify(lake)
    assert not report.ok
    assert len(report.problems) == 1, report.problems
    return report.problems[0]


def test_a_sound_lake_is_counted(two: Lake) -> None:
    report = verify(two)
    assert report.ok
    assert (report.generation, report.n_contents, report.n_files, report.n_rows) == (2, 2, 2, 7)
    assert report.problems == report.unnamed == ()


def test_a_missing_file_is_named(two: Lake) -> None:
    path = file_of(two, "a")
    path.unlink()
    found = only_problem(two)
    assert found.what == "the file is missing"
    assert two.root / found.path == path


def test_a_file_cut_short_has_another_size(two: Lake) -> None:
    path = file_of(two, "a")
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])
    found = only_problem(two)
    assert (found.expected, found.found) == (f"{size:,} bytes", f"{size - 1:,} bytes")


def test_one_changed_bit_is_found(two: Lake) -> None:
    path = file_of(two, "a")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    assert "SHA-256" in only_problem(two).what


def test_a_file_with_a_column_less_is_found(two: Lake) -> None:
    data = pq.read_table(file_of(two, "a"))
    put_back(two, "a", data.drop_columns(["npi"]))
    found = only_problem(two)
    assert found.what == "the columns are not those of hospital_npis"
    assert found.expected == "npi string not null"


def test_a_file_with_a_column_of_another_type_is_found(lake: Lake) -> None:
    charge = {"charge_id": 0, "item_id": 0, "modifier_set_id": "", "gross": Decimal(1)}
    put(lake, "a", {"charges": [{**charge, "place": "row 4"}]})
    data = pq.read_table(file_of(lake, "a"))
    at = data.schema.get_field_index("gross")
    put_back(lake, "a", data.set_column(at, "gross", data.column("gross").cast(pa.float64())))
    found = only_problem(lake)
    assert (found.expected, found.found) == ("gross decimal128(18, 4)", "gross double")


def test_columns_in_another_order_are_found(two: Lake) -> None:
    data = pq.read_table(file_of(two, "a"))
    put_back(two, "a", data.select(["npi", "content_id"]))
    assert only_problem(two).found == "the same in another order"


def test_rows_of_another_content_are_found(two: Lake) -> None:
    rows = [{"content_id": "c" * 64, "npi": str(n)} for n in range(3)]
    put_back(two, "a", pa.Table.from_pylist(rows, schema=TABLES["hospital_npis"].arrow))
    found = only_problem(two)
    assert found.what == "the file holds rows of another content"
    assert found.found == "c" * 64


def test_other_numbers_of_rows_than_the_manifest_says_are_found(two: Lake) -> None:
    def change(manifest: Manifest) -> Manifest:
        first, *others = manifest.files
        return replace(manifest, files=(replace(first, rows=first.rows + 1), *others))

    rewrite(two, change)
    whats = [problem.what for problem in verify(two).problems]
    assert whats[1] == "the file has another number of rows"
    assert "other numbers of rows of hospital_npis" in whats[0]


def test_a_content_that_says_other_rows_than_its_files_hold_is_found(lake: Lake) -> None:
    put(lake, "a", rows={"hospital_npis": 3, "rates": 2})
    found = only_problem(lake)
    assert "rows of rates" in found.what
    assert (found.expected, found.found) == ("2", "0")


def test_a_content_that_does_not_reconcile_is_found(lake: Lake) -> None:
    put(lake, "a", read=10, loaded=3, set_aside=(SetAside("F001", 6, "row 4"),))
    found = only_problem(lake)
    assert "read is not loaded plus set aside" in found.what
    assert (found.expected, found.found) == ("9", "10")


def test_a_key_that_stands_twice_is_found(lake: Lake) -> None:
    put(lake, "a", {"hospital_npis": [*npis(3), *npis(2)]})
    found = only_problem(lake)
    assert found.what == "2 keys of hospital_npis stand in more than one row"
    assert found.found == f"2 rows of ({content_id('a')}, 1000000000)"


def test_one_key_in_two_contents_is_none_that_stands_twice(two: Lake) -> None:
    """Both files name the NPIs 1000000000 to 1000000002."""
    assert verify(two).ok


def test_null_and_null_are_one_key(lake: Lake) -> None:
    plan = {"plan_name": "PPO"}
    put(lake, "a", {"plans": [plan, plan]})
    assert "1 keys of plans" in only_problem(lake).what


@pytest.mark.parametrize(
    "path", ["../outside.parquet", "/etc/passwd", "data/../../outside.parquet", "manifest/x"]
)
def test_a_path_that_leads_out_of_the_data_is_not_opened(two: Lake, path: str) -> None:
    def change(manifest: Manifest) -> Manifest:
        first, *others = manifest.files
        return replace(manifest, files=(replace(first, path=path), *others))

    rewrite(two, change)
    found = only_problem(two)
    assert found.path == path
    assert "none of the lake's" in found.what


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda m: replace(m, contents=m.contents[1:]), "an observation of no content"),
        (lambda m: replace(m, contents=(*m.contents, m.contents[0])), "a content stands"),
        (lambda m: replace(m, files=(*m.files, m.files[0])), "a file stands"),
        (lambda m: replace(m, observations=m.observations[1:]), "it was never observed"),
        (
            lambda m: replace(m, observations=(*m.observations, sighting("c"))),
            "an observation of no content",
        ),
    ],
)
def test_a_manifest_that_contradicts_itself_is_found(
    two: Lake, change: Callable[[Manifest], Manifest], what: str
) -> None:
    rewrite(two, change)
    assert any(what in problem.what for problem in verify(two).problems)


def test_a_file_that_is_unreadable_is_a_problem_and_no_crash(two: Lake) -> None:
    path = file_of(two, "a")
    path.write_bytes(b"no parquet at all")

    def change(manifest: Manifest) -> Manifest:
        def said(file: DataFile) -> DataFile:
            from hashlib import sha256

            raw = path.read_bytes()
            return replace(file, bytes=len(raw), sha256=sha256(raw).hexdigest())

        files = [said(f) if two.root / f.path == path else f for f in manifest.files]
        return replace(manifest, files=tuple(files))

    rewrite(two, change)
    assert only_problem(two).what == "the file cannot be read"


def test_every_damaged_file_is_told(two: Lake) -> None:
    file_of(two, "a").unlink()
    file_of(two, "b").write_bytes(b"")
    assert [p.what for p in verify(two).problems] == [
        "the file is missing",
        "the file has another size",
    ]


def test_leftovers_are_told_and_are_no_problem(two: Lake) -> None:
    (two.root / "data" / "rates").mkdir()
    (two.root / "data" / "rates" / "x.parquet").write_bytes(b"")
    (two.root / "staging" / "dead").mkdir()
    report = verify(two)
    assert report.ok
    assert report.unnamed == ("data/rates/x.parquet", "staging/dead")


def test_a_lake_without_its_data_is_missing_every_file(two: Lake) -> None:
    import shutil

    shutil.rmtree(two.root / "data")
    assert [p.what for p in verify(two).problems] == ["the file is missing"] * 2


def test_what_a_commit_sweeps_meanwhile_is_no_damage(
    two: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first manifest read is one that is swept before its files are looked at."""
    old = two.manifest()
    two.remove(content_id("a"))
    put(two, "c")
    put(two, "d")
    real, stale = Lake.manifest, [old]

    def manifest(lake: Lake) -> Any:
        return stale.pop() if stale else real(lake)

    monkeypatch.setattr(Lake, "manifest", manifest)
    report = verify(two)
    assert report.ok
    assert report.generation == 5
