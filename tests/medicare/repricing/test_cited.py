"""The parameters that the trace of a line names: values, days, documents, for each claim type."""

from datetime import date
from decimal import Decimal

import pytest

from ratepress.core.rules import registry
from ratepress.medicare.parameters import parameters
from ratepress.medicare.repricing.cited import BY_RULE, cited
from ratepress.medicare.repricing.plain import explain_lines

JULY = date(2026, 7, 15)
AA = (
    b"Addendum AA -- ASC Covered Surgical Procedures for CY 2026,,,,,,\n"
    b"HCPCS Code,,Short Descriptor,Subject to Multiple Procedure Discounting,"
    b"July 2026 Payment Indicator,July 2026 Payment Weight,July 2026 Payment Rate\n"
    b"32557,,OWN WORDS,Y,G2,11.5406,649.99\n"
)


def test_every_rule_and_parameter_of_the_list_exists():
    assert set(BY_RULE) <= set(registry())
    assert {name for names in BY_RULE.values() for name in names} <= set(parameters())


def test_a_parameter_is_named_once_with_its_document():
    (half, first) = cited(["P52", "P51", "P52", "P13"], JULY)[::-1]
    assert (first.name, half.name) == ("asc_labor_percent", "asc_multiple_procedure_percent")
    assert all(one.citations for one in (first, half))


def test_a_parameter_without_a_value_on_the_day_is_left_out():
    """The capital rate is known to September 2026, the exponent without an end."""
    on = date(2026, 10, 1)
    assert [one.name for one in cited(["P62"], on)] == ["ipps_capital_gaf_exponent"]


@pytest.mark.parametrize(("modifiers", "values"), [("", []), ("73", [Decimal(50)])])
def test_a_facilitys_line_names_its_percentages(lake, load_medicare, modifiers, values):
    load_medicare(AA)
    line = {"claim_id": "1", "date": "2026-07-15", "code": "32557", "modifiers": modifiers,
            "units": "1", "pos": "24", "claim_type": "asc"}  # fmt: skip
    (found,) = explain_lines(lake, [line])
    assert [one.value for one in found.parameters] == values
