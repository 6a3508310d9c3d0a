"""`ratepress compare`: shown, as JSON, and written in each form."""

import csv

import openpyxl
import pytest

RATES = "Code,Rate,Volume\n32557,1250,40\nnone,1,\n"


@pytest.fixture
def rates(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(RATES)
    return path


def test_the_table_and_the_json_state_the_same(call, examples, rates):
    """The commercial median of 32557 is 3,708 (docs/method); (3,708 - 1,250) x 40 = 98,320."""
    asked = ("compare", rates, "--lake", examples, "--as-of", "2026-07-15")
    shown = call(*asked)
    assert shown.code == 0
    assert "3,708.00" in shown.out
    assert "Opportunity of the lines under market: $98,320.00" in shown.out
    rows = call(*asked, "--json").json["data"]["rows"]
    assert (rows[0]["median"], rows[0]["opportunity"]) == ("3708.00", "98320.00")
    assert rows[-1]["status"] == "invalid"


def test_each_form_is_written_by_the_end_of_its_name(call, examples, rates, tmp_path):
    for form in ("csv", "xlsx", "html"):
        done = call("compare", rates, "--lake", examples, "--out", tmp_path / f"out.{form}")
        assert done.code == 0, done.err
    with (tmp_path / "out.csv").open(newline="") as text:
        first = next(csv.DictReader(text))
    assert (first["code"], first["median"]) == ("32557", "3708.00")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Your rates"]
    assert sheet.max_row == 3
    assert (tmp_path / "out.html").read_text().startswith("<!doctype html>")


def test_another_form_is_refused_before_anything_is_read(call, examples, tmp_path):
    done = call("compare", tmp_path / "absent.csv", "--lake", examples, "--out", "out.pdf")
    assert done.code == 2
    assert ".csv, .xlsx or .html" in done.err
