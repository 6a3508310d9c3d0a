"""A delimited file as Arrow batches: only the columns wanted, and each row with its number.

A file of nine gigabytes and 330 columns passes through in blocks; cells of other columns are never
made. A row of another width than the header is set aside and named by its number (F382).
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from ratepress.core.errors import UnreadableInput
from ratepress.readers.base import Tally
from ratepress.readers.source import Source
from ratepress.readers.text import sniff_encoding

BLOCK_BYTES = 1 << 23
HEADER_LINES = 5
"""A title may stand above the header; nothing else does in these files."""


@dataclass(slots=True)
class Batch:
    """Some rows of a file: the text of each wanted column, and the number of each row."""

    columns: dict[str, Any]
    rows: Any

    def place(self, index: Any) -> str:
        """Where a row of the batch stands in the file."""
        return f"row {int(self.rows[index]):,}"


@dataclass(slots=True)
class _Numbers:
    """Numbers the rows that are read, around those that were passed over."""

    following: int
    passed: array[int] = field(default_factory=lambda: array("q"))
    taken: int = 0

    def take(self, n: int) -> Any:
        """The numbers of the next `n` rows."""
        passed = np.frombuffer(self.passed, dtype=np.int64)[self.taken :] if self.passed else None
        rows = self.following + np.arange(n, dtype=np.int64)
        if passed is not None and len(passed):
            rows += np.searchsorted(passed - np.arange(len(passed)), rows, side="right")
            self.taken += int(np.searchsorted(passed, rows[-1])) if n else 0
        if n:
            self.following = int(rows[-1]) + 1
        return rows


def header_of(head: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    r"""The first lines of a file as cells in lower case, each with its index; never raises.

    >>> list(header_of(b'"NPI","Entity Type Code"\n', ","))
    [(0, ['npi', 'entity type code'])]
    """
    if b"\n" not in head:
        return
    lines = head.decode("utf-8-sig", "replace").splitlines()[:HEADER_LINES]
    for number, line in enumerate(lines):
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            return
        yield number, [cell.strip().lower() for cell in cells]


@contextmanager
def open_batches(
    source: Source,
    tally: Tally,
    header: tuple[int, Sequence[str]],
    wanted: Sequence[str],
    delimiter: str = ",",
    *,
    has_quoted_breaks: bool = False,
) -> Iterator[Iterator[Batch]]:
    """The rows below the header (its line's index and names) as batches of the wanted columns.

    Raises `UnreadableInput` where the file is no delimited text from its header on.
    """
    line, names = header
    with source.open() as stream:
        encoding, offset = sniff_encoding(stream)
    if offset is not None:
        tally.problem("F003", "file", f"byte {offset:,}")
    numbers = _Numbers(following=line + 2)

    def pass_over(row: Any) -> str:
        number = line + 1 + row.number
        place = f"row {number:,}"
        tally.read += 1
        tally.problem("F382", "cells", place, f"{row.actual_columns} of {row.expected_columns}")
        tally.set_aside("F382", place)
        numbers.passed.append(number)
        return "skip"

    # Names may stand twice in a hostile header: columns are told by their position.
    positions = [f"{index}" for index in range(len(names))]
    at = {name: positions[names.index(name)] for name in wanted}
    form = pa_csv.ReadOptions(
        # Only a single thread numbers the rows that it passes over.
        use_threads=False,
        block_size=BLOCK_BYTES,
        column_names=positions,
        encoding="utf8" if encoding == "utf-8-sig" else encoding,
    )
    parsing = pa_csv.ParseOptions(
        delimiter=delimiter, invalid_row_handler=pass_over, newlines_in_values=has_quoted_breaks
    )
    converting = pa_csv.ConvertOptions(
        include_columns=list(dict.fromkeys(at.values())),
        column_types=dict.fromkeys(at.values(), pa.string()),
        strings_can_be_null=False,
    )
    with source.open() as stream:
        if not _has_more(stream, line):
            yield iter(())
            return
        yield (
            Batch({name: batch.column(at[name]) for name in wanted}, numbers.take(batch.num_rows))
            for batch in _read(stream, (form, parsing, converting), source.name, numbers)
        )


def _read(
    stream: Any, options: tuple[Any, Any, Any], name: str, numbers: _Numbers
) -> Iterator[Any]:
    try:
        yield from pa_csv.open_csv(stream, *options)
    except pa.ArrowInvalid as error:
        raise UnreadableInput(
            f"{name}: not a readable table: {str(error)[:200]}",
            place=f"after row {numbers.following - 1:,}",
            expected="a delimited text file as its publisher gives it out",
            todo="download it again",
        ) from error


def _has_more(stream: Any, line: int) -> bool:
    """Go over the header; whether anything stands below it."""
    for _ in range(line + 1):
        stream.readline()
    return bool(stream.peek(1))
