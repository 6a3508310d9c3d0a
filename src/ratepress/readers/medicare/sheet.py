"""A CMS worksheet saved as CSV: preamble lines, header names, data rows, footnotes.

CMS publishes its tables as worksheets, so the header does not stand in the first line and one
name may be stacked over several lines.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from ratepress.core.decimals import FACTOR_PLACES, fit, parse_number
from ratepress.core.errors import UnreadableInput
from ratepress.readers.base import Tally
from ratepress.readers.source import Source
from ratepress.readers.text import decode_lines, sniff_encoding

# CMS's files have ten preamble and header lines; another publisher's copy may have a few more.
PREAMBLE_LINES = 60
_NOT_A_WORD = re.compile(r"[^A-Z0-9]+")


def plain_name(text: str) -> str:
    """A header name without the marks and breaks that differ from file to file.

    >>> plain_name("Non-Fac  PE RVU"), plain_name("CO- SURG")
    ('NON FAC PE RVU', 'CO SURG')
    """
    return _NOT_A_WORD.sub(" ", text.upper()).strip()


def stacked_names(lines: Sequence[Sequence[str]]) -> list[str]:
    """The name of each column of the last line, read downwards over the header lines above it.

    The header begins below the last line that fills one cell or none: titles and notices do.

    >>> stacked_names([["", "RELEASED"], ["", "WORK", "NON-FAC"], ["HCPCS", "RVU", "TOTAL"]])
    ['HCPCS', 'WORK RVU', 'NON FAC TOTAL']
    """
    first = len(lines) - 1
    while first > 0 and sum(bool(cell.strip()) for cell in lines[first - 1]) > 1:
        first -= 1
    return [
        plain_name(" ".join(line[column] for line in lines[first:] if column < len(line)))
        for column in range(len(lines[-1]))
    ]


def head_rows(head: bytes, delimiter: str = ",") -> list[list[str]]:
    """The first rows of a file's head, or none where it is no CSV; never raises."""
    text = head.decode("utf-8-sig", "replace")
    rows: list[list[str]] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            rows.append(row)
            if len(rows) > PREAMBLE_LINES:
                break
    except csv.Error:
        return rows
    return rows


def delimiter_of(head: bytes) -> str:
    r"""What stands between the cells of a file that begins so: a tab or a comma.

    >>> delimiter_of(b"a\tb, c\td")
    '\t'
    """
    return "\t" if head.count(b"\t") > head.count(b",") else ","


@contextmanager
def open_rows(
    source: Source, tally: Tally, delimiter: str = ",", *, longest: int | None = None
) -> Iterator[Iterator[tuple[str, list[str]]]]:
    """The rows of `source`, each with its place; `UnreadableInput` where the CSV is broken.

    `longest` is the most characters of a cell, where it may have more than csv's usual 131,072.
    """
    usual = csv.field_size_limit()
    csv.field_size_limit(longest or usual)
    try:
        with _open_text(source, tally) as lines:
            yield _places(source, csv.reader(lines, delimiter=delimiter))
    finally:
        csv.field_size_limit(usual)


@contextmanager
def open_lines(source: Source, tally: Tally) -> Iterator[Iterator[tuple[str, str]]]:
    """The lines of a text with fixed positions, without their ends, each with its place."""
    with _open_text(source, tally) as lines:
        yield ((f"line {n}", line.rstrip("\r\n")) for n, line in enumerate(lines, start=1))


@contextmanager
def _open_text(source: Source, tally: Tally) -> Iterator[Iterator[str]]:
    with source.open() as stream:
        encoding, offset = sniff_encoding(stream)
    if offset is not None:
        tally.problem("F003", "file", f"byte {offset:,}")
    with source.open() as stream:
        yield decode_lines(stream, encoding)


def _places(source: Source, rows: Iterable[list[str]]) -> Iterator[tuple[str, list[str]]]:
    number = 0
    try:
        for number, row in enumerate(rows, start=1):
            yield f"row {number}", row
    except csv.Error as error:
        raise UnreadableInput(
            f"{source.name}: not a readable CSV: {error}",
            place=f"after row {number}",
            todo="download it again, or save it again as CSV (UTF-8)",
        ) from error


def factor(
    text: str, tally: Tally, column: str, place: str, *, above: Decimal | None = None
) -> Decimal | None:
    """A factor that a table can hold; None, counted under F302, where `text` is none.

    Factors of Medicare's schedules are never negative; `above` demands more than that value.
    """
    number = parse_number(text)
    wrong = number is None or number < 0 or (above is not None and number <= above)
    fitted, is_exact = (None, False) if number is None or wrong else fit(number, FACTOR_PLACES)
    if fitted is None:
        tally.problem("F302", column, place, text)
        return None
    if not is_exact:
        tally.problem("F001", column, place, text)
    return fitted
