"""The elements of `negotiated_rates`, from bytes to columns.

What repeats is known by its bytes, so a known one needs no parsing. What is new or odd is handed
back: the plain reader then says what it is. An element counts only when all of it was read;
where the bytes end within it, or it is handed back, it has left no trace.

A list is looked for some elements after it was met, many lists together: the table of a large
file is in no cache, and one search after the other would wait for each. Until then a list is
taken to end at its first bracket. Where it turns out not to, its element is read again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ratepress.readers.payer.fast.following import next_item
from ratepress.readers.payer.fast.known import (
    LARGEST_TEMPLATE,
    bracket,
    digest,
    find_list,
    find_template,
    put_list,
)
from ratepress.readers.payer.fast.memory import byte, kernel, word
from ratepress.readers.payer.fast.price import amount, price
from ratepress.readers.payer.fast.scan import BAD, MORE, colon, same, space, text, value

NEED, DONE, ASIDE, LEARN, FULL, CROWDED, BROKEN = 0, 1, 2, 3, 4, 5, 6
"""Why `rates` came back: more bytes; the array ended; an odd element; a new template; the columns
are full; the table of lists is full; no JSON, or beyond the fast reader."""
(
    AT, IS_NEXT, ITEM, RATE, RATE_ID, ROWS, START, STOP, PRICE, NUMBER, NUMBER_STOP, PRICE_STOP,
    LAST, FIRST, N_LISTS, LIST_BYTES, TOUCHED, FOLLOWS,
    N_STATE,
) = range(19)  # fmt: skip
"""What stands where in the state: `LAST` is the template of the last price,
`FIRST` that of the first price of the last element."""

_NEGOTIATED, _IATED_PR, _D_PRICES = (
    np.uint64(0x746169746F67656E),
    np.uint64(0x72705F6465746169),
    np.uint64(0x7365636972705F64),
)
_PROVIDER, _DER_REFE, _FERENCES = (
    np.uint64(0x72656469766F7270),
    np.uint64(0x656665725F726564),
    np.uint64(0x7365636E65726566),
)
_DER_GROU, _R_GROUPS = np.uint64(0x756F72675F726564), np.uint64(0x7370756F72675F72)
_LONGEST_NUMBER = 64
ENDS = 9


(
    Q_START, Q_STOP, Q_LIST, Q_LIST_STOP, Q_KIND, Q_HASH, Q_FIRST, Q_LAST, Q_ROWS, Q_NEXT_ROWS,
    Q_RATE, Q_NUMBER, Q_FOUND, N_QUEUE,
) = range(14)  # fmt: skip
"""What stands where in one entry of the queue."""
MOST_QUEUED = 32


def new_queue() -> Any:
    """Room for the elements whose lists are still to be looked for."""
    return np.zeros((MOST_QUEUED, N_QUEUE), np.int64)


class Columns(NamedTuple):
    """One row a price: its item, element and position, its template, list, amount and id."""

    item: Any
    rate: Any
    price: Any
    template: Any
    list: Any
    amount: Any
    rate_id: Any


@kernel
def key_of(at: int, size: int) -> int:
    """Which key of a rate stands here: 1 prices, 2 references, 3 groups, 0 any other."""
    if size == 17:
        is_it = word(at) == _NEGOTIATED and word(at + 5) == _IATED_PR and word(at + 9) == _D_PRICES
        return 1 if is_it else 0
    if size == 19:
        is_it = word(at) == _PROVIDER and word(at + 5) == _DER_REFE and word(at + 11) == _FERENCES
        return 2 if is_it else 0
    if size == 15:
        is_it = word(at) == _PROVIDER and word(at + 5) == _DER_GROU and word(at + 7) == _R_GROUPS
        return 3 if is_it else 0
    return 0


@kernel
def resolve(queued: int, end: int, queue: Any, state: Any, out: Columns, lists: Any) -> int:
    """Find or enter the lists of queued elements, and count these; how many were counted.

    It stops before an element whose list is no JSON up to its first bracket, or for which the
    table has no room.
    """
    slots = lists.slots
    mask = len(slots) - 1
    # One loop for each step, so that the loads of all lists are under way at once.
    for k in range(queued):
        slot = queue[k, Q_HASH] & mask
        size_and_kind = (queue[k, Q_LIST_STOP] - queue[k, Q_LIST]) * 4 + queue[k, Q_KIND]
        queue[k, Q_NUMBER] = -1
        queue[k, Q_FOUND] = 0
        if slots[slot, 0] == queue[k, Q_HASH] and slots[slot, 2] == size_and_kind:
            queue[k, Q_NUMBER] = slots[slot, 3] - 1
            queue[k, Q_FOUND] = slots[slot, 1]
    touched = 0
    for k in range(queued):
        touched ^= byte(lists.base + queue[k, Q_FOUND])
    state[TOUCHED] = touched
    for k in range(queued):
        at, kind = queue[k, Q_LIST], queue[k, Q_KIND]
        size = queue[k, Q_LIST_STOP] - at
        found = queue[k, Q_NUMBER]
        if found < 0 or not same(lists.base + queue[k, Q_FOUND], at, size):
            found = find_list(lists, queue[k, Q_HASH], at, size, kind)
        if found < 0:
            if value(at, end) != at + size:
                return k
            found, room = state[N_LISTS], state[LIST_BYTES]
            if found >= len(lists.sizes) or room + size > lists.room:
                return k
            if not put_list(slots, queue[k, Q_HASH], room, size, kind, found):
                return k
            lists.starts[found] = room
            lists.sizes[found] = size
            lists.items[found] = state[ITEM]
            lists.rates[found] = queue[k, Q_RATE]
            lists.kinds[found] = kind
            for b in range(size):
                lists.bytes[room + b] = byte(at + b)
            state[N_LISTS] = found + 1
            state[LIST_BYTES] = room + size
        rows, n, rate_id = queue[k, Q_ROWS], queue[k, Q_NEXT_ROWS], state[RATE_ID]
        for row in range(rows, n):
            out.list[row] = found
            out.rate_id[row] = rate_id + (row - rows)
        state[AT] = queue[k, Q_STOP]
        state[IS_NEXT] = 1
        state[FIRST] = queue[k, Q_FIRST]
        state[LAST] = queue[k, Q_LAST]
        state[RATE_ID] = rate_id + (n - rows)
        state[RATE] = queue[k, Q_RATE] + 1
        state[ROWS] = n
    return queued


@kernel
def rates(
    end: int, state: Any, out: Columns, known: Any, lists: Any, queue: Any, heads: Any, seed: Any
) -> int:
    """Read elements from `state[AT]` on; see `NEED` and its kin for why it comes back.

    It goes on from item to item where it may (`FOLLOWS`), and keeps the heads of those it entered.

    `START` and `STOP` bound the element handed back; for `LEARN`, `PRICE`, `NUMBER`,
    `NUMBER_STOP` and `PRICE_STOP` bound the object whose template is new.
    """
    capacity = len(out.item)
    item = state[ITEM]
    at = state[AT]
    is_next = state[IS_NEXT]
    last = state[LAST]
    first = state[FIRST]
    rate = state[RATE]
    rows = state[ROWS]
    queued = 0
    is_careful = False
    start = at
    new_price, new_number, new_number_stop, new_stop = 0, 0, 0, 0
    while True:
        # `queued` elements are ahead of the state, which is that of the last counted one.
        result = ENDS
        is_taken = False
        i = space(at, end)
        if i >= end:
            result = NEED
        elif byte(i) == 93:
            start = i + 1
        elif is_next and byte(i) != 44:
            result = BROKEN
        else:
            if is_next:
                i = space(i + 1, end)
            result = NEED if i >= end else ASIDE
        if result == ASIDE:
            start = i
            n = rows
            was = last
            list_start, list_stop, kind = 0, 0, 0
            new_price, new_number, new_number_stop, new_stop = 0, 0, 0, 0
            has_prices = False
            # One object; `i` becomes negative where the bytes end in it or are no JSON.
            if byte(i) == 123:
                i = space(i + 1, end)
                is_good = i < end and byte(i) == 34
                while is_good:
                    key = i + 1
                    i = text(key, end)
                    if i < 0:
                        break
                    which = key_of(key, i - 1 - key)
                    i = colon(i, end)
                    if i < 0:
                        break
                    if which == 1 and not has_prices and byte(i) == 91:
                        has_prices = True
                        i = space(i + 1, end)
                        if i >= end:
                            i = MORE
                            break
                        is_good = byte(i) == 123
                        while is_good:
                            if n >= capacity:
                                result = FULL
                                is_good = False
                                break
                            # The template that came behind the last one before, if it fits.
                            guess = first if n == rows else known.follows[last]
                            found = -1
                            scaled = 0
                            prefix = known.prefixes[guess]
                            suffix = known.suffixes[guess]
                            if prefix > 0 and i + prefix + suffix + _LONGEST_NUMBER <= end:
                                text_at = known.base + known.starts[guess]
                                if same(text_at, i, prefix):
                                    # What is no number there is for `price` to judge.
                                    stop, scaled = amount(i + prefix, end)
                                    if (
                                        stop > 0
                                        and scaled > 0
                                        and stop + suffix <= end
                                        and same(text_at + prefix, stop, suffix)
                                    ):
                                        found = int(guess)
                                        i = stop + suffix
                            if found < 0:
                                stop, number, number_stop, scaled = price(i, end)
                                if stop < 0:
                                    i = stop
                                    break
                                if scaled < 0 or stop - i > LARGEST_TEMPLATE:
                                    is_good = False
                                    break
                                h = digest(digest(seed, i, number), number_stop, stop)
                                found = find_template(
                                    known, h, i, number - i, number_stop, stop - number_stop
                                )
                                if found < 0:
                                    new_price, new_stop = i, stop
                                    new_number, new_number_stop = number, number_stop
                                    result = LEARN
                                    is_good = False
                                    break
                                if n > rows:
                                    known.follows[last] = found
                                i = stop
                            out.template[n] = found
                            out.amount[n] = scaled
                            out.price[n] = n - rows
                            n += 1
                            last = found
                            i = space(i, end)
                            if i >= end:
                                i = MORE
                                break
                            c = byte(i)
                            if c == 93:
                                i += 1
                                break
                            if c != 44:
                                i = BAD
                                break
                            i = space(i + 1, end)
                            if i >= end:
                                i = MORE
                                break
                            is_good = byte(i) == 123
                        if i < 0 or not is_good:
                            break
                    elif which > 1 and kind == 0:
                        kind = which
                        list_start = i
                        is_taken = which == 2 and byte(i) == 91 and not is_careful
                        i = bracket(i, end) if is_taken else value(i, end)
                        if i < 0:
                            break
                        list_stop = i
                    else:
                        is_good = False
                        break
                    i = space(i, end)
                    if i >= end:
                        i = MORE
                        break
                    c = byte(i)
                    if c == 125:
                        i += 1
                        if n > rows and kind != 0:
                            result = DONE
                        break
                    if c != 44:
                        i = BAD
                        break
                    i = space(i + 1, end)
                    if i >= end:
                        i = MORE
                        break
                    is_good = byte(i) == 34
                if i < 0:
                    result = BROKEN if i == BAD else NEED
        if result == DONE:
            queue[queued, Q_START] = start
            queue[queued, Q_STOP] = i
            queue[queued, Q_LIST] = list_start
            queue[queued, Q_LIST_STOP] = list_stop
            queue[queued, Q_KIND] = kind
            queue[queued, Q_HASH] = np.int64(digest(seed + np.uint64(kind), list_start, list_stop))
            queue[queued, Q_ROWS] = rows
            queue[queued, Q_NEXT_ROWS] = n
            queue[queued, Q_RATE] = rate
            for k in range(rows, n):
                out.item[k] = item
                out.rate[k] = rate
            first = np.int64(out.template[rows])
            queue[queued, Q_FIRST] = first
            queue[queued, Q_LAST] = last
            queued += 1
            rows = n
            rate += 1
            at = i
            is_next = 1
            is_careful = False
            if queued < MOST_QUEUED:
                continue
        elif is_taken:
            # The list may end elsewhere: before this is believed, the element is read carefully.
            is_careful = True
            last = was
            continue
        counted = resolve(queued, end, queue, state, out, lists)
        if counted < queued:
            at = state[AT]
            is_next = state[IS_NEXT]
            last = state[LAST]
            first = state[FIRST]
            rate = state[RATE]
            rows = state[ROWS]
            start = queue[counted, Q_START]
            if value(queue[counted, Q_LIST], end) != queue[counted, Q_LIST_STOP]:
                is_careful = True
                queued = 0
                continue
            if state[N_LISTS] > 0:
                return CROWDED
            result = ASIDE
        queued = 0
        if result == DONE:
            continue
        if result == ENDS:
            entered = -1
            if state[FOLLOWS]:
                entered = next_item(start, end, state[RATE_ID], heads)
            if entered < 0:
                state[AT] = start
                return DONE
            item += 1
            at = entered
            is_next = 0
            rate = 0
            state[ITEM] = item
            state[AT] = at
            state[IS_NEXT] = 0
            state[RATE] = 0
            continue
        if result in (NEED, BROKEN) or (result == FULL and state[ROWS] > 0):
            return result
        # What is handed back is handed back whole.
        stop = value(start, end)
        if stop == MORE:
            return NEED
        if stop < 0:
            return BROKEN
        state[START] = start
        state[STOP] = stop
        if result == LEARN:
            state[PRICE] = new_price
            state[NUMBER] = new_number
            state[NUMBER_STOP] = new_number_stop
            state[PRICE_STOP] = new_stop
            return LEARN
        return ASIDE
