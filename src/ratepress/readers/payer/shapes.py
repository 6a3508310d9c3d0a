"""The conditions that a JSON document can be held to, as values: what a schema is made of.

A condition is one of ten kinds, each with a rule of its own (F150 to F159), so that a report says
which promise of the schema was broken. The CMS schemas in these terms: schemas.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

MISSING, WRONG_TYPE, NOT_LISTED, LENGTH, FORM = "F150", "F151", "F152", "F153", "F154"
RANGE, N_ELEMENTS, TWICE, ALTERNATIVES, DEMANDED = "F155", "F156", "F157", "F158", "F159"

Report = Callable[[str, str, str, str], None]
"""Called with rule id, subject, place and sample."""
Watch = Callable[[dict[str, Any], str, Report], None]
"""Looks at one object, with its place, for what no schema can state."""
Role = Literal["", "item", "rate"]
"""What an object is to those who listen to a whole file: an item, or a rate under it."""
Listener = Callable[[Role, dict[str, Any], str], None]
"""Hears each object that has a role, with its place; an item after its rates."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text: one of `words`, or of a length, and found by `form` where there is one.

    `is_counted`: how often each value stands in the file is counted, for what only all of them say.
    """

    words: frozenset[str] | None = None
    least: int = 0
    most: int | None = None
    form: re.Pattern[str] | None = None
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number, whole where it must be, within its bounds; `above` is no part of the range."""

    is_whole: bool = False
    above: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class List:
    """An array. `is_streamed`: its elements are read one by one and never held together.

    `alone` is an element that may stand in an array only by itself (CSTM-00, NPI 0).
    """

    of: Shape
    least: int = 0
    is_distinct: bool = False
    is_streamed: bool = False
    alone: object = None


@dataclass(frozen=True, slots=True)
class Object:
    """An object. Keys that are not named are allowed, as in the schemas.

    `one_of` and `any_of` are keys of which exactly one, or at least one, must stand there.
    `demands` maps a key, or a key and its value, to the keys that must then stand there too.
    `variants` names a key and, for each of its values, further conditions; no other value may
    stand there.
    """

    keys: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    demands: Mapping[str | tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    variants: tuple[str, Mapping[str, Object]] | None = None
    is_streamed: bool = False
    watch: Watch | None = None
    role: Role = ""


Shape = Text | Number | List | Object
