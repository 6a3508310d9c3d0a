"""Holds a document to the conditions of a schema (shapes.py), one pass, bounded memory.

Nothing is loaded or changed by it: the readers are more lenient than the schema, and what they
make of a fault is counted under rules of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ratepress.readers.base import Tally
from ratepress.readers.payer.shapes import (
    ALTERNATIVES,
    DEMANDED,
    FORM,
    LENGTH,
    MISSING,
    N_ELEMENTS,
    NOT_LISTED,
    RANGE,
    TWICE,
    WRONG_TYPE,
    List,
    Listener,
    Number,
    Object,
    Shape,
    Text,
)
from ratepress.readers.payer.tokens import Token, Tokens
from ratepress.readers.payer.values import is_number, show

TOP = "the top level"
MOST_COUNTED = 10_000


@dataclass(slots=True)
class Counted:
    """How often a value stands in a file, and where first."""

    n: int
    first_place: str


class Conditions:
    """Checks values against shapes, and counts each condition that does not hold.

    >>> tally = Tally()
    >>> Conditions(tally).value("x", Number(), "negotiated_rate", "in_network[0]")
    >>> [(row["rule_id"], row["sample"]) for row in tally.problem_rows()]
    [('F151', 'x')]
    """

    def __init__(self, tally: Tally, listeners: Sequence[Listener] = ()) -> None:
        self._tally = tally
        self._listeners = listeners
        self.counted: dict[str, dict[str, Counted]] = {}
        """By key and value, for the keys that are counted; at most `MOST_COUNTED` values a key."""

    def document(self, tokens: Tokens, shape: Object) -> None:
        """A whole document; raises what `tokens` raises."""
        self._stream(tokens, tokens.first(), shape, TOP, "")
        tokens.finish()

    def _report(self, rule_id: str, subject: str, place: str, sample: str) -> None:
        self._tally.problem(rule_id, subject, place or TOP, sample)

    def _stream(
        self, tokens: Tokens, first: Token, shape: Shape, subject: str, place: str
    ) -> object:
        """Check the value that begins with `first`; give it back, or what stands for it."""
        if isinstance(shape, Object) and shape.is_streamed and first[0] == "start_map":
            return self._stream_object(tokens, shape, place)
        if isinstance(shape, List) and shape.is_streamed and first[0] == "start_array":
            self._stream_list(tokens, shape, subject, place)
            return None
        value = tokens.build(first)
        self.value(value, shape, subject, place)
        return value

    def _stream_object(self, tokens: Tokens, shape: Object, place: str) -> dict[str, Any]:
        held: dict[str, Any] = {}
        for key in tokens.object_keys():
            first = tokens.first()
            known = shape.keys.get(key)
            if known is None:
                tokens.skip(first)
                held[key] = None
                continue
            found = self._stream(tokens, first, known, key, f"{place}.{key}" if place else key)
            held[key] = found if isinstance(found, str) or is_number(found) else None
        self._conditions(held, shape, place)
        return held

    def _stream_list(self, tokens: Tokens, shape: List, subject: str, place: str) -> None:
        n = 0
        seen: set[object] = set()
        for first in tokens.elements():
            at = f"{place}[{n}]"
            value = self._stream(tokens, first, shape.of, subject, at)
            if shape.is_distinct:
                # A hash, not the value: an index has thousands of long structures.
                self._distinct(hash(identity(value)), seen, value, subject, at)
            n += 1
        if n < shape.least:
            self._report(N_ELEMENTS, subject, place, "an empty array")

    def value(self, value: Any, shape: Shape, subject: str, place: str) -> None:
        """A value that is held whole."""
        if isinstance(shape, Text):
            self._text(value, shape, subject, place)
        elif isinstance(shape, Number):
            self._number(value, shape, subject, place)
        elif isinstance(shape, List):
            self._list(value, shape, subject, place)
        elif not isinstance(value, dict):
            self._report(WRONG_TYPE, subject, place, show(value))
        else:
            for key, found in value.items():
                known = shape.keys.get(key)
                if known is not None:
                    # Only what holds objects has a place of its own; a text is named by its key.
                    is_deep = isinstance(found, dict | list) and _holds_objects(known)
                    self.value(found, known, key, f"{place}.{key}" if is_deep else place)
            self._conditions(value, shape, place)

    def _text(self, value: Any, shape: Text, subject: str, place: str) -> None:
        if shape.is_counted and isinstance(value, str):
            self._count(value, subject, place)
        if shape.words is not None:
            if not isinstance(value, str) or value not in shape.words:
                self._report(NOT_LISTED, subject, place, show(value))
        elif not isinstance(value, str):
            self._report(WRONG_TYPE, subject, place, show(value))
        elif len(value) < shape.least or (shape.most is not None and len(value) > shape.most):
            self._report(LENGTH, subject, place, value)
        elif shape.form is not None and not shape.form.search(value):
            self._report(FORM, subject, place, value)

    def _count(self, value: str, subject: str, place: str) -> None:
        values = self.counted.setdefault(subject, {})
        if value in values:
            values[value].n += 1
        elif len(values) < MOST_COUNTED:
            values[value] = Counted(1, place)

    def _number(self, value: Any, shape: Number, subject: str, place: str) -> None:
        if not is_number(value):
            self._report(WRONG_TYPE, subject, place, show(value))
            return
        number = Decimal(value)
        if shape.is_whole and number != number.to_integral_value():
            self._report(WRONG_TYPE, subject, place, show(value))
        elif (
            (shape.above is not None and number <= shape.above)
            or (shape.least is not None and number < shape.least)
            or (shape.most is not None and number > shape.most)
        ):
            self._report(RANGE, subject, place, show(value))

    def _list(self, value: Any, shape: List, subject: str, place: str) -> None:
        if not isinstance(value, list):
            self._report(WRONG_TYPE, subject, place, show(value))
            return
        if len(value) < shape.least:
            self._report(N_ELEMENTS, subject, place, "an empty array")
        if shape.alone is not None and _holds(value, shape.alone):
            if len(value) > 1:
                self._report(ALTERNATIVES, subject, place, f"{shape.alone} among {len(value)}")
            return
        is_deep = isinstance(shape.of, Object)
        for position, element in enumerate(value):
            self.value(element, shape.of, subject, f"{place}[{position}]" if is_deep else place)
        if shape.is_distinct and len(value) > 1:
            seen: set[object] = set()
            for element in value:
                self._distinct(identity(element), seen, element, subject, place)

    def _distinct(
        self, key: object, seen: set[object], value: Any, subject: str, place: str
    ) -> None:
        if key in seen:
            self._report(TWICE, subject, place, show(value))
        seen.add(key)

    def _conditions(self, held: dict[str, Any], shape: Object, place: str) -> None:
        for key in shape.required:
            if key not in held:
                self._report(MISSING, key, place, "absent")
        if shape.one_of and sum(key in held for key in shape.one_of) != 1:
            n = sum(key in held for key in shape.one_of)
            words = "none" if n == 0 else "both"
            self._report(ALTERNATIVES, " or ".join(shape.one_of), place, words)
        if shape.any_of and not any(key in held for key in shape.any_of):
            self._report(ALTERNATIVES, " or ".join(shape.any_of), place, "none")
        for condition, needs in shape.demands.items():
            if _applies(condition, held):
                for key in needs:
                    if key not in held:
                        name = condition if isinstance(condition, str) else " ".join(condition)
                        self._report(DEMANDED, key, place, f"absent beside {name}")
        self._variant(held, shape, place)
        if shape.watch is not None:
            shape.watch(held, place, self._report)
        if shape.role:
            for listener in self._listeners:
                listener(shape.role, held, place)

    def _variant(self, held: dict[str, Any], shape: Object, place: str) -> None:
        if shape.variants is None:
            return
        key, variants = shape.variants
        value = held.get(key)
        found = variants.get(value) if isinstance(value, str) else None
        if found is not None:
            for name, known in found.keys.items():
                if isinstance(held.get(name), str):
                    self.value(held[name], known, name, place)
            for name in found.required:
                if name not in held:
                    self._report(DEMANDED, name, place, f"absent beside {key} {value}")
        elif isinstance(value, str):
            self._report(NOT_LISTED, key, place, value)


def _holds_objects(shape: Shape) -> bool:
    return isinstance(shape, Object) or (isinstance(shape, List) and isinstance(shape.of, Object))


def _holds(members: list[Any], wanted: object) -> bool:
    # `0 in [False]` is true.
    return any(member == wanted and not isinstance(member, bool) for member in members)


def _applies(condition: str | tuple[str, str], held: dict[str, Any]) -> bool:
    if isinstance(condition, str):
        return condition in held
    return held.get(condition[0]) == condition[1]


def identity(value: Any) -> object:
    """What two JSON values have in common where they are equal: 1 is 1.0 and is not true.

    >>> identity({"a": [1, True]}) == identity({"a": [Decimal("1.0"), True]})
    True
    >>> identity(1) == identity(True)
    False
    """
    if isinstance(value, dict):
        return frozenset((key, identity(member)) for key, member in value.items())
    if isinstance(value, list):
        return tuple(identity(member) for member in value)
    return ("bool", value) if isinstance(value, bool) else value
