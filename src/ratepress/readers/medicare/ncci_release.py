"""Release and setting of NCCI's files: their content states neither, so the name they go by does.

CMS names version 32.2 of the practitioner edits `ccipra-v322r0-f1`, that of hospitals `ccioph`;
the version is the year since 1994 and, from 0, the quarter. MUE files say `Eff_04-01-2026`.
"""

from __future__ import annotations

import re

from ratepress.readers.base import Tally
from ratepress.readers.medicare.pfs_release import Release
from ratepress.readers.source import Source

UNKNOWN = "unknown"
_FIRST_VERSION_YEAR = 1994
_VERSION = re.compile(r"(?<![A-Z0-9])V(\d\d)([0-3])R\d")
_QUARTER = re.compile(r"(?<!\d)(20\d\d)[ _-]?Q([1-4])(?!\d)")
_EFFECTIVE = re.compile(r"EFF[ _-]*(\d\d)[-_]\d\d[-_](20\d\d)")
_SETTINGS = {
    "practitioner": re.compile(r"CCIPRA|PRACTITIONER|(?<![A-Z])PRAC?(?![A-Z])"),
    "outpatient": re.compile(r"CCIOPH|OUTPATIENT|HOSPITAL|(?<![A-Z])(OUT|OPH)(?![A-Z])"),
}


def ptp_version(setting: str, *, is_dated: bool) -> str:
    """What the manifest says of a file of PTP edits.

    >>> ptp_version("practitioner", is_dated=True)
    'NCCI PTP practitioner, dated'
    """
    return f"NCCI PTP {setting}, {'dated' if is_dated else 'without dates'}"


PTP_VERSIONS = {
    ptp_version(setting, is_dated=is_dated): (setting, is_dated)
    for setting in (*_SETTINGS, UNKNOWN)
    for is_dated in (True, False)
}
"""Setting, and whether the edits have dates, by what the manifest says of their file."""


def ncci_release(name: str) -> Release | None:
    """The quarterly release that a file's name states; None where it states none.

    >>> ncci_release("ccipra-v322r0-f1.txt").name, ncci_release("edits.csv")
    ('2026C', None)
    >>> ncci_release("MCR_MUE_PractitionerServices_Eff_04-01-2026.csv").name
    '2026B'
    """
    text = name.upper()
    version = _VERSION.search(text)
    if version is not None:
        return Release(_FIRST_VERSION_YEAR + int(version[1]), "ABCD"[int(version[2])])
    quarter = _QUARTER.search(text)
    if quarter is not None:
        return Release(int(quarter[1]), "ABCD"[int(quarter[2]) - 1])
    effective = _EFFECTIVE.search(text)
    if effective is None or not 1 <= int(effective[1]) <= 12:
        return None
    return Release(int(effective[2]), "ABCD"[(int(effective[1]) - 1) // 3])


def setting_of(source: Source, tally: Tally) -> str:
    """Whose claims a file of PTP edits is for, from its name (F313); `unknown` is F314."""
    for name in names_of(source):
        found = [s for s, pattern in _SETTINGS.items() if pattern.search(name.upper())]
        if len(found) == 1:
            tally.problem("F313", "setting", "the file's name", name)
            return found[0]
    tally.problem("F314", "setting", "the file's name", source.name)
    return UNKNOWN


def release_of(source: Source, tally: Tally) -> Release | None:
    """The release that a source's name states (F310); None, counted under F312, where none does."""
    for name in names_of(source):
        found = ncci_release(name)
        if found is not None:
            tally.problem("F310", "release", "the file's name", name)
            return found
    tally.problem("F312", "release", "the file's name", source.name)
    return None


def names_of(source: Source) -> tuple[str, ...]:
    """The names a source goes by, that of the one file in its archive first."""
    inside = source.members[0].name if len(source.members) == 1 else None
    own = source.name.rpartition("!")[2]
    return (own, source.name) if inside is None else (inside, source.name)
