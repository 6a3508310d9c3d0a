"""NPI and TIN. The NPI 1234567893 is CMS's own worked example of the check digit."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.codes.parties import Npi, Tin


def test_cms_worked_example_is_valid() -> None:
    assert Npi.normalise(" 1234567893 ") == "1234567893"


@pytest.mark.parametrize("digit", [d for d in "0123456789" if d != "3"])
def test_any_other_check_digit_is_wrong(digit: str) -> None:
    assert not Npi.is_valid(f"123456789{digit}")


@pytest.mark.parametrize("text", ["", "0", "3234567893", "123456789", "12345678934", "1234-567893"])
def test_what_is_no_npi_is_refused(text: str) -> None:
    assert not Npi.is_valid(text)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_each_nine_digits_have_exactly_one_check_digit(nine: str) -> None:
    assert sum(Npi.is_valid(f"{nine}{digit}") for digit in "0123456789") == 1


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(nine: str, at: int, shift: int) -> None:
    npi = next(f"{nine}{d}" for d in "0123456789" if Npi.is_valid(f"{nine}{d}"))
    wrong = npi[:at] + str((int(npi[at]) + shift) % 10) + npi[at + 1 :]
    assert not Npi.is_valid(wrong)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12-3456789", "123456789"),
        ("123456789", "123456789"),
        ("000000000", None),
        ("0", None),
        ("123-45-6789", None),
        ("12345678", None),
        ("1234567893", None),
    ],
)
def test_a_tin_has_nine_digits(text: str, code: str | None) -> None:
    assert Tin.normalise(text) == code


@pytest.mark.files
def test_the_npis_of_real_hospitals_are_valid(data_folder: Path) -> None:
    folder = data_folder / "price_files/hpt_headers/lkowalcz__hospital-price-history"
    found: set[str] = set()
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as text:
            heads, values = list(csv.reader(text))[:2]
        cells = dict(zip((h.strip().lower() for h in heads), values, strict=False))
        found |= {npi.strip() for npi in cells.get("type_2_npi", "").split("|") if npi.strip()}
    assert len(found) >= 8
    assert {npi for npi in found if not Npi.is_valid(npi)} == set()
