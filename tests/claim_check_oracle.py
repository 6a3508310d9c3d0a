"""A plain check of claim lines, in Python, written from the rules C62 to C86 and not from the SQL.

Claims are looked at line by line and pair by pair. What a form is (P15), what a modifier's verdict
is (C02 to C39) and what is invalid for repricing are given; everything else is worked out here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

VISIT = "99213"
PLACES = {"LT", "RT", "E1", "F1", "TA", "LC"}
SEPARATING = {"59", "XE", "XS", "XP", "XU", "24", "25", "27", "57", "58", "78", "79", "91"}
ROLES = {"62", "66", "80", "81", "82", "AS"}
STATUS = {
    "B": "status-bundled", "P": "status-bundled", "N": "status-not-covered",
    "E": "status-elsewhere", "X": "status-elsewhere", "D": "status-deleted",
    "F": "status-deleted", "H": "status-deleted", "G": "status-other-code",
    "I": "status-other-code", "M": "status-reporting", "Q": "status-reporting",
}  # fmt: skip
DENIES = {
    "malformed", "code-unknown", "modifier-not-allowed", "role-not-paid", "status-bundled",
    "status-not-covered", "status-deleted", "status-other-code", "status-reporting",
}  # fmt: skip


@dataclass
class Document:
    """One version of a coverage document: by diagnosis, whether it has a mark in every group."""

    number: str
    version: int
    codes: frozenset[str]
    first: date
    last: date
    covered: Mapping[str, bool]
    excluded: frozenset[str]
    states: frozenset[str] = frozenset()


@dataclass
class Reference:
    """What is loaded: fee schedule rows of 2026, edits, units, add-ons; and what is given."""

    codes: Mapping[str, Mapping[str, str]]
    edits: Mapping[str, Sequence[tuple[str, str, date | None, date | None, str]]]
    mue: Mapping[str, Mapping[str, tuple[int, str]]]
    add_ons: Sequence[tuple[str, str, str]]
    other_codes: frozenset[str]
    verdict: Callable[[str, str, date], str | None]
    sites: Mapping[str, str]
    mue_since: date
    add_ons_since: date
    """First days of releases without dates, which answer for no day before (rule C60)."""
    documents: Sequence[Document] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    """The state of each locality."""


@dataclass
class Line:
    number: int
    kind: str
    on: date
    code: str
    modifiers: frozenset[str]
    units: int
    pos: str
    patient: str
    npi: str
    claim: str
    diagnoses: tuple[str, ...]
    locality: str
    found: set[tuple[str, int | None]] = field(default_factory=set)

    @property
    def setting(self) -> str:
        return "outpatient" if self.kind == "outpatient" else "practitioner"

    @property
    def part(self) -> str:
        return "26" if "26" in self.modifiers else "TC" if "TC" in self.modifiers else ""

    @property
    def places(self) -> set[str]:
        both = {"LT", "RT"} if "50" in self.modifiers else set()
        return (self.modifiers & PLACES) | both

    @property
    def is_both(self) -> bool:
        return "50" in self.modifiers or {"LT", "RT"} <= self.modifiers

    @property
    def side(self) -> str:
        if self.is_both:
            return ""
        return next((s for s in ("LT", "RT") if s in self.modifiers), "")

    @property
    def together(self) -> tuple[str, ...]:
        if not self.patient:
            return (self.setting, "claim", self.claim, str(self.on))
        who = ("npi", self.npi) if self.npi else ("claim", self.claim)
        return (self.setting, "patient", self.patient, *who, str(self.on))


def check(
    reference: Reference, lines: Sequence[Mapping[str, str]], problems: Sequence[str | None]
) -> list[set[tuple[str, int | None]]]:
    """For each line the cases found, each with the number of the other line, from 1, or None."""
    read = [
        None if problem else _read(number, line)
        for number, (line, problem) in enumerate(zip(lines, problems, strict=True), start=1)
    ]
    known = [one for one in read if one is not None and one.kind != "inpatient"]
    for one in known:
        _alone(reference, one)
        _diagnosed(reference, one)
    standing = [one for one in known if not {case for case, _ in one.found} & DENIES]
    for one in standing:
        same_day = [o for o in standing if o.together == one.together]
        _units(reference, one, same_day)
        _bundled(reference, one, same_day)
        if one.setting == "practitioner" and one.on >= reference.add_ons_since:
            _added_on(reference, one, same_day)
        _repeated(reference, one, same_day)
        _in_package(reference, one, standing)
    return [
        {("malformed", None)} if problem else one.found if one is not None else set()
        for one, problem in zip(read, problems, strict=True)
    ]


def _read(number: int, line: Mapping[str, str]) -> Line:
    return Line(
        number,
        line.get("claim_type") or "professional",
        date.fromisoformat(line["date"]),
        line["code"].upper(),
        frozenset(line["modifiers"].upper().split()),
        int(line["units"].split(".")[0]),
        line["pos"].rjust(2, "0"),
        line.get("patient") or "",
        line.get("npi") or "",
        line["claim_id"],
        tuple(re.findall(r"[^\s,;|]+", (line.get("diagnoses") or "").upper())),
        line.get("locality") or "",
    )


def _alone(reference: Reference, one: Line) -> None:
    if "50" in one.modifiers and one.units > 1:
        one.found.add(("both-sides-units", None))
    if one.on.year != 2026:  # No release of the fee schedule answers.
        return
    row = reference.codes.get(one.code)
    if row is None:
        if one.code not in reference.other_codes:
            one.found.add(("code-not-found", None))  # The release is too short to deny by.
        return
    if one.kind != "professional":
        return
    for modifier in one.modifiers:
        word = reference.verdict(one.code, modifier, one.on)
        if word is None:
            one.found.add(("modifier-unknown", None))
        elif word == "not allowed":
            case = "role-not-paid" if modifier in ROLES else "modifier-not-allowed"
            one.found.add((case, None))
        elif word == "conditional" and modifier in ROLES:
            one.found.add(("role-documented", None))
    if row["status"] in STATUS:
        one.found.add((STATUS[row["status"]], None))
    na = row.get("na " + one.part, "")
    if na and reference.sites.get(one.pos) == na:
        one.found.add(("place-na", None))


def _diagnosed(reference: Reference, one: Line) -> None:
    good = {d.replace(".", "") for d in one.diagnoses if _is_diagnosis(d)}
    if any(not _is_diagnosis(d) for d in one.diagnoses):
        one.found.add(("diagnosis-malformed", None))
    if not good:
        return
    for number in {d.number for d in reference.documents}:
        in_force = [
            d for d in reference.documents if d.number == number and d.first <= one.on <= d.last
        ]
        if not in_force:
            continue
        document = max(in_force, key=lambda d: d.version)
        state = reference.states.get(one.locality)
        if one.code not in document.codes:
            continue
        if state and document.states and state not in document.states:
            continue
        supporting = good & set(document.covered) - document.excluded
        if supporting:
            if all(document.covered[d] for d in supporting):
                one.found.add(("diagnosis-conditional", None))
        elif good & document.excluded:
            one.found.add(("diagnosis-excluded", None))
        elif document.covered:
            one.found.add(("diagnosis-not-listed", None))


def _is_diagnosis(word: str) -> bool:
    return re.fullmatch(r"[A-Z]\d\w|[A-Z]\d\w\.?[A-Z0-9]{1,4}", word, re.ASCII) is not None


def _units(reference: Reference, one: Line, same_day: list[Line]) -> None:
    limit = reference.mue.get(one.setting, {}).get(one.code)
    if limit is None or one.on < reference.mue_since:
        return
    most, by_what = limit
    if by_what == "1":
        if one.units > most:
            one.found.add(("units-line", None))
        return
    roles = {"80", "81", "82", "AS"}
    same = [
        o for o in same_day
        if o.code == one.code and bool(o.modifiers & roles) == bool(one.modifiers & roles)
    ]  # fmt: skip

    def sums(line: Line, until: int) -> int:
        counted = [o for o in same if o.number <= until]
        professional = sum(o.units for o in counted if o.part != "TC")
        technical = sum(o.units for o in counted if o.part != "26")
        return max(professional if line.part != "TC" else 0, technical if line.part != "26" else 0)

    name = "units-policy" if by_what == "2" else "units-clinical"
    last = max(o.number for o in same)
    if sums(one, last) <= most:
        return
    if sums(one, one.number) > most:
        one.found.add((name, None))
    else:
        crossing = [o.number for o in same if sums(o, last) > most and sums(o, o.number) > most]
        one.found.add((f"{name}-day", min(crossing) if crossing else None))


def _bundled(reference: Reference, one: Line, same_day: list[Line]) -> None:
    cases: dict[str, int] = {}
    for code in {o.code for o in same_day} - {one.code}:
        indicators = [
            (start or date.min, indicator)
            for first, second, start, end, indicator in reference.edits.get(one.setting, ())
            if (first, second) == (code, one.code)
            and indicator != "9"
            and (start is None or (start <= one.on and (end is None or (one.on <= end > start))))
        ]
        if not indicators:
            continue
        partners = [o for o in same_day if o.code == code]
        case = _bypass(max(indicators)[1], one, partners)
        number = min(o.number for o in partners)
        cases[case] = min(cases.get(case, number), number)
    one.found |= set(cases.items())


def _bypass(indicator: str, one: Line, partners: list[Line]) -> str:
    if indicator == "0":
        return "ptp-never"
    if any(line.modifiers & SEPARATING for line in (one, *partners)):
        return "ptp-bypassed"
    mine, theirs = one.places, set().union(*(o.places for o in partners))
    if mine and theirs:
        return "ptp-same-place" if mine & theirs else "ptp-bypassed"
    if mine:
        return "ptp-one-place"
    return "ptp-open-visit" if one.code == VISIT else "ptp-open"


def _added_on(reference: Reference, one: Line, same_day: list[Line]) -> None:
    links = [(primary, kind) for add_on, primary, kind in reference.add_ons if add_on == one.code]
    if not links or {primary for primary, _ in links} & {o.code for o in same_day}:
        return
    all_add_ons = {add_on for add_on, _, _ in reference.add_ons}
    others = [o.number for o in same_day if o.code not in all_add_ons]
    if any(kind in "23" for _, kind in links) and others:
        one.found.add(("add-on-contractor", min(others)))
    else:
        one.found.add(("add-on-alone", None))


def _repeated(reference: Reference, one: Line, same_day: list[Line]) -> None:
    same = [o for o in same_day if o.code == one.code]
    repeats = {"76", "77", "91"}
    alike = [
        o.number for o in same
        if (o.modifiers, o.units, o.pos) == (one.modifiers, one.units, one.pos)
    ]  # fmt: skip
    if not one.modifiers & repeats and min(alike) < one.number:
        one.found.add(("duplicate", min(alike)))
    if "76" in one.modifiers and all("76" in o.modifiers for o in same):
        one.found.add(("repeat-without-first", None))
    whole = [o.number for o in same if not o.modifiers & {"26", "TC", "53"}]
    if one.part and whole:
        one.found.add(("part-beside-whole", min(whole)))
    both = [o.number for o in same if o.is_both]
    if one.side and both:
        one.found.add(("side-in-both", min(both)))
    opposite = [o.number for o in same if {one.side, o.side} == {"LT", "RT"}]
    bilateral = reference.codes.get(one.code, {}).get("bilateral") if one.on.year == 2026 else None
    if bilateral in ("0", "2") and opposite and min(opposite) < one.number:
        one.found.add(("sides-paid-once", min(opposite)))


def _is_operation(reference: Reference, one: Line) -> bool:
    row = reference.codes.get(one.code, {})
    return (
        row.get("global") in ("000", "010", "090")
        and one.on.year == 2026
        and one.code != VISIT
        and not one.modifiers & {"80", "81", "82", "AS", "55", "56"}
    )


def _in_package(reference: Reference, one: Line, standing: list[Line]) -> None:
    if not one.patient or one.kind != "professional":
        return
    operations = [
        o for o in standing
        if o.kind == "professional" and (o.patient, o.npi) == (one.patient, one.npi)
        and _is_operation(reference, o)
    ]  # fmt: skip
    cases: dict[str, list[int]] = {}
    latest: dict[str, date] = {}
    for o in operations:
        days = reference.codes[o.code]["global"]
        if one.code == VISIT:
            if days != "090" and o.on == one.on and "25" not in one.modifiers:
                cases.setdefault("global-day", []).append(o.number)
            decides = days == "090" and o.on - one.on in (timedelta(0), timedelta(1))
            if decides and "57" not in one.modifiers:
                case = "global-decision-25" if "25" in one.modifiers else "global-decision"
                cases.setdefault(case, []).append(o.number)
        if days in ("010", "090") and o.on < one.on:
            latest[days] = max(latest.get(days, o.on), o.on)
    # Of each length the last operation before the day decides.
    for days, done_on in latest.items():
        if (one.on - done_on).days > int(days):
            continue
        numbers = [
            o.number for o in operations
            if o.on == done_on and reference.codes[o.code]["global"] == days
        ]  # fmt: skip
        if one.code == VISIT and "24" not in one.modifiers:
            cases.setdefault("global-after", []).append(min(numbers))
        if _is_operation(reference, one) and not one.modifiers & {"58", "78", "79"}:
            cases.setdefault("global-procedure", []).append(min(numbers))
    one.found |= {(case, min(numbers)) for case, numbers in cases.items()}
