"""MS-DRG, APC, revenue codes, HIPPS. The `files` tests take Medicare's own lists as the measure."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ratepress.codes.facility import Apc, Hipps, MsDrg, MsLtcDrg, RevenueCode


@pytest.mark.parametrize(
    ("text", "code"), [("470", "470"), ("64", "064"), ("1", "001"), ("0470", None), ("47O", None)]
)
def test_an_ms_drg_has_three_digits(text: str, code: str | None) -> None:
    assert MsDrg.normalise(text) == code
    assert MsLtcDrg.normalise(text) == code


def test_the_two_drgs_of_medicare_explain_themselves_apart() -> None:
    assert "inpatient stay" in MsDrg.parse("470").explain()
    assert "long-term care" in MsLtcDrg.parse("470").explain()


@pytest.mark.parametrize(
    ("text", "code"),
    [("361", "0361"), ("0361", "0361"), ("1002", "1002"), ("36X", None), ("03610", None)],
)
def test_a_revenue_code_has_four_digits(text: str, code: str | None) -> None:
    assert RevenueCode.normalise(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("5181", "5181"), ("05501", "5501"), ("12345", None), ("n905", "N905"), ("J1100", None)],
)
def test_an_apc_has_four_digits_or_a_groupers_letter(text: str, code: str | None) -> None:
    """05501 and N905 stand in real files of 2026."""
    assert Apc.normalise(text) == code


def test_a_groupers_mark_is_explained_as_none_of_medicares() -> None:
    assert "grouper's own mark" in Apc.parse("N905").explain()


def test_a_hipps_code_has_five_characters() -> None:
    assert Hipps.normalise("1aa11") == "1AA11"
    assert Hipps.normalise("1AA1") is None


@pytest.mark.files
def test_every_ms_drg_of_the_final_rule_keeps_its_form(data_folder: Path) -> None:
    path = data_folder / "medicare/terminology/tuva_terminology__ms_drg.csv"
    with path.open(encoding="utf-8-sig", newline="") as text:
        codes = {row["ms_drg_code"] for row in csv.DictReader(text)}
    assert len(codes) > 700
    assert {c: MsDrg.normalise(c) for c in codes} == {c: c for c in codes}
    short = {c: MsDrg.normalise(c.lstrip("0")) for c in codes}
    assert short == {c: c for c in codes}


@pytest.mark.files
def test_every_revenue_code_keeps_its_form_and_comes_back_without_its_zero(
    data_folder: Path,
) -> None:
    path = data_folder / "medicare/terminology/revenue_code_numbers_only.csv"
    with path.open(newline="") as text:
        codes = [row["revenue_code"] for row in csv.DictReader(text)]
    assert len(codes) == 526
    codes.remove("091X")  # a series, and no code
    assert [RevenueCode.normalise(c) for c in codes] == codes
    assert [RevenueCode.normalise(c.lstrip("0")) for c in codes] == codes


@pytest.mark.files
def test_every_apc_of_addendum_a_keeps_its_form(data_folder: Path) -> None:
    path = data_folder / "medicare/opps/2025_NFRM_Addendum_A.11122024.txt"
    first = [line.split("\t")[0] for line in path.read_text("cp1252").splitlines()]
    codes = [cell for cell in first if cell.isdigit()]
    assert len(codes) > 500
    assert [Apc.normalise(c) for c in codes] == codes
