"""A stretch of checked JSON as the value that the plain reader would build of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import IO, Any

import msgspec

from ratepress.core.errors import UnreadableInput
from ratepress.readers.payer.fast.window import Unsuited
from ratepress.readers.payer.tokens import Tokens
from ratepress.readers.source import Source


class _HasRepeats(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _HasRepeats
    return found


_TEXTS = msgspec.json.Decoder(dict[str, str])
_DECODER = json.JSONDecoder(parse_float=Decimal, object_pairs_hook=_object)


class Stretch(Source):
    """Bytes in memory as a source, which only its name tells from a file."""

    def __init__(self, raw: bytes, name: str = "an element") -> None:
        self.name = name
        self._raw = raw

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        yield io.BytesIO(self._raw)


def decode(raw: bytes) -> Any:
    r"""One value, built as `Tokens.build` does; `raw` is known to be JSON.

    >>> decode(b'{"a": 1.50}'), decode(b'{"a": [1], "a": [2]}'), decode(rb'"\u0041"')
    ({'a': Decimal('1.50')}, {'a': [1, 2]}, 'A')
    """
    # The two parsers differ only in halves of surrogate pairs, which are written as escapes.
    if b"\\" not in raw:
        try:
            return _DECODER.decode(raw.decode())
        except _HasRepeats:
            pass
    try:
        return Tokens(Stretch(raw), "utf-8-sig").value()
    except UnreadableInput as error:
        raise Unsuited("a value that the plain reader refuses") from error


def decode_texts(raw: bytes) -> dict[str, str]:
    r"""An object of texts without escapes; `raw` is known to be one.

    >>> decode_texts(b'{"a": "b"}')
    {'a': 'b'}
    """
    return _TEXTS.decode(raw)
