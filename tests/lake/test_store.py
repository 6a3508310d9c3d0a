"""The lake: what a commit shows, what it leaves alone, and what it refuses."""

from __future__ import annotations

import gc
import json
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lake_processes import put_one, run_together
from lake_rows import content_id, names, npis, put, sighting
from ratepress.core.errors import LakeDamaged, UsageError
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES
from ratepress.lake.verify import verify


def count(lake: Lake, table: str = "hospital_npis") -> int:
    with lake.connect() as connection:
        (n,) = connection.sql(f"SELECT count(*) FROM {table}").fetchall()[0]
    return int(n)


def data_files(lake: Lake) -> set[str]:
    return {path.relative_to(lake.root).as_posix() for path in lake.data_files()}


def newest(lake: Lake) -> Path:
    return max((lake.root / "manifest").glob("[0-9]*.json"))


# --- opening and creating ------------------------------------------------------------------------


def test_a_new_lake_has_every_table_and_no_row(lake: Lake) -> None:
    assert [count(lake, name) for name in TABLES] == [0] * len(TABLES)
    assert count(lake, "contents") == count(lake, "observations") == 0


def test_a_folder_without_a_manifest_is_no_lake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no lake here") as raised:
        Lake.open(tmp_path)
    assert raised.value.exit_code == 2


def test_a_lake_is_not_made_among_other_files(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        Lake.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_lake_is_not_made_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("mine")
    with pytest.raises(UsageError, match="this is a file"):
        Lake.create(tmp_path / "lake")


def test_creating_a_lake_that_is_there_opens_it(lake: Lake) -> None:
    put(lake, "a")
    assert names(Lake.create(lake.root)) == ["a"]


def test_a_creation_that_was_killed_half_way_is_finished(tmp_path: Path) -> None:
    for name in ("staging", "data"):
        (tmp_path / "lake" / name).mkdir(parents=True)
    put(Lake.create(tmp_path / "lake"), "a")
    assert names(Lake.open(tmp_path / "lake")) == ["a"]


@pytest.mark.parametrize("name", ["a [b] c", "a*c", "year=2026", "it's", "what?", "ü x"])
def test_the_path_of_a_lake_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    """None of it is a pattern, a partition or the end of a SQL text."""
    (tmp_path / "abc" / "lake").mkdir(parents=True)
    lake = Lake.create(tmp_path / name / "lake")
    put(lake, "a")
    with lake.connect() as connection:
        columns = [c[0] for c in connection.sql("SELECT * FROM hospital_npis").description]
    assert columns == ["content_id", "npi"]
    assert count(lake) == 3
    assert verify(lake).problems == ()


def test_a_lake_copied_without_its_empty_folders_works(lake: Lake, tmp_path: Path) -> None:
    put(lake, "a")
    copied = Path(shutil.copytree(lake.root, tmp_path / "copy"))
    (copied / "staging").rmdir()
    (copied / "lock").unlink()
    put(Lake.open(copied), "b")
    assert names(Lake.open(copied)) == ["a", "b"]
    assert verify(Lake.open(copied)).ok


# --- committing ----------------------------------------------------------------------------------


def test_rows_are_seen_after_the_commit_and_not_before(lake: Lake) -> None:
    with lake.writer(content_id("a")) as out:
        out.add_many("hospital_npis", npis(5))
        out.finish()
        assert count(lake) == 0
    put(lake, "a", {"hospital_npis": npis(5)})
    assert count(lake) == 5


def test_what_is_not_committed_leaves_nothing(lake: Lake) -> None:
    def half_way() -> None:
        with lake.writer(content_id("a")) as out:
            out.add_many("hospital_npis", npis(5))
            out.finish()
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        half_way()
    assert lake.staging_folders() == []
    assert lake.manifest().generation == 0
    assert data_files(lake) == set()


def test_a_commit_that_fails_in_the_rename_leaves_the_lake_as_it_was(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(lake, "a")
    before = newest(lake).read_bytes()
    real = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if target.suffix == ".json":
            raise OSError(28, "No space left on device")
        return real(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refuse)
        with pytest.raises(OSError, match="No space left"):
            put(lake, "b")
    assert newest(lake).read_bytes() == before
    assert names(lake) == ["a"]
    assert put(lake, "b")
    assert verify(lake).unnamed == ()
    assert names(lake) == ["a", "b"]


def test_a_commit_has_one_number_more(lake: Lake) -> None:
    for name in "abc":
        put(lake, name)
    assert lake.manifest().generation == 3
    assert newest(lake).name == "00000003.json"


def test_the_same_content_again_adds_an_observation_and_no_row(lake: Lake) -> None:
    assert put(lake, "a")
    files = data_files(lake)
    assert not put(lake, "a")
    assert data_files(lake) == files
    assert len(lake.manifest().observations) == 2
    assert count(lake) == 3


def test_a_sighting_of_a_content_that_is_not_there_changes_nothing(lake: Lake) -> None:
    put(lake, "a")
    before = newest(lake)
    assert not lake.observe(sighting("b"))
    assert newest(lake) == before
    assert lake.observe(sighting("a", "https://example.org/a"))
    origins = [o.origin for o in lake.manifest().observations]
    assert origins == ["/files/a", "https://example.org/a"]


def test_money_comes_back_with_every_digit(lake: Lake) -> None:
    amounts = [Decimal("0.0001"), Decimal("690.6447"), Decimal("99999999999999.9999")]
    rows = [
        {"charge_id": n, "item_id": 0, "modifier_set_id": "", "gross": amount, "place": f"row {n}"}
        for n, amount in enumerate(amounts)
    ]
    put(lake, "a", {"charges": rows})
    with lake.connect() as connection:
        found = connection.sql("SELECT gross FROM charges ORDER BY charge_id").fetchall()
    assert [row[0] for row in found] == amounts


def test_the_manifest_is_also_two_views(lake: Lake) -> None:
    put(lake, "a", read=5, set_aside=())
    with lake.connect() as connection:
        row = connection.sql("SELECT content_id, publisher, read, set_aside FROM contents")
        assert row.fetchall() == [(content_id("a"), "a", 5, 0)]
        seen = connection.sql("SELECT origin, retrieved_at FROM observations").fetchall()
    assert seen == [("/files/a", datetime(2026, 9, 1, 12))]  # noqa: DTZ001 - UTC, unzoned


# --- removing and finding ------------------------------------------------------------------------


def test_a_removed_content_takes_its_rows_and_sightings_with_it(lake: Lake) -> None:
    put(lake, "a")
    put(lake, "b", {"hospital_npis": npis(4)})
    assert lake.remove(content_id("a")).publisher == "a"
    assert names(lake) == ["b"]
    assert [o.content_id for o in lake.manifest().observations] == [content_id("b")]
    assert count(lake) == 4
    assert verify(lake).ok


def test_a_removed_content_can_be_added_again(lake: Lake) -> None:
    put(lake, "a")
    lake.remove(content_id("a")[:6])
    assert put(lake, "a")
    assert count(lake) == 3


def test_files_of_a_removed_content_go_when_no_kept_generation_names_them(lake: Lake) -> None:
    put(lake, "a")
    gone = data_files(lake)
    lake.remove(content_id("a"))
    put(lake, "b")
    assert gone <= data_files(lake)
    put(lake, "c")
    assert not gone & data_files(lake)


def test_a_source_is_found_by_six_characters_of_its_id_in_any_case(lake: Lake) -> None:
    put(lake, "a")
    assert lake.find(" " + content_id("a")[:6].upper()).publisher == "a"


@pytest.mark.parametrize("asked", ["", content_id("a")[:5], "zzzzzz", content_id("a") + "0"])
def test_a_source_is_not_found_by_less_or_by_something_else(lake: Lake, asked: str) -> None:
    put(lake, "a")
    with pytest.raises(UsageError, match="six or more characters"):
        lake.find(asked)


def test_a_prefix_of_two_ids_finds_neither(lake: Lake) -> None:
    put(lake, "a", content_id="0" * 6 + "1" * 58)
    put(lake, "b", content_id="0" * 6 + "2" * 58)
    with pytest.raises(UsageError, match="2 ids of this lake begin"):
        lake.find("000000")


# --- what is left over ---------------------------------------------------------------------------


def test_the_next_commit_sweeps_orphans_dead_staging_and_half_written_manifests(
    lake: Lake,
) -> None:
    put(lake, "a")
    orphan = lake.root / "data" / "rates" / "0123456789abcdef-01234567.parquet"
    orphan.parent.mkdir()
    orphan.write_bytes(b"PAR1")
    dead = lake.root / "staging" / "dead"
    dead.mkdir()
    (dead / "rates.parquet").write_bytes(b"PAR1")
    half = lake.root / "manifest" / ".00000002.json.tmp"
    half.write_bytes(b"{")
    put(lake, "b")
    assert not orphan.exists()
    assert not dead.exists()
    assert not half.exists()
    assert names(lake) == ["a", "b"]


def test_the_staging_of_a_living_writer_is_not_swept(lake: Lake) -> None:
    with lake.writer(content_id("slow")) as slow:
        slow.add_many("hospital_npis", npis(3))
        put(lake, "quick")
        staged = slow.finish()
        assert [path.name for path in lake.staging_folders()] == [slow.folder.name]
        assert (slow.folder / staged[0].path).is_file()


def test_a_stray_file_in_staging_hinders_nobody(lake: Lake) -> None:
    (lake.root / "staging" / ".DS_Store").write_bytes(b"")
    assert put(lake, "a")
    assert put(lake, "b")


# --- readers while commits go on -----------------------------------------------------------------


def test_a_reader_sees_its_generation_while_commits_go_on(lake: Lake) -> None:
    put(lake, "a")
    with lake.connect() as pinned:
        lake.remove(content_id("a"))
        for name in "bcdef":
            put(lake, name, {"hospital_npis": npis(1)})
        assert pinned.sql("SELECT count(*) FROM hospital_npis").fetchall() == [(3,)]
        assert pinned.sql("SELECT publisher FROM contents").fetchall() == [("a",)]
    assert count(lake) == 5


def test_the_files_of_a_reader_go_once_it_has_gone(lake: Lake) -> None:
    put(lake, "a")
    first = data_files(lake)
    pinned = lake.connect()
    lake.remove(content_id("a"))
    for name in "bcd":
        put(lake, name)
    assert first <= data_files(lake)
    pinned.close()
    del pinned
    gc.collect()
    put(lake, "e")
    assert not first & data_files(lake)
    assert len(list((lake.root / "manifest").iterdir())) <= 3


# --- several processes ---------------------------------------------------------------------------


def test_of_processes_that_add_at_once_none_loses_its_work(lake: Lake) -> None:
    wanted = [f"file {n}" for n in range(8)]
    run_together(put_one, lake.root, wanted)
    assert sorted(names(lake)) == wanted
    assert lake.manifest().generation == 8
    assert count(lake) == 3 * 8
    report = verify(lake)
    assert report.ok
    assert report.unnamed == ()


def test_one_content_added_by_processes_at_once_is_one_content_seen_often(lake: Lake) -> None:
    run_together(put_one, lake.root, ["same"] * 4)
    assert names(lake) == ["same"]
    assert len(lake.manifest().observations) == 4
    assert count(lake) == 3
    assert verify(lake).ok


# --- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"\xff\xfe", b'{"generation": "one"}', b"[" * 100_000]
)
def test_a_manifest_that_is_none_stops_every_use_of_the_lake(lake: Lake, raw: bytes) -> None:
    """The generation before is not taken in its place: it would hide what was added."""
    put(lake, "a")
    put(lake, "b")
    newest(lake).write_bytes(raw)
    for use in (lake.manifest, lake.connect, lambda: put(lake, "c"), lambda: verify(lake)):
        with pytest.raises(LakeDamaged, match="not a manifest") as raised:
            use()
        assert raised.value.exit_code == 7
    assert newest(lake).read_bytes() == raw


def test_a_manifest_under_the_number_of_another_is_refused(lake: Lake) -> None:
    """A commit would otherwise take a lower number, which nobody reads."""
    put(lake, "a")
    newest(lake).rename(lake.root / "manifest" / "00000009.json")
    with pytest.raises(LakeDamaged, match="another generation"):
        put(lake, "b")


def test_a_manifest_of_a_newer_ratepress_is_refused(lake: Lake) -> None:
    put(lake, "a")
    said = json.loads(newest(lake).read_bytes())
    newest(lake).write_text(json.dumps({**said, "format": said["format"] + 1}))
    with pytest.raises(LakeDamaged, match="newer ratepress"):
        lake.manifest()


def test_a_manifest_that_is_a_folder_is_damage(lake: Lake) -> None:
    (lake.root / "manifest" / "00000001.json").mkdir()
    with pytest.raises(LakeDamaged, match="cannot be read"):
        lake.manifest()


def test_a_missing_data_file_is_damage_and_not_fewer_rows(lake: Lake) -> None:
    put(lake, "a")
    lake.data_files()[0].unlink()
    with pytest.raises(LakeDamaged, match="is not there"):
        lake.connect()


def test_a_data_file_that_is_no_parquet_is_damage(lake: Lake) -> None:
    put(lake, "a")
    lake.data_files()[0].write_bytes(b"no parquet")
    with pytest.raises(LakeDamaged, match="table hospital_npis cannot be read"):
        lake.connect()


def test_a_lake_without_its_data_folder_takes_no_more(lake: Lake) -> None:
    put(lake, "a")
    shutil.rmtree(lake.root / "data")
    with pytest.raises(LakeDamaged, match="`data` is missing"):
        put(lake, "b")
