"""Rule Q11: which published modifiers a code may not carry, by the indicators of the fee schedule.

The verdicts are those of the coding room. What only an edit between two lines or the outpatient
status decides is not asked: it is no property of one price.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from ratepress.lake.schema import TEXT
from ratepress.medicare.releases import find_release
from ratepress.medicare.rows import rvu_rows

if TYPE_CHECKING:
    from ratepress.coding.subject import Subject

_SERVICES = ("cpt", "hcpcs")
"""The systems of the fee schedule; a hospital's own number may look like one of its codes."""
_COLUMNS = ("code_system", "code", "modifiers", "outcome")


def modifier_outcomes(connection: duckdb.DuckDBPyConnection, as_of: date) -> pa.Table:
    """What Q11 says of each code and modifier signature of the table `asked_names`.

    One row (code_system, code, modifiers, outcome) for a signature that is `flagged`, because the
    code may not carry one of its modifiers, or `not assessed`: without a release that has the code,
    or with a modifier that the register does not know. A signature that is sound has no row.
    """
    signed = connection.execute(_SIGNATURES).fetchall()
    services = {code for system, code, _ in signed if system in _SERVICES}
    subjects = _subjects(connection, services, as_of)
    rows = []
    for system, code, modifiers in signed:
        subject = subjects.get(code) if system in _SERVICES else None
        outcome = _outcome(subject, modifiers.split("|"))
        if outcome is not None:
            rows.append((system, code, modifiers, outcome))
    columns = zip(*rows, strict=True) if rows else ([] for _ in _COLUMNS)
    arrays = [pa.array(list(column), TEXT) for column in columns]
    return pa.table(arrays, names=list(_COLUMNS))


def _subjects(
    connection: duckdb.DuckDBPyConnection, codes: Iterable[str], as_of: date
) -> dict[str, Subject]:
    wanted = sorted(codes)
    answer = find_release(connection, as_of) if wanted else None
    if answer is None:
        return {}
    # Here, for most codes are published without modifiers, and the coding room takes a tenth of a
    # second to load.
    from ratepress.coding.subject import Subject

    found = rvu_rows(connection, answer.release, wanted)
    return {code: Subject(code, as_of, rows, answer) for code, rows in found.items()}


def _outcome(subject: Subject | None, modifiers: list[str]) -> str | None:
    if subject is None:
        return "not assessed"
    verdicts = set(_verdicts(subject, modifiers))
    if "not allowed" in verdicts:
        return "flagged"
    return "not assessed" if "unknown" in verdicts else None


def _verdicts(subject: Subject, modifiers: list[str]) -> Iterator[str]:
    from ratepress.coding.modifiers import modifier_row
    from ratepress.coding.register import register

    for modifier in modifiers:
        known = modifier in register()
        yield modifier_row(subject, modifier).verdict if known else "unknown"


_SIGNATURES = """
SELECT DISTINCT code_system, code, modifier_set_id
FROM asked_names
WHERE modifier_set_id <> ''
ORDER BY ALL
"""
