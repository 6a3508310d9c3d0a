"""`ratepress reprice`: every line back in its order, to a file, shown, or explained."""

import csv
import io

import pytest

LINES = (
    "claim_id,date,code,modifiers,units,pos,mine\n"
    '1,2026-07-15,32557,50,1,22,"a, b"\n'
    "2,2026-07-15,32557,,none,22,\n"
    "3,2026-07-15,,,,,\n"
)


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text(LINES)
    return path


def test_lines_come_back_on_standard_output(call, examples, lines):
    """150% of 129.26 is 193.89."""
    done = call("reprice", lines, "--lake", examples)
    assert done.code == 0
    found = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["claim_id"] for row in found] == ["1", "2", "3"]
    assert found[0]["mine"] == "a, b"
    assert [row["allowed_amount"] for row in found] == ["193.89", "", ""]
    assert [row["status"] for row in found] == ["priced", "invalid", "invalid"]
    assert all(row["rules"] and row["reason"] for row in found[1:])


def test_out_writes_the_same_and_counts(call, examples, lines, tmp_path):
    shown = call("reprice", lines, "--lake", examples).out
    out = tmp_path / "it's.csv"
    done = call("reprice", lines, "--lake", examples, "--out", out)
    assert done.code == 0
    assert out.read_text() == shown
    assert "3 lines" in done.out
    assert "2 invalid, 1 priced" in done.out


def test_out_minus_is_standard_output(call, examples, lines, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = call("reprice", lines, "--lake", examples).out
    assert call("reprice", lines, "--lake", examples, "--out", "-").out == shown
    assert [p.name for p in tmp_path.iterdir() if p.name == "-"] == []


def test_a_row_that_is_no_csv_comes_back_as_invalid(call, examples, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(LINES + "4,2026-07-15,32557,,1,22,8,9\n5,2026-07-15,32557,,1,22,x\n")
    found = list(csv.DictReader(io.StringIO(call("reprice", path, "--lake", examples).out)))
    assert [row["claim_id"] for row in found] == ["1", "2", "3", "4", "5"]
    assert (found[3]["status"], found[3]["rules"], found[3]["mine"]) == ("invalid", "P15", "8")
    assert found[3]["reason"] == "line 5 of the file: 8 cells, where the header names 7 columns: 9"
    assert found[4]["allowed_amount"] == "129.26"
    (slow,) = call("reprice", path, "--lake", examples, "--json").json["data"]["lines"][3:4]
    assert (slow["status"], slow["reason"]) == ("invalid", found[3]["reason"])


def test_explain_and_json_carry_the_trace(call, examples, lines):
    done = call("reprice", lines, "--lake", examples, "--explain")
    assert "3.87" in done.out
    assert "line 2: invalid, units is no whole number" in done.out
    first = call("reprice", lines, "--lake", examples, "--json").json["data"]["lines"][0]
    assert first["allowed_amount"] == "193.89"
    assert first["steps"]
    assert first["sources"][0]["content_id"]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00\xff"])
def test_a_file_of_other_things_is_refused(call, examples, tmp_path, text):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="latin-1")
    done = call("reprice", path, "--lake", examples)
    assert done.code == 2
    assert "Traceback" not in done.err


def test_the_result_never_replaces_the_lines(call, examples, lines):
    for command in ("reprice", "check"):
        done = call(command, lines, "--lake", examples, "--out", lines)
        assert done.code == 2
        assert "the file that is read" in done.err
    assert lines.read_text() == LINES


def test_a_result_that_cannot_stand_there_is_refused(call, examples, lines, tmp_path):
    for out in (tmp_path, tmp_path / "absent" / "x.csv", tmp_path / "x.xlsx"):
        done = call("reprice", lines, "--lake", examples, "--out", out)
        assert done.code == 2
        assert "What to do" in done.err
    assert sorted(path.name for path in tmp_path.glob("*.xlsx")) == []


def test_a_place_of_service_is_two_digits_and_no_more(call, examples, tmp_path):
    """110 is no 11: cut to two it would be priced as an office."""
    path = tmp_path / "places.csv"
    head = "claim_id,date,code,modifiers,units,pos\n"
    path.write_text(head + "".join(f"{n},2026-07-15,32557,,1,{p}\n"
                                   for n, p in enumerate(("110", "2199", "22"))))  # fmt: skip
    found = list(csv.DictReader(io.StringIO(call("reprice", path, "--lake", examples).out)))
    assert [row["status"] for row in found] == ["invalid", "invalid", "priced"]
