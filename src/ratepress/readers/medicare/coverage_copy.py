"""Coverage by procedure code as a copy of the Medicare Coverage Database keeps it, in JSON.

The form: `{"27096": {"covered": ["M46.1"], "lcdIds": ["L39383"], "notCovered": []}}`. It states
neither days nor which of a code's documents a diagnosis stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import ijson

from ratepress.codes.diagnoses import Icd10Cm
from ratepress.codes.procedures import Cpt, Hcpcs
from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.source import Source

_DIAGNOSES = {"covered": "covered", "notCovered": "excluded"}
_DOCUMENTS = "lcdIds"
_LISTS = (*_DIAGNOSES, _DOCUMENTS)
_HEAD = re.compile(
    rb"""\s* \{ \s* "[^"]{1,20}" \s* : \s* \{ \s* "(?:covered|lcdIds|notCovered)" \s* : \s* \[""",
    re.VERBOSE,
)
_DOCUMENT = re.compile(r"L([0-9]{1,9})", re.ASCII)


class CoverageCopy:
    """Reader of such a copy, into `coverage_codes` and `coverage_diagnoses`.

    >>> CoverageCopy().recognise(b'{"27096": {"covered": ["M46.1"]')
    True
    """

    kind = "medicare-coverage-copy"
    version = "1"
    row_is = "one entry of a code's list of covered diagnoses, of excluded ones, or of documents"

    def recognise(self, head: bytes) -> bool:
        """Whether the first value is a code with one of the three lists."""
        return _HEAD.match(head.removeprefix(b"\xef\xbb\xbf")) is not None

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every entry; see rules F303, F304, F340 and F341 for what is set aside."""
        for text, stated in _codes(source):
            _load(text, stated, out, tally)
        return Header(
            publisher="Centers for Medicare & Medicaid Services",
            detected_version="coverage-copy",
            release="undated",
        )


def _codes(source: Source) -> Iterator[tuple[str, Any]]:
    with source.open() as stream:
        if stream.peek(3)[:3] == b"\xef\xbb\xbf":  # type: ignore[attr-defined]
            stream.read(3)
        try:
            yield from ijson.kvitems(stream, "", use_float=False)
        except (ijson.JSONError, ArithmeticError, ValueError) as error:
            why = str(error).removeprefix("b'").split("\\n")[0].strip().splitlines()
            raise UnreadableInput(
                f"{source.name}: the JSON is broken or cut off: {why[0] if why else 'empty'}",
                place="after the last whole code",
                expected="one whole JSON object in UTF-8",
                todo="download it again",
            ) from error


def _load(text: str, stated: object, out: LakeWriter, tally: Tally) -> None:
    code = Cpt.normalise(text) or Hcpcs.normalise(text)
    lists = stated if isinstance(stated, dict) else {}
    if set(lists) != set(_LISTS) or not all(isinstance(v, list) for v in lists.values()):
        tally.read += 1
        _set_aside("F341", text[:20], text, tally)
        return
    for name in _LISTS:
        seen: set[str] = set()
        for position, entry in enumerate(lists[name]):
            tally.read += 1
            place = f"{text[:20]}.{name}[{position}]"
            if code is None:
                _set_aside("F304", place, text, tally)
                continue
            found = _document(entry) if name == _DOCUMENTS else _diagnosis(entry)
            if found is None or found in seen:
                rule = "F303" if found else _why_not(name, entry)
                _set_aside(rule, place, str(entry), tally)
                continue
            seen.add(found)
            tally.loaded += 1
            _add(name, code, found, place, out)


def _add(name: str, code: str, found: str, place: str, out: LakeWriter) -> None:
    if name == _DOCUMENTS:
        out.add(
            "coverage_codes", document_type="lcd", document_id=found, version="", code=code,
            code_group="", place=place,
        )  # fmt: skip
        return
    out.add(
        "coverage_diagnoses", document_type="lcd", document_id="", version="", code=code,
        stance=_DIAGNOSES[name], diagnosis_group="", diagnosis=found, place=place,
    )  # fmt: skip


def _why_not(name: str, entry: object) -> str:
    return "F340" if isinstance(entry, str) and name in _DIAGNOSES else "F341"


def _diagnosis(entry: object) -> str | None:
    return Icd10Cm.normalise(entry) if isinstance(entry, str) else None


def _document(entry: object) -> str | None:
    found = _DOCUMENT.fullmatch(entry) if isinstance(entry, str) else None
    return found[1] if found else None


def _set_aside(rule_id: str, place: str, sample: str, tally: Tally) -> None:
    tally.problem(rule_id, "entry", place, sample)
    tally.set_aside(rule_id, place)
