"""What decides about a modifier: each basis as a function of the code, giving a value and words.

A basis is an indicator of the release's row, or is worked out here. The values are the keys of
the tables in `decisions/`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ratepress.coding.edits import Edits
from ratepress.coding.ranges import area_of, kind_of
from ratepress.coding.subject import Subject, opps_source
from ratepress.core.facts import SourceRef
from ratepress.medicare.indicators import indicators
from ratepress.medicare.rows import RvuRow

NCCI_MANUAL = (
    "https://www.cms.gov/medicare/coding-billing/national-correct-coding-initiative-ncci-edits"
    "/medicare-ncci-policy-manual"
)
_CHAPTERS = SourceRef("NCCI Policy Manual, chapters by number of the code", link=NCCI_MANUAL)
_AREAS = SourceRef("Parts of the body by number of the code", link=NCCI_MANUAL, is_editorial=True)
_OPEN = "a code whose number says no kind of service"
# Status indicators of OPPS, Addendum D1: paid under OPPS or packaged into what is; and procedures.
_OPPS_PAID = frozenset(("G", "H", "J1", "J2", "K", "N", "P", "Q1", "Q2", "Q3", "Q4", "R", "S", "T",
                        "U", "V"))  # fmt: skip
_OPPS_PROCEDURE = frozenset(("J1", "N", "Q1", "Q2", "S", "T"))
_WITH_TECHNICAL_PART = ("1", "3", "4")


class Found(msgspec.Struct, frozen=True):
    """A value of a basis: what decided, in words, and where it stands."""

    value: str
    decided_by: str
    source: SourceRef
    release: str
    substituted: bool = False


Basis = Callable[[Subject], Found]


def find(basis: str, subject: Subject) -> Found:
    """The value of a basis for a code: an indicator of its row, or one of `DERIVED`."""
    if basis in DERIVED:
        return DERIVED[basis](subject)
    row = _deciding_row(basis, subject)
    value = str(getattr(row, basis))
    return _by_row(subject, row, value, f"{indicators()[basis].label} {value}")


def _deciding_row(indicator: str, subject: Subject) -> RvuRow:
    # Laboratory codes have an unmodified row outside the schedule (PC/TC 9) and a 26 row (PC/TC 6).
    if indicator == "pctc_indicator" and "26" in subject.rows:
        return subject.rows["26"]
    return subject.base


def _by_row(subject: Subject, row: RvuRow, value: str, words: str) -> Found:
    answer = subject.answer
    return Found(value, words, answer.source(row.place), answer.release.name, answer.is_substituted)


def _by_number(subject: Subject, value: str, words: str, source: SourceRef = _CHAPTERS) -> Found:
    return Found(value, words, source, subject.answer.release.name)


def _discontinued(subject: Subject) -> Found:
    row = subject.rows.get("53")
    kind = _kind(subject)
    if row is None and kind.value in ("visit", "laboratory", "drug"):
        return msgspec.structs.replace(kind, value="nothing to stop")
    has = "a row" if row else "no row"
    words = f"{has} with modifier 53 in the release"
    return _by_row(subject, row or subject.base, "yes" if row else "no", words)


def _every(subject: Subject) -> Found:
    return _by_number(subject, "every", "the same for every code")


def _kind(subject: Subject) -> Found:
    found = kind_of(subject.code)
    if found is None:
        return _by_number(subject, "other", _OPEN)
    return _by_number(subject, found.kind, found.words)


def _infant(subject: Subject) -> Found:
    found = _kind(subject)
    is_operation = found.value == "surgery" and subject.code >= "20000"
    return msgspec.structs.replace(found, value="surgery" if is_operation else "other")


def _laboratory(subject: Subject) -> Found:
    found = _kind(subject)
    value = {"laboratory": "yes", "other": "maybe"}.get(found.value, "no")
    return msgspec.structs.replace(found, value=value)


def _drug(subject: Subject) -> Found:
    found = _kind(subject)
    is_open = found.value == "other" and subject.code[0] in "ACPQS"
    value = "drug" if found.value == "drug" else "maybe" if is_open else "other"
    return msgspec.structs.replace(found, value=value)


def _area(area: str) -> Basis:
    def basis(subject: Subject) -> Found:
        found = area_of(subject.code, area)
        if found is not None:
            value = "named" if found.sure else "open"
            return _by_number(subject, value, found.words, _AREAS)
        kind = kind_of(subject.code)
        if kind is None:
            return _by_number(subject, "open", _OPEN, _AREAS)
        return _by_number(subject, "other", kind.words, _AREAS)

    return basis


def _x_ray(subject: Subject) -> Found:
    """An image with a technical part that is no CT scan and not of the kinds without X-rays."""
    kind = _kind(subject)
    other = area_of(subject.code, "ct") or area_of(subject.code, "no_x_ray")
    if other is not None:
        return _by_number(subject, "no", other.words, _AREAS)
    row = _deciding_row("pctc_indicator", subject)
    if kind.value == "imaging" and row.pctc_indicator not in _WITH_TECHNICAL_PART:
        words = f"{indicators()['pctc_indicator'].label} {row.pctc_indicator}"
        return _by_row(subject, row, "no", words)
    return msgspec.structs.replace(kind, value="maybe" if kind.value == "imaging" else "no")


def _therapy(subject: Subject) -> Found:
    """Marked as therapy by the multiple procedure indicator 5 or the PC/TC indicator 7."""
    row = subject.base
    is_therapy = row.multiple_procedure == "5" or row.pctc_indicator == "7"
    words = (
        f"{indicators()['multiple_procedure'].label} {row.multiple_procedure},"
        f" {indicators()['pctc_indicator'].label} {row.pctc_indicator}"
    )
    return _by_row(subject, row, "yes" if is_therapy else "no", words)


def _anesthesia(subject: Subject) -> Found:
    row = subject.base
    value = "yes" if row.status == "J" else "no"
    return _by_row(subject, row, value, f"Status {row.status}")


def _telehealth(subject: Subject) -> Found:
    kind = _kind(subject)
    row = _deciding_row("pctc_indicator", subject)
    is_test = kind.value == "imaging" and row.pctc_indicator in ("2", *_WITH_TECHNICAL_PART)
    in_person = kind.value in ("surgery", "laboratory", "anesthesia", "drug") or is_test
    return msgspec.structs.replace(kind, value="in person" if in_person else "listed or not")


def _edits(subject: Subject) -> Found:
    edits = subject.edits
    if not isinstance(edits, Edits):
        return _by_number(subject, "not loaded", "no release of NCCI edits answers for the date")
    views = (edits.column_1, edits.column_2)
    listed = [rows.indicators for rows in views]
    may, never = (sum(one.count(indicator) for one in listed) for indicator in ("1", "0"))
    value = "1" if may else "0" if never else "none"
    first = next(
        (rows[one.index(value)] for rows, one in zip(views, listed, strict=True) if value in one),
        None,
    )
    such = f", such as {first.column_1} with {first.column_2}," if first and may else ","
    words = f"NCCI edits {edits.release}: {_count(may, '1')}{such} {_count(never, '0')}"
    source = first.source if first else SourceRef(f"CMS NCCI PTP edits {edits.release}")
    return Found(value, words, source, edits.release, edits.substituted)


def _count(n_edits: int, indicator: str) -> str:
    pairs = "pair" if n_edits == 1 else "pairs"
    return f"{n_edits:,} {pairs} of bypass indicator {indicator}"


def _by_opps(values: frozenset[str], yes: str, no: str) -> Basis:
    def basis(subject: Subject) -> Found:
        price = subject.opps
        if price is None or price.status is None:
            return _by_number(
                subject, "not loaded", f"no OPPS status of the code in {subject.on.year} is loaded"
            )
        value = yes if price.status in values else no
        words = f"OPPS status indicator {price.status}"
        release = price.release or ""
        return Found(value, words, opps_source(price), release, price.substituted)

    return basis


DERIVED: dict[str, Basis] = {
    "discontinued_row": _discontinued,
    "every": _every,
    "kind": _kind,
    "infant": _infant,
    "laboratory": _laboratory,
    "drug": _drug,
    "fingers": _area("fingers"),
    "toes": _area("toes"),
    "eyelids": _area("eyelids"),
    "coronaries": _area("coronaries"),
    "ct": _area("ct"),
    "bowel": _area("bowel"),
    "x_ray": _x_ray,
    "therapy": _therapy,
    "anesthesia": _anesthesia,
    "telehealth": _telehealth,
    "edits": _edits,
    "facility_procedure": _by_opps(_OPPS_PROCEDURE, "procedure", "no procedure"),
    "opps_paid": _by_opps(_OPPS_PAID, "yes", "no"),
}
"""The bases that are worked out, by the name that the tables use."""

LOOKED_UP = frozenset({"edits", "facility_procedure", "opps_paid"})
"""The bases that ask more than the code's row and number. A check of lines leaves them out: there
the edits between the lines themselves decide, and facilities have rules of their own."""
