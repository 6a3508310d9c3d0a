"""The elements of `provider_references`, from bytes to columns.

The common ones, in which all is as the schema has it; any other is handed back for the plain
reader. What an entity and its digest are: `groups.Entity`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ratepress.readers.payer.fast.hashing import Hashing, blake2b
from ratepress.readers.payer.fast.known import bracket
from ratepress.readers.payer.fast.memory import byte, kernel
from ratepress.readers.payer.fast.naming import Scratch, number_of, parse, put_number
from ratepress.readers.payer.fast.outline import advance
from ratepress.readers.payer.fast.rates import (
    ASIDE,
    AT,
    BROKEN,
    CROWDED,
    FULL,
    IS_NEXT,
    NEED,
    START,
    STOP,
)
from ratepress.readers.payer.fast.scan import MORE, behind, is_text, member, space, text, value

FOUND = 7
N_GROUPS, N_ENTITIES, N_NPIS, N_TEXT, HAS_V2 = range(5)
"""What stands where in the counts."""
MOST_ENTITIES = 1 << 10
"""In one group: their digests are compared one by one."""
MOST_TEXT = 64
ODD, BIG = -3, -4
"""In place of an address: for the plain reader; more than there is room for."""


class Groups(NamedTuple):
    """One row a group: its id, its element, its network names in bytes, where its entities end."""

    ids: Any
    starts: Any
    stops: Any
    networks: Any
    networks_stop: Any
    entities: Any


class Entities(NamedTuple):
    """One row an entity: its digest, and where its TIN, its name and its NPIs are."""

    digests: Any
    is_npi: Any
    tins: Any
    names: Any
    names_stop: Any
    npis: Any


class Npis(NamedTuple):
    """One row an NPI, and the texts of NPIs and of TINs behind each other."""

    offsets: Any
    text: Any
    tins: Any


def new_groups(most: int) -> Groups:
    """Room for so many groups."""
    return Groups(
        ids=np.zeros(most, np.int64),
        starts=np.zeros(most, np.int64),
        stops=np.zeros(most, np.int64),
        networks=np.zeros(most, np.int64),
        networks_stop=np.zeros(most, np.int64),
        entities=np.zeros(most + 1, np.int64),
    )


def new_entities(most: int) -> Entities:
    """Room for so many entities."""
    return Entities(
        digests=np.zeros((most, 2), np.uint64),
        is_npi=np.zeros(most, np.int32),
        tins=np.zeros(most + 1, np.int32),
        names=np.zeros(most, np.int64),
        names_stop=np.zeros(most, np.int64),
        npis=np.zeros(most + 1, np.int64),
    )


def new_npis(most: int, entities: int) -> Npis:
    """Room for so many NPIs of so many entities."""
    return Npis(
        offsets=np.zeros(most + 1, np.int32),
        text=np.zeros(most * 11 + 16, np.uint8),
        tins=np.zeros(entities * MOST_TEXT, np.uint8),
    )


_ID = np.frombuffer(b"provider_group_id", np.uint8)
_GROUPS = np.frombuffer(b"provider_groups", np.uint8)
_NETWORKS = np.frombuffer(b"network_name", np.uint8)
_NPI = np.frombuffer(b"npi", np.uint8)
_TIN = np.frombuffer(b"tin", np.uint8)
_TYPE = np.frombuffer(b"type", np.uint8)
_VALUE = np.frombuffer(b"value", np.uint8)
_NAME = np.frombuffer(b"business_name", np.uint8)
_EIN = np.frombuffer(b"ein", np.uint8)
_HEAD_EIN = np.frombuffer(b'["ein", "', np.uint8)
_HEAD_NPI = np.frombuffer(b'["npi", "', np.uint8)
_BETWEEN = np.frombuffer(b'", ["', np.uint8)
_NEXT = np.frombuffer(b'", "', np.uint8)
_TAIL = np.frombuffer(b'"]]', np.uint8)


@kernel
def put_text(raw: Any, out: Any, at: int) -> int:
    """Write bytes from `at` on, and give the place behind them."""
    for i in range(len(raw)):
        out[at + i] = raw[i]
    return at + len(raw)


@kernel
def whole_number(at: int, end: int) -> tuple[int, int]:
    """Behind a whole number of up to fifteen digits, and the number."""
    number, start = 0, at
    while at < end and 48 <= byte(at) <= 57:
        number = number * 10 + byte(at) - 48
        at += 1
        if at - start > 15:
            return ODD, 0
    if at >= end:
        return MORE, 0
    c = byte(at)
    is_end = c == 44 or c == 125 or c == 32 or c == 10 or c == 13 or c == 9
    if at == start or not is_end or (byte(start) == 48 and at > start + 1):
        return ODD, 0
    return at, number


@kernel
def tin_object(at: int, end: int, entity: int, entities: Entities, npis: Npis, counts: Any) -> int:
    """Behind a `tin`, whose text goes behind those of the entities before."""
    kind, value_at, value_stop = -1, 0, 0
    entities.names[entity] = 0
    if byte(at) != 123:
        return ODD
    at = space(at + 1, end)
    while True:
        key, size, at = member(at, end)
        if at < 0:
            return at
        if byte(at) != 34:
            return ODD
        start = at + 1
        at = text(start, end)
        if at < 0:
            return at
        stop = at - 1
        if is_text(key, size, _TYPE) and kind < 0:
            if is_text(start, stop - start, _EIN):
                kind = 0
            elif is_text(start, stop - start, _NPI):
                kind = 1
            else:
                return ODD
        elif is_text(key, size, _VALUE) and value_stop == 0:
            value_at, value_stop = start, stop
        elif is_text(key, size, _NAME) and entities.names[entity] == 0:
            is_blank = True
            for i in range(start, stop):
                c = byte(i)
                if c == 92:
                    return ODD
                is_blank = is_blank and (c <= 32 or c >= 127)
            if is_blank:
                return ODD
            entities.names[entity] = start
            entities.names_stop[entity] = stop
            counts[HAS_V2] = 1
        else:
            return ODD
        at, is_last = behind(at, end, 125)
        if at < 0:
            return at
        if is_last:
            break
    size = value_stop - value_at
    if kind < 0 or size < 1 or size > MOST_TEXT:
        return ODD
    # An EIN may have its hyphen: 12-3456789.
    hyphen = -1
    if kind == 0 and size == 10 and byte(value_at + 2) == 45:
        hyphen = 2
        for i in range(10):
            c = byte(value_at + i)
            if i != 2 and (c < 48 or c > 57):
                hyphen = -1
    to = np.int64(entities.tins[entity])
    for i in range(size):
        c = byte(value_at + i)
        if c < 33 or c > 126 or c == 92:
            return ODD
        if i != hyphen:
            npis.tins[to] = c
            to += 1
    entities.is_npi[entity] = kind
    entities.tins[entity + 1] = to
    return at


@kernel
def take_npis(
    at: int, stop: int, entity: int, entities: Entities, npis: Npis, scratch: Scratch
) -> int:
    """Behind the NPIs of an entity, which are written in order; different whole numbers only."""
    if 2 * (stop - at) + 2 * MOST_TEXT > len(scratch.joined):
        return BIG
    n = parse(at, stop, scratch)
    if n < 0:
        return ODD
    row = int(entities.npis[entity])
    if row + n >= len(npis.offsets) or npis.offsets[row] + (stop - at) > len(npis.text):
        return BIG
    for k in range(n):
        key = scratch.ordered[k]
        behind = put_number(number_of(key), key & 15, npis.text, npis.offsets[row])
        npis.offsets[row + 1] = behind
        row += 1
    entities.npis[entity + 1] = row
    return stop


@kernel
def digest_entity(
    entity: int, entities: Entities, npis: Npis, scratch: Scratch, hashing: Hashing
) -> None:
    """The digest of an entity: of `["ein", "123456789", ["1000000000", "1000000001"]]`."""
    out = scratch.joined
    at = put_text(_HEAD_NPI if entities.is_npi[entity] else _HEAD_EIN, out, int(np.int64(0)))
    for i in range(entities.tins[entity], entities.tins[entity + 1]):
        out[at] = npis.tins[i]
        at += 1
    at = put_text(_BETWEEN, out, at)
    first = entities.npis[entity]
    for k in range(first, entities.npis[entity + 1]):
        if k > first:
            at = put_text(_NEXT, out, at)
        for i in range(npis.offsets[k], npis.offsets[k + 1]):
            out[at] = npis.text[i]
            at += 1
    at = put_text(_TAIL, out, at)
    blake2b(hashing, scratch.base, at)
    entities.digests[entity, 0] = hashing.state[0]
    entities.digests[entity, 1] = hashing.state[1]


@kernel
def entity_object(
    at: int,
    end: int,
    entity: int,
    entities: Entities,
    npis: Npis,
    scratch: Scratch,
    hashing: Hashing,
    counts: Any,
) -> int:
    """Behind an element of `provider_groups`, which becomes a row."""
    has_npis, has_tin = False, False
    if byte(at) != 123:
        return ODD
    at = space(at + 1, end)
    while True:
        key, size, at = member(at, end)
        if at < 0:
            return at
        if is_text(key, size, _NPI) and not has_npis and byte(at) == 91:
            has_npis = True
            stop = bracket(at, end)
            if stop < 0:
                return stop
            at = take_npis(at, stop, entity, entities, npis, scratch)
        elif is_text(key, size, _TIN) and not has_tin:
            has_tin = True
            at = tin_object(at, end, entity, entities, npis, counts)
        else:
            return ODD
        is_last = False
        if at >= 0:
            at, is_last = behind(at, end, 125)
        if at < 0:
            return at
        if is_last:
            break
    if not (has_npis and has_tin):
        return ODD
    digest_entity(entity, entities, npis, scratch, hashing)
    return at


@kernel
def entity_array(
    at: int,
    end: int,
    first: int,
    entities: Entities,
    npis: Npis,
    scratch: Scratch,
    hashing: Hashing,
    counts: Any,
) -> tuple[int, int]:
    """Behind the `provider_groups` of a group, and the row behind its last entity."""
    entity = first
    at = space(at + 1, end)
    while True:
        if at >= end:
            return MORE, entity
        if entity + 1 >= len(entities.npis):
            return BIG, entity
        at = entity_object(at, end, entity, entities, npis, scratch, hashing, counts)
        if at < 0:
            return at, entity
        is_new = True
        for i in range(first, entity):
            is_new = is_new and not (
                entities.digests[i, 0] == entities.digests[entity, 0]
                and entities.digests[i, 1] == entities.digests[entity, 1]
            )
        if is_new:
            entity += 1
        if entity - first > MOST_ENTITIES:
            return ODD, entity
        at, is_last = behind(at, end, 93)
        if is_last or at < 0:
            return at, entity


@kernel
def group_object(
    at: int,
    end: int,
    group: int,
    groups: Groups,
    entities: Entities,
    npis: Npis,
    scratch: Scratch,
    hashing: Hashing,
    counts: Any,
) -> int:
    """Behind an element of `provider_references`, which becomes a row."""
    has_id, has_groups = False, False
    groups.networks[group] = 0
    if byte(at) != 123:
        return ODD
    at = space(at + 1, end)
    while True:
        key, size, at = member(at, end)
        if at < 0:
            return at
        if is_text(key, size, _ID) and not has_id:
            has_id = True
            at, groups.ids[group] = whole_number(at, end)
        elif is_text(key, size, _GROUPS) and not has_groups and byte(at) == 91:
            has_groups = True
            first = int(groups.entities[group])
            at, last = entity_array(at, end, first, entities, npis, scratch, hashing, counts)
            groups.entities[group + 1] = last
        elif is_text(key, size, _NETWORKS) and groups.networks[group] == 0:
            groups.networks[group] = at
            at = value(at, end)
            groups.networks_stop[group] = at
            counts[HAS_V2] = 1
        else:
            return ODD
        is_last = False
        if at >= 0:
            at, is_last = behind(at, end, 125)
        if at < 0:
            return at
        if is_last:
            return at if has_id and has_groups else ODD


@kernel
def references(
    end: int,
    state: Any,
    groups: Groups,
    entities: Entities,
    npis: Npis,
    scratch: Scratch,
    hashing: Hashing,
    counts: Any,
) -> int:
    """Read elements from `state[AT]` on; rows are counted in `counts`.

    It comes back for more bytes, at the end of the array, with an element for the plain reader
    (`ASIDE`), where the columns are full, or with an element larger than they are (`CROWDED`).
    """
    while True:
        group = counts[N_GROUPS]
        if group + 1 >= len(groups.entities):
            return FULL
        result = advance(end, state, 93)
        if result != FOUND:
            return result
        start = state[START]
        had_v2 = counts[HAS_V2]
        i = group_object(start, end, group, groups, entities, npis, scratch, hashing, counts)
        if i < 0:
            counts[HAS_V2] = had_v2
        if i == MORE:
            return NEED
        if i == BIG and group > 0:
            return FULL
        if i < 0:
            # What is handed back is handed back whole, and only where it is JSON.
            stop = value(start, end)
            if stop < 0:
                return NEED if stop == MORE else BROKEN
            state[STOP] = stop
            return CROWDED if i == BIG else ASIDE
        groups.starts[group] = start
        groups.stops[group] = i
        counts[N_GROUPS] = group + 1
        counts[N_ENTITIES] = groups.entities[group + 1]
        counts[N_NPIS] = entities.npis[groups.entities[group + 1]]
        state[AT] = i
        state[IS_NEXT] = 1


@kernel
def gather_names(first: int, stop: int, entities: Entities, offsets: Any, out: Any) -> int:
    """Write the names of entities behind each other; the number of bytes is given back."""
    at = 0
    for i in range(first, stop):
        offsets[i - first] = at
        if entities.names[i] > 0:
            for k in range(entities.names[i], entities.names_stop[i]):
                out[at] = byte(k)
                at += 1
    offsets[stop - first] = at
    return at
