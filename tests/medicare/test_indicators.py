"""Every value of every indicator that a release may hold has a meaning in words."""

import pytest

from ratepress.medicare.indicators import indicators
from ratepress.medicare.statuses import PRICED, STATUSES, status
from ratepress.readers.medicare.pfs_columns import COLUMNS

DOCUMENTED = {c.column: c.values for c in COLUMNS if c.values is not None}


@pytest.mark.parametrize("column", sorted(DOCUMENTED.keys() - {"modifier", "status"}))
def test_each_documented_value_has_a_meaning(column):
    assert set(indicators()[column].values) == set(DOCUMENTED[column])


def test_each_documented_status_has_a_meaning():
    assert set(STATUSES) == DOCUMENTED["status"]


def test_a_status_is_priced_or_says_why_not():
    for code, meaning in STATUSES.items():
        assert bool(meaning.why_unpriced) != (code in PRICED)
        assert bool(meaning.filled_by) != (code in PRICED)


def test_an_undocumented_value_is_said_to_be_one():
    assert "does not have" in indicators()["bilateral_surgery"].meaning("8")
    assert "not in the record layout" in status("Z").why_unpriced


@pytest.mark.files
def test_every_value_of_the_real_files_has_a_meaning(data_folder, lake, load_medicare):
    for name in ("PPRRVU2025_Oct.redacted.csv", "PPRRVU2026_Jul_nonQPP.redacted.csv"):
        load_medicare(data_folder / "medicare" / "pfs" / name)
    connection = lake.connect()
    for column, indicator in indicators().items():
        found = connection.sql(f"SELECT DISTINCT {column} FROM pfs_rvu").fetchall()
        assert {value for (value,) in found} <= set(indicator.values)
