"""`ratepress code`."""

from __future__ import annotations

from typing import Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, Code, LakeFolder, ServiceDate
from ratepress.cli.output import done, working

Whole = Annotated[
    bool, typer.Option("--all", help="List every code of the edits and add-on links.")
]

State = Annotated[
    str | None,
    typer.Option(
        "--state", metavar="XX", help="Coverage documents that may hold in this state alone."
    ),
]


def code(
    code: Code,
    on: ServiceDate,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    state: State = None,
    whole: Whole = False,
    as_json: AsJson = False,
) -> None:
    """What may be billed: indicators, modifiers with what decides each, units, edits, family.

    Python: `ratepress.dossier.sheet.code_sheet`.
    """
    from ratepress.cli.code_view import show
    from ratepress.dossier.sheet import code_sheet
    from ratepress.lake.store import Lake

    with working("looking up"):
        sheet = code_sheet(Lake.open(lake), code, on, state)
    done("code", sheet, lambda: show(sheet, is_whole=whole), as_json=as_json, notes=sheet.notes)
