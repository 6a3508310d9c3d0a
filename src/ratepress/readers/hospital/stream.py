"""A hospital JSON file piece by piece: its root keys, and the elements of its long arrays.

The parser is ijson, so a file of any size takes the memory of its largest element; depth, size
of an element and length of a string have limits, because files come from strangers.
Numbers are exact (`int` or `Decimal`), never floats.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

import ijson

from ratepress.core.errors import UnreadableInput
from ratepress.readers.base import Tally
from ratepress.readers.hospital.mending import Mended
from ratepress.readers.source import Source
from ratepress.readers.text import sniff_encoding

ITEMS, MODIFIERS = "standard_charge_information", "modifier_information"
ARRAYS = frozenset({ITEMS, MODIFIERS})
BUFFER_BYTES = 1 << 17
DEPTH_LIMIT = 32
# No template element nests deeper than 7. An element of 2 million values is some 200 MB of
# memory; the largest met has 3,000. The longest text met has 2,000 characters.
VALUES_LIMIT = 2_000_000
TOKEN_BYTES_LIMIT = 1 << 24
DIGITS_LIMIT = 4000
_DIGITS = b"0123456789"
_OPENING = frozenset({"start_map", "start_array"})
_CLOSING = frozenset({"end_map", "end_array"})


class Piece(NamedTuple):
    """One root key's value, or one element of a long array and its `position` in it.

    `repeated` are keys that one of its objects states twice; the last value counts.
    """

    key: str
    position: int | None
    value: Any
    repeated: tuple[str, ...]


class Broken(UnreadableInput):
    """The file is no JSON as it stands; it may be mended."""


@contextmanager
def pieces(
    source: Source, mended: Tally | None = None
) -> Iterator[tuple[Iterator[Piece], int | None]]:
    """The pieces of a file, and the offset of its first byte that is not UTF-8.

    Iterating raises `UnreadableInput` with the byte offset where the JSON is broken, cut off,
    too deep or too large. With a tally to count it in, what can be mended is.
    """
    with source.open() as stream:
        encoding, offset = sniff_encoding(stream)
    with source.open() as stream:
        if mended is None:
            yield _pieces(source.name, _Counted(source.name, stream, encoding)), offset
        else:
            whole = Mended(source.name, stream, mended)
            counted = _Counted(source.name, whole, encoding)
            yield _pieces_of_all(source.name, counted), offset


def pieces_of(name: str, stream: IO[bytes]) -> Iterator[Piece]:
    """The pieces of a document, or of a part of one made whole, in UTF-8 without a mark.

    >>> import io
    >>> [piece.key for piece in pieces_of("a.json", io.BytesIO(b'{"version": "3.0.0"}'))]
    ['version']
    """
    return _pieces(name, _Counted(name, stream, "utf-8"))


class _Counted:
    """A stream as the parser wants it: UTF-8 without a mark; knows how far it was read."""

    def __init__(self, name: str, stream: IO[bytes] | Mended, encoding: str) -> None:
        self._name = name
        self._stream = stream
        self._is_utf8 = encoding != "cp1252"
        self.is_mended = isinstance(stream, Mended)
        self.position = 0
        self.last_value_at = 0
        self.is_at_end = False
        self._tail = b""

    def read(self, size: int = -1) -> bytes:
        # The parser holds a token until its end: a string without end must not fill the memory.
        if self.position - self.last_value_at > TOKEN_BYTES_LIMIT:
            raise UnreadableInput(
                f"{self._name}: one text or number has more than {TOKEN_BYTES_LIMIT:,} bytes",
                place=f"byte {self.last_value_at:,}",
                todo="check that it is the file that was published",
            )
        chunk = self._stream.read(size)
        self.is_at_end = not chunk
        self._refuse_long_numbers(chunk)
        start = self.position
        self.position += len(chunk)
        if start == 0 and chunk.startswith(b"\xef\xbb\xbf"):
            chunk = chunk[3:]
        return chunk if self._is_utf8 else chunk.decode("cp1252", "replace").encode()

    def _refuse_long_numbers(self, chunk: bytes) -> None:
        # ijson's C backend mishandles a whole number that Python's `int` refuses for its length:
        # the error surfaces anywhere. A run of that many digits covers one of these positions.
        held = self._tail + chunk
        self._tail = held[-DIGITS_LIMIT:]
        for at in range(0, len(held), DIGITS_LIMIT // 2):
            if held[at] not in _DIGITS:
                continue
            before = held[max(0, at - DIGITS_LIMIT) : at]
            behind = held[at : at + DIGITS_LIMIT]
            run = len(before) - len(before.rstrip(_DIGITS))
            run += len(behind) - len(behind.lstrip(_DIGITS))
            if run >= DIGITS_LIMIT:
                raise UnreadableInput(
                    f"{self._name}: a number is too long: {DIGITS_LIMIT:,} digits or more",
                    place=f"near byte {self.position:,}",
                    todo="check that it is the file that was published",
                )


def _pieces(name: str, stream: _Counted) -> Iterator[Piece]:
    events = _events(name, stream)
    event, _ = next(events)
    if event != "start_map":
        raise UnreadableInput(
            f"{name}: the JSON is not one object",
            place="byte 0",
            expected="an object with hospital_name and standard_charge_information",
        )
    for event, key in events:
        if event != "map_key":
            continue  # The end of the root; the parser refuses what stands behind it.
        event, value = next(events)
        if key in ARRAYS and event == "start_array":
            for position, (event, value) in enumerate(events):
                if event == "end_array":
                    break
                yield Piece(key, position, *_build(name, stream, events, event, value))
        else:
            yield Piece(key, None, *_build(name, stream, events, event, value))


def _pieces_of_all(name: str, stream: _Counted) -> Iterator[Piece]:
    """The pieces of several documents one behind the other, as if they were one.

    A document may be one item or modifier of its own: JSON Lines. Root keys of later documents
    that say the same as before are passed over.
    """
    events = _events(name, stream, many=True)
    positions = dict.fromkeys(ARRAYS, 0)
    stated: dict[str, Any] = {}
    for event, _ in events:
        if event != "start_map":
            raise Broken(f"{name}: the JSON is not one object", expected="an object")
        root: dict[str, Piece] = {}
        yield from _elements_beside(name, stream, events, root, positions)
        for piece in _as_element(root, positions):
            if piece.position is None and piece.key in stated:
                if stated[piece.key] == piece.value:
                    continue
                _refuse_another_hospital(name, stream, piece, stated)
            if piece.position is None:
                stated[piece.key] = piece.value
            yield piece


def _elements_beside(
    name: str,
    stream: _Counted,
    events: Iterator[tuple[str, Any]],
    root: dict[str, Piece],
    positions: dict[str, int],
) -> Iterator[Piece]:
    """The elements of the arrays of one document, whose other keys go into `root`."""
    for event, key in events:
        if event == "end_map":
            return
        event, value = next(events)
        if key in ARRAYS and event == "start_array":
            for event, value in events:
                if event == "end_array":
                    break
                built = _build(name, stream, events, event, value)
                yield Piece(key, positions[key], *built)
                positions[key] += 1
            continue
        piece = Piece(key, None, *_build(name, stream, events, event, value))
        if key in root:
            piece = piece._replace(repeated=(*piece.repeated, key))
        root[key] = piece


def _as_element(root: dict[str, Piece], positions: dict[str, int]) -> Iterator[Piece]:
    """The root keys of a document; those of an item or a modifier as that."""
    for array, own, keys in ((ITEMS, _ITEM_OWN, _ITEM_KEYS), (MODIFIERS, _NOTE_OWN, _NOTE_KEYS)):
        if not own & root.keys():
            continue
        taken = [root.pop(key) for key in list(root) if key in keys]
        value = {piece.key: piece.value for piece in taken}
        repeated = tuple(key for piece in taken for key in piece.repeated)
        yield Piece(array, positions[array], value, repeated)
        positions[array] += 1
    yield from root.values()


_ITEM_OWN = frozenset({"standard_charges", "code_information"})
_ITEM_KEYS = _ITEM_OWN | {"description", "drug_information"}
_NOTE_OWN = frozenset({"modifier_payer_information"})
_NOTE_KEYS = _NOTE_OWN | {"code", "description", "setting"}


def _refuse_another_hospital(
    name: str, stream: _Counted, piece: Piece, stated: dict[str, Any]
) -> None:
    if piece.key == "hospital_name":
        raise UnreadableInput(
            f"{name}: the file holds the documents of two hospitals",
            place=f"before byte {stream.position:,}",
            found=f"{stated[piece.key]} and {piece.value}",
            expected="one hospital's standard charges",
            todo="split it, and add each part",
        )


def _events(name: str, stream: _Counted, *, many: bool = False) -> Iterator[tuple[str, Any]]:
    """The parser's events; whatever it raises becomes our error with the byte offset."""
    options = {"buf_size": BUFFER_BYTES, "use_float": False, "multiple_values": many}
    try:
        for event in ijson.basic_parse(stream, **options):
            stream.last_value_at = stream.position
            yield event
    except ijson.JSONError as error:
        raise _broken(name, stream, str(error)) from error
    except ArithmeticError as error:
        reason = "a number has an exponent of more than 18 digits"
        raise _broken(name, stream, reason, UnreadableInput) from error


def _broken(
    name: str, stream: _Counted, reason: str, kind: type[UnreadableInput] = Broken
) -> UnreadableInput:
    first_line = reason.removeprefix("b'").strip().splitlines()[0] if reason.strip() else "empty"
    first_line = first_line.split("\\n")[0]
    # The parser was content with all that came before the end: there is nothing to mend.
    is_cut = stream.is_at_end and not stream.is_mended
    return (UnreadableInput if is_cut else kind)(
        f"{name}: the JSON is cut off before its end"
        if is_cut
        else f"{name}: the JSON is broken: {first_line}",
        place=f"byte {stream.position:,}" if is_cut else f"before byte {stream.position:,}",
        expected="one whole JSON object in UTF-8",
        todo="download it again and compare its size with Content-Length",
    )


def _build(
    name: str, stream: _Counted, events: Iterator[tuple[str, Any]], event: str, value: Any
) -> tuple[Any, tuple[str, ...]]:
    """The value that starts with `event`, and the keys that its objects repeat."""
    if event not in _OPENING:
        return value, ()
    root: Any = {} if event == "start_map" else []
    stack = [root]
    keys: list[str] = []
    repeated: list[str] = []
    values = 0
    while stack:
        event, value = next(events)
        if event == "map_key":
            if value in stack[-1]:
                repeated.append(value)
            keys.append(value)
            continue
        if event in _CLOSING:
            stack.pop()
            continue
        values += 1
        if event in _OPENING:
            value = {} if event == "start_map" else []
        holder = stack[-1]
        if isinstance(holder, dict):
            holder[keys.pop()] = value
        else:
            holder.append(value)
        if event in _OPENING:
            stack.append(value)
        if values > VALUES_LIMIT or len(stack) > DEPTH_LIMIT:
            raise UnreadableInput(
                f"{name}: one element has more than {VALUES_LIMIT:,} values or "
                f"{DEPTH_LIMIT} levels",
                place=f"before byte {stream.position:,}",
                todo="check that it is the file that was published",
            )
    return root, tuple(repeated)
