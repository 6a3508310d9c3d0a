"""`ratepress code`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ratepress.cli.options import DEFAULT_LAKE, AsJson, Code, LakeFolder, ServiceDate
from ratepress.cli.output import done, say, table

if TYPE_CHECKING:
    from ratepress.coding.indicators import CodingFacts
    from ratepress.coding.modifiers import ModifierTable
    from ratepress.core.facts import Gap


def code(
    code: Code, on: ServiceDate, lake: LakeFolder = DEFAULT_LAKE, *, as_json: AsJson = False
) -> None:
    """What may be billed: the indicators of a code, and each modifier with what decides it.

    Python: `ratepress.coding.indicators.coding_facts` and
    `ratepress.coding.modifiers.modifier_table`.
    """
    from ratepress.coding.indicators import coding_facts
    from ratepress.coding.modifiers import modifier_table
    from ratepress.core.facts import Gap
    from ratepress.lake.store import Lake
    from ratepress.medicare.releases import need_release

    with Lake.open(lake).connect() as connection:
        need_release(connection, on)
        facts = coding_facts(connection, code, on)
        modifiers = modifier_table(connection, code, on)
    notes = [n for part in (facts, modifiers) if not isinstance(part, Gap) for n in part.notes]
    data = {
        "code": code.strip().upper(),
        "date": on,
        "release": None if isinstance(facts, Gap) else facts.release,
        "facts": () if isinstance(facts, Gap) else facts.facts,
        "modifiers": () if isinstance(modifiers, Gap) else modifiers.rows,
        "gaps": [part for part in (facts, modifiers) if isinstance(part, Gap)],
    }
    done("code", data, lambda: _show(facts, modifiers), as_json=as_json, notes=notes)


def _show(facts: CodingFacts | Gap, modifiers: ModifierTable | Gap) -> None:
    from ratepress.core.facts import Gap

    if isinstance(facts, Gap):
        _tell(facts)
    else:
        say(f"{facts.code} on {facts.on}, release {facts.release} of the physician fee schedule")
        rows = [(f.label, f.value, f.fact.text) for f in facts.facts]
        table(("indicator", "published", "meaning"), rows)
    if isinstance(modifiers, Gap):
        _tell(modifiers)
    else:
        columns = ("modifier", "verdict", "effect on payment", "decided by")
        table(columns, [(r.modifier, r.verdict, r.effect, r.decided_by) for r in modifiers.rows])


def _tell(gap: Gap) -> None:
    say(f"{gap.what}: {gap.why}. Would be filled by: {gap.which_source_would_fill_it}.")
