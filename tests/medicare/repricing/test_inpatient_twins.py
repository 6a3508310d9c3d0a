"""Stays at random: the SQL and the plain path agree on every line, to the cent and to the word."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from budget import some
from ipps_layouts import (
    COBOL_AREAS,
    COBOL_DRGS,
    COBOL_RATES,
    HOSPITAL,
    PRICER_AREAS,
    TABLE_2,
    TABLE_5,
    providers,
)
from ratepress.lake.store import Lake
from ratepress.medicare.repricing.plain import explain_lines
from ratepress.medicare.repricing.run import reprice, steps
from ratepress.readers.add import add

CCNS = [f"05{n:04d}" for n in range(12)] + ["010001", "020001", "400001", "330001"]
RATIO = st.sampled_from(["", "0", "0.1499", "0.15", "0.2019", "0.202", "0.35", "1.75"])
RECORD = st.fixed_dictionaries(
    {
        "effectiveDate": st.sampled_from(["20201001", "20210215"]),
        "terminationDate": st.sampled_from(["", "", "", "00000000", "20210301"]),
        "waiverIndicator": st.sampled_from(["", "N", "N", "N", "Y"]),
        "providerType": st.sampled_from(["00", "00", "07", "14", "16", "17", "21", "22"]),
        "costOfLivingAdjustment": st.sampled_from(["", "1.000", "1.25"]),
        "internsToBedsRatio": RATIO,
        "bedSize": st.sampled_from(["", "50", "99", "100", "499", "500"]),
        "operatingCostToChargeRatio": st.sampled_from(["", "0", "0.250", "0.9"]),
        "capitalCostToChargeRatio": st.sampled_from(["", "0", "0.020", "0.3"]),
        "supplementalSecurityIncomeRatio": RATIO,
        "medicaidRatio": RATIO,
        "specialPaymentIndicator": st.sampled_from(["", "", "1", "N"]),
        "specialWageIndex": st.sampled_from(["", "0", "0.9001", "1.3"]),
        "hospitalQualityIndicator": st.sampled_from(["1", "1", "1", ""]),
        "cbsaActualGeographicLocation": st.sampled_from(["12540", "01", "05", ""]),
        "cbsaWageIndexLocation": st.sampled_from(["", "", "31084"]),
        "newHospital": st.sampled_from(["", "", "Y"]),
        "capitalIndirectMedicalEducationRatio": RATIO,
        "vbpParticipantIndicator": st.sampled_from(["", "Y", "N"]),
        "vbpAdjustment": st.sampled_from(["", "1.00451234567", "0.98", "0.9799"]),
        "hrrParticipantIndicator": st.sampled_from(["", "0", "1"]),
        "hrrAdjustment": st.sampled_from(["", "0.9987", "0.97", "1"]),
        "hacReductionParticipantIndicator": st.sampled_from(["", "N", "Y"]),
        "uncompensatedCareAmount": st.sampled_from(["", "0", "321.09", "1234.567"]),
        "ehrReductionIndicator": st.sampled_from(["", "", "", "Y"]),
        "lowVolumeAdjustmentFactor": st.sampled_from(["", "0", "0.25", "0.123456", "0.26"]),
        "temporaryReliefIndicator": st.sampled_from(["", "Y"]),
    }
)
LINE = st.fixed_dictionaries(
    {
        "claim_type": st.just("inpatient"),
        "claim_id": st.sampled_from(["1", "2", "3", "4", "5", "6"]),
        "date": st.sampled_from(["2021-03-01"] * 5 + ["2020-12-31", "2026-01-15", "2021-10-01"]),
        "code": st.sampled_from(["", "99999"]),
        "modifiers": st.just(""),
        "units": st.sampled_from(["1", "1", "1", "0"]),
        "pos": st.just("21"),
        "drg": st.sampled_from(["470", "470", "3", "871", "", "999", "x"]),
        "ccn": st.sampled_from(["", *CCNS, "05"]),
        "cbsa": st.sampled_from(["", "", "12540", "01", "31084", "99999", "1"]),
        "charge": st.sampled_from(["", "10000", "250000", "999999999.99", "31234.56"]),
    }
)


def _lake(folder: Path, records: list[dict[str, str]]) -> Lake:
    lake = Lake.create(folder / "lake")
    named = [{**one, "providerCcn": ccn} for one, ccn in zip(records, CCNS, strict=False)]
    files = {
        "CBSA212.txt": COBOL_AREAS,
        "pricer.csv": PRICER_AREAS,
        "DRGSX211.cpy": COBOL_DRGS,
        "RATEX213.cpy": COBOL_RATES,
        "table2.txt": TABLE_2,
        "table5.txt": TABLE_5,
        "providers.csv": providers({**HOSPITAL, "providerCcn": "050099"}, *named),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
        add(lake, folder / name)
    return lake


@settings(
    max_examples=some(5),
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(RECORD, min_size=12, max_size=len(CCNS)),
    st.lists(LINE, min_size=20, max_size=60),
)
def test_both_ways_agree(tmp_path_factory, records, lines):
    lake = _lake(tmp_path_factory.mktemp("stays"), records)
    fast = reprice(lake, pa.Table.from_pylist(lines)).to_pylist()
    slow = explain_lines(lake, lines)
    for line, one in zip(fast, slow, strict=True):
        assert (line["allowed_amount"], line["status"], line["rules"], line["reason"]) == (
            one.allowed_amount,
            one.status,
            " ".join(one.rules),
            one.reason,
        ), line


def test_steps_state_grain_and_key():
    own = steps("inpatient")
    assert own[-1].name == "inpatient_results"
    assert all(step.grain and step.key and step.name for step in own)


@pytest.mark.files
def test_real_weights_and_amounts_price_every_drg(data_folder, tmp_path):
    """Fiscal 2026, without a hospital: (6,752.61 + 524.15) x weight, each part in cents."""
    lake = Lake.create(tmp_path / "lake")
    folder = data_folder / "medicare/ipps"
    add(lake, folder / "Table5_FY2026_final_MSDRG_weights.txt")
    add(lake, folder / "ratex-2027_DSACMS_2255c69.csv")
    with lake.connect() as connection:
        weights = dict(connection.execute("SELECT drg, weight FROM ipps_drgs").fetchall())
    stay = {"claim_type": "inpatient", "date": "2026-01-15", "modifiers": "", "units": "1"}
    lines = [
        {**stay, "claim_id": drg, "code": "", "pos": "21", "drg": drg} for drg in sorted(weights)
    ]
    found = reprice(lake, pa.Table.from_pylist(lines)).to_pylist()
    assert len(found) == 772
    for line in found:
        weight = weights[line["drg"]]
        if weight is None:  # 998 and 999, which cannot be grouped.
            assert line["reason"] == f"MS-DRG {line['drg']} has no weight in the release"
            continue
        # In ten-thousandths of a cent: 675261 and 52415 cents times the weight.
        parts = [int(cents * weight * 10_000) for cents in (675_261, 52_415)]
        whole = sum((part + 5_000) // 10_000 for part in parts)
        assert (line["status"], int(line["allowed_amount"] * 100)) == ("priced", whole), line
