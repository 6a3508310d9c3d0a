"""Provider references at URLs: asked for once, each a content of its own, and never unasked."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import loopback_server
from loopback_server import Loopback, cut, redirect, serve, status
from ratepress.cli.app import app
from ratepress.cli.run import run
from ratepress.codes.argument import CodeRef
from ratepress.core.errors import UsageError
from ratepress.fetch.limits import Limits
from ratepress.fetch.transport import Session
from ratepress.lake.store import Lake
from ratepress.lake.verify import verify
from ratepress.market.benchmark import run_market
from ratepress.readers.add import Added, add
from ratepress.readers.references import ReferenceLimits, References, fetch_references

LOOPBACK = ["127.0.0.1"]
RESOLVED = """
    SELECT count(*) FROM rates r WHERE EXISTS (
      SELECT 1 FROM provider_sets s
      LEFT JOIN reference_contents f USING (content_id, group_id)
      JOIN group_members m
        ON (m.content_id, m.group_id) IN
          ((s.content_id, s.group_id), (f.reference_content_id, 'file'))
      WHERE s.content_id = r.content_id AND s.provider_set_id = r.provider_set_id
    )
"""
Fetch = Callable[..., References]


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] in ("127.0.0.1", "::1"), f"a test reached for {address[0]}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback_server.running() as made:
        yield made


@pytest.fixture
def fetch(lake: Lake) -> Iterator[Fetch]:
    limits = Limits(interval_seconds=0, reserve_bytes=0, stall_seconds=2, attempts=2)
    with Session(limits, sleep=lambda _: None) as session:

        def call(added: Added, **options: Any) -> References:
            options = {"hosts": LOOPBACK, "session": session, **options}
            return fetch_references(lake, added.content.content_id, **options)

        yield call


def entity(tin: str, *npis: int) -> dict[str, Any]:
    return {"npi": list(npis), "tin": {"type": "ein", "value": tin}}


def reference(*entities: dict[str, Any]) -> bytes:
    return json.dumps({"provider_groups": list(entities), "version": "1.0.0"}).encode()


WEST = entity("12-3456789", 1234567893, 1003000126)
EAST = entity("987654321", 1497758544)


def rates_file(folder: Path, *groups: dict[str, Any], name: str = "rates.json") -> Path:
    """One item with a price for each group, the groups' ids counted from 1."""
    numbered = [{"provider_group_id": i, **group} for i, group in enumerate(groups, 1)]
    price = {
        "negotiated_type": "negotiated",
        "negotiated_rate": 100.5,
        "expiration_date": "9999-12-31",
        "billing_class": "professional",
        "service_code": ["24"],
    }
    document = {
        "reporting_entity_name": "West Health",
        "reporting_entity_type": "insurer",
        "last_updated_on": "2026-01-01",
        "version": "1.0.0",
        "provider_references": numbered,
        "in_network": [
            {
                "negotiation_arrangement": "ffs",
                "name": "x",
                "billing_code_type": "CPT",
                "billing_code_type_version": "2026",
                "billing_code": "32557",
                "description": "x",
                "negotiated_rates": [
                    {
                        "provider_references": [i + 1],
                        "negotiated_prices": [{**price, "negotiated_rate": 100 + i}],
                    }
                    for i in range(len(groups))
                ],
            }
        ],
    }
    path = folder / name
    path.write_text(json.dumps(document))
    return path


def at(location: str, *listed: dict[str, Any]) -> dict[str, Any]:
    group: dict[str, Any] = {"location": location}
    return {**group, "provider_groups": list(listed)} if listed else group


def links(lake: Lake) -> dict[str, tuple[str, str | None]]:
    """State and content of each group."""
    with lake.connect() as connection:
        rows = connection.execute(
            "SELECT group_id, state, reference_content_id FROM reference_contents"
        ).fetchall()
    return {group: (state, content) for group, state, content in rows}


def kinds(lake: Lake) -> list[str]:
    return sorted(content.kind for content in lake.manifest().contents)


def test_members_behind_a_location_become_a_content_of_their_own(
    lake: Lake, server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    url = server.on("/1.json", serve(reference(WEST, EAST, WEST)))
    added = add(lake, rates_file(tmp_path, at(url)))
    found = fetch(added)
    assert (found.n_groups, found.n_locations, found.n_asked, found.n_new) == (1, 1, 1, 1)
    assert found.states == {"fetched": 1}
    assert kinds(lake) == ["payer-in-network", "payer-provider-reference"]
    content = next(c for c in lake.manifest().contents if c.kind == "payer-provider-reference")
    assert (content.read, content.loaded) == (3, 3)
    assert links(lake) == {"1": ("fetched", content.content_id)}
    with lake.connect() as connection:
        members = connection.execute(
            "SELECT entity, tin_type, tin, npi FROM group_members WHERE content_id = ? "
            "ORDER BY ALL",
            [content.content_id],
        ).fetchall()
        assert connection.execute(RESOLVED).fetchall() == [(1,)]
        # What the file itself says is not rewritten.
        assert connection.execute(
            "SELECT state FROM provider_groups WHERE content_id = ?", [added.content.content_id]
        ).fetchall() == [("not fetched",)]
    assert members == [
        (0, "ein", "123456789", "1003000126"),
        (0, "ein", "123456789", "1234567893"),
        (1, "ein", "987654321", "1497758544"),
    ]
    (seen,) = [o for o in lake.manifest().observations if o.content_id == content.content_id]
    assert (seen.origin, seen.etag) == (url, '"1"')
    assert verify(lake).problems == ()


def test_identical_bytes_at_two_urls_are_one_content(
    lake: Lake, server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    urls = [server.on(f"/{n}.json", serve(reference(WEST))) for n in (1, 2)]
    found = fetch(add(lake, rates_file(tmp_path, *map(at, urls))))
    assert (found.n_asked, found.n_new, found.states) == (2, 1, {"fetched": 2})
    held = links(lake)
    assert held["1"] == held["2"]
    origins = [o.origin for o in lake.manifest().observations if o.content_id == held["1"][1]]
    assert sorted(origins) == sorted(urls)
    assert verify(lake).ok


def test_one_url_of_many_groups_is_asked_once(
    lake: Lake, server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    url = server.on("/1.json", serve(reference(WEST)))
    found = fetch(add(lake, rates_file(tmp_path, at(url), at(url), at(url))))
    assert (found.n_groups, found.n_locations, len(server.asked)) == (3, 1, 1)


def test_each_reference_that_gives_nothing_says_why(
    lake: Lake, server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    whole = reference(WEST)
    behaviours = {
        "truncated": serve(whole[:-9]),
        "absent": status(404),
        "empty": serve(b'{"provider_groups": []}'),
        "unreadable": serve(b'{"members": []}'),
        "web page": serve(b"<html>log in"),
        "expired": status(403, b"<Message>Request has expired</Message>"),
        "denied": status(403),
        "busy": status(503),
        "refused": redirect("https://10.0.0.1/x.json"),
        "too large": serve(b" " * 2_000_000),
        "fetched": serve(whole),
    }
    urls = [server.on(f"/{n}.json", how) for n, how in enumerate(behaviours.values())]
    cut_on_the_way = server.on("/cut.json", cut(whole, 9, etag=None))
    added = add(lake, rates_file(tmp_path, *map(at, urls), at(cut_on_the_way)))
    limits = Limits(interval_seconds=0, reserve_bytes=0, attempts=2, max_bytes=1_000_000)
    with Session(limits, sleep=lambda _: None) as session:
        found = fetch(added, session=session)
    assert found.states == {**dict.fromkeys(behaviours, 1), "truncated": 2}
    assert [state for state, _ in list(links(lake).values())].count("truncated") == 2
    with lake.connect() as connection:
        reasons = connection.execute(
            "SELECT reason IS NULL, count(*) FROM reference_contents GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    assert reasons == [(False, len(behaviours)), (True, 1)]
    assert verify(lake).ok


def test_a_second_run_asks_only_for_what_may_have_mended(
    lake: Lake, server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    urls = [
        server.on("/good.json", serve(reference(WEST))),
        server.on("/absent.json", status(404)),
        server.on("/busy.json", status(503), status(503), serve(reference(EAST))),
    ]
    added = add(lake, rates_file(tmp_path, *map(at, urls)))
    assert fetch(added).states == {"absent": 1, "busy": 1, "fetched": 1}
    before = len(server.asked)
    assert fetch(added).states == {"absent": 1, "fetched": 2}
    assert [asked.path for asked in server.asked[before:]] == ["/busy.json"]
    generation = lake.manifest().generation
    assert fetch(added).n_asked == 0
    assert lake.manifest().generation == generation
    server.on("/absent.json", serve(reference(WEST, EAST)))
    assert fetch(added, again=True).states == {"fetched": 3}
    assert server.asked[-3].headers["if-none-match"] == '"1"'


def test_another_file_that_names_the_same_url_fetches_nothing(
    lake: Lake, server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    url = server.on("/1.json", serve(reference(WEST)))
    fetch(add(lake, rates_file(tmp_path, at(url))))
    other = add(lake, rates_file(tmp_path, at(url), at(url), name="other.json"))
    found = fetch(other, hosts=[])
    assert (found.n_asked, found.states, len(server.asked)) == (0, {"fetched": 2}, 1)
    assert len(links(lake)) == 2


def test_a_reference_that_was_removed_is_fetched_again(
    lake: Lake, server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    added = add(lake, rates_file(tmp_path, at(server.on("/1.json", serve(reference(WEST))))))
    fetch(added)
    lake.remove(str(links(lake)["1"][1]))
    found = fetch(added)
    assert (found.n_new, found.states) == (1, {"fetched": 1})
    assert len(server.asked) == 1, "its bytes are still in the cache"


def test_nothing_is_fetched_without_a_host_that_is_allowed(
    lake: Lake, server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    url = server.on("/1.json", serve(reference(WEST)))
    added = add(lake, rates_file(tmp_path, at(url), at("https://files.example/x.json")))
    with pytest.raises(UsageError) as raised:
        fetch(added, hosts=[])
    assert raised.value.found == "127.0.0.1 (1), files.example (1)"
    assert fetch(added, hosts=["other.example"]).states == {"refused": 2}
    assert server.asked == []
    assert fetch(added, hosts=[f"127.0.0.1:{server.port}"]).states == {"fetched": 1, "refused": 1}


def test_limits_leave_the_rest_for_the_next_run(
    lake: Lake, server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    urls = [
        server.on(f"/{n}.json", serve(reference(entity("123456789", 1000000000 + n))))
        for n in range(5)
    ]
    added = add(lake, rates_file(tmp_path, *map(at, urls)))
    assert fetch(added, limits=ReferenceLimits(count=2)).states == {"fetched": 2, "not asked": 3}
    assert fetch(added, limits=ReferenceLimits(total_bytes=1)).states == {
        "fetched": 3,
        "not asked": 2,
    }
    assert fetch(added, limits=ReferenceLimits(seconds=-1)).n_asked == 0
    assert fetch(added).states == {"fetched": 5}
    assert len(server.asked) == 5


def test_a_file_of_another_kind_at_the_location_is_no_reference(
    lake: Lake, server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    """Its groups would all pass for this one group."""
    stranger = rates_file(tmp_path, {"provider_groups": [WEST]}, name="stranger.json")
    add(lake, stranger)
    url = server.on("/1.json", serve(stranger.read_bytes()))
    assert fetch(add(lake, rates_file(tmp_path, at(url)))).states == {"unreadable": 1}


def test_fetched_members_vote_as_listed_ones_do(server: Loopback, tmp_path: Path) -> None:
    """Rules M02 and M03: two files of the same rates, one listing what the other points to."""

    def market(*groups: dict[str, Any]) -> tuple[Any, Any]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        lake = Lake.create(folder / "lake")
        added = add(lake, rates_file(folder, *groups))
        with Session(Limits(interval_seconds=0, reserve_bytes=0)) as session:
            fetch_references(lake, added.content.content_id, hosts=LOOPBACK, session=session)
        with lake.connect() as connection:
            run_market(connection, [CodeRef("cpt", "32557")], date(2026, 1, 1))
            voters = "SELECT provider_set_id, entity_kind, entity FROM set_voters ORDER BY ALL"
            providers = "SELECT provider_set_id, providers FROM set_providers ORDER BY ALL"
            return connection.sql(voters).fetchall(), connection.sql(providers).fetchall()

    both = server.on("/both.json", serve(reference(WEST, EAST)))
    east = server.on("/east.json", serve(reference(EAST)))
    listed = {"provider_groups": [EAST, WEST]}
    expected = market(listed, listed)
    assert [row[1:] for row in expected[0]] == [
        ("TIN", "ein 123456789"),
        ("TIN", "ein 987654321"),
    ] * 2
    # The second group lists one entity itself and has the other at a location.
    assert market(at(both), at(east, WEST)) == expected
    assert market(at(both), at(server.url("/absent.json"))) != expected


def test_a_kill_leaves_the_lake_whole_and_no_download_lost(
    server: Loopback, lake: Lake, fetch: Fetch, tmp_path: Path
) -> None:
    """The process dies while the server holds back its 100th document, after one batch of 64."""
    documents = [reference(entity("123456789", 1000000000 + n)) for n in range(120)]

    def kill(handler: loopback_server.Handler) -> None:
        os.kill(child.pid, signal.SIGKILL)
        handler.close_connection = True

    urls = [
        server.on(f"/{n:03}.json", *([kill] if n == 99 else []), serve(document))
        for n, document in enumerate(documents)
    ]
    added = add(lake, rates_file(tmp_path, *map(at, urls)))
    program = (
        "import sys; from ratepress.lake.store import Lake; "
        "from ratepress.readers import references as r; "
        "from ratepress.fetch.transport import Session; from ratepress.fetch.limits import Limits; "
        "r.fetch_references(Lake.open(sys.argv[1]), sys.argv[2], hosts=['127.0.0.1'], "
        "session=Session(Limits(interval_seconds=0, reserve_bytes=0)))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(lake.root), added.content.content_id]
    )
    assert child.wait(60) == -signal.SIGKILL
    report = verify(lake)
    assert report.problems == ()
    n_committed = kinds(lake).count("payer-provider-reference")
    assert n_committed in (0, 64)
    assert [state for state, _ in links(lake).values()] == ["fetched"] * n_committed
    found = fetch(added)
    assert found.states == {"fetched": 120}
    assert verify(lake).ok
    counts = [sum(asked.path == f"/{n:03}.json" for asked in server.asked) for n in range(120)]
    assert sorted(counts) == [1] * 119 + [2], "only the one that was cut is asked for again"


def test_the_command_fetches_only_when_it_is_told_to(
    server: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = server.on("/1.json", serve(reference(WEST)))
    path = rates_file(tmp_path, at(good), at(server.url("/absent.json")))

    def call(*words: object) -> tuple[int, Any]:
        words = ("add", path, "--lake", tmp_path / "lake", "--json", *words)
        code = run(app, [str(word) for word in words])
        return code, json.loads(capsys.readouterr().out)

    code, said = call()
    assert (code, "references" in said["data"]["files"][0], server.asked) == (0, False, [])
    code, said = call("--fetch-references")
    assert (code, said["error"]["code"], server.asked) == (2, "usage", [])
    assert "--allow-host" in said["error"]["todo"]
    code, said = call("--fetch-references", "--allow-host", "127.0.0.1", "--max-references", 1)
    states = said["data"]["files"][0]["references"]["states"]
    assert (code, sum(states.values()), states["not asked"]) == (0, 2, 1)
    code, said = call("--fetch-references", "--allow-host", "127.0.0.1")
    assert said["data"]["files"][0]["references"]["states"] == {"absent": 1, "fetched": 1}
    assert len(server.asked) == 2
    assert call("--fetch-references", "--allow-host", "127.0.0.1", "--ask-again")[0] == 0
    assert len(server.asked) == 4


def test_sources_tell_references_together(
    lake: Lake,
    server: Loopback,
    fetch: Fetch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    urls = [server.on("/1.json", serve(reference(WEST))), server.on("/2", serve(reference(EAST)))]
    fetch(add(lake, rates_file(tmp_path, *map(at, urls))))
    assert run(app, ["sources", "--lake", str(lake.root)]) == 0
    printed = capsys.readouterr().out
    assert "And 2 fetched provider references with 2 entities" in printed
    assert printed.count("payer-") == 1
    assert run(app, ["sources", "--lake", str(lake.root), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["data"]["sources"]) == 3


@pytest.mark.files
def test_the_references_of_carefirst(
    lake: Lake, server: Loopback, fetch: Fetch, data_folder: Path, tmp_path: Path
) -> None:
    """370 references: 351 are good, 9 truncated and 10 missing, and 117,146 rates have providers.

    The counts are those of who made the set; the rates are in the lake before the references are.
    """
    folder = data_folder / "price_files/derived/dolthub__data-analysis"
    with tarfile.open(folder / "carefirst_loopback_provider_refs.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    for path in (tmp_path / "mrf-files").iterdir():
        server.on(f"/mrf-files/{path.name}", serve(path.read_bytes(), etag=f'"{path.name}"'))
    rates = tmp_path / "in-network-rates.json"
    rates.write_bytes(rates.read_bytes().replace(b"127.0.0.1:8765", b"127.0.0.1:%d" % server.port))
    added = add(lake, rates)
    assert (added.content.loaded, server.asked) == (122_310, [])
    found = fetch(added)
    assert found.states == {"fetched": 351, "truncated": 9, "absent": 10}
    assert (found.n_groups, found.n_asked, len(server.asked)) == (370, 370, 370)
    assert len({asked.path for asked in server.asked}) == 370
    with lake.connect() as connection:
        assert connection.execute(RESOLVED).fetchall() == [(117_146,)]
    known = add(lake, rates)
    assert known.was_new is False
    again = fetch(known)
    assert (again.n_asked, again.states, len(server.asked)) == (0, found.states, 370)
