"""A hospital CSV cut into windows of whole records, each a set of columns of text.

Arrow's parser cuts a window whose quotation marks and line ends are regular and whose records
are equally long; Python's own cuts any other, record by record, so that both readings of a file
agree on its cells. What a record is: docs/reference/rows-hospital.md.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ratepress.readers.hospital.fast.masks import any_filled
from ratepress.readers.hospital.fast.outline import outline
from ratepress.readers.hospital.fast.texts import SEPARATOR
from ratepress.readers.hospital.records import END

_LONGEST_RECORD = 32 << 20
_LONGEST_CELL = 131_072  # Of Python's parser, which refuses a longer one.
_PARSED_AT_ONCE = 4 << 20
_ENCODED = pa.dictionary(pa.int32(), pa.string())
# ASCII that is neither a space nor a control character: 33 to 127.
_FIRST_LETTER, _LAST_LETTER = np.uint8(33), np.uint8(127)
_NOT_ASCII = np.uint8(128)
_LETTERS = _LAST_LETTER - _FIRST_LETTER


class NotForColumns(Exception):
    """The file is to be read by the plain reader, which knows what to say of it."""


class NotUtf8(Exception):
    """The bytes are not of the encoding that was taken for granted."""


class Window(NamedTuple):
    """Records as columns of stripped text, null where blank; blank records are left out.

    `numbers` are those that a spreadsheet shows; `lengths` how many cells each record has. There
    are as many columns as the longest record has cells. Some are dictionary-encoded.
    """

    numbers: Any
    lengths: Any
    columns: list[pa.Array]


class _Cut(NamedTuple):
    """Whole records of what is held: where they end, and how many line ends do not stand inside."""

    end: int
    line_ends: int
    is_broken: bool


class Windows:
    """The windows of a stream that stands at the first record, `number` of which is known.

    They are of `size` bytes, the first one of `first` where that is given.
    Columns at the positions `repeating` come dictionary-encoded, but for odd windows. Iterating
    raises `NotUtf8` where `encoding` is UTF-8 and the bytes are not.
    """

    def __init__(
        self,
        stream: IO[bytes],
        encoding: str,
        delimiter: str,
        number: int,
        size: int,
        repeating: frozenset[int] = frozenset(),
        first: int | None = None,
    ) -> None:
        self._stream = stream
        self._is_utf8 = encoding.startswith("utf-8")
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._encoding = encoding
        self._delimiter = delimiter
        self._number = number
        self._size = size
        self._repeating = repeating
        # Used again for each window: the system hands out memory slower than bytes are read.
        self._room = bytearray(size)
        self._goal = first
        self._held = 0
        self._is_last = False

    def __iter__(self) -> Iterator[Window]:
        while True:
            self._fill()
            if not self._held:
                return
            cut = self._regular_end()
            window = self._parsed(cut) if cut else None
            if cut is None or window is None:
                yield self._cut_slowly()
            else:
                self._hold(self._room[cut.end : self._held])
                yield window

    def _fill(self) -> None:
        goal, self._goal = self._goal or len(self._room), None
        with memoryview(self._room)[:goal] as room:
            while not self._is_last and self._held < goal:
                n = self._stream.readinto(room[self._held :])  # type: ignore[attr-defined]
                self._seen(room[self._held : self._held + n])
                self._held += n

    def _seen(self, read: memoryview | bytes) -> None:
        """Note what was read; nothing, at the end of the stream."""
        self._is_last = not read
        self.check(read)

    def check(self, read: memoryview | bytes) -> None:
        """Raise `NotUtf8` where the next bytes of the file are not of its encoding."""
        if not self._is_utf8:
            return
        # Most bytes are ASCII, which is seen far faster than decoded.
        is_ascii = not read or np.frombuffer(read, np.uint8).max() < _NOT_ASCII
        if is_ascii and not self._is_last and not self._decoder.getstate()[0]:
            return
        try:
            self._decoder.decode(read, self._is_last)
        except UnicodeDecodeError as error:
            raise NotUtf8 from error

    def _hold(self, rest: bytes | bytearray) -> None:
        """Begin the next window with these bytes."""
        if len(rest) > len(self._room):
            self._room = bytearray(len(rest))
        self._room[: len(rest)] = rest
        self._held = len(rest)

    def _regular_end(self) -> _Cut | None:
        """Where the last whole record ends; None where quotation marks or line ends are odd."""
        room, held = self._room, self._held
        if room.find(0, 0, held) >= 0 or room.find(SEPARATOR.encode(), 0, held) >= 0:
            raise NotForColumns
        if room.find(b'"', 0, held) < 0:
            end = held if self._is_last else room.rfind(b"\n", 0, held) + 1
            cut = _Cut(end, room.count(b"\n", 0, end), is_broken=False)
        else:
            found = outline(room, self._delimiter, held)
            if self._is_last and found.is_open:
                raise NotForColumns  # A quotation mark that is never closed.
            if not found.is_regular:
                return None
            end = held if self._is_last else found.end
            cut = _Cut(end, found.line_ends, found.is_broken)
        return cut if end and _ends_are_regular(room, end) else None

    def _parsed(self, cut: _Cut) -> Window | None:
        """The window as Arrow's parser cuts it; None where its records are not equally long."""
        held, end = self._room, cut.end
        records = cut.line_ends + (held[end - 1 : end] != b"\n")
        line_end = held.find(b"\n", 0, end) + 1 or end
        while held.count(b'"', 0, line_end) % 2:
            line_end = held.find(b"\n", line_end, end) + 1 or end
        data: Any = memoryview(held)[:end]
        if not self._is_utf8:
            data = held[:end].decode(self._encoding, "replace").encode()
        encoding = "utf-8" if self._is_utf8 else self._encoding
        first = io.StringIO(held[:line_end].decode(encoding, "replace"), newline="")
        try:
            width = len(next(csv.reader(first, delimiter=self._delimiter)))
        except csv.Error as error:
            raise NotForColumns from error
        names = [str(position) for position in range(width)]
        types = [_ENCODED if at in self._repeating else pa.string() for at in range(width)]
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(pa.py_buffer(data)),
                arrow_csv.ReadOptions(column_names=names, block_size=len(data)),
                arrow_csv.ParseOptions(delimiter=self._delimiter, newlines_in_values=cut.is_broken),
                arrow_csv.ConvertOptions(
                    check_utf8=False,
                    column_types=dict(zip(names, types, strict=True)),
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != records:
            return None  # Arrow leaves out blank lines, which have a number too.
        columns = [_one(column) for column in table.columns]
        numbers = np.arange(self._number, self._number + table.num_rows)
        self._number += table.num_rows
        return _without_blanks(numbers, np.full(len(numbers), width), columns)

    def _cut_slowly(self) -> Window:
        """The next records as Python's parser cuts them, until the window is used up."""
        lines = _Lines(self)
        rows: list[list[str]] = []
        numbers: list[int] = []
        goal = min(self._held, _PARSED_AT_ONCE)
        try:
            for row in csv.reader(lines, delimiter=self._delimiter):
                if lines.has_ended:
                    if row != [END]:
                        raise NotForColumns  # A quotation mark that is never closed.
                    break
                if any(cell and not cell.isspace() for cell in row):
                    rows.append([cell.strip() for cell in row])
                    numbers.append(self._number)
                self._number += 1
                if lines.taken >= goal:
                    break
        except csv.Error as error:
            raise NotForColumns from error
        self._hold(lines.held[lines.taken :])
        lengths = np.array([len(row) for row in rows], np.int64)
        width = int(lengths.max()) if rows else 0
        columns = [
            pa.array([row[i] or None if i < len(row) else None for row in rows], pa.string())
            for i in range(width)
        ]
        return Window(np.array(numbers, np.int64), lengths, columns)


class _Lines:
    """The lines of what a `Windows` holds and reads on, ends kept, and `END` after the last."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self.held = bytes(windows._room[: windows._held])
        self.taken = 0
        self.has_ended = False

    def __iter__(self) -> Iterator[str]:
        windows = self._windows
        while True:
            end = self._line_end()
            if end == self.taken:
                self.has_ended = True
                yield END
                return
            line = self.held[self.taken : end]
            self.taken = end
            yield line.decode("utf-8" if windows._is_utf8 else windows._encoding, "replace")

    def _line_end(self) -> int:
        windows = self._windows
        while True:
            held = self.held
            lf, cr = held.find(b"\n", self.taken), held.find(b"\r", self.taken)
            if cr >= 0 and (lf < 0 or cr < lf - 1) and (cr + 1 < len(held) or windows._is_last):
                return cr + 1
            if lf >= 0:
                return lf + 1
            if windows._is_last:
                return len(held)
            if len(held) - self.taken > _LONGEST_RECORD:
                raise NotForColumns
            read = windows._stream.read(windows._size)
            windows._seen(read)
            self.held += read


def _ends_are_regular(data: bytes | bytearray, end: int) -> bool:
    """Whether each CR belongs to a line end: Python's parser ends a record at a lone one."""
    if data.find(b"\r", 0, end) < 0:
        return True
    return data.count(b"\r", 0, end) == data.count(b"\r\n", 0, end)


def _one(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece, stripped; blanks are null."""
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.string())
    whole = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    is_encoded = pa.types.is_dictionary(whole.type)
    texts = whole.dictionary if is_encoded else whole
    if texts.nbytes > _LONGEST_CELL and pc.max(pc.binary_length(texts)).as_py() > _LONGEST_CELL:
        raise NotForColumns
    if not _may_have_edges(texts):
        return whole
    whole = pc.utf8_trim_whitespace(whole.dictionary_decode() if is_encoded else whole)
    is_blank = pc.equal(pc.binary_length(whole), 0)
    if pc.any(is_blank).as_py():
        whole = pc.if_else(is_blank, pa.scalar(None, pa.string()), whole)
    return whole


def _may_have_edges(column: pa.Array) -> bool:
    """Whether any text may begin or end with a space: its byte there is one, or no ASCII."""
    _, offsets, data = column.buffers()
    cells = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    if not len(cells) or (cells.min() >= _FIRST_LETTER and cells.max() <= _LAST_LETTER):
        return False
    at = np.frombuffer(offsets, np.int32, len(column) + 1, column.offset * 4)
    starts, ends = at[:-1], at[1:]
    has_text = ends > starts
    # Below 33 the difference wraps round to a large number.
    first = cells[starts[has_text]] - _FIRST_LETTER
    last = cells[ends[has_text] - 1] - _FIRST_LETTER
    return bool((first > _LETTERS).any() or (last > _LETTERS).any())


def _without_blanks(numbers: Any, lengths: Any, columns: list[pa.Array]) -> Window:
    n = len(numbers)
    if any(not column.null_count for column in columns):
        return Window(numbers, lengths, columns)
    filled = any_filled(columns, n)
    if filled.all():
        return Window(numbers, lengths, columns)
    return keep(Window(numbers, lengths, columns), filled)


def keep(window: Window, rows: Any) -> Window:
    """The records of a window that `rows` says."""
    mask = pa.array(rows)
    numbers = window.numbers[rows]
    columns = [
        column.slice(0, len(numbers)) if column.null_count == len(column) else column.filter(mask)
        for column in window.columns
    ]
    return Window(numbers, window.lengths[rows], columns)
