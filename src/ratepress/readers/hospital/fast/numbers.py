"""Columns of amounts: exact decimals from their digits, and what deviates in them.

Plain numbers are cast by Arrow, which refuses what it cannot hold exactly; all other texts go
through the functions of the plain loader, once each.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.lake.schema import FACTOR, MONEY
from ratepress.readers.hospital.fast.masks import filled
from ratepress.readers.hospital.fast.texts import texts_of
from ratepress.readers.hospital.values import (
    NINE_NINES,
    NOT_ABOVE_ZERO,
    Amount,
    factor,
    money,
)

_PLAIN = {MONEY: r"^\d{1,12}(\.\d{1,4})?$", FACTOR: r"^\d{1,11}(\.\d{1,6})?$"}
_NINES = 999_999_999


class Odd(NamedTuple):
    """A rule that values of a column meet: how often, at which row first, with what text."""

    rule: str
    first: int
    sample: str
    times: int


class Amounts(NamedTuple):
    """A column of decimals, null where there is none."""

    values: pa.Array
    odd: list[Odd]

    @property
    def there(self) -> Any:
        """Which rows have a value."""
        return filled(self.values)


def dollars_of(texts: pa.Array) -> Amounts:
    """A column of dollars."""
    return _amounts(texts, MONEY, money)


def factors_of(texts: pa.Array) -> Amounts:
    """A column of percentages or quantities."""
    return _amounts(texts, FACTOR, factor)


def _amounts(texts: pa.Array, kind: pa.DataType, parse: Callable[[str], Amount]) -> Amounts:
    if texts.null_count == len(texts):
        return Amounts(pa.nulls(len(texts), kind), [])
    if pa.types.is_dictionary(texts.type):
        each = _amounts(texts.dictionary, kind, parse)
        if not each.odd:
            return Amounts(each.values.take(texts.indices), [])
        texts = texts.dictionary_decode()
    try:
        values = texts.cast(kind)
    except pa.ArrowInvalid:
        return _mixed(texts, kind, parse)
    return Amounts(values, _suspicious(values, texts))


def _mixed(texts: pa.Array, kind: pa.DataType, parse: Callable[[str], Amount]) -> Amounts:
    is_plain = pc.match_substring_regex(texts, _PLAIN[kind])
    nothing = pa.scalar(None, pa.string())
    plain = pc.if_else(is_plain, texts, nothing).cast(kind)
    odd = _suspicious(plain, texts)
    others = texts_of(pc.if_else(is_plain, nothing, texts))
    parsed = [parse(text) for text in others.texts]
    for number, text, count, first in others.met():
        odd += [Odd(rule, first, text, count) for rule in parsed[number].rules]
    found = pa.array([*(amount.value for amount in parsed), None], kind)
    return Amounts(pc.coalesce(plain, found.take(_positions(others.numbers, len(parsed)))), odd)


def _positions(numbers: Any, n: int) -> pa.Array:
    return pa.array(np.where(numbers < 0, n, numbers))


def _suspicious(values: pa.Array, texts: pa.Array) -> list[Odd]:
    """Values at or below zero, and nine nines."""
    ends = pc.min_max(values)
    least, most = ends["min"].as_py(), ends["max"].as_py()
    odd = []
    if least is not None and least <= 0:
        zero = pa.scalar(Decimal(0), values.type)
        odd += _where(pc.less_equal(values, zero), NOT_ABOVE_ZERO, texts)
    if most is not None and most >= _NINES:
        low, high = (pa.scalar(Decimal(n), values.type) for n in (_NINES, _NINES + 1))
        is_nines = pc.and_(pc.greater_equal(values, low), pc.less(values, high))
        odd += _where(is_nines, NINE_NINES, texts)
    return odd


def _where(mask: pa.Array, rule: str, texts: pa.Array) -> list[Odd]:
    rows = np.flatnonzero(mask.fill_null(fill_value=False).to_numpy(zero_copy_only=False))
    if not len(rows):
        return []
    return [Odd(rule, int(rows[0]), texts[int(rows[0])].as_py(), len(rows))]
