"""`ratepress explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import AsJson
from ratepress.cli.output import done, say

if TYPE_CHECKING:
    from ratepress.core.rules import Rule

Subject = Annotated[
    str,
    typer.Argument(
        metavar="RULE",
        help="The id of a rule, as it stands beside a number: `M05`; or `medicare`.",
    ),
]


def explain(subject: Subject, *, as_json: AsJson = False) -> None:
    """What a rule decides, why, since when, and from which source.

    `explain medicare` says what of Medicare's payment is modelled, system by system, since when,
    verified against what, and what is not.

    Python: `ratepress.core.rules.rule`; `ratepress.medicare.modelled.modelled`.
    """
    if subject.strip().lower() == "medicare":
        _medicare(as_json=as_json)
        return
    from ratepress.core.rules import rule

    found = rule(subject)
    done("explain", found, lambda: say(*lines_of(found)), as_json=as_json)


def _medicare(*, as_json: bool) -> None:
    from ratepress.medicare.modelled import lines_of as coverage_lines
    from ratepress.medicare.modelled import modelled

    found = modelled()
    done("explain", found, lambda: say(*coverage_lines(found)), as_json=as_json)


def lines_of(rule: Rule) -> list[str]:
    """The record of a rule for people.

    >>> from ratepress.core.rules import rule
    >>> lines_of(rule("M05"))[0]
    'M05: Percentiles by linear interpolation (Market method)'
    """
    title = rule.source.title + (f", {rule.source.link}" if rule.source.link else "")
    facts = {
        "Decides": " ".join(rule.decides.split()),
        "Why": " ".join(rule.why.split()),
        "Source": title,
        "Since": str(rule.since),
        "Until": str(rule.until or ""),
        "Severity": rule.severity or "",
        "Keeps out of the votes at": ", ".join(rule.strengths),
        "Parameters": ", ".join(f"{name} = {value}" for name, value in rule.parameters.items()),
        "Applied by": rule.applied_by,
    }
    heading = f"{rule.id}: {rule.name} ({rule.family})"
    return [heading, *(f"  {name}: {value}" for name, value in facts.items() if value)]
