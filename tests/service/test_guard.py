"""What a request may look like, how much it may take, and what every answer carries."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

import own_loop
from ratepress.core.errors import LakeDamaged
from ratepress.lake.store import Lake
from ratepress.service import pages, questions
from ratepress.service.app import application
from ratepress.service.guard import HEADERS, Guard
from ratepress.service.limits import Limits

LOCAL = "http://localhost"


def ask(
    app: Guard,
    raw_path: bytes,
    *,
    method: str = "GET",
    query: bytes = b"",
    headers: Iterable[tuple[bytes, bytes]] = ((b"host", b"localhost"),),
    body: Iterable[bytes] = (b"",),
) -> tuple[int, dict[str, str], bytes]:
    """One request as the server hands it on, without a client that would mend it first."""
    parts = list(body)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        part = parts.pop(0) if parts else b""
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": unquote(raw_path.decode("latin-1")),
        "raw_path": raw_path, "query_string": query, "headers": list(headers),
        "server": ("localhost", 80), "scheme": "http", "root_path": "", "http_version": "1.1",
    }  # fmt: skip
    own_loop.run(app(scope, receive, send))
    start = sent[0]
    named = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], named, b"".join(one.get("body", b"") for one in sent[1:])


@pytest.fixture(scope="module")
def app(examples: Path) -> Guard:
    return application(Lake.open(examples))


@pytest.mark.parametrize(
    "path",
    [
        b"/../etc/passwd", b"/code/../../x", b"//evil.example/", b"/code//cpt/32557/",
        b"/code/cpt/%2e%2e/", b"/code%2fcpt%2f32557/", b"/code/cpt/32557%00.json", b"/%5c..%5c",
        b"/code\\cpt", b"/code/cpt/32557;x=1/", b"/caf\xc3\xa9/", b"/a b/", b"/.git/config",
        b"/assets/.%2e/html.py", b"http://evil.example/", b"/%3cscript%3e/", b"*",
    ],
)  # fmt: skip
def test_a_path_that_is_not_plain_is_refused(app: Guard, path: bytes) -> None:
    status, _, body = ask(app, path)
    assert status == 400
    assert b"not written plainly" in body


def test_a_colon_may_be_written_as_an_escape(app: Guard) -> None:
    day = b"date=2026-07-15&system=ipps"
    assert ask(app, b"/api/price/ms-drg%3A470", query=day)[0] == 200


@pytest.mark.parametrize(
    "hosts",
    [
        [b"evil.example"], [b"localhost.evil.example"], [b"evil.example:80"], [b""], [],
        [b"localhost", b"evil.example"], [b"localhost/x"], [b"127.0.0.1@evil.example"],
        [b"local\xffhost"], [b"[::2]"],
    ],
)  # fmt: skip
def test_another_host_name_is_refused(app: Guard, hosts: list[bytes]) -> None:
    assert ask(app, b"/health", headers=[(b"host", host) for host in hosts])[0] == 421


@pytest.mark.parametrize("host", [b"localhost", b"LOCALHOST:8321", b"127.0.0.1:1", b"[::1]:80"])
def test_the_names_of_this_machine_are_answered(app: Guard, host: bytes) -> None:
    assert ask(app, b"/health", headers=[(b"host", host)])[0] == 200


def test_a_name_that_the_keeper_allows_is_answered(examples: Path) -> None:
    app = application(Lake.open(examples), hosts=["Prices.Example"])
    assert ask(app, b"/health", headers=[(b"host", b"prices.example:443")])[0] == 200


def test_an_address_over_the_limit_is_refused_and_one_at_it_is_not(app: Guard) -> None:
    limits = Limits()
    assert ask(app, b"/" + b"a" * limits.path_bytes)[0] == 414
    assert ask(app, b"/" + b"a" * (limits.path_bytes - 1))[0] == 404
    assert ask(app, b"/health", query=b"a" * (limits.query_bytes + 1))[0] == 414
    assert ask(app, b"/health", query=b"a" * limits.query_bytes)[0] == 200


@pytest.mark.parametrize("query", [b"a=\x00", b"a=\xff", b"a= b", b"a=\r\nx: y"])
def test_a_query_that_is_not_plain_is_refused(app: Guard, query: bytes) -> None:
    assert ask(app, b"/health", query=query)[0] == 400


TYPE = (b"content-type", b"text/csv")
HOST = (b"host", b"localhost")


@pytest.mark.parametrize("length", [b"1048577", b"99999999999999", b"-1", b"1e3", b"x"])
def test_a_body_that_says_it_is_too_long_is_not_read(app: Guard, length: bytes) -> None:
    status, headers, _ = ask(
        app,
        b"/api/check.csv",
        method="POST",
        headers=[HOST, TYPE, (b"content-length", length)],
        body=[b"never read"],
    )
    assert (status, headers["connection"]) == (413, "close")


def test_a_body_in_parts_is_refused_where_they_add_up_to_too_much(app: Guard) -> None:
    parts = [b"x" * 100_000] * 11
    status, _, body = ask(app, b"/api/check.csv", method="POST", headers=[HOST, TYPE], body=parts)
    assert status == 413
    assert b"1,048,576 bytes" in body


def test_every_answer_has_the_headers_that_keep_readers_safe(app: Guard) -> None:
    for path, method in (
        (b"/", "GET"), (b"/nowhere", "GET"), (b"/%00", "GET"), (b"/", "DELETE"),
        (b"/assets/style.css", "GET"), (b"/metrics", "GET"),
    ):  # fmt: skip
        _, headers, _ = ask(app, path, method=method)
        assert set(HEADERS) <= set(headers)
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "server" not in headers


@given(
    st.binary(max_size=40),
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "PATCH", "X"]),
    st.binary(max_size=40),
)
def test_whatever_is_asked_there_is_an_answer_and_none_of_ours_fails(
    app: Guard, path: bytes, method: str, query: bytes
) -> None:
    status, _, body = ask(app, b"/" + path, method=method, query=query)
    assert status in (200, 304, 308, 400, 404, 405, 414, 415)
    assert b"Traceback" not in body


def replaced(name: str, answer: Any) -> tuple[questions.Question, ...]:
    return tuple(
        one._replace(answer=answer) if one.name == name else one for one in questions.QUESTIONS
    )


@pytest.fixture
def answering(examples: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A service in which the question `sources` is answered by another function."""

    def made(answer: Any, **limits: Any) -> Guard:
        monkeypatch.setattr("ratepress.service.app.QUESTIONS", replaced("sources", answer))
        return application(Lake.open(examples), msgspec.structs.replace(Limits(), **limits))

    return made


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError("secret /srv/lake"), 500),
        (LakeDamaged("/srv/lake/data/x: secret"), 503),
        (OSError(13, "secret", "/srv/lake"), 500),
        (MemoryError("secret"), 500),
    ],
)
def test_an_error_of_ours_tells_nothing_of_our_insides(
    answering: Any, error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> Any:
        raise error

    found, headers, body = ask(answering(fail), b"/api/sources")
    assert found == status
    for word in (b"secret", b"/srv", b"Error", b"Traceback"):
        assert word not in body
    assert headers["cache-control"] == "no-store"
    assert "secret" in caplog.text


def test_an_answer_that_takes_too_long_is_given_up(answering: Any) -> None:
    def slow(*_: object) -> Any:
        time.sleep(0.5)
        return questions.Reply(1)

    status, headers, body = ask(answering(slow, seconds=0.05), b"/api/sources")
    assert (status, headers["retry-after"]) == (503, "2")
    assert b"no answer after 0.05 seconds" in body


def test_more_work_than_may_wait_is_refused_and_the_same_work_is_done_once(
    answering: Any,
) -> None:
    calls = []
    # The work lasts until each of those that find no room has its answer, however late they come.
    all_are_refused = threading.Event()

    def slow(_: object, asked: Any) -> Any:
        calls.append(asked.offset)
        assert all_are_refused.wait(30)
        return questions.Reply(asked.offset)

    app = answering(slow, waiting=3)
    with TestClient(app, base_url=LOCAL) as client:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(12) as readers:
            offsets = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4, 5]
            asked = [(n, readers.submit(client.get, f"/api/sources?offset={n}")) for n in offsets]
            until = time.monotonic() + 30
            while time.monotonic() < until:
                refused = {n for n, answer in asked if answer.done()}
                if len(refused) == 3 and all(a.done() for n, a in asked if n in refused):
                    break
                time.sleep(0.01)
            all_are_refused.set()
            found = [answer.result() for _, answer in asked]
    statuses = [one.status_code for one in found]
    assert set(statuses) == {200, 503}
    assert len(calls) == len(set(calls)) == 3


def test_an_asset_and_a_page_are_packed_for_those_who_take_it(app: Guard) -> None:
    packed = ask(app, b"/assets/style.css", headers=[HOST, (b"accept-encoding", b"gzip")])
    plain = ask(app, b"/assets/style.css")
    assert packed[1]["content-encoding"] == "gzip"
    assert packed[1]["etag"] != plain[1]["etag"]
    assert len(packed[2]) < len(plain[2])
    made = pages.asset("/assets/style.css")
    assert made is not None
    assert plain[2] == made.body


def test_who_reads_pages_is_told_of_an_error_on_a_page(app: Guard) -> None:
    asking = [(b"host", b"localhost"), (b"accept", b"text/html,application/xhtml+xml,*/*;q=0.8")]
    status, headers, body = ask(app, b"/code/cpt/32557-26/", headers=asking)
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "style-src 'self'" in headers["content-security-policy"]
    assert b"<h1" in body
    assert b'href="/index.html"' in body
    status, headers, body = ask(app, b"/api/nothing", headers=asking)
    assert (status, headers["content-type"]) == (404, "application/json")


def test_an_error_page_shows_a_strangers_text_as_text(app: Guard) -> None:
    asking = [(b"host", b"localhost"), (b"accept", b"text/html")]
    query = b"as_of=%3Cscript%3Ealert(1)%3C/script%3E"
    status, _, body = ask(app, b"/code/cpt/32557/", query=query, headers=asking)
    assert status == 400
    assert b"<script>alert" not in body


def test_words_of_trackers_change_no_page_and_others_are_refused(app: Guard) -> None:
    plain = ask(app, b"/glossary/")
    assert ask(app, b"/glossary/", query=b"utm_source=mail&gclid=1") == plain
    assert ask(app, b"/glossary/", query=b"utm=1")[0] == 400


def test_a_page_over_all_codes_that_is_not_ready_says_how_far_it_is(examples: Path) -> None:
    app = application(Lake.open(examples), Limits(book_seconds=0.0))
    status, headers, body = ask(app, b"/")
    assert (status, headers["retry-after"]) == (503, "10")
    assert b"being made ready" in body
    assert ask(app, b"/code/cpt/32557/")[0] == 200
