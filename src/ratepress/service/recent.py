"""Things made lately, kept up to a size: what was used longest ago goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Recent(Generic[Thing]):
    """Things by key, whose sizes together stay at or below `room`.

    >>> kept = Recent[str](room=2)
    >>> for key in "abc":
    ...     kept.keep(key, key.upper(), size=1)
    >>> kept.find("a"), kept.find("c")
    (None, 'C')
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._held: OrderedDict[Hashable, tuple[Thing, int]] = OrderedDict()
        self.size = 0

    def find(self, key: Hashable) -> Thing | None:
        """The thing under `key`, which is thereby the latest; None where it is not held."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def keep(self, key: Hashable, thing: Thing, size: int) -> None:
        """Hold a thing; one that is larger than all room is not held."""
        self._drop(key)
        if size > self._room:
            return
        self._held[key] = (thing, size)
        self.size += size
        while self.size > self._room:
            self._drop(next(iter(self._held)))

    def clear(self) -> None:
        """Let go of everything."""
        self._held.clear()
        self.size = 0

    def _drop(self, key: Hashable) -> None:
        gone = self._held.pop(key, None)
        if gone is not None:
            self.size -= gone[1]
