"""Which release a file of the fee schedule is: from its title, or from the name it goes by.

CMS names the files of a release RVUyyX, with X one of A to D for the quarter, and PPRRVUyyyy_Mon.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ratepress.core.errors import UnreadableInput
from ratepress.readers.base import Tally
from ratepress.readers.source import Source

_QUARTERS = {"JAN": "A", "APR": "B", "JUL": "C", "OCT": "D"}
_TITLE = re.compile(
    r"\b(20\d\d) NATIONAL PHYSICIAN FEE SCHEDULE RELATIVE VALUE FILE"
    r" (JANUARY|APRIL|JULY|OCTOBER) RELEASE\b"
)
_RELEASED = re.compile(r"\bRELEASED (\d\d?)/(\d\d?)/(20\d\d)\b")
_NAMED = (
    re.compile(r"RVU(?P<year>\d\d)(?P<letter>[A-D])(?![A-Z0-9])"),
    re.compile(r"(?:PPRRVU|OPPSCAP)_?(?:20)?(?P<year>\d\d)_?(?P<month>JAN|APR|JUL|OCT)"),
)


@dataclass(frozen=True, slots=True)
class Release:
    """A quarterly release: `2026C` is July 2026, in force from July to September."""

    year: int
    letter: str
    released_on: date | None = None

    @property
    def name(self) -> str:
        return f"{self.year}{self.letter}"

    @property
    def effective_from(self) -> date:
        return date(self.year, "ABCD".index(self.letter) * 3 + 1, 1)

    @property
    def effective_until(self) -> date:
        return date(self.year, *((3, 31), (6, 30), (9, 30), (12, 31))["ABCD".index(self.letter)])


def release_of_name(name: str) -> Release | None:
    """The release that a file's name states; None where it states none.

    >>> release_of_name("arkrvu_2020_pprrvu_rvu20d_oct.csv").name
    '2020D'
    >>> release_of_name("PPRRVU2025_Oct.txt").name, release_of_name("pprrvu.csv")
    ('2025D', None)
    """
    for pattern in _NAMED:
        found = pattern.search(name.upper())
        if found is not None:
            parts = found.groupdict()
            letter = parts.get("letter") or _QUARTERS[parts["month"]]
            return Release(2000 + int(parts["year"]), letter)
    return None


def read_release(source: Source, preamble: Sequence[Sequence[str]], tally: Tally) -> Release:
    """The release that the title names, or else the file's name (F310).

    Raises `UnreadableInput` where neither names one (F301).
    """
    text = " ".join(" ".join(" ".join(row).split()) for row in preamble).upper()
    title = _TITLE.search(text)
    if title is None:
        return _from_name(source, text, tally)
    released = _RELEASED.search(text)
    letter = _QUARTERS[title[2][:3]]
    return Release(int(title[1]), letter, _date(released) if released else None)


def _from_name(source: Source, text: str, tally: Tally) -> Release:
    release = release_of_name(source.name)
    if release is None:
        raise UnreadableInput(
            f"{source.name}: the title does not say which release this is",
            place="the lines above HCPCS",
            found=text,
            expected="'2026 National Physician Fee Schedule Relative Value File July Release', or a"
            " file named for its release, RVU20D",
            todo="add the file as CMS publishes it, with its first lines and under its name",
        )
    tally.problem("F310", "release", "the file's name", source.name)
    return release


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError:  # 13/45/2026: the release stands all the same.
        return None
