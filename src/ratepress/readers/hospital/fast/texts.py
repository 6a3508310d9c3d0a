"""Columns of text as numbers and a short list of distinct texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SEPARATOR = "\x1f"
"""Joins the texts of a key. A file that holds it is not read here."""


_MOST_KEYS = 1 << 62
_FLAGS = 60


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
    """The distinct texts of a column whose blanks are null.

    >>> texts_of(pa.array(["b", None, "a", "b"]).dictionary_encode().slice(1)).texts
    ['a', 'b']
    """
    numbers, texts = coded(column)
    return Texts(numbers, texts.to_pylist())


def unique(column: pa.Array) -> pa.DictionaryArray:
    """A column dictionary-encoded."""
    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def numbered(column: pa.Array) -> tuple[Any, pa.Array]:
    """A number for each row, -1 where it is blank, and texts of which some may not occur."""
    if column.null_count == len(column):
        return np.full(len(column), -1, np.int32), pa.array([], pa.string())
    whole = unique(column)
    indices = whole.indices.fill_null(-1) if whole.null_count else whole.indices
    return indices.to_numpy(), whole.dictionary


def coded(column: pa.Array) -> tuple[Any, pa.Array]:
    """A number for each row, -1 where it is blank, and the distinct texts as they first occur."""
    numbers, texts = numbered(column)
    if pa.types.is_dictionary(column.type) and len(texts):
        # Rows may be a choice of those that the dictionary was made of.
        _, firsts = occurrences(numbers, len(texts))
        if (np.diff(firsts) <= 0).any() or firsts[-1] == len(numbers):
            order = np.argsort(firsts, kind="stable")[: int((firsts < len(numbers)).sum())]
            places = np.full(len(texts) + 1, -1, np.int32)
            places[order] = np.arange(len(order))
            numbers, texts = places[numbers], texts.take(pa.array(order))
    return numbers, texts


class Keys(NamedTuple):
    """Rows that agree in several columns: a number for each row, from 0 in order of occurrence.

    `firsts` is the first row of each number, `texts` what the columns say there, joined.
    """

    numbers: Any
    firsts: Any
    texts: list[str]


def joined(columns: Sequence[pa.Array], *also: tuple[Any, int]) -> Keys:
    """The distinct keys that rows of several columns make; `split_key` tells one apart again.

    `also` are parts of the key as `pairs` takes them, that stand in front as numbers.

    >>> one, other = pa.array(["b", None, "b"]), pa.array([None, "x", None])
    >>> keys = joined([one, other])
    >>> keys.numbers.tolist(), [split_key(key, 2) for key in keys.texts]
    ([0, 1, 0], [['b', ''], ['', 'x']])
    """
    said = [(at, column) for at, column in enumerate(columns) if column.null_count < len(column)]
    found = [numbered(column) for _, column in said]
    parts = [*also, *((numbers, len(texts)) for numbers, texts in found)]
    numbers, firsts = pairs(*parts) if parts else pairs((np.zeros(len(columns[0]), np.int32), 1))
    # Most columns are blank in most rows: a key is which are filled, and only their texts.
    filled = [np.zeros(len(firsts), np.int64) for _ in range(0, len(columns), _FLAGS)]
    texts = []
    for (at, _), (own, distinct) in zip(said, found, strict=True):
        own = own[firsts]
        filled[at // _FLAGS] |= (own >= 0).astype(np.int64) << at % _FLAGS
        texts.append(distinct.take(pa.array(own, mask=own < 0)))
    front = [*(own[firsts] for own, _ in also), *filled]
    key = pc.binary_join_element_wise(
        *(pa.array(own).cast(pa.string()) for own in front),
        *texts,
        SEPARATOR,
        null_handling="skip",
    )
    return Keys(numbers, firsts, key.to_pylist())


def split_key(key: str, n: int) -> list[str]:
    """The texts of `n` columns that `joined` made a key of; blanks are empty."""
    parts = iter(key.split(SEPARATOR))
    flags = [int(next(parts)) for _ in range(0, n, _FLAGS)]
    return [next(parts) if flags[at // _FLAGS] >> at % _FLAGS & 1 else "" for at in range(n)]


def key_of(texts: Sequence[str]) -> str:
    r"""The key that `joined` makes of a row of these texts.

    >>> key_of(["b", "", "x"])
    '5\x1fb\x1fx'
    """
    flags = [0 for _ in range(0, len(texts), _FLAGS)]
    for at, text in enumerate(texts):
        flags[at // _FLAGS] |= bool(text) << at % _FLAGS
    return SEPARATOR.join([*map(str, flags), *filter(None, texts)])


def pairs(*parts: tuple[Any, int]) -> tuple[Any, Any]:
    """One number for each combination of numbers, in order of first occurrence.

    Each part is numbers, all from -1, and how many there are. Gives the number of each row, and
    the first row of each number.
    """
    key, most = parts[0][0].astype(np.int64) + 1, parts[0][1] + 1
    for numbers, n in parts[1:]:
        if most * (n + 1) > _MOST_KEYS:
            key, firsts = _renumbered(key)
            most = len(firsts)
        key = key * (n + 1) + (numbers + 1)
        most *= n + 1
    return _renumbered(key)


def _renumbered(key: Any) -> tuple[Any, Any]:
    """Numbers from 0 in order of first occurrence, and the first row of each."""
    whole = pa.array(key).dictionary_encode()
    numbers = whole.indices.to_numpy()
    _, firsts = occurrences(numbers, len(whole.dictionary))
    return numbers, firsts


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
