"""Bytes to text where a publisher did not keep to UTF-8."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import IO

from ratepress.core.errors import UnreadableInput

CHUNK = 1 << 18
LINE_LIMIT = 1 << 26


def decode_lines(
    stream: IO[bytes], encoding: str, *, name: str = "the file", limit: int = LINE_LIMIT
) -> Iterator[str]:
    r"""The lines of `stream`, ends kept, for `csv.reader`; `encoding` is from `sniff_encoding`.

    A line ends at any of LF, CR LF and CR. Windows-1252 leaves five bytes undefined; they become
    U+FFFD rather than an error. Raises `UnreadableInput` where a line has more than `limit`
    characters: such a file is no table, and would fill the memory.

    >>> list(decode_lines(io.BytesIO(b"a\r\nb\rc"), "utf-8"))
    ['a\r\n', 'b\r', 'c']
    """
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    number = 0
    try:
        while line := text.readline(limit):
            number += 1
            if len(line) >= limit:
                raise UnreadableInput(
                    f"{name}: a line has more than {limit:,} characters",
                    place=f"line {number:,}",
                    expected="a text file with one line a row",
                    todo="check that it is the CSV file that was published",
                )
            yield line
    finally:
        if not stream.closed:
            text.detach()  # Otherwise the wrapper would close the caller's stream.


def sniff_encoding(stream: IO[bytes]) -> tuple[str, int | None]:
    """The encoding of a whole stream, and the offset of the first byte that is not UTF-8.

    UTF-8 with or without a mark where every byte of it is valid; otherwise Windows-1252, which is
    what spreadsheet exports are. The stream is read once, in constant memory.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
    offset = 0
    while True:
        chunk = stream.read(CHUNK)
        try:
            decoder.decode(chunk, not chunk)
        except UnicodeDecodeError as error:
            # `error.object` is what the decoder still held plus this chunk.
            held = len(error.object) - len(chunk)
            return "cp1252", offset - held + error.start
        if not chunk:
            return "utf-8-sig", None
        offset += len(chunk)
