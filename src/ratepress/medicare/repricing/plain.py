"""The slow path: claim lines in Python decimals, with every step shown.

Written from the rules and not from the SQL; the tests hold both to the same cent. Use it to
explain lines, and `repricing.run` to price many. Each type of claim has its own package.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import msgspec

from ratepress.lake.store import Lake
from ratepress.medicare.repricing.asc.plain import price_lines as asc
from ratepress.medicare.repricing.cited import cited
from ratepress.medicare.repricing.explained import ExplainedLine, refuse
from ratepress.medicare.repricing.inpatient.plain import price_lines as inpatient
from ratepress.medicare.repricing.outpatient.plain import price_lines as outpatient
from ratepress.medicare.repricing.plain_form import Form, read_form
from ratepress.medicare.repricing.professional.plain import price_lines as professional
from ratepress.medicare.repricing.run import read_lines

Pricer = Callable[[duckdb.DuckDBPyConnection, Sequence[Form]], dict[int, ExplainedLine]]
"""Answers all lines of one type of claim, by line number."""
PRICERS: dict[str, Pricer] = {
    "professional": professional,
    "outpatient": outpatient,
    "asc": asc,
    "inpatient": inpatient,
}


def explain_lines(
    lake: Lake, lines: Sequence[Mapping[str, str | None]]
) -> tuple[ExplainedLine, ...]:
    """Every line in its order, with its amount and trace; `line_no` counts from 0.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> explain_lines(lake, [{"claim_id": ""}])[0].reason
    'claim_id is empty'
    """
    with lake.connect() as connection:
        return explain_on(connection, lines)


def explain_on(
    connection: duckdb.DuckDBPyConnection, lines: Sequence[Mapping[str, str | None]]
) -> tuple[ExplainedLine, ...]:
    """As `explain_lines`, on an open connection of a lake (`Lake.connect`)."""
    done: dict[int, ExplainedLine] = {}
    by_type: dict[str, list[Form]] = defaultdict(list)
    for number, line in enumerate(lines):
        form = read_form(number, line)
        if isinstance(form, Form):
            by_type[form.claim_type].append(form)
        else:
            done[number] = refuse(number, form)
    for kind, forms in by_type.items():
        done |= PRICERS[kind](connection, forms)
    on = {form.line_no: form.on for forms in by_type.values() for form in forms}
    return tuple(_with_parameters(done[number], on.get(number)) for number in range(len(lines)))


def _with_parameters(line: ExplainedLine, on: date | None) -> ExplainedLine:
    """The line with the parameters of its rules, where its type of claim states none itself."""
    if line.parameters or line.allowed_amount is None or on is None:
        return line
    return msgspec.structs.replace(line, parameters=cited(line.rules, on))


def explain_file(lake: Lake, lines: Path | str) -> tuple[ExplainedLine, ...]:
    """As `explain_lines`, for a CSV file of lines; `UsageError` where it is no such file."""
    return explain_lines(lake, read_lines(lines).to_pylist())
