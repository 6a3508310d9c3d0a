"""What a survey finds by a file, against a look through everything."""

from __future__ import annotations

from datetime import date
from itertools import combinations

from ratepress.dossier.profiles.survey import Survey
from ratepress.lake.store import Lake


def test_prices_and_records_of_files_are_those_of_a_look_through_all(example_lake: Lake) -> None:
    connection, manifest = example_lake.snapshot()
    with connection:
        survey = Survey(connection, manifest, date(2026, 7, 15))
    stated = {row.content_id for row in survey.prices}
    assert len(stated) > 2
    for size in range(4):
        for some in combinations(sorted(stated | {"0" * 64}), size):
            expected = [row for row in survey.prices if row.content_id in some]
            assert survey.prices_of(some) == expected
            assert survey.prices_of([*some, *some]) == expected
            records = tuple(file for name, file in survey.files.items() if name in some)
            assert survey.named(set(some)) == records
