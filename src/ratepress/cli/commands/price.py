"""`ratepress price`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, Code, LakeFolder, ServiceDate
from ratepress.cli.output import done, say, table

if TYPE_CHECKING:
    from ratepress.medicare.facility import FacilityPrice
    from ratepress.medicare.price import Price
    from ratepress.medicare.quote import Quote

Modifiers = Annotated[
    list[str] | None,
    typer.Option(
        "--modifier", metavar="MODIFIER", help="26, TC, 50, 80, 54, 73, … ; may stand repeatedly."
    ),
]
System = Annotated[
    list[str] | None,
    typer.Option(
        "--system",
        metavar="SYSTEM",
        help="`pfs`, `opps`, `asc`, `ipps` or `clfs`; may stand repeatedly. Those that can answer"
        " where it is left out.",
    ),
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
ZipCode = Annotated[
    str | None,
    typer.Option("--zip", metavar="ZIP", help="The ZIP code of the service, for its locality."),
]
Cbsa = Annotated[
    str | None,
    typer.Option(
        "--cbsa", metavar="CBSA", help="The area whose wage index adjusts the facility's rates."
    ),
]
Units = Annotated[int, typer.Option("--units", metavar="N", help="Units of one claim line.")]
ProviderType = Annotated[
    str | None,
    typer.Option("--provider-type", metavar="TYPE", help="`NP`, `PA` or `CNS`; else a physician."),
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
    system: System = None,
    site: Site = None,
    locality: Locality = None,
    zip_code: ZipCode = None,
    cbsa: Cbsa = None,
    units: Units = 1,
    provider_type: ProviderType = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    qp: Qualifying = False,
    strict: Strict = False,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """What Medicare pays for a service: professional, facility, and both together.

    Physician fee schedule, hospital outpatient and surgical center stand side by side. The
    facility's rates are left out where a site, a locality, a kind of practitioner or a modifier of
    professional services is asked for; --system names them all the same.

    Python: `ratepress.medicare.quote.quote`, with `ratepress.medicare.price.price` and
    `ratepress.medicare.facility.facility_prices` behind it; `ratepress.medicare.price.explain`
    gives the text.
    """
    from ratepress.lake.store import Lake
    from ratepress.medicare.quote import quote

    found = quote(
        Lake.open(lake),
        code,
        on,
        systems=tuple(system or ()),
        modifiers=tuple(modifier or ()),
        site=site,
        locality=locality,
        zip_code=zip_code,
        cbsa=cbsa,
        units=units,
        provider_type=provider_type,
        qualifying=qp,
        strict=strict,
    )
    # The explanation has the notes in it.
    notes = () if explain and not as_json else found.notes

    def show() -> None:
        _explain(found) if explain else _show(found)

    done("price", found, show, as_json=as_json, notes=notes)


def _explain(found: Quote) -> None:
    from ratepress.medicare.explained import explain_quote

    say(*explain_quote(found))


def _show(found: Quote) -> None:
    if found.prices:
        _show_professional(found.prices)
    if found.facility:
        _show_facility(found.facility)
    for total in found.totals:
        if total.amount is not None:
            say(f"{total.text}.")


def _show_professional(found: tuple[Price, ...]) -> None:
    columns = ("code", "modifier", "site", "locality", "date", "amount", "release")
    rows = [
        (one.code, one.modifier, one.site, one.locality, one.on, _amount(one), one.release)
        for one in found
    ]
    table(columns, rows, numbers=("amount",))
    _say_why_not({one.site: one for one in found})


def _show_facility(found: tuple[FacilityPrice, ...]) -> None:
    columns = ("system", "code", "status", "APC", "area", "date", "amount", "release")
    rows = [
        (
            one.system,
            one.code,
            one.status or "",
            one.apc or "",
            one.area,
            one.on,
            _amount(one),
            one.release or "",
        )
        for one in found
    ]
    table(columns, rows, numbers=("amount",))
    _say_why_not({one.system: one for one in found})


def _amount(one: Price | FacilityPrice) -> str:
    from ratepress.core.facts import Gap

    return "none" if isinstance(one.result, Gap) else one.result.text


def _say_why_not(found: Mapping[str, Price | FacilityPrice]) -> None:
    from ratepress.core.facts import Gap

    for name, one in found.items():
        if isinstance(one.result, Gap):
            say(f"{name}: {one.result.why}.")
