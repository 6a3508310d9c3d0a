"""What kind of service, and which part of the body, the number of a code says.

The ranges stand in `ranges.yaml`. Rules C36 (kinds) and C37 (parts of the body).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

import msgspec

from ratepress.core.yaml_text import load_yaml


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes from `first` to `last`, both included, of one letter place; `label` in our words.

    `kind` stands in ranges of kinds. A range of a part of the body that is not `sure` names none.
    """

    first: str
    last: str
    label: str
    kind: str = ""
    sure: bool = True

    def holds(self, code: str) -> bool:
        """Whether the code is in the range: letters at the same places, digits in between."""
        return self.first <= code <= self.last and _letters(code) == _letters(self.first)

    @property
    def words(self) -> str:
        """The range as a reader sees it."""
        numbers = self.first if self.first == self.last else f"{self.first} to {self.last}"
        return f"{self.label} ({numbers})"


class _Ranges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kinds: tuple[Range, ...]
    areas: dict[str, tuple[Range, ...]]


def _letters(code: str) -> str:
    return "".join("9" if place.isdigit() else place for place in code)


@cache
def _read() -> _Ranges:
    text = (resources.files("ratepress.coding") / "ranges.yaml").read_text("utf-8")
    return msgspec.convert(load_yaml(text), _Ranges)


@lru_cache(1 << 16)
def kind_of(code: str) -> Range | None:
    """The range of kinds that holds a code; None where its number says no kind.

    >>> kind_of("32557").kind, kind_of("99213").kind, kind_of("0236T")
    ('surgery', 'visit', None)
    """
    return _first(_read().kinds, code)


def area_of(code: str, area: str) -> Range | None:
    """The range of `fingers`, `toes`, `eyelids`, `coronaries` or `ct` that holds a code.

    >>> area_of("67700", "eyelids").label, area_of("32557", "eyelids")
    ('eyelids', None)
    """
    return _first(_read().areas[area], code)


def _first(ranges: Sequence[Range], code: str) -> Range | None:
    return next((one for one in ranges if one.holds(code)), None)
