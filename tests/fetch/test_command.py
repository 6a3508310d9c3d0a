"""`ratepress fetch`: one bad link does not stop the others, and signatures are never printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loopback_server import Loopback, serve, status
from ratepress.cli.app import app
from ratepress.cli.run import run
from ratepress.fetch import transport
from ratepress.fetch.limits import Limits

RATES = b'{"reporting_entity_name": "x", "in_network": []}'
SECRET = "Signature=5ec2e7"
Fetch = Callable[..., tuple[int, Any]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses: a pace of its own has a test of its own."""
    limits = Limits(interval_seconds=0, first_pause_seconds=0, reserve_bytes=0)
    monkeypatch.setattr(transport, "DEFAULTS", limits)


@pytest.fixture
def fetch(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Fetch:
    """Run the command with --json; its exit code and what it printed."""

    def call(*words: object) -> tuple[int, Any]:
        code = run(app, ["fetch", *map(str, words), "--out", str(tmp_path / "out"), "--json"])
        printed = capsys.readouterr()
        assert SECRET not in printed.out + printed.err
        return code, json.loads(printed.out)

    return call


def index(server: Loopback, *names: str) -> str:
    """An index of files, the first and the last of them there."""
    files = [{"location": f"{server.url(name)}?{SECRET}", "description": name} for name in names]
    server.on(names[0], serve(RATES + b" "))
    server.on(names[-1], serve(RATES + b"  "))
    document = {"reporting_structure": [{"in_network_files": files}]}
    return server.on("/index.json", serve(json.dumps(document).encode()))


def test_one_file(server: Loopback, fetch: Fetch, tmp_path: Path) -> None:
    url = server.on("/rates.json", serve(RATES))
    code, said = fetch(f"{url}?{SECRET}")
    (file,) = said["data"]["files"]
    assert (code, file["url"], file["bytes"]) == (0, f"{url}?...", len(RATES))
    assert (tmp_path / "out" / "rates.json").read_bytes() == RATES
    assert fetch(f"{url}?{SECRET}")[1]["data"]["files"][0]["was_new"] is False


def test_a_bad_link_of_an_index_does_not_stop_the_others(server: Loopback, fetch: Fetch) -> None:
    url = index(server, "/a.json", "/absent.json", "/b.json")
    code, said = fetch(url, "--match", "*")
    assert code == 6
    assert [Path(f["path"]).name for f in said["data"]["files"]] == [
        "index.json",
        "a.json",
        "b.json",
    ]
    assert [(f["url"], f["state"]) for f in said["data"]["failed"]] == [
        (server.url("/absent.json?..."), "absent")
    ]
    assert said["error"]["message"].startswith("1 of 4 were not fetched")


def test_an_index_without_a_choice_is_fetched_alone(server: Loopback, fetch: Fetch) -> None:
    code, said = fetch(index(server, "/a.json", "/b.json"))
    assert (code, len(said["data"]["files"])) == (0, 1)
    assert "is an index; none of its files was fetched" in said["notes"][0]


def test_a_local_index_is_read_and_leads_to_no_private_host(
    server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    """Its links were written by others, so they do not reach this machine."""
    path = tmp_path / "cms-hpt.txt"
    path.write_text(f"location-name: West\nmrf-url: {server.url('/a.json')}\n")
    code, said = fetch(path)
    assert (code, [f["state"] for f in said["data"]["failed"]]) == (6, ["refused"])
    assert server.asked == []


def test_a_dry_run_fetches_no_file(server: Loopback, fetch: Fetch, tmp_path: Path) -> None:
    url = index(server, "/a.json", "/absent.json", "/b.json")
    code, said = fetch(url, "--dry-run", "--limit", 2)
    assert code == 6
    assert [(one["url"], one["bytes"]) for one in said["data"]["listed"]] == [
        (server.url("/a.json?..."), len(RATES) + 1)
    ]
    code, said = fetch(server.on("/one.json", serve(RATES)), "--dry-run")
    assert (code, said["data"]["listed"][0]["bytes"]) == (0, len(RATES))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://a.example/x", "only https is fetched"),
        ("https://10.0.0.1/x", "no public address"),
        ("absent.json", "cannot be opened"),
    ],
)
def test_what_may_not_be_fetched(fetch: Fetch, url: str, message: str) -> None:
    code, said = fetch(url)
    assert code == (3 if url == "absent.json" else 6)
    assert message in said["error"]["message"]


def test_people_see_names_sizes_and_states(
    server: Loopback, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    good, bad = server.on("/x.json", serve(RATES)), server.on("/y.json", status(410))
    code = run(app, ["fetch", good, f"{bad}?{SECRET}", "--out", str(tmp_path)])
    printed = capsys.readouterr()
    assert code == 6
    assert f"{len(RATES)} bytes" in printed.out
    assert "absent" in printed.out
    assert SECRET not in printed.out + printed.err
    assert "1 of 2 were not fetched" in printed.err


def hospital_index(server: Loopback, name: str = "/cms-hpt.txt") -> str:
    """A cms-hpt.txt of two locations; the file of the second is absent."""
    server.on("/west.csv", serve(b"hospital_name,version\nWest,3.0.0\n"))
    text = (
        f"location-name: West\nsource-page-url: https://w.example\n"
        f"mrf-url: {server.url('/west.csv')}?{SECRET}\ncontact-email: jane@w.example\n\n"
        f"location-name: East\nmrf-url: {server.url('/east.csv')}\n"
    )
    return server.on(name, serve(text.encode("utf-16")))


def test_a_hospitals_index_is_listed(server: Loopback, fetch: Fetch) -> None:
    code, said = fetch(hospital_index(server))
    assert (code, len(said["data"]["files"])) == (0, 1)
    assert [(one["name"], one["mrf_url"]) for one in said["data"]["locations"]] == [
        ("West", server.url("/west.csv?...")),
        ("East", server.url("/east.csv")),
    ]
    assert said["data"]["locations"][0]["contact_email"] == "jane@w.example"
    assert "is an index; none of its files was fetched" in said["notes"][0]
    assert [asked.path for asked in server.asked] == ["/cms-hpt.txt"]


def test_a_choice_of_a_hospitals_index_is_fetched(server: Loopback, fetch: Fetch) -> None:
    code, said = fetch(hospital_index(server), "--match", "west")
    assert code == 0
    names = [Path(f["path"]).name for f in said["data"]["files"]]
    assert names == ["cms-hpt.txt", "west.csv"]


def test_a_dry_run_of_a_hospitals_index_lists_and_measures(
    server: Loopback, fetch: Fetch, tmp_path: Path
) -> None:
    code, said = fetch(hospital_index(server), "--dry-run", "--limit", "1")
    (listed,) = said["data"]["listed"]
    assert (code, listed["kind"], listed["bytes"]) == (0, "hospital", 33)
    assert len(said["data"]["locations"]) == 2
    assert not (tmp_path / "out").exists()


def test_instructions_for_people_in_place_of_a_list_are_refused(
    server: Loopback, fetch: Fetch
) -> None:
    url = server.on("/cms-hpt.txt", serve(b"Visit our site, choose a hospital, and click."))
    for words in ((url,), (url, "--match", "*"), (url, "--dry-run")):
        code, said = fetch(*words)
        assert code == 3
        assert "no file is named in it" in said["error"]["message"]


def test_a_captcha_in_place_of_a_list_is_refused(server: Loopback, fetch: Fetch) -> None:
    url = server.on("/cms-hpt.txt", serve(b"<!DOCTYPE html><title>Radware Captcha Page"))
    code, said = fetch(url)
    assert (code, said["data"]["failed"][0]["state"]) == (6, "web page")
