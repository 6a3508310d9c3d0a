"""A download is whole and the very bytes of the server, or it is an error that says why."""

from __future__ import annotations

import gzip
import random
import tempfile
import threading
import time
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopback_server import (
    Behaviour,
    Handler,
    Loopback,
    chunked,
    cut,
    drip,
    hang_up,
    redirect,
    running,
    serve,
    stall,
    status,
)
from ratepress.core.errors import NetworkRefused
from ratepress.fetch.download import Fetched, fetch, try_fetch
from ratepress.fetch.limits import Limits
from ratepress.fetch.states import Failed, State
from ratepress.fetch.transport import Session
from ratepress.fetch.urls import Policy
from ratepress.lake.store import Lake
from ratepress.readers.add import add

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BODY = b'{"reporting_entity_name": "x"}' + random.Random(5).randbytes(300_000)
OTHER = b'{"reporting_entity_name": "y"}' + random.Random(6).randbytes(280_000)
SECRET = "X-Amz-Signature=5ec2e7"


def limited(session: Session, **changed: object) -> Session:
    return Session(msgspec.structs.replace(session.limits, **changed), sleep=session.sleep)


def failed(found: Fetched | Failed) -> Failed:
    assert isinstance(found, Failed), found
    return found


def files(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.is_file())


def parts(folder: Path) -> list[int]:
    return [p.stat().st_size for p in folder.glob(".fetch/*.part")]


def test_a_file_comes_whole_and_hashed(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/a/rates.json", serve(BODY, Last_Modified="Tue, 06 Jan 2026 10:00:00 GMT"))
    seen: list[tuple[int, int | None]] = []

    def progress(at: int, total: int | None) -> None:
        seen.append((at, total))

    found = fetch(url, tmp_path, session=session, policy=loopback, progress=progress)
    assert Path(found.path) == tmp_path / "rates.json"
    assert Path(found.path).read_bytes() == BODY
    assert (found.sha256, found.bytes) == (sha256(BODY).hexdigest(), len(BODY))
    assert (found.etag, found.last_modified) == ('"1"', "Tue, 06 Jan 2026 10:00:00 GMT")
    assert (found.was_new, found.resumed_from) == (True, 0)
    assert seen[-1] == (len(BODY), len(BODY))
    assert files(tmp_path) == ["rates.json"]
    assert parts(tmp_path) == []


@pytest.mark.parametrize("after", [0, 1, 70_000, 300_000, len(BODY) - 1])
def test_a_dropped_connection_goes_on_where_it_broke(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path, after: int
) -> None:
    """http.client raises nothing on a short body: the length that was promised is compared."""
    url = server.on("/rates.json", cut(BODY, after), serve(BODY))
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert Path(found.path).read_bytes() == BODY
    assert found.sha256 == sha256(BODY).hexdigest()
    assert found.resumed_from == after
    assert server.ranges() == [None, f"bytes={after}-" if after else None]


def test_every_attempt_that_brings_bytes_gives_new_patience(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    body = random.Random(7).randbytes(900_000)
    url = server.on("/x.json", *[cut(body, 70_000)] * 12, serve(body))
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert session.limits.attempts < 12
    assert Path(found.path).read_bytes() == body


def test_a_later_run_goes_on_where_a_failed_one_stopped(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", cut(BODY, 100_000), status(500))
    first = failed(try_fetch(url, tmp_path, session=session, policy=loopback))
    assert (first.state, first.status) == (State.UNREACHABLE, 500)
    assert files(tmp_path) == []
    assert parts(tmp_path) == [100_000]
    server.on("/x.json", serve(BODY))
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert found.resumed_from == 100_000
    assert Path(found.path).read_bytes() == BODY


def test_a_part_that_is_complete_asks_for_its_last_byte_alone(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    """A run killed between the last byte and the renaming downloads nothing twice."""
    url = server.on("/x.json", cut(BODY, len(BODY) - 1), status(500))
    try_fetch(url, tmp_path, session=session, policy=loopback)
    (part,) = tmp_path.glob(".fetch/*.part")
    part.write_bytes(BODY)
    server.on("/x.json", serve(BODY))
    assert fetch(url, tmp_path, session=session, policy=loopback).bytes == len(BODY)
    assert server.ranges()[-1] == f"bytes={len(BODY) - 1}-"


def test_a_file_that_changes_midway_comes_anew(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", cut(BODY, 200_000), serve(OTHER, etag='"2"'))
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert Path(found.path).read_bytes() == OTHER
    assert (found.sha256, found.etag) == (sha256(OTHER).hexdigest(), '"2"')
    assert found.resumed_from == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": '"2"', "Content-Range": f"bytes 200000-{len(BODY) - 1}/{len(BODY)}"},
        {"ETag": '"1"', "Content-Range": f"bytes 200000-{len(OTHER) - 1}/{len(OTHER)}"},
        {"ETag": '"1"', "Content-Range": f"bytes 0-{len(BODY) - 1}/{len(BODY)}"},
        {"ETag": '"1"'},
    ],
)
def test_a_part_of_another_file_is_never_joined(
    server: Loopback,
    session: Session,
    loopback: Policy,
    tmp_path: Path,
    headers: dict[str, str],
) -> None:
    """A server that does not understand If-Range sends the rest of whatever stands there now."""
    wrong = status(206, OTHER[200_000:], **{k.replace("-", "_"): v for k, v in headers.items()})
    url = server.on("/x.json", cut(BODY, 200_000), wrong, serve(OTHER, etag='"2"'))
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert Path(found.path).read_bytes() == OTHER


@pytest.mark.parametrize("etag", [None, 'W/"1"'])
def test_without_a_strong_validator_a_file_comes_anew(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path, etag: str | None
) -> None:
    url = server.on("/x.json", cut(BODY, 200_000, etag=etag), serve(BODY, etag=etag))
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert Path(found.path).read_bytes() == BODY
    assert server.ranges() == [None, None]


def test_an_old_date_is_validator_enough(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    """RFC 9110, 8.8.2.2: a date is strong where the answer is at least a second younger."""
    old = "Tue, 06 Jan 2026 10:00:00 GMT"
    url = server.on(
        "/x.json",
        cut(BODY, 200_000, etag=None, Last_Modified=old),
        serve(BODY, etag=None, Last_Modified=old),
    )
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert found.resumed_from == 200_000
    assert server.asked[1].headers["if-range"] == old
    assert Path(found.path).read_bytes() == BODY


def test_a_server_that_ignores_ranges_still_gives_the_file(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", cut(BODY, 200_000), serve(BODY, has_ranges=False))
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert Path(found.path).read_bytes() == BODY
    assert found.resumed_from == 0


def test_a_stalled_server_is_left_and_asked_again(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", stall(BODY, 50_000), serve(BODY))
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert found.resumed_from == 50_000
    assert Path(found.path).read_bytes() == BODY


def test_the_total_time_ends_what_never_quite_stalls(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", drip(b"x" * 500, 0.02))
    begun = time.monotonic()
    with limited(session, total_seconds=0.5) as hurried:
        found = failed(try_fetch(url, tmp_path, session=hurried, policy=loopback))
    assert found.state is State.OUT_OF_TIME
    assert time.monotonic() - begun < 3


def test_a_chunked_body_without_its_end_is_truncated(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", chunked([BODY[:9], BODY[9:]], is_whole=False))
    found = failed(try_fetch(url, tmp_path, session=session, policy=loopback))
    assert found.state is State.TRUNCATED
    server.on("/x.json", chunked([BODY[:9], BODY[9:]]))
    assert Path(fetch(url, tmp_path, session=session, policy=loopback).path).read_bytes() == BODY


def test_a_server_that_always_cuts_is_truncated(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path, pauses: list[float]
) -> None:
    url = server.on("/x.json", cut(BODY, 10, etag=None))
    found = failed(try_fetch(url, tmp_path, session=session, policy=loopback))
    assert found.state is State.TRUNCATED
    assert len(server.asked) == session.limits.attempts
    assert files(tmp_path) == []
    # Doubled each time, less up to half of it by chance.
    assert all(2**n / 2 <= pause <= 2**n for n, pause in enumerate(pauses))


def test_headers_that_are_cut_are_no_empty_file(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    """http.client takes the end of a connection for the end of the headers."""

    def cut_head(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Len")
        handler.close_connection = True

    url = server.on("/x.json", cut_head, serve(BODY))
    assert fetch(url, tmp_path, session=session, policy=loopback).bytes == len(BODY)
    server.on("/empty.json", serve(b""))
    empty = try_fetch(server.url("/empty.json"), tmp_path, session=session, policy=loopback)
    assert (failed(empty).state, files(tmp_path)) == (State.TRUNCATED, ["x.json"])


def test_a_body_of_no_stated_length_ends_with_the_connection(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    """HTTP/1.0 servers do this; only the deadline's own cut must not pass for the end."""

    def plain(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + BODY)
        handler.close_connection = True

    def slow(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + BODY[:1000])
        while not handler.loopback.stopped.wait(0.02):
            handler.wfile.write(b"x")
        handler.close_connection = True

    url = server.on("/x.json", plain)
    assert Path(fetch(url, tmp_path, session=session, policy=loopback).path).read_bytes() == BODY
    with limited(session, total_seconds=0.5) as hurried:
        found = try_fetch(server.on("/y", slow), tmp_path, session=hurried, policy=loopback)
    assert failed(found).state is State.OUT_OF_TIME


@pytest.mark.parametrize(
    ("code", "body", "state"),
    [
        (404, b"", State.ABSENT),
        (410, b"", State.ABSENT),
        (401, b"", State.DENIED),
        (403, b"<Error><Code>AccessDenied</Code></Error>", State.DENIED),
        (403, b"<Error><Message>Request has expired</Message></Error>", State.EXPIRED),
        (400, b"<Error><Code>ExpiredToken</Code></Error>", State.EXPIRED),
        (
            403,
            b"<Code>AuthenticationFailed</Code><AuthenticationErrorDetail>Signature not valid in "
            b"the specified time frame</AuthenticationErrorDetail>",
            State.EXPIRED,
        ),
        (403, b"<Code>AuthenticationFailed</Code>", State.DENIED),
        (409, b"<Code>PublicAccessNotPermitted</Code>", State.NOT_PUBLIC),
        (409, b"", State.UNEXPECTED),
        (418, b"", State.UNEXPECTED),
    ],
)
def test_a_refusal_has_a_name_and_is_not_repeated(
    server: Loopback,
    session: Session,
    loopback: Policy,
    tmp_path: Path,
    code: int,
    body: bytes,
    state: State,
) -> None:
    url = server.on("/x.json", status(code, body))
    found = failed(try_fetch(f"{url}?{SECRET}", tmp_path, session=session, policy=loopback))
    assert (found.state, found.status) == (state, code)
    assert found.url == f"{url}?..."
    assert len(server.asked) == 1
    assert files(tmp_path) == []
    assert parts(tmp_path) == []


def test_a_busy_server_is_given_the_time_it_wants(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path, pauses: list[float]
) -> None:
    url = server.on("/x.json", status(429, Retry_After="7"), status(500), serve(BODY))
    assert fetch(url, tmp_path, session=session, policy=loopback).bytes == len(BODY)
    assert 7 <= pauses[0] < 8
    assert len(pauses) == 2


def test_a_server_that_wants_too_much_patience_is_left(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path, pauses: list[float]
) -> None:
    url = server.on("/x.json", status(429, Retry_After="86400"))
    found = failed(try_fetch(url, tmp_path, session=session, policy=loopback))
    assert (found.state, pauses) == (State.BUSY, [])
    assert "86,400 seconds" in found.reason


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><title>Log in</title>",
        b"\xef\xbb\xbf\r\n <HTML><body>",
        b"<!-- a firewall --><html>",
    ],
)
def test_a_web_page_is_an_error_and_no_file(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path, page: bytes
) -> None:
    url = server.on("/x.json", status(200, page, Content_Type="application/json"))
    with pytest.raises(NetworkRefused, match=r"a web page came in place of data.*in a browser"):
        fetch(url, tmp_path, session=session, policy=loopback)
    assert files(tmp_path) == []
    assert parts(tmp_path) == []


def test_a_stores_error_with_status_200_is_read_as_such(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    body = b'<?xml version="1.0"?><Error><Code>ExpiredToken</Code></Error>'
    url = server.on("/x.json", status(200, body))
    found = failed(try_fetch(url, tmp_path, session=session, policy=loopback))
    assert found.state is State.EXPIRED


def test_a_redirect_is_followed_and_recorded(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    server.on("/b/real.json", serve(BODY))
    url = server.on("/a", redirect(f"/b/real.json?{SECRET}"))
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert (found.url, found.final_url) == (url, server.url("/b/real.json?..."))


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/x.json",
        "https://10.0.0.1/x.json",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:192.168.0.1]/x.json",
        "https://[fd00::1]/x.json",
        "https://0x7f.1/x.json",
        "ftp://127.0.0.1/x.json",
        "file:///etc/passwd",
        "https://user:secret@127.0.0.1/x.json",
        "//10.0.0.1/x.json",
    ],
)
def test_a_redirect_to_where_nothing_may_go_is_refused(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path, location: str
) -> None:
    url = server.on("/x.json", redirect(location))
    found = failed(try_fetch(url, tmp_path, session=session, policy=loopback))
    assert found.state is State.REFUSED
    assert "secret" not in found.reason
    assert len(server.asked) == 1


def test_redirects_without_end_are_refused(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", redirect("/x.json", 307))
    found = failed(try_fetch(url, tmp_path, session=session, policy=loopback))
    assert found.state is State.REFUSED
    assert len(server.asked) == session.limits.redirects + 1


def test_a_redirect_leaves_no_list_of_allowed_hosts(
    server: Loopback, session: Session, tmp_path: Path
) -> None:
    policy = Policy(allow_loopback=True, hosts=frozenset({f"127.0.0.1:{server.port}"}))
    url = server.on("/x.json", redirect(f"http://localhost:{server.port}/y.json"))
    found = failed(try_fetch(url, tmp_path, session=session, policy=policy))
    assert (found.state, found.reason) == (
        State.REFUSED,
        "the host localhost is none of those allowed",
    )


def test_loopback_is_refused_unless_it_is_allowed(
    server: Loopback, session: Session, tmp_path: Path
) -> None:
    url = server.on("/x.json", serve(BODY))
    assert failed(try_fetch(url, tmp_path, session=session)).state is State.REFUSED
    https = url.replace("http:", "https:")
    assert "no public address" in failed(try_fetch(https, tmp_path, session=session)).reason
    assert server.connections == 0


@pytest.mark.parametrize("has_length", [True, False])
def test_a_file_over_the_limit_is_refused(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path, has_length: bool
) -> None:
    url = server.on("/x.json", serve(BODY) if has_length else chunked([BODY]))
    with limited(session, max_bytes=100_000) as small:
        found = failed(try_fetch(url, tmp_path, session=small, policy=loopback))
    assert (found.state, files(tmp_path)) == (State.TOO_LARGE, [])


@pytest.mark.parametrize("has_length", [True, False])
def test_a_disk_without_room_is_refused_before_it_is_full(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path, has_length: bool
) -> None:
    url = server.on("/x.json", serve(BODY) if has_length else chunked([BODY]))
    with limited(session, reserve_bytes=1 << 60) as full:
        found = failed(try_fetch(url, tmp_path, session=full, policy=loopback))
    assert (found.state, files(tmp_path)) == (State.NO_SPACE, [])


def test_a_second_run_asks_only_whether_the_file_changed(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", serve(BODY))
    first = fetch(url, tmp_path, session=session, policy=loopback)
    second = fetch(url, tmp_path, session=session, policy=loopback)
    assert second == msgspec.structs.replace(first, was_new=False)
    assert server.asked[1].headers["if-none-match"] == '"1"'
    third = fetch(url, tmp_path, session=session, policy=loopback, reuse=True)
    assert (third, len(server.asked)) == (second, 2)
    server.on("/x.json", serve(OTHER, etag='"2"'))
    newer = fetch(url, tmp_path, session=session, policy=loopback)
    assert (newer.was_new, newer.path) == (True, first.path)
    assert Path(newer.path).read_bytes() == OTHER
    assert files(tmp_path) == ["x.json"]


def test_a_file_that_was_altered_here_is_fetched_again(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", serve(BODY))
    path = Path(fetch(url, tmp_path, session=session, policy=loopback).path)
    path.write_bytes(b"!" + BODY[1:])
    assert fetch(url, tmp_path, session=session, policy=loopback, reuse=True).was_new
    assert path.read_bytes() == BODY


def test_a_new_signature_does_not_make_another_file(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", cut(BODY, 200_000), status(403, b"Request has expired"))
    signed = f"{url}?id=1&Expires=1&Signature=a"
    first = failed(try_fetch(signed, tmp_path, session=session, policy=loopback))
    assert first.state is State.EXPIRED
    server.on("/x.json", serve(BODY))
    found = fetch(f"{url}?id=1&Expires=2&Signature=b", tmp_path, session=session, policy=loopback)
    assert found.resumed_from == 200_000


def test_no_record_holds_a_query(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    url = server.on("/x.json", serve(BODY))
    found = fetch(f"{url}?{SECRET}", tmp_path, session=session, policy=loopback)
    assert SECRET not in str(found)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes()


def test_the_lake_knows_where_a_fetched_file_came_from(
    server: Loopback, session: Session, loopback: Policy, lake: Lake, tmp_path: Path
) -> None:
    """The sighting is that of the download: URL without its query, time, ETag."""
    url = server.on("/cf.json.gz", serve((EXAMPLES / "carefirst-in-network.json.gz").read_bytes()))
    found = fetch(f"{url}?{SECRET}", tmp_path, session=session, policy=loopback)
    add(lake, found.path)
    (seen,) = lake.manifest().observations
    assert (seen.origin, seen.etag) == (f"{url}?...", '"1"')
    assert seen.retrieved_at == found.retrieved_at
    other = tmp_path / "copy.json.gz"
    other.write_bytes(Path(found.path).read_bytes())
    add(lake, other)
    assert lake.manifest().observations[1].origin == str(other.resolve())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3_000)), max_size=5))
def test_whatever_breaks_and_changes_the_file_is_one_version(steps: list[tuple[str, int]]) -> None:
    """Each step serves a version and breaks somewhere; the last request serves one whole."""
    bodies = {name: random.Random(name).randbytes(2_000 + ord(name)) for name in "abcz"}

    def version(name: str, after: int) -> Behaviour:
        whole = serve(bodies[name], etag=f'"{name}"')
        broken = cut(bodies[name], after, etag=f'"{name}"')

        def behave(handler: Handler) -> None:
            condition = handler.headers.get("If-Range")
            if condition not in (None, f'"{name}"'):
                del handler.headers["Range"]
            (whole if after >= len(bodies[name]) else broken)(handler)

        return behave

    with running() as server, tempfile.TemporaryDirectory() as folder:
        url = server.on("/x", *(version(*step) for step in steps), serve(bodies["z"], etag='"z"'))
        limits = Limits(interval_seconds=0, reserve_bytes=0, attempts=9)
        with Session(limits, sleep=lambda _: None) as session:
            found = fetch(url, folder, session=session, policy=Policy(allow_loopback=True))
        got = Path(found.path).read_bytes()
    assert got in bodies.values()
    assert found.etag == f'"{next(name for name, body in bodies.items() if body == got)}"'
    assert found.sha256 == sha256(got).hexdigest()


def test_two_urls_of_one_name_are_two_files(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    (tmp_path / "x.json").write_bytes(b"mine")
    first = fetch(server.on("/a/x.json", serve(BODY)), tmp_path, session=session, policy=loopback)
    other = fetch(server.on("/b/x.json", serve(OTHER)), tmp_path, session=session, policy=loopback)
    assert (tmp_path / "x.json").read_bytes() == b"mine"
    assert Path(first.path).read_bytes() == BODY
    assert Path(other.path).read_bytes() == OTHER
    again = fetch(server.url("/a/x.json"), tmp_path, session=session, policy=loopback)
    assert (again.was_new, again.path) == (False, first.path)


def test_the_servers_name_for_a_file_cannot_leave_the_folder(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    disposition = 'attachment; filename="../../evil.json"'
    url = server.on("/x", serve(BODY, Content_Disposition=disposition))
    assert Path(fetch(url, out, session=session, policy=loopback).path) == out / "evil.json"


def test_gzip_is_kept_as_it_was_sent(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    packed = gzip.compress(BODY)
    url = server.on("/x.json.gz", serve(packed, Content_Encoding="gzip"))
    found = fetch(url, tmp_path, session=session, policy=loopback)
    assert Path(found.path).read_bytes() == packed
    assert server.asked[0].headers["accept-encoding"] == "identity"


def test_one_connection_serves_many_files(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    for number in range(5):
        url = server.on(f"/{number}.json", serve(BODY))
        fetch(url, tmp_path, session=session, policy=loopback)
    assert server.connections == 1


def test_a_connection_that_was_closed_meanwhile_is_made_anew(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path, pauses: list[float]
) -> None:
    fetch(server.on("/a.json", serve(BODY)), tmp_path, session=session, policy=loopback)
    url = server.on("/b.json", hang_up, serve(OTHER))
    assert fetch(url, tmp_path, session=session, policy=loopback).bytes == len(OTHER)
    assert pauses == []


def test_two_runs_do_not_write_into_one_part(
    server: Loopback, session: Session, loopback: Policy, tmp_path: Path
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(handler: object) -> None:
        begun.set()
        go_on.wait(5)
        serve(BODY)(handler)  # type: ignore[arg-type]

    url = server.on("/x.json", slow, serve(BODY))
    found: list[Fetched | Failed] = []

    def first() -> None:
        with limited(session, stall_seconds=5.0) as patient:
            found.append(try_fetch(url, tmp_path, session=patient, policy=loopback))

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(5)
    second = failed(try_fetch(url, tmp_path, session=session, policy=loopback))
    go_on.set()
    thread.join(5)
    assert second.state is State.IN_USE
    assert isinstance(found[0], Fetched)
    assert Path(found[0].path).read_bytes() == BODY


def test_hosts_are_asked_at_a_pace(
    server: Loopback, loopback: Policy, tmp_path: Path, pauses: list[float]
) -> None:
    limits = Limits(reserve_bytes=0, interval_seconds=30.0)
    url = server.on("/x.json", serve(BODY))
    with Session(limits, sleep=pauses.append) as slow:
        fetch(url, tmp_path, session=slow, policy=loopback)
        fetch(url, tmp_path, session=slow, policy=loopback)
    assert [round(pause) for pause in pauses] == [30]
