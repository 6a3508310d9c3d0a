"""The rules of checked claim lines, C62 to C86: a claim on each side of each line that they draw.

All claims are checked in one run; each is a claim and a patient of its own. The edits, units and
schedule rows are made for these tests.
"""

from __future__ import annotations

import pytest

from claim_lines import row, table
from coverage_layouts import article, linked, mcd
from medicare_layouts import _commit, gpci, pprrvu
from ncci_layouts import add_ons, mue, ptp
from ratepress.coding.claims.cases import adjustments, cases
from ratepress.coding.claims.run import check_lines
from ratepress.core.errors import MissingReferenceData
from ratepress.lake.store import Lake
from ratepress.readers.source import Source


def _row(code: str, days: str = "000", **cells: str) -> dict[str, str]:
    return {**row(code, "100.00", **cells), "GLOB DAYS": days}


ROWS = [
    _row("32557", "000", bilat="1", asst="1", co="0", pctc="0"),
    _row("32556", "000", bilat="1"),
    _row("20610", "000", bilat="1", co="2", asst="0"),
    _row("27447", "090", bilat="1"),
    _row("11400", "010", bilat="0"),
    _row("22551", "090", bilat="0"),
    _row("22552", "ZZZ"),
    _row("22853", "ZZZ"),
    _row("99213", "XXX", bilat="9"),
    *(_row("70551", "XXX", bilat="9", mod=part, pctc="1") for part in ("", "26", "TC")),
    _row("76942", "XXX", bilat="9"),
    *(_row(f"9000{n}", "XXX", status=s) for n, s in enumerate("BNDIMX")),
    {**_row("43239", "000"), "FACILITY NA INDICATOR": "NA"},
]
EDITS = (
    ("32557", "76942", "", "20130101", "*", "1", "x"),
    ("32557", "32556", "", "20130101", "*", "0", "x"),
    ("27447", "20610", "", "20130101", "*", "1", "x"),
    ("20610", "99213", "", "20130101", "*", "1", "x"),
    ("32557", "70551", "", "20130101", "20260630", "0", "x"),
)
UNITS = (
    ("32557", "2", "3 Date of Service Edit: Clinical", "x"),
    ("27447", "1", "2 Date of Service Edit: Policy", "x"),
    ("76942", "1", "1 Line Edit", "x"),
    ("70551", "1", "3 Date of Service Edit: Clinical", "x"),
)
ADD_ONS = (
    ("1", "22552", "", "22551", "", "", "", ""),
    ("3", "22853", "", "22551", "", "", "", ""),
    ("3", "22853", "", "CCCCC", "", "", "", ""),
)

# Article 50001 (a contractor of New York) and, without states, 50002 and 50003.
NAMED = (("50001", "1", "43239"), ("50001", "2", "43239"), ("50002", "1", "20610"),
         ("50003", "1", "11400"))  # fmt: skip
HEADS = (article("50001", "1", "2020-01-01", article_rev_end_date="2026-07-19"),
         article("50001", "2", "2026-07-20"), article("50002", "1", "2020-01-01"),
         article("50003", "1", "2020-01-01"))  # fmt: skip
COVERED = (("50001", "1", "J90", "1", "N"), ("50001", "1", "J91.0", "1", "Y"),
           ("50001", "1", "R07.9", "2", ""), ("50001", "2", "R07.9", "2", ""))  # fmt: skip
EXCLUDED = (("50001", "1", "R07.9"), ("50001", "1", "R05.9"), ("50002", "1", "R05.9"))
WHO = {"contractor_id": "10", "contractor_type_id": "12", "contractor_version": "1"}
COVERAGE = {
    "mcd_a.csv": mcd("article", *HEADS),
    "mcd_b.csv": mcd("article_x_hcpc_code", *(
        linked("article", n, v, hcpc_code_id=code, hcpc_code_group="1") for n, v, code in NAMED)),
    "mcd_c.csv": mcd("article_x_icd10_covered", *(
        linked("article", n, v, icd10_code_id=code, icd10_covered_group=group, asterisk=mark)
        for n, v, code, group, mark in COVERED)),
    "mcd_d.csv": mcd("article_x_icd10_noncovered", *(
        linked("article", n, v, icd10_code_id=code) for n, v, code in EXCLUDED)),
    "mcd_e.csv": mcd("article_x_contractor", *(linked("article", "50001", v, **WHO) for v in "12")),
    "mcd_f.csv": mcd("contractor_jurisdiction", WHO | {"state_id": "1"}),
    "mcd_g.csv": mcd("state_lookup", {"state_id": "1", "state_abbrev": "AL"}),
}  # fmt: skip


def line(code: str, modifiers: str = "", **cells: str) -> dict[str, str]:
    return {"code": code, "modifiers": modifiers, "npi": "1", **cells}


JULY_20, AUGUST_1 = {"date": "2026-07-20"}, {"date": "2026-08-01"}
# Of each claim: its lines, and what is found in each, with the other line of the claim.
CLAIMS: dict[str, tuple[list[dict[str, str]], list[dict[str, int | None]]]] = {
    "c62-units": ([line("32557", units="x")], [{"malformed": None}]),
    "c62-date": ([line("32557", date="15.7.2026")], [{"malformed": None}]),
    "c62-good": ([line("32557")], [{}]),
    "c63-not-found": ([line("00000")], [{"code-not-found": None}]),
    "c63-of-another-list": ([line("A4206")], [{}]),
    "c64-26": ([line("32557", "26")], [{"modifier-not-allowed": None}]),
    "c64-26-of-a-test": ([line("70551", "26")], [{}]),
    "c64-62": ([line("32557", "62")], [{"role-not-paid": None}]),
    "c64-62-of-two-specialties": ([line("20610", "62")], [{}]),
    "c64-80-with-records": ([line("20610", "80")], [{"role-documented": None}]),
    "c64-unknown": ([line("20610", "ZZ")], [{"modifier-unknown": None}]),
    "c66-open": ([line("32557"), line("76942")], [{}, {"ptp-open": 1}]),
    "c66-column-2-first": ([line("76942"), line("32557")], [{"ptp-open": 2}, {}]),
    "c66-never": ([line("32557"), line("32556", "59")], [{}, {"ptp-never": 1}]),
    "c66-visit": ([line("20610"), line("99213")], [{}, {"ptp-open-visit": 1, "global-day": 1}]),
    "c66-same-side": (
        [line("27447", "RT"), line("20610", "RT")],
        [{}, {"ptp-same-place": 1}],
    ),
    "c66-another-day": ([line("32557"), line("76942", **JULY_20)], [{}, {}]),
    "c66-another-practitioner": ([line("32557"), line("76942", npi="2")], [{}, {}]),
    "c66-deleted": ([line("32557"), line("70551")], [{}, {}]),
    "c66-column-1-denied": ([line("32557", "26"), line("76942")],
                            [{"modifier-not-allowed": None}, {}]),
    "c67-59": ([line("32557"), line("76942", "59")], [{}, {"ptp-bypassed": 1}]),
    "c67-on-column-1": ([line("32557", "XS"), line("76942")], [{}, {"ptp-bypassed": 1}]),
    "c67-other-side": ([line("27447", "RT"), line("20610", "LT")], [{}, {"ptp-bypassed": 1}]),
    "c67-side-on-column-2": ([line("27447"), line("20610", "RT")], [{}, {"ptp-one-place": 1}]),
    "c66-side-on-column-1": ([line("27447", "RT"), line("20610")], [{}, {"ptp-open": 1}]),
    "c67-25": ([line("20610"), line("99213", "25")], [{}, {"ptp-bypassed": 1}]),
    "c68-over": ([line("76942", units="2")], [{"units-line": None}]),
    "c68-on-two-lines": ([line("76942"), line("76942", "59")], [{}, {}]),
    "c69-over": ([line("27447", "RT"), line("27447", "LT")],
                 [{"units-policy-day": 2}, {"units-policy": None}]),
    "c69-within": ([line("27447", "RT")], [{}]),
    "c70-over": ([line("32557", units="3")], [{"units-clinical": None}]),
    "c70-within": ([line("32557", units="2")], [{}]),
    "c70-parts-count-for-one": ([line("70551", "26"), line("70551", "TC")], [{}, {}]),
    "c71-bundled": ([line("90000")], [{"status-bundled": None}]),
    "c71-not-covered": ([line("90001")], [{"status-not-covered": None}]),
    "c71-deleted": ([line("90002")], [{"status-deleted": None}]),
    "c71-other-code": ([line("90003")], [{"status-other-code": None}]),
    "c71-reporting": ([line("90004")], [{"status-reporting": None}]),
    "c71-elsewhere": ([line("90005")], [{"status-elsewhere": None}]),
    "c72-facility": ([line("43239")], [{"place-na": None}]),
    "c72-office": ([line("43239", pos="11")], [{}]),
    "c74-alone": ([line("22552")], [{"add-on-alone": None}]),
    "c74-other-primary": ([line("22552"), line("27447")], [{"add-on-alone": None}, {}]),
    "c74-with-primary": ([line("22552"), line("22551")], [{}, {}]),
    "c74-contractor": ([line("22853"), line("27447")], [{"add-on-contractor": 2}, {}]),
    "c74-contractor-alone": ([line("22853")], [{"add-on-alone": None}]),
    "c75-repeat": ([line("43239", pos="11"), line("43239", pos="11")], [{}, {"duplicate": 1}]),
    "c75-76": ([line("43239", pos="11"), line("43239", "76", pos="11")], [{}, {}]),
    "c76-no-first": ([line("43239", "76", pos="11")], [{"repeat-without-first": None}]),
    "c77-part-and-whole": ([line("70551", units="1"), line("70551", "26")],
                           [{"units-clinical-day": 2}, {"part-beside-whole": 1,
                                                        "units-clinical": None}]),
    "c78-units": ([line("20610", "50", units="2")], [{"both-sides-units": None}]),
    "c78-one-unit": ([line("20610", "50")], [{}]),
    "c78-side-in-both": ([line("20610", "50"), line("20610", "LT")], [{}, {"side-in-both": 1}]),
    "c78-paid-once": ([line("11400", "LT"), line("11400", "RT")], [{}, {"sides-paid-once": 1}]),
    "c78-paid-twice": ([line("20610", "LT"), line("20610", "RT")], [{}, {}]),
    "c80-minor": ([line("11400"), line("99213")], [{}, {"global-day": 1}]),
    "c80-minor-25": ([line("11400"), line("99213", "25")], [{}, {}]),
    "c80-major": ([line("27447"), line("99213")], [{}, {"global-decision": 1}]),
    "c80-day-before": ([line("27447", **JULY_20), line("99213", date="2026-07-19")],
                       [{}, {"global-decision": 1}]),
    "c80-two-days-before": ([line("27447", **JULY_20), line("99213", date="2026-07-18")],
                            [{}, {}]),
    "c80-major-57": ([line("27447"), line("99213", "57")], [{}, {}]),
    "c80-major-25": ([line("27447"), line("99213", "25")], [{}, {"global-decision-25": 1}]),
    "c80-no-npi": ([line("11400", npi=""), line("99213", npi="")], [{}, {"global-day": 1}]),
    "c81-after-major": ([line("27447"), line("99213", date="2026-10-13")],
                        [{}, {"global-after": 1}]),
    "c81-day-91": ([line("27447"), line("99213", date="2026-10-14")], [{}, {}]),
    "c81-24": ([line("27447"), line("99213", "24", **AUGUST_1)], [{}, {}]),
    "c81-after-minor": ([line("11400"), line("99213", date="2026-07-25")],
                        [{}, {"global-after": 1}]),
    "c81-day-11": ([line("11400"), line("99213", date="2026-07-26")], [{}, {}]),
    "c82-procedure": ([line("27447"), line("43239", pos="11", **AUGUST_1)],
                      [{}, {"global-procedure": 1}]),
    "c82-79": ([line("27447"), line("43239", "79", pos="11", **AUGUST_1)], [{}, {}]),
    "c82-test-is-no-procedure": ([line("27447"), line("70551", **AUGUST_1)], [{}, {}]),
    "c84-covered": ([line("43239", pos="11", diagnoses="R05.9 j90")], [{}]),
    "c84-excluded": ([line("43239", pos="11", diagnoses="R059, I10")],
                     [{"diagnosis-excluded": None}]),
    "c84-on-both-lists": ([line("43239", pos="11", diagnoses="R07.9")],
                          [{"diagnosis-excluded": None}]),
    "c84-not-listed": ([line("43239", pos="11", diagnoses="I10")],
                       [{"diagnosis-not-listed": None}]),
    "c84-of-the-next-version": ([line("43239", pos="11", diagnoses="R07.9", **JULY_20)], [{}]),
    "c84-no-longer-listed": ([line("43239", pos="11", diagnoses="J90", **JULY_20)],
                             [{"diagnosis-not-listed": None}]),
    "c84-no-diagnosis": ([line("43239", pos="11")], [{}]),
    "c84-in-the-state": ([line("43239", pos="11", diagnoses="I10", locality="10112-00")],
                         [{"diagnosis-not-listed": None}]),
    "c84-in-another-state": ([line("43239", pos="11", diagnoses="I10", locality="02102-01")],
                             [{}]),
    "c84-only-exclusions": ([line("20610", diagnoses="I10")], [{}]),
    "c84-among-exclusions": ([line("20610", diagnoses="R05.9")], [{"diagnosis-excluded": None}]),
    "c84-document-without-lists": ([line("11400", diagnoses="I10")], [{}]),
    "c84-no-document": ([line("27447", diagnoses="I10")], [{}]),
    "c85-condition": ([line("43239", pos="11", diagnoses="J91.0")],
                      [{"diagnosis-conditional": None}]),
    "c85-beside-a-plain-one": ([line("43239", pos="11", diagnoses="J91.0 J90")], [{}]),
    "c86-no-code": ([line("27447", diagnoses="I10 cough")], [{"diagnosis-malformed": None}]),
    "c86-and-a-list": ([line("43239", pos="11", diagnoses="cough")],
                       [{"diagnosis-malformed": None}]),
    "none-without-patient": ([line("11400", patient=""), line("99213", patient="")], [{}, {}]),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    lake = Lake.create(folder / "lake")
    files = {
        "rvu.csv": pprrvu(*ROWS),
        "gpci.csv": gpci(),
        "ccipra-v322r0-f1.txt": ptp(*EDITS),
        "MUE_PractitionerServices_Eff_07-01-2026.csv": mue(*UNITS),
        "MUE_DMESupplierServices_Eff_07-01-2026.csv": mue(
            ("A4206", "0", "3 Date of Service Edit: Clinical", "x"), setting="dme"
        ),
        "AOC_V2026Q3-MCR.txt": add_ons(*ADD_ONS),
        **COVERAGE,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
        _commit(lake, Source(folder / name))
    lines, firsts = [], {}
    for name, (claim, _) in CLAIMS.items():
        firsts[name] = len(lines)
        lines += [{"claim_id": name, "patient": name, **one} for one in claim]
    checked, _ = check_lines(lake, table(*lines))
    return {name: checked[firsts[name] : firsts[name] + len(claim[0])]
            for name, claim in CLAIMS.items()}, firsts  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim(found, name):
    lines, firsts = found
    _, expected = CLAIMS[name]
    first = firsts[name]
    cited = [
        {f.case: f.other_line and f.other_line - first for f in one.findings} for one in lines[name]
    ]
    assert cited == expected
    for one in lines[name]:
        verdicts = [f.verdict for f in one.findings]
        assert one.status == ("deny" if "deny" in verdicts else
                              "review" if "review" in verdicts else "pass")  # fmt: skip


def test_the_sentence_names_the_value_that_decides(found):
    (refused,) = found[0]["c64-26"]
    assert refused.findings[0].reason == (
        "Modifier 26 is not allowed on 32557, by PC/TC indicator 0: The fee pays one physician"
        " service; no professional part is billed apart."
    )
    assert refused.rules == ("C02", "C64")
    first, bundled = found[0]["c66-open"]
    assert "76942 is part of 32557 on line" in bundled.findings[0].reason
    assert bundled.findings[0].carc == ("236",)
    assert str(first.allowed_amount) == "100.00"


def test_without_npi_a_denial_of_the_global_package_is_a_review(found):
    assert found[0]["c80-no-npi"][1].status == "review"
    assert "No npi is stated" in found[0]["c80-no-npi"][1].findings[0].reason
    assert found[0]["c80-minor"][1].status == "deny"


def test_what_cannot_be_asked_is_named(found):
    assert found[0]["none-without-patient"][1].not_assessed == ("C80", "C81", "C82", "C84")
    assert found[0]["c80-minor"][1].not_assessed == ("C84",)
    assert found[0]["c84-covered"][0].not_assessed == ()
    for nothing in ("c84-no-diagnosis", "c84-no-document", "c84-document-without-lists",
                    "c84-in-another-state"):  # fmt: skip
        assert "C84" in found[0][nothing][0].not_assessed


def test_the_sentence_on_diagnoses_names_the_document_and_where_it_holds(found):
    assert found[0]["c84-in-the-state"][0].findings[0].reason == (
        "Article A50001 version 1 covers 43239 for the diagnoses that it lists, and I10 is not"
        " among them."
    )
    (unplaced,) = found[0]["c84-excluded"]
    assert unplaced.findings[0].reason == (
        "Article A50001 version 1 lists R059 among the diagnoses that do not support 43239. It"
        " holds in AL, and the line does not say where the service was: it depends on the"
        " contractor."
    )
    assert (unplaced.status, unplaced.rules) == ("review", ("C84",))
    assert (unplaced.findings[0].carc, unplaced.findings[0].rarc) == (("50",), ("N115",))
    unknown = found[0]["c84-among-exclusions"][0].findings[0].reason
    assert unknown.endswith(" No loaded file says in which states it holds.")
    second = found[0]["c86-no-code"][0].findings[0].reason
    assert second == "Diagnosis 2 of the line has not the form of an ICD-10-CM code."


def test_every_case_has_its_claim_and_its_numbers_have_words():
    claimed = {case for _, lines in CLAIMS.values() for line in lines for case in line}
    elsewhere = {"code-unknown", "units-policy-day"}
    assert set(cases()) - claimed == elsewhere - claimed
    for case in cases().values():
        assert set(case.carc) <= set(adjustments().carc)
        assert set(case.rarc) <= set(adjustments().rarc)
        assert bool(case.carc) == (case.verdict != "pass")


def test_c63_a_whole_release_in_force_denies_what_it_does_not_have(lake, load_medicare):
    rows = [_row(f"{n:05}") for n in range(15_000)]
    load_medicare(pprrvu(*rows))
    lines, counts = check_lines(
        lake, table(line("99999"), line("G9999"), line("99999", date="2026-10-01"))
    )
    assert [one.findings[0].case for one in lines] == [
        "code-unknown", "code-not-found", "code-not-found"
    ]  # fmt: skip
    assert [one.status for one in lines] == ["deny", "review", "review"]
    assert lines[2].rules == ("C63", "P00")
    assert len(counts.notes) == 1
    assert lines[0].not_assessed == ("C61", "C66", "C74", "C80", "C81", "C82", "C84")


def test_c60_strict_refuses_a_substitute(lake, load_medicare):
    load_medicare(pprrvu(_row("32557")))
    in_force = table(line("32557"))
    assert check_lines(lake, in_force, strict=True)[1].lines == 1
    with pytest.raises(MissingReferenceData, match="not loaded"):
        check_lines(lake, table(line("32557", date="2026-10-01")), strict=True)


def test_outpatient_lines_ask_the_edits_of_hospitals(lake, load_medicare):
    load_medicare(ptp(("32557", "76942", "", "20130101", "*", "1", "x")), "ccioph-v322r0-f1.txt")
    lines = [line(code, claim_type=kind, claim_id=kind) for kind in ("outpatient", "professional")
             for code in ("32557", "76942")]  # fmt: skip
    found, _ = check_lines(lake, table(*lines))
    assert [[f.case for f in one.findings] for one in found] == [[], ["ptp-open"], [], []]
    assert "C66" in found[3].not_assessed
    assert "C66" not in found[1].not_assessed
