"""Several files at once give the lake that one after the other gives, whatever goes wrong."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lake_rows import hospital_csv, names
from ratepress.lake.store import Lake
from ratepress.lake.verify import verify
from ratepress.readers import many
from ratepress.readers.add import add
from ratepress.readers.many import Outcome, add_many

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Good files, one of them twice, files that fail, and an archive of three of which one does."""
    good = [hospital_csv(tmp_path / f"{n}.csv", 20 + n, f"Hospital {n}") for n in range(3)]
    page = tmp_path / "page.json"
    page.write_text("<html>Please log in")
    cut = tmp_path / "cut.json"
    cut.write_text('{"reporting_entity_name": "x", "in_network": [')
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a.json", '{"reporting_entity_name": "In a zip", "in_network": []}')
        made.writestr("b.json", cut.read_text())
        made.writestr("c.txt", "hello")
    twice = tmp_path / "twice.csv"
    twice.write_bytes(good[0].read_bytes())
    return [*good, page, cut, archive, twice, tmp_path / "absent"]


def told(outcomes: list[Outcome]) -> list[Any]:
    """An outcome without what differs from one moment to the next."""
    return [
        (
            outcome.path,
            [(one.path, one.was_new, timeless(one.content)) for one in outcome.added],
            (type(outcome.error), str(outcome.error)),
        )
        for outcome in outcomes
    ]


def timeless(content: Any) -> Any:
    return msgspec.structs.replace(content, added_at=None)


def held(lake: Lake) -> Any:
    """All that a lake says, without moments and file names."""
    manifest = lake.manifest()
    with lake.connect() as connection:
        tables = {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()
            for name in ("rates", "items", "hospitals", "problems")
        }
    seen = [(one.content_id, one.origin) for one in manifest.observations]
    return [timeless(content) for content in manifest.contents], seen, tables


@pytest.mark.parametrize(("seed", "keep_going"), [(1, True), (2, True), (3, False)])
def test_the_lake_and_the_answers_are_those_of_one_process(
    tmp_path: Path, files: list[Path], seed: int, keep_going: bool
) -> None:
    """In whatever order the files are named; contents stand in that order."""
    random.Random(seed).shuffle(files)
    if not keep_going:  # Two good ones, then one that fails, then the rest.
        files.sort(key=lambda path: (path.suffix != ".csv", path.name != "page.json"))
        files.append(hospital_csv(tmp_path / "late.csv", 5, "Late Hospital"))
    lakes = [Lake.create(tmp_path / name) for name in ("one", "three")]
    outcomes = [
        list(add_many(lake, files, jobs=jobs, keep_going=keep_going))
        for lake, jobs in zip(lakes, (1, 3), strict=True)
    ]
    assert told(outcomes[1]) == told(outcomes[0])
    assert held(lakes[1]) == held(lakes[0])
    assert len(outcomes[0]) == (len(files) if keep_going else 5)
    n_bad = sum(outcome.error is not None for outcome in outcomes[0])
    assert n_bad == (4 if keep_going else 1)
    assert_clean(lakes[1])


def assert_clean(lake: Lake) -> None:
    """Whole, and nothing staged is left."""
    assert verify(lake).problems == ()
    assert lake.staging_folders() == []


def test_an_archive_keeps_the_files_before_the_one_that_fails(
    lake: Lake, files: list[Path]
) -> None:
    (archive,) = [path for path in files if path.suffix == ".zip"]
    good = files[0]
    first, second = add_many(lake, [archive, good], jobs=2, keep_going=True)
    assert [one.content.publisher for one in first.added] == ["In a zip"]
    assert "all.zip!b.json: not valid JSON" in str(first.error)
    assert (len(second.added), second.error) == (1, None)
    assert names(lake) == ["In a zip", "Hospital 0"]


def kill_all() -> None:
    for process in multiprocessing.active_children():
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()


@POSIX
def test_a_process_that_is_killed_costs_the_file_that_it_read(lake: Lake, tmp_path: Path) -> None:
    """And no other: those that wait are read by processes that take its place."""
    big = hospital_csv(tmp_path / "big.csv", 60_000, "Big Hospital")
    more = [hospital_csv(tmp_path / f"{n}.csv", 3, f"Hospital {n}") for n in range(3)]
    killed = []

    def progress(path: Path, _position: int) -> None:
        if path == big and not killed:
            killed.append(path)
            kill_all()

    first, *others = add_many(lake, [big, *more], jobs=2, keep_going=True, progress=progress)
    assert first.added == ()
    assert "big.csv: the process that read it ended by signal 9" in str(first.error)
    assert first.error is not None
    assert first.error.exit_code == 1
    # Both processes died, and so may one small file have that was being read at that moment.
    assert [outcome.error is None for outcome in others].count(True) >= 2
    assert all("signal 9" in str(o.error) for o in others if o.error is not None)
    assert "Big Hospital" not in names(lake)
    assert add(lake, big).content.rows["rates"] == 60_000
    assert_clean(lake)


@POSIX
def test_what_a_killed_process_had_read_is_read_again(lake: Lake, tmp_path: Path) -> None:
    """Its staging folder dies with it, before the commit or between two looks at it."""
    paths = [hospital_csv(tmp_path / f"{n}.csv", 30, f"Hospital {n}") for n in range(2)]
    with closing(many._Crew(lake, paths, 2, salvage=False, progress=None)) as crew:
        found = [crew.wait_for(number) for number in (1, 0)]
        assert len(lake.staging_folders()) == 2
        kill_all()
        for number, read in zip((1, 0), found, strict=True):
            outcome = many._commit(lake, paths[number], read, salvage=False)
            assert outcome.error is None
            assert [one.was_new for one in outcome.added] == [True]
            crew.release(number)
    assert names(lake) == ["Hospital 1", "Hospital 0"]
    assert_clean(lake)


def test_an_error_that_is_nobodys_file_is_raised_in_its_turn(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is no fault of a file: what came before it is in, and nothing after it."""
    paths = [hospital_csv(tmp_path / f"{n}.csv", 3, f"Hospital {n}") for n in range(3)]
    full = many.Read(1, (), OSError(28, "No space left on device"))
    real = many._Crew.wait_for
    monkeypatch.setattr(many._Crew, "wait_for", lambda crew, n: full if n == 1 else real(crew, n))
    outcomes = add_many(lake, paths, jobs=2, keep_going=True)
    assert next(outcomes).error is None
    with pytest.raises(OSError, match="No space left"):
        next(outcomes)
    assert names(lake) == ["Hospital 0"]
    assert_clean(lake)
    assert multiprocessing.active_children() == []


def start_reading(tmp_path: Path, lake: Lake) -> subprocess.Popen[str]:
    """`ratepress add --jobs 2` of two large files, which both have begun to be staged."""
    paths = [hospital_csv(tmp_path / f"{n}.csv", 60_000, f"Big {n}") for n in range(2)]
    command = [sys.executable, "-m", "ratepress", "add", "--jobs", "2", "--lake", lake.root, *paths]
    running = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until(lambda: len(lake.staging_folders()) == 2)
    return running


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@POSIX
def test_ctrl_c_ends_all_processes_with_one_message(lake: Lake, tmp_path: Path) -> None:
    """A terminal sends it to every process of the group; nothing staged stays behind."""
    running = start_reading(tmp_path, lake)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert (out, err) == ("", "Interrupted. The lake holds what was committed before, whole.\n")
    assert names(lake) == []
    assert_clean(lake)


@POSIX
def test_the_processes_end_with_the_one_that_started_them(lake: Lake, tmp_path: Path) -> None:
    """Even where it was killed and could tell nobody; the next commit sweeps what they staged."""
    running = start_reading(tmp_path, lake)
    running.kill()
    running.communicate(timeout=60)  # Returns when the last of them has closed its output.
    small = hospital_csv(tmp_path / "small.csv", 3, "Small Hospital")
    assert add(lake, small).was_new
    assert names(lake) == ["Small Hospital"]
    assert_clean(lake)
