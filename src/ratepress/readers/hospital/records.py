"""The records of a CSV file, as Python's own parser gives them, with their numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import IO

from ratepress.core.errors import UnreadableInput
from ratepress.readers.hospital.opening import Row
from ratepress.readers.text import decode_lines

# Fed to the parser after the last line: where it does not come back as a row of its own, a
# quotation mark was never closed and has swallowed the rows behind it.
END = "\x00end of file\x00"


class Records:
    """The rows of one stream. `bytes_read` is how many bytes lie before the next row."""

    def __init__(self, name: str, stream: IO[bytes], encoding: str, delimiter: str) -> None:
        self.bytes_read = 0
        self._name = name
        self._encoding = encoding
        self._lines = decode_lines(stream, encoding, name=name)
        self._delimiter = delimiter

    def _counted(self) -> Iterator[str]:
        is_utf8 = self._encoding.startswith("utf-8")
        for line in self._lines:
            # In Windows-1252 a character is a byte, whatever it is.
            self.bytes_read += len(line.encode()) if is_utf8 else len(line)
            yield line

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank, with its number."""
        parser = csv.reader(chain(self._counted(), [END]), delimiter=self._delimiter)
        number = 0
        ended = False
        try:
            for number, row in enumerate(parser, 1):
                ended = row == [END]
                if not ended and any(cell and not cell.isspace() for cell in row):
                    yield number, row
        except csv.Error as error:
            raise UnreadableInput(
                f"{self._name}: the CSV is broken: {error}",
                place=f"row {number + 1}",
                todo="look for a quotation mark that is not closed",
            ) from error
        if not ended:
            raise UnreadableInput(
                f"{self._name}: a quotation mark is never closed",
                place=f"row {number}",
                expected="each quoted cell to end with a quotation mark",
                todo="mend that row, or tell the hospital",
            )
