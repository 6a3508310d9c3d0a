"""Payers' policies about a code on a day, and what changed between their versions.

Rules C104 to C107. The register is one that users keep and add (readers/registers/policies.py):
payers publish their policies as texts, and no public table of them exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import duckdb
import msgspec

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.core.facts import Gap, SourceRef
from ratepress.lake.queries import first_row, mappings
from ratepress.market.payers import identify

_FILLED_BY = "a register of payer policies: payer, id, title, link, dates, codes, stance"
_COMPARED = (
    "title",
    "link",
    "effective_on",
    "ended_on",
    "last_review_on",
    "stance",
    "prior_authorisation",
    "note",
)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one payer's policy; `payer` is the register of payers' own name (C106)."""

    payer_id: str
    payer: str
    payer_as_written: str
    is_known_payer: bool
    policy_id: str
    version: str
    title: str
    link: str | None
    effective_on: date
    ended_on: date | None
    last_review_on: date | None
    stance: str
    prior_authorisation: str
    note: str | None
    codes: tuple[str, ...]
    source: SourceRef


class PolicyAnswer(msgspec.Struct, frozen=True):
    """The policies in force for one code on one day, by payer."""

    code: str
    on: date
    policies: tuple[Policy, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]
    rules: tuple[str, ...] = ("C104", "C105", "C106")


class PolicyChange(msgspec.Struct, frozen=True):
    """One field that differs between two following states of a policy (rule C107).

    `field` is a column of the form; for `codes`, `before` holds those that went and `after` those
    that came.
    """

    payer_id: str
    payer: str
    policy_id: str
    from_version: str
    to_version: str
    effective_on: date
    field: str
    before: str
    after: str
    sources: tuple[SourceRef, ...]


def policies(connection: duckdb.DuckDBPyConnection, code: str | CodeRef, on: date) -> PolicyAnswer:
    """The policy of each payer that names `code` and is in force on the day `on`.

    `connection` is one of `Lake.connect`. Raises `UsageError` for what is no code.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> with Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake").connect() as connection:
    ...     policies(connection, "32557", date(2026, 7, 15)).gaps[0].why
    'no policy register is loaded'
    """
    wanted = parse_code(code)
    in_force = []
    for states in _histories(connection, wanted):
        begun = [one for one in states if one.effective_on <= on]
        last = begun[-1] if begun else None
        holds = last is not None and (last.ended_on is None or on <= last.ended_on)
        if last is not None and holds and str(wanted) in last.codes:
            in_force.append(last)
    unknown = sorted({one.payer for one in in_force if not one.is_known_payer})
    notes = tuple(f"{name} is not in the register of payers: shown as written." for name in unknown)
    return PolicyAnswer(
        wanted.code, on, tuple(in_force), _gaps(connection, wanted, on, in_force), notes
    )


def policy_changes(
    connection: duckdb.DuckDBPyConnection, code: str | CodeRef | None = None
) -> tuple[PolicyChange, ...]:
    """What changed from each state of a policy to the next, of all policies or those of `code`.

    A policy counts as one of `code` if any of its versions names it. Oldest first, by payer.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> with Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake").connect() as connection:
    ...     policy_changes(connection)
    ()
    """
    wanted = parse_code(code) if code is not None else None
    return tuple(
        change
        for states in _histories(connection, wanted)
        for before, after in pairwise(states)
        for change in _changes(before, after)
    )


def _histories(
    connection: duckdb.DuckDBPyConnection, code: CodeRef | None
) -> Iterator[list[Policy]]:
    """The states of each policy from first to last; within a version, in the order added."""
    found: dict[tuple[str, str], list[Policy]] = {}
    for row in mappings(connection, _STATES):
        one = _policy(row)
        found.setdefault((one.payer_id, one.policy_id), []).append(one)
    for _, states in sorted(found.items(), key=lambda item: (item[1][0].payer, item[0])):
        if code is None or any(str(code) in one.codes for one in states):
            yield states


_STATES = """
WITH added AS (SELECT content_id, max(retrieved_at) AS seen_at FROM observations GROUP BY ALL),
coded AS (
  SELECT content_id, payer, policy_id, version,
    list_sort(list(code_system || ':' || code)) AS codes
  FROM payer_policy_codes GROUP BY ALL
)
SELECT p.*, coded.codes, c.publisher
FROM payer_policies p
JOIN coded USING (content_id, payer, policy_id, version)
JOIN added USING (content_id)
JOIN contents c USING (content_id)
ORDER BY p.effective_on, added.seen_at, p.content_id, p.version
"""


def _policy(row: dict[str, Any]) -> Policy:
    payer = identify(row["payer"])
    fields = {name: row[name] for name in (*_COMPARED, "policy_id", "version")}
    return Policy(
        payer_id=payer.payer_id,
        payer=payer.name,
        payer_as_written=row["payer"],
        is_known_payer=payer.is_known,
        codes=tuple(row["codes"]),
        source=SourceRef(row["publisher"], row["content_id"], row["place"]),
        **fields,
    )


def _changes(before: Policy, after: Policy) -> Iterator[PolicyChange]:
    gone = sorted(set(before.codes) - set(after.codes))
    come = sorted(set(after.codes) - set(before.codes))
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in _COMPARED]
    if before.version != after.version:
        pairs.insert(0, ("version", before.version, after.version))
    if gone or come:
        pairs.append(("codes", " ".join(gone), " ".join(come)))
    for name, old, new in pairs:
        if old != new:
            yield PolicyChange(
                after.payer_id,
                after.payer,
                after.policy_id,
                before.version,
                after.version,
                after.effective_on,
                name,
                _text(old),
                _text(new),
                (before.source, after.source),
            )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _gaps(
    connection: duckdb.DuckDBPyConnection, code: CodeRef, on: date, found: Iterable[Policy]
) -> tuple[Gap, ...]:
    if any(True for _ in found):
        return ()
    row = first_row(connection, "SELECT count(DISTINCT content_id), count(*) FROM payer_policies")
    n_files, n_policies = row or (0, 0)
    if not n_files:
        why = "no policy register is loaded"
    else:
        files = "the register" if n_files == 1 else f"the {n_files:,} registers"
        why = (
            f"{files} in the lake, {n_policies:,} policy versions, has none in force on {on} that "
            f"names {code.code}"
        )
    return (Gap(f"Payer policies about {code.code}", why, _FILLED_BY, ("C105",)),)
