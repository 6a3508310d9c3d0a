"""`ratepress code`: its JSON, its look, and what the published files say of real codes.

What is expected of real codes was read from CMS's files by eye and with grep: RVU26C (July 2026),
the MUE of April 2026, the NCCI edits and add-on codes of July 2024.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli_calls import Call
from medicare_layouts import pprrvu
from ncci_layouts import add_ons, mue, ptp
from ratepress.dossier.build import build
from ratepress.lake.store import Lake
from ratepress.readers.add import add

DAY = ("--date", "2026-07-15")
FILES = (
    "pfs/PPRRVU2026_Jul_nonQPP.redacted.csv",
    "ncci/MCR_MUE_PractitionerServices_Eff_04-01-2026.csv",
    "ncci/ncci_ptp_prac_2024q3_active.csv.gz",
    "ncci/northstar_2024q3_ncci_aoc.csv",
    "asc/2026/20260701/FF.redacted.csv",
    "opps/apc_rate_2026_clinical_transcribed.csv",
)


def by_modifier(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["modifier"]: row for row in data["modifiers"]}


def verdicts(data: dict[str, Any], *modifiers: str) -> set[str]:
    found = by_modifier(data)
    return {found[modifier]["verdict"] for modifier in modifiers}


# --- with the examples alone ---------------------------------------------------------------------


def test_a_modifier_row_has_the_form_others_rely_on(call: Call, examples: Path) -> None:
    data = call("code", "32557", *DAY, "--lake", examples, "--json").json["data"]
    row = by_modifier(data)["26"]
    assert list(row)[:4] == ["modifier", "verdict", "effect", "decided_by"]
    assert (row["verdict"], row["decided_by"]) == ("not allowed", "PC/TC indicator 0")
    assert (row["kind"], row["rule"]) == ("payment", "C02")
    assert set(data) == {
        "code", "date", "release", "facts", "modifiers", "global_period", "units", "edits",
        "add_ons", "family", "coverage", "policies", "clinical", "gaps", "notes",
    }  # fmt: skip
    assert (data["code"], data["date"], data["release"]) == ("32557", "2026-07-15", "2026C")


def test_what_is_not_loaded_is_a_gap_and_not_a_guess(call: Call, examples: Path) -> None:
    data = call("code", "32557", *DAY, "--lake", examples, "--json").json["data"]
    missing = {gap["what"] for gap in data["gaps"]}
    assert "Most units of 32557 (practitioner)" in missing
    assert "Edits of 32557 (practitioner)" in missing
    assert "Add-on links of 32557" in missing
    assert (data["units"], data["edits"], data["add_ons"]) == ([], [], None)
    assert by_modifier(data)["59"]["rule"] == "C39"


def test_the_sheet_has_its_sections_and_no_colour_in_a_pipe(call: Call, examples: Path) -> None:
    done = call("code", "32557", *DAY, "--lake", examples)
    assert done.code == 0
    assert "\x1b" not in done.out
    for heading in (
        "32557  Chest drain through the skin, with imaging guidance",
        "Indicators",
        "Modifiers that it may carry",
        "Modifiers that are not allowed",
        "Global period 000: minor or endoscopic procedure",
        "Family: codes to compare it with",
        "Not available",
    ):
        assert re.search(rf"^{re.escape(heading)}$", done.out, re.MULTILINE), heading
    assert done.out.index("FA, F1 to F9") > done.out.index("Modifiers that are not allowed")
    # What has one reason stands once, and a range is told by its numbers.
    assert re.search(r"^ JW, JZ +The code is no drug\. +codes 30000 to 39999 *$", done.out, re.M)
    assert re.search(r"^ Work +3\.04 *$", done.out, re.M)


def test_a_state_that_is_none_is_refused(call: Call, examples: Path) -> None:
    done = call("code", "32557", *DAY, "--lake", examples, "--state", "Ohio")
    assert done.code == 2
    assert "two letters" in done.err


def test_a_code_that_the_release_lacks_has_gaps_alone(call: Call, examples: Path) -> None:
    done = call("code", "99999", *DAY, "--lake", examples, "--json")
    data = done.json["data"]
    assert done.code == 0
    assert (data["modifiers"], data["family"], data["global_period"]) == ([], None, None)
    assert any("99999 is not in release 2026C" in gap["why"] for gap in data["gaps"])


# --- with edits made for the test ----------------------------------------------------------------

DRAIN = {"HCPCS": "32557"}
MANY = tuple(("32557", f"120{n:02}", "", "20130101", "*", "1", "x") for n in range(1, 31))
EDITS = (
    ("32557", "76942", "", "20130101", "*", "1", "Standards"),
    ("32557", "32556", "*", "19960101", "*", "0", "More extensive procedure"),
    ("32551", "32557", "", "20130101", "*", "1", "Misuse"),
    *MANY,
)


@pytest.fixture
def bundled(tmp_path: Path) -> Path:
    """A lake of 32557 and 32556 with 33 edits, units and an add-on code, none of them CMS's."""
    lake = Lake.create(tmp_path / "bundled")
    for name, content in (
        ("rvu.csv", pprrvu(DRAIN, {"HCPCS": "32556"})),
        ("ccipra-v322r0-f1.txt", ptp(*EDITS)),
        (
            "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv",
            mue(("32557", "2", "3 Date of Service Edit: Clinical", "Clinical: Data")),
        ),
        (
            "AOC_V2026Q3.txt",
            add_ons(("1", "32668", "", "32557", "", "2013001", "", "")),
        ),
    ):
        (tmp_path / name).write_bytes(content)
        add(lake, tmp_path / name)
    return lake.root


def test_the_edits_of_a_code_have_both_views(call: Call, bundled: Path) -> None:
    data = call("code", "32557", *DAY, "--lake", bundled, "--json").json["data"]
    (edits,) = data["edits"]
    assert len(edits["column_1"]) == 32
    assert [p["code"] for p in edits["column_2"]] == ["32551"]
    assert {p["code"]: p["bypass"] for p in edits["column_1"]}["32556"] == "0"
    assert by_modifier(data)["59"]["verdict"] == "conditional"
    assert (
        "32 pairs of bypass indicator 1, such as 32557 with 12001, 1 pair of"
        in by_modifier(data)["59"]["decided_by"]
    )
    assert [u["units"] for u in data["units"]] == [2]
    assert [a["add_on_code"] for a in data["add_ons"]["add_ons"]] == ["32668"]


def test_a_long_list_is_cut_and_all_shows_it_whole(call: Call, bundled: Path) -> None:
    """Thirty codes of the skin, of which the first 24 are shown."""
    few = call("code", "32557", *DAY, "--lake", bundled).out
    everything = call("code", "32557", *DAY, "--lake", bundled, "--all").out
    assert "12024 and 6 more" in few
    assert "12030" not in few
    assert "12029 12030" in everything
    for words in ("32557 is paid (column 1)", "32557 is denied (column 2)", "never, bypass 0"):
        assert words in few


def test_the_page_shows_units_edits_add_ons_and_family(bundled: Path) -> None:
    (page,) = build(Lake.open(bundled), ["32557"], as_of=date(2026, 7, 15))
    found = {t.id: t for t in (*page.section("coding").tables, *page.section("overview").tables)}
    assert {"modifiers", "indicators", "global-period", "units", "add-ons", "family"} <= set(found)
    edits = found["edits-practitioner"]
    stated = {(row.group, row.label): row.cells[0].value for row in edits.rows}
    assert stated == {
        ("32557 is paid (column 1), these are denied beside it: never both (bypass 0)",
         "Surgery of airways, chest, heart, vessels and blood"): 1,
        ("32557 is paid (column 1), these are denied beside it: both with a modifier (bypass 1)",
         "Surgery of skin and breast"): 30,
        ("32557 is paid (column 1), these are denied beside it: both with a modifier (bypass 1)",
         "Imaging and radiation"): 1,
        ("32557 is denied (column 2) beside these: both with a modifier (bypass 1)",
         "Surgery of airways, chest, heart, vessels and blood"): 1,
    }  # fmt: skip
    assert [row.note for row in found["family"].rows] == [
        "codes 3255…, NCCI edit (bypass 0)",
        "this code",
    ]


# --- with the published files --------------------------------------------------------------------


@pytest.fixture(scope="session")
def published(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of CMS's own files; tests leave it as it is."""
    lake = Lake.create(tmp_path_factory.mktemp("published") / "lake")
    for file in FILES:
        add(lake, data_folder / "medicare" / file)
    return lake.root


@pytest.mark.files
def test_32557(call: Call, published: Path) -> None:
    data = call("code", "32557", *DAY, "--lake", published, "--json").json["data"]
    found = by_modifier(data)
    assert verdicts(data, "26", "TC", "62", "66", "80", "81", "82", "AS") == {"not allowed"}
    assert {found[m]["decided_by"] for m in ("26", "TC")} == {"PC/TC indicator 0"}
    assert found["50"]["verdict"] == "allowed"
    assert "150%" in found["50"]["effect"]
    assert found["51"]["decided_by"] == "Multiple procedure indicator 2"
    assert verdicts(data, "LT", "RT") == {"allowed"}
    assert verdicts(data, "59", "XE", "XP", "XS", "XU") == {"conditional"}
    assert "of bypass indicator 1" in found["59"]["decided_by"]
    assert data["global_period"]["value"] == "000"
    (units,) = (u for u in data["units"] if u["setting"] == "practitioner")
    assert (units["units"], units["adjudication_indicator"]) == (2, "3")


@pytest.mark.files
def test_32557_bundles_imaging_and_is_never_paid_beside_32556(call: Call, published: Path) -> None:
    """grep counts 241 lines with 32557 in column 1 and 378 with it in column 2."""
    data = call("code", "32557", *DAY, "--lake", published, "--json").json["data"]
    (edits,) = data["edits"]
    bypass = {p["code"]: p["bypass"] for p in edits["column_1"]}
    imaging = ("76942", "75989", "77002", "77012", "77021", "71046")
    assert {bypass[code] for code in imaging} == {"1"}
    assert bypass["32556"] == "0"
    assert (len(edits["column_1"]), len(edits["column_2"])) == (241, 378)
    assert any("2024C" in note and "P00" in note for note in data["notes"])


@pytest.mark.files
def test_the_family_of_32557_is_chest_drainage(call: Call, published: Path) -> None:
    """32550 to 32557 share 3255; only 32556 is never paid beside 32557; 32552 alone has 10 days."""
    family = call("code", "32557", *DAY, "--lake", published, "--json").json["data"]["family"]
    members = {m["code"]: m for m in family["members"]}
    assert list(members) == [str(code) for code in range(32550, 32558)]
    assert "edit of bypass 0" in members["32556"]["ties"]
    days = {code: m["cells"]["global_days"]["value"] for code, m in members.items()}
    assert {code for code, value in days.items() if value == "010"} == {"32552"}
    assert members["32557"]["cells"]["fee_nonfacility"]["value"] == "647.98"
    assert members["32557"]["cells"]["opps_rate"]["value"] == "1608.25"


@pytest.mark.files
def test_70551(call: Call, published: Path) -> None:
    """PC/TC 1 with rows of 26 and TC; multiple procedure indicator 4, diagnostic imaging."""
    data = call("code", "70551", *DAY, "--lake", published, "--json").json["data"]
    found = by_modifier(data)
    assert verdicts(data, "26", "TC") == {"allowed"}
    effect = found["51"]["effect"]
    assert found["51"]["decided_by"] == "Multiple procedure indicator 4"
    assert "technical part 100% then 50%, professional part 100% then 95%" in effect
    assert verdicts(data, "50", "E1", "F1", "95", "FX") == {"not allowed"}
    (units,) = data["units"]
    assert units["units"] == 2
    assert [a["add_on_code"] for a in data["add_ons"]["add_ons"]] == ["0649T", "0698T", "0866T"]


@pytest.mark.files
def test_43239(call: Call, published: Path) -> None:
    """An endoscopy whose base is 43235."""
    data = call("code", "43239", *DAY, "--lake", published, "--json").json["data"]
    found = by_modifier(data)
    assert "family of 43235" in found["51"]["effect"]
    base = next(m for m in data["family"]["members"] if m["code"] == "43235")
    assert "endoscopic base 43235" in base["ties"]
    (units,) = data["units"]
    assert (units["units"], units["adjudication_indicator"]) == (1, "2")


@pytest.mark.files
def test_27447(call: Call, published: Path) -> None:
    """Global 090 with shares of 10, 69 and 21; bilateral 1, assistant 2, co-surgeons 1."""
    data = call("code", "27447", *DAY, "--lake", published, "--json").json["data"]
    found = by_modifier(data)
    period = data["global_period"]
    assert (period["first_on"], period["last_on"], period["n_days"]) == (
        "2026-07-14", "2026-10-13", 92,
    )  # fmt: skip
    assert period["shares"] == {"care before": "10%", "care during": "69%", "care after": "21%"}
    assert "79% of the fee" in found["54"]["effect"]
    assert "21% of the fee" in found["55"]["effect"]
    assert "69% of the fee" in found["78"]["effect"]
    assert verdicts(data, "50", "80", "AS") == {"allowed"}
    assert verdicts(data, "62") == {"conditional"}
    assert "62.5%" in found["62"]["effect"]
    assert "13.6%" in found["AS"]["effect"]


@pytest.mark.files
def test_99213(call: Call, published: Path) -> None:
    """A visit: 25 stands on it, and nothing of surgery does."""
    data = call("code", "99213", *DAY, "--lake", published, "--json").json["data"]
    found = by_modifier(data)
    assert found["25"]["verdict"] == "conditional"
    assert "paid in full" in found["25"]["effect"]
    assert "99202 to 99499" in found["25"]["decided_by"]
    assert verdicts(data, "26", "50", "51", "54", "78", "F1", "JW", "GP") == {"not allowed"}
    members = {m["code"] for m in data["family"]["members"]}
    assert {"99211", "99212", "99214", "99215"} <= members


@pytest.mark.files
def test_every_table_of_a_sample_of_real_codes_is_decided(published: Path) -> None:
    """No code of the release meets a value without a verdict, or an effect with an open brace."""
    from ratepress.coding.modifiers import modifier_table

    with Lake.open(published).connect() as connection:
        rows = connection.sql("SELECT DISTINCT code FROM pfs_rvu ORDER BY code").fetchall()
        for (code,) in rows[::400]:
            found = modifier_table(connection, code, date(2026, 7, 15))
            assert "C10" not in {row.rule for row in found.rows}, code
            assert "{" not in "".join(row.effect for row in found.rows)


@pytest.mark.files
def test_all_lists_every_partner(call: Call, published: Path) -> None:
    few = call("code", "32557", *DAY, "--lake", published).out
    everything = call("code", "32557", *DAY, "--lake", published, "--all").out
    assert "and 284 more" in few
    assert "more" not in "".join(re.findall(r"and [\d,]+ (more)$", everything, re.MULTILINE))
    data = json.loads(call("code", "32557", *DAY, "--lake", published, "--json").out)["data"]
    for partner in data["edits"][0]["column_2"]:
        assert partner["code"] in everything
