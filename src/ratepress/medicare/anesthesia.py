"""What Medicare pays for anesthesia: base units and time by the conversion factor of the locality.

42 CFR 414.46. Rules P35 (units and factor), P36 (who performed it) and P37 (several procedures).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import duckdb
import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.lake.queries import first_row
from ratepress.lake.store import Lake
from ratepress.medicare.facility_rows import facility_release
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.parameters import Participant, value
from ratepress.medicare.releases import Release
from ratepress.medicare.rows import NATIONAL, parse_code

ANESTHESIA_PAGE = (
    "https://www.cms.gov/medicare/payment/fee-schedules/physician/anesthesiologists-center"
)
PERFORMERS: Final = ("AA", "AD", "QK", "QX", "QY", "QZ")
"""Modifiers that say who performed or directed the anesthesia."""
DIRECTED: Final = ("QK", "QX", "QY")
ADDED: Final = ("01953", "01968", "01969")
"""Codes that add to another of the same session, and keep their base units."""
WITHOUT_TIME: Final = ("01953",)
Refusal = tuple[str, str]
"""A rule and the reason under it."""


class Anesthesia(msgspec.Struct, frozen=True):
    """The payment of one anesthesia service: dollars, the steps to them, rules and sources."""

    result: Fact | Gap
    amount: Decimal | None = None
    steps: tuple[Step, ...] = ()


class Given(msgspec.Struct, frozen=True):
    """Base units of a code and the factor of a place, with the releases they come from."""

    base_units: Decimal
    factor: Decimal
    is_substituted: bool
    sources: tuple[SourceRef, ...]


def time_units(minutes: int) -> Decimal:
    """Time units of so many minutes: fifteenths, half up to one decimal.

    >>> time_units(63), time_units(7), time_units(53)
    (Decimal('4.2'), Decimal('0.5'), Decimal('3.5'))
    """
    per_unit = value("anesthesia_minutes", date(2020, 1, 1)).value
    exact = EXACT.divide(Decimal(minutes), per_unit)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP, EXACT)


def performer(modifiers: Sequence[str]) -> str | Refusal:
    """The modifier that says who performed the anesthesia, or rule P36 and what is wrong."""
    found = sorted({m for m in modifiers if m in PERFORMERS})
    if not found:
        return "P36", "none of AA, AD, QK, QX, QY and QZ says who performed the anesthesia"
    if len(found) > 1:
        return "P36", f"modifiers {found[0]} and {found[1]} contradict each other"
    return found[0]


def given(
    connection: duckdb.DuckDBPyConnection,
    code: str,
    on: date,
    locality: str,
    participant: Participant = "non-QP",
) -> Given | Refusal:
    """What a code is paid by at a place on a day; else rule P35 and what is missing."""
    units = facility_release(connection, "pfs_anesthesia_units", on)
    if units is None:
        return "P35", f"no anesthesia base units of {on.year} are loaded"
    row = _row(connection, _UNITS, units, [code])
    if row is None:
        return "P35", f"{code} has no base units in the release"
    factor = _factor(connection, on, locality, participant)
    if isinstance(factor[0], str):
        return "P35", factor[0]
    base_units, place = row
    source = _source(f"CMS anesthesia base units {units.name}", units, place)
    amount, sources, is_substituted = factor
    return Given(
        base_units, amount, is_substituted or not units.is_in_force(on), (source, *sources)
    )


def _factor(
    connection: duckdb.DuckDBPyConnection, on: date, locality: str, participant: Participant
) -> tuple[Decimal, tuple[SourceRef, ...], bool] | tuple[str]:
    national = value("anesthesia_conversion_factor", on, participant)
    if locality == NATIONAL:
        return national.value, national.sources, False
    if national.value != value("anesthesia_conversion_factor", on).value:
        return ("the factors of qualifying participants by locality are not loaded",)
    release = facility_release(connection, "pfs_anesthesia", on)
    if release is None:
        return (f"no anesthesia conversion factors of {on.year} are loaded",)
    row = _row(connection, _FACTORS, release, locality.split("-"))
    if row is None:
        return ("the locality has no anesthesia conversion factor",)
    source = _source(f"CMS anesthesia conversion factors {release.name}", release, row[1])
    return row[0], (source,), not release.is_in_force(on)


_UNITS = "SELECT base_units, place FROM pfs_anesthesia_units WHERE content_id = ? AND code = ? AND base_units IS NOT NULL"  # fmt: skip  # noqa: E501
_FACTORS = "SELECT conversion_factor, place FROM pfs_anesthesia WHERE content_id = ? AND mac = ? AND locality = ? AND conversion_factor IS NOT NULL"  # fmt: skip  # noqa: E501


def _row(
    connection: duckdb.DuckDBPyConnection, query: str, release: Release, asked: Sequence[str]
) -> tuple[Decimal, str] | None:
    found = first_row(connection, query, [release.content_id, *asked])
    return None if found is None else (found[0], found[1])


def _source(label: str, release: Release, place: str) -> SourceRef:
    return SourceRef(label, release.content_id, place, ANESTHESIA_PAGE)


def pay(
    code: str, by: str, minutes: int | None, held: Given, on: date, *, keeps_base: bool = True
) -> tuple[Decimal, tuple[Step, ...]] | Refusal:
    """The amount of a service in dollars and its steps; rule P35 where its minutes are missing.

    `keeps_base` is false for a second procedure of a session, which is paid its time alone (P37).
    """
    base, time = held.base_units, Decimal(0)
    if by == "AD":
        base = value("anesthesia_supervision_units", on).value
    elif code not in WITHOUT_TIME:
        if minutes is None:
            return "P35", "minutes are missing"
        time = time_units(minutes)
    base = base if keeps_base else Decimal(0)
    units = base + time
    amount = cents(EXACT.multiply(units, held.factor))
    steps = [
        Step("Base and time units", f"{plain(base)} + {plain(time)}", units),
        Step("× conversion factor", f"{plain(units)} × {plain(held.factor)}", amount, True),  # noqa: FBT003
    ]
    if by in DIRECTED:
        share = value("anesthesia_direction_percent", on).value.scaleb(-2)
        amount = cents(EXACT.multiply(amount, share))
        steps.append(Step(f"Medically directed, {by}", f"× {plain(share)}", amount, True))  # noqa: FBT003
    return amount, tuple(steps)


def anesthesia_price(
    lake: Lake,
    code: str,
    on: date,
    minutes: int | None,
    modifiers: Sequence[str],
    *,
    locality: str = NATIONAL,
    participant: Participant = "non-QP",
) -> Anesthesia:
    """What an anesthesia service of so many minutes is paid, as a Fact, or a Gap that says why not.

    `modifiers` name who performed it. Raises `UsageError` for a malformed code.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> anesthesia_price(lake, "00537", date(2026, 7, 15), 63, ["AA"]).result.why
    'no anesthesia base units of 2026 are loaded'
    """
    code = parse_code(code)
    who = performer([m.strip().upper() for m in modifiers])
    if isinstance(who, tuple):
        return _gap(code, on, who)
    with lake.connect() as connection:
        held = given(connection, code, on, locality, participant)
    if isinstance(held, tuple):
        return _gap(code, on, held)
    paid = pay(code, who, minutes, held, on)
    if isinstance(paid[0], str):
        return _gap(code, on, ("P35", str(paid[1])))
    amount, steps = paid
    rules = ("P00", "P35", "P36") if held.is_substituted else ("P35", "P36")
    assert isinstance(steps, tuple)  # noqa: S101 - an amount comes with its steps
    return Anesthesia(Fact(amount, "USD", on, held.sources, rules), amount, steps)


def _gap(code: str, on: date, why: Refusal) -> Anesthesia:
    fill = f"anesthesia base units and conversion factors of {on.year}, from {ANESTHESIA_PAGE}"
    return Anesthesia(Gap(f"Medicare anesthesia payment for {code}", why[1], fill, (why[0],)))
