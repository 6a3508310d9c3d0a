"""Lists of provider groups that stand in the rates themselves, as versions 1 allow, by columns."""

from __future__ import annotations

from typing import Any

from ratepress.readers.payer.fast.hashing import Hashing
from ratepress.readers.payer.fast.known import Lists
from ratepress.readers.payer.fast.memory import byte, kernel
from ratepress.readers.payer.fast.naming import Scratch
from ratepress.readers.payer.fast.references import (
    HAS_V2,
    N_ENTITIES,
    N_GROUPS,
    N_NPIS,
    Entities,
    Groups,
    Npis,
    entity_array,
)

INLINE_KIND = 3
"""The kind of a list of `provider_groups`, as `rates.key_of` tells it."""


@kernel
def inline_lists(
    first: int,
    stop: int,
    lists: Lists,
    groups: Groups,
    entities: Entities,
    npis: Npis,
    scratch: Scratch,
    hashing: Hashing,
    counts: Any,
) -> int:
    """Make each list from `first` on one group; the number of the one it stopped at is given back.

    That is one for Python, or one for which the columns have no room.
    """
    for i in range(first, stop):
        group = counts[N_GROUPS]
        start = lists.base + lists.starts[i]
        end = start + lists.sizes[i]
        is_taken = lists.kinds[i] == INLINE_KIND and byte(start) == 91
        if not is_taken or group + 1 >= len(groups.entities):
            return i
        had_v2 = counts[HAS_V2]
        begin = int(groups.entities[group])
        at, last = entity_array(start, end, begin, entities, npis, scratch, hashing, counts)
        if at != end:
            counts[HAS_V2] = had_v2
            return i
        groups.ids[group] = i
        groups.entities[group + 1] = last
        counts[N_GROUPS] = group + 1
        counts[N_ENTITIES] = last
        counts[N_NPIS] = entities.npis[last]
    return stop
