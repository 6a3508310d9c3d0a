"""The arithmetic, against the same sum in fractions of whole numbers."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from ratepress.medicare.formula import Computed, fee, percent_of, plain
from ratepress.medicare.rows import NATION, Locality, RvuRow

RVU = st.integers(0, 99_999).map(lambda n: Decimal(n).scaleb(-2))
GPCI = st.integers(1, 3_000).map(lambda n: Decimal(n).scaleb(-3))
FACTOR = st.integers(1, 999_999).map(lambda n: Decimal(n).scaleb(-4))


def row(work="3.04", nonfacility="16.03", facility="0.50", malpractice="0.33", cap=None) -> RvuRow:
    opps = (None, None, None) if cap is None else tuple(Decimal(c) for c in cap)
    return RvuRow(
        code="32557",
        modifier="",
        status="A",
        work_rvu=Decimal(work),
        nonfacility_pe_rvu=Decimal(nonfacility),
        nonfacility_is_na=False,
        facility_pe_rvu=Decimal(facility),
        facility_is_na=False,
        malpractice_rvu=Decimal(malpractice),
        opps_nonfacility_pe_rvu=opps[0],
        opps_facility_pe_rvu=opps[1],
        opps_malpractice_rvu=opps[2],
        pctc_indicator="0",
        global_days="000",
        multiple_procedure="2",
        bilateral_surgery="1",
        assistant_surgery="1",
        co_surgeons="0",
        team_surgery="0",
        endoscopic_base=None,
        supervision="09",
        imaging_family="99",
        place="row 10",
    )


def half_up_to_the_cent(exact: Fraction) -> Fraction:
    return Fraction(floor(exact * 100 + Fraction(1, 2)), 100)


@given(RVU, RVU, RVU, RVU, GPCI, GPCI, GPCI, FACTOR, st.sampled_from(["facility", "nonfacility"]))
def test_the_fee_is_the_sum_in_fractions_rounded_once(w, n, f, m, gw, gp, gm, factor, site):
    pe = f if site == "facility" else n
    exact = (
        Fraction(w) * Fraction(gw) + Fraction(pe) * Fraction(gp) + Fraction(m) * Fraction(gm)
    ) * Fraction(factor)
    found = fee(row(w, n, f, m), site, Locality("10112-00", "ALABAMA", gw, gp, gm), factor)
    assert Fraction(found.amount) == half_up_to_the_cent(exact)
    assert found.amount.as_tuple().exponent == -2
    assert found.steps[-1].value == found.amount


@given(
    st.integers(0, 10**9).map(lambda n: Decimal(n).scaleb(-2)),
    st.integers(1, 300).map(Decimal),
)
def test_a_percentage_of_a_fee_is_rounded_half_up(amount, percent):
    found = percent_of(Computed(amount, ()), percent, "x").amount
    assert Fraction(found) == half_up_to_the_cent(Fraction(amount) * Fraction(percent) / 100)


@given(RVU, RVU, RVU, RVU, RVU, FACTOR)
def test_the_capped_fee_is_never_above_either(w, n, m, cap_pe, cap_mp, factor):
    plain_fee = fee(row(w, n, n, m), "nonfacility", NATION, factor).amount
    capped = fee(row(w, n, n, m, cap=(cap_pe, cap_pe, cap_mp)), "nonfacility", NATION, factor)
    assert capped.amount <= plain_fee
    assert capped.is_capped == (capped.amount < plain_fee)


def test_zeros_in_the_cap_columns_are_no_cap():
    """Only imaging has a cap; CMS fills 0.00 for every other code."""
    found = fee(row(cap=("0.00", "0.00", "0.00")), "facility", NATION, Decimal("33.4009"))
    assert (found.amount, found.is_capped) == (Decimal("129.26"), False)


def test_half_a_cent_goes_up():
    assert fee(row("0", "0", "1", "0"), "facility", NATION, Decimal("0.005")).amount == Decimal(
        "0.01"
    )


def test_the_steps_can_be_recomputed_by_a_reader():
    found = fee(row(), "nonfacility", NATION, Decimal("33.4009"))
    assert [(s.formula, plain(s.value)) for s in found.steps] == [
        ("3.04 RVU × GPCI 1.00", "3.04"),
        ("16.03 RVU × GPCI 1.00", "16.03"),
        ("0.33 RVU × GPCI 1.00", "0.33"),
        ("3.04 + 16.03 + 0.33", "19.40"),
        ("19.40 × 33.4009", "647.97746"),
        ("647.97746", "647.98"),
    ]
