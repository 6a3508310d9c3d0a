"""ICD-10-CM code lists: CMS's `icd10cm_order` and `icd10cm_codes` texts, and a CSV of both columns.

The order file has a number at 1-5, the code without its point at 7-13, at 15 whether it is billable
(1) or a category (0), a short title at 17-76 and the long one from 78. The codes file has the code
at 1-7 and its title from 9. Neither states its fiscal year: the file's name does.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from ratepress.codes.diagnoses import Icd10Cm
from ratepress.core.rules import rule
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.medicare.periods import UNDATED, Period
from ratepress.readers.medicare.sheet import head_rows, open_lines, open_rows
from ratepress.readers.source import Source

_ORDER = re.compile(r"[0-9]{5} (?P<code>.{7}) (?P<flag>[01]) .{60} (?P<title>\S.*)", re.ASCII)
_CODES = re.compile(r"(?P<code>[A-Z][0-9][0-9A-Z][0-9A-Z ]{4}) (?P<title>\S.*)")
_BARE = re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}", re.ASCII)
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")


class _Row(NamedTuple):
    place: str
    code: str
    is_billable: bool | None
    title: str


class Icd10CmList:
    r"""Reader of these lists, into `icd10_codes`.

    >>> Icd10CmList().recognise(b"A000    Cholera due to Vibrio cholerae 01, biovar cholerae\n")
    True
    """

    kind = "icd10cm-codes"
    version = "1"
    row_is = "one line of the list that is not blank"

    def recognise(self, head: bytes) -> bool:
        """Whether the first line has one of the three forms."""
        return _form(head) is not None

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every code; F303, F305 and F340 set rows aside; F310, F312 and F343 are the year's.

        Codes are held until the last is read: only then is it known whether they are the year's.
        """
        found: dict[str, _Row] = {}
        with _rows(source, tally) as rows:
            for row in rows:
                tally.read += 1
                diagnosis = Icd10Cm.normalise(row.code)
                if diagnosis is None or diagnosis in found:
                    rule_id = "F303" if diagnosis else "F305" if not row.code else "F340"
                    tally.problem(rule_id, "code", row.place, row.code or row.title)
                    tally.set_aside(rule_id, row.place)
                    continue
                found[diagnosis] = row
        period = _period(source, found.keys(), tally)
        for diagnosis, row in found.items():
            tally.loaded += 1
            out.add(
                "icd10_codes", release=period.release, effective_from=period.first,
                effective_until=period.last, diagnosis=diagnosis,
                is_billable=row.is_billable, description=row.title or None, place=row.place,
            )  # fmt: skip
        return Header(
            publisher="Centers for Medicare & Medicaid Services",
            detected_version=_form(source.head),
            release=period.release,
            effective_from=period.first,
            effective_until=period.last,
        )


def _form(head: bytes) -> str | None:
    line = head.decode("utf-8-sig", "replace").split("\n", 1)[0].rstrip("\r")
    if _ORDER.fullmatch(line) and Icd10Cm.normalise(line[6:13]):
        return "order"
    if _CODES.fullmatch(line) and Icd10Cm.normalise(line[:7]):
        return "codes"
    first = head_rows(head)[:1]
    is_list = bool(first) and len(first[0]) == 2 and _BARE.fullmatch(first[0][0]) is not None
    return "list" if is_list and first[0][1].strip() else None


@contextmanager
def _rows(source: Source, tally: Tally) -> Iterator[Iterator[_Row]]:
    form = _form(source.head)
    if form == "list":
        with open_rows(source, tally) as rows:
            yield (
                _Row(place, row[0].strip() if len(row) == 2 else "", None, row[-1].strip())
                for place, row in rows
                if any(row)
            )
        return
    pattern = _ORDER if form == "order" else _CODES
    with open_lines(source, tally) as lines:
        yield (_cut(pattern, place, line) for place, line in lines if line.strip())


def _cut(pattern: re.Pattern[str], place: str, line: str) -> _Row:
    found = pattern.fullmatch(line.rstrip())
    if found is None:
        return _Row(place, "", None, line)
    parts = found.groupdict()
    is_billable = parts["flag"] == "1" if "flag" in parts else None
    return _Row(place, parts["code"].strip(), is_billable, parts["title"].strip())


def _period(source: Source, codes: Container[str], tally: Tally) -> Period:
    """The fiscal year of the file's name, October of the year before to September.

    A list without the codes that were new in that year is an older one under a newer name (F343).
    """
    named = _YEAR.search(source.name.rsplit("!", 1)[-1])
    tally.problem("F310" if named else "F312", "release", "the file's name", source.name)
    if named is None:
        return Period(UNDATED, None, None)
    year = int(named[1])
    first = rule("F343").parameters.get(f"first_in_{year}")
    if first is not None and first not in codes:
        tally.problem("F343", "release", "the file's name", f"{source.name} has no {first}")
        return Period(UNDATED, None, None)
    return Period(f"FY{year}", date(year - 1, 10, 1), date(year, 9, 30))
