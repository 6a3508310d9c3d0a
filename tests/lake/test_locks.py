"""Locks: held by one, waited for, and gone with their holder."""

from __future__ import annotations

from pathlib import Path

import pytest

from lake_processes import PROCESSES, hold_for_ever
from ratepress.core.errors import LakeDamaged
from ratepress.lake import locks


def test_a_lock_that_is_held_is_not_given_twice(tmp_path: Path) -> None:
    first = locks.hold(tmp_path / "lock")
    assert first is not None
    assert locks.hold(tmp_path / "lock") is None
    first.close()
    second = locks.hold(tmp_path / "lock")
    assert second is not None
    second.close()


def test_who_waits_too_long_is_told_what_holds_it_up(tmp_path: Path) -> None:
    held = locks.hold(tmp_path / "lock")
    assert held is not None
    waiting = locks.exclusive(tmp_path / "lock", wait_seconds=0.05)
    with held, pytest.raises(LakeDamaged, match="another process has held"):
        waiting.__enter__()


def test_an_exclusive_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), locks.exclusive(tmp_path / "lock"):
        raise RuntimeError
    with locks.exclusive(tmp_path / "lock", wait_seconds=0.05):
        pass


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    ready = PROCESSES.Event()
    process = PROCESSES.Process(target=hold_for_ever, args=(tmp_path / "lock", ready))
    process.start()
    assert ready.wait(30)
    assert locks.hold(tmp_path / "lock") is None
    process.kill()
    process.join()
    with locks.exclusive(tmp_path / "lock", wait_seconds=5):
        pass


def test_a_shared_file_is_not_retired_and_a_retired_one_is_not_shared(tmp_path: Path) -> None:
    path = tmp_path / "00000001.json"
    path.write_bytes(b"{}")
    one, two = locks.share(path), locks.share(path)
    assert one is not None
    assert two is not None
    assert not locks.retire(path)
    one.close()
    assert not locks.retire(path)
    two.close()
    assert locks.retire(path)
    assert not path.exists()
    assert locks.share(path) is None
    assert locks.retire(path)
