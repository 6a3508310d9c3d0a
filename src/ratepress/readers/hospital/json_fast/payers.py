"""The payers of charge lines as columns, before anything is known of the lines.

Arrow's parser makes columns without an object for each value and without Python's lock, so that
another thread may do it ahead. What it would read otherwise than the template has it is decoded
into objects instead: a number with too many digits, or one that is written as a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import UNSET
from pyarrow import json as arrow_json

from ratepress.core.decimals import FACTOR_PLACES, MONEY_PLACES
from ratepress.readers.hospital.fast.texts import numbered, pairs
from ratepress.readers.hospital.json_fast.numbers import (
    Numbers,
    has_digits,
    numbers,
    of_decimals,
)
from ratepress.readers.hospital.json_fast.shapes import (
    ABSENT,
    N_TEMPLATE,
    N_TEXTS,
    PAYER_KEYS,
    PAYERS,
    Numbered,
    Payer,
    Text,
    cleaned,
    keys_in,
)

_PLACES = (MONEY_PLACES, FACTOR_PLACES, *(MONEY_PLACES,) * 4)
_FIELDS = Payer.__struct_fields__
_OF_PAYER = [attrgetter(name) for name in _FIELDS]
_TEMPLATE = attrgetter(*_FIELDS[:N_TEMPLATE])

_LINE = "line"
_TYPES = [pa.string()] * N_TEXTS + [pa.decimal128(18, places) for places in _PLACES]
_PAYER = pa.struct(list(zip(PAYER_KEYS, _TYPES, strict=True)))
_AS_PAYERS = arrow_json.ParseOptions(
    explicit_schema=pa.schema({_LINE: pa.list_(_PAYER)}), unexpected_field_behavior="error"
)
_IS_KEY = [re.compile(rb'"%b"\s*:' % key.encode()) for key in PAYER_KEYS]
_HIDES_A_KEY = re.compile(rb"\\u00[3-7]")
_LIKE_A_COLON = r"^\s*:"
_QUOTE, _BACKSLASH = b'"\\'


class Payers(NamedTuple):
    """Payers by row: `per_line` says how many each line has, in their order.

    `templates` are the different first texts of a payer, `template` the number of each row's;
    `counts` and `count` likewise, cleaned. `amounts` are in the order of the keys. `n_keys` is
    how many keys the payers state, and `met` which.
    """

    per_line: Any
    templates: list[tuple[Text, ...]]
    template: Any
    counts: list[str]
    count: Any
    amounts: list[Numbers]
    n_keys: int
    met: frozenset[str]


def payers_of(raws: Sequence[msgspec.Raw]) -> Payers:
    """The payers of lines, each an array as it is written; raises as msgspec does, or `Odd`.

    >>> found = payers_of([msgspec.Raw(b'[{"payer_name": "A"}, {"payer_name": "B"}]'), ABSENT])
    >>> found.per_line.tolist(), [name for name, *_ in found.templates], found.n_keys
    ([2, 0], ['A', 'B'], 2)
    """
    return _by_arrow(raws) or _by_objects(raws)


def _by_arrow(raws: Sequence[msgspec.Raw]) -> Payers | None:
    """The payers as Arrow reads them; None where that may not be what is written."""
    start = b'{"%b":' % _LINE.encode()
    arrays = [b"null" if raw is ABSENT else raw for raw in raws]
    text = b"%b%b}\n" % (start, (b"}\n" + start).join(arrays))
    options = arrow_json.ReadOptions(use_threads=False, block_size=len(text) + 1)
    try:
        # A key that is not known or stands twice, or a number that is to be rounded, is an error.
        read = arrow_json.read_json(pa.BufferReader(text), options, _AS_PAYERS)
    except pa.ArrowInvalid:
        return None
    if read.column(0).num_chunks != 1:
        return None
    lines = read.column(0).chunk(0)
    rows = lines.flatten()
    if len(lines) != len(raws) or not len(rows) or rows.null_count:
        return None
    columns = [rows.field(at) for at in range(len(PAYER_KEYS))]
    if not all(map(has_digits, columns[N_TEXTS:])):
        return None
    texts = [numbered(column) for column in columns[:N_TEXTS]]
    n_stated = [len(column) - column.null_count for column in columns]
    n_values = sum(n_stated)
    # What else stands in quotes: each value has a key, and each text two marks of its own.
    n_keys = _quotes(text) // 2 - len(raws) - sum(n_stated[:N_TEXTS])
    has_nulls = n_keys > n_values
    if has_nulls and (keys_in(text) - len(raws) != n_keys or _may_hide_a_key(text, texts)):
        return None  # A number is written as a text.
    per_line = pc.fill_null(pc.list_value_length(lines), 0).to_numpy()
    written = _Written(raws, np.cumsum(per_line))
    numbered_texts = [(at, len(distinct)) for at, distinct in texts]
    template, firsts = pairs(*numbered_texts[:N_TEMPLATE])
    by_text = [
        [known[number] for number in at[firsts].tolist()]
        for at, known in ((at, [*distinct.to_pylist(), None]) for at, distinct in texts[:-1])
    ]
    count, counts = texts[-1]
    return Payers(
        per_line,
        list(zip(*by_text, strict=True)),
        template,
        [*map(cleaned, counts.to_pylist()), ""],
        count,
        [
            of_decimals(column, places, written.of(_OF_PAYER[at]))
            for at, (column, places) in enumerate(
                zip(columns[N_TEXTS:], _PLACES, strict=True), N_TEXTS
            )
        ],
        n_keys,
        frozenset(
            key
            for key, n, is_key in zip(PAYER_KEYS, n_stated, _IS_KEY, strict=True)
            if n or (has_nulls and is_key.search(text))
        ),
    )


def _quotes(text: bytes) -> int:
    """How many quotation marks of valid JSON begin or end a text."""
    data = np.frombuffer(text, np.uint8)
    n_quotes = int(np.count_nonzero(data == _QUOTE))
    at = np.flatnonzero(data == _BACKSLASH)
    if (np.diff(at) == 1).any():  # One may escape the other.
        return n_quotes - text.replace(b"\\\\", b"").count(b'\\"')
    return n_quotes - int(np.count_nonzero(data[at + 1] == _QUOTE))


def _may_hide_a_key(text: bytes, texts: Sequence[tuple[Any, pa.Array]]) -> bool:
    """Whether a key may be written with escapes, or a text be counted as one by `keys_in`."""
    return _HIDES_A_KEY.search(text) is not None or any(
        pc.any(pc.match_substring_regex(distinct, _LIKE_A_COLON)).as_py() for _, distinct in texts
    )


class _Written:
    """Numbers as they are written: few are asked for, and each is looked up."""

    def __init__(self, raws: Sequence[msgspec.Raw], ends: Any) -> None:
        self._raws = raws
        self._ends = ends

    def of(self, number: Callable[[Payer], bytes]) -> Callable[[int], str]:
        """The text of one number of a payer, by the payer's row."""

        def text_at(row: int) -> str:
            line = int(np.searchsorted(self._ends, row, side="right"))
            payers = PAYERS.decode(self._raws[line]) or []
            return bytes(number(payers[row - int(self._ends[line])])).decode()

        return text_at


def _by_objects(raws: Sequence[msgspec.Raw]) -> Payers:
    lists = [[] if raw is ABSENT else PAYERS.decode(raw) or [] for raw in raws]
    payers = [payer for line in lists for payer in line]
    n = len(payers)
    different, said = Numbered(), Numbered()
    template = np.fromiter(map(different.__getitem__, map(_TEMPLATE, payers)), np.int64, n)
    count = np.fromiter(map(said.__getitem__, map(_OF_PAYER[N_TEXTS - 1], payers)), np.int64, n)
    amounts = [
        numbers(list(map(_OF_PAYER[at], payers)), places)
        for at, places in enumerate(_PLACES, N_TEXTS)
    ]
    n_stated = [0] * N_TEXTS + [amount.n_keys for amount in amounts]
    for texts, times in zip(different, np.bincount(template).tolist(), strict=True):
        for at, text in enumerate(texts):
            n_stated[at] += times * (text is not UNSET)
    for text, times in zip(said, np.bincount(count).tolist(), strict=True):
        n_stated[N_TEXTS - 1] += times * (text is not UNSET)
    return Payers(
        np.array([len(line) for line in lists], np.int64),
        list(different),
        template,
        list(map(cleaned, said)),
        count,
        amounts,
        sum(n_stated),
        frozenset(key for key, stated in zip(PAYER_KEYS, n_stated, strict=True) if stated),
    )
