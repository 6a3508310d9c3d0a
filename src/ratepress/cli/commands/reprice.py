"""`ratepress reprice`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, LinesOut
from ratepress.cli.output import done, say

if TYPE_CHECKING:
    from ratepress.medicare.repricing.explained import ExplainedLine

Lines = Annotated[
    Path,
    typer.Argument(
        metavar="LINES.csv",
        help="Claim lines with a header: claim_id, date, code, modifiers, units, pos, locality.",
    ),
]
Explain = Annotated[
    bool,
    typer.Option("--explain", help="Print the steps, rules and sources of each line; for few."),
]


def reprice(
    lines: Lines,
    out: LinesOut = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """What Medicare allows for each line of a file of claims, of every type of claim.

    Every line comes back in its order, with `allowed_amount`, `status`, `rules` and `reason`.
    `--json` prints every line with its steps; it and `--explain` take the slow path.
    Python: `ratepress.medicare.repricing.run.reprice` and `reprice_file`, and
    `ratepress.medicare.repricing.plain.explain_file`.
    """
    from ratepress.lake.store import Lake
    from ratepress.medicare.repricing.run import reprice_file, reprice_to_text

    opened = Lake.open(lake)
    if explain or as_json:
        from ratepress.medicare.repricing.plain import explain_file

        found = explain_file(opened, lines)
        shown = [text for one in found for text in lines_of(one)]
        done("reprice", {"lines": found}, lambda: say(*shown), as_json=as_json)
    elif out is None or str(out) == "-":
        for block in reprice_to_text(opened, lines):
            sys.stdout.write(block)
    else:
        made = reprice_file(opened, lines, out)
        counts = ", ".join(f"{count:,} {status}" for status, count in made.by_status.items())
        say(f"{made.lines:,} lines in {out}: {counts or 'none'}")


def lines_of(line: ExplainedLine) -> list[str]:
    """A line with its trace, for people.

    >>> from ratepress.medicare.repricing.explained import ExplainedLine
    >>> lines_of(ExplainedLine(line_no=0, allowed_amount=None, status="invalid", rules=("P15",),
    ...     reason="code has not five letters or digits"))
    ['line 1: invalid, code has not five letters or digits', '  rules: P15']
    """
    amount = line.reason if line.allowed_amount is None else f"${line.allowed_amount}"
    found = [f"line {line.line_no + 1}: {line.status}, {amount}"]
    found += [f"  {step.label}: {step.formula} = {step.value:f}" for step in line.steps]
    if line.limiting_charge is not None:
        found.append(f"  limiting charge ${line.limiting_charge}")
    if line.medicare_payment is not None:
        found.append(f"  Medicare pays after sequestration ${line.medicare_payment}")
    if line.reason and line.allowed_amount is not None:
        found.append(f"  {line.reason}")
    cited = {one.title for used in line.parameters for one in used.citations}
    found += [f"  source: {source.label}" for source in line.sources if source.label not in cited]
    found += [f"  parameter: {used.text}" for used in line.parameters]
    return [*found, f"  rules: {', '.join(line.rules)}"]
