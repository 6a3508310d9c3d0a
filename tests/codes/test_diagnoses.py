"""Diagnoses: the form of ICD-10-CM, and what has not that form."""

from __future__ import annotations

import pytest

from ratepress.codes.diagnoses import Icd10Cm


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("J90", "J90"),
        ("j9601", "J96.01"),
        ("S27.0XXA", "S27.0XXA"),
        ("O9A111", "O9A.111"),
        ("C4A0", "C4A.0"),
        (" R10.2 ", "R10.2"),
    ],
)
def test_a_code_is_written_with_its_point(text: str, code: str) -> None:
    assert Icd10Cm.normalise(text) == code


@pytest.mark.parametrize("text", ["", "J9", "XX000", "90J", "J96.", "J96.01234", "J96-01", "Ј90"])
def test_what_has_not_the_form_is_no_diagnosis(text: str) -> None:
    assert Icd10Cm.normalise(text) is None
