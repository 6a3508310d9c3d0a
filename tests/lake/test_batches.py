"""Many contents in one generation, and rows that are learnt of a content after it was read."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from lake_rows import content, content_id, names, npis, put, sighting
from ratepress.lake.store import Lake, Staged
from ratepress.lake.verify import verify

TABLE = "hospital_npis"


def staged(lake: Lake, name: str, writers: ExitStack, rows: int = 3) -> Staged:
    out = writers.enter_context(lake.writer(content_id(name)))
    out.add_many(TABLE, npis(rows))
    files = tuple(out.finish())
    return Staged(content(name, out.rows), files, out.folder, sighting(name))


def known(name: str, origin: str) -> Staged:
    return Staged(content(name, {TABLE: 3}), (), None, sighting(name, origin))


def npi_rows(lake: Lake, name: str) -> int:
    with lake.connect() as connection:
        (found,) = connection.execute(
            f"SELECT count(*) FROM {TABLE} WHERE content_id = ?", [content_id(name)]
        ).fetchall()
    return int(found[0])


def replace(lake: Lake, name: str, rows: int) -> bool:
    with lake.writer(content_id(name)) as out:
        out.add_many(TABLE, npis(rows))
        return lake.replace_rows(content_id(name), TABLE, out.finish(), out.folder)


def test_a_batch_is_one_generation(lake: Lake) -> None:
    put(lake, "a")
    with ExitStack() as writers:
        batch = [staged(lake, name, writers) for name in ("b", "c")]
        assert lake.commit_all([*batch, known("a", "/again"), known("b", "/twice")]) == 2
    assert names(lake) == ["a", "b", "c"]
    assert lake.manifest().generation == 2
    seen = [(o.content_id, o.origin) for o in lake.manifest().observations]
    assert seen == [
        (content_id(name), origin)
        for name, origin in (
            ("a", "/files/a"),
            ("b", "/files/b"),
            ("c", "/files/c"),
            ("a", "/again"),
            ("b", "/twice"),
        )
    ]
    assert verify(lake).problems == ()


def test_a_content_that_has_gone_is_passed_over(lake: Lake) -> None:
    """Between the look at the manifest and the commit another process may remove it."""
    with ExitStack() as writers:
        assert lake.commit_all([staged(lake, "b", writers), known("gone", "/x")]) == 1
    assert names(lake) == ["b"]
    assert verify(lake).problems == ()


def test_a_batch_that_fails_leaves_nothing(lake: Lake) -> None:
    put(lake, "a")
    with ExitStack() as writers:
        batch = [staged(lake, name, writers) for name in ("b", "c")]
        assert batch[1].folder is not None
        (batch[1].folder / f"{TABLE}.parquet").unlink()
        with pytest.raises(FileNotFoundError):
            lake.commit_all(batch)
    assert (names(lake), lake.manifest().generation) == (["a"], 1)
    put(lake, "d")
    report = verify(lake)
    assert (report.problems, report.unnamed) == ((), ()), "the next commit sweeps what was moved"


def test_rows_of_one_table_are_replaced_whole(lake: Lake) -> None:
    put(lake, "a", {TABLE: npis(3), "hospital_locations": [{"position": 0}]})
    put(lake, "b")
    assert replace(lake, "a", 5)
    assert (npi_rows(lake, "a"), npi_rows(lake, "b")) == (5, 3)
    held = lake.find(content_id("a"))
    assert held.rows == {TABLE: 5, "hospital_locations": 1}
    assert held.read == 4, "what was read of the file does not change"
    assert replace(lake, "a", 2)
    assert npi_rows(lake, "a") == 2
    put(lake, "c")
    put(lake, "d")
    report = verify(lake)
    assert (report.problems, report.unnamed) == ((), ())


def test_rows_of_a_content_that_has_gone_are_not_written(lake: Lake) -> None:
    put(lake, "a")
    lake.remove(content_id("a"))
    before = lake.manifest()
    assert not replace(lake, "a", 5)
    assert lake.manifest() == before


def test_a_reader_goes_on_with_the_rows_it_began_with(lake: Lake) -> None:
    put(lake, "a")
    with lake.connect() as connection:
        assert replace(lake, "a", 5)
        put(lake, "b")
        put(lake, "c")
        assert connection.sql(f"SELECT count(*) FROM {TABLE}").fetchall() == [(3,)]
