"""One name for one thing: published types and codes, and what is never taken for a code."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.codes.normalise import (
    SYSTEMS,
    NormalisedCode,
    comparable,
    normalise,
    plain_forms,
)

# Hospital data dictionary v3.0 (21 types) and the payer schemas' CSTM-ALL.
TYPES = [
    "CPT",
    "HCPCS",
    "ICD",
    "DRG",
    "MS-DRG",
    "R-DRG",
    "S-DRG",
    "APS-DRG",
    "AP-DRG",
    "APR-DRG",
    "TRIS-DRG",
    "APC",
    "NDC",
    "HIPPS",
    "LOCAL",
    "EAPG",
    "CDT",
    "RC",
    "CDM",
    "CMG",
    "MS-LTC-DRG",
    "CSTM-ALL",
]


@pytest.mark.parametrize(
    ("kind", "published", "system", "code"),
    [
        ("HCPCS", "32557", "cpt", "32557"),
        ("CPT", "32557", "cpt", "32557"),
        (" hcpcs ", "0042t", "cpt", "0042T"),
        ("CPT", "J1100", "hcpcs", "J1100"),
        ("HCPCS", "j1100", "hcpcs", "J1100"),
        ("MS-DRG", "64", "ms-drg", "064"),
        ("Ms - Drg", "470", "ms-drg", "470"),
        ("MS-LTC-DRG", "9", "ms-ltc-drg", "009"),
        ("DRG", "64", "drg", "64"),
        ("APR-DRG", "194-3", "apr-drg", "194-3"),
        ("RC", "361", "rc", "0361"),
        ("APC", "05501", "apc", "5501"),
        ("NDC", "0781-1943-39", "ndc", "00781194339"),
        ("CDT", "d0120", "cdt", "D0120"),
        ("ICD", "0w9b30z", "icd", "0W9B30Z"),
        ("CDM", "40a-1", "cdm", "40a-1"),
        ("LOCAL", "x1", "local", "x1"),
        ("CSTM-ALL", "CSTM-00", "custom", "CSTM-00"),
        ("CPT", "cstm-00", "cpt", "CSTM-00"),
        ("MS-DRG", "CSTM-00", "ms-drg", "CSTM-00"),
        ("RC", "CSTM-00", "rc", "CSTM-00"),
    ],
)
def test_a_code_is_named_once(kind: str, published: str, system: str, code: str) -> None:
    assert normalise(kind, published) == NormalisedCode(system, code, kind, published, None)


@pytest.mark.parametrize(
    ("kind", "published"),
    [
        ("HCPCS", "ALLSK"),
        ("CPT", "32557-26"),
        ("MS-DRG", "J1100"),
        ("MS-DRG", "0470"),
        ("RC", "36X"),
        ("NDC", "781194339"),
        ("APC", "123456"),
        ("CPT", "３２５５７"),
        ("CPT", ""),
    ],
)
def test_a_malformed_code_is_kept_as_written_under_local(kind: str, published: str) -> None:
    """Rule F005. ALLSK stands in a real file as a HCPCS code."""
    assert normalise(kind, published) == NormalisedCode("local", published, kind, published, "F005")


@pytest.mark.parametrize(
    ("kind", "system"),
    [
        ("Supply", "supply"),
        ("Rev. Code", "revcode"),
        ("C.P.T.", "x-cpt"),
        ("custom", "x-custom"),
        ("A" * 40, "a" * 20),
        ("", "local"),
        (None, "local"),
        ("測試", "local"),
    ],
)
def test_an_unknown_type_keeps_its_own_name(kind: str | None, system: str) -> None:
    """Rule F004. C.P.T. is no type of the templates: its codes must not stand with CPT codes."""
    assert normalise(kind, "Ab1") == NormalisedCode(system, "Ab1", kind, "Ab1", "F004")


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_the_templates_is_known(kind: str) -> None:
    assert normalise(kind, "CSTM-00").problem is None
    assert normalise(kind.lower(), "CSTM-00").system in SYSTEMS


def test_a_hospitals_own_numbers_keep_their_case() -> None:
    assert normalise("CDM", "12a").code != normalise("CDM", "12A").code


@pytest.mark.parametrize(
    ("stated", "main"),
    [
        ([("CDM", "17"), ("RC", "361"), ("HCPCS", "32557")], ("cpt", "32557")),
        ([("HCPCS", "J1100"), ("CPT", "32557")], ("cpt", "32557")),
        ([("NDC", "63323069210"), ("HCPCS", "J1100")], ("hcpcs", "J1100")),
        ([("DRG", "470"), ("APR-DRG", "302"), ("MS-DRG", "470")], ("ms-drg", "470")),
        ([("APC", "5181"), ("DRG", "470")], ("drg", "470")),
        ([("RC", "361"), ("NDC", "63323069210")], ("ndc", "63323069210")),
        ([("CDM", "17"), ("LOCAL", "a"), ("RC", "361")], ("rc", "0361")),
        ([("Supply", "a"), ("CDM", "17")], ("cdm", "17")),
        ([("CPT", "32557"), ("CPT", "32556")], ("cpt", "32557")),
        ([("CPT", "nonsense"), ("RC", "361")], ("rc", "0361")),
    ],
)
def test_the_code_to_compare_by(stated: list[tuple[str, str]], main: tuple[str, str]) -> None:
    found = comparable([normalise(*code) for code in stated])
    assert found is not None
    assert found[:2] == main


def test_an_item_without_codes_has_none_to_compare_by() -> None:
    assert comparable([]) is None


def test_the_order_of_systems_is_the_documented_one() -> None:
    drgs = [
        "ms-drg",
        "apr-drg",
        "ms-ltc-drg",
        "ap-drg",
        "aps-drg",
        "r-drg",
        "s-drg",
        "tris-drg",
        "drg",
    ]
    rest = ["apc", "eapg", "cdt", "hipps", "cmg", "ndc", "icd", "rc", "local", "cdm", "custom"]
    assert list(SYSTEMS) == ["cpt", "hcpcs", *drgs, *rest]


kinds = st.sampled_from(TYPES) | st.none() | st.text(max_size=30)
codes = st.text(max_size=30) | st.from_regex(r"[A-Za-z]?[0-9]{1,5}[A-Za-z]?", fullmatch=True)


@given(kinds, codes)
def test_no_text_raises_and_nothing_published_is_lost(kind: str | None, code: str) -> None:
    found = normalise(kind, code)
    assert (found.published_type, found.published_code) == (kind, code)
    assert found.problem in (None, "F004", "F005")
    assert 0 < len(found.system) <= 20


@given(kinds, codes)
def test_normalising_twice_changes_nothing(kind: str | None, code: str) -> None:
    once = normalise(kind, code)
    twice = normalise(kind, once.code)
    assert (twice.system, twice.code, twice.problem) == (once.system, once.code, once.problem)


@given(st.sampled_from(TYPES), codes)
def test_case_and_spaces_of_the_type_change_nothing(kind: str, code: str) -> None:
    spaced = f" {' '.join(kind).lower()} "
    assert normalise(spaced, code)[:2] == normalise(kind, code)[:2]


@given(kinds, codes)
def test_a_code_in_cpt_or_hcpcs_has_that_form(kind: str | None, code: str) -> None:
    found = normalise(kind, code)
    if found.system in ("cpt", "hcpcs") and found.code != "CSTM-00":
        assert len(found.code) == 5
        assert found.code.isascii()
        assert found.code[1:4].isdigit()
        assert found.code[0].isdigit() is (found.system == "cpt")


def test_very_long_text_is_kept_whole() -> None:
    long = "9" * 1_000_000
    found = normalise("CPT", long)
    assert (found.system, found.code, found.problem) == ("local", long, "F005")
    assert normalise(long, "1").system == "9" * 20


@given(kinds, codes | st.from_regex(r"[ -~]{1,12}", fullmatch=True))
def test_a_code_of_a_plain_form_is_left_as_it_stands(kind: str | None, code: str) -> None:
    table = pa.array([code])
    matches = [
        s for s, form in plain_forms(kind) if pc.match_substring_regex(table, form)[0].as_py()
    ]
    if matches:
        assert normalise(kind, code) == (matches[0], code, kind, code, None)


@pytest.mark.parametrize(
    ("kind", "code", "system"),
    [
        ("CPT", "32557", "cpt"),
        ("HCPCS", "0042T", "cpt"),
        ("hcpcs", "J1100", "hcpcs"),
        ("RC", "0361", "rc"),
        ("NDC", "00781194339", "ndc"),
        ("CDM", "a1 b", "cdm"),
    ],
)
def test_usual_codes_have_a_plain_form(kind: str, code: str, system: str) -> None:
    found = [s for s, form in plain_forms(kind) if re.match(form, code)]
    assert found == [system]


@pytest.mark.parametrize(
    ("kind", "code"), [("RC", "361"), ("CPT", "j1100"), ("CDM", " 17"), ("ICD", "a01"), ("X", "1")]
)
def test_what_normalising_changes_or_names_has_none(kind: str, code: str) -> None:
    assert not [s for s, form in plain_forms(kind) if re.match(form, code)]
