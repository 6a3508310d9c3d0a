"""Columns of numbers from the text they are written as, exact: whole numbers of ten-thousandths.

Usual numbers are cast by Arrow; what that refuses, rounds or what deviates from the template goes
through `values.money` and `values.factor`, each different text once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import repeat
from operator import is_
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.core.decimals import FACTOR_PLACES, MONEY_PLACES
from ratepress.readers.hospital.fast.masks import filled
from ratepress.readers.hospital.json_fast.shapes import ABSENT
from ratepress.readers.hospital.values import (
    NINE_NINES,
    NOT_ABOVE_ZERO,
    Amount,
    factor,
    money,
)

LONGEST = 40
_NINE_NINES = 999_999_999
_TOO_LARGE = 10**18
_NUMBER_START = frozenset(b"-0123456789")
_READ: dict[int, Callable[[str], Amount]] = {MONEY_PLACES: money, FACTOR_PLACES: factor}


class Odd(Exception):
    """A value stands in place of a number: the item is one for the plain reader."""


class Numbers(NamedTuple):
    """One column. `scaled` is 0 where there is no value.

    `is_stated` also holds for what is too large to have a value, not for null; `n_keys` counts
    null. `met` are the F rules and the rows that met them, `written` gives a number's own text.
    """

    scaled: Any
    has_value: Any
    is_stated: Any
    n_keys: int
    met: tuple[tuple[str, Any], ...]
    written: Callable[[int], str]

    def sample(self, row: int) -> str:
        """The number as the plain reader shows it."""
        return plain_text(self.written(row))

    def spread(self, at: Any, n: int) -> Numbers:
        """The same among `n` rows, at the rows `at`."""
        scaled, has_value = np.zeros(n, np.int64), np.zeros(n, np.bool_)
        is_stated = np.zeros(n, np.bool_)
        scaled[at], has_value[at], is_stated[at] = self.scaled, self.has_value, self.is_stated
        met = tuple((rule, at[rows]) for rule, rows in self.met)

        def written(row: int) -> str:
            return self.written(int(np.searchsorted(at, row)))

        return Numbers(scaled, has_value, is_stated, self.n_keys, met, written)


def numbers(raws: Sequence[msgspec.Raw], places: int) -> Numbers:
    """The column of numbers that `raws` holds; raises `Odd` where one is no number.

    >>> column = numbers([msgspec.Raw(b"1200.5"), msgspec.Raw(b""), msgspec.Raw(b"0")], 4)
    >>> column.scaled.tolist(), column.has_value.tolist(), column.met
    ([12005000, 0, 0], [True, False, True], (('F205', array([2])),))
    """
    n = len(raws)
    # Most rates have no median: only what is there is looked at.
    is_absent = np.fromiter(map(is_, raws, repeat(ABSENT)), np.bool_, n)
    n_absent = int(np.count_nonzero(is_absent))
    if n_absent == n:
        return _nothing(n)
    if 2 * n_absent < n:
        return _numbers(raws, places)
    at = np.flatnonzero(~is_absent)
    return _numbers([raws[row] for row in at.tolist()], places).spread(at, n)


def of_decimals(column: pa.Array, places: int, written: Callable[[int], str]) -> Numbers:
    """The column of numbers that Arrow has read, of which null and absent ones are null.

    >>> amounts = pa.array([Decimal("1.5"), None, Decimal(0)], pa.decimal128(18, 4))
    >>> column = of_decimals(amounts, 4, ["1.5", "", "0.0"].__getitem__)
    >>> column.scaled.tolist(), column.met, column.sample(2)
    ([15000, 0, 0], (('F205', array([2])),), '0.0')
    """
    n = len(column)
    if column.null_count == n:
        return _nothing(n)
    has_value = filled(column)
    scaled = np.where(has_value, _low_halves(column), 0)
    rules = ((NOT_ABOVE_ZERO, has_value & (scaled <= 0)), (NINE_NINES, _is_nines(scaled, places)))
    met = tuple((rule, np.flatnonzero(has_rule)) for rule, has_rule in rules if has_rule.any())
    return Numbers(scaled, has_value, has_value, n - column.null_count, met, written)


def _nothing(n: int) -> Numbers:
    none = np.zeros(n, np.bool_)
    return Numbers(np.zeros(n, np.int64), none, none, 0, (), lambda _: "")


def _is_nines(scaled: Any, places: int) -> Any:
    nines = _NINE_NINES * 10**places
    return (scaled >= nines) & (scaled < nines + 10**places)


def _numbers(raws: Sequence[msgspec.Raw], places: int) -> Numbers:
    texts = pc.split_pattern(pa.array([b"\n".join(raws)]).cast(pa.string()), "\n").values
    if len(texts) != len(raws):
        raise Odd
    is_key = pc.not_equal(texts, "")
    texts = pc.if_else(is_key, texts, None)
    n_keys = len(raws) - texts.null_count
    try:
        cast = texts.cast(pa.decimal128(18, places))
    except pa.ArrowInvalid:
        return _one_by_one(texts, places, n_keys)
    has_value = np.asarray(is_key)
    scaled = np.where(has_value, _low_halves(cast), 0)
    if (has_value & (scaled <= 0) | _is_nines(scaled, places)).any():
        return _one_by_one(texts, places, n_keys)
    return Numbers(scaled, has_value, has_value, n_keys, (), lambda row: str(texts[row]))


def has_digits(decimals: pa.Array) -> bool:
    """Whether no number has more than 18 digits; Arrow's parser of JSON lets some pass."""
    if decimals.null_count == len(decimals):
        return True
    halves = _halves(decimals)
    low, high = halves[:, 0], halves[:, 1]
    fits = (high == low >> 63) & (low < _TOO_LARGE) & (low > -_TOO_LARGE)
    return bool((fits | ~filled(decimals)).all())


def _low_halves(decimals: pa.Array) -> Any:
    # 18 digits fit into the lower 64 of 128 bits, sign included.
    return _halves(decimals)[:, 0]


def _halves(decimals: pa.Array) -> Any:
    words = np.frombuffer(decimals.buffers()[1], np.int64).reshape(-1, 2)
    return words[decimals.offset : decimals.offset + len(decimals)]


def _one_by_one(texts: pa.Array, places: int, n_keys: int) -> Numbers:
    encoded = texts.dictionary_encode()
    amounts = [_amount(text, places) for text in encoded.dictionary.to_pylist()]
    at = np.asarray(encoded.indices.fill_null(len(amounts)))
    amounts.append(None)
    scaled = [0 if a is None or a.value is None else int(a.value.scaleb(places)) for a in amounts]
    has_value = [a is not None and a.value is not None for a in amounts]
    rules = sorted({rule for a in amounts if a is not None for rule in a.rules})
    met = []
    for rule in rules:
        has_rule = np.array([a is not None and rule in a.rules for a in amounts])
        met.append((rule, np.flatnonzero(has_rule[at])))
    is_stated = np.array([a is not None for a in amounts])
    return Numbers(
        np.array(scaled, np.int64)[at],
        np.array(has_value)[at],
        is_stated[at],
        n_keys,
        tuple(met),
        lambda row: str(texts[row]),
    )


def _amount(text: str, places: int) -> Amount | None:
    if text == "null":
        return None
    if ord(text[0]) not in _NUMBER_START or len(text) > LONGEST:
        raise Odd
    return _READ[places](plain_text(text))


def plain_text(text: str) -> str:
    """A JSON number as the plain reader's parser hands it over.

    >>> plain_text("1200.50"), plain_text("1e2"), plain_text("-0")
    ('1200.50', '1E+2', '0')
    """
    return str(int(text)) if text.removeprefix("-").isdigit() else str(Decimal(text))
