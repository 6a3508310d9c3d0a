"""`optimize`: the same rows in few files by code, whatever others do at the same time."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget import some
from lake_processes import PROCESSES, optimize_or_put, optimize_until_call, run_together
from lake_rows import content_id, names, npis, put
from ratepress.core.errors import LakeDamaged
from ratepress.lake import optimize as module
from ratepress.lake.files import is_due
from ratepress.lake.manifest import SHARED, DataFile, Manifest
from ratepress.lake.optimize import optimize
from ratepress.lake.store import Lake
from ratepress.lake.verify import verify

ITEM: dict[str, Any] = {"place": "row 1"}


def items(*codes: str | None) -> dict[str, list[dict[str, Any]]]:
    """Items of these codes, in this order."""
    return {
        "items": [
            {**ITEM, "item_id": n, "code_system": code and "cpt", "code": code}
            for n, code in enumerate(codes)
        ]
    }


def held(lake: Lake) -> list[tuple[Any, ...]]:
    """Every row of `items` and of `hospital_npis`."""
    with lake.connect(tables=("items", "hospital_npis")) as connection:
        return [
            row
            for table in ("items", "hospital_npis")
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
        ]


def sound(lake: Lake) -> None:
    report = verify(lake)
    assert report.problems == ()


@pytest.fixture
def three(lake: Lake) -> Lake:
    """Three sources of items: the code 20000 is in each."""
    put(lake, "a", items("30000", "20000", None))
    put(lake, "b", items("20000", "10000"))
    put(lake, "c", {**items("20000"), "hospital_npis": npis(2)})
    return lake


def test_rows_are_the_same_and_stand_in_order_of_code(three: Lake) -> None:
    before = held(three)
    made = optimize(three)
    assert [(t.table, t.rows, t.files_before, t.files_after) for t in made.tables] == [
        ("items", 6, 3, 1)
    ]
    assert held(three) == before
    (file,) = [f for f in three.manifest().files if f.table == "items"]
    codes = pq.read_table(three.root / file.path).column("code").to_pylist()
    assert codes == ["10000", "20000", "20000", "20000", "30000", None]
    assert file.content_id == SHARED
    sound(three)


def test_a_table_in_one_file_is_left_alone(three: Lake) -> None:
    (before,) = [f for f in three.manifest().files if f.table == "hospital_npis"]
    optimize(three)
    assert before in three.manifest().files


def test_what_is_optimized_is_not_optimized_again(three: Lake) -> None:
    optimize(three)
    generation = three.manifest().generation
    again = optimize(three)
    assert again.is_done
    assert again.tables == ()
    assert three.manifest().generation == generation


def test_a_table_is_cut_into_several_files(three: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB's row groups are of 2,048 rows at the least: 6,000 rows are three of them."""
    put(three, "long", items(*(f"{n:05d}" for n in range(6_000))))
    monkeypatch.setattr(module, "_ROW_GROUP", 2_048)
    monkeypatch.setattr(module, "_ROW_GROUPS_PER_FILE", 1)
    before = held(three)
    optimize(three)
    files = [f for f in three.manifest().files if f.table == "items"]
    assert [f.rows for f in files] == [2_048, 2_048, 6_006 - 2 * 2_048]
    assert held(three) == before
    sound(three)


def test_a_source_is_removed_from_shared_files(three: Lake) -> None:
    before = held(three)
    optimize(three)
    three.remove(content_id("b"))
    expected = [row for row in before if row[0] != content_id("b")]
    assert held(three) == expected
    assert names(three) == ["a", "c"]
    sound(three)
    optimize(three)
    assert held(three) == expected
    (file,) = [f for f in three.manifest().files if f.table == "items"]
    assert (file.rows, file.without) == (4, ())
    sound(three)


def test_a_removed_source_is_added_again(three: Lake) -> None:
    before = held(three)
    optimize(three)
    three.remove(content_id("b"))
    put(three, "b", items("20000", "10000"))
    assert held(three) == before
    sound(three)
    optimize(three)
    assert held(three) == before
    sound(three)


def test_the_last_source_leaves_nothing(three: Lake) -> None:
    optimize(three)
    for name in "abc":
        three.remove(content_id(name))
    optimize(three)
    assert three.manifest().files == ()
    assert held(three) == []
    sound(three)


def test_rows_of_a_content_are_replaced_in_shared_files(three: Lake) -> None:
    optimize(three)
    with three.writer(content_id("a")) as out:
        out.add_many("items", items("77777")["items"])
        assert three.replace_rows(content_id("a"), "items", out.finish(), out.folder)
    codes = [row[5] for row in held(three) if row[0] == content_id("a") and len(row) > 5]
    assert codes == ["77777"]
    sound(three)


class Meanwhile:
    """Runs `work` once, after the files were written and before they are committed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
        real = Lake.replace_files

        def replace_files(lake: Lake, *arguments: Any) -> bool:
            monkeypatch.setattr(Lake, "replace_files", real)
            work()
            return real(lake, *arguments)

        monkeypatch.setattr(Lake, "replace_files", replace_files)


def test_what_others_add_meanwhile_is_kept(three: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    Meanwhile(monkeypatch, lambda: put(three, "d", items("90000")))
    assert optimize(three).is_done
    assert names(three) == ["a", "b", "c", "d"]
    assert len(held(three)) == 6 + 1 + 2
    sound(three)


def test_what_others_remove_meanwhile_stays_removed(
    three: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it had landed only, or was in a shared file already."""
    optimize(three)
    put(three, "d", items("90000"))
    put(three, "e", items("91000"))

    def work() -> None:
        three.remove(content_id("a"))
        three.remove(content_id("d"))

    Meanwhile(monkeypatch, work)
    assert optimize(three).is_done
    assert {row[0] for row in held(three)} == {content_id(n) for n in "bce"}
    sound(three)


def test_a_source_that_others_remove_and_add_again_is_there_once(
    three: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held(three)

    def work() -> None:
        three.remove(content_id("a"))
        put(three, "a", items("30000", "20000", None))

    Meanwhile(monkeypatch, work)
    assert optimize(three).is_done
    assert held(three) == before
    sound(three)


def test_the_second_of_two_that_optimize_does_nothing(
    three: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held(three)
    Meanwhile(monkeypatch, lambda: optimize(three))
    second = optimize(three)
    assert (second.is_done, second.tables) == (False, ())
    assert held(three) == before
    sound(three)


def test_who_reads_keeps_the_files_until_done(three: Lake) -> None:
    before = held(three)
    reader = three.connect(tables=("items",))
    optimize(three)
    for name in "xyz":  # Commits that would sweep the generation.
        put(three, name)
    assert len(reader.execute("SELECT * FROM items").fetchall()) == 6
    del reader
    put(three, "last")
    landed = [p for p in (three.root / "data" / "items").iterdir() if "items-" not in p.name]
    assert landed == []
    assert [row for row in held(three) if len(row) > 5] == [row for row in before if len(row) > 5]


def test_rows_that_differ_are_not_committed(three: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the disk gives back other bytes: here another table's files are compared."""
    before = three.manifest()
    real = module.parquet_scan
    monkeypatch.setattr(
        module, "parquet_scan", lambda paths: f"(SELECT * FROM {real(paths)} WHERE item_id > 0)"
    )
    with pytest.raises(LakeDamaged, match="not those that were read"):
        optimize(three)
    assert three.manifest() == before
    assert three.staging_folders() == []


def test_a_damaged_file_is_told(three: Lake) -> None:
    before = three.manifest()
    path = three.root / before.files[-1].path
    target = next(three.root / f.path for f in before.files if f.table == "items")
    assert path.is_file()
    raw = bytearray(target.read_bytes())
    raw[4 : len(raw) // 2] = bytes(len(raw) // 2 - 4)
    target.write_bytes(raw)
    with pytest.raises(LakeDamaged):
        optimize(three)
    assert three.manifest() == before


def test_verify_counts_the_rows_of_each_content_in_shared_files(three: Lake) -> None:
    optimize(three)
    path = max((three.root / "manifest").glob("[0-9]*.json"))
    manifest = three.manifest()
    contents = [
        msgspec.structs.replace(c, rows={**c.rows, "items": 9})
        if c.content_id == content_id("a")
        else c
        for c in manifest.contents
    ]
    path.write_bytes(
        msgspec.json.encode(msgspec.structs.replace(manifest, contents=tuple(contents)))
    )
    (problem,) = verify(three).problems
    assert (problem.path, problem.expected, problem.found) == ("data/items", "9", "3")


def test_a_manifest_of_the_first_format_is_read_and_written_anew(three: Lake) -> None:
    path = max((three.root / "manifest").glob("[0-9]*.json"))
    raw = path.read_bytes()
    assert b'"format": 2' in raw
    path.write_bytes(raw.replace(b'"format": 2', b'"format": 1'))
    before = held(three)
    optimize(three)
    assert held(three) == before
    assert three.manifest().format == 2


@pytest.mark.parametrize(("landed", "rows", "due"), [(199, 9, False), (200, 9, True)])
def test_it_is_due_when_enough_files_have_landed(landed: int, rows: int, *, due: bool) -> None:
    files = [DataFile(f"data/rates/{n}", "rates", f"{n}", rows, 1, "") for n in range(landed)]
    assert is_due(Manifest(files=tuple(files))) is due


@pytest.mark.parametrize(("sorted_rows", "due"), [(799, True), (800, False)])
def test_it_is_due_when_a_quarter_has_landed(sorted_rows: int, *, due: bool) -> None:
    files = [DataFile(f"data/rates/{n}", "rates", f"{n}", 1, 1, "") for n in range(200)]
    files.append(DataFile("data/rates/s", "rates", SHARED, sorted_rows, 1, ""))
    assert is_due(Manifest(files=tuple(files))) is due


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abcd")),
        st.tuples(st.just("remove"), st.sampled_from("abcd")),
        st.tuples(st.just("optimize"), st.just("")),
    ),
    max_size=12,
)


@settings(max_examples=some(8), deadline=None)
@given(actions=ACTIONS)
def test_a_lake_is_the_same_with_and_without_optimizing(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, str]]
) -> None:
    """The twin is a dictionary: which sources were put and not removed."""
    folder = tmp_path_factory.mktemp("lakes")
    lake = Lake.create(folder / "lake")
    model: dict[str, int] = {}
    for what, name in actions:
        if what == "put":
            put(lake, name, items(*["10000", "20000", None][: ord(name) % 3 + 1]))
            model[name] = ord(name) % 3 + 1
        elif what == "optimize":
            optimize(lake)
        elif name in model:
            lake.remove(content_id(name))
            del model[name]
    counted: dict[str, int] = {}
    for row in held(lake):
        counted[row[0]] = counted.get(row[0], 0) + 1
    assert counted == {content_id(name): n for name, n in model.items()}
    sound(lake)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
def test_a_kill_between_every_two_calls_that_change_the_disk(three: Lake, tmp_path: Path) -> None:
    """The lake is as it was or optimized, sound either way, and swept by the next commit."""
    before = held(three)
    number, was_done = 0, []
    while True:
        number += 1
        lake = Lake.open(shutil.copytree(three.root, tmp_path / f"lake-{number}"))
        process = PROCESSES.Process(target=optimize_until_call, args=(lake.root, number))
        process.start()
        process.join()
        assert held(lake) == before
        sound(lake)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        was_done.append(any(file.is_shared for file in lake.manifest().files))
        put(lake, "next")
        assert verify(lake).unnamed == ()
        shutil.rmtree(lake.root)
    assert was_done == sorted(was_done)
    assert set(was_done) == {False, True}


def test_processes_that_add_and_optimize_at_once_lose_nothing(three: Lake) -> None:
    run_together(optimize_or_put, three.root, ["optimize", "x", "optimize", "y"])
    assert sorted(names(three)) == ["a", "b", "c", "x", "y"]
    assert len(held(three)) == 6 + 2 + 2 * 3
    sound(three)
