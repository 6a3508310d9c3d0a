"""Containers: plain and gzip are read whole; what is damaged, foreign or a bomb is refused."""

from __future__ import annotations

import gzip
import os
import socket
import zlib
from pathlib import Path

import pytest

from ratepress.core.errors import UnreadableInput
from ratepress.readers import source as module
from ratepress.readers.source import Source

TEXT = b'{"a": "' + bytes(range(32, 90)) * 4000 + b'"}'


def _file(folder: Path, data: bytes) -> Source:
    path = folder / "in.bin"
    path.write_bytes(data)
    return Source(path)


def _read(source: Source) -> bytes:
    with source.open() as stream:
        return stream.read()


def test_plain_bytes_come_back(tmp_path: Path) -> None:
    assert _read(_file(tmp_path, TEXT)) == TEXT


def test_gzip_of_several_members_is_one_stream(tmp_path: Path) -> None:
    data = gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:])
    assert _read(_file(tmp_path, data)) == TEXT


def test_the_name_does_not_decide(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(gzip.compress(TEXT))
    assert _read(Source(path)) == TEXT


@pytest.mark.parametrize("kept", [30, 0.5, 0.99])
def test_a_truncated_gzip_is_refused_with_the_offset(tmp_path: Path, kept: float) -> None:
    data = gzip.compress(TEXT)
    cut = data[: int(kept if kept > 1 else len(data) * kept)]
    with pytest.raises(UnreadableInput, match=r"truncated or damaged.*after byte"):
        _read(_file(tmp_path, cut))


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(TEXT))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(UnreadableInput, match="truncated or damaged"):
        _read(_file(tmp_path, bytes(data)))


@pytest.mark.parametrize(
    ("magic", "what"),
    [(b"PK\x03\x04", "zip"), (b"BZh91AY", "bzip2"), (b"%PDF-1.7", "PDF")],
)
def test_other_containers_are_refused_by_name(tmp_path: Path, magic: bytes, what: str) -> None:
    with pytest.raises(UnreadableInput, match=what):
        _read(_file(tmp_path, magic + bytes(100)))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="empty"):
        _file(tmp_path, b"")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="cannot be opened"):
        Source(tmp_path / "absent.json")


def test_a_zip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BOMB_FLOOR_BYTES", 1 << 20)
    bomb = _file(tmp_path, gzip.compress(bytes(8 << 20)))
    with bomb.open() as stream, pytest.raises(UnreadableInput, match="zip bomb"):
        stream.read()


def test_repetitive_real_data_is_no_bomb(tmp_path: Path) -> None:
    """The CareFirst file compresses 57:1; a run of equal prices reaches 200:1."""
    line = b'{"negotiated_rate": 470.14, "service_code": ["24"]},\n'
    data = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = data.compress(line * 50_000) + data.flush()
    assert len(_read(_file(tmp_path, packed))) == len(line) * 50_000


def test_rubbish_behind_a_gzip_stream_is_refused_and_zeros_are_padding(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="behind the gzip stream stands something"):
        _read(_file(tmp_path, gzip.compress(TEXT) + b"<html>404 Not Found</html>"))
    assert _read(_file(tmp_path, gzip.compress(TEXT) + bytes(512))) == TEXT


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    """Opening one without a writer would wait for ever."""
    path = tmp_path / "prices.csv"
    os.mkfifo(path)
    with pytest.raises(UnreadableInput, match=r"no regular file.*'a pipe'.*into a file"):
        Source(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the system has no such device")
def test_a_device_without_an_end_is_refused() -> None:
    with pytest.raises(UnreadableInput, match=r"no regular file.*'a device'"):
        Source(Path("/dev/zero"))


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the system has no such sockets")
def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # The whole path may be longer than an address may be.
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("prices.csv")
        with pytest.raises(UnreadableInput, match=r"no regular file.*'a socket'"):
            Source(Path("prices.csv"))


def test_a_folder_is_refused_with_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"this is a folder.*name the files in it"):
        Source(tmp_path)


def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(TEXT)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert _read(Source(tmp_path / "link")) == TEXT
