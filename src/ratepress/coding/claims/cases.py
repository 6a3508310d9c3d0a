"""What a check can find, and the numbers that a remittance would name: cases.yaml."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from ratepress.core.yaml_text import load_yaml

Verdict = Literal["deny", "review", "pass"]
"""Worst first: a line is as its worst finding is."""


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a check can find: its rule, its verdict, and the words for it."""

    id: str
    rule: str
    verdict: Verdict
    reason: str
    correction: str
    carc: tuple[str, ...]
    rarc: tuple[str, ...]


class Adjustments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each CARC and RARC means, in our words."""

    carc: dict[str, str]
    rarc: dict[str, str]


@cache
def cases() -> dict[str, Case]:
    """Every case by its id, in the order of the rules.

    >>> cases()["ptp-never"].carc
    ('236',)
    """
    found = msgspec.convert(load_yaml(_text("cases.yaml")), tuple[Case, ...])
    return {case.id: case for case in sorted(found, key=lambda case: (case.rule, case.id))}


@cache
def adjustments() -> Adjustments:
    """The meanings of the numbers that the cases name.

    >>> adjustments().carc["18"]
    'exact repeat of another line'
    """
    return msgspec.convert(load_yaml(_text("adjustments.yaml")), Adjustments)


def _text(name: str) -> str:
    return (resources.files("ratepress.coding.claims") / name).read_text("utf-8")
