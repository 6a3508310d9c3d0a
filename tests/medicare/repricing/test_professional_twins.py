"""Claims at random: the SQL and the plain path agree on every line, to the cent."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from budget import some
from claim_lines import row, table
from medicare_layouts import FACTORS, TESTS, UNITS, ZIPS, _commit, gpci, pprrvu
from ratepress.lake.store import Lake
from ratepress.medicare.repricing.plain import explain_lines
from ratepress.medicare.repricing.run import reprice, steps
from ratepress.readers.source import Source

PARTS = (("", "3.10", "2.35"), ("TC", "2.10", "0.05"), ("26", "1.00", "2.30"))


def _tests(code, mult, scale, **cells):
    """A code with its parts; `scale` makes codes of different size."""
    return [
        row(code, work=f"{Decimal(work) * scale:.2f}", pe=f"{Decimal(pe) * scale:.2f}",
            mp="0.07", mult=mult, mod=mod, pctc="1", **cells)
        for mod, work, pe in PARTS
    ]  # fmt: skip


ROWS = [
    row("10001", "1043.48", mult="2", bilat="1", asst="2", co="2", team="2"),
    row("10002", "1010.60", mult="2", bilat="0", asst="0", co="1"),
    row("10003", "1010.60", mult="2", bilat="2", asst="1", na="NA"),
    row("10004", "55.55", mult="0", bilat="3", asst="9", co="9", team="9"),
    row("20000", "200.00", mult="2", bilat="0"),
    row("20001", "310.02", mult="3", base="20000", bilat="1"),
    row("20002", "275.12", mult="3", base="20000", bilat="0"),
    row("20003", "270.13", mult="3", base="29999"),
    *_tests("40001", "4", 1),
    *_tests("40002", "4", 2, cap_pe="1.00", cap_mp="0.02"),
    *_tests("60001", "6", 1, bilat="3"),
    *_tests("60002", "6", 3, bilat="1"),
    *_tests("70001", "7", 1),
    row("70002", "31.31", mult="7", pctc="0"),
    row("50001", work="0.45", pe="0.41", mp="0.01", mult="5"),
    row("50002", work="0.43", pe="0.37", mp="0.01", mult="5", bilat="1"),
    *(row(code, status="J") for code in ("00537", "00100", "01968", "01001")),
    row("44140", "999.99", mult="2", bilat="1", before="0.10", during="0.76", after="0.14"),
    *_tests("71046", "0", 2),
    row("80053", status="X"),
    row("30001", "10.00", status="C"),
    row("30002", "10.00", status="T"),
]
CODES = sorted({cells["HCPCS"] for cells in ROWS} | {"99999", "80047"})
LINE = st.fixed_dictionaries(
    {
        "claim_id": st.sampled_from(["1", "2"]),
        "date": st.sampled_from(["2026-07-15"] * 8 + ["2026-03-01", "2025-07-15", "2026-7-1"]),
        "code": st.sampled_from(CODES),
        "modifiers": st.lists(
            st.sampled_from(
                [
                    "50",
                    "RT",
                    "LT",
                    "26",
                    "TC",
                    "80",
                    "AS",
                    "62",
                    "59",
                    "52",
                    "ZZ",
                    "54",
                    "55",
                    "56",
                    "78",
                    "CQ",
                    "CO",
                    "FX",
                    "FY",
                    "CT",
                    "22",
                    "AA",
                    "QK",
                    "AQ",
                ]
            ),
            max_size=2,
        ).map(" ".join),
        "units": st.sampled_from(["1"] * 6 + ["2", "3", "6", "1.0", "0", ""]),
        "pos": st.sampled_from(["22", "22", "11", "2", "xx"]),
        "zip": st.sampled_from(["", "", "", "35004", "35005", "99999", "3500", "35004-1234"]),
        "minutes": st.sampled_from(["", "63", "7", "0"]),
        "locality": st.sampled_from(["", "", "national", "10112-00", "02102-01", "99999-99"]),
        "patient": st.sampled_from(["", "", "p", "q"]),
        "npi": st.sampled_from(["", "1", "2"]),
        "provider_type": st.sampled_from(["", "", "NP", "cns"]),
        "charge": st.sampled_from(["", "", "", "40", "100.05", "9999"]),
        "qp": st.sampled_from(["", "", "yes", "0"]),
        "participating": st.sampled_from(["", "", "no", "Y"]),
    }
)
ANESTHESIA = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["00537", "00100", "01968", "01001", "71046"]),
        "modifiers": st.sampled_from(["AA", "AA", "QK", "QX QS", "AD", "QZ P3", "", "AA 50"]),
        "minutes": st.sampled_from(["63", "30", "7", "9999", ""]),
        "locality": st.sampled_from(["", "10112-00", "02102-01"]),
        "charge": st.sampled_from(["", "", "60"]),
        "qp": st.sampled_from(["", "", "yes"]),
        "participating": st.sampled_from(["", "no"]),
    }
)
# Fewer choices than `LINE`, so that lines meet: one claim, one day, one place.
MEETING = st.fixed_dictionaries(
    {
        "code": st.sampled_from([code for code in CODES if code[0] in "124567"]),
        "modifiers": st.sampled_from(
            [
                "",
                "",
                "",
                "RT",
                "LT",
                "50",
                "26",
                "TC",
                "80",
                "78",
                "RT 54",
                "LT 54",
                "FX",
                "TC FY",
                "CQ",
            ]
        ),
        "units": st.sampled_from(["1", "1", "1", "2"]),
        "charge": st.sampled_from(["", "", "60", "200"]),
    }
)


@pytest.fixture(scope="module")
def schedule(tmp_path_factory) -> Lake:
    folder: Path = tmp_path_factory.mktemp("schedule")
    lake = Lake.create(folder / "lake")
    files = (
        ("rvu.csv", pprrvu(*ROWS)),
        ("gpci.csv", gpci()),
        ("units.csv", UNITS),
        ("ANES2026.csv", FACTORS),
        ("CLFS 2026.csv", TESTS),
        ("ZIP5.txt", ZIPS),
    )
    for name, content in files:
        (folder / name).write_bytes(content)
        _commit(lake, Source(folder / name))
    return lake


@settings(
    max_examples=some(5),
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.one_of(
        st.lists(LINE, min_size=1, max_size=60),
        st.lists(MEETING, min_size=20, max_size=60),
        st.lists(ANESTHESIA, min_size=20, max_size=40),
    ),
    st.randoms(use_true_random=False),
)
def test_both_ways_agree(schedule, lines, random):
    if "claim_id" not in lines[0]:  # Claims of a few lines each.
        lines = [{**line, "claim_id": str(random.randrange(1 + len(lines) // 4))} for line in lines]
    given_lines = table(*lines)
    fast = reprice(schedule, given_lines).to_pylist()
    slow = explain_lines(schedule, given_lines.to_pylist())
    assert [{name: line[name] for name in line if name in given_lines.column_names}
            for line in fast] == given_lines.to_pylist()  # fmt: skip
    for line, one in zip(fast, slow, strict=True):
        assert (line["allowed_amount"], line["status"], line["rules"]) == (
            one.allowed_amount,
            one.status,
            " ".join(one.rules),
        ), line
        if one.status != "priced":
            assert line["reason"] == one.reason


def test_steps_state_grain_and_key():
    own = steps("professional")
    assert (steps()[-1].name, own[-1].name) == ("results", "professional_results")
    assert all(step.grain and step.key for step in (*steps(), *own))
