"""Every system's answer side by side, and the total of a visit. Rule M13."""

from datetime import date
from decimal import Decimal

import pytest

from medicare_layouts import pprrvu
from ratepress.core.errors import UsageError
from ratepress.core.facts import Gap
from ratepress.medicare.explained import explain_facility, explain_total
from ratepress.medicare.quote import quote

JULY = date(2026, 7, 15)
DRAIN = {
    "HCPCS": "32557",
    "WORK RVU": "3.04",
    "NON-FAC PE RVU": "16.03",
    "FACILITY PE RVU": "0.50",
    "MP RVU": "0.33",
}
B = (
    b"\tAddendum B.-- OPPS Payment by HCPCS Code for CY 2026\t\t\t\t\t\n"
    b"HCPCS Code\tShort Descriptor\t CI\t SI\t APC \tRelative Weight\tPayment Rate\n"
    b'32557\tOWN WORDS\t\tJ1\t5182\t17.4213\t"$1,608.25"\n'
)


@pytest.fixture
def files(load_medicare):
    load_medicare(pprrvu(DRAIN))
    load_medicare(B)


def test_a_visit_is_priced_at_facility_plus_professional(files, lake):
    """1,608.25 + 129.26 = 1,737.51, and the parts stand beside it."""
    outpatient, asc = quote(lake, "32557", JULY).totals
    assert outpatient.amount == Decimal("1737.51")
    assert (outpatient.facility.value, outpatient.professional.value) == (
        Decimal("1608.25"), Decimal("129.26")
    )  # fmt: skip
    assert "M13" in outpatient.result.rules
    assert outpatient.text.endswith("facility $1,608.25 + professional $129.26 = $1,737.51")
    assert isinstance(asc.result, Gap)
    assert "one of its two parts is missing" in asc.text


def test_a_total_needs_both_parts(files, lake):
    (_, _) = quote(lake, "32557", JULY).totals
    assert quote(lake, "32557", JULY, systems=["opps"]).totals == ()
    assert quote(lake, "32557", JULY, systems=["pfs"]).totals == ()
    (interrupted, _) = quote(lake, "32557", JULY, modifiers=["73"]).totals
    assert interrupted.amount is None


@pytest.mark.parametrize(
    ("question", "n_facility"),
    [
        ({}, 2),
        ({"modifiers": ["50"]}, 2),
        ({"modifiers": ["26"]}, 0),
        ({"site": "facility"}, 0),
        ({"provider_type": "NP"}, 0),
        ({"systems": ["asc", "pfs"], "site": "facility"}, 1),
    ],
)
def test_which_systems_answer(files, lake, question, n_facility):
    found = quote(lake, "32557", JULY, **question)
    assert len(found.facility) == n_facility
    assert found.prices


def test_a_system_that_there_is_not_is_refused(files, lake):
    with pytest.raises(UsageError, match="no payment system"):
        quote(lake, "32557", JULY, systems=["medicaid"])


@pytest.mark.parametrize("units", [0, -1, 10_000])
def test_units_are_those_of_a_claim_line(files, lake, units):
    for systems in (["pfs"], ["opps"]):
        with pytest.raises(UsageError, match="whole number"):
            quote(lake, "32557", JULY, units=units, systems=systems)


def test_the_trace_of_a_facility_names_rate_release_parameter_and_rules(files, lake):
    found = quote(lake, "32557", JULY, systems=["pfs", "opps"], modifiers=["52"])
    said = "\n".join(explain_facility(found.facility[0]))
    for part in (
        "APC 5182, status J1",
        "1608.25 × 1.00 × 0.50 → 804.13",
        "release 2026A",
        "Addendum B 2026A",
        "42 CFR 419.44",
        "from 2020-01-01",
        "rules: P00, P11, P40, P43, P48, P78",
    ):
        assert part in said
    assert "no total" in explain_total(found.totals[0])[0]
