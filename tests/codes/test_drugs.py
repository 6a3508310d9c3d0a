"""NDC: eleven digits only where the parts are plain (21 CFR 207.33)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.codes.drugs import Ndc


@pytest.mark.parametrize(
    ("published", "code"),
    [
        ("0781-1943-39", "00781194339"),  # 4-4-2
        ("68516-521-08", "68516052108"),  # 5-3-2
        ("10370-1020-3", "10370102003"),  # 5-4-1
        ("00781-1943-39", "00781194339"),  # 5-4-2
        ("0781-1943-39 [193249]", "00781194339"),  # a hospital's item number behind it
        ("63323069210", "63323069210"),
        ("0781194339", "0781194339"),  # which part is short cannot be known
    ],
)
def test_an_ndc_gets_eleven_digits_where_its_parts_are_plain(published: str, code: str) -> None:
    assert Ndc.normalise(published) == code


@pytest.mark.parametrize(
    "text", ["", "781194339", "0781-194-39", "0781-1943-3", "007811943390", "0781-1943-3X", "[1]"]
)
def test_what_is_no_ndc_is_refused(text: str) -> None:
    assert not Ndc.is_valid(text)


def test_a_very_long_text_is_no_ndc() -> None:
    assert not Ndc.is_valid("0781-1943-39" + " [1]" * 100_000)


def test_ten_digits_explain_that_their_parts_are_not_known() -> None:
    assert "not known" in Ndc.parse("0781194339").explain()


@given(st.from_regex(r"[0-9]{5}-[0-9]{4}-[0-9]{2}", fullmatch=True), st.integers(0, 2))
def test_dropping_the_zero_of_a_part_is_undone(code: str, which: int) -> None:
    """The three hyphenated forms of ten digits are the form of bills less one leading zero."""
    parts = code.split("-")
    parts[which] = "0" + parts[which][1:]
    short = [*parts]
    short[which] = parts[which][1:]
    assert Ndc.normalise("-".join(short)) == "".join(parts)
