"""The trace of an amount as lines of text: arithmetic, release, parameters, citations, rules.

One form for every payment system; `price --explain` prints it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.medicare.formula import SITE_LABELS, Step, plain
from ratepress.medicare.parameters import Used
from ratepress.medicare.rows import NATIONAL

if TYPE_CHECKING:
    from ratepress.medicare.facility import FacilityPrice
    from ratepress.medicare.price import Price
    from ratepress.medicare.quote import Quote
    from ratepress.medicare.totals import Total


def explain(answer: Price) -> list[str]:
    """Lines of text: what was asked, the arithmetic, the release, the notes and the citations.

    >>> from datetime import date
    >>> from ratepress.medicare.price import Price
    >>> gap = Gap("Medicare physician fee for 99999, facility", "not in it", "another release")
    >>> explain(Price(code="99999", modifier="", site="facility", locality=NATIONAL,
    ...     locality_name="National", on=date(2026, 7, 15), result=gap, amount=None, steps=(),
    ...     release="2026C", effective_from=date(2026, 7, 1), effective_until=date(2026, 9, 30),
    ...     substituted=False))[1]
    '  no amount: not in it'
    """
    service = answer.code if not answer.modifier else f"{answer.code} {answer.modifier}"
    where = (
        NATIONAL
        if answer.locality == NATIONAL
        else f"locality {answer.locality} ({answer.locality_name})"
    )
    units = "" if answer.units == 1 else f"{answer.units} units, "
    by = f"by {answer.provider_type}, " if answer.provider_type else ""
    site = SITE_LABELS[answer.site]
    until = f"in force from {answer.effective_from} to {answer.effective_until}"
    return [
        f"{service}, {units}{by}{site}, {where}, on {answer.on}",
        *result_lines(answer.result, answer.steps),
        f"  release {answer.release}, {until}",
        *(f"  {note}" for note in answer.notes),
        *trace_lines(answer.result, answer.parameters),
        *(_beside(answer)),
    ]


def explain_facility(answer: FacilityPrice) -> list[str]:
    """As `explain`, for a facility's rate."""
    service = answer.code if not answer.modifier else f"{answer.code} {answer.modifier}"
    units = "" if answer.units == 1 else f"{answer.units} units, "
    where = "national" if answer.area == "national" else f"area {answer.area}"
    until = f"in force from {answer.effective_from} to {answer.effective_until}"
    release = [] if answer.release is None else [f"  release {answer.release}, {until}"]
    return [
        f"{answer.system}: {service}, {units}{where}, on {answer.on}",
        *result_lines(answer.result, answer.steps),
        *release,
        *(f"  {note}" for note in answer.notes),
        *trace_lines(answer.result, answer.parameters),
    ]


def explain_total(total: Total) -> list[str]:
    """The sum of a visit in one line, and the rule of it."""
    return [total.text, "  rules: M13, and those of its parts"]


def explain_quote(found: Quote) -> list[str]:
    """Every answer of a quote as text, an empty line after each; `quote` makes it.

    >>> from ratepress.medicare.quote import Quote
    >>> explain_quote(Quote((), (), ()))
    []
    """
    parts = [explain(one) for one in found.prices]
    parts += [explain_facility(one) for one in found.facility]
    parts += [explain_total(one) for one in found.totals]
    return [line for part in parts for line in (*part, "")]


def result_lines(result: Fact | Gap, steps: Sequence[Step]) -> list[str]:
    """The arithmetic and the amount; or why there is none, and what would give one."""
    if isinstance(result, Gap):
        return [
            f"  no amount: {result.why}",
            f"  would be filled by: {result.which_source_would_fill_it}",
        ]
    return [*step_lines(steps), f"  {result.text}"]


def step_lines(steps: Sequence[Step]) -> list[str]:
    """One line a step, its sum and its value; an arrow where it is rounded."""
    width = max((len(step.label) for step in steps), default=0)
    return [
        f"  {step.label:<{width}}  {step.formula} {_sign(step)} {plain(step.value)}"
        for step in steps
    ]


def trace_lines(result: Fact | Gap, parameters: Sequence[Used]) -> list[str]:
    """Files, parameters with dates and citations, and rules behind an amount."""
    if isinstance(result, Gap):
        return [f"  rules: {', '.join(result.rules)}"] if result.rules else []
    cited = {citation.title for one in parameters for citation in one.citations}
    return [
        *(f"  source: {cite(source)}" for source in result.sources if source.label not in cited),
        *(f"  parameter: {one.text}" for one in parameters),
        f"  rules: {', '.join(result.rules)}",
    ]


def _beside(answer: Price) -> list[str]:
    if answer.apart is None:
        return []
    return ["  shown apart, the amount stays as it is (rules P30 and P32):"] + [
        f"  {line}" for line in step_lines(answer.apart.steps)
    ]


def _sign(step: Step) -> str:
    return "→" if step.is_rounded else "="


def cite(source: SourceRef) -> str:
    """A source in one line: label, place, file and link."""
    parts = [source.label]
    if source.place:
        parts.append(source.place)
    if source.content_id:
        parts.append(f"file {source.content_id[:12]}")
    if source.link:
        parts.append(source.link)
    return ", ".join(parts)
