"""Where records end, and whether quotation marks are regular: 64 bytes of a CSV at a time.

Each kind of character becomes one bit a byte, so that what stands inside of quotation marks is
told by shifts of whole words, as parsers of JSON do it with vector instructions.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

_QUOTE, _LF, _CR = 34, 10, 13
_WORD = 64
_STEP = 1 << 19
_NONE, _ONE, _ALL = np.uint64(0), np.uint64(1), np.uint64((1 << _WORD) - 1)
_TOP = np.uint64(_WORD - 1)
_SHIFTS = tuple(np.uint64(1 << power) for power in range(6))


class Outline(NamedTuple):
    """The records of some bytes that begin with a record.

    `end` is behind the last line end that stands outside of quotation marks, 0 where there is
    none; `line_ends` is how many stand outside. `is_broken`: others stand inside. `is_open`: the
    bytes end inside. `is_regular`: marks stand only at the edges of cells, or doubled inside.
    """

    end: int
    line_ends: int
    is_broken: bool
    is_open: bool
    is_regular: bool


def outline(data: bytes | bytearray, delimiter: str, n: int = -1) -> Outline:
    r"""The outline of the first `n` bytes, or of all.

    >>> outline(b'a,"b\nc"\n"d', ",")
    Outline(end=8, line_ends=1, is_broken=True, is_open=True, is_regular=True)
    >>> outline(b'a"b",c\n', ",").is_regular
    False
    """
    cells = np.frombuffer(data, np.uint8, n)
    has_returns = data.find(b"\r", 0, len(cells)) >= 0
    edges = [ord(delimiter), _CR] if has_returns else [ord(delimiter)]
    end = n_ends = n_inside = 0
    # Of the byte before: all bits set where it is inside, one where it is an edge of a cell.
    inside_before, edge_before = _NONE, _ONE
    is_regular = True
    ended_by_mark = False
    flags = np.empty(_STEP, np.bool_)
    for start in range(0, len(cells), _STEP):
        part = _whole_words(cells[start : start + _STEP], ord(delimiter))
        marks = _bits(part, _QUOTE, flags)
        lines = _bits(part, _LF, flags)
        n_ends += int(np.count_nonzero(flags[: len(part)]))
        edge = marks | lines
        for byte in edges:
            edge |= _bits(part, byte, flags)
        inside = _inside(marks, inside_before)
        opening, closing = marks & inside, marks & ~inside
        before = edge << _ONE
        before[1:] |= edge[:-1] >> _TOP
        before[0] |= edge_before
        after = edge >> _ONE
        after[:-1] |= edge[1:] << _TOP
        after[-1] |= _ONE << _TOP  # It is seen in the next step.
        is_regular &= not (ended_by_mark and not edge[0] & _ONE)
        is_regular &= not ((opening & ~before) | (closing & ~after)).any()
        outside = lines & ~inside
        words = np.flatnonzero(outside)
        if len(words):
            last = int(words[-1])
            end = start + last * _WORD + int(outside[last]).bit_length()
        n_inside += _ones(lines & inside)
        inside_before = _ALL if inside[-1] >> _TOP else _NONE
        edge_before = edge[-1] >> _TOP
        ended_by_mark = bool(closing[-1] >> _TOP)
    return Outline(end, n_ends - n_inside, n_inside > 0, bool(inside_before), is_regular)


def _whole_words(part: Any, filling: int) -> Any:
    short = -len(part) % _WORD
    return np.pad(part, (0, short), constant_values=filling) if short else part


def _bits(part: Any, byte: int, flags: Any) -> Any:
    """One bit for each byte, set where it is this one."""
    np.equal(part, byte, out=flags[: len(part)])
    return np.packbits(flags[: len(part)], bitorder="little").view("<u8")


def _inside(marks: Any, before: Any) -> Any:
    """The bits of an opening mark and what it encloses: of each the number of marks up to it."""
    inside = marks.copy()
    for shift in _SHIFTS:
        inside ^= inside << shift
    # All of a word is turned round where the marks before it are odd.
    odd = np.bitwise_xor.accumulate(inside >> _TOP)
    inside[1:] ^= -odd[:-1]
    return inside ^ before


def _ones(words: Any) -> int:
    return int(np.unpackbits(words.view(np.uint8)).sum()) if words.any() else 0
