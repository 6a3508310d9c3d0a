"""`ratepress check`: every line back in its order, to a file, shown, or as JSON."""

import csv
import io

import pytest

LINES = (
    "claim_id,date,code,modifiers,units,pos,patient,mine\n"
    '1,2026-07-15,32557,,1,22,p,"a, b"\n'
    "1,2026-07-15,32557,26,1,22,p,\n"
    "2,2026-07-15,3255,,1,22,,\n"
    "3,2026-07-15,32557,,1,22,,x,too many\n"
)


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text(LINES)
    return path


def test_lines_come_back_on_standard_output_with_the_reason(call, examples, lines):
    done = call("check", lines, "--lake", examples)
    assert done.code == 0
    found = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["claim_id"] for row in found] == ["1", "1", "2", "3"]
    assert [row["status"] for row in found] == ["pass", "deny", "deny", "deny"]
    assert (found[0]["mine"], found[0]["allowed_amount"]) == ("a, b", "129.26")
    assert found[1]["rules"] == "C02 C64"
    assert found[1]["carc"] == "4"
    assert "9 cells" in found[3]["reason"]
    # No edits are among the examples, and the third line has no patient.
    assert {"C66", "C61", "C74"} <= set(found[0]["not_assessed"].split())
    assert "C80" not in found[0]["not_assessed"]
    assert found[2]["not_assessed"] == ""


def test_out_writes_the_same_and_counts(call, examples, lines, tmp_path):
    shown = call("check", lines, "--lake", examples, "--out", "-").out
    out = tmp_path / "it's.csv"
    done = call("check", lines, "--lake", examples, "--out", out)
    assert done.code == 0
    assert out.read_text() == shown
    assert "4 lines" in done.out
    assert "3 deny, 1 pass" in done.out
    assert "C62 2, C64 1" in done.out


def test_json_has_each_finding_apart(call, examples, lines):
    data = call("check", lines, "--lake", examples, "--json").json["data"]
    assert data["summary"]["by_status"] == {"deny": 3, "pass": 1}
    second = data["lines"][1]
    assert (second["line"], second["status"], second["code"]) == (2, "deny", "32557")
    (finding,) = second["findings"]
    assert finding["rule"] == "C64"
    assert finding["correction"] == "Bill 32557 without 26."


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00\xff", LINES.replace("mine", "carc")])
def test_a_file_of_other_things_is_refused(call, examples, tmp_path, text):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="latin-1")
    done = call("check", path, "--lake", examples)
    assert done.code == 2
    assert "Traceback" not in done.err


def test_strict_refuses_a_release_that_stands_in(call, examples, tmp_path):
    path = tmp_path / "later.csv"
    path.write_text(LINES.replace("2026-07-15", "2026-10-15"))
    assert call("check", path, "--lake", examples).code == 0
    refused = call("check", path, "--lake", examples, "--strict")
    assert refused.code != 0
    assert "2026-10-15" in refused.err
