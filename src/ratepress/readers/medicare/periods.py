"""Which days a table of Medicare's answers for: from its title, header, rows or name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from ratepress.core.errors import UnreadableInput
from ratepress.readers.base import Tally
from ratepress.readers.medicare.families import QUARTER, Family
from ratepress.readers.medicare.ncci_release import release_of as ncci_release_of
from ratepress.readers.medicare.pfs_release import Release, release_of_name
from ratepress.readers.medicare.sheet import plain_name
from ratepress.readers.source import Source

UNDATED = "undated"
_LETTERS = {"JANUARY": "A", "APRIL": "B", "JULY": "C", "OCTOBER": "D"}
_YEAR = re.compile(r"\b(?:CY|FY|IN) ?(20\d\d)\b|\b(20\d\d) LOCALITIES")
_NAMED_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)|^(\d\d)LOCCO")


class Period(NamedTuple):
    """A release's name and its first and last day; None where nothing states them."""

    release: str
    first: date | None
    last: date | None


def period_of(
    family: Family,
    source: Source,
    preamble: Sequence[Sequence[str]],
    where: dict[str, int],
    rows: Sequence[tuple[str, list[str]]],
    tally: Tally,
) -> Period:
    """The period of a file, as the family states it.

    A name decides only where the content states nothing (F310), and what neither states is loaded
    without dates (F312), so that it answers for no day. Raises `UnreadableInput` where a title or
    a row that must state it does not.
    """
    text = plain_name(" ".join(" ".join(row) for row in preamble))
    if family.release == "by-row":
        return Period("by row", None, None)
    if family.release in {"title", "title-year", "title-fiscal"} or family.release in {
        "names",
        "wi",
    }:
        found = _from_text(family.release, text)
        if found is not None and re.search(r"\bPROPOSED\b", text):
            tally.problem("F360", "release", "the title", text)
            found = Period(f"{found.release} proposed", None, None)
    elif family.release in {"rows", "rows-quarter", "rows-fiscal"}:
        found = _from_row(family, where, rows)
    elif family.release == "copybook":
        dated = re.search(r"\bEFF DATE\b.*?\b(20\d\d)(0[1-9]|1[0-2])01\b", text)
        found = None if dated is None else fiscal_period(date(int(dated[1]), int(dated[2]), 1))
    elif family.release == "ncci":
        release = ncci_release_of(source, tally)
        return (
            Period(UNDATED, None, None)
            if release is None
            else _quarter(release.year, release.letter)
        )
    elif family.release == UNDATED:
        return Period(UNDATED, None, None)
    elif family.release == "title-name-year" and (dated := re.search(r"\b(20\d\d)\b", text)):
        found = _year(int(dated[1]))
    else:
        return _from_name(family.release, source, tally)
    if found is None:
        raise UnreadableInput(
            f"{source.name}: nothing in it says which period it is for",
            place="the lines above the rows",
            found=text,
            expected="a title with its year, such as CY 2026",
            todo="add the file as CMS publishes it, with its first lines",
        )
    return found


def _from_text(form: str, text: str) -> Period | None:
    if form == "names":
        quarter = QUARTER.search(text)
        return None if quarter is None else _quarter(int(quarter[2]), _LETTERS[quarter[1]])
    if form == "wi":
        named = re.search(r"\bWI(\d\d)\b", text)
        return None if named is None else _year(2000 + int(named[1]))
    match = _YEAR.search(text)
    if match is None:
        return None
    year = int(match[1] or match[2])
    if form == "title-fiscal":
        return fiscal_period(date(year - 1, 10, 1))
    # An addendum of the final rule is that of January; later quarters have files of their own.
    return _year(year) if form == "title-year" else _quarter(year, "A")


def _from_row(
    family: Family, where: dict[str, int], rows: Sequence[tuple[str, list[str]]]
) -> Period | None:
    (column,) = (f.column for f in family.fields if f.kind.startswith("release-"))
    cell = rows[0][1][where[column]].strip() if rows else ""
    if re.fullmatch(r"20\d\d[1-4]", cell, re.ASCII):  # YYYYQ
        return _quarter(int(cell[:4]), "ABCD"[int(cell[4]) - 1])
    if family.release == "rows-fiscal" and re.fullmatch(r"20\d\d(0[1-9]|1[0-2])01", cell, re.ASCII):
        return fiscal_period(date(int(cell[:4]), int(cell[4:6]), 1))
    if re.fullmatch(r"20\d\d(01|04|07|10)01", cell, re.ASCII):
        return _quarter(int(cell[:4]), "ABCD"[(int(cell[4:6]) - 1) // 3])
    return None


def _from_name(form: str, source: Source, tally: Tally) -> Period:
    quarter = release_of_name(source.name) if form != "name-fiscal" else None
    named = _NAMED_YEAR.search(source.name.rsplit("!", 1)[-1].upper())
    tally.problem("F310" if quarter or named else "F312", "release", "the file's name", source.name)
    if quarter is not None and form == "name":
        return Period(quarter.name, quarter.effective_from, quarter.effective_until)
    if quarter is not None:
        return _year(quarter.year)
    if named is None:
        return Period(UNDATED, None, None)
    year = int(named[1] or f"20{named[2]}")
    return fiscal_period(date(year - 1, 10, 1)) if form == "name-fiscal" else _year(year)


def fiscal_period(first: date) -> Period:
    """From `first` to the end of the federal fiscal year that it falls in.

    >>> fiscal_period(date(2025, 10, 1)).release, str(fiscal_period(date(2026, 1, 1)).last)
    ('FY2026', '2026-09-30')
    """
    year = first.year + (first.month >= 10)
    return Period(f"FY{year}", first, date(year, 9, 30))


def _year(year: int) -> Period:
    return Period(str(year), date(year, 1, 1), date(year, 12, 31))


def _quarter(year: int, letter: str) -> Period:
    release = Release(year, letter)
    return Period(release.name, release.effective_from, release.effective_until)
