"""What was found against a template: each finding with its place, and all of them counted.

Memory does not grow with the findings: they are counted by rule and subject, and each is handed
on once where somebody asks for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from ratepress.readers.hospital.conformance.template import Version, rules_of

SAMPLE_LIMIT = 200
MOST_SUBJECTS = 10_000
Mask = npt.NDArray[np.bool_]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One fault: the rule, where it stands, what was met and what was expected.

    `place` is `row 812` of a CSV or the path of an object in JSON; `cell` is the cell as a
    spreadsheet names it (`K812`), None in JSON and where a whole row or column is meant.
    `column` is the header as published, or the key. `value` is empty where nothing stands.
    """

    rule_id: str
    subject: str
    place: str
    cell: str | None = None
    column: str | None = None
    value: str = ""
    expected: str


@dataclass(slots=True)
class Counted:
    """One kind of finding: how many there are, and the first of them."""

    count: int
    first: Finding


@dataclass(frozen=True, slots=True)
class Rows:
    """Some data rows of a CSV: their numbers, and their cells by column."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]


class Findings:
    """Counts findings against the template of `version`; rules that do not hold for it are passed.

    `each`, where given, is called with every finding in the order they are met.

    >>> found = Findings((2, 0, 0))
    >>> found.add("F443", "affirmation", "row 2", value="false", expected="true")
    >>> found.add("F422", "payer_name", "row 4", expected="a charge")  # Not before 3.0.
    >>> [(rule, one.count) for (rule, _), one in found.counted.items()]
    [('F443', 1)]
    """

    def __init__(self, version: Version, each: Callable[[Finding], None] | None = None) -> None:
        self.version = version
        self.active = rules_of(version)
        self.counted: dict[tuple[str, str], Counted] = {}
        self._each = each

    def add(
        self,
        rule_id: str,
        subject: str,
        place: str,
        *,
        cell: str | None = None,
        column: str | None = None,
        value: str = "",
        expected: str,
    ) -> None:
        """One finding."""
        if rule_id not in self.active:
            return
        had = self.counted.get((rule_id, subject))
        if had is not None and self._each is None:
            had.count += 1
            return
        finding = Finding(
            rule_id=rule_id,
            subject=subject,
            place=place,
            cell=cell,
            column=column if column is None else column[:SAMPLE_LIMIT],
            value=value[:SAMPLE_LIMIT],
            expected=expected,
        )
        self._keep(finding)
        if self._each is not None:
            self._each(finding)

    def many(
        self,
        rule_id: str,
        subject: str,
        rows: Rows,
        is_met: Mask,
        *,
        position: int | None,
        column: str | None,
        expected: str,
    ) -> None:
        """One finding for each row of `is_met`, in the cell at `position` of that row."""
        if rule_id not in self.active:
            return
        places = np.flatnonzero(is_met)
        if not len(places):
            return
        had = self.counted.get((rule_id, subject))
        if self._each is None:
            if had is not None:
                had.count += len(places)
                return
            first = next(_of_rows(rule_id, subject, rows, places[:1], position, column, expected))
            self._keep(first, len(places))
            return
        for finding in _of_rows(rule_id, subject, rows, places, position, column, expected):
            self._keep(finding)
            self._each(finding)

    def _keep(self, finding: Finding, times: int = 1) -> None:
        key = finding.rule_id, finding.subject
        if key not in self.counted and len(self.counted) >= MOST_SUBJECTS:
            # A hostile header of a million columns must not fill the memory.
            key = finding.rule_id, "(others)"
        if key in self.counted:
            self.counted[key].count += times
        else:
            self.counted[key] = Counted(times, finding)


def _of_rows(
    rule_id: str,
    subject: str,
    rows: Rows,
    places: npt.NDArray[np.intp],
    position: int | None,
    column: str | None,
    expected: str,
) -> Iterator[Finding]:
    letters = None if position is None else column_letters(position)
    for at in places.tolist():
        number = rows.numbers[at]
        yield Finding(
            rule_id=rule_id,
            subject=subject,
            place=f"row {number}",
            cell=None if letters is None else f"{letters}{number}",
            column=column if column is None else column[:SAMPLE_LIMIT],
            value="" if position is None else rows.columns[position][at].strip()[:SAMPLE_LIMIT],
            expected=expected,
        )


def column_letters(position: int) -> str:
    """A column as a spreadsheet names it, counted from 0.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    letters = ""
    while position >= 0:
        letters = chr(ord("A") + position % 26) + letters
        position = position // 26 - 1
    return letters
