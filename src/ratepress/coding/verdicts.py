"""What each indicator value decides about a modifier: the table in `modifiers.yaml`."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from ratepress.core.yaml_text import load_yaml

Word = Literal["allowed", "conditional", "not allowed"]

DISCONTINUED_ROW = "discontinued_row"
"""Stands for an indicator where the presence of a row with modifier 53 decides."""


class Decisions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some modifiers, the indicator that decides them, and (verdict, effect) by its value.

    `decided_by` states the reason by value, where the indicator has no name of its own.
    """

    rule: str
    indicator: str
    modifiers: tuple[str, ...]
    values: dict[str, tuple[Word, str]]
    decided_by: dict[str, str] = {}


@cache
def decisions() -> tuple[Decisions, ...]:
    """Every decision, in the order of the modifier table.

    >>> [d.rule for d in decisions() if "50" in d.modifiers]
    ['C03']
    """
    text = (resources.files("ratepress.coding") / "modifiers.yaml").read_text("utf-8")
    return msgspec.convert(load_yaml(text), tuple[Decisions, ...])
