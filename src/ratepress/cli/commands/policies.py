"""`ratepress policies`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, parse_date
from ratepress.cli.output import done, say, table
from ratepress.core.errors import UsageError

if TYPE_CHECKING:
    from ratepress.market.policies import PolicyAnswer, PolicyChange

MaybeCode = Annotated[
    str | None,
    typer.Argument(metavar="CODE", help="A code, or `system:code`; `--changes` needs none."),
]
MaybeDate = Annotated[
    date | None,
    typer.Option(
        "--date",
        metavar="YYYY-MM-DD",
        parser=parse_date,
        help="The date of service; it chooses the version, and is never taken from today.",
    ),
]
Changes = Annotated[
    bool, typer.Option("--changes", help="Print what changed from version to version instead.")
]


def policies(
    code: MaybeCode = None,
    on: MaybeDate = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    changes: Changes = False,
    as_json: AsJson = False,
) -> None:
    """What payers' policies say of a code on a day, and what changed between their versions.

    Policies come from registers that you keep and `add`.

    Python: `ratepress.market.policies.policies` and `ratepress.market.policies.policy_changes`.
    """
    from ratepress.lake.store import Lake
    from ratepress.market.policies import policies as policies_of
    from ratepress.market.policies import policy_changes

    if changes:
        with Lake.open(lake).connect() as connection:
            found = policy_changes(connection, code)
        done("policies", {"changes": found}, lambda: _show_changes(found), as_json=as_json)
        return
    if code is None or on is None:
        raise UsageError(
            "A code and a date are wanted",
            expected="ratepress policies CODE --date YYYY-MM-DD",
            todo="name both, or ask for --changes",
        )
    with Lake.open(lake).connect() as connection:
        answer = policies_of(connection, code, on)
    data = {"code": answer.code, "date": on, "policies": answer.policies, "gaps": answer.gaps}
    done("policies", data, lambda: _show(answer), as_json=as_json, notes=answer.notes)


def _show(answer: PolicyAnswer) -> None:
    columns = ("payer", "policy", "version", "from", "stance", "prior authorisation", "title")
    rows = [
        (
            one.payer,
            one.policy_id,
            one.version,
            one.effective_on,
            one.stance,
            one.prior_authorisation,
            one.title,
        )
        for one in answer.policies
    ]
    if rows:
        table(columns, rows)
    for gap in answer.gaps:
        say(f"{gap.what}: {gap.why}. Would be filled by: {gap.which_source_would_fill_it}.")


def _show_changes(found: tuple[PolicyChange, ...]) -> None:
    if not found:
        say("No policy stands in the lake in two states that differ.")
        return
    columns = ("payer", "policy", "versions", "from", "field", "before", "after")
    rows = [
        (
            one.payer,
            one.policy_id,
            f"{one.from_version} > {one.to_version}",
            one.effective_on,
            one.field,
            one.before,
            one.after,
        )
        for one in found
    ]
    table(columns, rows)
