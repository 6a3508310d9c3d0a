"""The small tables that the market's SQL reads beside the lake: codes, dates, thresholds, names.

Everything a step depends on is a table, so the SQL has no parameters and runs the same anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources

import duckdb
import msgspec
import pyarrow as pa

from ratepress.codes.argument import CodeRef
from ratepress.codes.places import PLACES
from ratepress.core.errors import UsageError
from ratepress.core.rules import registry, rule
from ratepress.lake.schema import DATE, FACTOR, INT, MONEY, TEXT
from ratepress.market.hospitals import hospital_files, identify_hospitals
from ratepress.market.modifiers import modifier_outcomes
from ratepress.market.payers import identify
from ratepress.market.plan_lines import SCHEMA, plan_lines
from ratepress.medicare.amounts import CENTER, OUTPATIENT, SystemAmount

STRENGTHS = ("minimum", "balanced", "maximum")
PERCENTS = (10, 25, 50, 75, 90)
FACILITY_PLACES = {"19": OUTPATIENT, "22": OUTPATIENT, "23": OUTPATIENT, "24": CENTER}
"""Places whose facility Medicare pays by OPPS and by ASC; rule M07."""


def latest_date(connection: duckdb.DuckDBPyConnection) -> date:
    """The as-of date of a lake that was given none: the newest date any of its files speaks for.

    That is the latest of the price files' dates and of the first dates of Medicare's releases, but
    none that lies after the newest file was added: one wrong year would make all others stale. It
    never depends on today. `UsageError` where the lake holds no such file.
    """
    # All rows are fetched: DuckDB registers no table while a result is unfinished.
    ((day,),) = connection.execute(
        "SELECT max(coalesce(effective_from, published_on)) FROM contents "
        "WHERE coalesce(effective_from, published_on) <= "
        "(SELECT max(CAST(retrieved_at AS DATE)) FROM observations)"
    ).fetchall()
    if day is None:
        raise UsageError("The lake holds no dated file", todo="add a price file, or give --as-of")
    found: date = day
    return found


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or that month's last day.

    >>> months_before(date(2026, 3, 31), 13)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))


def register_inputs(
    connection: duckdb.DuckDBPyConnection,
    codes: Sequence[CodeRef],
    as_of: date,
    amounts: Sequence[SystemAmount],
    strengths: Collection[str] = STRENGTHS,
) -> None:
    """Register the input tables of `run_steps` on a connection of a lake.

    Results are those of `strengths`.
    """
    put = connection.register
    put("asked_codes", _table({"code_system": TEXT, "code": TEXT}, [tuple(c) for c in codes]))
    put("settings", _settings(as_of))
    put("nines", _table({"dollars": MONEY}, [(n,) for n in _nines()]))
    put("percents", _table({"pct": INT}, [(p,) for p in PERCENTS]))
    put("median_ranks", median_ranks())
    put("strengths", _strengths(strengths))
    put("rule_strengths", _rule_strengths())
    put(
        "both_settings",
        _table(
            {"published_setting": TEXT, "setting": TEXT},
            [("both", "inpatient"), ("both", "outpatient")],
        ),
    )
    put(
        "places",
        _table(
            {"place": TEXT, "site": TEXT},
            [(code, place.site) for code, place in PLACES.items() if place.site],
        ),
    )
    put("facility_places", _table({"place": TEXT, "kind": TEXT}, list(FACILITY_PLACES.items())))
    put("medicare_amounts", _medicare(amounts))
    put("file_versions", _versions(connection))
    connection.execute(_ASKED_NAMES)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE asked_contents AS SELECT DISTINCT content_id FROM asked_names"
    )
    put("modifier_outcomes", modifier_outcomes(connection, as_of))
    put("payer_identities", _identities(connection))
    named = [line._asdict() for line in plan_lines(connection, as_of)]
    put("plan_lines", pa.Table.from_pylist(named, SCHEMA))
    found = identify_hospitals(hospital_files(connection))
    numbers = _numbers(found.values())
    put(
        "hospital_identities",
        _table(
            {"content_id": TEXT, "hospital_id": TEXT, "hospital_no": INT},
            [(content_id, name, numbers[name]) for content_id, name in found.items()],
        ),
    )


@cache
def median_ranks() -> pa.Table:
    """How many votes from the middle the bootstrap interval of the median ends, by their number.

    `steps` below the lower and above the upper middle vote of `first_n` to `last_n` votes, even in
    number (`parity` 0) or odd (1). Worked out once from the binomial distribution, in whole numbers
    (docs/method/decisions.md, M05).
    """
    text = (resources.files("ratepress.market") / "median_ranks.csv").read_text("utf-8")
    names, *rows = (line.split(",") for line in text.splitlines())
    return _table(dict.fromkeys(names, INT), [tuple(map(int, row)) for row in rows])


def _table(columns: dict[str, pa.DataType], rows: Sequence[tuple[object, ...]]) -> pa.Table:
    schema = pa.schema(list(columns.items()))
    values = zip(*rows, strict=True) if rows else ([] for _ in columns)
    arrays = [
        pa.array(list(column), kind) for column, kind in zip(values, columns.values(), strict=True)
    ]
    return pa.table(arrays, schema=schema)


def _settings(as_of: date) -> pa.Table:
    wanted = ("Q02", "Q03", "Q04", "Q05", "Q14", "M12")
    q02, q03, q04, q05, q14, m12 = (rule(i).parameters for i in wanted)
    row = {
        "as_of": (DATE, as_of),
        "stale_before": (DATE, months_before(as_of, int(q14["months"]))),
        "q02_cent": (MONEY, Decimal(q02["cent"])),
        "q02_min_codes": (INT, int(q02["min_codes"])),
        "q02_min_families": (INT, int(q02["min_families"])),
        "q02_min_share_percent": (INT, int(q02["min_share_percent"])),
        "q03_largest_share": (FACTOR, Decimal(q03["largest_share"])),
        "q04_inpatient_low": (FACTOR, Decimal(q04["inpatient_low"])),
        "q04_inpatient_high": (FACTOR, Decimal(q04["inpatient_high"])),
        "q04_other_low": (FACTOR, Decimal(q04["other_low"])),
        "q04_other_high": (FACTOR, Decimal(q04["other_high"])),
        "q05_min_votes": (INT, int(q05["min_votes"])),
        "m12_largest_percentage": (FACTOR, Decimal(m12["largest_percentage"])),
        "m12_largest_gross": (MONEY, Decimal(m12["largest_gross"])),
    }
    return _table({k: v[0] for k, v in row.items()}, [tuple(v[1] for v in row.values())])


def _nines() -> list[Decimal]:
    """The all-nines amounts of rule Q02, 99,999 to the most MONEY holds, with and without .99."""
    smallest = rule("Q02").parameters["smallest_nines"]
    whole = [Decimal("9" * digits) for digits in range(len(smallest), 15)]
    return whole + [n + Decimal("0.99") for n in whole]


def _strengths(wanted: Collection[str]) -> pa.Table:
    """The strengths that steps compute, numbered in the order of `STRENGTHS`."""
    numbered = [(s, n) for n, s in enumerate(STRENGTHS, 1) if s in wanted]
    return _table({"strength": TEXT, "strength_no": INT}, numbered)


def _rule_strengths() -> pa.Table:
    rows = [(r.id, strength) for r in registry().values() for strength in r.strengths]
    return _table({"rule_id": TEXT, "strength": TEXT}, rows)


def _versions(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Rule Q13: the files whose version is another than they declare, or cannot be compared."""
    rows: list[tuple[object, ...]] = []
    for content_id, declared, detected in connection.execute(
        "SELECT content_id, declared_version, detected_version FROM contents WHERE release IS NULL"
    ).fetchall():
        outcome = version_outcome(declared, detected)
        if outcome is not None:
            rows.append((content_id, outcome))
    return _table({"content_id": TEXT, "outcome": TEXT}, rows)


def version_outcome(declared: str | None, detected: str | None) -> str | None:
    """What rule Q13 says of a file; None where the versions are one.

    What is detected is as much of a version as the file's elements tell, `2` or `2.x`.

    >>> version_outcome("3.0.1", "3"), version_outcome("v1.3", "2.x"), version_outcome(None, "3")
    (None, 'flagged', 'not assessed')
    """
    numbers = [re.match(r"v?(\d+)", text or "") for text in (declared, detected)]
    if numbers[0] is None or numbers[1] is None:
        return "not assessed"
    return None if numbers[0][1] == numbers[1][1] else "flagged"


def _medicare(amounts: Sequence[SystemAmount]) -> pa.Table:
    columns = {n: MONEY if n == "amount" else TEXT for n in SystemAmount.__struct_fields__}
    return _table(columns, [msgspec.structs.astuple(one) for one in amounts])


def _identities(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    named = connection.execute(
        "SELECT DISTINCT r.payer_name, coalesce(h.license_state, '') AS state "
        "FROM asked_names r LEFT JOIN hospitals h ON h.content_id = r.content_id ORDER BY ALL"
    ).fetchall()
    found = [identify(payer_name, state or None) for payer_name, state in named]
    numbers = _numbers(one.payer_id for one in found)
    rows: list[tuple[object, ...]] = [
        (*who, one.payer_id, numbers[one.payer_id], one.name, one.is_known, one.evidence)
        for who, one in zip(named, found, strict=True)
    ]
    columns = dict.fromkeys(("payer_name", "state", "payer_id", "payer_no", "payer"), TEXT)
    columns |= {"payer_no": INT, "is_known": pa.bool_(), "evidence": TEXT}
    return _table(columns, rows)


def _numbers(names: Iterable[str]) -> dict[str, int]:
    """A number from 1 for each different name, in their order."""
    return {name: number for number, name in enumerate(sorted(set(names)), 1)}


# What the inputs are told apart by, read once: the rates of a large lake are not looked through for
# each of them.
_ASKED_NAMES = """
CREATE OR REPLACE TEMP TABLE asked_names AS
SELECT DISTINCT
  r.content_id, r.code_system, r.code, r.modifier_set_id, r.payer_name, r.plan_name,
  r.line_of_business_evidence
FROM rates r
JOIN asked_codes a ON a.code_system = r.code_system AND a.code = r.code
"""
