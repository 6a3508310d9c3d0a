"""Provider groups as columns that kernels fill, and their rows of `group_members`."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from ratepress.readers.payer.fast import references as kernels
from ratepress.readers.payer.fast.groups import LateGroups
from ratepress.readers.payer.fast.hashing import DIGEST, new_hashing
from ratepress.readers.payer.fast.naming import new_scratch
from ratepress.readers.payer.fast.set_ids import as_texts

MOST_GROUPS, MOST_ENTITIES, MOST_NPIS = 1 << 13, 1 << 14, 1 << 17
_KINDS = pa.array(["ein", "npi"])


class Members:
    """What a kernel has made of some groups, until it is written."""

    def __init__(self, late: LateGroups) -> None:
        self._late = late
        self.counts = np.zeros(5, np.int64)
        self._hashing = new_hashing()
        self.room(MOST_NPIS)

    def room(self, npis: int) -> None:
        """Have room for so many NPIs, and for nothing that was there."""
        self.groups = kernels.new_groups(MOST_GROUPS)
        self.entities = kernels.new_entities(MOST_ENTITIES)
        self.npis = kernels.new_npis(npis, MOST_ENTITIES)
        self._scratch = new_scratch(4 * npis)

    @property
    def columns(self) -> tuple[Any, ...]:
        """What a kernel is called with."""
        return (
            self.groups, self.entities, self.npis, self._scratch, self._hashing, self.counts,
        )  # fmt: skip

    @property
    def rows(self) -> int:
        """How many groups there are."""
        return int(self.counts[kernels.N_GROUPS])

    @property
    def has_v2_keys(self) -> bool:
        """Whether a key of version 2 was met, since the beginning."""
        return bool(self.counts[kernels.HAS_V2])

    def digests(self) -> list[list[bytes]]:
        """The digests of each group's entities."""
        n = self.rows
        raw = self.entities.digests[: self.groups.entities[n]].tobytes()
        ends = (self.groups.entities[: n + 1] * DIGEST).tolist()
        return [
            [raw[k : k + DIGEST] for k in range(start, stop, DIGEST)]
            for start, stop in pairwise(ends)
        ]

    def clear(self) -> None:
        """Forget the groups; what of them is wanted was written."""
        for k in (kernels.N_GROUPS, kernels.N_ENTITIES, kernels.N_NPIS):
            self.counts[k] = 0

    def write(self, first: int, stop: int, keys: list[str]) -> None:
        """The members of the groups from `first` to `stop`; `keys` has the id of every group."""
        groups, entities, npis = self.groups, self.entities, self.npis
        start, end = int(groups.entities[first]), int(groups.entities[stop])
        row, last = int(entities.npis[start]), int(entities.npis[end])
        if row == last:
            return
        per_group = np.diff(groups.entities[first : stop + 1])
        group_of = np.repeat(np.arange(stop - first, dtype=np.int32), per_group)
        entity_of = np.repeat(
            np.arange(end - start, dtype=np.int32), np.diff(entities.npis[start : end + 1])
        )
        position = np.arange(start, end) - groups.entities[first:stop][group_of]
        tins = _texts(entities.tins[start : end + 1], npis.tins)
        self._late.add_members(
            last - row,
            group_id=_encoded(group_of[entity_of], pa.array(keys[first:stop])),
            entity=pa.array(position[entity_of]),
            tin_type=_encoded(entities.is_npi[start:end][entity_of], _KINDS),
            tin=_encoded(entity_of, tins),
            business_name=self._business_names(start, end, entity_of),
            npi=_texts(npis.offsets[row : last + 1], npis.text),
        )

    def _business_names(self, start: int, end: int, entity_of: Any) -> pa.DictionaryArray:
        entities = self.entities
        has_name = entities.names[start:end] > 0
        sizes = (entities.names_stop[start:end] - entities.names[start:end])[has_name]
        offsets = np.empty(end - start + 1, np.int32)
        out = np.empty(int(sizes.sum()) + 1, np.uint8)
        size = kernels.gather_names(start, end, entities, offsets, out)
        mask = None if has_name.all() else ~has_name[entity_of]
        return _encoded(entity_of, as_texts(offsets, out[:size]), mask)


def _texts(offsets: Any, raw: Any) -> pa.Array:
    """Texts out of columns that are used again."""
    first, last = int(offsets[0]), int(offsets[-1])
    return as_texts(offsets - offsets[0], raw[first:last].copy())


def _encoded(numbers: Any, texts: pa.Array, mask: Any = None) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32), mask=mask), texts)
