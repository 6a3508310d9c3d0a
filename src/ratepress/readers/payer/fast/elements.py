"""The elements of `negotiated_rates` of one document, item by item.

The kernel hands back what is odd or new, and the plain reader's own code reads it.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np

from ratepress.readers.base import Tally
from ratepress.readers.payer.fast import outline
from ratepress.readers.payer.fast.batches import Job, new_columns
from ratepress.readers.payer.fast.cursor import Cursor
from ratepress.readers.payer.fast.decode import decode, decode_texts
from ratepress.readers.payer.fast.following import new_heads
from ratepress.readers.payer.fast.groups import LateGroups
from ratepress.readers.payer.fast.known import (
    MOST_TEMPLATES,
    TEMPLATE_BYTES,
    digest,
    new_templates,
    put,
)
from ratepress.readers.payer.fast.learned import Learner
from ratepress.readers.payer.fast.lists import ProviderLists
from ratepress.readers.payer.fast.rates import (
    AT,
    CROWDED,
    DONE,
    FIRST,
    FULL,
    IS_NEXT,
    ITEM,
    LAST,
    LEARN,
    LIST_BYTES,
    N_LISTS,
    NUMBER,
    NUMBER_STOP,
    PRICE,
    PRICE_STOP,
    RATE,
    RATE_ID,
    ROWS,
    STOP,
    new_queue,
    rates,
)
from ratepress.readers.payer.fast.sink import Sink
from ratepress.readers.payer.header import FileHeader
from ratepress.readers.payer.in_network import _Rates
from ratepress.readers.payer.items import Item
from ratepress.readers.payer.keys import KeyCheck

Follow = Callable[[int, dict[str, str], int], Item]
"""Begins an item: its number, its head, and the id that its first price would have."""


class Elements:
    """Reads arrays of rates into a sink; `n_plain` counts the elements the plain reader took."""

    def __init__(
        self,
        cursor: Cursor,
        sink: Sink,
        tally: Tally,
        check: KeyCheck,
        groups: LateGroups,
        plain: _Rates,
        header: FileHeader,
        capacity: int,
    ) -> None:
        self._cursor = cursor
        self._sink = sink
        self._tally = tally
        self._check = check
        self._groups = groups
        self._plain = plain
        self._header = header
        self._capacity = capacity
        self._seed = np.uint64(int.from_bytes(os.urandom(8)))
        self._items: dict[int, Item] = {}
        self._columns = new_columns(capacity)
        self._queue = new_queue()
        self._heads = new_heads()
        self.n_plain = 0
        self._lists = ProviderLists(tally, check, groups, self._seed)
        self._learn_anew()

    def _learn_anew(self) -> None:
        self._known = new_templates()
        self._template_bytes = 0
        self._learner = Learner(self._plain.prices, self._check, self._header)
        self._cursor.state[LAST] = 0
        self._cursor.state[FIRST] = 0

    def read(self, item: Item, follow: Follow) -> None:
        """The array in which the cursor stands, to its end, and those of items that follow it."""
        state = self._cursor.state
        state[ITEM] = item.item_id
        state[RATE] = 0
        if item.fault is not None:
            while self._cursor.move(outline.element) != DONE:
                self._aside(item)
            return
        self._items[item.item_id] = item
        while True:
            reason = self._cursor.move(
                rates,
                self._columns,
                self._known,
                self._lists.table,
                self._queue,
                self._heads,
                self._seed,
            )
            item = self._take_heads(item, follow)
            if reason == DONE:
                return
            if reason == FULL:
                self.flush(item)
            elif reason == CROWDED:
                self.flush(item)
                self._lists.grow()
                state[N_LISTS] = 0
                state[LIST_BYTES] = 0
            else:
                if reason == LEARN and self._learn(item):
                    continue
                self._aside(item)
                state[AT] = state[STOP]
                state[IS_NEXT] = 1

    def _take_heads(self, item: Item, follow: Follow) -> Item:
        """Have items that the kernel entered begun, in their order; the last one is given back."""
        heads = self._heads
        n = int(heads.counts[0])
        if not n:
            return item
        raw, start = heads.bytes[: heads.counts[1]].tobytes(), 0
        number = int(self._cursor.state[ITEM]) - n
        for end, rate_id in zip(heads.ends[:n].tolist(), heads.rate_ids[:n].tolist(), strict=True):
            number += 1
            item = self._items[number] = follow(number, decode_texts(raw[start:end]), rate_id)
            start = end
        heads.counts[:] = 0
        return item

    def _aside(self, item: Item) -> None:
        """Have the plain reader take the element that was found."""
        self._enter_lists()
        state, tally = self._cursor.state, self._tally
        self.n_plain += 1
        tally.read = int(state[RATE_ID])
        self._plain._rate(decode(self._cursor.found()), item, int(state[RATE]))
        state[RATE_ID] = tally.read
        state[RATE] += 1

    def _learn(self, item: Item) -> bool:
        """Enter the template of the price that was found, unless such prices are set aside.

        Whether its element can be read by the kernel now: it has nothing to be counted.
        """
        cursor = self._cursor
        size = int(cursor.state[PRICE_STOP] - cursor.state[PRICE])
        known, learner = self._known, self._learner
        number = len(learner.meanings)
        if number == MOST_TEMPLATES or self._template_bytes + size > TEMPLATE_BYTES:
            self.flush(item)
            self._learn_anew()
            known, learner, number = self._known, self._learner, 0
        if not learner.learn(decode(cursor.bytes(PRICE, PRICE_STOP))):
            return False
        before, behind = cursor.bytes(PRICE, NUMBER), cursor.bytes(NUMBER_STOP, PRICE_STOP)
        start, size = self._template_bytes, len(before) + len(behind)
        known.bytes[start : start + size] = np.frombuffer(before + behind, np.uint8)
        self._template_bytes += size
        stretch = (int(cursor.state[i]) for i in (PRICE, NUMBER, NUMBER_STOP, PRICE_STOP))
        first, number_start, number_stop, last = stretch
        h = np.uint64(digest(self._seed, first, number_start))
        h = np.uint64(digest(h, number_stop, last))
        known.hashes[number] = h
        known.starts[number] = start
        known.prefixes[number] = len(before)
        known.suffixes[number] = len(behind)
        return put(known.slots, h, number) and not learner.is_odd

    def _enter_lists(self) -> None:
        self._lists.name(int(self._cursor.state[N_LISTS]))

    def flush(self, item: Item) -> None:
        """Hand over the rows read so far; `item` goes on."""
        self._enter_lists()
        state, columns = self._cursor.state, self._columns
        rows = int(state[ROWS])
        if not rows:
            return
        self._count_again(rows)
        first, last = int(columns.item[0]), int(columns.item[rows - 1])
        self._sink.batch(
            Job(
                columns=columns,
                rows=rows,
                content_id=self._sink.content_id,
                header=self._header,
                items=[self._items.get(n, item) for n in range(first, last + 1)],
                meanings=self._learner.meanings[:],
                set_ids=self._lists.set_ids,
            )
        )
        self._tally.loaded += rows
        self._columns = new_columns(self._capacity)
        self._items = {item.item_id: item}
        state[ROWS] = 0

    def _count_again(self, rows: int) -> None:
        """Count the problems of templates and lists that were met before."""
        columns = self._columns
        for number, counts in self._learner.problems.items():
            uses = int((columns.template[:rows] == number).sum())
            for key, count in counts.items():
                self._tally.again(*key, count * uses)
        self._lists.count_again(columns.list[:rows][columns.price[:rows] == 0])

    def finish(self) -> None:
        """Hand over the last rows, and say how many prices there were."""
        state = self._cursor.state
        if state[ROWS]:
            self.flush(self._items[int(self._columns.item[state[ROWS] - 1])])
        self._enter_lists()
        self._tally.read = int(state[RATE_ID])
