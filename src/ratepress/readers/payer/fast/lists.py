"""The provider lists of one document: their table, the ids of their sets, and what they deviate in.

Lists of whole numbers, nearly all of those that are published, are named by a kernel. The plain
reader's code names any other, in its turn.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ratepress.readers.base import Tally
from ratepress.readers.payer.fast import naming
from ratepress.readers.payer.fast.decode import decode
from ratepress.readers.payer.fast.groups import LateGroups
from ratepress.readers.payer.fast.hashing import new_hashing
from ratepress.readers.payer.fast.inline import INLINE_KIND, inline_lists
from ratepress.readers.payer.fast.known import new_lists
from ratepress.readers.payer.fast.learned import Counts
from ratepress.readers.payer.fast.members import Members
from ratepress.readers.payer.fast.naming import N_ROWS, N_USES
from ratepress.readers.payer.fast.set_ids import SetIds, as_texts
from ratepress.readers.payer.keys import KeyCheck

FEW_LISTS, MOST_LISTS = 1 << 12, 1 << 20
LIST_BYTES_EACH = 96
"""Room in the table of lists, for each that it may hold."""
_FEW_USES = 1 << 12
_KEYS = {2: "provider_references", 3: "provider_groups"}


class ProviderLists:
    """What `rates` finds lists in; `table` and what stands in it are replaced when it is full."""

    def __init__(self, tally: Tally, check: KeyCheck, groups: LateGroups, seed: Any) -> None:
        self._tally = tally
        self._check = check
        self._groups = groups
        self._seed = seed
        self._hashing = new_hashing()
        self._scratch = naming.new_scratch(1 << 12)
        self._uses = naming.new_uses(_FEW_USES)
        self._counts = np.zeros(2, np.int64)
        self._members = Members(groups)
        self.anew(FEW_LISTS)

    def anew(self, most: int) -> None:
        """Forget all lists; so many have room from now on."""
        self.table = new_lists(most, most * LIST_BYTES_EACH)
        self.set_ids = SetIds(naming.new_ids(most), {})
        self._named = 0
        self._problems: dict[int, Counts] = {}
        self._uses_before: dict[int, int] = {}

    def grow(self) -> None:
        """Forget all lists, and have room for more."""
        self.anew(min(4 * len(self.table.sizes), MOST_LISTS))

    def name(self, stop: int) -> None:
        """Name the lists that are new, in their order; `stop` is how many there are."""
        table, at = self.table, self._named
        if at == stop:
            return
        sizes = table.sizes[at:stop]
        if int(sizes.max()) > 2 * len(self._scratch.published) - 2:
            self._scratch = naming.new_scratch(2 * int(sizes.max()))
        while at < stop:
            is_inline = table.kinds[at] == INLINE_KIND
            reached = self._inline(at, stop) if is_inline else self._by_kernel(at, stop)
            if reached == at:
                self._by_hand(at)
                reached += 1
            at = reached
        self._named = stop
        self._groups.count_in(self._tally, self._check)

    def _by_kernel(self, first: int, stop: int) -> int:
        table, counts, ids = self.table, self._counts, self.set_ids.ids
        at = first
        while True:
            members = naming.new_members(int(table.sizes[at:stop].sum()))
            counts[N_ROWS], before = 0, int(counts[N_USES])
            at = naming.name_lists(
                at,
                stop,
                table,
                ids,
                self._uses,
                members,
                self._scratch,
                self._hashing,
                self._seed,
                counts,
            )
            uses, after = self._uses, int(counts[N_USES])
            if after > before:
                new = slice(before, after)
                places = zip(uses.items[new].tolist(), uses.rates[new].tolist(), strict=True)
                self._groups.use_numbers(uses.numbers[new].tolist(), places)
            self._write(members, int(counts[N_ROWS]))
            if at == stop or after + int(table.sizes[at]) // 2 < len(uses.numbers):
                return at
            self._uses = naming.grown(uses, after, after + int(table.sizes[at]))

    def _write(self, members: naming.Members, rows: int) -> None:
        if not rows:
            return
        starts = np.flatnonzero(np.diff(members.list[:rows], prepend=-1))
        numbers = members.list[starts]
        lengths = np.diff(starts, append=rows)
        end = int(members.offsets[rows])
        texts = as_texts(members.offsets[: rows + 1], members.text[:end])
        self._groups.add_sets(self.set_ids.of(numbers), lengths, texts)

    def _inline(self, first: int, stop: int) -> int:
        members, apart = self._members, self.set_ids.apart
        reached = int(inline_lists(first, stop, self.table, *members.columns))
        keys, run = [], 0
        for i, digests in enumerate(members.digests()):
            key, is_new = self._groups.use_inline(digests)
            keys.append(key)
            apart[first + i] = key
            if not is_new:
                members.write(run, i, keys)
                run = i + 1
        members.write(run, members.rows, keys)
        members.clear()
        self._check.has_v2_keys |= members.has_v2_keys
        return reached

    def _by_hand(self, number: int) -> None:
        """One list by the plain reader's code."""
        table, groups = self.table, self._groups
        start = int(table.starts[number])
        raw = table.bytes[start : start + int(table.sizes[number])].tobytes()
        key = _KEYS[int(table.kinds[number])]
        place = f"in_network[{table.items[number]}].negotiated_rates[{table.rates[number]}]"
        tally = Tally()
        check = self._check.counting_in(tally)
        groups.count_in(tally, check)
        self.set_ids.apart[number] = groups.refer({key: decode(raw)}, place)
        self._check.has_v2_keys |= check.has_v2_keys
        counts = tally.counts()
        if counts:
            self._problems[number] = counts
            # Of the first use itself, which is among the rows that were read.
            self._uses_before[number] = -1
        self._tally.absorb(tally)

    def count_again(self, numbers: Any) -> None:
        """Count the problems of lists that were met before; `numbers` has one for each element."""
        if not self._problems:
            return
        uses_of = np.bincount(numbers, minlength=self._named)
        for number, counts in self._problems.items():
            uses = int(uses_of[number]) + self._uses_before.pop(number, 0)
            for key, count in counts.items():
                self._tally.again(*key, count * uses)
