"""The coding facts of a code in words, each with its source."""

from datetime import date
from decimal import Decimal

import pytest

from medicare_layouts import pprrvu
from ratepress.coding.indicators import coding_facts
from ratepress.core.facts import Gap
from ratepress.core.rules import registry

JULY = date(2026, 7, 15)


def facts(lake, load_medicare, on=JULY, **cells):
    load_medicare(pprrvu({"HCPCS": "32557", **{k.replace("_", " "): v for k, v in cells.items()}}))
    return coding_facts(lake.connect(), "32557", on)


def test_an_indicator_is_its_value_and_its_meaning(lake, load_medicare):
    found = facts(lake, load_medicare)
    bilateral = found.get("bilateral_surgery")
    assert (bilateral.label, bilateral.value) == ("Bilateral surgery indicator", "1")
    assert bilateral.fact.text == "two sides are paid 150% of the fee for one"
    assert found.get("global_days").value == "000"
    assert "day itself" in found.get("global_days").fact.text
    assert found.get("supervision").fact.text == "the concept does not apply"


def test_a_status_says_why_it_is_not_paid(lake, load_medicare):
    found = facts(lake, load_medicare, STATUS_CODE="C").get("status")
    assert found.fact.text.startswith("priced by the contractor: the Medicare contractor")


def test_each_fact_has_its_row_its_date_and_its_rule(lake, load_medicare):
    for found in facts(lake, load_medicare).facts:
        (source,) = found.fact.sources
        assert source.place == "row 10"
        assert source.content_id == lake.manifest().contents[0].content_id
        assert found.fact.as_of == JULY
        assert found.fact.rules == ("C01",)
        assert set(found.fact.rules) <= set(registry())


def test_relative_values_and_shares_are_numbers_with_units(lake, load_medicare):
    found = facts(
        lake, load_medicare, GLOB_DAYS="090", PRE_OP="0.10", INTRA_OP="0.69", POST_OP="0.21"
    )
    assert (found.get("work_rvu").fact.value, found.get("work_rvu").fact.unit) == (
        Decimal("1.00"),
        "RVU",
    )
    shares = [found.get(f"{part}operative_share").fact.text for part in ("pre", "intra", "post")]
    assert shares == ["10%", "69%", "21%"]


def test_what_a_code_has_not_is_not_listed(lake, load_medicare):
    found = facts(lake, load_medicare)
    assert found.get("endoscopic_base") is None
    assert found.get("postoperative_share") is None


def test_the_endoscopic_base_is_a_code(lake, load_medicare):
    found = facts(lake, load_medicare, ENDO_BASE="31622").get("endoscopic_base")
    assert (found.fact.value, found.fact.unit) == ("31622", "code")


def test_a_substituted_release_marks_every_fact(lake, load_medicare):
    found = facts(lake, load_medicare, on=date(2026, 2, 1))
    assert found.substituted
    assert "2026A" in found.notes[0]
    assert {f.fact.rules for f in found.facts} == {("C01", "P00")}


def test_an_undocumented_value_is_said_to_be_one(lake, load_medicare):
    found = facts(lake, load_medicare, MULT_PROC="8").get("multiple_procedure")
    assert "does not have" in found.fact.text


@pytest.mark.parametrize(("code", "on"), [("32557", date(2025, 1, 1)), ("99999", JULY)])
def test_no_release_or_no_row_is_a_gap(lake, load_medicare, code, on):
    load_medicare(pprrvu({"HCPCS": "32557"}))
    assert isinstance(coding_facts(lake.connect(), code, on), Gap)
