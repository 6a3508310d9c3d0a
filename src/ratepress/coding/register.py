"""The register of modifiers: what each says, its kind, and what makes it applicable. Rule C11.

The records stand in `register.yaml`, in our own words; the verdicts in `decisions/`.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from ratepress.core.facts import SourceRef
from ratepress.core.rules import RuleSource
from ratepress.core.yaml_text import load_yaml

Kind = Literal["payment", "anatomical", "informational"]


class Modifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One modifier. `since` is its first day, where that is later than the oldest release held.

    `bypasses_edits`: one of those with which an NCCI edit of indicator 1 may be bypassed.
    """

    modifier: str
    kind: Kind
    meaning: str
    applies: str
    source: str
    since: date | None = None
    bypasses_edits: bool = False

    def is_in_force(self, on: date) -> bool:
        """Whether the modifier exists on a day (rule C38)."""
        return self.since is None or self.since <= on

    @property
    def cited(self) -> SourceRef:
        """The document that defines its use."""
        found = _read().sources[self.source]
        return SourceRef(found.title, link=found.link)


class _Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sources: dict[str, RuleSource]
    modifiers: tuple[Modifier, ...]


@cache
def _read() -> _Register:
    text = (resources.files("ratepress.coding") / "register.yaml").read_text("utf-8")
    return msgspec.convert(load_yaml(text), _Register)


@cache
def register() -> dict[str, Modifier]:
    """Every modifier, in the order in which tables show them.

    >>> register()["E1"].meaning, register()["59"].bypasses_edits
    ('left upper eyelid', True)
    """
    return {modifier.modifier: modifier for modifier in _read().modifiers}
