"""What a cell of each kind is, as bits: columns are then held to conditions as arrays of bits.

Forms: the CMS validator's (2.4.0). Words compare in any case; outer spaces do not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ratepress.readers.hospital.values import is_valid_count

PRESENT, BAD, SPECIAL, NINES, SMALL = 1, 2, 4, 8, 16
"""A cell has text; it is not of its form; it is the value that conditions hang on (other, 0, NDC);
nine nines; a percentage below one."""

Flags = npt.NDArray[np.uint8]
_MOST_KEPT = 1 << 16
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)\Z", re.ASCII)
_NINES = re.compile(r"0*999999999(?:\.0*)?\Z", re.ASCII)
_SMALL = re.compile(r"0*\.\d+\Z", re.ASCII)
_NOT_ZERO = re.compile(r"[1-9]")


class Cells(dict[str, int]):
    """The bits of each cell met, by its text as published; `judge` sees it without outer spaces.

    >>> cells = Cells(positive)
    >>> cells[" 12.50 "] == PRESENT, cells["$5"] == PRESENT | BAD, cells[" "]
    (True, True, 0)
    """

    def __init__(self, judge: Callable[[str], int]) -> None:
        super().__init__()
        self._judge = judge

    def __missing__(self, raw: str) -> int:
        text = raw.strip()
        bits = PRESENT | self._judge(text) if text else 0
        if len(self) >= _MOST_KEPT:
            self.clear()  # The memory of a file must not grow with its values.
        self[raw] = bits
        return bits

    def of(self, column: Sequence[str]) -> Flags:
        """The bits of a column."""
        return np.fromiter(map(self.__getitem__, column), np.uint8, len(column))


def has_text(column: Sequence[str]) -> Flags:
    """Which cells of a column have text, where its form is free.

    >>> has_text(["a", " ", ""]).tolist()
    [1, 0, 0]
    """
    return np.fromiter(map(bool, map(str.strip, column)), np.uint8, len(column))


def positive(text: str) -> int:
    """A number above zero in plain digits.

    >>> positive("0.5"), positive(".5"), positive("0.00") == BAD, positive("1e3") == BAD
    (0, 0, True, True)
    """
    if not _NUMBER.match(text) or not _NOT_ZERO.search(text):
        return BAD
    return NINES if _NINES.match(text) else 0


def percentage(text: str) -> int:
    """As `positive`; one below 1 is most often a fraction.

    >>> percentage("70.5"), percentage("0.705") == SMALL
    (0, True)
    """
    bits = positive(text)
    return bits | SMALL if not bits & BAD and _SMALL.match(text) else bits


def count(text: str) -> int:
    """A count of allowed amounts; 0 is special.

    >>> count("1 Through 10"), count("0") == SPECIAL, count("7") == BAD
    (0, True, True)
    """
    if text == "0":
        return SPECIAL
    bits = 0 if is_valid_count(text.lower()) else BAD
    return bits | NINES if _NINES.match(text) else bits


def one_of(words: Iterable[str], special: str = "") -> Callable[[str], int]:
    """What judges a cell by a list of words.

    >>> judge = one_of(("case rate", "other"), special="other")
    >>> judge("Case Rate"), judge("OTHER") == SPECIAL, judge("per unit") == BAD
    (0, True, True)
    """
    known = {word.upper(): SPECIAL if word == special else 0 for word in words}
    return lambda text: known.get(text.upper(), BAD)
