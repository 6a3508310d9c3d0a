"""The payers and plans of a wide hospital CSV, from the names of its columns.

`standard_charge|PAYER|PLAN|negotiated_dollar`, `median_amount|PAYER|PLAN` and so on: all columns
of one payer and plan are a block. Blocks that differ by case alone are one (F243); a name without
its plan part is a block of that payer (F230); of a name with too many parts the first is the payer
and the others the plan (F232).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ratepress.readers.base import Tally

NO_PLAN, PLACEHOLDER, MANY_PARTS, OTHER_CASE, REPEATED = "F230", "F231", "F232", "F243", "F218"

_LAST = frozenset(
    {"negotiated_dollar", "negotiated_percentage", "negotiated_algorithm", "methodology"}
)
_FIRST = frozenset(
    {
        "median_amount",
        "10th_percentile",
        "90th_percentile",
        "count",
        "estimated_amount",
        "additional_payer_notes",
    }
)
_PLACEHOLDER = re.compile(r"[\[<{]\s*(?:payer|plan)[ _]?(?:name)?\s*[\]>}]", re.IGNORECASE)


class Block(NamedTuple):
    """One payer and plan: where its fields stand. `column` is that of the first, from 0."""

    payer: str
    plan: str
    column: int
    at: Mapping[str, int]


class Cell(NamedTuple):
    """What one column of a block holds."""

    field: str
    payer: str
    plan: str


def is_block_header(header: str) -> bool:
    """Whether a column belongs to one payer and plan.

    >>> is_block_header("count|Aetna|PPO"), is_block_header("standard_charge|negotiated_dollar")
    (True, False)
    """
    return _cut(header) is not None


def _cut(header: str) -> tuple[str, list[str]] | None:
    """The field of a wide header and the parts between: payer, and mostly plan."""
    parts = [part.strip() for part in header.split("|")]
    first, last = parts[0].lower(), parts[-1].lower()
    if first == "standard_charge" and last in _LAST and len(parts) > 2:
        return f"{first}|{last}", parts[1:-1]
    if first in _FIRST and len(parts) > 1:
        return first, parts[1:]
    return None


@dataclass(slots=True)
class _Open:
    payer: str
    plan: str
    column: int
    written: str
    at: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Blocks:
    """The blocks of one header row, in the order of their first columns."""

    place: str
    tally: Tally
    _open: dict[tuple[str, ...], _Open] = field(default_factory=dict)

    def take(self, position: int, header: str) -> Cell | None:
        """Put a column into its block; None where it is of no block, or stands there already."""
        cut = _cut(header)
        if cut is None:
            return None
        name, parts = cut
        key = tuple(part.casefold() for part in parts)
        written = "|".join(parts)
        block = self._open.get(key)
        if block is None:
            block = self._open[key] = _Open(parts[0], "|".join(parts[1:]), position, written)
            self._judge(parts, header, position)
        elif block.written != written:
            self._problem(OTHER_CASE, "payer and plan", position, header)
        if name in block.at:
            self._problem(REPEATED, name, position, header)
            return None
        block.at[name] = position
        return Cell(name, block.payer, block.plan)

    def _judge(self, parts: list[str], header: str, position: int) -> None:
        if len(parts) == 1:
            self._problem(NO_PLAN, "plan_name", position, header)
        elif len(parts) > 2:
            self._problem(MANY_PARTS, "plan_name", position, header)
        if any(_PLACEHOLDER.search(part) for part in parts):
            self._problem(PLACEHOLDER, "payer_name", position, header)

    def _problem(self, rule: str, subject: str, position: int, header: str) -> None:
        self.tally.problem(rule, subject, f"{self.place} column {position + 1}", header.strip())

    def add_dollars(self, position: int, payer: str) -> None:
        """A legacy column: the dollars of one payer."""
        key = (payer.casefold(), str(position))
        self._open[key] = _Open(payer, "", position, payer)
        self._open[key].at["standard_charge|negotiated_dollar"] = position

    def count_missing(self, name: str, rule: str) -> None:
        """Count each block that lacks a column of the template."""
        for block in self._open.values():
            if name not in block.at:
                sample = " / ".join(filter(None, (block.payer, block.plan)))
                self.tally.problem(rule, name, f"{self.place} column {block.column + 1}", sample)

    def found(self) -> tuple[Block, ...]:
        """All blocks."""
        return tuple(Block(b.payer, b.plan, b.column, b.at) for b in self._open.values())
