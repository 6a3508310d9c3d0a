"""The registry of numbered rules: every judgement ratepress makes has an id, a reason and a source.

The records live as text in `core/rulebook/*.yaml`, one file a family; the docs, `ratepress
explain` and the pages are all printed from them. Families: F file format, Q quality, M market
method, C coding, P Medicare payment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import import_module, resources
from typing import Any

import msgspec

from ratepress.core.errors import UsageError
from ratepress.core.yaml_text import load_yaml

FAMILIES = {
    "F": "File format",
    "Q": "Quality",
    "M": "Market method",
    "C": "Coding",
    "P": "Medicare payment",
}
RULE_ID = re.compile(r"[FQMCP]\d{2,3}\Z")
_SEVERITY = re.compile(r"^- id: (\w+)$|^  severity: (\w+)$", re.MULTILINE)


class RuleSource(msgspec.Struct, frozen=True):
    """The document a rule comes from: its title and section, and where to read it."""

    title: str
    link: str | None = None


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One judgement: what it decides, why, from which source, since when, and what applies it.

    `applied_by` is the dotted name of a function (`package.module:function`) or the path of a
    SQL file inside the package. `strengths` (quality rules) are the ghost-filter strengths at
    which the rule keeps a rate out of the votes. `severity` (file rules) is `error`, `alert`
    or `note`.
    """

    id: str
    name: str
    decides: str
    why: str
    source: RuleSource
    since: date
    applied_by: str
    until: date | None = None
    severity: str | None = None
    strengths: tuple[str, ...] = ()
    parameters: dict[str, str] = {}

    @property
    def family(self) -> str:
        return FAMILIES[self.id[0]]


@cache
def registry() -> dict[str, Rule]:
    """All rules by id, in the order of their ids.

    >>> registry()["M05"].name
    'Percentiles by linear interpolation'
    """
    found: dict[str, Rule] = {}
    for name, text in _texts():
        for record in load_yaml(text):
            rule = msgspec.convert(record, Rule)
            if not RULE_ID.match(rule.id) or rule.id in found:
                raise ValueError(f"{name}: rule id {rule.id!r} is malformed or stands twice")
            found[rule.id] = rule
    return dict(sorted(found.items(), key=lambda one: _by_number(one[0])))


def _by_number(rule_id: str) -> tuple[str, int]:
    """`C9` before `C10`, and `C100` after both."""
    return rule_id[0], int(rule_id[1:])


def _texts() -> Iterator[tuple[str, str]]:
    """The files of the rulebook."""
    folder = resources.files("ratepress.core") / "rulebook"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            yield file.name, file.read_text("utf-8")


@cache
def severities() -> dict[str, str | None]:
    """The severity of each rule, by id; None for those of families that have none.

    Every file that is added asks for it, so it is read off the lines: to parse all records takes
    as long as a small file.

    >>> severities()["F003"], severities()["M05"]
    ('error', None)
    """
    found: dict[str, str | None] = {}
    rule_id = ""
    for _, text in _texts():
        for next_id, severity in _SEVERITY.findall(text):
            rule_id = next_id or rule_id
            found[rule_id] = severity or None
    return found


def rule(rule_id: str) -> Rule:
    """The rule of that id; `UsageError` where there is none, with the ids of its family.

    Where no family has that letter, the families are named.

    >>> rule("Q01").strengths
    ('minimum', 'balanced', 'maximum')
    """
    known = registry()
    wanted = rule_id.strip().upper()
    if wanted in known:
        return known[wanted]
    near = [i for i in known if i[0] == wanted[:1]]
    if near:
        expected, todo = ", ".join(near), "name one of these"
    else:
        expected = "the letter of a family and a number: "
        expected += ", ".join(f"{letter} ({name})" for letter, name in FAMILIES.items())
        todo = "take the id that stands beside a number or a price"
    raise UsageError(f"There is no rule {rule_id!r}", expected=expected, todo=todo)


def resolve_applied_by(applied_by: str) -> Any:
    """The function, or the text of the SQL file, that applies a rule; for the tests and docs."""
    if applied_by.endswith(".sql"):
        package, _, name = applied_by.rpartition("/")
        return (resources.files("ratepress") / package / name).read_text("utf-8")
    module, _, attribute = applied_by.partition(":")
    return getattr(import_module(module), attribute)
