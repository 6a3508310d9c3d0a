"""Which of the market's steps a run needs, and which of them many runs have in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import duckdb
import msgspec

from ratepress.core.rules import rule
from ratepress.core.sql_steps import load_steps, needed, tables_read
from ratepress.market.inputs import STRENGTHS
from ratepress.market.steps import Step, run_steps, steps
from ratepress.market.weights import UNWEIGHTED

OUTLIERS_LOOK_AT = "balanced"
"""The strength whose votes rule Q05 looks at."""


class Plan(msgspec.Struct, frozen=True):
    """What a run is to do.

    `strengths` are those to compute. `weights` and `weighing` are empty where votes are not
    weighted. `results` are the tables that are read in the end, and `rests_on` those that the steps
    after these read too.
    """

    strengths: tuple[str, ...]
    weights: tuple[str, ...]
    steps: tuple[Step, ...]
    weighing: tuple[Step, ...]
    results: frozenset[str]
    rests_on: frozenset[str]
    has_outliers: bool


def plan_of(
    strengths: Collection[str], weights: str, *, is_whole: bool, results: frozenset[str]
) -> Plan:
    """The plan of a run for some strengths and a way of weighting.

    A whole run has all steps. In another what rule Q05 would leave out at strengths that nobody
    asked for is not found out: table `q05_left_out` is then an input, and empty.

    >>> plan = plan_of(["balanced"], "votes", is_whole=False, results=frozenset(["statistics"]))
    >>> plan.has_outliers, "funnel" in [step.name for step in plan.steps]
    (False, False)
    """
    named = () if weights == UNWEIGHTED else (weights,)
    weighing = load_steps("ratepress.market.weights") if named else ()
    after = (*weighing, *load_steps("ratepress.market.localities"))
    rests_on = results.union(*(tables_read(step.sql) for step in after))
    has_outliers = is_whole or not set(strengths).isdisjoint(rule("Q05").strengths)
    computed = {*strengths, OUTLIERS_LOOK_AT} if has_outliers else set(strengths)
    those: Sequence[Step] = steps()
    if not is_whole:
        left = [step for step in those if has_outliers or step.name != "q05_left_out"]
        those = needed(left, rests_on)
    return Plan(
        strengths=tuple(s for s in STRENGTHS if s in computed),
        weights=named,
        steps=tuple(those),
        weighing=weighing,
        results=results,
        rests_on=rests_on,
        has_outliers=has_outliers,
    )


def run_common_steps(connection: duckdb.DuckDBPyConnection, plan: Plan) -> frozenset[str]:
    """Run the steps of a plan whose results are the same for all codes; the names of their tables.

    They are those about providers and places: who is in the provider sets of the lake, all of them
    in place of those that asked prices name. The inputs are registered, for no code.
    """
    connection.execute(_ALL_CONTENTS)
    common = common_steps(plan.steps)
    standing = [step for step in common if step.name == "file_standing"]
    run_steps(connection, standing)
    connection.execute(_ALL_SETS)
    names = frozenset(step.name for step in common)
    later = [step for step in plan.steps if step.name not in names]
    read = plan.rests_on.union(*(tables_read(step.sql) for step in later))
    run_steps(
        connection,
        [step for step in common if step.name not in ("file_standing", "asked_sets")],
        read,
    )
    return names


def common_steps(those: Sequence[Step]) -> list[Step]:
    """The steps that rest on nothing that depends on the codes, but for `asked_sets`.

    >>> names = [step.name for step in common_steps(steps())]
    >>> "set_voters" in names, "prices" in names
    (True, False)
    """
    by_code = set(_BY_CODE)
    found = []
    for step in those:
        if step.name == "asked_sets" or by_code.isdisjoint(tables_read(step.sql)):
            found.append(step)
        else:
            by_code.add(step.name)
    return found


# The inputs that are others for other codes. `asked_contents` is not among them: what is known of
# more files than a code's does no harm.
_BY_CODE = (
    "asked_codes", "asked_names", "asked_families", "family_ranges", "ghost_pairs", "plan_lines",
    "medicare_amounts", "modifier_outcomes", "payer_identities",
)  # fmt: skip
_ALL_CONTENTS = """
CREATE OR REPLACE TEMP TABLE asked_contents AS
SELECT content_id FROM contents WHERE release IS NULL
"""
_ALL_SETS = """
CREATE OR REPLACE TEMP TABLE asked_sets AS
SELECT
  row_number() OVER (ORDER BY f.file_no, s.provider_set_id) AS set_no,
  f.file_no, s.content_id, s.provider_set_id
FROM (SELECT DISTINCT content_id, provider_set_id FROM provider_sets) s
JOIN file_standing f ON f.content_id = s.content_id AND f.standing = 'current'
"""
