"""Deviations met in columns, counted as the plain loader would have counted them row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ratepress.readers.base import Tally


@dataclass(slots=True)
class _Met:
    count: int
    first: int
    sample: str | None


@dataclass(slots=True)
class Found:
    """The deviations of one window. `first` is where in its order a deviation was first met."""

    _met: dict[tuple[str, str], _Met] = field(default_factory=dict)

    def add(self, rule: str, subject: str, first: int, sample: str | None, count: int = 1) -> None:
        """A deviation that was met `count` times, first at `first` with this sample."""
        had = self._met.get((rule, subject))
        if had is None:
            self._met[rule, subject] = _Met(count, first, sample)
            return
        had.count += count
        if first < had.first:
            had.first, had.sample = first, sample

    def tell(self, tally: Tally, place: Callable[[int], str]) -> None:
        """Count them all; `place` says where a position in the order is."""
        for (rule, subject), met in self._met.items():
            tally.problem(rule, subject, place(met.first), met.sample)
            tally.again(rule, subject, met.count - 1)
