"""`ratepress explain`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import DEFAULT_LAKE, AsJson, AsOf, GhostFilter, LakeFolder
from ratepress.cli.output import done, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ratepress.core.rules import Rule
    from ratepress.dossier.explain import ExplainedCode

Subject = Annotated[
    str,
    typer.Argument(
        metavar="RULE|CODE",
        help="The id of a rule, as it stands beside a number: `M05`; a code; or `medicare`.",
    ),
]
_LIKE_A_RULE = re.compile(r"[A-Za-z]\d{1,3}\Z")


def explain(
    subject: Subject,
    as_of: AsOf = None,
    ghost_filter: GhostFilter = "balanced",
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    as_json: AsJson = False,
) -> None:
    """A rule: what it decides, why, from which source. A code: why its numbers are what they are.

    For a code, Medicare's arithmetic with its citations, and each line of the benchmark with its
    votes and the rows of files behind them. `explain medicare` says what of Medicare's payment is
    modelled, system by system, since when, verified against what, and what is not.

    Python: `ratepress.core.rules.rule`; `ratepress.dossier.explain.explain_code`;
    `ratepress.medicare.modelled.modelled`.
    """
    from ratepress.core.rules import rule

    wanted = subject.strip()
    if wanted.lower() == "medicare":
        _medicare(as_json=as_json)
    elif _LIKE_A_RULE.match(wanted):
        found = rule(wanted)
        done("explain", found, lambda: say(*lines_of(found)), as_json=as_json)
    else:
        _check_code(subject)
        from ratepress.dossier.explain import explain_code
        from ratepress.lake.store import Lake

        code = explain_code(Lake.open(lake), wanted, as_of=as_of, strength=ghost_filter)
        done("explain", code, lambda: say(*lines_of_code(code)), as_json=as_json)


def _check_code(subject: str) -> None:
    """`UsageError` for what is neither a rule nor a code, before a lake is looked for."""
    from ratepress.codes.argument import parse_code
    from ratepress.core.errors import UsageError

    try:
        parse_code(subject)
    except UsageError as error:
        raise UsageError(
            f"There is no rule {subject!r}, and no code",
            expected=f"the id of a rule, as `M05`, or {error.expected or 'a code'}",
            todo="take what stands beside a number, or the code of a service",
        ) from error


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


def lines_of_code(found: ExplainedCode) -> Iterator[str]:
    """Medicare's arithmetic, and the votes and rows of the market, for people."""
    from ratepress.cli.trace_view import lines_of as market_lines
    from ratepress.core.facts import Gap
    from ratepress.medicare.explained import explain_quote

    if isinstance(found.medicare, Gap):
        yield f"{found.medicare.what}: {found.medicare.why.rstrip('.')}."
        yield f"  would be filled by: {found.medicare.which_source_would_fill_it}"
    else:
        yield from explain_quote(found.medicare)
    yield ""
    yield from market_lines(found.market)
