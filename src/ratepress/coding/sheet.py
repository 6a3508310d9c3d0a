"""All that may be billed with one code on one day: the Python twin of `ratepress code`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

import duckdb
import msgspec

from ratepress.coding.add_ons import AddOns, add_ons_of
from ratepress.coding.edits import Edit, Edits, edits_of
from ratepress.coding.family import Family, family
from ratepress.coding.global_period import GlobalPeriod, global_period
from ratepress.coding.indicators import CodingFact, CodingFacts, coding_facts
from ratepress.coding.modifiers import ModifierRow, decide
from ratepress.coding.ncci import Setting
from ratepress.coding.ranges import kind_of
from ratepress.coding.subject import find_subject
from ratepress.coding.units import UnitLimit, unit_limit
from ratepress.core.facts import Gap
from ratepress.lake.store import Lake
from ratepress.medicare.releases import need_release
from ratepress.medicare.rows import parse_code

UNIT_SETTINGS: tuple[Setting, ...] = ("practitioner", "outpatient", "dme")
EDIT_SETTINGS: tuple[Setting, ...] = ("practitioner", "outpatient")

_Found = TypeVar("_Found")


class Partner(msgspec.Struct, frozen=True, omit_defaults=True):
    """The other code of an edit. `bypass` is its indicator: 0 never, 1 with a modifier."""

    code: str
    bypass: str
    rationale: str | None = None
    edit_from: date | None = None
    edit_until: date | None = None
    place: str | None = None


class Bundling(msgspec.Struct, frozen=True):
    """The edits of the code in one setting: codes denied beside it, and codes that deny it.

    `column_1`: the code is paid and the partner is not; `column_2`: the partner is paid.
    """

    setting: str
    release: str
    substituted: bool
    column_1: tuple[Partner, ...]
    column_2: tuple[Partner, ...]
    rules: tuple[str, ...]
    content_ids: tuple[str, ...]


class CodeSheet(msgspec.Struct, frozen=True, kw_only=True):
    """The coding facts of one code on one day.

    `release` is that of the physician fee schedule, None where it lacks the code; then `facts`,
    `modifiers`, `global_period` and `family` are empty. `units` and `edits` have one entry for
    each setting that answers. What is missing stands in `gaps`, what was substituted in `notes`.
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
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]


def code_sheet(lake: Lake, code: str, on: date) -> CodeSheet:
    """Indicators, modifiers, global period, units, edits, add-ons and family of `code` on a day.

    Raises `UsageError` for a malformed code, and `MissingReferenceData` where no release of the
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
        return _sheet(connection, parse_code(code), on)


def _sheet(connection: duckdb.DuckDBPyConnection, code: str, on: date) -> CodeSheet:
    facts = coding_facts(connection, code, on)
    found = find_subject(connection, code, on, f"Modifiers of {code}")
    subject = None if isinstance(found, Gap) else found
    table = decide(subject) if subject else None
    all_units = [unit_limit(connection, code, on, setting) for setting in UNIT_SETTINGS]
    all_edits = [edits_of(connection, code, on, setting) for setting in EDIT_SETTINGS]
    links = add_ons_of(connection, code, on)
    units, edits, add_ons = _present(all_units), _present(all_edits), _present([links])
    answered: tuple[UnitLimit | Edits | AddOns, ...] = (*units, *edits, *add_ons)
    said = [*(table.notes if table else ()), *(one.note for one in answered)]
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
        gaps=tuple(one for one in asked if isinstance(one, Gap)),
        notes=tuple(dict.fromkeys(note for note in said if note is not None)),
    )


def _present(found: Sequence[_Found | Gap]) -> tuple[_Found, ...]:
    return tuple(one for one in found if not isinstance(one, Gap))


def bundling(edits: Edits) -> Bundling:
    """Both views of the edits of a code, each edit by its other code.

    >>> none = Edits("32557", date(2026, 7, 15), "practitioner", "2026C", False, (), (), ())
    >>> bundling(none).release
    '2026C'
    """
    both = (*edits.column_1, *edits.column_2)
    content_ids = {e.source.content_id for e in both if e.source.content_id}
    return Bundling(
        edits.setting,
        edits.release,
        edits.substituted,
        tuple(_partner(e, e.column_2) for e in edits.column_1),
        tuple(_partner(e, e.column_1) for e in edits.column_2),
        edits.rules,
        tuple(sorted(content_ids)),
    )


def _partner(edit: Edit, code: str) -> Partner:
    return Partner(
        code,
        edit.modifier_indicator,
        edit.rationale,
        edit.edit_from,
        edit.edit_until,
        edit.source.place,
    )


def by_kind(partners: Iterable[Partner]) -> dict[tuple[str, str], list[str]]:
    """The codes of partners by bypass indicator and kind of service (rule C36).

    Those never paid together come first.

    >>> by_kind([Partner("76942", "1"), Partner("32556", "0"), Partner("71046", "1")])[
    ...     ("1", "imaging and radiation")
    ... ]
    ['76942', '71046']
    """
    found: dict[tuple[str, str], list[str]] = {}
    for partner in sorted(partners, key=lambda p: p.bypass):
        kind = kind_of(partner.code)
        found.setdefault((partner.bypass, kind.label if kind else "others"), []).append(
            partner.code
        )
    return found
