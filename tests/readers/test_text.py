"""Bytes to lines: every line ending, two encodings, and no line without end."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.core.errors import UnreadableInput
from ratepress.readers.text import decode_lines, sniff_encoding


def test_lines_end_at_lf_crlf_and_cr() -> None:
    assert list(decode_lines(io.BytesIO(b"a\nb\r\nc\rd"), "utf-8")) == ["a\n", "b\r\n", "c\r", "d"]


@given(st.text(alphabet="ab\r\n é", max_size=40))
def test_no_character_is_lost(text: str) -> None:
    assert "".join(decode_lines(io.BytesIO(text.encode()), "utf-8")) == text


def test_the_callers_stream_stays_open() -> None:
    stream = io.BytesIO(b"a\nb\n")
    lines = decode_lines(stream, "utf-8")
    next(lines)
    lines.close()  # type: ignore[attr-defined]
    assert not stream.closed


def test_a_line_without_end_is_refused_with_its_number() -> None:
    data = b"a\n" + b"b" * 5000
    with pytest.raises(UnreadableInput, match=r"in.csv: a line has more than 1,000 .*line 2"):
        list(decode_lines(io.BytesIO(data), "utf-8", name="in.csv", limit=1000))


def test_windows_1252_is_found_at_its_first_byte() -> None:
    data = b"x" * (1 << 18) + "café’".encode("cp1252")
    assert sniff_encoding(io.BytesIO(data)) == ("cp1252", (1 << 18) + 3)
    assert list(decode_lines(io.BytesIO("café’\x9d".encode("latin-1", "ignore")), "cp1252"))


def test_utf8_with_a_character_across_two_chunks_is_utf8() -> None:
    data = b"x" * ((1 << 18) - 1) + "é".encode()
    assert sniff_encoding(io.BytesIO(data)) == ("utf-8-sig", None)
