"""`ratepress price`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, Code, LakeFolder, ServiceDate
from ratepress.cli.output import done, say, table

if TYPE_CHECKING:
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
    """What Medicare pays for a service under the physician fee schedule.

    Python: `ratepress.medicare.price.price`, and `ratepress.medicare.price.explain` for the text.
    """
    from ratepress.lake.store import Lake
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
    notes = [note for one in found for note in one.notes]

    def show() -> None:
        if explain:
            say(*(line for one in found for line in (*lines_of(one), "")))
        else:
            _show(found)

    # The explanation has the notes in it.
    shown = () if explain and not as_json else notes
    done("price", {"prices": found}, show, as_json=as_json, notes=shown)


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
