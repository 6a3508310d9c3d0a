"""`ratepress price`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, Code, LakeFolder, ServiceDate
from ratepress.cli.output import done, say, table

if TYPE_CHECKING:
    from ratepress.medicare.facility import FacilityPrice
    from ratepress.medicare.price import Price

Modifiers = Annotated[
    list[str] | None,
    typer.Option("--modifier", metavar="MODIFIER", help="26, TC, 53 or 50; may stand repeatedly."),
]
Site = Annotated[
    str | None,
    typer.Option(
        "--site", metavar="SITE", help="`facility` or `nonfacility`; both where it is left out."
    ),
]
Locality = Annotated[
    str | None,
    typer.Option(
        "--locality",
        metavar="MAC-LOC",
        help="Medicare contractor and locality, `10112-00`; the nation where it is left out.",
    ),
]
Qualifying = Annotated[
    bool,
    typer.Option(
        "--qp", help="Take the conversion factor of a qualifying participant in an advanced APM."
    ),
]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="Refuse where the release in force on the date is not loaded."),
]
Explain = Annotated[
    bool, typer.Option("--explain", help="Print the arithmetic, the release and the citations.")
]


def price(
    code: Code,
    on: ServiceDate,
    modifier: Modifiers = None,
    site: Site = None,
    locality: Locality = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    qp: Qualifying = False,
    strict: Strict = False,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """What Medicare pays for a service: physician, hospital outpatient and surgical center.

    The facility's rates are national ones for the plain code, so they are left out where a
    modifier, a site or a locality is asked for.

    Python: `ratepress.medicare.price.price`, and `ratepress.medicare.price.explain` for the text;
    `ratepress.medicare.facility.facility_prices`.
    """
    from ratepress.lake.store import Lake
    from ratepress.medicare.facility import facility_prices
    from ratepress.medicare.price import explain as lines_of
    from ratepress.medicare.price import price as price_of

    found = price_of(
        Lake.open(lake),
        code,
        on,
        modifiers=tuple(modifier or ()),
        site=site,
        locality=locality,
        qualifying=qp,
        strict=strict,
    )
    is_plain = not (modifier or site or locality)
    facility = facility_prices(Lake.open(lake), code, on, strict=strict) if is_plain else ()
    notes = [note for one in found for note in one.notes]
    notes_of_facility = [note for one in facility for note in one.notes]

    def show() -> None:
        if explain:
            say(*(line for one in found for line in (*lines_of(one), "")))
        else:
            _show(found)
        if facility:
            _show_facility(facility, is_long=explain)

    # The explanation has the notes in it.
    shown = [*(() if explain and not as_json else notes), *notes_of_facility]
    done("price", {"prices": found, "facility": facility}, show, as_json=as_json, notes=shown)


def _show(found: tuple[Price, ...]) -> None:
    from ratepress.core.facts import Gap

    columns = ("code", "modifier", "site", "locality", "date", "amount", "release")
    rows = [
        (
            one.code,
            one.modifier,
            one.site,
            one.locality,
            one.on,
            "none" if isinstance(one.result, Gap) else one.result.text,
            one.release,
        )
        for one in found
    ]
    table(columns, rows, numbers=("amount",))
    for one in found:
        if isinstance(one.result, Gap):
            say(f"{one.site}: {one.result.why}.")


def _show_facility(found: tuple[FacilityPrice, ...], *, is_long: bool) -> None:
    from ratepress.core.facts import Fact, Gap

    columns = ("system", "code", "status", "APC", "date", "amount", "release")
    rows = [
        (
            one.system,
            one.code,
            one.status or "",
            one.apc or "",
            one.on,
            "none" if isinstance(one.result, Gap) else one.result.text,
            one.release or "",
        )
        for one in found
    ]
    table(columns, rows, numbers=("amount",))
    for one in found:
        if isinstance(one.result, Gap):
            say(f"{one.system}: {one.result.why}.")
        elif is_long and isinstance(one.result, Fact):
            say(*(f"{one.system}: source: {s.label}, {s.place}" for s in one.result.sources))
