"""A process killed at any point of `add` leaves the lake as it was, and the next `add` succeeds.

The kills are real (SIGKILL of another process): at random moments of adding a file of twenty
thousand rows, and between every two calls by which `add` changes the disk.
"""

from __future__ import annotations

import random
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from budget import IS_LONG
from lake_processes import PROCESSES, add_one, add_until_call, add_when_told, run_together
from lake_rows import content_id, hospital_csv, npis, put
from ratepress.lake.store import Lake
from ratepress.lake.verify import verify
from ratepress.readers.add import add
from ratepress.readers.source import Source

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
SEED = 20261124
KILLS = 50 if IS_LONG else 25
ROWS = 20_000


def manifest_bytes(lake: Lake) -> bytes:
    return max((lake.root / "manifest").glob("[0-9]*.json")).read_bytes()


def start(target: Any, *arguments: Any) -> Any:
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    return process


def assert_untouched_or_complete(lake: Lake, before: bytes, killed: Path) -> bool:
    """Whether the killed file is in; otherwise the manifest is byte for byte what it was."""
    report = verify(lake)
    assert report.problems == ()
    content = lake.manifest().content(Source(killed).content_id)
    if content is None:
        assert manifest_bytes(lake) == before
        return False
    assert content.read == content.loaded > 0
    with lake.connect() as connection:
        query = "SELECT count(*) FROM rates WHERE content_id = ?"
        assert connection.execute(query, [content.content_id]).fetchall() == [(content.read,)]
    return True


def assert_swept(lake: Lake) -> None:
    report = verify(lake)
    assert report.problems == ()
    assert report.unnamed == ()
    assert list((lake.root / "manifest").glob(".*")) == []


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hospital_csv(tmp_path_factory.mktemp("big") / "big.csv", ROWS, "Big Hospital")


def test_kills_at_random_moments(lake: Lake, big: Path, tmp_path: Path) -> None:
    """After each: as it was or complete; a small file goes in, and what was left over goes out."""
    put(lake, "there before")
    moments = random.Random(SEED)
    # The first process is left to finish, so that the moments lie within the time it takes.
    whole_seconds, limit = 60.0, 60.0
    kills = 0
    for number in range(3 * KILLS):
        before = manifest_bytes(lake)
        seconds, was_killed = add_and_kill(lake, big, limit)
        if not was_killed:
            whole_seconds = seconds
        kills += was_killed
        limit = whole_seconds * moments.random()
        is_in = assert_untouched_or_complete(lake, before, big)
        assert was_killed or is_in
        small = hospital_csv(tmp_path / "small.csv", 3, f"Small Hospital {number}")
        assert add(lake, small).was_new
        assert_swept(lake)
        # So that the lake, and with it the time of each round, does not grow.
        for killed_or_small in lake.manifest().contents[1:]:
            lake.remove(killed_or_small.content_id)
        if kills == KILLS:
            break
    assert kills == KILLS
    assert add(lake, big).content.rows["rates"] == ROWS
    assert_swept(lake)
    assert [c.publisher for c in lake.manifest().contents] == ["there before", "Big Hospital"]


def add_and_kill(lake: Lake, path: Path, limit: float) -> tuple[float, bool]:
    """Add in another process and kill it after so many seconds, unless it is done before."""
    go, begun = PROCESSES.Event(), PROCESSES.Event()
    process = start(add_when_told, lake.root, path, go, begun)
    go.set()
    assert begun.wait(60)
    began = time.perf_counter()
    process.join(limit)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return time.perf_counter() - began, process.exitcode != 0


def test_a_kill_between_every_two_calls_that_change_the_disk(tmp_path: Path) -> None:
    """On a lake that has everything to sweep: an old generation, orphans, a dead writer."""
    model = lake_with_leftovers(tmp_path / "model")
    small = hospital_csv(tmp_path / "small.csv", 20)
    other = hospital_csv(tmp_path / "other.csv", 3, "Other Hospital")
    number, was_in = 0, []
    while True:
        number += 1
        lake = Lake.open(shutil.copytree(model, tmp_path / f"lake-{number}"))
        before = manifest_bytes(lake)
        process = start(add_until_call, lake.root, small, number)
        process.join()
        is_in = assert_untouched_or_complete(lake, before, small)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        was_in.append(is_in)
        assert add(lake, other).was_new
        assert_swept(lake)
        assert add(lake, small).was_new is not is_in
        shutil.rmtree(lake.root)
    assert is_in
    # Nothing, then everything: one call decides, and it is neither the first nor the last.
    assert was_in == sorted(was_in)
    assert set(was_in) == {False, True}
    # Its own folder, then of each of seven tables a file made durable, moved, and the move too.
    assert number > 1 + 3 * 7


def lake_with_leftovers(root: Path) -> Path:
    """A lake that was changed often and in which processes were killed."""
    lake = Lake.create(root)
    for name in "abc":
        put(lake, name)
    lake.remove(content_id("a"))
    put(lake, "d", {"hospital_npis": npis(2)})
    orphan = root / "data" / "rates" / "0123456789abcdef-01234567.parquet"
    orphan.parent.mkdir()
    orphan.write_bytes(b"PAR1")
    (root / "staging" / "dead").mkdir()
    (root / "staging" / "dead" / "rates.parquet").write_bytes(b"PAR1")
    (root / "manifest" / ".00000006.json.tmp").write_bytes(b"{")
    assert lake.manifest().generation == 5
    return root


def test_two_processes_add_two_files_at_once_and_both_land(lake: Lake, tmp_path: Path) -> None:
    files = [hospital_csv(tmp_path / f"{n}.csv", 300, f"Hospital {n}") for n in range(2)]
    run_together(add_one, lake.root, [str(path) for path in files])
    assert sorted(c.publisher for c in lake.manifest().contents) == ["Hospital 0", "Hospital 1"]
    assert_swept(lake)


def test_two_processes_add_one_file_at_once_and_it_is_there_once(
    lake: Lake, tmp_path: Path
) -> None:
    path = hospital_csv(tmp_path / "one.csv", 300)
    run_together(add_one, lake.root, [str(path)] * 2)
    (content,) = lake.manifest().contents
    assert content.rows["rates"] == 300
    assert len(lake.manifest().observations) == 2
    assert_swept(lake)
