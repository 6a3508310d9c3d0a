"""Columns of text as numbers and a short list of distinct texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SEPARATOR = "\x1f"
"""Joins the texts of a key. A file that holds it is not read here."""


class Texts(NamedTuple):
    """A column: a number for each row, -1 where it is blank, and the text of each number.

    Numbers are in the order in which the texts first occur.
    """

    numbers: Any
    texts: list[str]

    def map(self, change: Callable[[str], str | None], blank: str | None = None) -> pa.Array:
        """The column with each text changed, dictionary-encoded; blanks become `blank`."""
        return encoded([*(change(text) for text in self.texts), blank], self.numbers)

    def met(self) -> Iterator[tuple[int, str, int, int]]:
        """Each distinct text: its number, the text, how many rows have it, and the first."""
        counts, firsts = occurrences(self.numbers, len(self.texts))
        yield from zip(
            range(len(self.texts)), self.texts, counts.tolist(), firsts.tolist(), strict=True
        )


def occurrences(numbers: Any, n: int) -> tuple[Any, Any]:
    """How many rows have each number from 0 to `n`, and the first row that has it."""
    known = numbers >= 0
    counts = np.bincount(numbers[known], minlength=n)
    firsts = np.full(n, len(numbers), np.int64)
    rows = np.flatnonzero(known)[::-1]
    firsts[numbers[rows]] = rows  # Of several rows the last assigned, which is the first, stays.
    return counts, firsts


def texts_of(column: pa.Array) -> Texts:
    """The distinct texts of a column whose blanks are null."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if column.null_count == len(column):
        return Texts(np.full(len(column), -1, np.int32), [])
    coded = column.dictionary_encode()
    numbers = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Texts(numbers, coded.dictionary.to_pylist())


def joined(columns: Sequence[pa.Array]) -> Texts:
    """The distinct keys that rows of several columns make, blanks as empty texts."""
    key = pc.binary_join_element_wise(
        *columns, SEPARATOR, null_handling="replace", null_replacement=""
    )
    return texts_of(key)


def pairs(*parts: tuple[Any, int]) -> tuple[Any, Any]:
    """One number for each combination of numbers, in order of first occurrence.

    Each part is numbers, all from -1, and how many there are. Gives the number of each row, and
    the first row of each number.
    """
    key = np.zeros(len(parts[0][0]), np.int64)
    for numbers, n in parts:
        key = key * (n + 1) + (numbers + 1)
    coded = pa.array(key).dictionary_encode()
    combined = coded.indices.to_numpy()
    _, firsts = occurrences(combined, len(coded.dictionary))
    return combined, firsts


def encoded(texts: Sequence[str | None], numbers: Any) -> pa.DictionaryArray:
    """The text at each number, dictionary-encoded; -1 is the last of the texts.

    >>> encoded(["a", "b", None], np.array([1, -1, 0])).to_pylist()
    ['b', None, 'a']
    """
    listed = pa.array(texts, pa.string()).dictionary_encode()
    places = listed.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    indices = places[numbers]
    mask = indices < 0 if listed.null_count else None
    return pa.DictionaryArray.from_arrays(pa.array(indices, mask=mask), listed.dictionary)


def row_places(numbers: Any) -> pa.Array:
    """`row 4` and so on.

    >>> row_places(np.array([4, 17])).to_pylist()
    ['row 4', 'row 17']
    """
    return pc.binary_join_element_wise("row", pa.array(numbers).cast(pa.string()), " ")
