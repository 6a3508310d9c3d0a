"""`ratepress check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, LinesOut
from ratepress.cli.output import done, say

if TYPE_CHECKING:
    from ratepress.coding.claims.run import Checked

Lines = Annotated[
    Path,
    typer.Argument(
        metavar="LINES.csv",
        help="Claim lines with a header: claim_id, date, code, modifiers, units, pos, patient.",
    ),
]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="Refuse a release that would stand in for another (rule P00)."),
]


def check(
    lines: Lines,
    out: LinesOut = None,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Whether each line of a file of claims may be billed: pass, deny or review, and why.

    Every line comes back in its order, with the Medicare amount, rules, reason, the other line
    involved, a correction, and CARC and RARC. `--json` prints each finding apart; for few lines.
    Python: `ratepress.coding.claims.run.check`, `check_file` and `check_lines`.
    """
    from ratepress.coding.claims.run import check_file, check_lines, check_to_text
    from ratepress.lake.store import Lake

    opened = Lake.open(lake)
    if as_json:
        found, counts = check_lines(opened, lines, strict=strict)
        data = {"lines": found, "summary": counts}
        done("check", data, lambda: None, as_json=True, notes=counts.notes)
    elif out is None or str(out) == "-":
        for block in check_to_text(opened, lines, strict=strict):
            sys.stdout.write(block)
    else:
        counts = check_file(opened, lines, out, strict=strict)
        done("check", counts, lambda: _show(counts, out), as_json=False, notes=counts.notes)


def _show(counts: Checked, out: Path) -> None:
    by_status = ", ".join(f"{count:,} {status}" for status, count in counts.by_status.items())
    say(f"{counts.lines:,} lines in {out}: {by_status or 'none'}")
    by_rule = ", ".join(f"{rule} {count:,}" for rule, count in counts.by_rule.items())
    if by_rule:
        say(f"Lines by rule: {by_rule}")
