"""Each command over the example files: what it prints for people, and its JSON for programs.

Figures are CMS's own: 32557 in RVU26C has 3.04 work, 16.03 and 0.50 practice expense and 0.33
malpractice RVUs; the conversion factor of 2026 is 33.4009. What modifiers it takes follows from
its indicators (PC/TC 0, bilateral 1, assistant 1, co-surgeons 0).
"""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from cli_calls import Call
from lake_rows import hospital_csv
from ratepress.lake.store import Lake

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PRICE = ("price", "32557", "--date", "2026-07-15")


@pytest.fixture
def own(examples: Path, tmp_path: Path) -> Path:
    """A copy of the lake of the examples, to be changed."""
    return Path(shutil.copytree(examples, tmp_path / "own"))


# --- add -----------------------------------------------------------------------------------------


def test_add_makes_a_lake_and_says_where_each_row_went(call: Call, tmp_path: Path) -> None:
    path = hospital_csv(tmp_path / "west.csv", 25)
    done = call("add", path, "--lake", tmp_path / "lake")
    assert (done.code, done.err) == (0, "")
    (row,) = [line.split() for line in done.out.splitlines() if "west.csv" in line]
    assert row[-3:] == ["25", "25", "0"]
    assert {"West", "Mercy", "Hospital", "hospital-tall-csv"} <= set(row)


def test_add_as_json(call: Call, tmp_path: Path) -> None:
    path = hospital_csv(tmp_path / "west.csv", 25)
    done = call("add", path, "--lake", tmp_path / "lake", "--json")
    assert set(done.json) == {"ok", "command", "data", "notes"}
    assert done.json["data"]["failed"] == []
    (added,) = done.json["data"]["files"]
    assert (added["path"], added["was_new"]) == (str(path), True)
    assert added["source"]["read"] == added["source"]["loaded"] == 25
    assert added["source"]["rows"]["rates"] == 25


def test_add_of_the_same_bytes_says_so(call: Call, tmp_path: Path) -> None:
    path = hospital_csv(tmp_path / "west.csv", 5)
    call("add", path, "--lake", tmp_path / "lake")
    copied = shutil.copy(path, tmp_path / "other-name.csv")
    done = call("add", copied, "--lake", tmp_path / "lake")
    assert done.code == 0
    assert "was in the lake already" in done.out
    assert len(Lake.open(tmp_path / "lake").manifest().observations) == 2


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """A file that is read, one that is none, and one that is read."""
    bad = tmp_path / "b-bad.csv"
    bad.write_text("no,price,file\n1,2,3\n")
    return [
        hospital_csv(tmp_path / "a-good.csv", 5, "Good A"),
        bad,
        hospital_csv(tmp_path / "c-good.csv", 6, "Good C"),
    ]


def test_add_stops_at_the_first_file_that_fails_and_keeps_those_before(
    call: Call, tmp_path: Path, three: list[Path]
) -> None:
    done = call("add", *three, "--lake", tmp_path / "lake")
    assert done.code == 3
    assert "a-good.csv" in done.out
    assert done.err.startswith("Error: b-bad.csv: not a kind of file that ratepress knows")
    contents = Lake.open(tmp_path / "lake").manifest().contents
    assert [content.publisher for content in contents] == ["Good A"]


def test_add_keeps_going_where_it_is_told_to(call: Call, tmp_path: Path, three: list[Path]) -> None:
    done = call("add", *three, "--lake", tmp_path / "lake", "--keep-going")
    assert done.code == 3
    assert "b-bad.csv" in done.err
    contents = Lake.open(tmp_path / "lake").manifest().contents
    assert [content.publisher for content in contents] == ["Good A", "Good C"]


@pytest.mark.parametrize(
    ("going", "kept"), [((), ["Good A"]), (("--keep-going",), ["Good A", "Good C"])]
)
def test_add_of_several_at_once_ends_as_one_after_the_other(
    call: Call, tmp_path: Path, three: list[Path], going: tuple[str, ...], kept: list[str]
) -> None:
    """The exit code, the message, and what is in the lake."""
    done = call("add", *three, "--lake", tmp_path / "lake", "--jobs", 3, *going)
    assert done.code == 3
    assert done.err.startswith("Error: b-bad.csv: not a kind of file that ratepress knows")
    assert "a-good.csv" in done.out
    contents = Lake.open(tmp_path / "lake").manifest().contents
    assert [content.publisher for content in contents] == kept
    assert call("add", *three, "--lake", tmp_path / "lake", "--jobs", 0).code == 2


def test_add_that_fails_says_in_json_what_was_done_all_the_same(
    call: Call, tmp_path: Path, three: list[Path]
) -> None:
    done = call("add", *three, tmp_path / "none.csv", "--lake", tmp_path / "lake", "--keep-going",
                "--json")  # fmt: skip
    assert (done.code, done.err) == (3, "")
    assert done.json["ok"] is False
    assert done.json["error"]["code"] == "unreadable-input"
    data = done.json["data"]
    assert [Path(one["path"]).name for one in data["files"]] == ["a-good.csv", "c-good.csv"]
    assert [Path(one["path"]).name for one in data["failed"]] == ["b-bad.csv", "none.csv"]


def test_a_folder_and_a_missing_file_are_unreadable_input(call: Call, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        done = call("add", path, "--lake", tmp_path / "lake")
        assert done.code == 3
        assert str(path) in done.err
        assert "Traceback" not in done.err


def test_add_does_not_touch_a_folder_that_holds_other_files(call: Call, tmp_path: Path) -> None:
    path = hospital_csv(tmp_path / "west.csv", 5)
    done = call("add", path, "--lake", tmp_path)
    assert done.code == 2
    assert "holds other files" in done.err


def test_the_lake_may_be_named_by_the_environment(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hospital_csv(tmp_path / "west.csv", 5)
    monkeypatch.setenv("RATEPRESS_LAKE", str(tmp_path / "named"))
    assert call("add", path).code == 0
    assert len(Lake.open(tmp_path / "named").manifest().contents) == 1
    monkeypatch.delenv("RATEPRESS_LAKE")
    monkeypatch.chdir(tmp_path)
    assert call("add", path).code == 0
    assert len(Lake.open(tmp_path / "lake").manifest().contents) == 1


# --- sources, remove, verify ---------------------------------------------------------------------


def test_sources_lists_each_file_and_reconciles_it(call: Call, examples: Path) -> None:
    done = call("sources", "--lake", examples, "--json")
    found = done.json["data"]["sources"]
    files = [p for p in EXAMPLES.iterdir() if p.suffix in (".csv", ".json", ".gz")]
    assert sorted(origin for s in found for origin in s["origins"]) == sorted(map(str, files))
    for source in found:
        assert source["read"] == source["loaded"] + sum(source["set_aside"].values())
        assert set(source["set_aside"]) == set(source["first_places"])
    by_name = {Path(s["origins"][0]).name: s for s in found}
    emory = by_name["emory-university-hospital.csv"]
    with (EXAMPLES / "emory-university-hospital.csv").open(newline="", encoding="utf-8") as handle:
        rows = [row for row in csv.reader(handle) if any(row)]
    assert emory["read"] == len(rows) - 3
    assert by_name["PPRRVU2026_Jul.csv"]["release"] == "2026C"


def test_sources_for_people_names_every_publisher(call: Call, examples: Path) -> None:
    done = call("sources", "--lake", examples)
    for content in Lake.open(examples).manifest().contents:
        assert content.publisher in done.out
        assert content.content_id[:8] in done.out


def test_sources_of_an_empty_lake(call: Call, lake: Lake) -> None:
    done = call("sources", "--lake", lake.root)
    assert done.code == 0
    assert "The lake is empty" in done.out
    assert call("sources", "--lake", lake.root, "--json").json["data"] == {"sources": []}


def test_the_same_call_prints_the_same_bytes(call: Call, examples: Path) -> None:
    for words in (["sources"], ["verify"], [*PRICE], ["benchmark", "32557"]):
        line = (*words, "--lake", examples, "--json")
        assert call(*line).out == call(*line).out


def test_remove_takes_the_source_that_sources_lists(call: Call, own: Path) -> None:
    found = call("sources", "--lake", own, "--json").json["data"]["sources"]
    gone = found[0]["content_id"]
    done = call("remove", gone[:8], "--lake", own)
    assert done.code == 0
    assert gone[:8] in done.out
    left = call("sources", "--lake", own, "--json").json["data"]["sources"]
    assert [s["content_id"] for s in left] == [s["content_id"] for s in found[1:]]
    assert call("remove", gone[:8], "--lake", own, "--json").json["error"]["code"] == "usage"


def test_verify_counts_what_it_checked(call: Call, examples: Path) -> None:
    done = call("verify", "--lake", examples, "--json")
    assert done.code == 0
    manifest = Lake.open(examples).manifest()
    data = done.json["data"]
    assert data["ok"] is True
    assert data["problems"] == []
    assert data["n_files"] == len(manifest.files)
    assert data["n_rows"] == sum(file.rows for file in manifest.files)
    said = call("verify", "--lake", examples).out
    assert f"{len(manifest.files)} files of {len(manifest.contents)} sources" in said


def test_verify_of_a_damaged_lake_is_7_and_names_the_file(call: Call, own: Path) -> None:
    damaged = Lake.open(own).data_files()[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    name = damaged.relative_to(own).as_posix()
    done = call("verify", "--lake", own)
    assert done.code == 7
    assert name in done.err
    assert name in done.out
    assert f"{own}: 1 problem: " in done.err
    done = call("verify", "--lake", own, "--json")
    assert (done.code, done.err) == (7, "")
    assert done.json["error"]["code"] == "lake-damaged"
    assert [problem["path"] for problem in done.json["data"]["problems"]] == [name]


def test_verify_counts_the_problems_where_there_are_several(call: Call, own: Path) -> None:
    for damaged in Lake.open(own).data_files()[:2]:
        damaged.write_bytes(damaged.read_bytes()[:-1])
    assert f"{own}: 2 problems; the first: " in call("verify", "--lake", own).err


def test_a_damaged_manifest_is_7_for_every_command_that_reads_it(call: Call, own: Path) -> None:
    max((own / "manifest").glob("[0-9]*.json")).write_bytes(b"{")
    for words in (["sources"], ["verify"], [*PRICE], ["benchmark", "32557"], ["remove", "abcdef"]):
        done = call(*words, "--lake", own)
        assert done.code == 7, words
        assert "not a manifest" in done.err


# --- price, code, benchmark ----------------------------------------------------------------------


@pytest.mark.parametrize(("site", "amount"), [("facility", "129.26"), ("nonfacility", "647.98")])
def test_price_is_what_cms_publishes(call: Call, examples: Path, site: str, amount: str) -> None:
    """(3.04 + 0.50 + 0.33) × 33.4009 = 129.26; (3.04 + 16.03 + 0.33) × 33.4009 = 647.98."""
    done = call(*PRICE, "--site", site, "--lake", examples, "--json")
    (price,) = done.json["data"]["prices"]
    assert (price["amount"], price["site"], price["release"]) == (amount, site, "2026C")
    assert f"${amount}" in call(*PRICE, "--site", site, "--lake", examples).out


def test_explain_of_a_code_gives_medicares_arithmetic_and_the_rows(
    call: Call, examples: Path
) -> None:
    """PPRRVU 2026C: (3.04 + 0.50 + 0.33) × 33.4009; and a row of Emory's published file."""
    said = call("explain", "32557", "--as-of", "2026-07-15", "--lake", examples).out
    assert "129.261483 → 129.26" in said
    assert "$3,051.00  emory-university-hospital.csv row 18: Kaiser, Hmo" in said
    data = call("explain", "32557", "--lake", examples, "--json").json["data"]
    assert (data["code"], data["strength"]) == ("32557", "balanced")


def test_explain_of_a_code_without_a_fee_schedule_says_what_is_missing(
    call: Call, tmp_path: Path
) -> None:
    from ratepress.lake.store import Lake

    lake = Lake.create(tmp_path / "lake").root
    asked = ("--as-of", "2026-07-15", "--lake", lake)
    assert (
        "No release of the physician fee schedule of 2026" in call("explain", "32557", *asked).out
    )
    assert "no fee schedule has codes of this system" in call("explain", "rc:0361", *asked).out


def test_price_explains_itself_in_lines(call: Call, examples: Path) -> None:
    said = call(*PRICE, "--site", "facility", "--explain", "--lake", examples).out
    for part in ("3.04", "0.50", "0.33", "33.4009", "129.26", "2026C", "federalregister.gov"):
        assert part in said


def test_price_without_a_site_is_both(call: Call, examples: Path) -> None:
    prices = call(*PRICE, "--lake", examples, "--json").json["data"]["prices"]
    assert [price["amount"] for price in prices] == ["129.26", "647.98"]


def test_a_modifier_that_does_not_apply_gives_no_amount_and_the_reason(
    call: Call, examples: Path
) -> None:
    done = call(*PRICE, "--modifier", "26", "--site", "facility", "--lake", examples)
    assert done.code == 0
    assert "none" in done.out
    assert "PC/TC indicator 0" in done.out


def test_a_release_that_stands_in_is_noted(call: Call, examples: Path) -> None:
    words = ("price", "32557", "--date", "2026-05-15", "--lake", examples)
    (note,) = call(*words, "--json").json["notes"]
    assert "stands in for 2026B" in note
    assert call(*words).out.count("stands in for 2026B") == 1
    assert call(*words, "--strict").code == 5


def test_price_takes_every_option_of_a_line(call: Call, examples: Path) -> None:
    """3.87 × 33.4009 × 85% = 109.87 for a nurse practitioner; two units 129.26 + 64.63."""
    by_nurse = call(*PRICE, "--site", "facility", "--provider-type", "NP", "--lake", examples)
    assert "$109.87" in by_nurse.out
    done = call(*PRICE, "--site", "facility", "--units", 2, "--lake", examples, "--json")
    (price,) = done.json["data"]["prices"]
    assert (price["amount"], price["units"]) == ("193.89", 2)
    assert price["apart"]["limiting_charge"] == "211.83"  # 193.89 × 95% = 184.20; × 115%
    assert price["parameters"][0]["citations"][0]["link"].startswith("https://")


def test_price_of_one_system_alone(call: Call, examples: Path) -> None:
    done = call(*PRICE, "--system", "opps", "--lake", examples, "--json")
    assert done.json["data"]["prices"] == []
    (facility,) = done.json["data"]["facility"]
    assert (facility["system"], facility["amount"]) == ("OPPS", None)
    assert "OPPS: 32557" in call(*PRICE, "--system", "opps", "--explain", "--lake", examples).out


def test_price_without_a_fee_schedule_is_missing_reference_data(call: Call, lake: Lake) -> None:
    for words in (PRICE, ("code", *PRICE[1:])):
        done = call(*words, "--lake", lake.root)
        assert done.code == 5
        assert "ratepress add" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["price", "3255", "--date", "2026-07-15"],
        [*PRICE, "--site", "office"],
        [*PRICE, "--locality", "10112-99"],
        [*PRICE, "--modifier", "banana"],
        [*PRICE, "--system", "medicaid"],
        [*PRICE, "--units", "0"],
        [*PRICE, "--provider-type", "wizard"],
        [*PRICE, "--zip", "banana"],
        [*PRICE, "--system", "asc", "--cbsa", "banana"],
        ["benchmark", "32557", "--ghost-filter", "strong"],
        ["benchmark", "32557", "--by", "moon"],
        ["benchmark", "xx:32557"],
        ["code", "!!", "--date", "2026-07-15"],
        ["publish", "!!"],
    ],
)
def test_a_value_that_is_none_of_those_known_is_a_wrong_call(
    call: Call, examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*words, "--lake", examples)
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("Error: ")
    assert list(tmp_path.iterdir()) == []


VERDICTS = {
    "26": "not allowed",
    "TC": "not allowed",
    "50": "allowed",
    "80": "not allowed",
    "81": "not allowed",
    "82": "not allowed",
    "AS": "not allowed",
    "62": "not allowed",
    "66": "not allowed",
}


def test_code_tells_the_modifiers_and_what_decides_each(call: Call, examples: Path) -> None:
    done = call("code", *PRICE[1:], "--lake", examples, "--json")
    rows = {row["modifier"]: row for row in done.json["data"]["modifiers"]}
    assert {name: rows[name]["verdict"] for name in VERDICTS} == VERDICTS
    assert {"modifier", "verdict", "effect", "decided_by"} <= set(rows["26"])
    assert "PC/TC indicator 0" in rows["26"]["decided_by"]
    facts = {fact["column"]: fact["value"] for fact in done.json["data"]["facts"]}
    assert (facts["status"], facts["global_days"]) == ("A", "000")
    said = call("code", *PRICE[1:], "--lake", examples).out
    assert "PC/TC indicator 0" in said
    assert "150%" in said


def test_a_code_that_the_release_has_not_is_a_gap(call: Call, examples: Path) -> None:
    words = ("code", "99999", "--date", "2026-07-15", "--lake", examples)
    data = call(*words, "--json").json["data"]
    assert data["modifiers"] == []
    assert {gap["type"] for gap in data["gaps"]} == {"gap"}
    assert "99999 is not in release 2026C" in call(*words).out


def test_benchmark_tells_its_date_its_strength_and_each_key_once(
    call: Call, examples: Path
) -> None:
    done = call("benchmark", "32557", "--lake", examples, "--json")
    data = done.json["data"]
    assert data["as_of"] == "2026-07-01"
    assert data["strength"] == "balanced"
    keys = [row["key_id"] for row in data["rows"]]
    assert len(set(keys)) == len(keys) > 0
    for row in data["rows"]:
        assert (row["p50"] is None) is (row["n_votes"] < 3)
        assert bool(row["prices"]) is (row["n_votes"] < 3)
    assert "as of 2026-07-01" in call("benchmark", "32557", "--lake", examples).out


def test_benchmark_of_one_payer_and_line_has_no_other(call: Call, examples: Path) -> None:
    words = ("benchmark", "32557", "--lake", examples, "--by", "payer")
    rows = call(*words, "--json").json["data"]["rows"]
    payers = {row["payer_id"] for row in rows if row["payer_id"]}
    assert "aetna" in payers
    only = call(*words, "--payer", "aetna", "--line-of-business", "commercial", "--json")
    chosen = {(r["payer_id"], r["line_of_business"]) for r in only.json["data"]["rows"]}
    assert chosen == {("aetna", "commercial")}


def test_benchmark_of_a_payer_that_states_no_price_names_those_that_do(
    call: Call, examples: Path
) -> None:
    words = ("benchmark", "32557", "--lake", examples)
    rows = call(*words, "--by", "payer", "--json").json["data"]["rows"]
    done = call(*words, "--payer", "nope")
    assert (done.code, done.out) == (2, "")
    assert "Found: 'nope'" in done.err
    named = done.err.partition("Expected: ")[2].partition(". What to do")[0].split(", ")
    assert {row["payer_id"] for row in rows if row["payer_id"]} <= set(named)
    none = call("benchmark", "00100", "--lake", examples, "--payer", "nope")
    assert none.code == 0
    assert "no price counts" in none.out


def test_benchmark_of_a_code_without_a_price_says_so(call: Call, examples: Path) -> None:
    done = call("benchmark", "00100", "--lake", examples)
    assert done.code == 0
    assert "no price counts" in done.out


def test_benchmark_of_a_lake_without_dates_asks_for_one(call: Call, lake: Lake) -> None:
    assert call("benchmark", "32557", "--lake", lake.root).code == 2
    assert call("benchmark", "32557", "--lake", lake.root, "--as-of", "2026-07-15").code == 0


# --- explain, publish, demo ----------------------------------------------------------------------


def test_explain_medicare_says_what_is_modelled_and_what_is_not(call: Call) -> None:
    done = call("explain", "Medicare")
    assert done.code == 0
    assert "Physician fee schedule (pfs)" in done.out
    systems = call("explain", "medicare", "--json").json["data"]
    assert [system["name"] for system in systems][:3] == ["pfs", "anesthesia", "opps"]
    states = {part["state"] for system in systems for part in system["parts"]}
    assert states >= {"modelled", "by report", "not modelled"}


def test_explain_tells_a_rule_in_either_case(call: Call) -> None:
    done = call("explain", "m05")
    assert done.out.startswith("M05: Percentiles by linear interpolation (Market method)\n")
    assert "doi.org" in done.out
    data = call("explain", "M05", "--json").json["data"]
    assert (data["id"], data["source"]["link"][:16]) == ("M05", "https://doi.org/")


def test_publish_writes_the_page_and_says_where(call: Call, examples: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    done = call("publish", "32557", "--out", out, "--lake", examples, "--json")
    assert done.code == 0
    page = out / "code" / "cpt" / "32557" / "index.html"
    assert done.json["data"]["pages"] == [str(page)]
    assert "129.26" in page.read_text("utf-8")
    assert {str(p) for p in out.rglob("*") if p.is_file()} == set(done.json["data"]["files"])


def test_demo_says_where_the_page_is(call: Call, tmp_path: Path) -> None:
    done = call("demo", "--out", tmp_path / "demo", "--json")
    assert done.code == 0
    pages = [Path(page) for page in json.loads(done.out)["data"]["pages"]]
    assert pages[0] == tmp_path / "demo" / "site" / "code" / "cpt" / "32557" / "index.html"
    assert [page for page in pages if not page.is_file()] == []
    again = call("demo", "--out", tmp_path / "demo")
    assert again.code == 0
    assert "32557" in again.out


# --- names that are not UTF-8 --------------------------------------------------------------------


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder in which a file may have a name that is not UTF-8; skips where none can."""
    try:
        (tmp_path / "\udcff").touch()
    except (OSError, UnicodeError):
        pytest.skip("this file system takes UTF-8 names only")
    return tmp_path


def test_a_file_name_that_is_not_utf8_is_written_out(call: Call, odd: Path) -> None:
    path = hospital_csv(odd / "n\udcff\udcfe.csv", 5)
    done = call("add", path, "--lake", odd / "lake", "--json")
    assert done.code == 0
    (added,) = done.json["data"]["files"]
    assert added["path"] == f"{odd}/n\\xff\\xfe.csv"
    (seen,) = Lake.open(odd / "lake").manifest().observations
    assert seen.origin == f"{odd.resolve()}/n\\xff\\xfe.csv"
    assert call("inspect", path, "--json").json["ok"] is True
    assert "n\\xff\\xfe.csv" in call("inspect", path).out


def test_an_error_that_names_it_is_written_out_too(call: Call, odd: Path) -> None:
    (odd / "n\udcff.csv").write_text("<html>Please log in")
    for name in ("n\udcff.csv", "none\udcff.csv"):
        done = call("add", odd / name, "--lake", odd / "lake", "--json")
        assert done.code == 3
        assert name.replace("\udcff", "\\xff") in done.json["error"]["message"]
        said = call("add", odd / name, "--lake", odd / "lake").err
        assert name.replace("\udcff", "\\xff") in said
    done = call("price", "\udcff", "--date", "2026-07-15", "--lake", odd / "lake", "--json")
    assert (done.code, done.json["error"]["found"]) == (2, "\\xff")


def test_an_archive_of_that_name_is_read_and_what_is_passed_over_is_named(
    call: Call, odd: Path
) -> None:
    with zipfile.ZipFile(odd / "z\udcff.zip", "w") as archive:
        archive.write(hospital_csv(odd / "a.csv", 5, "A"), "a.csv")
        archive.write(hospital_csv(odd / "b.csv", 6, "B"), "b.csv")
        archive.writestr("c.txt", "Read me")
    done = call("add", odd / "z\udcff.zip", "--lake", odd / "lake", "--json")
    assert [one["path"] for one in done.json["data"]["files"]] == [
        f"{odd}/z\\xff.zip!a.csv",
        f"{odd}/z\\xff.zip!b.csv",
    ]
    with Lake.open(odd / "lake").connect() as connection:
        found = connection.sql("SELECT DISTINCT sample FROM problems WHERE rule_id = 'F009'")
        assert found.fetchall() == [("z\\xff.zip!c.txt",)]


def test_a_lake_of_that_name_is_a_wrong_call_and_leftovers_of_it_are_listed(
    call: Call, own: Path, odd: Path
) -> None:
    done = call("sources", "--lake", odd / "lake\udcff", "--json")
    assert (done.code, done.json["error"]["code"]) == (2, "usage")
    path = hospital_csv(odd / "west.csv", 5)
    done = call("add", path, "--lake", odd / "lake\udcff", "--json")
    assert (done.code, done.json["error"]["code"]) == (2, "usage")
    (own / "staging" / "left\udcff").mkdir(parents=True)
    done = call("verify", "--lake", own, "--json")
    assert done.json["data"]["unnamed"] == ["staging/left\\xff"]


def test_publish_into_a_folder_of_that_name_says_where(
    call: Call, examples: Path, odd: Path
) -> None:
    done = call("publish", "32557", "--out", odd / "s\udcff", "--lake", examples, "--json")
    assert done.json["data"]["pages"] == [f"{odd}/s\\xff/code/cpt/32557/index.html"]
