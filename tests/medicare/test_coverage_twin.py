"""Coverage of a code on a day against a plain reading of the tables, on tables made at random."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budget import some
from coverage_layouts import articles
from ratepress.lake.store import Lake
from ratepress.medicare.coverage import coverage
from ratepress.readers.add import add

FIRST = date(2026, 1, 1)
days = st.integers(0, 30).map(lambda n: FIRST + timedelta(days=n))
documents = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(("50001", "50002")),
            "version": st.integers(1, 12),
            "first": days,
            "until": st.none() | days,
            "retired": st.none() | days,
            "codes": st.sets(st.sampled_from(("32550", "32557"))),
            "covered": st.sets(st.sampled_from(("J90", "J91.0"))),
            "excluded": st.sets(st.sampled_from(("J90", "R05.9"))),
        }
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda one: (one["id"], one["version"]),
)


def plainly(made: list[dict], code: str, on: date) -> tuple[set, set, set]:
    """Of each article the highest version that holds on the day, if it names the code."""
    highest: dict[str, dict] = {}
    for one in made:
        last = min(day for day in (one["until"], one["retired"], date.max) if day is not None)
        # A version without codes in the lake cannot say that it names none.
        if one["codes"] and one["first"] <= on <= last:
            had = highest.get(one["id"])
            if had is None or one["version"] > had["version"]:
                highest[one["id"]] = one
    chosen = [one for one in highest.values() if code in one["codes"]]
    return (
        {(one["id"], str(one["version"])) for one in chosen},
        {code for one in chosen for code in one["covered"]},
        {code for one in chosen for code in one["excluded"]},
    )


@settings(max_examples=some(6), deadline=None, suppress_health_check=list(HealthCheck))
@given(documents, st.lists(days, min_size=1, max_size=3))
def test_the_documents_of_a_day_are_what_one_reads_off(made: list[dict], asked: list[date]) -> None:
    with tempfile.TemporaryDirectory() as name:
        lake = Lake.create(Path(name) / "lake")
        for file, data in articles(made).items():
            (Path(name) / file).write_bytes(data)
            add(lake, Path(name) / file)
        with lake.connect() as connection:
            for on in asked:
                for code in ("32550", "32557"):
                    found = coverage(connection, code, on)
                    assert (
                        {(one.document_id, one.version) for one in found.documents},
                        {one.code for one in found.covered},
                        {one.code for one in found.excluded},
                    ) == plainly(made, code, on)
