"""Which modifiers a code may carry: the whole table of indicator values, and real codes."""

from datetime import date

import msgspec
import pytest

from medicare_layouts import PLAIN, pprrvu
from ratepress.coding.modifiers import ModifierTable, grouped, modifier_table
from ratepress.coding.register import register
from ratepress.coding.verdicts import decisions
from ratepress.core.errors import UsageError
from ratepress.core.facts import Gap
from ratepress.core.rules import registry
from ratepress.medicare.indicators import indicators

JULY = date(2026, 7, 15)
HEADERS = {
    "pctc_indicator": "PCTC IND",
    "bilateral_surgery": "BILAT SURG",
    "multiple_procedure": "MULT PROC",
    "assistant_surgery": "ASST SURG",
    "co_surgeons": "CO- SURG",
    "team_surgery": "TEAM SURG",
    "global_days": "GLOB DAYS",
}
YES, IF, NO = "allowed", "conditional", "not allowed"

# From the record layout of the relative value file and the Claims Processing Manual, chapter 12:
# modifier, indicator, and the verdict of each value.
SPEC = {
    ("26", "pctc_indicator"): {"1": YES, "6": YES} | dict.fromkeys("02345789", NO),
    ("TC", "pctc_indicator"): {"1": YES} | dict.fromkeys("023456789", NO),
    ("50", "bilateral_surgery"): {"0": NO, "1": YES, "2": NO, "3": YES, "9": NO},
    ("LT", "bilateral_surgery"): {"0": IF, "1": YES, "2": IF, "3": YES, "9": NO},
    ("RT", "bilateral_surgery"): {"0": IF, "1": YES, "2": IF, "3": YES, "9": NO},
    ("51", "multiple_procedure"): {"0": NO, "9": NO} | dict.fromkeys("1234567", IF),
    ("62", "co_surgeons"): {"0": NO, "1": IF, "2": YES, "9": NO},
    ("66", "team_surgery"): {"0": NO, "1": IF, "2": YES, "9": NO},
    ("80", "assistant_surgery"): {"0": IF, "1": NO, "2": YES, "9": NO},
    ("81", "assistant_surgery"): {"0": IF, "1": NO, "2": YES, "9": NO},
    ("82", "assistant_surgery"): {"0": IF, "1": NO, "2": IF, "9": NO},
    ("AS", "assistant_surgery"): {"0": IF, "1": NO, "2": YES, "9": NO},
    ("54", "global_days"): dict.fromkeys(("000", "MMM", "XXX", "ZZZ"), NO)
    | dict.fromkeys(("010", "090", "YYY"), IF),
    ("55", "global_days"): dict.fromkeys(("000", "MMM", "XXX", "ZZZ"), NO)
    | dict.fromkeys(("010", "090", "YYY"), IF),
    ("53", "discontinued_row"): {"yes": YES, "no": IF, "nothing to stop": NO},
}


@pytest.fixture
def table(lake, load_medicare):
    """Loads rows of July 2026, the first of them 32557, then asks for its table."""

    def ask(*rows, on=JULY) -> ModifierTable:
        load_medicare(pprrvu(*({"HCPCS": "32557", **row} for row in rows)))
        found = modifier_table(lake.connect(), "32557", on)
        assert isinstance(found, ModifierTable)
        return found

    return ask


def test_the_table_is_the_specification():
    found = {
        (modifier, d.basis): {value: verdict for value, (verdict, _) in d.values.items()}
        for d in decisions()
        for modifier in d.modifiers
        if (modifier, d.basis) in SPEC
    }
    assert found == SPEC


def test_every_value_of_every_indicator_is_decided():
    by_indicator = [d for d in decisions() if d.basis in indicators()]
    assert len(by_indicator) > 10
    for d in by_indicator:
        assert set(d.values) == set(indicators()[d.basis].values)
        assert d.otherwise is None


def test_each_decision_has_its_rule():
    assert {d.rule for d in decisions()} <= set(registry())


@pytest.mark.parametrize(
    ("modifier", "column", "value", "verdict"),
    [
        (modifier, column, value, verdict)
        for (modifier, column), verdicts in SPEC.items()
        if column != "discontinued_row"
        for value, verdict in verdicts.items()
        if (column, value) not in {("pctc_indicator", "1"), ("pctc_indicator", "6")}
    ],
)
def test_a_verdict_follows_its_indicator(table, modifier, column, value, verdict):
    row = table({HEADERS[column]: value}).row(modifier)
    assert row.verdict == verdict
    assert row.decided_by == f"{indicators()[column].label} {value}"
    assert row.effect


def test_32557_in_july_2026(table):
    """PC/TC 0, multiple 2, bilateral 1, assistant 1, co-surgeons 0, team 0, global 000."""
    found = table({})
    expected = dict.fromkeys(("50", "LT", "RT"), YES)
    expected |= dict.fromkeys(("51", "53"), IF)
    expected |= dict.fromkeys(("26", "TC", "54", "55", "62", "66", "80", "81", "82", "AS"), NO)
    assert {m: found.row(m).verdict for m in expected} == expected
    assert [r.modifier for r in found.rows] == list(register())
    assert "150%" in found.row("50").effect
    assert found.row("50").decided_by == "Bilateral surgery indicator 1"
    assert "100%, 50%, 50%, 50%, 50%" in found.row("51").effect
    assert found.row("26").decided_by == "PC/TC indicator 0"
    assert (found.release, found.substituted, found.notes) == ("2026C", False, ())


def test_a_row_in_json_has_the_names_others_rely_on(table):
    row = msgspec.to_builtins(table({}).row("26"))
    assert list(row)[:4] == ["modifier", "verdict", "effect", "decided_by"]
    assert row["modifier"] == "26"
    assert row["verdict"] == "not allowed"
    assert row["rule"] == "C02"
    assert row["source"]["place"] == "row 10"


def test_components_with_rows_are_allowed(table):
    test = {"PCTC IND": "1"}
    found = table(test, {**test, "MOD": "26"}, {**test, "MOD": "TC"})
    assert [found.row(m).verdict for m in ("26", "TC")] == [YES, YES]


def test_a_component_without_a_row_is_conditional(table):
    """80506 has PC/TC 1 and no 26 or TC row: the indicator allows what the release cannot price."""
    found = table({"PCTC IND": "1"})
    assert [found.row(m).verdict for m in ("26", "TC")] == [IF, IF]
    assert "no such row" in found.row("26").effect


def test_a_laboratory_interpretation_is_decided_by_its_26_row(table):
    """The unmodified row of such codes stands outside the schedule, with PC/TC 9."""
    found = table({"PCTC IND": "9", "STATUS CODE": "X"}, {"MOD": "26", "PCTC IND": "6"})
    assert [found.row(m).verdict for m in ("26", "TC")] == [YES, NO]
    assert found.row("26").decided_by == "PC/TC indicator 6"
    assert found.row("26").source.place == "row 11"


def test_a_code_with_a_26_row_only_has_a_table(table):
    found = table({"MOD": "26", "PCTC IND": "6"})
    assert found.row("26").verdict == YES


def test_a_discontinued_procedure_with_a_row_has_an_amount(table):
    row = table({}, {"MOD": "53"}).row("53")
    assert (row.verdict, row.source.place) == (YES, "row 11")
    assert row.decided_by == "a row with modifier 53 in the release"


def test_the_endoscopic_base_is_named(table):
    effect = table({"MULT PROC": "3", "ENDO BASE": "31622"}).row("51").effect
    assert "family of 31622" in effect


def test_the_shares_of_the_global_package_are_stated(table):
    shares = {"GLOB DAYS": "090", "PRE OP": "0.09", "INTRA OP": "0.81", "POST OP": "0.10"}
    found = table(shares)
    assert "90% of the fee" in found.row("54").effect
    assert "10% of the fee" in found.row("55").effect


def test_a_package_without_shares_says_so(table):
    assert "does not state" in table({"GLOB DAYS": "090"}).row("54").effect


def test_an_undocumented_value_decides_nothing(table):
    row = table({"BILAT SURG": "7"}).row("50")
    assert (row.verdict, row.rule) == (IF, "C10")
    assert row.decided_by == "Bilateral surgery indicator 7"


def test_a_substituted_release_marks_every_row_that_it_decides(table):
    found = table({}, on=date(2026, 1, 2))
    assert {found.row(modifier).substituted for modifier, _ in SPEC} == {True}
    assert not found.row("E1").substituted  # The number of the code decides, not the release.
    assert "P00" in found.notes[0]


def test_a_status_that_is_not_paid_is_noted(table):
    assert "not covered" in table({"STATUS CODE": "N"}).notes[0]


def test_rows_that_say_the_same_are_one_group(table):
    groups = {g.label: g.first.verdict for g in grouped(table({}).rows)}
    assert groups["FA, F1 to F9"] == NO
    assert groups["80, 81, 82, AS"] == NO
    assert groups["26"] == groups["TC"] == NO  # Each has its own reason.
    assert sum(len(g.rows) for g in grouped(table({}).rows)) == len(register())


def test_no_release_of_the_year_is_a_gap(lake, load_medicare):
    load_medicare(pprrvu({"HCPCS": "32557"}))
    found = modifier_table(lake.connect(), "32557", date(2025, 7, 15))
    assert isinstance(found, Gap)
    assert "2025" in found.why
    assert "RVU25C" in found.which_source_would_fill_it


def test_a_code_not_in_the_release_is_a_gap(lake, load_medicare):
    load_medicare(pprrvu({"HCPCS": "32557"}))
    found = modifier_table(lake.connect(), "99999", JULY)
    assert isinstance(found, Gap)
    assert "99999 is not in release 2026C" in found.why


def test_a_malformed_code_is_refused(lake):
    with pytest.raises(UsageError):
        modifier_table(lake.connect(), "3255", JULY)


def test_the_plain_row_of_these_tests_has_the_indicators_of_32557():
    assert {PLAIN[h] for h in ("PCTC IND", "CO- SURG", "TEAM SURG")} == {"0"}
    assert (PLAIN["MULT PROC"], PLAIN["BILAT SURG"], PLAIN["ASST SURG"]) == ("2", "1", "1")


# Indicators of the July 2026 release, read from the file by eye.
@pytest.mark.files
def test_real_codes_have_the_verdicts_of_their_indicators(data_folder, lake, load_medicare):
    load_medicare(data_folder / "medicare" / "pfs" / "PPRRVU2026_Jul_nonQPP.redacted.csv")
    connection = lake.connect()

    def verdicts(code, *modifiers):
        found = modifier_table(connection, code, JULY)
        return [found.row(m).verdict for m in modifiers]

    assert verdicts("32557", "26", "TC", "50", "80", "62", "66") == [NO, NO, YES, NO, NO, NO]
    assert verdicts("76942", "26", "TC") == [YES, YES]
    assert verdicts("71046", "26", "TC") == [YES, YES]
    assert verdicts("99213", "26", "50", "80", "25", "53") == [NO, NO, IF, IF, NO]
    assert verdicts("86153", "26", "TC") == [YES, NO]
    assert verdicts("80506", "26", "TC") == [IF, IF]
    assert verdicts("45378", "53") == [YES]


@pytest.mark.files
def test_no_code_of_the_real_files_has_an_undecided_modifier(data_folder, lake, load_medicare):
    load_medicare(data_folder / "medicare" / "pfs" / "PPRRVU2025_Oct.redacted.csv")
    connection = lake.connect()
    codes = [c for (c,) in connection.sql("SELECT DISTINCT code FROM pfs_rvu").fetchall()]
    for code in sorted(codes)[::200]:
        found = modifier_table(connection, code, date(2025, 10, 15))
        assert "C10" not in {r.rule for r in found.rows}
        assert "{" not in "".join(r.effect for r in found.rows)
