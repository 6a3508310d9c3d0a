"""A real process on loopback: how it starts, stops, is killed, and takes slow connections."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from ratepress.core.errors import UsageError
from ratepress.lake.store import Lake
from ratepress.press.publish import publish
from ratepress.service.server import serve


@contextmanager
def running(lake: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`ratepress serve` on a free port, and that port."""
    command = [sys.executable, "-m", "ratepress", "serve", "--lake", str(lake), "--port", "0"]
    command += words
    process = subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        told = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
        assert told["data"]["address"].startswith("http://127.0.0.1:")
        yield process, int(told["data"]["address"].rstrip("/").rpartition(":")[2])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_it_is_killed_and_started_again_and_nothing_is_lost(examples: Path) -> None:
    with running(examples) as (process, port):
        before = get(port, "/api/codes")
        assert before[0] == 200
        process.kill()
        process.wait()
    with running(examples) as (process, port):
        assert get(port, "/api/codes") == before
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_its_options_are_those_of_the_site_and_a_site_is_taken_for_what_it_remembers(
    examples: Path, tmp_path: Path
) -> None:
    as_of, base = date(2026, 7, 15), "https://example.org"
    publish(
        Lake.open(examples), None, tmp_path, as_of=as_of, strength="minimum", base_url=base,
        with_descriptions=True, jobs=1,
    )  # fmt: skip
    words = ["--as-of", "2026-07-15", "--ghost-filter", "minimum", "--base-url", base]
    words += ["--with-descriptions", "--site", str(tmp_path)]
    with running(examples, *words) as (_, port):
        for name in ("index.html", "sitemap.xml", "code/cpt/32557.json"):
            assert get(port, f"/{name}") == (200, (tmp_path / name).read_bytes())


def test_a_folder_that_is_no_site_is_refused(examples: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no site of ratepress here"):
        serve(Lake.open(examples), port=0, site=tmp_path)


def test_an_answer_that_is_under_way_is_given_before_it_stops(examples: Path) -> None:
    with running(examples) as (process, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/code/cpt/32557.json")
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.read().endswith(b"}\n")
        connection.close()
        assert process.wait(20) == 0
    with pytest.raises(ConnectionRefusedError):
        get(port, "/health")


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="only Linux lists sockets so")
def test_it_listens_on_this_machine_alone(examples: Path) -> None:
    with running(examples) as (process, port):
        lines = Path(f"/proc/{process.pid}/net/tcp").read_text().splitlines()
    places = [line.split()[1] for line in lines if f":{port:04X}" in line.split()[1]]
    assert places
    assert {place.partition(":")[0] for place in places} == {"0100007F"}


def test_a_connection_that_takes_its_time_is_closed_and_others_are_answered(
    examples: Path, tmp_path: Path
) -> None:
    program = tmp_path / "serve.py"
    program.write_text(
        "import sys\n"
        "from ratepress.lake.store import Lake\n"
        "from ratepress.service.limits import Limits\n"
        "from ratepress.service.server import serve\n"
        "serve(Lake.open(sys.argv[1]), port=0, limits=Limits(header_seconds=0.4, idle_seconds=1),\n"
        "      ready=lambda a: print(a, flush=True))\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(program), str(examples)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline().rstrip("/\n").rpartition(":")[2])
        silent = socket.create_connection(("127.0.0.1", port), timeout=10)
        slow = socket.create_connection(("127.0.0.1", port), timeout=10)
        slow.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert get(port, "/health")[0] == 200
        for held in (silent, slow):
            assert held.recv(1000) == b""
            held.close()
        second = socket.create_connection(("127.0.0.1", port), timeout=10)
        second.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        first = b""
        while not first.endswith(b"}\n"):
            first += second.recv(10_000)
        assert first.startswith(b"HTTP/1.1 200")
        second.sendall(b"GET /health HTTP/1.1\r\n")
        assert second.recv(1000) == b""
        second.close()
        for odd in (b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"G" * 20_000):
            strange = socket.create_connection(("127.0.0.1", port), timeout=10)
            strange.sendall(odd)
            assert strange.recv(1000).startswith(b"HTTP/1.1 4")
            strange.close()
        assert get(port, "/health")[0] == 200
    finally:
        process.terminate()
        assert process.wait(20) == 0
        process.stdout.close()


def test_a_port_that_is_taken_is_told(lake: Lake) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match="cannot be had"):
            serve(lake, port=port)


@pytest.mark.parametrize(("host", "port"), [("203.0.113.1", 0), ("127.0.0.1", 70_000), ("x y", 0)])
def test_an_address_of_no_machine_is_told(lake: Lake, host: str, port: int) -> None:
    with pytest.raises(UsageError, match="cannot be had"):
        serve(lake, host=host, port=port)
