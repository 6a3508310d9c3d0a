"""A code as a person types it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.codes.normalise import SYSTEMS
from ratepress.core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "system", "code"),
    [
        ("32557", "cpt", "32557"),
        (" 0042t ", "cpt", "0042T"),
        ("J1100", "hcpcs", "J1100"),
        ("cpt:32557", "cpt", "32557"),
        ("hcpcs:32557", "cpt", "32557"),
        ("HCPCS:j1100", "hcpcs", "J1100"),
        ("ms-drg:64", "ms-drg", "064"),
        ("rc:361", "rc", "0361"),
        ("ndc:0781-1943-39", "ndc", "00781194339"),
        ("drg:470", "drg", "470"),
        ("cdm:ab:1", "cdm", "ab:1"),
        ("cpt:CSTM-00", "cpt", "CSTM-00"),
    ],
)
def test_a_code_is_read_in_its_system(text: str, system: str, code: str) -> None:
    assert parse_code(text) == CodeRef(system, code)


def test_a_code_ref_prints_as_it_is_typed() -> None:
    assert str(parse_code("rc:361")) == "rc:0361"


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("470", "ms-drg:470 or rc:0470"),
        ("64", "ms-drg:064 or rc:0064"),
        ("0361", "write rc:0361"),
        ("chest drain", "ms-drg:470"),
        ("", "ms-drg:470"),
        ("ms-drg:J1100", "check the code"),
        ("cpt:J1100", "check the code"),
        ("rc:", "check the code"),
        ("drug:J1100", "apr-drg"),
    ],
)
def test_an_unclear_code_is_refused_and_the_message_helps(text: str, help_: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_code(text)
    assert help_ in str(caught.value)


def test_0361_is_no_drg() -> None:
    with pytest.raises(UsageError) as caught:
        parse_code("0361")
    assert caught.value.todo == "write rc:0361"


@given(st.text() | st.builds("{}:{}".format, st.sampled_from(SYSTEMS), st.text(max_size=12)))
def test_any_text_is_a_code_or_a_usage_error(text: str) -> None:
    try:
        found = parse_code(text)
    except UsageError:
        return
    assert found.system in SYSTEMS
    assert parse_code(str(found)) == found


@pytest.mark.parametrize("text", ["32557-26", "32557 26", "j1100-JW"])
def test_a_code_with_its_modifier_is_told_to_part_with_it(text: str) -> None:
    with pytest.raises(UsageError, match=r"and the modifier \w\w apart"):
        parse_code(text)
