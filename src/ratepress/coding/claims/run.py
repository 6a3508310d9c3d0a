"""Checks claim lines: a few SQL steps over all of them at once.

The steps stand in `sql/`, one file each; what they find is worded in `cases.yaml`. Rules C60 to
C86. The tests hold them to a plain check of one claim at a time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from ratepress.coding.claims.cases import Verdict
from ratepress.coding.claims.form import ADDED
from ratepress.coding.claims.reference import register_reference
from ratepress.coding.claims.x12 import is_x12, read_x12
from ratepress.core.outputs import check_output
from ratepress.core.sql_steps import Step, load_steps
from ratepress.lake.store import Lake
from ratepress.medicare.claim_lines import as_text, load_lines
from ratepress.medicare.repricing import run as repricing
from ratepress.medicare.repricing.form import OPTIONAL, REQUIRED


class Finding(msgspec.Struct, frozen=True):
    """One thing found in a line: the rule, the sentence, and what to do about it.

    `other_line` counts from 1, as the lines of the file do below its header.
    """

    rule: str
    case: str
    verdict: Verdict
    reason: str
    other_line: int | None
    correction: str
    carc: tuple[str, ...]
    rarc: tuple[str, ...]


class CheckedLine(msgspec.Struct, frozen=True):
    """One line and all that was found in it; `not_assessed` are rules that could not be asked.

    `allowed_amount` is in dollars, as the line is billed and were it paid; null where `reprice`
    has none, and `amount_reason` says why.
    """

    line: int
    claim_id: str | None
    code: str | None
    status: Verdict
    allowed_amount: Decimal | None
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]
    not_assessed: tuple[str, ...]
    amount_reason: str


class Checked(msgspec.Struct, frozen=True):
    """How a file of lines came out: its lines by status and by rule, and notes on releases."""

    lines: int
    by_status: dict[str, int]
    by_rule: dict[str, int]
    notes: tuple[str, ...] = ()


@cache
def steps() -> tuple[Step, ...]:
    """The steps of a check in the order in which they run.

    >>> [step.name for step in steps()][0], [step.name for step in steps()][-1]
    ('marks', 'checked')
    """
    return load_steps("ratepress.coding.claims")


def check(lake: Lake, lines: pa.Table | Path | str, *, strict: bool = False) -> pa.Table:
    """The lines, in their order, with the columns of `form.ADDED`.

    `lines` is a table of text columns, or the path of a CSV file, in the form of `reprice`; or the
    path of an X12 837 file (`claims.x12`).
    `status` is `pass`, `deny` or `review`. Raises `UsageError` where it is no file of claim lines
    and, with `strict`, `MissingReferenceData` where a release would stand in for another.

    >>> lake = Lake.create(Path(tempfile.mkdtemp()) / "lake")
    >>> line = dict(claim_id="1", date="2026-07-15", code="3255", modifiers="", units="1", pos="22")
    >>> check(lake, pa.Table.from_pylist([line]))["reason"][0].as_py()
    'The line cannot be read: code has not five letters or digits.'
    """
    with _checked(lake, lines, strict=strict) as (connection, _):
        return connection.sql(_OUTPUT).to_arrow_table()


def check_file(lake: Lake, lines: Path | str, out: Path | str, *, strict: bool = False) -> Checked:
    """As `check`, from a CSV file to a CSV file; for files larger than memory.

    `UsageError` too where `out` cannot be written, is no CSV by its name, or is `lines` itself.
    """
    check_output(out, lines, forms=(".csv", ".gz"), form="CSV file")
    with _checked(lake, lines, strict=strict) as (connection, notes):
        target = str(out).replace("'", "''")
        connection.execute(f"COPY ({_OUTPUT}) TO '{target}' (FORMAT csv, HEADER)")
        return _counts(connection, notes)


def check_to_text(lake: Lake, lines: Path | str, *, strict: bool = False) -> Iterator[str]:
    """As `check_file`, as blocks of CSV text, the header first."""
    return as_text(lambda out: check_file(lake, lines, out, strict=strict))


def check_lines(
    lake: Lake, lines: pa.Table | Path | str, *, strict: bool = False
) -> tuple[tuple[CheckedLine, ...], Checked]:
    """Every line with its findings as records, and the counts; for few lines."""
    with _checked(lake, lines, strict=strict) as (connection, notes):
        findings: dict[int, list[Finding]] = {}
        for line_no, *values in connection.execute(_FINDINGS).fetchall():
            names = Finding.__struct_fields__
            finding = msgspec.convert(dict(zip(names, values, strict=True)), Finding)
            findings.setdefault(line_no, []).append(finding)
        found = tuple(
            CheckedLine(
                line_no + 1,
                claim_id,
                code,
                status,
                amount,
                tuple(rules.split()),
                tuple(findings.get(line_no, ())),
                tuple(not_assessed.split()),
                amount_reason or "",
            )
            for line_no, claim_id, code, status, amount, rules, not_assessed, amount_reason in (
                connection.execute(_LINES).fetchall()
            )
        )
        return found, _counts(connection, notes)


def _counts(connection: duckdb.DuckDBPyConnection, notes: tuple[str, ...]) -> Checked:
    by_status = dict(connection.execute(_BY_STATUS).fetchall())
    by_rule = dict(
        connection.execute(
            "SELECT rule, count(DISTINCT line_no) FROM findings GROUP BY rule ORDER BY rule"
        ).fetchall()
    )
    return Checked(sum(by_status.values()), by_status, by_rule, notes)


_BY_STATUS = """
WITH worst AS (SELECT line_no, min(severity) AS severity FROM findings GROUP BY line_no)
SELECT CASE w.severity WHEN 0 THEN 'deny' WHEN 1 THEN 'review' ELSE 'pass' END AS status, count(*)
FROM checked_lines l LEFT JOIN worst w ON w.line_no = l.line_no
GROUP BY status ORDER BY status
"""
_OUTPUT = f"""
SELECT i.*, {", ".join(f"c.{name}" for name in ADDED)}
FROM input_lines i JOIN checked c ON c.line_no = i.rowid ORDER BY i.rowid
"""  # noqa: S608 - names of the form
_LINES = """
SELECT c.line_no, r.claim_id, r.code, c.status, c.allowed_amount, c.rules, c.not_assessed,
       c.amount_reason
FROM checked c JOIN raw_lines r ON r.line_no = c.line_no ORDER BY c.line_no
"""
_FINDINGS = """
SELECT line_no, rule, case_id, verdict, reason, other_line, correction, carc, rarc
FROM findings ORDER BY line_no, place
"""


@contextmanager
def _checked(
    lake: Lake, lines: pa.Table | Path | str, *, strict: bool
) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[str, ...]]]:
    """A connection on which every step has run, and the notes on releases that stand in."""
    lines, left_out = _as_lines(lines)
    amounts = repricing.amounts_of(lake, lines)
    with tempfile.TemporaryDirectory(prefix="ratepress-") as folder, lake.connect() as connection:
        connection.execute(f"ATTACH '{Path(folder) / 'work.duckdb'}' AS work")
        connection.execute("SET search_path = 'work.main,memory.main'")
        connection.execute(f"SET temp_directory = '{folder}'")
        connection.execute("SET memory_limit = '1200MB'")
        load_lines(connection, lines, REQUIRED, OPTIONAL, ADDED)
        connection.register("given_amounts", amounts)
        connection.execute(
            "CREATE TABLE amounts AS SELECT line_no, allowed_amount, reason,"
            " status = 'invalid' AS is_invalid FROM given_amounts"
        )
        connection.unregister("given_amounts")
        del amounts
        common = {step.name: step for step in repricing.steps()}
        for name in ("modifier_texts", "forms"):
            connection.execute(f"CREATE TABLE {name} AS {common[name].sql}")
        notes = register_reference(connection, strict=strict)
        *before, last = steps()
        for step in before:
            connection.execute(f"CREATE TABLE {step.name} AS {step.sql}")
        # It is read once, on the way out.
        connection.execute(f"CREATE VIEW {last.name} AS {last.sql}")
        yield connection, (*left_out, *notes)


def _as_lines(lines: pa.Table | Path | str) -> tuple[pa.Table | Path | str, tuple[str, ...]]:
    """The lines of an X12 file as a table, and what was left out of it; others as they are."""
    if isinstance(lines, pa.Table) or not Path(lines).is_file() or not is_x12(Path(lines)):
        return lines, ()
    found = read_x12(lines)
    if not found.without_code:
        return found.lines, ()
    note = f"{found.without_code:,} of {found.read:,} service lines have no procedure code"
    return found.lines, (f"{note}, only a revenue code: nothing checks them, they are left out.",)
