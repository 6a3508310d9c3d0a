"""The reader of in-network rates: Transparency in Coverage JSON, v1.0.0 to v2.2.0.

The reading here is plain and slow on purpose: two passes of one streaming parser, each rule in
one place. It decides what the rows of an in-network file are. Large files go through `fast`, which
gives the same and leaves to this reader what it does not know.
What each row and state means: docs/reference/rows-payer.md.
"""

from __future__ import annotations

from typing import Any

from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.payer import items
from ratepress.readers.payer.groups import Groups
from ratepress.readers.payer.header import file_header
from ratepress.readers.payer.items import Item
from ratepress.readers.payer.keys import ITEM, RATE, KeyCheck
from ratepress.readers.payer.kinds import Kind, kind_of
from ratepress.readers.payer.prices import Prices
from ratepress.readers.payer.survey import survey
from ratepress.readers.payer.tokens import Token, Tokens, encoding_of, joined
from ratepress.readers.payer.values import WRONG_TYPE, show
from ratepress.readers.source import Source

NO_RATES, NO_PRICES = "F110", "F111"
FAST_FROM_BYTES = 8 << 20
FAST_FROM_GZIP_BYTES = 256 << 10
"""Sizes on disk from which the fast reader is used: below, Numba takes longer to load."""


class InNetworkJson:
    """In-network rates of a payer, plain or gzip, any version, any order of keys.

    Memory grows with provider groups and items, never with rates.

    >>> InNetworkJson().recognise(b'{"reporting_entity_name": "x", "in_network": [')
    True
    """

    kind = "payer-in-network"
    version = "1"
    row_is = "one price object: an element of negotiated_prices"

    def __init__(self, *, is_fast: bool | None = None) -> None:
        """`is_fast` forces the fast or the plain reader; None lets the size decide."""
        self._is_fast = is_fast

    def recognise(self, head: bytes) -> bool:
        """Whether a file begins as in-network rates do, whatever the order of its keys."""
        return kind_of(head) is Kind.IN_NETWORK

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Read all of `source` into `out`, fast where it is large.

        Raises `UnreadableInput`, with the byte, for what is not one complete JSON document with
        an array `in_network`.
        """
        if _is_large(source) if self._is_fast is None else self._is_fast:
            # Numba is imported here, and only here: it takes a second.
            from ratepress.readers.payer.fast.reader import read_fast
            from ratepress.readers.payer.fast.window import Unsuited

            try:
                return read_fast(source, out, tally)
            except Unsuited:
                out.discard()
        return self.read_plain(source, out, tally)

    def warm(self, source: Source) -> None:
        """Load what reading a large `source` needs, which takes longer than a small one takes."""
        if _is_large(source) if self._is_fast is None else self._is_fast:
            from ratepress.readers.payer.fast.warm import warm

            warm()

    def read_plain(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """The same, by the plain reader."""
        encoding = encoding_of(source, tally)
        check = KeyCheck(tally)
        groups = Groups(out, tally, check)
        found = survey(source, Tokens(source, encoding), groups, check)
        header = file_header(found.header, tally)
        rates = _Rates(Tokens(source, encoding), out, tally, check, groups)
        rates.prices = Prices(out, tally, check, header)
        rates.read(found.items)
        groups.finish()
        plan = header.plan()
        if plan is not None:
            out.add("plans", **plan)
        return Header(
            publisher=header.payer_name,
            declared_version=header.texts["version"],
            detected_version="2.x" if check.has_v2_keys else "1.x",
            published_on=header.last_updated_on,
        )


def _is_large(source: Source) -> bool:
    return source.bytes >= (FAST_FROM_GZIP_BYTES if source.is_gzip else FAST_FROM_BYTES)


class _Rates:
    """The second pass: items and their rates, in the order of the file."""

    prices: Prices

    def __init__(
        self, tokens: Tokens, out: LakeWriter, tally: Tally, check: KeyCheck, groups: Groups
    ) -> None:
        self._tokens = tokens
        self._out = out
        self._tally = tally
        self._check = check
        self._groups = groups

    def read(self, heads: list[dict[str, Any]]) -> None:
        """Every item of every array `in_network`, each with what the survey knows of it."""
        for item_id, element in enumerate(self._tokens.elements_of("in_network")):
            self._element(element, item_id, heads[item_id])

    def _element(self, first: Token, item_id: int, head: dict[str, Any]) -> None:
        if first[0] != "start_map":
            value = self._tokens.build(first)
            self._wrong("in_network", value, f"in_network[{item_id}]")
            return
        item = items.begin(item_id, head, self._tally)
        before = self._tally.read
        stated = self._item(item)
        items.finish(item, stated, self._out, self._tally, self._check)
        if self._tally.read == before:
            self._tally.problem(NO_RATES, "negotiated_rates", item.place)

    def _item(self, item: Item) -> dict[str, Any]:
        """Read one item; its rates are written on the way, all else is given back."""
        tokens, place = self._tokens, item.place
        stated: dict[str, Any] = {}
        seen: set[str] = set()
        rates: int | None = None
        other_rates = None
        for key in tokens.object_keys():
            if key in seen:
                self._check.repeated("in_network", key, place)
            seen.add(key)
            first = tokens.first()
            if key == "negotiated_rates" and first[0] == "start_array":
                rates = rates or 0
                for element in tokens.elements():
                    value = tokens.build(element)
                    self._rate(value, item, rates)
                    rates += 1
            elif key == "negotiated_rates":
                other_rates = tokens.build(first)
            elif key in ITEM:
                value = tokens.build(first)
                stated[key] = joined(stated[key], value) if key in stated else value
            else:
                tokens.skip(first)
        if rates is None and other_rates is not None:
            self._wrong("negotiated_rates", other_rates, place)
        self._check.keys("in_network", seen, ITEM, place)
        return stated

    def _rate(self, rate: Any, item: Item, number: int) -> None:
        """One element of `negotiated_rates`: its prices, and then whom they are for."""
        place = f"{item.place}.negotiated_rates[{number}]"
        if not isinstance(rate, dict):
            self._wrong("negotiated_rates", rate, place)
            return
        self._check("negotiated_rates", rate, RATE, place)
        prices = rate.get("negotiated_prices")
        if not isinstance(prices, list):
            if prices is not None:
                self._wrong("negotiated_prices", prices, place)
            prices = []
        if not prices:
            self._tally.problem(NO_PRICES, "negotiated_prices", place)
        rows = (
            self.prices.row(price, item, number, position) for position, price in enumerate(prices)
        )
        provider_set_id = None
        for row in rows:
            if row is None:
                continue
            if provider_set_id is None:
                provider_set_id = self._groups.refer(rate, place)
            self._out.add("rates", provider_set_id=provider_set_id, **row)

    def _wrong(self, key: str, value: Any, place: str) -> None:
        self._tally.problem(WRONG_TYPE, key, place, show(value))
