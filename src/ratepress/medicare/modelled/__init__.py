"""What of Medicare's payment is modelled, since when, and verified against what; and what is not.

Records beside this file, one YAML file for each payment system. They print as the reference page
`medicare-coverage.md` and in `ratepress explain medicare`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from ratepress.core.rules import registry
from ratepress.core.yaml_text import load_yaml

State = Literal["modelled", "in part", "by report", "not modelled"]
Where = Literal["price", "reprice", "page", "benchmark"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One part of a payment system, and how far it is modelled.

    `modelled`: as Medicare's text has it. `in part`: `note` says what is left out. `by report`:
    Medicare leaves it to its contractor, so there is no amount to compute. `not modelled`: the
    answer is a reason and no amount. `since` is the first date of service; `verified` says against
    what other than our own code; `where` are the commands and the pages that use it.
    """

    part: str
    state: State
    rules: tuple[str, ...] = ()
    since: date | None = None
    where: tuple[Where, ...] = ()
    verified: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        built = self.state in ("modelled", "in part")
        if built and not (self.rules and self.since and self.where and self.verified):
            raise ValueError(f"{self.part}: rules, since, where and verified are wanted")
        if self.state != "modelled" and not self.note:
            raise ValueError(f"{self.part}: a note says what is not there, and why")
        for rule_id in self.rules:
            if rule_id not in registry():
                raise ValueError(f"{self.part}: there is no rule {rule_id}")


class PaymentSystem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payment system of Medicare and its parts, in the order in which a reader asks for them."""

    name: str
    label: str
    order: int
    parts: tuple[Part, ...]


@cache
def modelled() -> tuple[PaymentSystem, ...]:
    """Every payment system; `ValueError` where a record is not whole or names no rule there is.

    >>> [system.name for system in modelled()][:2]
    ['pfs', 'anesthesia']
    """
    folder = resources.files("ratepress.medicare.modelled")
    files = [file for file in folder.iterdir() if file.name.endswith(".yaml")]
    found = [msgspec.convert(load_yaml(f.read_text("utf-8")), PaymentSystem) for f in files]
    return tuple(sorted(found, key=lambda system: (system.order, system.name)))


def lines_of(systems: Sequence[PaymentSystem]) -> list[str]:
    """The registry for people, a line a part and one for what is behind it.

    >>> lines_of(modelled())[0]
    'Physician fee schedule (pfs)'
    """
    lines: list[str] = []
    for system in systems:
        lines.append(f"{system.label} ({system.name})")
        for part in system.parts:
            lines.append(f"  {part.state}: {part.part}")
            lines.extend(f"    {text}" for text in _behind(part))
        lines.append("")
    return lines[:-1]


def _behind(part: Part) -> list[str]:
    facts = []
    if part.since is not None:
        facts.append(f"services from {part.since}, in {', '.join(part.where)}")
    if part.rules:
        facts.append(f"rules {', '.join(part.rules)}")
    found = ["; ".join(facts)] if facts else []
    if part.verified:
        found.append(f"verified against: {part.verified}")
    return [*found, part.note] if part.note else found
