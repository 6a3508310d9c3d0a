"""`ratepress diff`: days, folders, and what is neither."""


def test_two_days_of_one_lake(call, examples, tmp_path):
    """Emory's file is of April 2026: before it none of its contracts is there."""
    days = ("2026-01-01", "2026-07-15")
    asked = ("--lake", examples, "--by", "hospital", "--code", "32557")
    done = call("diff", *days, *asked, "--out", tmp_path / "changes.csv")
    assert done.code == 0, done.err
    emory = next(line for line in done.out.splitlines() if line.strip().startswith("emory"))
    new, *others = emory.split()[-4:]
    assert int(new) > 0
    assert others == ["0", "0", "0"]
    assert (tmp_path / "changes.csv").read_text().startswith('"change","code_system","code"')


def test_a_folder_is_a_lake_on_its_newest_day(call, examples):
    data = call("diff", examples, "2026-07-01", "--lake", examples, "--json").json["data"]
    assert (data["before"], data["after"]) == ("2026-07-01", "2026-07-01")
    assert data["rows"] == []
    assert all(count["new"] == count["gone"] == 0 for count in data["counts"])


def test_what_is_no_snapshot_is_refused(call, examples):
    done = call("diff", "yesterday", "2026-07-01", "--lake", examples)
    assert done.code == 2
    assert "a day as year-month-day, or the folder of a lake" in done.err
