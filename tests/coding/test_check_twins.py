"""Claims at random: the SQL and the plain check of one claim at a time agree on every line."""

from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from budget import some
from claim_check_oracle import Document, Reference, check
from claim_lines import row, table
from coverage_layouts import article, linked, mcd
from medicare_layouts import _commit, gpci, pprrvu
from ncci_layouts import add_ons, mue, ptp
from ratepress.coding.bases import LOOKED_UP
from ratepress.coding.claims.cases import cases
from ratepress.coding.claims.run import check_lines, steps
from ratepress.coding.modifiers import modifier_table
from ratepress.coding.verdicts import decision_of
from ratepress.lake.store import Lake
from ratepress.medicare.repricing.run import reprice
from ratepress.readers.source import Source

CODES = {
    "10001": {"status": "A", "global": "090", "bilateral": "1"},
    "20001": {"status": "A", "global": "010", "bilateral": "0"},
    "30001": {"status": "A", "global": "000", "bilateral": "2", "na ": "nonfacility"},
    "40001": {"status": "R", "global": "000", "bilateral": "3"},
    "22552": {"status": "A", "global": "ZZZ", "bilateral": "9"},
    "22853": {"status": "A", "global": "ZZZ", "bilateral": "9"},
    "99213": {"status": "A", "global": "XXX", "bilateral": "9"},
    "70551": {"status": "A", "global": "XXX", "bilateral": "9", "na TC": "facility"},
    "50001": {"status": "B", "global": "XXX", "bilateral": "9"},
    "50002": {"status": "X", "global": "XXX", "bilateral": "9"},
    "50003": {"status": "I", "global": "XXX", "bilateral": "9"},
}
ROLES = {"10001": ("2", "2"), "20001": ("0", "1"), "30001": ("1", "0"), "40001": ("9", "9")}
EDITS = (
    ("10001", "20001", "", "20130101", "*", "1", "x"),
    ("20001", "30001", "", "20130101", "*", "0", "x"),
    ("10001", "99213", "", "20130101", "*", "1", "x"),
    ("30001", "40001", "", "20260701", "20260715", "1", "x"),
    ("30001", "40001", "", "20260801", "*", "0", "x"),
    ("40001", "70551", "", "20260715", "20260715", "9", "x"),
    ("40001", "99213", "", "20260720", "20260720", "1", "never in force"),
    ("22552", "10001", "", "20130101", "*", "1", "x"),
)
UNITS = {"10001": (2, "2"), "20001": (2, "3"), "30001": (1, "1"), "70551": (1, "3")}
ADD_ONS = (("22552", "10001", "1"), ("22853", "10001", "3"), ("22853", "CCCCC", "3"))
WORDS = {"1": "1 Line Edit", "2": "2 Date of Service Edit: Policy",
         "3": "3 Date of Service Edit: Clinical"}  # fmt: skip

END = date(2099, 12, 31)
DOCUMENTS = (
    # Both hold from 16 to 20 July, and 10 is higher than 9.
    Document("50001", 9, frozenset({"99213", "20001"}), date(2020, 1, 1), date(2026, 7, 20),
             {"J90": False, "J910": True}, frozenset({"R059"}), frozenset({"AL"})),
    Document("50001", 10, frozenset({"99213"}), date(2026, 7, 16), END,
             {"R059": False, "J90": True}, frozenset({"J910"}), frozenset({"AL"})),
    Document("50002", 1, frozenset({"99213", "30001"}), date(2026, 7, 15), END,
             {}, frozenset({"J90"})),
    Document("50003", 2, frozenset({"30001", "10001"}), date(2020, 1, 1), END,
             {"J910": True, "I10": False}, frozenset({"I10"}), frozenset({"AK"})),
)  # fmt: skip
STATES = {"10112-00": "AL", "02102-01": "AK"}


def _coverage():
    """The articles of `DOCUMENTS` as tables of the download."""

    def rows(of, column, **more):
        return [linked("article", d.number, str(d.version), **{column: one}, **more)
                for d in DOCUMENTS for one in sorted(of(d))]  # fmt: skip

    covered = [linked("article", d.number, str(d.version), icd10_code_id=one,
                      asterisk="Y" if mark else "N", icd10_covered_group="1")
               for d in DOCUMENTS for one, mark in d.covered.items()]  # fmt: skip
    number = {"AL": "1", "AK": "2"}
    who = {"contractor_type_id": "12", "contractor_version": "1"}
    return {
        "mcd_a.csv": mcd("article", *(
            article(d.number, str(d.version), str(d.first), article_rev_end_date=str(d.last))
            for d in DOCUMENTS)),
        "mcd_b.csv": mcd("article_x_hcpc_code", *rows(lambda d: d.codes, "hcpc_code_id")),
        "mcd_c.csv": mcd("article_x_icd10_covered", *covered),
        "mcd_d.csv": mcd("article_x_icd10_noncovered", *rows(
            lambda d: d.excluded, "icd10_code_id")),
        "mcd_e.csv": mcd("article_x_contractor", *(
            linked("article", d.number, str(d.version), contractor_id=number[s], **who)
            for d in DOCUMENTS for s in d.states)),
        "mcd_f.csv": mcd("contractor_jurisdiction", *(
            {"contractor_id": n, "state_id": n, **who} for n in "12")),
        "mcd_g.csv": mcd("state_lookup", *(
            {"state_id": n, "state_abbrev": s} for s, n in number.items())),
    }  # fmt: skip


def _rows():
    made = []
    for code, facts in CODES.items():
        assistant, co_surgeon = ROLES.get(code, ("9", "9"))
        cells = {"status": facts["status"], "bilat": facts["bilateral"], "asst": assistant,
                 "co": co_surgeon, "mult": "2"}  # fmt: skip
        parts = ("", "26", "TC") if code == "70551" else ("",)
        for part in parts:
            na = facts.get(f"na {part}")
            made.append(
                {
                    **row(code, "10.00", mod=part, pctc="1" if len(parts) > 1 else "0", **cells),
                    "GLOB DAYS": facts["global"],
                    "NON-FAC NA INDICATOR": "NA" if na == "nonfacility" else "",
                    "FACILITY NA INDICATOR": "NA" if na == "facility" else "",
                }
            )
    return made


def _day(text):
    return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}") if text != "*" else None


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    lake = Lake.create(folder / "lake")
    mues = [(code, str(n), WORDS[by], "x") for code, (n, by) in UNITS.items()]
    files = {
        "rvu.csv": pprrvu(*_rows()),
        "gpci.csv": gpci(),
        "ccipra-v322r0-f1.txt": ptp(*EDITS),
        "MUE_PractitionerServices_Eff_04-01-2026.csv": mue(*mues),
        "AOC_V2026Q3-MCR.txt": add_ons(*((k, a, "", p, "", "", "", "") for a, p, k in ADD_ONS)),
        **_coverage(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
        _commit(lake, Source(folder / name))
    connection = lake.connect()
    tables = {}

    def verdict(code, modifier, on):
        if code not in tables:
            tables[code] = modifier_table(connection, code, date(2026, 7, 15))
        found = tables[code].row(modifier)
        # Edits between lines decide 59 and the like, not the edits that the code has elsewhere.
        if found and decision_of()[modifier].basis in LOOKED_UP:
            return "conditional"
        return found and found.verdict

    edits = [(a, b, _day(start), _day(end), n) for a, b, _, start, end, n, _ in EDITS]
    return lake, Reference(
        CODES,
        {"practitioner": edits},
        {"practitioner": UNITS},
        ADD_ONS,
        frozenset({*UNITS, "22552", "22853"}),
        verdict,
        {"22": "facility", "11": "nonfacility"},
        date(2026, 4, 1),
        date(2026, 7, 1),
        DOCUMENTS,
        STATES,
    )


LINE = st.fixed_dictionaries(
    {
        "claim_id": st.sampled_from(["1", "2"]),
        "date": st.sampled_from(
            ["2026-07-15"] * 6
            + ["2026-07-14", "2026-07-16", "2026-07-20", "2026-07-25", "2026-07-26", "2026-10-13",
               "2026-10-14", "2026-03-01", "2025-07-15", "2026-7-1"]
        ),
        "code": st.sampled_from([*CODES, "10001", "20001", "30001", "99213", "00000", "0"]),
        "modifiers": st.lists(
            st.sampled_from(["50", "RT", "LT", "26", "TC", "80", "62", "59", "XS", "25", "57",
                             "24", "76", "58", "79", "E1", "F1", "TA", "91", "ZZ", "53", "55"]),
            max_size=2,
        ).map(" ".join),
        "units": st.sampled_from(["1"] * 5 + ["2", "3", "1.0", "0"]),
        "pos": st.sampled_from(["22", "22", "11", "xx"]),
        "claim_type": st.sampled_from([""] * 6 + ["professional", "outpatient", "asc",
                                                  "inpatient"]),
        "patient": st.sampled_from(["", "p", "p", "q"]),
        "npi": st.sampled_from(["", "1", "1", "2"]),
        "locality": st.sampled_from(["", "10112-00", "02102-01", "national"]),
        "diagnoses": st.lists(
            st.sampled_from(["J90", "j91.0", "J910", "R05.9", "I10", "Z0000", "R5", "cough"]),
            max_size=3,
        ).flatmap(lambda words: st.sampled_from([" ".join(words), ", ".join(words)])),
    }
)  # fmt: skip
# Fewer choices than `LINE`, so that lines meet: one patient and practitioner.
MEETING = st.fixed_dictionaries(
    {
        "claim_id": st.just("1"),
        "patient": st.just("p"),
        "npi": st.sampled_from(["1", "1", "1", ""]),
        "date": st.sampled_from(["2026-07-15", "2026-07-15", "2026-07-16", "2026-08-02"]),
        "code": st.sampled_from(["10001", "20001", "30001", "40001", "99213", "70551", "22552"]),
        "modifiers": st.sampled_from(["", "", "", "RT", "LT", "50", "26", "TC", "59", "25", "57",
                                      "24", "76", "79", "80", "F1"]),
        "units": st.sampled_from(["1", "1", "1", "2"]),
        "pos": st.just("22"),
    }
)  # fmt: skip


@settings(
    max_examples=some(5),
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.one_of(st.lists(LINE, min_size=30, max_size=80), st.lists(MEETING, min_size=10, max_size=60))
)
def test_both_ways_agree(loaded, lines):
    lake, reference = loaded
    given_lines = table(*lines)
    priced = reprice(lake, given_lines).to_pylist()
    problems = [one["reason"] if one["status"] == "invalid" else None for one in priced]
    slow = check(reference, given_lines.to_pylist(), problems)
    fast, counts = check_lines(lake, given_lines)
    assert len(fast) == len(lines) == counts.lines
    for line, one, found in zip(given_lines.to_pylist(), fast, slow, strict=True):
        assert {(f.case, f.other_line) for f in one.findings} == found, line
        verdicts = {f.verdict for f in one.findings}
        worst = next((v for v in ("deny", "review") if v in verdicts), "pass")
        assert one.status == worst
        assert {f.rule for f in one.findings} <= set(one.rules)
        for finding in one.findings:
            case = cases()[finding.case]
            assert not set("{}") & set(finding.reason + finding.correction)
            is_soft = finding.case.startswith("global") and not line.get("npi")
            assert finding.verdict == ("review" if is_soft and case.verdict == "deny"
                                       else case.verdict)  # fmt: skip
    assert sum(counts.by_status.values()) == len(lines)


def test_steps_state_grain_and_key():
    assert [step.name for step in steps()][-1] == "checked"
    assert all(step.grain and step.key for step in steps())
