"""JSON with commas too many or control characters in its texts, made whole while it is read.

Only what has one meaning is mended, and each place is counted: a comma before a closing bracket
(F260), a comma without a value between objects (F261), a control character inside a text (F262),
and several documents one behind the other (F263). All else is refused with its byte.

It is slow and runs only where the file as it stands is no JSON.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO

from ratepress.core.errors import UnreadableInput
from ratepress.readers.base import Tally

TRAILING_COMMA, REPEATED_COMMA, CONTROL, DOCUMENTS = "F260", "F261", "F262", "F263"
CHUNK = 1 << 17
LONGEST_TEXT = 1 << 24
_SHOWN = 40
_SPACE = re.compile(rb"[ \t\r\n]*")
_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(rb"true|false|null")
_IN_NUMBER = re.compile(rb"[-+.0-9A-Za-z]*")
_CONTROL = re.compile(rb"[\x00-\x1f]")
_BAD_ESCAPE = re.compile(rb'\\(?:[^"\\/bfnrtu]|u(?![0-9a-fA-F]{4}))', re.DOTALL)
_MARK = b"\xef\xbb\xbf"
_OPEN = {b"{": b"}", b"[": b"]"}


class _Short(Exception):
    """The token goes on behind what is held."""


@dataclass(slots=True)
class _Container:
    """An object or array that is open."""

    bracket: bytes
    has_members: bool = False
    ends_in_scalar: bool = False


class Mended:
    """A stream of JSON bytes in any encoding that has ASCII in it, mended.

    >>> import io
    >>> Mended("a.json", io.BytesIO(b'{"a": [{"b": 1,},,{}],}'), Tally()).read()
    b'{"a": [{"b": 1},{}]}'
    """

    def __init__(self, name: str, stream: IO[bytes], tally: Tally) -> None:
        self._name = name
        self._stream = stream
        self._tally = tally
        self._held = b""
        self._at = 0
        self._offset = 0
        """The byte of the file at which what is held begins."""
        self._has_begun = self._is_at_end = False
        self._is_done = False
        self._out: list[bytes] = []
        self._open: list[_Container] = []
        self._wants = "value"
        self._commas: list[int] = []
        self._spaces: list[bytes] = []
        self._documents = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as many as are ready; empty at the end, and where none are asked for.

        Raises `UnreadableInput` at what cannot be mended.
        """
        if not size:
            return b""
        while not self._out and not self._is_done:
            self._step()
        mended, self._out = b"".join(self._out), []
        return mended

    def _step(self) -> None:
        """Take the tokens that are held, and read on."""
        try:
            while True:
                self._token()
        except _Short:
            if self._is_at_end:
                self._finish()
                return
        if len(self._held) - self._at > LONGEST_TEXT:
            raise self._refused("one text or number is too long", "at most 16 MiB")
        more = self._stream.read(CHUNK)
        self._is_at_end = not more
        self._held = self._held[self._at :] + more
        self._offset += self._at
        self._at = 0
        if not self._has_begun and more.startswith(_MARK):
            self._out.append(_MARK)
            self._at = len(_MARK)
        self._has_begun = True

    def _finish(self) -> None:
        # What is held is then a text without an end.
        if self._held[self._at :] or self._open or not self._documents:
            raise self._cut()
        self._is_done = True

    def _token(self) -> None:
        space = _SPACE.match(self._held, self._at)
        end = space.end() if space else self._at
        if end > self._at:
            # Behind a comma that is not decided on yet it waits, so that valid JSON is not changed.
            waiting = self._spaces if self._commas else self._out
            waiting.append(self._held[self._at : end])
            self._at = end
        first = self._held[end : end + 1]
        if not first:
            raise _Short
        if first == b",":
            self._comma()
        elif first in (b"}", b"]"):
            self._close(first)
        elif self._wants == "colon":
            if first != b":":
                raise self._refused("a key has no value", "a colon")
            self._put(first)
            self._wants = "value"
        elif self._wants == "comma":
            raise self._refused("a comma is missing", self._behind_a_value())
        else:
            self._begin(first)

    def _comma(self) -> None:
        bracket = self._bracket()
        if self._wants == "colon" or (self._wants == "value" and bracket == b"{"):
            raise self._refused("a value is missing", "a value")
        if not self._documents:
            raise self._refused("this is no JSON object", "an object")
        self._commas.append(self._offset + self._at)
        self._at += 1
        self._wants = "key" if bracket == b"{" else "value"

    def _close(self, bracket: bytes) -> None:
        if _OPEN.get(self._bracket()) != bracket:
            raise self._refused("brackets do not match", self._behind_a_value())
        if self._wants == "colon" or (self._wants == "value" and bracket == b"}"):
            raise self._refused("a value is missing", "a value")
        self._settle(is_closing=True, is_scalar=False)
        self._open.pop()
        self._put(bracket)
        self._valued(is_scalar=False)

    def _begin(self, first: bytes) -> None:
        """A key or a value."""
        if self._wants == "key":
            if first != b'"':
                raise self._refused("a key is missing", "a key in quotation marks")
            self._settle(is_closing=False, is_scalar=False)
            self._text()
            self._wants = "colon"
            return
        is_scalar = first not in _OPEN
        if not self._open and first != b"{":
            if self._documents:
                raise self._refused("something stands behind the document", "the end of the file")
            raise self._refused("this is no JSON object", "an object")
        if self._bracket() != b"{":
            self._settle(is_closing=False, is_scalar=is_scalar)
        if is_scalar:
            self._scalar(first)
            self._valued(is_scalar=True)
            return
        if not self._open:
            self._documents += 1
            if self._documents > 1:
                self._tally.problem(DOCUMENTS, "document", self._place(), self._shown())
                self._out.append(b"\n")
        self._open.append(_Container(first))
        self._put(first)
        self._wants = "key" if first == b"{" else "value"

    def _settle(self, *, is_closing: bool, is_scalar: bool) -> None:
        """Decide on the commas before a member or a closing bracket."""
        commas, self._commas = self._commas, []
        spaces, self._spaces = self._spaces, []
        if self._open and self._open[-1].has_members and not is_closing and commas:
            self._out.append(b",")
            self._judge(commas[1:], is_closing=False, is_scalar=is_scalar)
        else:
            self._judge(commas, is_closing=is_closing, is_scalar=is_scalar)
        self._out += spaces

    def _judge(self, commas: list[int], *, is_closing: bool, is_scalar: bool) -> None:
        """Count the commas that are passed over, or refuse them."""
        if not self._open:
            self._count(REPEATED_COMMA, commas)  # Between two documents.
            return
        has_members = self._open[-1].has_members
        if is_closing and has_members:
            self._count(TRAILING_COMMA, commas[:1])
            commas = commas[1:]
        if not commas:
            return
        is_scalar = is_scalar or not has_members or self._open[-1].ends_in_scalar
        if self._bracket() == b"[" and is_scalar:
            raise self._refused(
                "a comma has no value, and a value may be missing there",
                "a value between two commas",
                at=commas[0],
            )
        self._count(REPEATED_COMMA, commas)

    def _count(self, rule: str, places: list[int]) -> None:
        for at in places:
            self._tally.problem(rule, "comma", f"byte {at:,}", self._shown())

    def _valued(self, *, is_scalar: bool) -> None:
        if self._open:
            self._open[-1].has_members = True
            self._open[-1].ends_in_scalar = is_scalar
        self._wants = "comma" if self._open else "value"

    def _scalar(self, first: bytes) -> None:
        if first == b'"':
            self._text()
            return
        run = _IN_NUMBER.match(self._held, self._at)
        end = run.end() if run else self._at
        if end == len(self._held) and not self._is_at_end:
            raise _Short
        word = self._held[self._at : end]
        if not (_NUMBER.fullmatch(word) or _WORD.fullmatch(word)):
            raise self._refused("this is no value", "a text, number, object, array or null")
        self._out.append(word)
        self._at = end

    def _text(self) -> None:
        found = _TEXT.match(self._held, self._at)
        if found is None:
            raise _Short
        text = found.group()
        bad = _BAD_ESCAPE.search(text.replace(b"\\\\", b"__"))
        if bad:
            raise self._refused(
                "a backslash stands before a character that it cannot escape",
                'one of " \\ / b f n r t u behind it',
                at=self._offset + self._at + bad.start(),
            )
        if _CONTROL.search(text):
            for control in _CONTROL.finditer(text):
                place = f"byte {self._offset + self._at + control.start():,}"
                shown = text[max(control.start() - _SHOWN, 0) : control.end() + _SHOWN]
                self._tally.problem(CONTROL, "text", place, repr(shown.decode("utf-8", "replace")))
            text = _CONTROL.sub(lambda c: b"\\u%04x" % ord(c.group()), text)
        self._out.append(text)
        self._at = found.end()

    def _put(self, bracket: bytes) -> None:
        self._out.append(bracket)
        self._at += 1

    def _bracket(self) -> bytes:
        """The bracket that opened what is open; empty at the top level."""
        return self._open[-1].bracket if self._open else b""

    def _behind_a_value(self) -> str:
        if not self._open:
            return "the end of the document"
        return f"a comma or {_OPEN[self._bracket()].decode()}"

    def _place(self) -> str:
        return f"byte {self._offset + self._at:,}"

    def _shown(self) -> str:
        return self._held[max(self._at - _SHOWN, 0) : self._at + _SHOWN].decode("utf-8", "replace")

    def _refused(self, what: str, expected: str, at: int | None = None) -> UnreadableInput:
        place = self._offset + self._at if at is None else at
        start = max(place - self._offset, 0)
        return UnreadableInput(
            f"{self._name}: the JSON is broken: {what}",
            place=f"byte {place:,}",
            found=self._held[start : start + _SHOWN].decode("utf-8", "replace"),
            expected=expected,
            todo="mend that place, or tell the hospital; a broken download is mended by another",
        )

    def _cut(self) -> UnreadableInput:
        return UnreadableInput(
            f"{self._name}: the JSON is cut off before its end",
            place=f"byte {self._offset + len(self._held):,}",
            expected="one whole JSON object in UTF-8",
            todo="download it again and compare its size with Content-Length",
        )
