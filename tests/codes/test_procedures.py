"""CPT, HCPCS Level II, CDT and modifiers: what is one, and what only looks like one.

Forms are those of the code sets; the `files` tests hold them to every code of Medicare's lists.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ratepress.codes.procedures import Cdt, Cpt, Hcpcs, Modifier
from ratepress.core.errors import UsageError


@pytest.mark.parametrize(
    ("published", "kind"),
    [
        ("32557", "category I"),
        ("0001F", "category II"),
        ("0042t", "category III"),
        ("0055U", "proprietary laboratory"),
        ("0002M", "MAAA"),
        ("0001A", "immunization"),
        (" 99213 ", "category I"),
    ],
)
def test_each_kind_of_cpt_code_is_known_by_its_form(published: str, kind: str) -> None:
    code = Cpt.parse(published)
    assert str(code) == published.strip().upper()
    assert kind in code.explain()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3255",
        "325570",
        "J1100",
        "32557-26",
        "99213 25",
        "0001B",
        "３２５５７",
        "32 557",
        "3255O",
    ],
)
def test_what_is_no_cpt_code_is_refused(text: str) -> None:
    """The full-width digits are digits to Unicode, and no code."""
    assert not Cpt.is_valid(text)
    with pytest.raises(UsageError, match="32557, 0042T"):
        Cpt.parse(text)


@pytest.mark.parametrize("text", ["32557", "J110", "J11000", "W1234", "I1234", "ſ1100", "J-1100"])
def test_what_is_no_level_ii_code_is_refused(text: str) -> None:
    """The long s becomes an S in capitals: no code is meant by it."""
    assert not Hcpcs.is_valid(text)


def test_a_level_ii_code_says_its_chapter() -> None:
    assert "durable medical equipment" in Hcpcs.parse("E0601").explain()


def test_a_cdt_code_begins_with_d() -> None:
    assert Cdt.normalise("d0120") == "D0120"
    assert Cdt.normalise("J0120") is None


@pytest.mark.parametrize(
    ("text", "whose"), [("26", "CPT"), ("P3", "CPT"), ("TC", "CMS"), ("x1", "CMS")]
)
def test_a_modifier_says_who_keeps_it(text: str, whose: str) -> None:
    assert f"{whose}" in Modifier.parse(text).explain()
    assert ("American Medical" in Modifier.parse(text).explain()) is (whose == "CPT")


@pytest.mark.files
def test_every_code_of_the_fee_schedule_is_cpt_or_level_ii(data_folder: Path) -> None:
    path = data_folder / "medicare/pfs/PPRRVU2026_Jul_nonQPP.redacted.csv"
    with path.open(encoding="cp1252", newline="") as text:
        rows = list(csv.reader(text))
    start = next(i for i, row in enumerate(rows) if row and row[0] == "HCPCS")
    codes = {row[0] for row in rows[start + 1 :] if row and row[0].strip("\x1a ")}
    assert len(codes) > 15_000
    # GXXX1 is a row that CMS left in this release as a placeholder.
    assert {c for c in codes if Cpt.is_valid(c) + Hcpcs.is_valid(c) != 1} == {"GXXX1"}


@pytest.mark.files
def test_every_level_ii_code_and_no_modifier_of_medicares_list_is_level_ii(
    data_folder: Path,
) -> None:
    path = data_folder / "medicare/terminology/tuva_terminology__hcpcs_level_2.csv"
    with path.open(encoding="utf-8-sig", newline="") as text:
        listed = {row["hcpcs"] for row in csv.DictReader(text)}
    codes = {c for c in listed if len(c) == 5}
    assert len(codes) > 7_000
    assert {c for c in codes if not Hcpcs.is_valid(c)} == set()
    modifiers = listed - codes
    assert {c for c in modifiers if not Modifier.is_valid(c)} == set()
    assert not [c for c in modifiers if Hcpcs.is_valid(c)]


@pytest.mark.files
def test_every_laboratory_code_is_cpt_or_level_ii(data_folder: Path) -> None:
    with (data_folder / "medicare/terminology/clfs_numbers_only.csv").open(newline="") as text:
        codes = {row["hcpcs"] for row in csv.DictReader(text)}
    assert {c for c in codes if not Cpt.is_valid(c) and not Hcpcs.is_valid(c)} == set()


@pytest.mark.files
def test_every_modifier_of_the_list_tells_cpt_from_level_ii(data_folder: Path) -> None:
    with (data_folder / "medicare/terminology/modifier_codes_only.csv").open(newline="") as text:
        rows = list(csv.DictReader(text))
    # The list calls P1 to P6 HCPCS; they are defined in CPT's anesthesia guidelines.
    for row in (r for r in rows if not r["modifier"].startswith("P") or r["modifier"][1] > "6"):
        is_cpt = "American Medical" in Modifier.parse(row["modifier"]).explain()
        assert is_cpt is (row["type"] == "CPT"), row
