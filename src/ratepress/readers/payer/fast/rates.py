"""The elements of `negotiated_rates`, from bytes to columns.

What repeats is known by its bytes, so a known one needs no parsing. What is new or odd is handed
back: the plain reader then says what it is. An element counts only when all of it was read;
where the bytes end within it, or it is handed back, it has left no trace.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ratepress.readers.payer.fast.known import (
    LARGEST_TEMPLATE,
    bracket,
    digest,
    find_list,
    find_template,
    put,
)
from ratepress.readers.payer.fast.memory import byte, kernel, word
from ratepress.readers.payer.fast.price import amount, price
from ratepress.readers.payer.fast.scan import BAD, MORE, colon, same, space, text, value

NEED, DONE, ASIDE, LEARN, FULL, CROWDED, BROKEN = 0, 1, 2, 3, 4, 5, 6
"""Why `rates` came back: more bytes; the array ended; an odd element; a new template; the columns
are full; the table of lists is full; no JSON, or beyond the fast reader."""
(
    AT, IS_NEXT, ITEM, RATE, RATE_ID, ROWS, START, STOP, PRICE, NUMBER, NUMBER_STOP, PRICE_STOP,
    LAST, FIRST, N_LISTS, LIST_BYTES, N_STATE,
) = range(17)  # fmt: skip
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
def rates(end: int, state: Any, out: Columns, known: Any, lists: Any, seed: Any) -> int:
    """Read elements from `state[AT]` on; see `NEED` and its kin for why it comes back.

    `START` and `STOP` bound the element handed back; for `LEARN`, `PRICE`, `NUMBER`,
    `NUMBER_STOP` and `PRICE_STOP` bound the object whose template is new.
    """
    at = state[AT]
    is_next = state[IS_NEXT]
    item = state[ITEM]
    last = state[LAST]
    first = state[FIRST]
    rate_id = state[RATE_ID]
    rate = state[RATE]
    rows = state[ROWS]
    n_lists = state[N_LISTS]
    list_bytes = state[LIST_BYTES]
    capacity = len(out.item)
    result = NEED
    while True:
        # The state up to here is that of the last finished element.
        state[AT] = at
        state[IS_NEXT] = is_next
        state[LAST] = last
        state[FIRST] = first
        state[RATE_ID] = rate_id
        state[RATE] = rate
        state[ROWS] = rows
        state[N_LISTS] = n_lists
        state[LIST_BYTES] = list_bytes
        i = space(at, end)
        if i >= end:
            return NEED
        if byte(i) == 93:
            state[AT] = i + 1
            return DONE
        if is_next:
            if byte(i) != 44:
                return BROKEN
            i = space(i + 1, end)
            if i >= end:
                return NEED
        start = i
        result = ASIDE
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
                    list_stop = 0
                    if which == 2 and byte(i) == 91:
                        # A list that is known as far as its first bracket is known whole.
                        stop = bracket(i, end)
                        if stop < 0:
                            i = stop
                            break
                        h = digest(seed + np.uint64(kind), i, stop)
                        if find_list(lists, h, i, stop - i, kind) >= 0:
                            list_stop = stop
                    i = value(i, end) if list_stop == 0 else list_stop
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
            if i == BAD:
                return BROKEN
            if i < 0:
                return NEED
        if result == DONE:
            size = list_stop - list_start
            h = digest(seed + np.uint64(kind), list_start, list_stop)
            found = find_list(lists, h, list_start, size, kind)
            if found < 0:
                is_full = n_lists >= len(lists.hashes) or list_bytes + size > lists.room
                if is_full or not put(lists.slots, h, n_lists):
                    result = CROWDED
            if result == DONE and found < 0:
                found = n_lists
                lists.hashes[found] = h
                lists.starts[found] = list_bytes
                lists.sizes[found] = size
                lists.items[found] = item
                lists.rates[found] = rate
                lists.kinds[found] = kind
                for k in range(size):
                    lists.bytes[list_bytes + k] = byte(list_start + k)
                n_lists += 1
                list_bytes += size
        if result == DONE:
            for k in range(rows, n):
                out.item[k] = item
                out.rate[k] = rate
                out.list[k] = found
                out.rate_id[k] = rate_id + (k - rows)
            first = np.int64(out.template[rows])
            rate_id += n - rows
            rows = n
            rate += 1
            at = i
            is_next = 1
            continue
        last = was
        if result == FULL and rows > 0:
            return FULL
        if result == CROWDED and n_lists > 0:
            return CROWDED
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
