"""The array `provider_references` of a document, most of it as columns.

A group that is defined for the first time, as the schema has it, becomes rows of `group_members`
without a Python object for each NPI. Any other is the plain reader's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from ratepress.readers.payer.fast import references as kernels
from ratepress.readers.payer.fast.cursor import Cursor
from ratepress.readers.payer.fast.decode import decode
from ratepress.readers.payer.fast.groups import LateGroups
from ratepress.readers.payer.fast.hashing import DIGEST, new_hashing
from ratepress.readers.payer.fast.naming import new_scratch
from ratepress.readers.payer.fast.rates import ASIDE, AT, CROWDED, DONE, IS_NEXT, NEED, START, STOP
from ratepress.readers.payer.fast.references import N_GROUPS
from ratepress.readers.payer.fast.set_ids import as_texts
from ratepress.readers.payer.keys import KeyCheck

MOST_GROUPS, MOST_ENTITIES, MOST_NPIS = 1 << 13, 1 << 14, 1 << 17
_KINDS = pa.array(["ein", "npi"])


class References:
    """Reads the array, in which the cursor stands, into `groups`; `number` elements came before."""

    def __init__(self, cursor: Cursor, groups: LateGroups, check: KeyCheck, number: int) -> None:
        self._cursor = cursor
        self._late = groups
        self._check = check
        self.number = number
        self._counts = np.zeros(5, np.int64)
        self._hashing = new_hashing()
        self._networks: dict[bytes, frozenset[str] | None] = {b"": frozenset()}
        self._room(MOST_NPIS)

    def _room(self, npis: int) -> None:
        self._groups = kernels.new_groups(MOST_GROUPS)
        self._entities = kernels.new_entities(MOST_ENTITIES)
        self._npis = kernels.new_npis(npis, MOST_ENTITIES)
        self._scratch = new_scratch(4 * npis)

    def read(self) -> None:
        """All elements, to the end of the array."""
        cursor, state = self._cursor, self._cursor.state
        while True:
            reason = cursor.step(
                kernels.references,
                self._groups,
                self._entities,
                self._npis,
                self._scratch,
                self._hashing,
                self._counts,
            )
            self._take()
            if reason == DONE:
                break
            if reason == NEED:
                cursor.more()
            elif reason == CROWDED and not self._is_largest():
                self._room(2 * len(self._npis.offsets))
            elif reason in (ASIDE, CROWDED):
                self._define(int(state[START]), int(state[STOP]))
                state[AT] = state[STOP]
                state[IS_NEXT] = 1
        if self._counts[kernels.HAS_V2]:
            self._check.has_v2_keys = True

    def _is_largest(self) -> bool:
        """Whether there is room for any element of this many bytes."""
        state = self._cursor.state
        return len(self._npis.offsets) > 2 * int(state[STOP] - state[START]) + 256

    def _define(self, start: int, stop: int) -> None:
        place = f"provider_references[{self.number}]"
        self._late.define(decode(self._cursor.bytes_at(start, stop)), place)
        self.number += 1

    def _take(self) -> None:
        """Hand over the rows that the kernel made, while their bytes are still there."""
        n = int(self._counts[N_GROUPS])
        groups = self._groups
        texts = list(map(str, groups.ids[:n].tolist()))
        networks = self._names_of_networks(n)
        digests = self._entities.digests[: groups.entities[n]].tobytes()
        ends = (groups.entities[: n + 1] * DIGEST).tolist()
        run = 0
        for i, (text, names) in enumerate(zip(texts, networks, strict=True)):
            if names is None or self._late.is_defined(text):
                self._write(run, i, texts)
                run = i + 1
                self._define(int(groups.starts[i]), int(groups.stops[i]))
                continue
            places = range(ends[i], ends[i + 1], DIGEST)
            self._late.define_number(text, [digests[k : k + DIGEST] for k in places], names)
            self.number += 1
        self._write(run, n, texts)
        for k in (kernels.N_GROUPS, kernels.N_ENTITIES, kernels.N_NPIS):
            self._counts[k] = 0

    def _names_of_networks(self, n: int) -> list[frozenset[str] | None]:
        """The network names of each group; None where the plain reader must see them."""
        groups, known = self._groups, self._networks
        found: list[frozenset[str] | None] = []
        if not n:
            return found
        base = int(groups.starts[0])
        whole = self._cursor.bytes_at(base, int(groups.stops[n - 1]))
        for start, stop in zip(
            groups.networks[:n].tolist(), groups.networks_stop[:n].tolist(), strict=True
        ):
            raw = whole[start - base : stop - base] if start else b""
            if raw not in known:
                if len(known) > MOST_GROUPS:
                    known.clear()
                    known[b""] = frozenset()
                known[raw] = _plain_names(decode(raw))
            found.append(known[raw])
        return found

    def _write(self, first: int, stop: int, texts: list[str]) -> None:
        """The members of the groups from `first` to `stop`."""
        groups, entities, npis = self._groups, self._entities, self._npis
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
        tins = as_texts(
            entities.tins[start : end + 1].copy(), npis.tins[: entities.tins[end]].copy()
        )
        texts_end = int(npis.offsets[last])
        self._late.add_members(
            last - row,
            group_id=_encoded(group_of[entity_of], pa.array(texts[first:stop])),
            entity=pa.array(position[entity_of]),
            tin_type=_encoded(entities.is_npi[start:end][entity_of], _KINDS),
            tin=_encoded(entity_of, tins),
            business_name=self._business_names(start, end, entity_of),
            npi=as_texts(npis.offsets[row : last + 1].copy(), npis.text[:texts_end].copy()),
        )

    def _business_names(self, start: int, end: int, entity_of: Any) -> pa.DictionaryArray:
        entities = self._entities
        has_name = entities.names[start:end] > 0
        sizes = (entities.names_stop[start:end] - entities.names[start:end])[has_name]
        offsets = np.empty(end - start + 1, np.int32)
        out = np.empty(int(sizes.sum()) + 1, np.uint8)
        size = kernels.gather_names(start, end, entities, offsets, out)
        mask = None if has_name.all() else ~has_name[entity_of]
        return _encoded(entity_of, as_texts(offsets, out[:size]), mask)


def _encoded(numbers: Any, texts: pa.Array, mask: Any = None) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32), mask=mask), texts)


def _plain_names(value: Any) -> frozenset[str] | None:
    """Names of a list that has nothing else in it; None for any other value.

    >>> _plain_names(["PPO", "PPO"]), _plain_names(["PPO "]), _plain_names("PPO")
    (frozenset({'PPO'}), None, None)
    """
    if not isinstance(value, list) or not all(
        isinstance(name, str) and name and name == name.strip() for name in value
    ):
        return None
    return frozenset(value)
