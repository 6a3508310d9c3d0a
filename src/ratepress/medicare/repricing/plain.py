"""The slow path: claim lines in Python decimals, with every step shown.

Written from the rules and not from the SQL; the tests hold both to the same cent. Use it to
explain lines, and `repricing.run` to price many. Each type of claim has its own package.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb

from ratepress.lake.store import Lake
from ratepress.medicare.repricing.explained import ExplainedLine, refuse
from ratepress.medicare.repricing.plain_form import Form, read_form
from ratepress.medicare.repricing.professional.plain import price_lines as professional
from ratepress.medicare.repricing.run import read_lines

Pricer = Callable[[duckdb.DuckDBPyConnection, Sequence[Form]], dict[int, ExplainedLine]]
"""Answers all lines of one type of claim, by line number."""
PRICERS: dict[str, Pricer] = {"professional": professional}


def explain_lines(
    lake: Lake, lines: Sequence[Mapping[str, str | None]]
) -> tuple[ExplainedLine, ...]:
    """Every line in its order, with its amount and trace; `line_no` counts from 0.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> explain_lines(lake, [{"claim_id": ""}])[0].reason
    'claim_id is empty'
    """
    done: dict[int, ExplainedLine] = {}
    by_type: dict[str, list[Form]] = defaultdict(list)
    for number, line in enumerate(lines):
        form = read_form(number, line)
        if isinstance(form, Form):
            by_type[form.claim_type].append(form)
        else:
            done[number] = refuse(number, form)
    with lake.connect() as connection:
        for kind, forms in by_type.items():
            if kind in PRICERS:
                done |= PRICERS[kind](connection, forms)
            else:
                why = ("P16", f"{kind} pricing is not built")
                done |= {form.line_no: refuse(form.line_no, why) for form in forms}
    return tuple(done[number] for number in range(len(lines)))


def explain_file(lake: Lake, lines: Path | str) -> tuple[ExplainedLine, ...]:
    """As `explain_lines`, for a CSV file of lines; `UsageError` where it is no such file."""
    return explain_lines(lake, read_lines(lines).to_pylist())
