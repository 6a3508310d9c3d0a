"""Bytes to text where a publisher did not keep to UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import IO

CHUNK = 1 << 18


def decode_lines(stream: IO[bytes], encoding: str) -> Iterator[str]:
    """The lines of `stream`, ends kept, for `csv.reader`. `encoding` is what `sniff_encoding` said.

    Windows-1252 leaves five bytes undefined; they become U+FFFD rather than an error.
    """
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    pending = ""
    while chunk := stream.read(CHUNK):
        pending += decoder.decode(chunk)
        lines = pending.split("\n")
        pending = lines.pop()
        for line in lines:
            yield line + "\n"
    pending += decoder.decode(b"", True)
    if pending:
        yield pending


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
