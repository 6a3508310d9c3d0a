"""CMS's own validator of hospital files, as an oracle: installed once by npm, asked in one batch.

What it finds and what ours finds are brought to one form, a set of facts, so that they can be
compared by rule and place.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ratepress.core.rules import registry
from ratepress.readers.hospital.columns import normal_name
from ratepress.readers.hospital.conformance.csv_columns import payer_of
from ratepress.readers.hospital.conformance.csv_head import element_of
from ratepress.readers.hospital.conformance.findings import Finding
from ratepress.readers.hospital.conformance.template import published

HERE = Path(__file__).resolve().parent
ORACLE = HERE / "oracles/hpt_validator"
# Beside the packages that the tests installed, so that one removal takes all.
IS_VENV = sys.prefix != sys.base_prefix
FOLDER = (Path(sys.prefix) if IS_VENV else HERE.parent / ".venv") / "hpt-validator"

Fact = tuple[str, str]


class Absent(Exception):
    """Why the validator cannot be asked."""


@dataclass(frozen=True, slots=True)
class Case:
    """One file, and the version to hold it to."""

    path: Path
    version: str

    @property
    def is_json(self) -> bool:
        return self.path.suffix == ".json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the validator says: its facts, and the classes of errors and alerts it used."""

    facts: frozenset[Fact]
    classes: frozenset[str]


def install() -> Path:
    """The folder in which the validator is installed; `Absent` where node or npm cannot do it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        raise Absent("node is not installed")
    done = FOLDER / "installed"
    lock = (ORACLE / "package-lock.json").read_text()
    if done.is_file() and done.read_text() == lock:
        return FOLDER
    if npm is None:
        raise Absent("npm is not installed")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ORACLE / name, FOLDER / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=3"]
    try:
        ran = subprocess.run(command, cwd=FOLDER, capture_output=True, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        raise Absent("npm ci did not end within three minutes") from None
    if ran.returncode:
        raise Absent(f"npm ci failed: {ran.stderr.decode(errors='replace')[-300:]}")
    done.write_text(lock)
    return FOLDER


def ask(folder: Path, cases: Sequence[Case]) -> list[Answer]:
    """What the validator says of each file."""
    asked = "".join(
        json.dumps({"path": str(c.path), "is_json": c.is_json, "version": c.version}) + "\n"
        for c in cases
    )
    ran = subprocess.run(
        ["node", str(ORACLE / "batch.mjs"), str(folder)],
        input=asked, capture_output=True, text=True, timeout=300, check=True,
        env={**os.environ, "NODE_OPTIONS": ""},
    )  # fmt: skip
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(told) == len(cases)
    return [_answer(case, one) for case, one in zip(cases, told, strict=True)]


def _answer(case: Case, told: dict[str, list[list[str]]]) -> Answer:
    assert "crash" not in told, (case, told["crash"])
    found = told["errors"] + told["alerts"]
    classes = frozenset(name for name, _, _ in found)
    if case.is_json:
        return Answer(_json_facts(found, case.version), classes)
    return Answer(frozenset(fact for one in found if (fact := _csv_fact(*one))), classes)


def differences(case: Case, found: Sequence[Finding], answer: Answer) -> set[tuple[str, Fact]]:
    """What only one of the two tells, known differences left out: `ours` or `CMS`, and the fact.

    The known differences: docs/reference/hospital-conformance.md, by the numbers that stand here.
    """
    if case.is_json:
        ours = {fact for one in found if (fact := json_fact(one, case.version))}
        ours, theirs = _known_json(case, ours, set(answer.facts), answer)
    else:
        known = (one for one in found if not _lacks_a_part(one, case.version))  # D8
        ours = {fact for one in known if (fact := csv_fact(one))}
        ours, theirs = _known_csv(case, ours, set(answer.facts), answer)
    return {("ours", fact) for fact in ours - theirs} | {("CMS", fact) for fact in theirs - ours}


def _known_csv(
    case: Case, ours: set[Fact], theirs: set[Fact], answer: Answer
) -> tuple[set[Fact], set[Fact]]:
    if "HeaderBlankError" in answer.classes:  # D1: it stops there, and tells nothing else.
        return ours & theirs, theirs
    if _is_blank_behind_mark(case):  # D2
        return set(), set()
    if "ProblemsInHeaderError" in answer.classes:  # D1: it stops below the headers.
        ours = {
            fact for fact in ours if fact[0] in HEADER_CLASSES or re.match(r"[A-Z]+2\Z", fact[1])
        }
    licence = ("HeaderColumnMissingError", "license_number")
    if any(name == "InvalidStateCodeError" for name, _ in ours):  # D3
        theirs.discard(licence)
        if not any(name == "InvalidStateCodeError" for name, _ in theirs):
            ours = {fact for fact in ours if fact[0] != "InvalidStateCodeError"}
    if _has_head_error(theirs):  # D4: then it tells no alert of the head.
        ours = {
            fact for fact in ours
            if fact[0] not in {"CsvVersionMismatchAlert", "CsvFalseAttestationAlert"}
        }  # fmt: skip
    return ours, theirs


def _lacks_a_part(finding: Finding, version: str) -> bool:
    """Whether a finding is of a wide header that does not name payer and plan: no header to it."""
    named = payer_of(normal_name(finding.column or ""), published(version) or (3, 0, 0))
    return named is not None and len(named[0]) != 2


def _is_blank_behind_mark(case: Case) -> bool:
    return re.match(rb"\xef\xbb\xbf[\s,]*[\r\n]", case.path.read_bytes()[:100]) is not None


def _has_head_error(facts: set[Fact]) -> bool:
    of_row_1 = {"HeaderColumnMissingError", "DuplicateHeaderColumnError", "InvalidStateCodeError"}
    of_row_2 = {"RequiredValueError", "AllowedValuesError", "InvalidDateError"}
    return any(
        name in of_row_1 or (name in of_row_2 and re.match(r"[A-Z]+2\Z", place))
        for name, place in facts
    )


def _known_json(
    case: Case, ours: set[Fact], theirs: set[Fact], answer: Answer
) -> tuple[set[Fact], set[Fact]]:
    if "InvalidJsonError" in answer.classes:  # D1: it tells nothing that stood before.
        return ours & theirs, theirs
    items = "/standard_charge_information"
    if ("type", items) in ours:  # D5
        ours.discard(("type", items))
        theirs.discard(("required", items))
    if case.version == "2.2.0":  # D6
        theirs = {fact for fact in theirs if fact in ours or not _is_drug_without_type(*fact)}
    return ours, theirs - {("empty", "/modifier_information")}  # D7


def _is_drug_without_type(kind: str, path: str) -> bool:
    return kind == "required" and path.endswith("/drug_information")


# --- CSV: the class of the error or alert, and the cell ---------------------------------------

HEADER_CLASSES = {
    "HeaderBlankError", "HeaderColumnMissingError", "DuplicateHeaderColumnError",
    "InvalidStateCodeError", "ColumnMissingError", "DuplicateColumnError", "AmbiguousFormatError",
    "PlaceholderError", "InvalidDateError",
}  # fmt: skip


def _csv_fact(name: str, place: str, message: str) -> Fact | None:
    if name == "ProblemsInHeaderError":
        return None  # That it read no further.
    if name == "MinRowsError":
        return name, ""
    if name == "HeaderBlankError":
        return name, "row " + place[1:]
    if name == "AmbiguousFormatError":
        return name, "row 3"
    if name == "HeaderColumnMissingError":
        return name, element_of(re.search('"(.*)" is miscoded', message)[1])  # type: ignore[index]
    if name == "ColumnMissingError":
        return name, normal_name(re.search("Column (.*) is miscoded", message)[1])  # type: ignore[index]
    if name in {"CsvFalseAttestationAlert", "CsvFalseAffirmationAlert", "CsvVersionMismatchAlert"}:
        # It names row 3; the value stands in row 2.
        return name.replace("Affirmation", "Attestation"), place.removesuffix("3") + "2"
    return name, place


def csv_fact(finding: Finding) -> Fact | None:
    """A finding of ours as a fact; None for one that only we tell."""
    name = registry()[finding.rule_id].parameters.get("cms_validator")
    if name in {None, "ProblemsInHeaderError"}:
        return None
    assert name is not None
    if name == "MinRowsError":
        return name, ""
    if name in {"HeaderColumnMissingError", "ColumnMissingError"}:
        return name, normal_name(finding.column or "")
    return name, finding.cell or finding.place


# --- JSON: what is wrong, and the path of the value --------------------------------------------

_MESSAGES = (
    (r"must be (string|number|array|object|boolean)", "type"),
    (r"must be equal to ", "value"),
    (r"must match format", "date"),
    (r"must match pattern", "count"),
    (r"must be > 0", "positive"),
    (r"must NOT have fewer", "empty"),
    (r"must match a schema in anyOf", "any of"),
    (r"Nine 9s", "nines"),
    (r"The 'estimated amount'", "estimate"),
    (r".* value is false", "false"),
    (r"The value in this MRF's version", "version"),
    (r"JSON parsing error", "json"),
)
_OF_ANY = {
    "gross_charge", "discounted_cash", "payers_information", "standard_charge_dollar",
    "standard_charge_percentage", "standard_charge_algorithm",
}  # fmt: skip
_KINDS = {
    "F412": "value", "F413": "date", "F414": "positive", "F415": "count", "F417": "type",
    "F418": "empty", "F421": "any of", "F422": "any of", "F440": "nines", "F442": "estimate",
    "F443": "false", "F441": "version", "F416": "json",
}  # fmt: skip
_NOTE = "/additional_payer_notes"


def _json_facts(found: list[list[str]], version: str) -> frozenset[Fact]:
    facts = set()
    for _, path, message in found:
        if message.startswith('must match "then"'):
            continue
        if lacks := re.match(r"must have required property '(.*)'", message):
            if lacks[1] not in _OF_ANY:
                facts.add(("required", f"{path}/{lacks[1]}"))
            continue
        kind = next(kind for pattern, kind in _MESSAGES if re.match(pattern, message))
        if kind == "any of" and "/payers_information/" in path and version < "3":
            continue  # Why a charge has no price, payer by payer.
        facts.add((kind, path))
    # A value of another type is not among the allowed ones either, nor has it any key.
    typed = {path for kind, path in facts if kind == "type"}
    facts -= {(kind, path) for path in typed for kind in ("value", "any of", "estimate")}
    return _notes_as_one(facts, version)


def _notes_as_one(facts: set[Fact], version: str) -> frozenset[Fact]:
    """Before 3.0 a note beside `other` is wanted, absent or empty: one condition."""
    if version >= "3":
        return frozenset(facts)
    return frozenset(
        ("note", path) if kind in {"required", "empty"} and path.endswith(_NOTE) else (kind, path)
        for kind, path in facts
    )


def json_fact(finding: Finding, version: str) -> Fact | None:
    """A finding of ours as a fact; None for one that only we tell."""
    if finding.rule_id == "F444":
        return None
    kind = _KINDS.get(finding.rule_id, "required")
    path, column = finding.place, finding.column or ""
    if kind == "json":
        return kind, ""
    is_whole = re.search(rf"(\.|^){re.escape(column)}\[\d+\]\Z|\.{re.escape(column)}\Z", path)
    path = "" if path == "root" else "/" + re.sub(r"\[(\d+)\]", r"/\1", path).replace(".", "/")
    if kind not in {"any of", "estimate"} and not is_whole:
        path = f"{path}/{column}"
    if version < "3" and kind in {"required", "empty"} and path.endswith(_NOTE):
        kind = "note"
    return kind, path
