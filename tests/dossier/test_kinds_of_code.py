"""A page says what holds for its kind of code: a drug, a visit, a stay, a code without prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from lake_rows import put
from market_lakes import Described, PfsRow, PriceFile, Rate, write
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.build import build
from ratepress.dossier.model import DataTable, Dossier
from ratepress.lake.store import Lake
from stated_numbers import unfounded

AS_OF = date(2026, 7, 15)
NOTHING = Decimal(0)
VISIT = PfsRow("99213", "", Decimal("1.30"), Decimal("1.46"), Decimal("0.33"), Decimal("0.09"))
DRUG = PfsRow("J9312", "", NOTHING, NOTHING, NOTHING, NOTHING, status="E")
DRAIN = PfsRow("32557", "", Decimal("3.04"), Decimal("16.03"), Decimal("0.50"), Decimal("0.33"))
RATES = (("ASC", "J9312", Decimal("73.278")), ("IPPS", "470", Decimal("1.9289")))


def lake_of(root: Path, *prices: Rate, hospitals: int = 3) -> Lake:
    files = tuple(
        PriceFile(f"file {n}", AS_OF, prices, (f"H{n}", "GA"))
        for n in range(hospitals if prices else 0)
    )
    return write(root / "lake", Described(files, (VISIT, DRUG, DRAIN), (), RATES))


def made(root: Path, code: str, *prices: Rate) -> Dossier:
    return build(lake_of(root, *prices), [code], as_of=AS_OF)[0]


def drug(dollars: str = "11234.19") -> Rate:
    return Rate(
        "J9312", "hcpcs", dollars=Decimal(dollars), billing_class="facility",
        drug_unit=Decimal(50), drug_unit_type="ML",
    )  # fmt: skip


def table(dossier: Dossier, section: str, table_id: str) -> DataTable:
    return next(t for t in dossier.section(section).tables if t.id == table_id)


def gap(dossier: Dossier, section: str, what: str) -> Gap:
    return next(g for g in dossier.section(section).gaps if g.what == what)


def test_a_drug_opens_with_what_medicare_pays_for_it(tmp_path: Path) -> None:
    """The physician fee schedule has no amount of it; 73.278 is 73.28 half up to the cent."""
    first, *rest = [s.text for s in made(tmp_path, "J9312", drug()).section("summary").sentences]
    assert first == "Medicare pays a surgical center $73.28 for one unit of the code, nationally."
    assert [text.split(":")[0] for text in rest[:2]] == ["Modifier JZ", "Modifier JW"]


def test_a_price_for_units_of_a_drug_counts_and_the_page_does_not_deny_it(tmp_path: Path) -> None:
    """Three hospitals state it, so there are percentiles: what lacks is a price by the service."""
    dossier = made(tmp_path, "J9312", drug())
    (row,) = table(dossier, "benchmarks", "all-payers").rows
    assert row.label == "Facility, outpatient, fee schedule, per 50 ML"
    assert gap(dossier, "benchmarks", "Commercial benchmark").why == (
        "commercial prices count and stand in the tables, but none is a dollar price of the "
        "unmodified service by the service or the case: they are per 50 ML"
    )
    (chart,) = dossier.section("benchmarks").charts
    assert chart.finding.text == "Commercial, per 50 ML: every price is $11,234.19"
    assert unfounded(chart.finding) == []


@pytest.mark.parametrize(("code", "has"), [("J9312", False), ("99213", False), ("32557", True)])
def test_only_a_procedure_has_a_global_package(tmp_path: Path, code: str, has: bool) -> None:
    found = made(tmp_path, code).section("coding").tables
    assert ("global-period" in {t.id for t in found}) is has


def test_a_visit_opens_with_the_modifiers_of_visits(tmp_path: Path) -> None:
    said = [s.text.split(":")[0] for s in made(tmp_path, "99213").section("coding").sentences]
    assert said == ["Modifier 25", "Modifier 57"]


def test_a_stay_is_asked_nothing_that_belongs_to_procedures(tmp_path: Path) -> None:
    dossier = made(tmp_path, "ms-drg:470")
    coding = dossier.section("coding")
    assert [(g.what, g.why) for g in coding.gaps] == [
        ("Modifiers, units and edits", "they go by CPT and HCPCS codes, not by MS-DRGs")
    ]
    assert "not for MS-DRGs" in gap(dossier, "policy", "Medicare coverage").why


def test_a_relative_value_has_no_meaning_beside_it(tmp_path: Path) -> None:
    rows = {r.label: r.cells for r in table(made(tmp_path, "32557"), "coding", "indicators").rows}
    value, meaning = rows["Work"]
    assert (isinstance(value, Fact) and value.value, meaning) == ("3.04", None)
    assert rows["Status"][1] is not None


def test_without_prices_no_gap_speaks_of_votes(tmp_path: Path) -> None:
    found = {g.what for g in made(tmp_path, "32557").section("benchmarks").gaps}
    assert found == {"Commercial benchmark", "Your rates"}


def test_lines_of_business_are_written_as_names(tmp_path: Path) -> None:
    stated = (
        Rate(dollars=Decimal(100), line_of_business="medicare advantage"),
        Rate(dollars=Decimal(90), line_of_business="unknown"),
    )
    dossier = made(tmp_path, "32557", *stated)
    (row,) = table(dossier, "payers", "payers").rows
    assert isinstance(row.cells[0], Fact)
    assert row.cells[0].value == "Medicare Advantage, not stated"
    chart = dossier.section("benchmarks").charts[0]
    assert chart.note is not None
    assert chart.note.startswith("Prices for Medicare Advantage, professional, outpatient")


def test_specialties_stand_where_the_utilisation_file_names_the_code(tmp_path: Path) -> None:
    """Two radiologists with three places in all, and one surgeon: 2 of 3 are 66.7%."""
    lake = lake_of(tmp_path)

    def billed(npi: str, specialty: str, place: str, services: str) -> dict[str, object]:
        return {
            "npi": npi, "provider_type": specialty, "code": "32557", "place": place,
            "n_services": Decimal(services),
        }  # fmt: skip

    rows = [
        billed("1", "Diagnostic Radiology", "F", "20"),
        billed("1", "Diagnostic Radiology", "O", "11.5"),
        billed("2", "Diagnostic Radiology", "F", "30"),
        billed("3", "Thoracic Surgery", "F", "12"),
    ]
    put(
        lake,
        "utilisation",
        {"utilisation": [{**row, "row_number": n} for n, row in enumerate(rows)]},
    )
    (dossier,) = build(lake, ["32557"], as_of=AS_OF)
    found = table(dossier, "coding", "billed-by").rows
    assert [(r.label, *(c.value for c in r.cells if isinstance(c, Fact))) for r in found] == [
        ("Diagnostic Radiology", 2, Decimal("66.7"), 62),
        ("Thoracic Surgery", 1, Decimal("33.3"), 12),
    ]
    (other,) = build(lake, ["99213"], as_of=AS_OF)
    assert "no row of the utilisation file" in gap(other, "coding", "Specialties that bill it").why


def test_a_lake_without_the_utilisation_file_says_so(tmp_path: Path) -> None:
    why = gap(made(tmp_path, "32557"), "coding", "Specialties that bill it").why
    assert why == "no utilisation file by provider is loaded"


def test_a_code_without_an_amount_opens_with_why(tmp_path: Path) -> None:
    """A tray is bundled: nobody asks whether it has a professional part or two sides."""
    tray = PfsRow("A4550", "", NOTHING, NOTHING, NOTHING, NOTHING, status="B")
    lake = write(tmp_path / "lake", Described((), (tray,)))
    said = [s.text for s in build(lake, ["A4550"], as_of=AS_OF)[0].section("summary").sentences]
    assert said[0] == (
        "Medicare's schedules have no national amount for it: status B, bundled: its payment is "
        "always part of the payment for another service."
    )
