"""All that may be billed with one code on one day: the Python twin of `ratepress code`.

What decides is in the coding room, coverage in Medicare's, policies in the market's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import duckdb
import msgspec

from ratepress.codes.argument import parse_code as parse_ref
from ratepress.coding.add_ons import AddOns, add_ons_of
from ratepress.coding.bundling import Bundling, bundling
from ratepress.coding.edits import Edits, edits_of
from ratepress.coding.family import Family, family
from ratepress.coding.global_period import GlobalPeriod, global_period
from ratepress.coding.indicators import CodingFact, CodingFacts, coding_facts
from ratepress.coding.modifiers import ModifierRow, decide
from ratepress.coding.ncci import Setting
from ratepress.coding.subject import find_subject
from ratepress.coding.units import UnitLimit, unit_limit
from ratepress.core.facts import Gap
from ratepress.dossier.notes import Note, clinical_notes
from ratepress.lake.store import Lake
from ratepress.market.policies import Policy, policies
from ratepress.medicare.coverage import Coverage, coverage
from ratepress.medicare.releases import need_release
from ratepress.medicare.rows import parse_code

UNIT_SETTINGS: tuple[Setting, ...] = ("practitioner", "outpatient", "dme")
EDIT_SETTINGS: tuple[Setting, ...] = ("practitioner", "outpatient")

_Found = TypeVar("_Found")


class CodeSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What may be billed with one code on one day, and what is said of it.

    `release` is that of the physician fee schedule, None where it lacks the code; then `facts`,
    `modifiers`, `global_period` and `family` are empty. `units` and `edits` have one entry for
    each setting that answers. `clinical` are editorial notes. What is missing stands in `gaps`,
    what was substituted in `notes`.
    """

    code: str
    date: date
    release: str | None
    facts: tuple[CodingFact, ...]
    modifiers: tuple[ModifierRow, ...]
    global_period: GlobalPeriod | None
    units: tuple[UnitLimit, ...]
    edits: tuple[Bundling, ...]
    add_ons: AddOns | None
    family: Family | None
    coverage: Coverage
    policies: tuple[Policy, ...]
    clinical: tuple[Note, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]


def code_sheet(lake: Lake, code: str, on: date, state: str | None = None) -> CodeSheet:
    """Modifiers, global period, units, edits, add-ons, family and coverage of `code` on a day.

    `state` (two letters) narrows coverage to the documents that may hold there. Raises `UsageError`
    for a malformed code or state, and `MissingReferenceData` where no release of the
    physician fee schedule of the year is loaded.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> code_sheet(lake, "32557", date(2026, 7, 15))
    Traceback (most recent call last):
    ...
    ratepress.core.errors.MissingReferenceData: No release of the physician fee schedule of 2026...
    """
    with lake.connect() as connection:
        need_release(connection, on)
        return _sheet(connection, parse_code(code), on, state)


def _sheet(
    connection: duckdb.DuckDBPyConnection, code: str, on: date, state: str | None
) -> CodeSheet:
    facts = coding_facts(connection, code, on)
    found = find_subject(connection, code, on, f"Modifiers of {code}")
    subject = None if isinstance(found, Gap) else found
    table = decide(subject) if subject else None
    all_units = [unit_limit(connection, code, on, setting) for setting in UNIT_SETTINGS]
    all_edits = [edits_of(connection, code, on, setting) for setting in EDIT_SETTINGS]
    links = add_ons_of(connection, code, on)
    covered = coverage(connection, code, on, state)
    register = policies(connection, code, on)
    units, edits, add_ons = _present(all_units), _present(all_edits), _present([links])
    answered: tuple[UnitLimit | Edits | AddOns, ...] = (*units, *edits, *add_ons)
    said = [*(table.notes if table else ()), *(one.note for one in answered)]
    said += [*covered.notes, *register.notes]
    asked = (facts, found, *all_units, *all_edits, links)
    return CodeSheet(
        code=code,
        date=on,
        release=facts.release if isinstance(facts, CodingFacts) else None,
        facts=facts.facts if isinstance(facts, CodingFacts) else (),
        modifiers=table.rows if table else (),
        global_period=global_period(subject) if subject else None,
        units=units,
        edits=tuple(map(bundling, edits)),
        add_ons=next(iter(add_ons), None),
        family=family(connection, subject) if subject else None,
        coverage=covered,
        policies=register.policies,
        clinical=clinical_notes(parse_ref(code), connection),
        gaps=(*(one for one in asked if isinstance(one, Gap)), *covered.gaps, *register.gaps),
        notes=tuple(dict.fromkeys(note for note in said if note is not None)),
    )


def _present(found: Sequence[_Found | Gap]) -> tuple[_Found, ...]:
    return tuple(one for one in found if not isinstance(one, Gap))
