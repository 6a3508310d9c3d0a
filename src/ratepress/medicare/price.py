"""What Medicare pays for a service under the physician fee schedule, with every step shown.

The Python twin of `ratepress price`. Rules P00 to P10, P26 to P32 and P72 to P76; the formula is in
`medicare.formula`, the shares of modifiers in `medicare.shares`.
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
from ratepress.medicare import gaps, shares
from ratepress.medicare.apart import Apart, apart
from ratepress.medicare.explained import explain
from ratepress.medicare.formula import SITES, Computed, Step, fee, percent_of
from ratepress.medicare.localities import ZipLocality, locality_of_zip
from ratepress.medicare.parameters import Participant, Used, used
from ratepress.medicare.releases import Answer, need_release
from ratepress.medicare.repricing.form import EQUIPMENT
from ratepress.medicare.rows import Locality, RvuRow, find_locality, parse_code, rvu_rows
from ratepress.medicare.several import most_units, several_units

__all__ = ["Price", "explain", "price", "price_on"]

TABLES = ("pfs_rvu", "pfs_gpci", "zip_localities")
"""The tables of the lake that `price_on` reads."""
_MODIFIER = re.compile(r"[A-Z0-9]{2}\Z", re.ASCII)


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """One amount, or the reason for none, of one service at one site on one day.

    `amount` is in dollars with two decimals, for all `units`. `locality` is `national` or MAC and
    locality, `10112-00`. `substituted` says that another release of the year stands in (rule P00).
    `parameters` are the dated values that entered it; `apart` is what it leaves out.
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
    units: int = 1
    provider_type: str = ""
    parameters: tuple[Used, ...] = ()
    apart: Apart | None = None


class _Asked(msgspec.Struct, frozen=True):
    """One question, its parts found: what every site's answer shares."""

    connection: duckdb.DuckDBPyConnection
    code: str
    modifiers: tuple[str, ...]
    on: date
    locality: Locality
    answer: Answer
    participant: Participant
    provider_type: str
    units: int
    zip_locality: ZipLocality | None

    @property
    def is_both(self) -> bool:
        return gaps.BILATERAL in self.modifiers or {"RT", "LT"} <= set(self.modifiers)


class _Made(msgspec.Struct):
    """An amount while it is made, and what it rests on."""

    computed: Computed
    rules: list[str]
    notes: list[str]
    parameters: list[Used]

    def take(self, share: shares.Share) -> None:
        """The share of the amount so far, with what is behind it."""
        self.computed = percent_of(self.computed, share.percent, share.label)
        self.rules += share.rules
        self.parameters += share.parameters
        self.notes += share.notes


def price(
    lake: Lake,
    code: str,
    on: date,
    *,
    modifiers: Sequence[str] = (),
    site: str | None = None,
    locality: str | None = None,
    zip_code: str | None = None,
    units: int = 1,
    provider_type: str | None = None,
    qualifying: bool = False,
    strict: bool = False,
) -> tuple[Price, ...]:
    """What Medicare pays for `code` on the day `on`: one `Price` a site asked, both for None.

    `modifiers` are those that a row or an indicator of the release decides: 26, TC, 53, 50, RT and
    LT, 80, 81, 82, AS, 62, 66, 54, 55, 56, 78, CQ, CO, FX, FY and CT, and those that leave the
    amount as it is. `locality` is MAC and locality (`10112-00`), the nation for None, or follows
    from `zip_code`; `units` of one line are paid together (rule P76); `provider_type` is `NP`, `PA`
    or `CNS`; `qualifying` takes the conversion factor of a qualifying APM participant. A service
    that is not priced gives a `Price` whose `result` is a Gap.

    Raises `UsageError` for a malformed code, modifier, site, locality, ZIP code, number of units or
    provider type, and `MissingReferenceData` where no release of the year is loaded, or, with
    `strict`, where the release in force is not.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> price(lake, "32557", date(2026, 7, 15))
    Traceback (most recent call last):
    ...
    ratepress.core.errors.MissingReferenceData: No release of the physician fee schedule of 2026...
    """
    with lake.connect(tables=TABLES) as connection:
        return price_on(
            connection,
            code,
            on,
            modifiers=modifiers,
            site=site,
            locality=locality,
            zip_code=zip_code,
            units=units,
            provider_type=provider_type,
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
    zip_code: str | None = None,
    units: int = 1,
    provider_type: str | None = None,
    qualifying: bool = False,
    strict: bool = False,
) -> tuple[Price, ...]:
    """As `price`, on an open connection of a lake (`Lake.connect`)."""
    code = parse_code(code)
    wanted = parse_modifiers(modifiers)
    sites = _parse_site(site)
    practitioner = _parse_provider_type(provider_type)
    parse_units(units)
    participant: Participant = "QP" if qualifying else "non-QP"
    answer = need_release(connection, on, participant, strict=strict)
    placed = _placed(connection, zip_code, locality, on, strict=strict)
    where = find_locality(connection, locality if placed is None else placed.locality, on)
    asked = _Asked(
        connection, code, wanted, on, where, answer, participant, practitioner, units, placed
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
    if gap is None and asked.is_both and gaps.bilateral_percent(row, Decimal(0)) is None:
        gap = gaps.no_bilateral(what, row)
    if gap is not None:
        return _price(asked, site, gap)
    return _priced(asked, row, site, what)


def _priced(asked: _Asked, row: RvuRow, site: str, what: str) -> Price:
    role = shares.role_of(asked.modifiers)
    package = shares.package_share(row, asked.modifiers)
    therapy = shares.therapy_assistant(row, asked.modifiers, asked.on)
    for refusal in (shares.role_refusal(row, role), package, therapy):
        if isinstance(refusal, tuple):
            return _price(asked, site, gaps.refused(what, refusal))
    is_line = asked.units > 1 or bool(set(EQUIPMENT) & set(asked.modifiers))
    made = _several(asked, site) if is_line else _first(asked, row, site, role)
    if isinstance(made, tuple):
        return _price(asked, site, gaps.refused(what, made))
    for share in (package, therapy):
        if isinstance(share, shares.Share):
            made.take(share)
    if row.status == "R":
        made.notes.append("Status R: paid only where special coverage instructions allow it.")
    if row.status == "T":
        note = "Status T: paid only where nothing else of the schedule is paid that day."
        made.notes.append(note)
    made.rules.extend(asked.answer.rules)
    if asked.zip_locality is not None:
        made.rules.append("P74")
        if asked.zip_locality.note is not None:
            made.rules.append("P00")
    fact = Fact(
        made.computed.amount,
        "USD",
        as_of=asked.on,
        sources=_sources(asked, row, made.parameters),
        rules=tuple(sorted(set(made.rules))),
        note=asked.answer.note,
    )
    return _price(asked, site, fact, made)


def _first(asked: _Asked, row: RvuRow, site: str, role: str) -> _Made:
    """One unit: the fee, both sides of it, and the share of role and practitioner (rule P34)."""
    factor = used("pfs_conversion_factor", asked.on, asked.participant)
    computed = fee(row, site, asked.locality, factor.value)
    made = _Made(computed, ["P01", "P02", "P08"], [], [factor])
    if asked.locality.note is not None:
        made.notes.append(asked.locality.note)
    if row.modifier:
        made.rules.append("P05")
    if computed.is_capped:
        made.rules.append("P06")
        note = "The OPPS cap for imaging is below the fee, so the cap is paid (rule P06)."
        made.notes.append(note)
    if asked.is_both:
        _both_sides(asked, row, made)
    share = shares.paid_share(row, role, bool(asked.provider_type), asked.on)
    if share is not None:
        made.take(share)
    return made


def _both_sides(asked: _Asked, row: RvuRow, made: _Made) -> None:
    dated = used("pfs_bilateral_percent", asked.on)
    percent, why = gaps.bilateral_percent(row, dated.value) or (Decimal(100), "")
    note = f"Bilateral surgery indicator {row.bilateral_surgery}: {why} (rule P07)."
    parameters = (dated,) if row.bilateral_surgery == "1" else ()
    name = "50" if gaps.BILATERAL in asked.modifiers else "RT and LT"
    made.take(shares.Share(percent, f"Modifier {name}: {why}", ("P07",), parameters, (note,)))


def _several(asked: _Asked, site: str) -> _Made | shares.Refusal:
    """What a claim line is paid: of several units (rule P76), or with older equipment (P90)."""
    found = several_units(
        asked.connection,
        asked.code,
        [m for m in asked.modifiers if m not in shares.WITH_SHARES],
        asked.on,
        asked.units,
        site,
        asked.locality.name,
        asked.participant,
        asked.provider_type,
    )
    if isinstance(found, tuple):
        return found
    made = _Made(found.computed, list(found.rules), [], list(found.parameters))
    if asked.units > 1:
        made.rules.append("P76")
        made.notes.append(f"{asked.units} units of one line, as `reprice` pays them (rule P76).")
    return made


def _sources(asked: _Asked, row: RvuRow, parameters: Sequence[Used]) -> tuple[SourceRef, ...]:
    found = [asked.answer.source(row.place)]
    if asked.locality.source is not None:
        found.append(asked.locality.source)
    if asked.zip_locality is not None:
        found.append(asked.zip_locality.source)
    found.extend(SourceRef(c.title, link=c.link) for one in parameters for c in one.citations)
    return tuple(dict.fromkeys(found))


def _price(asked: _Asked, site: str, result: Fact | Gap, made: _Made | None = None) -> Price:
    release = asked.answer.release
    if isinstance(result, Gap) and asked.answer.rules:
        result = msgspec.structs.replace(result, rules=(*asked.answer.rules, *result.rules))
    notes = [] if made is None else made.notes
    placed = None if asked.zip_locality is None else asked.zip_locality.note
    notes = [*notes, *(note for note in (placed, asked.answer.note) if note is not None)]
    return Price(
        code=asked.code,
        modifier=" ".join(asked.modifiers),
        site=site,
        locality=asked.locality.name,
        locality_name=asked.locality.label,
        on=asked.on,
        result=result,
        amount=None if made is None else made.computed.amount,
        steps=() if made is None else made.computed.steps,
        release=release.name,
        effective_from=release.effective_from,
        effective_until=release.effective_until,
        substituted=asked.answer.is_substituted,
        notes=tuple(dict.fromkeys(notes)),
        units=asked.units,
        provider_type=asked.provider_type,
        parameters=() if made is None else tuple(dict.fromkeys(made.parameters)),
        apart=None if made is None else apart(made.computed.amount, asked.on),
    )


def parse_modifiers(modifiers: Sequence[str]) -> tuple[str, ...]:
    """Modifiers in capitals, components first; `UsageError` for what is none.

    >>> parse_modifiers(["lt", "26"])
    ('26', 'LT')
    """
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


def parse_units(units: int) -> None:
    """`UsageError` unless a claim line can state so many units."""
    if not 1 <= units <= most_units():
        raise UsageError(
            "The units of a service are a whole number",
            found=str(units),
            expected=f"1 to {most_units():,}",
            todo="check --units",
        )


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


def _parse_provider_type(provider_type: str | None) -> str:
    found = (provider_type or "").strip().upper()
    if found and found not in shares.PRACTITIONERS:
        raise UsageError(
            f"{provider_type!r} is no kind of practitioner with a share of its own",
            expected=", ".join(shares.PRACTITIONERS),
            todo="name one, or none for a physician",
        )
    return found


def _placed(
    connection: duckdb.DuckDBPyConnection,
    zip_code: str | None,
    locality: str | None,
    on: date,
    *,
    strict: bool,
) -> ZipLocality | None:
    if zip_code is None:
        return None
    if locality is not None:
        raise UsageError(
            "A locality and a ZIP code are both given",
            found=f"{locality} and {zip_code}",
            todo="name one of them",
        )
    return locality_of_zip(connection, zip_code, on, strict=strict)
