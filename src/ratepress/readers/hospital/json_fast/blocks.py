"""A hospital JSON file in blocks of whole items, and what stands before and behind the items.

Where a block ends is guessed and then proved: text that begins with an item and is a valid array
between brackets holds whole items, as every bracket in it is closed. A document of another outline
is left to the plain reader (`Unsuited`).
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import IO

import msgspec

from ratepress.readers.hospital.json_fast.shapes import RAWS
from ratepress.readers.hospital.stream import VALUES_LIMIT, Piece, pieces_of

BLOCK = 4 << 20
# A value takes three bytes or more: so no item has more values than the plain reader allows.
_LONGEST_BLOCK = 3 * VALUES_LIMIT
_OUTLINE_LIMIT = 16 << 20
_ITEMS_KEY = re.compile(rb'"standard_charge_information"\s*:\s*\[')
_FIRST_KEY = re.compile(rb'\{\s*"[a-z_]+"')
_BRACKET = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{}]', re.DOTALL)
_FIRST_BYTES = 1 << 10
_SPACE = b" \t\r\n"
_MARK = codecs.BOM_UTF8


class Unsuited(Exception):
    """The document is one for the plain reader."""


class Blocks:
    """The parts of one document, in their order: `before`, iteration, `behind`."""

    def __init__(self, name: str, stream: IO[bytes]) -> None:
        self._name = name
        self._stream = stream
        self._utf8 = codecs.getincrementaldecoder("utf-8")("strict")
        self._held = b""
        self._is_at_end = False
        self._read()
        self._held = self._held.removeprefix(_MARK)

    def before(self) -> Iterator[Piece]:
        """The root keys and modifiers before the items."""
        while True:
            for found in _ITEMS_KEY.finditer(self._held):
                head = self._held[: found.end()] + b"]}"
                if not _is_json(head):
                    continue  # It stands in a text, or deeper.
                self._held = self._held[found.end() :].lstrip(_SPACE)
                return pieces_of(self._name, io.BytesIO(head))
            if self._is_at_end or len(self._held) > _OUTLINE_LIMIT:
                raise Unsuited("there is no array of items within reach")
            self._read()

    def __iter__(self) -> Iterator[bytes]:
        """Whole items with commas between them, some 4 MB at a time."""
        while len(self._held.lstrip(_SPACE)) < _FIRST_BYTES and not self._is_at_end:
            self._more()
        self._held = self._held.lstrip(_SPACE)
        first = _FIRST_KEY.match(self._held)
        if first is None:
            raise Unsuited("the first item is no object with a key")
        while True:
            end, is_last = self._cut(first.group())
            if not end and not is_last:
                self._more()
                continue
            if not 0 < end <= _LONGEST_BLOCK:
                raise Unsuited("a comma stands behind the last item, or an item is very large")
            yield self._held[:end]
            self._held = self._held[end:].lstrip(_SPACE)
            while not self._held:
                self._more()
            if is_last or self._held.startswith(b"]"):
                return
            if not self._held.startswith(b","):
                raise Unsuited("no comma stands between two items")
            self._held = self._held[1:]

    def _cut(self, start: bytes) -> tuple[int, bool]:
        """Where the last whole item ends, and whether the array ends behind it."""
        held = self._held
        for limit in (len(held), len(held) * 9 // 10, len(held) // 2):
            at = held.rfind(start, 1, limit)
            end = at - 1
            while end > 0 and held[end] in _SPACE:
                end -= 1
            if end > 0 and held[end : end + 1] == b"," and _is_json(b"[%b]" % held[:end]):
                return self._walk(at, end) if self._is_at_end else (end, False)
        return self._walk(0, 0)

    def _walk(self, at: int, end: int) -> tuple[int, bool]:
        """The same by going over every bracket behind `at`, where an item begins; the items
        before it end at `end`.
        """
        depth = 0
        for found in _BRACKET.finditer(self._held, at):
            bracket = found.group()
            if bracket in (b"{", b"["):
                depth += 1
            elif bracket == b'"':
                break  # A text that goes on behind what is held.
            elif bracket in (b"}", b"]"):
                depth -= 1
                if depth == 0:
                    end = found.end()
                elif depth < 0:
                    return self._last(found.start(), end)
        return end, False

    def _last(self, at: int, end: int) -> tuple[int, bool]:
        if self._held[at : at + 1] != b"]" or self._held[end:at].strip(_SPACE):
            raise Unsuited("something else than an item stands between items")
        if not _is_json(b"[%b]" % self._held[:end]):
            raise Unsuited("the items are no JSON")
        return end, True

    def behind(self) -> Iterator[Piece]:
        """The root keys and modifiers behind the items."""
        while not self._is_at_end:
            if len(self._held) > _OUTLINE_LIMIT:
                raise Unsuited("too much stands behind the items")
            self._read()
        rest = self._held.removeprefix(b"]").lstrip(_SPACE)
        if rest.startswith(b","):
            rest = rest[1:].lstrip(_SPACE)
            if not rest.startswith(b'"'):
                raise Unsuited("a comma stands without a key")
        tail = b"{" + rest
        if not _is_json(tail) or _ITEMS_KEY.search(tail):
            raise Unsuited("the end of the document is odd")
        return pieces_of(self._name, io.BytesIO(tail))

    def _more(self) -> None:
        if self._is_at_end or len(self._held) > _LONGEST_BLOCK:
            raise Unsuited("the array of items does not end, or one of them is very large")
        self._read()

    def _read(self) -> None:
        chunks = []
        room = BLOCK
        while room > 0 and (chunk := self._stream.read(room)):
            chunks.append(chunk)
            room -= len(chunk)
        new = b"".join(chunks)
        self._is_at_end = room > 0
        try:
            self._utf8.decode(new, self._is_at_end)
        except UnicodeDecodeError as error:
            raise Unsuited("it is not UTF-8") from error
        self._held += new


def _is_json(text: bytes) -> bool:
    try:
        if text.startswith(b"["):
            RAWS.decode(text)
        else:
            msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
