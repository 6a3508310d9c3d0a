"""Answers hold for a generation: tags, what is kept, and what a commit changes."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from ratepress.codes.argument import CodeRef
from ratepress.dossier.record import Record
from ratepress.lake.manifest import Observation
from ratepress.lake.store import Lake
from ratepress.press.crew import Job, write_codes
from ratepress.service.app import application
from ratepress.service.limits import Limits
from ratepress.service.recent import Recent

LOCAL = "http://localhost"
PAGE = "/code/cpt/99999.json"


@pytest.fixture
def own(examples: Path, tmp_path: Path) -> Lake:
    """A copy of the lake of examples, to be written to."""
    shutil.copytree(examples, tmp_path / "lake")
    return Lake.open(tmp_path / "lake")


def again(lake: Lake, kind: str = "") -> None:
    """Commit a generation that has one more sighting of a file (of a kind) and nothing else."""
    content = next(c for c in lake.manifest().contents if kind in c.kind).content_id
    now = datetime(2026, 7, 1, tzinfo=UTC)
    lake.observe(Observation(content_id=content, origin="again.csv", retrieved_at=now))


def test_a_reader_who_has_an_answer_is_told_that_it_holds(client: TestClient) -> None:
    first = client.get(PAGE)
    again_ = client.get(PAGE, headers={"if-none-match": first.headers["etag"]})
    assert (again_.status_code, again_.content) == (304, b"")
    assert again_.headers["cache-control"] == "no-cache"
    other = client.get(PAGE, headers={"if-none-match": '"x", W/"y"'})
    assert other.status_code == 200


def test_what_is_asked_otherwise_has_another_tag(client: TestClient) -> None:
    addresses = [
        PAGE, f"{PAGE}?ghost_filter=minimum", "/code/cpt/99999.csv", "/code/cpt/99998.json",
        f"{PAGE}?as_of=2026-07-15",
    ]  # fmt: skip
    tags = [client.get(address).headers["etag"] for address in addresses]
    assert len(set(tags)) == len(tags)


def test_a_tag_that_holds_is_answered_without_any_work(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = client.get("/api/codes?limit=3").headers["etag"]

    def fail(*_: object) -> None:
        raise AssertionError("the lake was read")

    monkeypatch.setattr("ratepress.service.questions.all_codes", fail)
    found = client.get("/api/codes?limit=3", headers={"if-none-match": tag})
    assert found.status_code == 304


def test_parts_of_a_benchmark_are_cut_from_one_that_is_made_once_a_generation(
    own: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ratepress.market.benchmark import benchmark

    made: list[str] = []

    def counted(lake: Lake, code: str, **words: object) -> object:
        made.append(code)
        return benchmark(lake, code, **words)  # type: ignore[arg-type]

    monkeypatch.setattr("ratepress.service.questions.benchmark", counted)
    parts = ["?limit=2", "?limit=2&offset=2", ".csv?limit=3", "?grain=payer&setting=outpatient"]
    with TestClient(application(own), base_url=LOCAL) as client:
        first = [client.get(f"/api/benchmark/32557{part}").content for part in parts]
        assert made == ["32557"]
        assert len(set(first)) == len(parts)
        client.get("/api/benchmark/32557?ghost_filter=minimum")
        client.get("/api/benchmark/70551")
        assert made == ["32557", "32557", "70551"]
        again(own)
        assert [client.get(f"/api/benchmark/32557{part}").content for part in parts] == first
        assert made == ["32557", "32557", "70551", "32557"]


def test_a_commit_shows_at_once_and_changes_the_tags(own: Lake) -> None:
    with TestClient(application(own), base_url=LOCAL) as client:
        before = client.get("/api/sources?limit=1")
        assert client.get("/health").json()["data"]["generation"] == own.manifest().generation
        again(own)
        after = client.get(
            "/api/sources?limit=1", headers={"if-none-match": before.headers["etag"]}
        )
        assert after.status_code == 200
        seen = [one.json()["data"]["sources"][0]["n_observations"] for one in (before, after)]
        assert seen[1] == seen[0] + 1
        assert client.get("/health").json()["data"]["generation"] == own.manifest().generation


def test_a_commit_while_an_answer_is_made_is_not_mixed_up(
    own: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ratepress.lake.sources import sources

    calls = []

    def slow_sources(lake: Lake) -> object:
        found = sources(lake)
        calls.append(1)
        if len(calls) == 1:
            again(lake)  # After it was read, and before it is answered.
        return found

    monkeypatch.setattr("ratepress.service.questions.list_sources", slow_sources)
    with TestClient(application(own), base_url=LOCAL) as client:
        found = client.get("/api/sources?limit=1")
        assert len(calls) == 2
        held = client.get("/api/sources?limit=1", headers={"if-none-match": found.headers["etag"]})
        assert held.status_code == 304
        assert found.json()["data"]["sources"][0]["n_observations"] == 2


def test_what_a_reader_did_not_wait_for_is_kept_for_the_next(
    own: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ratepress.lake.sources import sources

    calls, go_on = [], threading.Event()

    def slow_sources(lake: Lake) -> object:
        calls.append(1)
        go_on.wait()
        return sources(lake)

    monkeypatch.setattr("ratepress.service.questions.list_sources", slow_sources)
    with TestClient(application(own, Limits(seconds=0.2)), base_url=LOCAL) as client:
        assert client.get("/api/sources").status_code == 503
        go_on.set()
        while client.get("/api/sources").status_code == 503:
            pass  # The work goes on.
        assert client.get("/api/sources").json()["data"]["total"] == len(own.manifest().contents)
    assert calls == [1]


def test_a_commit_while_every_code_is_gone_through_ends_in_the_newer_pages(
    own: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the newer generation only those codes are gone through that something new touches."""
    gone_through: list[list[str]] = []

    def counted(job: Job, batches: Sequence[Sequence[CodeRef]], jobs: int) -> Iterator[Record]:
        gone_through.append([code.code for batch in batches for code in batch])
        if len(gone_through) == 1:
            again(own, "payer-in-network")
        yield from write_codes(job, batches, jobs)

    monkeypatch.setattr("ratepress.service.shelf.write_codes", counted)
    with TestClient(application(own), base_url=LOCAL) as client:
        page = client.get(f"/source/{own.manifest().contents[0].content_id[:16]}/").text
        assert client.get("/").status_code == 200
        assert len(gone_through) == 2
        assert set() < set(gone_through[1]) < set(gone_through[0])
        tag = client.get("/").headers["etag"]
        assert client.get("/", headers={"if-none-match": tag}).status_code == 304
    assert "again.csv" not in page


def test_a_removed_file_is_gone_from_the_answers(own: Lake) -> None:
    with TestClient(application(own), base_url=LOCAL) as client:
        total = client.get("/api/sources").json()["data"]["total"]
        own.remove(own.manifest().contents[0].content_id)
        assert client.get("/api/sources").json()["data"]["total"] == total - 1


def test_a_lake_that_goes_away_makes_the_service_unhealthy_and_comes_back(own: Lake) -> None:
    away = own.root.with_name("away")
    with TestClient(application(own), base_url=LOCAL) as client:
        assert client.get("/health").status_code == 200
        own.root.rename(away)
        gone = client.get("/health")
        assert gone.status_code == 503
        assert str(own.root) not in gone.text
        away.rename(own.root)
        assert client.get("/health").status_code == 200


def test_an_answer_is_made_once_and_then_at_hand(own: Lake) -> None:
    with TestClient(application(own), base_url=LOCAL) as client:
        for _ in range(3):
            client.get("/api/codes")
        counts = client.get("/metrics").text
    assert "ratepress_answers_made 1.0" in counts
    assert "ratepress_answers_kept 2.0" in counts
    assert 'ratepress_requests_total{route="codes",status="200"} 3.0' in counts


def test_an_empty_lake_is_served_with_what_is_missing(lake: Lake) -> None:
    with TestClient(application(lake), base_url=LOCAL) as client:
        assert client.get("/").status_code == 200
        assert client.get("/api/codes").json()["data"]["total"] == 0
        assert client.get("/code/cpt/32557/?as_of=2026-07-15").status_code == 200
        # Without a day and without files there is no day to look from.
        assert client.get("/code/cpt/32557/").status_code == 400


class Plain:
    """`Recent` in the plainest words: a list, the latest last."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.held: list[tuple[int, int]] = []

    def find(self, key: int) -> int | None:
        for one in self.held:
            if one[0] == key:
                self.held.remove(one)
                self.held.append(one)
                return one[1]
        return None

    def keep(self, key: int, size: int) -> None:
        self.held = [one for one in self.held if one[0] != key]
        if size <= self.room:
            self.held.append((key, size))
        while sum(one[1] for one in self.held) > self.room:
            self.held.pop(0)


@given(
    st.integers(0, 12),
    st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 6)), max_size=40),
)
def test_what_is_kept_is_what_was_used_last(room: int, steps: list[tuple[bool, int, int]]) -> None:
    kept, plain = Recent[int](room), Plain(room)
    for is_find, key, size in steps:
        if is_find:
            assert kept.find(key) == plain.find(key)
        else:
            kept.keep(key, size, size)
            plain.keep(key, size)
        assert kept.size == sum(one[1] for one in plain.held) <= room
