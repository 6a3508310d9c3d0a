"""Loads `ratepress serve` on loopback: python benchmarks/serve.py LAKE [RATE] [SECONDS]

An open loop: requests start on a clock, whether or not earlier ones are answered, and each is timed
from when it was due, so that a service that falls behind is charged for it. The service is a
process of its own; this one takes its share of the two cores too. Addresses are asked once before,
and the time that these first answers take is reported apart.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import resource
import subprocess
import sys
import time
from typing import NamedTuple

_CODES = 9
_LISTS = ("payer", "hospital", "state", "family", "source")
_OF_KIND = 2
_CONNECTIONS = 64
_RESTED = 5.0
_DAY = "2026-07-15"


class Got(NamedTuple):
    """One answer: the address, its status, its bytes, and milliseconds since it was due."""

    address: str
    status: int
    size: int
    ms: float


class Connections:
    """Connections that stay open between requests, as browsers and programs keep them.

    One that has rested for long is not used again: the service may be closing it just then.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def get(self, address: str, tag: str | None = None) -> tuple[int, int, str]:
        """The status, the number of bytes and the tag of the answer at `address`."""
        reader, writer = await self._taken()
        lines = [f"GET {address} HTTP/1.1", "Host: localhost", "Accept-Encoding: gzip"]
        if tag is not None:
            lines.append(f"If-None-Match: {tag}")
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        named = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
        size = int(named.get("content-length", 0))
        await reader.readexactly(size)
        if len(self._free) < _CONNECTIONS:
            self._free.append((time.perf_counter(), reader, writer))
        else:
            writer.close()
        return int(head[0].split()[1]), size, named.get("etag", "")

    async def _taken(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._free:
            since, reader, writer = self._free.pop()
            if time.perf_counter() - since < _RESTED:
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._port)


def addresses(codes: list[tuple[str, str]], others: list[str]) -> list[str]:
    """What is asked: pages of some codes in all forms, their prices and benchmarks, rules.

    `others` are pages about payers, hospitals, states, families and sources, asked with their data.
    """
    asked = ["/", "/pages.json", "/assets/style.css", "/rule/M05/", "/rule/M01/", "/rule/Q05/"]
    asked += ["/method/", "/glossary/", "/quality/all/", "/search/prose.js", "/feed.xml"]
    asked += [f"/{kind}/" for kind in _LISTS]
    for other in others:
        asked += [f"{other}/", f"{other}.json", f"{other}.csv", f"{other}.xlsx"]
    for system, code in codes[:_CODES]:
        stem = f"/code/{system}/{code}"
        asked += [f"{stem}/", f"{stem}/", f"{stem}.json", f"{stem}.csv", f"{stem}.xlsx"]
        asked += [f"/api/price/{code}?date={_DAY}", f"/api/benchmark/{code}"]
        asked += [f"/api/code/{code}?date={_DAY}", f"/api/benchmark/{code}.csv?grain=payer"]
    return asked


async def load(port: int, rate: float, seconds: float) -> tuple[list[Got], list[Got]]:
    """The first answers, and those of the load."""
    connections = Connections(port)
    page = "/api/codes?system=cpt&limit=1000"
    await connections.get(page)
    asked = addresses(_codes_of(port, page), _others_of(port))
    tags: dict[str, str] = {}
    first = []
    for address in dict.fromkeys(asked):
        began = time.perf_counter()
        status, size, tags[address] = await connections.get(address)
        first.append(Got(address, status, size, (time.perf_counter() - began) * 1000))
    chosen = random.Random(8)
    got: list[Got] = []

    async def one(address: str, tag: str | None, due: float) -> None:
        try:
            status, size, _ = await connections.get(address, tag)
        except (OSError, asyncio.IncompleteReadError) as error:
            status, size = 0, 0
            print(f"{address}: {error!r}", file=sys.stderr)
        got.append(Got(address, status, size, (time.perf_counter() - due) * 1000))

    began = time.perf_counter()
    tasks = []
    for n in range(int(rate * seconds)):
        due = began + n / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        address = chosen.choice(asked)
        tag = tags[address] if chosen.random() < 0.2 else None
        tasks.append(asyncio.create_task(one(address, tag, due)))
    await asyncio.gather(*tasks)
    return first, got


def _others_of(port: int) -> list[str]:
    """The first pages that the list of each kind leads to."""
    from urllib.request import urlopen

    found = []
    for kind in _LISTS:
        with urlopen(f"http://127.0.0.1:{port}/{kind}/") as answer:
            text = answer.read().decode("utf-8")
        ids = dict.fromkeys(re.findall(rf"{kind}/([A-Za-z0-9._-]+)/index\.html", text))
        found += [f"/{kind}/{one}" for one in list(ids)[:_OF_KIND]]
    return found


def _codes_of(port: int, address: str) -> list[tuple[str, str]]:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}{address}") as answer:
        listed = json.load(answer)["data"]["codes"]
    return [(one["system"], one["code"]) for one in listed]


def report(name: str, got: list[Got]) -> None:
    """Percentiles of the milliseconds, and how many answers were none."""
    times = sorted(one.ms for one in got)
    wrong = [one for one in got if one.status not in (200, 304)]
    held = sum(one.status == 304 for one in got)
    at = {p: times[min(len(times) - 1, int(len(times) * p / 100))] for p in (50, 90, 99, 99.9)}
    shown = "  ".join(f"p{p:g} {ms:.1f}" for p, ms in at.items())
    print(f"{name}: {len(got):,} requests, {len(wrong)} errors, {held:,} not changed")
    print(f"  ms: {shown}  longest {times[-1]:.1f}; {sum(one.size for one in got) / 1e6:.0f} MB")
    for one in wrong[:5]:
        print(f"  {one.status} at {one.address}")


def main(words: list[str]) -> None:
    """Start the service, load it, and report."""
    lake = words[0]
    rate = float(words[1]) if len(words) > 1 else 200.0
    seconds = float(words[2]) if len(words) > 2 else 60.0
    command = [sys.executable, "-m", "ratepress", "serve", "--lake", lake, "--port", "0"]
    service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert service.stdout is not None
    try:
        port = int(service.stdout.readline().rstrip("/\n").rpartition(":")[2])
        first, got = asyncio.run(load(port, rate, seconds))
    finally:
        service.terminate()
        service.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    report("first answers", first)
    report(f"{rate:g} a second for {seconds:g} s", got)
    cpu = used.ru_utime + used.ru_stime
    print(f"The service: {cpu:.1f} s of CPU with its start, {used.ru_maxrss / 1024:.0f} MB at most")


if __name__ == "__main__":
    main(sys.argv[1:])
