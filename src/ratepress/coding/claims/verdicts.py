"""The modifiers of the lines that the register does not simply allow. Rule C64.

Each code and modifier that occurs is judged once, by the same function that makes the table of
modifiers of a code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import duckdb
import pyarrow as pa

from ratepress.coding.bases import LOOKED_UP
from ratepress.coding.claims.form import ROLES
from ratepress.coding.modifiers import modifier_row
from ratepress.coding.register import register
from ratepress.coding.subject import Subject
from ratepress.coding.verdicts import decision_of
from ratepress.lake.queries import first_row
from ratepress.medicare.releases import Answer, Release
from ratepress.medicare.rows import rvu_rows

Verdict = tuple[int, str, str, str, str, str, str]
"""Release number, code, modifier, case, effect, what decides, rule."""

_ASKED = """
SELECT DISTINCT n.pfs, f.code, unnest(m.asked) AS modifier
FROM forms f
JOIN modifier_texts m ON m.text = f.modifiers
JOIN day_releases n ON n.on_date = f.on_date
WHERE f.problem IS NULL AND f.claim_type = 'professional' AND n.pfs IS NOT NULL
  AND len(m.asked) > 0
ORDER BY ALL
"""
_ANSWER = """
SELECT r.name, c.content_id, c.variant, min(n.on_date)
FROM check_releases r
JOIN check_contents c ON c.release = r.release
JOIN day_releases n ON n.pfs = r.release
WHERE r.release = ? GROUP BY ALL
"""


def register_verdicts(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `verdicts`: what is not allowed, needs records, or is not in the register."""
    asked = connection.execute(_ASKED).fetchall()
    found = [
        verdict
        for number, of_release in groupby(asked, key=lambda row: row[0])
        for verdict in _of_release(connection, number, [(c, m) for _, c, m in of_release])
    ]
    columns = list(zip(*found, strict=True)) or [()] * len(_NAMES)
    types = [pa.int32(), *[pa.string()] * (len(_NAMES) - 1)]
    arrays = [pa.array(one, kind) for one, kind in zip(columns, types, strict=True)]
    fill(connection, "verdicts", dict(zip(_NAMES, arrays, strict=True)))


_NAMES = ("release", "code", "modifier", "case_id", "effect", "decided_by", "rule")


def fill(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, Sequence[object]]
) -> None:
    """Make a table of columns that are at hand in Python."""
    connection.register("given", pa.table(dict(columns)))
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM given")  # noqa: S608 - our own names
    connection.unregister("given")


def _of_release(
    connection: duckdb.DuckDBPyConnection, number: int, asked: list[tuple[str, str]]
) -> Iterator[Verdict]:
    row = first_row(connection, _ANSWER, [number])
    assert row is not None  # noqa: S101 - the number stands in the tables
    name, content_id, variant, on = row
    # Verdicts ask the release for its rows and its name alone.
    answer = Answer(Release(name, on, on, content_id, variant), on)
    rows = rvu_rows(connection, answer.release, sorted({code for code, _ in asked}))
    for code, modifiers in groupby(asked, key=lambda pair: pair[0]):
        if code not in rows:
            continue
        subject = Subject(code, on, rows[code], answer)
        for _, modifier in modifiers:
            found = _judge(subject, modifier)
            if found is not None:
                yield (number, code, modifier, *found)


def _judge(subject: Subject, modifier: str) -> tuple[str, str, str, str] | None:
    """Case, effect, what decides and rule of a modifier; None where it may stand."""
    if modifier not in register():
        return "modifier-unknown", "", "", ""
    if decision_of()[modifier].basis in LOOKED_UP:
        return None
    row = modifier_row(subject, modifier)
    is_role = modifier in ROLES
    if row.verdict == "not allowed":
        case = "role-not-paid" if is_role else "modifier-not-allowed"
        return case, row.effect, row.decided_by, row.rule
    if row.verdict == "conditional" and is_role:
        return "role-documented", row.effect, row.decided_by, row.rule
    return None
