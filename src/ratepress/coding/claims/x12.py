"""X12 837 claims, professional (X222) and institutional (X223), as claim lines.

The segments are read by pyx12 (extra `x12`); what they mean is in the implementation guides ASC
X12N/005010X222 and X223. A service line of an institutional claim without a procedure code (a
revenue code alone) is no line that edits speak of: it is counted and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa

from ratepress.core.errors import UnreadableInput
from ratepress.core.extras import missing

COLUMNS: Final = (
    "claim_id",
    "line",
    "date",
    "code",
    "modifiers",
    "units",
    "pos",
    "claim_type",
    "patient",
    "npi",
    "charge",
    "diagnoses",
)
_GUIDES = {"005010X222": "professional", "005010X223": "institutional"}
# Types of bill of inpatient stays; the others are outpatient.
_INPATIENT: Final = ("11", "12", "18", "21", "28", "41", "65", "66", "86")
_DIAGNOSES: Final = ("ABK", "ABF", "ABJ", "APR")
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(-\d{8})?")


class X12Lines(msgspec.Struct, frozen=True):
    """The lines of a file, `read = len(lines) + without_code`."""

    lines: pa.Table
    read: int
    without_code: int


@dataclass
class _State:
    """What holds for the service lines that follow, until a segment says otherwise."""

    kind: str = ""
    billing: str = ""
    subscriber: str = ""
    patient: str = ""
    claim: dict[str, str] = field(default_factory=dict)
    diagnoses: list[str] = field(default_factory=list)
    line: dict[str, str] | None = None
    made: list[dict[str, str]] = field(default_factory=list)


def is_x12(path: Path) -> bool:
    """Whether a file begins as an X12 interchange does."""
    with path.open("rb") as raw:
        return raw.read(3) == b"ISA"


def read_x12(path: Path | str) -> X12Lines:
    """The service lines of all claims of a file, each as a claim line, in their order.

    Columns are `COLUMNS`, all text; `npi` is the rendering practitioner's, else the billing one's;
    `patient` the subscriber's number, with the name of a patient who is not the subscriber;
    `diagnoses` those to which a professional line points, else the claim's.
    Raises `UsageError` without the extra, `UnreadableInput` where it is no 837 of version 5010.
    """
    try:
        from pyx12.errors import X12Error
        from pyx12.x12file import X12Reader
    except ImportError as error:
        raise missing(f"{path} is an X12 file, which", "x12") from error
    state = _State()
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as text:
            for segment in X12Reader(text):
                _take(state, segment, path)
    except (X12Error, AssertionError) as error:
        raise UnreadableInput(
            f"{path}: the X12 file is damaged: {error}",
            expected="an 837 claim file of version 5010",
            todo="write it again",
        ) from error
    _close(state)
    coded = [one for one in state.made if one["code"]]
    columns = {
        name: pa.array([one.get(name, "") for one in coded], pa.string()) for name in COLUMNS
    }
    return X12Lines(pa.table(columns), len(state.made), len(state.made) - len(coded))


def _take(state: _State, segment: Any, path: Path | str) -> None:
    name = segment.get_seg_id()
    if name == "GS":
        guide = _value(segment, "GS08")[:10]
        if guide not in _GUIDES:
            raise UnreadableInput(
                f"{path}: this X12 file holds no claims of version 5010",
                found=_value(segment, "GS08"),
                expected=", ".join(_GUIDES),
                todo="name an 837 professional or institutional file",
            )
        state.kind = _GUIDES[guide]
    elif name in _TAKE:
        _TAKE[name](state, segment)


def _value(segment: Any, place: str) -> str:
    return (segment.get_value(place) or "").strip()


def _level(state: _State, segment: Any) -> None:
    _close(state)
    state.claim = {}
    if _value(segment, "HL03") == "20":
        state.billing = ""
    if _value(segment, "HL03") == "22":
        state.subscriber = state.patient = ""


def _name(state: _State, segment: Any) -> None:
    who, number = _value(segment, "NM101"), _value(segment, "NM109")
    if who == "85":
        state.billing = number
    elif who == "IL" and not state.claim:
        state.subscriber, state.patient = number, ""
    elif who == "QC":
        state.patient = " ".join(_value(segment, f"NM1{n}") for n in ("03", "04"))
    elif who == "82" and state.line is not None:
        state.line["npi"] = number
    elif who == "82" and state.claim:
        state.claim["npi"] = number


def _claim(state: _State, segment: Any) -> None:
    _close(state)
    place = _value(segment, "CLM05-1")
    claim_type = "professional"
    if state.kind == "institutional":
        claim_type = "inpatient" if place in _INPATIENT else "outpatient"
    who = " ".join(part for part in (state.subscriber, state.patient) if part)
    state.claim = {
        "claim_id": _value(segment, "CLM01"),
        "pos": place if state.kind == "professional" else "",
        "claim_type": claim_type,
        "patient": who,
        "npi": state.billing,
        "date": "",
        "diagnoses": "",
    }
    state.diagnoses = []


def _diagnoses(state: _State, segment: Any) -> None:
    if not state.claim or state.line is not None:
        return
    state.diagnoses += [
        _value(segment, f"HI{n:02}-2")
        for n in range(1, 13)
        if _value(segment, f"HI{n:02}-1") in _DIAGNOSES
    ]
    state.claim["diagnoses"] = _joined(state.diagnoses)


def _joined(codes: Iterable[str]) -> str:
    """Each once, in their order."""
    return " ".join(dict.fromkeys(code for code in codes if code))


def _pointed_at(state: _State, segment: Any) -> str:
    """The diagnoses to which a professional line points (SV107), those of the claim if to none.

    A pointer counts the claim's diagnoses from 1; one that points past them points to nothing.
    """
    pointers = [_value(segment, f"SV107-{n}") for n in range(1, 5)]
    places = [int(p) for p in pointers if p.isascii() and p.isdigit()]
    held = state.diagnoses
    found = _joined(held[p - 1] for p in places if 1 <= p <= len(held))
    return found or state.claim["diagnoses"]


def _begin(state: _State, segment: Any) -> None:
    _close(state)
    state.line = {**state.claim, "line": _value(segment, "LX01")}


def _service(state: _State, segment: Any) -> None:
    if state.line is None:
        return
    form = segment.get_seg_id()
    procedure, charge, units, place = (
        ("SV101", "SV102", "SV104", "SV105") if form == "SV1" else ("SV202", "SV203", "SV205", "")
    )
    state.line["code"] = _value(segment, f"{procedure}-2")
    modifiers = [_value(segment, f"{procedure}-{n}") for n in range(3, 7)]
    state.line["modifiers"] = " ".join(m for m in modifiers if m)
    state.line["charge"] = _value(segment, charge)
    state.line["units"] = _value(segment, units)
    if place and _value(segment, place):
        state.line["pos"] = _value(segment, place)
    if form == "SV1":
        state.line["diagnoses"] = _pointed_at(state, segment)


def _date(state: _State, segment: Any) -> None:
    found = _DAY.match(_value(segment, "DTP03"))
    if found is None:
        return
    day = f"{found[1]}-{found[2]}-{found[3]}"
    what = _value(segment, "DTP01")
    if what == "472" and state.line is not None:
        state.line["date"] = day
    elif what == "434" and state.line is None and state.claim:
        state.claim["date"] = day


def _end(state: _State, segment: Any) -> None:  # noqa: ARG001 - as all others
    _close(state)
    state.claim = {}


def _close(state: _State) -> None:
    if state.line is not None:
        state.made.append({"code": "", "modifiers": "", "units": "", **state.line})
    state.line = None


_TAKE = {
    "HL": _level,
    "NM1": _name,
    "CLM": _claim,
    "HI": _diagnoses,
    "LX": _begin,
    "SV1": _service,
    "SV2": _service,
    "DTP": _date,
    "SE": _end,
}
