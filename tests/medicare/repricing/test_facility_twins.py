"""Outpatient and ASC claims at random: the SQL and the plain path agree in every word."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from budget import some
from claim_lines import row
from facility_layouts import (
    addendum_aa,
    addendum_b,
    addendum_bb,
    addendum_ee,
    addendum_ff,
    apc_rates,
    asc_wages,
    both_ways,
    code_pairs,
    lake_of,
)
from ipps_layouts import TABLE_3
from medicare_layouts import pprrvu
from ratepress.lake.store import Lake
from ratepress.medicare.repricing.run import steps

STATUSES = {
    # status: APC, and the rates of its codes
    "J1": ("5182", ("1553.44", "1553.44", "3000.005", "")),
    "T": ("5181", ("618.26", "618.26", "1500.01", "")),
    "S": ("5524", ("300.00", "0.015", "")),
    "V": ("5012", ("130.00",)),
    "J2": ("5025", ("613.10", "276.89")),
    "Q1": ("5733", ("60.00", "120.00", "120.00")),
    "Q2": ("5163", ("500.00", "499.99")),
    "Q3": ("5522", ("105.00",)),
    "Q4": ("", ("",)),
    "N": ("", ("",)),
    "G": ("9000", ("0.472",)),
    "K": ("9001", ("1.995",)),
    "R": ("9512", ("182.00",)),
    "U": ("2616", ("17485.10",)),
    "A": ("", ("",)),
    "C": ("", ("",)),
    "H": ("", ("",)),
    "Z9": ("", ("1.00",)),
}
NAMED = (
    ("99291", "J2", "5041", "842.61"),
    ("G0378", "N", "", ""),
    ("G0379", "J2", "5025", "613.10"),
    ("G0463", "J2", "5012", "128.87"),
    ("96365", "S", "5693", "200.00"),
    ("0001T", "T", "1501", "4000.00"),
    ("76705", "Q3", "5522", "106.34"),
    ("70450", "Q3", "5522", "106.34"),
    ("71260", "Q3", "5571", "178.02"),
    ("70551", "Q3", "5523", "241.72"),
    ("71045", "Q3", "5521", "88.05"),
)
MADE = [
    (f"{100 * n + m:05d}", status, apc, rate)
    for n, (status, (apc, rates)) in enumerate(STATUSES.items(), start=1)
    for m, rate in enumerate(rates)
]
HOSPITAL = [*MADE, *NAMED]
SURGICAL = [
    (f"2{n:04d}", flag, indicator, rate)
    for n, (flag, indicator, rate) in enumerate(
        product("YN", ("G2", "J8", "N1"), ("649.99", "649.99", "20000.005"))
    )
] + [("21000", "Y", "G2", "")]
ANCILLARY = [
    ("30001", "Z2", "60.00"),
    ("30002", "K2", "1.995"),
    ("30003", "N1", ""),
    ("30004", "F4", ""),
    ("C1601", "J7", ""),
    ("C1602", "J7", ""),
]
OFFSETS = [(code, pi, "5181" if flag == "Y" else "5182", "150.005" if pi == "J8" else "")
           for code, flag, pi, _ in SURGICAL[:-4]]  # fmt: skip
MODIFIERS = ["50", "RT", "LT", "52", "73", "74", "59", "PN", "PO", "FB", "FC", "ZZ"]


@pytest.fixture(scope="module")
def schedule(tmp_path_factory) -> Lake:
    """Outpatient: 2025 by Addendum B, 2026 by APC. ASC: 2026."""
    folder: Path = tmp_path_factory.mktemp("schedule")
    sides = [row(code, bilat=str(n % 4)) for n, (code, *_) in enumerate([*MADE, *SURGICAL])]
    return lake_of(
        folder,
        addendum_b(*HOSPITAL),
        apc_rates(
            ("8011", "J2", "2647.73"),
            ("8004", "S", "306.50"),
            ("8005", "S", "224.55"),
            ("8006", "S", "435.12"),
            first="20250101",
        ),
        apc_rates(("5181", "T", "640.00"), ("5182", "J1", "1608.25")),
        TABLE_3,
        TABLE_3.replace(b"FY 2026", b"FY 2025"),
        addendum_aa(*SURGICAL),
        addendum_bb(*ANCILLARY),
        addendum_ee("00176"),
        addendum_ff(*OFFSETS),
        asc_wages(("01", "0.6367"), ("41884", "1.7000")),
        code_pairs(
            *(
                (device, code, modifier, share)
                for code, *_ in SURGICAL[:6]
                for device, modifier, share in (
                    ("C1601", "", "0.004900"),
                    ("C1602", "", "0.200001"),
                    ("C1601", "74", "0.500000"),
                )
            )
        ),
        pprrvu(*sides, year=2025, quarter="January", released="01/02/2025"),
        pprrvu(*sides),
        CLFS_2025=b"hcpcs,rate\n00900,13.73\n01500,8.465\n",
    )


def _lines(codes, days):
    return st.fixed_dictionaries(
        {
            "claim_id": st.sampled_from("123456"),
            "date": st.sampled_from(days),
            "code": st.sampled_from(codes),
            "modifiers": st.lists(st.sampled_from(MODIFIERS), max_size=2).map(" ".join)
            | st.just(""),
            "units": st.sampled_from(["1"] * 6 + ["2", "3", "9", "9999", "0"]),
            "cbsa": st.sampled_from(["", "", "01", "41884", "35614", "99999", "1"]),
            "charge": st.sampled_from(["", "", "", "40", "900.05"]),
        }
    )


OUTPATIENT = _lines(
    [code for code, *_ in HOSPITAL] + ["99999"],
    ["2025-02-03"] * 4 + ["2025-02-04", "2025-07-15", "2024-02-03"],
)
# Codes of 2026 with and without an APC, and fewer of them, so that lines meet.
BY_APC = _lines(
    [code for code, *_ in (*OFFSETS, *ANCILLARY)] + ["99999"], ["2026-07-15", "2026-02-03"]
)
ASC = _lines(
    [code for code, *_ in (*SURGICAL, *ANCILLARY, *ANCILLARY)] + ["00176", "99999"],
    ["2026-07-15"] * 4 + ["2026-07-16", "2026-11-02", "2025-07-15"],
)
_TYPED = st.one_of(
    st.lists(OUTPATIENT.map(lambda line: {**line, "claim_type": "outpatient"}), min_size=40,
             max_size=60),
    st.lists(BY_APC.map(lambda line: {**line, "claim_type": "outpatient"}), min_size=40,
             max_size=60),
    st.lists(ASC.map(lambda line: {**line, "claim_type": "asc"}), min_size=40, max_size=60),
)  # fmt: skip


@settings(
    max_examples=some(4),
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(_TYPED)
def test_both_ways_agree(schedule, lines):
    both_ways(schedule, *lines)


@pytest.mark.parametrize("claim_type", ["outpatient", "asc"])
def test_steps_state_grain_and_key(claim_type):
    own = steps(claim_type)
    assert own[-1].name == f"{claim_type}_results"
    assert all(step.grain and step.key for step in own)
