"""JSON as a stream of tokens: exact numbers, bounded memory, and errors that name the byte.

The parser is ijson's `yajl2_c` backend and no other: ijson's wheels carry it for every common
platform, and its `python` backend is fifty times slower and reads broken escapes otherwise.
Numbers come as int or `Decimal`, never as float. What JSON is: RFC 8259.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any

import ijson
from ijson.common import JSONError

from ratepress.core.errors import UnreadableInput, UsageError
from ratepress.readers.base import Tally
from ratepress.readers.source import Source
from ratepress.readers.text import sniff_encoding

CHUNK = 1 << 16
LONGEST_TOKEN = 4 << 20
"""Bytes without a token after which a file is refused: no text in a price file is that long."""
DEEPEST = 64
"""Levels of nesting inside one value; the deepest value of the schema has six."""
MOST_VALUES = 10_000_000
"""Values in one element that is held in memory (a provider reference, one negotiated rate)."""

NOT_UTF8 = "F003"

Token = tuple[str, Any]


# SystemError: yajl2_c on an integer of more than 4,300 digits. ArithmeticError: an exponent
# beyond what Decimal holds. ValueError: bytes that no text holds.
_FAULTS = (JSONError, ValueError, ArithmeticError, SystemError)


def encoding_of(source: Source, tally: Tally) -> str:
    """The encoding of the whole of `source`; one that is not UTF-8 is counted, with its byte."""
    with source.open() as stream:
        encoding, offset = sniff_encoding(stream)
    if offset is not None:
        tally.problem(NOT_UTF8, "encoding", f"byte {offset:,}")
    return encoding


class Repeated(dict[str, Any]):
    """A JSON object in which keys stood more than once; `repeated` names them, once a repeat."""

    repeated: list[str]


class Tokens:
    """The tokens of one JSON document, and the values built of them.

    Any fault of the document raises `UnreadableInput` with its byte in the decompressed data:
    no JSON, a cut end, something after the end, a number that is none (NaN), nesting beyond
    `DEEPEST`, a text beyond `LONGEST_TOKEN`.
    """

    def __init__(self, source: Source, encoding: str) -> None:
        self._source = source
        self._tokens = _tokens(source, encoding)
        self._next = self._tokens.__next__
        self._left = MOST_VALUES

    def first(self) -> Token:
        """The first token of the document."""
        return self._next()

    def finish(self) -> None:
        """Read to the end, so that a cut end or anything behind the document is found."""
        for _ in self._tokens:
            pass  # pragma: no cover - the parser allows nothing after the document

    def object_keys(self) -> Iterator[str]:
        """The keys of an object whose `start_map` was read; take each value before the next."""
        while True:
            event, key = self._next()
            if event == "end_map":
                return
            yield key

    def elements(self) -> Iterator[Token]:
        """The first token of each element of an array whose `start_array` was read."""
        while True:
            token = self._next()
            if token[0] == "end_array":
                return
            yield token

    def elements_of(self, name: str) -> Iterator[Token]:
        """The first token of each element of every array `name` of the document, read to its end.

        Take each element whole before the next. Other keys are passed over.
        """
        self.first()
        for key in self.object_keys():
            first = self.first()
            if key == name and first[0] == "start_array":
                yield from self.elements()
            else:
                self.skip(first)
        self.finish()

    def value(self) -> Any:
        """The next value, whole."""
        return self.build(self._next())

    def build(self, first: Token) -> Any:
        """The value that begins with `first`, whole: dict, list, str, int, Decimal, bool, None.

        A key that stands twice: two arrays are joined, an array outlasts what is none, otherwise
        the last value counts; the object is then a `Repeated`.
        """
        self._left = MOST_VALUES
        return self._build(first, 0)

    def _build(self, token: Token, depth: int) -> Any:
        event, value = token
        if event == "start_map":
            return self._object(self._deeper(depth))
        if event == "start_array":
            depth = self._deeper(depth)
            return [self._build(element, depth) for element in self.elements()]
        self._left -= 1
        return value

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        following, build = self._next, self._build
        while True:
            event, key = following()
            if event == "end_map":
                return found
            value = build(following(), depth)
            if key not in found:
                found[key] = value
                continue
            if not isinstance(found, Repeated):
                found = Repeated(found)
                found.repeated = []
            found.repeated.append(key)
            found[key] = joined(found[key], value)

    def _deeper(self, depth: int) -> int:
        self._left -= 1
        if depth >= DEEPEST:
            raise self._refused(f"nested deeper than {DEEPEST} levels")
        if self._left < 0:
            raise self._refused(f"one element holds more than {MOST_VALUES:,} values")
        return depth + 1

    def skip(self, first: Token) -> None:
        """Pass over the value that begins with `first`."""
        if not first[0].startswith("start"):
            return
        depth = 1
        for event, _ in self._tokens:
            if event == "start_map" or event == "start_array":
                depth += 1
                if depth > DEEPEST:
                    raise self._refused(f"nested deeper than {DEEPEST} levels")
            elif event == "end_map" or event == "end_array":
                depth -= 1
                if not depth:
                    return

    def skip_value(self) -> None:
        """Pass over the next value."""
        self.skip(self._next())

    def _refused(self, why: str) -> UnreadableInput:
        return UnreadableInput(
            f"{self._source.name}: {why}",
            expected="an in-network file of the CMS schema",
            todo="check where it came from",
        )


def joined(old: Any, new: Any) -> Any:
    """What a key that stands twice holds: nothing published in an array is lost.

    >>> joined([1], [2]), joined([1], "x"), joined("x", "y")
    ([1, 2], [1], 'y')
    """
    if isinstance(old, list):
        return old + new if isinstance(new, list) else old
    return new


def head_tokens(head: bytes) -> list[Token]:
    """The tokens in the first bytes of a file, up to where they end or stop being JSON.

    >>> head_tokens(b'{"version": "2.2.0", "in_net')
    [('start_map', None), ('map_key', 'version'), ('string', '2.2.0')]
    """
    found, parser = _parser()
    try:
        parser.send(head.removeprefix(codecs.BOM_UTF8))
    except _FAULTS:
        # A broken number leaves an unusable last token behind.
        return list(found[:-1])
    return list(found)


def _parser() -> tuple[list[Token], Any]:
    """A parser to `send` bytes to, and the list in which its tokens appear."""
    try:
        backend = ijson.get_backend("yajl2_c")
    except ImportError as error:  # pragma: no cover - a platform without ijson's wheels
        raise UsageError(
            "ijson was installed without its yajl2_c backend, which reads payer files",
            todo="install ijson from a wheel, or with a C compiler at hand",
        ) from error
    found = ijson.sendable_list()
    return found, backend.basic_parse_coro(found, use_float=False)


def _tokens(source: Source, encoding: str) -> Iterator[Token]:
    found, parser = _parser()
    silent = end = 0
    for at, raw in _chunks(source):
        try:
            parser.send(_utf8(raw, encoding))
        except _FAULTS as error:
            raise _not_json(source, error, _faulty_byte(source, encoding, at)) from None
        silent = 0 if found else silent + len(raw)
        if silent > LONGEST_TOKEN:
            raise UnreadableInput(
                f"{source.name}: one text or number is longer than {LONGEST_TOKEN:,} bytes",
                place=f"before byte {at + len(raw):,} of the decompressed data",
                todo="check where it came from",
            )
        yield from found
        found.clear()
        end = at + len(raw)
    try:
        parser.send(b"")
    except StopIteration:
        pass  # The document is complete.
    except _FAULTS as error:
        raise _not_json(source, error, end) from None
    yield from found


def _chunks(source: Source) -> Iterator[tuple[int, bytes]]:
    """The decompressed bytes, each piece with its offset; without a byte order mark."""
    with source.open() as stream:
        mark = stream.read(len(codecs.BOM_UTF8))
        if mark and mark != codecs.BOM_UTF8:
            yield 0, mark
        at = len(mark)
        while raw := stream.read(CHUNK):
            yield at, raw
            at += len(raw)


def _utf8(raw: bytes, encoding: str) -> bytes:
    return raw.decode(encoding, "replace").encode() if encoding == "cp1252" else raw


def _not_json(source: Source, error: BaseException, at: int) -> UnreadableInput:
    # What comes behind the first line of the parser's words is a picture of the place.
    why = str(error).strip().removeprefix("b'").split("\\n", 1)[0].split("\n", 1)[0]
    why = why.replace("parse error: ", "").replace("lexical error: ", "").rstrip()
    if not isinstance(error, JSONError):
        why = "a number or a text that no reader can hold"
    return UnreadableInput(
        f"{source.name}: not valid JSON: {why}",
        place=f"byte {at:,} of the decompressed data",
        expected="one complete JSON document",
        todo="download it again and compare its size with Content-Length",
    )


def _faulty_byte(source: Source, encoding: str, good: int) -> int:
    """The offset of the byte at which parsing fails, known to lie behind the first `good` bytes.

    The parser does not tell, so the file is parsed again, and the chunk that fails byte by byte.
    It costs the time it took to come there, and only for a file that is refused.
    """
    _, parser = _parser()
    for at, raw in _chunks(source):
        if at < good:
            parser.send(_utf8(raw, encoding))
            continue
        for index in range(len(raw)):
            try:
                parser.send(_utf8(raw[index : index + 1], encoding))
            except _FAULTS:
                return at + index
    return good  # pragma: no cover - the caller has seen this chunk fail
