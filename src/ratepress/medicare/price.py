"""What Medicare pays for a service under the physician fee schedule, with every step shown.

The Python twin of `ratepress price`. Rules P00 to P09; the formula is in `medicare.formula`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import duckdb
import msgspec

from ratepress.core.errors import UsageError
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.lake.store import Lake
from ratepress.medicare import gaps
from ratepress.medicare.formula import SITE_LABELS, SITES, Computed, Step, fee, percent_of, plain
from ratepress.medicare.parameters import DatedValue, Participant, value
from ratepress.medicare.releases import Answer, need_release
from ratepress.medicare.rows import (
    NATIONAL,
    Locality,
    RvuRow,
    find_locality,
    parse_code,
    rvu_rows,
)

_MODIFIER = re.compile(r"[A-Z0-9]{2}\Z", re.ASCII)


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """One amount, or the reason for none, of one service at one site on one day.

    `amount` is in dollars with two decimals. `locality` is `national` or MAC and locality,
    `10112-00`. `substituted` says that another release of the year stands in (rule P00).
    """

    code: str
    modifier: str
    site: str
    locality: str
    locality_name: str
    on: date
    result: Fact | Gap
    amount: Decimal | None
    steps: tuple[Step, ...]
    release: str
    effective_from: date
    effective_until: date
    substituted: bool
    notes: tuple[str, ...] = ()


class _Asked(msgspec.Struct, frozen=True):
    """One question, its parts found: what every site's answer shares."""

    code: str
    modifiers: tuple[str, ...]
    on: date
    locality: Locality
    answer: Answer
    conversion_factor: DatedValue
    bilateral: DatedValue


def price(
    lake: Lake,
    code: str,
    on: date,
    *,
    modifiers: Sequence[str] = (),
    site: str | None = None,
    locality: str | None = None,
    qualifying: bool = False,
    strict: bool = False,
) -> tuple[Price, ...]:
    """What Medicare pays for `code` on the day `on`: one `Price` a site asked, both for None.

    `modifiers` may be 26, TC, 53 and 50; `locality` is MAC and locality (`10112-00`), the nation
    for None; `qualifying` takes the conversion factor of a qualifying APM participant. A service
    that is not priced gives a `Price` whose `result` is a Gap.

    Raises `UsageError` for a malformed code, modifier, site or locality, and
    `MissingReferenceData` where no release of the year is loaded, or, with `strict`, where the
    release in force is not.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> price(lake, "32557", date(2026, 7, 15))
    Traceback (most recent call last):
    ...
    ratepress.core.errors.MissingReferenceData: No release of the physician fee schedule of 2026...
    """
    with lake.connect() as connection:
        return price_on(
            connection,
            code,
            on,
            modifiers=modifiers,
            site=site,
            locality=locality,
            qualifying=qualifying,
            strict=strict,
        )


def price_on(
    connection: duckdb.DuckDBPyConnection,
    code: str,
    on: date,
    *,
    modifiers: Sequence[str] = (),
    site: str | None = None,
    locality: str | None = None,
    qualifying: bool = False,
    strict: bool = False,
) -> tuple[Price, ...]:
    """As `price`, on an open connection of a lake (`Lake.connect`)."""
    code = parse_code(code)
    wanted = _parse_modifiers(modifiers)
    sites = _parse_site(site)
    participant: Participant = "QP" if qualifying else "non-QP"
    answer = need_release(connection, on, participant, strict=strict)
    asked = _Asked(
        code,
        wanted,
        on,
        find_locality(connection, locality, on),
        answer,
        value("pfs_conversion_factor", on, participant),
        value("pfs_bilateral_percent", on),
    )
    rows = rvu_rows(connection, answer.release, [code]).get(code, {})
    return tuple(_answer(asked, rows, place) for place in sites)


def _answer(asked: _Asked, rows: dict[str, RvuRow], site: str) -> Price:
    what = gaps.title(asked.code, asked.modifiers, site)
    if not rows:
        return _price(asked, site, gaps.unknown_code(what, asked.code, asked.answer.release))
    contradiction = gaps.not_modelled(what, asked.modifiers)
    if contradiction is not None:
        return _price(asked, site, contradiction)
    component = next((m for m in asked.modifiers if m in gaps.COMPONENTS), "")
    row = rows.get(component)
    if row is None:
        return _price(asked, site, gaps.no_component(what, component, rows))
    gap = gaps.unpriced(what, row, site)
    if gap is not None:
        return _price(asked, site, gap)
    return _priced(asked, row, site, what)


def _priced(asked: _Asked, row: RvuRow, site: str, what: str) -> Price:
    computed = fee(row, site, asked.locality, asked.conversion_factor.value)
    rules = ["P01", "P02", "P08"]
    notes = [] if asked.locality.note is None else [asked.locality.note]
    if row.modifier:
        rules.append("P05")
    if computed.is_capped:
        rules.append("P06")
        notes.append("The OPPS cap for imaging is below the fee, so the cap is paid (rule P06).")
    if gaps.BILATERAL in asked.modifiers:
        bilateral = gaps.bilateral_percent(row, asked.bilateral.value)
        if bilateral is None:
            return _price(asked, site, gaps.no_bilateral(what, row))
        percent, why = bilateral
        computed = percent_of(computed, percent, f"Modifier 50: {why}")
        rules.append("P07")
        notes.append(f"Bilateral surgery indicator {row.bilateral_surgery}: {why} (rule P07).")
    if row.status == "R":
        notes.append("Status R: paid only where special coverage instructions allow it.")
    if row.status == "T":
        notes.append("Status T: paid only where nothing else of the schedule is paid that day.")
    rules.extend(asked.answer.rules)
    fact = Fact(
        computed.amount,
        "USD",
        as_of=asked.on,
        sources=_sources(asked, row, "P07" in rules),
        rules=tuple(sorted(rules)),
        note=asked.answer.note,
    )
    return _price(asked, site, fact, computed, notes)


def _sources(asked: _Asked, row: RvuRow, is_bilateral: bool) -> tuple[SourceRef, ...]:
    found = [asked.answer.source(row.place)]
    if asked.locality.source is not None:
        found.append(asked.locality.source)
    found.extend(asked.conversion_factor.sources)
    if is_bilateral:
        found.extend(asked.bilateral.sources)
    return tuple(found)


def _price(
    asked: _Asked,
    site: str,
    result: Fact | Gap,
    computed: Computed | None = None,
    notes: Sequence[str] = (),
) -> Price:
    release = asked.answer.release
    note = asked.answer.note
    if isinstance(result, Gap) and asked.answer.rules:
        result = msgspec.structs.replace(result, rules=(*asked.answer.rules, *result.rules))
    return Price(
        code=asked.code,
        modifier=" ".join(asked.modifiers),
        site=site,
        locality=asked.locality.name,
        locality_name=asked.locality.label,
        on=asked.on,
        result=result,
        amount=None if computed is None else computed.amount,
        steps=() if computed is None else computed.steps,
        release=release.name,
        effective_from=release.effective_from,
        effective_until=release.effective_until,
        substituted=asked.answer.is_substituted,
        notes=tuple(notes) if note is None else (*notes, note),
    )


def _parse_modifiers(modifiers: Sequence[str]) -> tuple[str, ...]:
    found = dict.fromkeys(m.strip().upper() for m in modifiers if m.strip())
    for modifier in found:
        if not _MODIFIER.match(modifier):
            raise UsageError(
                "A modifier has two letters or digits",
                found=modifier,
                expected="for example 26, TC or 50",
                todo="check the modifier",
            )
    return tuple(sorted(found, key=lambda m: m not in gaps.COMPONENTS))


def _parse_site(site: str | None) -> tuple[str, ...]:
    if site is None:
        return SITES
    if site not in SITES:
        raise UsageError(
            f"{site!r} is no site of the physician fee schedule",
            expected=", ".join(SITES),
            todo="name one, or none for both",
        )
    return (site,)


def explain(answer: Price) -> list[str]:
    """Lines of text: what was asked, the arithmetic, the release, the notes and the citations.

    >>> from datetime import date
    >>> gap = Gap("Medicare physician fee for 99999, facility", "not in it", "another release")
    >>> explain(Price(code="99999", modifier="", site="facility", locality=NATIONAL,
    ...     locality_name="National", on=date(2026, 7, 15), result=gap, amount=None, steps=(),
    ...     release="2026C", effective_from=date(2026, 7, 1), effective_until=date(2026, 9, 30),
    ...     substituted=False))[1]
    '  no amount: not in it'
    """
    service = answer.code if not answer.modifier else f"{answer.code} {answer.modifier}"
    where = (
        NATIONAL
        if answer.locality == NATIONAL
        else f"locality {answer.locality} ({answer.locality_name})"
    )
    lines = [f"{service}, {SITE_LABELS[answer.site]}, {where}, on {answer.on}"]
    if isinstance(answer.result, Gap):
        lines.append(f"  no amount: {answer.result.why}")
        lines.append(f"  would be filled by: {answer.result.which_source_would_fill_it}")
    else:
        width = max(len(step.label) for step in answer.steps)
        lines.extend(
            f"  {step.label:<{width}}  {step.formula} {_sign(step)} {plain(step.value)}"
            for step in answer.steps
        )
        lines.append(f"  {answer.result.text}")
    until = f"in force from {answer.effective_from} to {answer.effective_until}"
    lines.append(f"  release {answer.release}, {until}")
    lines.extend(f"  {note}" for note in answer.notes)
    if isinstance(answer.result, Fact):
        lines.extend(f"  source: {_cited(source)}" for source in answer.result.sources)
        lines.append(f"  rules: {', '.join(answer.result.rules)}")
    return lines


def _sign(step: Step) -> str:
    return "→" if step.is_rounded else "="


def _cited(source: SourceRef) -> str:
    parts = [source.label]
    if source.place:
        parts.append(source.place)
    if source.content_id:
        parts.append(f"file {source.content_id[:12]}")
    if source.link:
        parts.append(source.link)
    return ", ".join(parts)
