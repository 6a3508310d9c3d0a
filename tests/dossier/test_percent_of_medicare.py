"""Section 5 and the percent of Medicare of each kind of price, or why there is none (M07)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from market_lakes import Described, PfsRow, PriceFile, Rate, write
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.build import build
from ratepress.dossier.model import Dossier

AS_OF = date(2026, 7, 15)
PFS = (
    PfsRow("32557", "", Decimal("3.04"), Decimal("16.03"), Decimal("0.50"), Decimal("0.33")),
    # (1.44 + 4.35 + 0.06) x 33.4009 = 195.40 whole; (1.44 + 0.53 + 0.06) x 33.4009 = 67.80.
    PfsRow("70551", "", Decimal("1.44"), Decimal("4.35"), None, Decimal("0.06"), pctc="1"),
    PfsRow(
        "70551", "26", Decimal("1.44"), Decimal("0.53"), Decimal("0.53"), Decimal("0.06"), pctc="1"
    ),
)
RATES = (
    ("OPPS", "32557", Decimal("1608.25")),
    ("ASC", "32557", Decimal("649.99")),
    ("IPPS", "470", Decimal("1.9289")),
    ("CLFS", "80053", Decimal("10.56")),
)


def made(root: Path, code: str = "cpt:32557", *, loaded: bool = True, **fields: object) -> Dossier:
    """A page over three hospitals that state a price of 3,216.50 each, unless `fields` differ."""
    system, _, name = code.partition(":")
    stated = {"dollars": Decimal("3216.50"), "billing_class": "facility", **fields}
    files = tuple(
        PriceFile(
            f"file {n}", AS_OF, (Rate(code_system=system, code=name, **stated),), (f"H{n}", "GA")
        )
        for n in range(3)
    )
    lake = write(root / "lake", Described(files, PFS, (), RATES if loaded else ()))
    (dossier,) = build(lake, [code], as_of=AS_OF)
    return dossier


def percent(dossier: Dossier) -> Fact | Gap:
    """The cell of the only comparison key's row that states the percent of Medicare."""
    (table,) = (t for t in dossier.section("benchmarks").tables if t.id == "all-payers")
    (row,) = table.rows
    cell = row.cells[-2]
    assert isinstance(cell, Fact | Gap)
    return cell


@pytest.mark.parametrize(
    ("code", "fields", "value"),
    [
        ("cpt:32557", {}, "200.0"),  # 3,216.50 over 1,608.25
        ("cpt:32557", {"places": ("24",)}, "494.9"),  # over 649.99
        ("cpt:32557", {"billing_class": "professional", "places": ("22",)}, "2488.4"),  # 129.26
        ("ms-drg:470", {"setting": "inpatient", "dollars": Decimal(28072)}, "200.0"),  # 14,036.14
        ("cpt:80053", {"dollars": Decimal("21.12")}, "200.0"),  # 10.56
        ("cpt:80053", {"dollars": Decimal("21.12"), "billing_class": "professional"}, "200.0"),
    ],
)
def test_each_kind_of_price_is_compared_with_its_own_schedule(
    tmp_path: Path, code: str, fields: dict[str, object], value: str
) -> None:
    found = percent(made(tmp_path, code, **fields))
    assert isinstance(found, Fact), found
    assert (found.value, found.rules) == (Decimal(value), ("M07",))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"setting": "inpatient"}, "pays a stay by its MS-DRG"),
        ({"setting": None}, "states no setting"),
        ({"places": ("22", "24")}, "surgical centers and others"),
        ({"places": ("11",)}, "pays no facility for"),
        ({"places": ("21",)}, "neither an outpatient hospital nor a surgical center"),
        ({"billing_class": None}, "billing class is not stated"),
        ({"billing_class": "professional"}, "place of service is not stated"),
        ({"price_unit": "day"}, "per day"),
        ({"drug_unit": Decimal(10), "drug_unit_type": "ME"}, "unit of a drug"),
        ({"modifiers": ("59",)}, "without modifier 59"),
        ({"code": "cpt:70551"}, "70551 is not in Addendum B"),
        ({"loaded": False}, "no OPPS Addendum B of 2026 is loaded"),
        ({"loaded": False, "places": ("24",)}, "no ASC Addenda AA and BB"),
    ],
)
def test_a_price_without_a_percent_says_why(
    tmp_path: Path, fields: dict[str, object], why: str
) -> None:
    code = str(fields.pop("code", "cpt:32557"))
    found = percent(made(tmp_path, code, **fields))  # type: ignore[arg-type]
    assert isinstance(found, Gap)
    assert why in found.why
    assert found.which_source_would_fill_it


def test_a_stay_without_a_table_says_so(tmp_path: Path) -> None:
    found = percent(made(tmp_path, "ms-drg:470", setting="inpatient", loaded=False))
    assert isinstance(found, Gap)
    assert "no IPPS Table 5 of fiscal year 2026" in found.why


def test_the_section_adds_up_what_a_visit_comes_to(tmp_path: Path) -> None:
    """1,608.25 + 129.26 = 1,737.51; 649.99 + 129.26 = 779.25."""
    section = made(tmp_path).section("medicare")
    said = " ".join(sentence.text for sentence in section.sentences)
    assert "the facility $1,608.25 and the practitioner $129.26, together $1,737.51" in said
    assert "together $779.25" in said
    labels = {one.label: one.cell for one in section.facts}
    assert labels["Medicare surgical center rate"].text == "$649.99"  # type: ignore[union-attr]
    (years,) = (t for t in section.tables if t.id == "medicare-years")
    assert [[cell.value for cell in row.cells if isinstance(cell, Fact)] for row in years.rows] == [
        [Decimal("129.26"), Decimal("647.98"), Decimal("1608.25"), Decimal("649.99")]
    ]


def test_a_drg_has_its_arithmetic(tmp_path: Path) -> None:
    section = made(tmp_path, "ms-drg:470", setting="inpatient").section("medicare")
    (table,) = (t for t in section.tables if t.id == "arithmetic-ipps")
    values = [cell.value for row in table.rows for cell in row.cells if isinstance(cell, Fact)]
    assert {"13,025.11", "1,011.03", "14,036.14"} <= set(values)


def test_a_facility_that_is_not_loaded_is_a_gap_of_the_section(tmp_path: Path) -> None:
    gaps = {gap.what: gap for gap in made(tmp_path, loaded=False).section("medicare").gaps}
    assert (
        "no OPPS Addendum B of 2026"
        in gaps["Medicare hospital outpatient rate (OPPS) for 32557"].why
    )


SCAN = {"billing_class": "professional", "dollars": Decimal("390.80")}
IN_PARTS = (
    "the place of service is not stated: in a hospital Medicare pays the practitioner the "
    "professional part, elsewhere the whole service"
)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        # A hospital's price of a scan without a place: of which part is not known.
        ({"setting": "inpatient"}, IN_PARTS),
        ({"setting": "outpatient"}, IN_PARTS),
        # Without a setting too it is the whole service's, which is priced in one site: 195.40.
        ({"setting": None}, "200.0"),
        ({"setting": "outpatient", "places": ("11",)}, "200.0"),
        ({"setting": "outpatient", "modifiers": ("26",)}, "576.4"),  # over 67.80
    ],
)
def test_a_hospitals_price_of_a_scan_is_not_of_the_whole_service(
    tmp_path: Path, fields: dict[str, object], found: str
) -> None:
    cell = percent(made(tmp_path, "cpt:70551", **SCAN, **fields))
    assert (str(cell.value) if isinstance(cell, Fact) else cell.why) == found
