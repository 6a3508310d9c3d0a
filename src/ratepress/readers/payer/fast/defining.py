"""The array `provider_references` of a document, most of it as columns.

A group that is defined for the first time, as the schema has it, becomes rows of `group_members`
without a Python object for each NPI. Any other is the plain reader's.
"""

from __future__ import annotations

from typing import Any

from ratepress.readers.payer.fast import references as kernels
from ratepress.readers.payer.fast.cursor import Cursor
from ratepress.readers.payer.fast.decode import decode
from ratepress.readers.payer.fast.groups import LateGroups
from ratepress.readers.payer.fast.members import MOST_GROUPS, Members
from ratepress.readers.payer.fast.rates import ASIDE, AT, CROWDED, DONE, IS_NEXT, NEED, START, STOP
from ratepress.readers.payer.keys import KeyCheck


class References:
    """Reads the array, in which the cursor stands, into `groups`; `number` elements came before."""

    def __init__(self, cursor: Cursor, groups: LateGroups, check: KeyCheck, number: int) -> None:
        self._cursor = cursor
        self._late = groups
        self._check = check
        self.number = number
        self._members = Members(groups)
        self._networks: dict[bytes, frozenset[str] | None] = {b"": frozenset()}

    def read(self) -> None:
        """All elements, to the end of the array."""
        cursor, state = self._cursor, self._cursor.state
        while True:
            reason = cursor.step(kernels.references, *self._members.columns)
            self._take()
            if reason == DONE:
                break
            if reason == NEED:
                cursor.more()
            elif reason == CROWDED and not self._is_largest():
                self._members.room(2 * len(self._members.npis.offsets))
            elif reason in (ASIDE, CROWDED):
                self._define(int(state[START]), int(state[STOP]))
                state[AT] = state[STOP]
                state[IS_NEXT] = 1
        if self._members.has_v2_keys:
            self._check.has_v2_keys = True

    def _is_largest(self) -> bool:
        """Whether there is room for any element of this many bytes."""
        state = self._cursor.state
        return len(self._members.npis.offsets) > 2 * int(state[STOP] - state[START]) + 256

    def _define(self, start: int, stop: int) -> None:
        place = f"provider_references[{self.number}]"
        self._late.define(decode(self._cursor.bytes_at(start, stop)), place)
        self.number += 1

    def _take(self) -> None:
        """Hand over the rows that the kernel made, while their bytes are still there."""
        members, n = self._members, self._members.rows
        groups = members.groups
        texts = list(map(str, groups.ids[:n].tolist()))
        rows = zip(texts, self._names_of_networks(n), members.digests(), strict=True)
        run = 0
        for i, (text, names, digests) in enumerate(rows):
            if names is None or self._late.is_defined(text):
                members.write(run, i, texts)
                run = i + 1
                self._define(int(groups.starts[i]), int(groups.stops[i]))
                continue
            self._late.define_number(text, digests, names)
            self.number += 1
        members.write(run, n, texts)
        members.clear()

    def _names_of_networks(self, n: int) -> list[frozenset[str] | None]:
        """The network names of each group; None where the plain reader must see them."""
        groups, known = self._members.groups, self._networks
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
