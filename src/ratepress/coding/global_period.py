"""The global package of a code: its days, what is paid in the fee, and what opens it.

Rules C40 to C42; the words stand in `global_period.yaml`.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from importlib import resources

import msgspec

from ratepress.coding.effects import share_words
from ratepress.coding.register import register
from ratepress.coding.subject import Subject
from ratepress.core.facts import SourceRef
from ratepress.core.rules import rule
from ratepress.core.yaml_text import load_yaml

_SHARES = {
    "preoperative_share": "care before",
    "intraoperative_share": "care during",
    "postoperative_share": "care after",
}


class Opening(msgspec.Struct, frozen=True):
    """A modifier of another line that takes it out of the package: what it says, and on what."""

    modifier: str
    meaning: str
    when: str


class GlobalPeriod(msgspec.Struct, frozen=True):
    """The package of one code, done on `on`.

    `first_on` and `last_on` are its first and last day; None where the period has no days of its
    own. `shares` are parts of the fee in words, `care before` and so on, where the release states
    them. `included` is paid in the fee, `apart` is not.
    """

    value: str
    label: str
    on: date
    first_on: date | None
    last_on: date | None
    n_days: int | None
    shares: dict[str, str]
    included: tuple[str, ...]
    apart: tuple[str, ...]
    opened_by: tuple[Opening, ...]
    source: SourceRef
    rules: tuple[str, ...]


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    included: tuple[str, ...]
    apart: tuple[str, ...]
    opened_by: dict[str, str]
    before: int | None = None
    after: int | None = None


@cache
def _words() -> dict[str, _Words]:
    text = (resources.files("ratepress.coding") / "global_period.yaml").read_text("utf-8")
    return msgspec.convert(load_yaml(text), dict[str, _Words])


_UNKNOWN = _Words("a value that the record layout does not have", (), (), {})


def global_period(subject: Subject) -> GlobalPeriod:
    """The global package of a code on its day; without words where the value is not documented.

    >>> sorted(_words())
    ['000', '010', '090', 'MMM', 'XXX', 'YYY', 'ZZZ']
    """
    row = subject.base
    found = _words().get(row.global_days, _UNKNOWN)
    first = last = n_days = None
    if found.before is not None and found.after is not None:
        first = subject.on - timedelta(days=found.before)
        last = subject.on + timedelta(days=found.after)
        n_days = (last - first).days + 1
    shares = {words: getattr(row, column) for column, words in _SHARES.items()}
    return GlobalPeriod(
        row.global_days,
        found.label,
        subject.on,
        first,
        last,
        n_days,
        {words: share_words(share) for words, share in shares.items() if share},
        found.included,
        found.apart,
        tuple(
            Opening(modifier, register()[modifier].meaning, when)
            for modifier, when in found.opened_by.items()
        ),
        subject.answer.source(row.place),
        ("C40", "C41", "C42", *subject.answer.rules),
    )


def manual() -> SourceRef:
    """The section of the manual that the words come from."""
    cited = rule("C41").source
    return SourceRef(cited.title, link=cited.link)
