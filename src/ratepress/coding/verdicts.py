"""What each value decides about a modifier: the tables in `decisions/`.

A table is by one basis: an indicator of the relative value file, or what `bases` works out of
the code's number, its edits or its outpatient status.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from ratepress.coding.register import register
from ratepress.core.yaml_text import load_yaml

Word = Literal["allowed", "conditional", "not allowed"]
Decided = tuple[Word, str]
"""A verdict, and the effect on payment in words."""


class Decisions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some modifiers, the basis that decides them, and (verdict, effect) by its value.

    `otherwise` holds for the values of the basis that are not listed; a basis that is an
    indicator of the release has none, so that a new value is not judged by guess (rule C10).
    """

    rule: str
    basis: str
    modifiers: tuple[str, ...]
    values: dict[str, Decided]
    otherwise: Decided | None = None


@cache
def decisions() -> tuple[Decisions, ...]:
    """Every table.

    >>> [d.rule for d in decisions() if "50" in d.modifiers]
    ['C03']
    """
    folder = resources.files("ratepress.coding") / "decisions"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    found: list[Decisions] = []
    for file in files:
        found += msgspec.convert(load_yaml(file.read_text("utf-8")), list[Decisions])
    return tuple(found)


@cache
def decision_of() -> dict[str, Decisions]:
    """The table of each modifier, in the order of the register.

    >>> decision_of()["26"].basis
    'pctc_indicator'
    """
    tables = {modifier: d for d in decisions() for modifier in d.modifiers}
    return {modifier: tables[modifier] for modifier in register()}
