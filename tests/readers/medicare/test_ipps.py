"""Files of inpatient payment: wage indices by hospital and by area, of every form CMS uses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from ipps_layouts import (
    COBOL_AREAS,
    COBOL_DRGS,
    COBOL_RATES,
    PRICER_AREAS,
    TABLE_2,
    TABLE_3,
    providers,
)
from ratepress.core.errors import UnreadableInput
from ratepress.readers.add import add


def rows(lake, table, columns):
    return lake.connect().sql(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()


def test_table_2_is_read_by_header_names_whatever_footnotes_they_carry(lake, load_medicare):
    content = load_medicare(TABLE_2)
    assert (content.read, content.loaded, content.release) == (4, 4, "FY2026")
    assert (content.effective_from, content.effective_until) == (
        date(2025, 10, 1),
        date(2026, 9, 30),
    )
    columns = "ccn, wage_index, transition_index, geographic_cbsa, payment_cbsa, out_migration"
    assert rows(lake, "ipps_wage_hospitals", columns) == [
        ("010001", Decimal("0.71"), None, "20020", None, None),
        ("010005", Decimal("0.69"), Decimal("0.73"), "01", None, Decimal("0.004")),
        ("050008", Decimal("1.8"), None, "41884", None, None),
        ("330001", None, None, "28880", "35614", None),
    ]


def test_table_3_has_a_row_for_each_state_of_an_area(lake, load_medicare):
    content = load_medicare(TABLE_3)
    assert (content.read, content.loaded, content.release) == (5, 5, "FY2026")
    columns = "cbsa, state, wage_index, gaf, reclassified_wage_index, rural_floor"
    assert rows(lake, "ipps_wage_areas", columns)[1:3] == [
        ("04", "AR", Decimal("0.6964"), Decimal("0.7805"), None, Decimal("0.6964")),
        ("04", "LA", None, None, Decimal("0.6964"), None),
    ]


def test_a_proposed_table_answers_for_no_day(lake, load_medicare):
    content = load_medicare(TABLE_3.replace(b"Table 3- WAGE", b"Table 3- PROPOSED WAGE"))
    assert (content.release, content.effective_from) == ("FY2026 proposed", None)
    found = lake.connect().sql("SELECT count(*) FROM problems WHERE rule_id = 'F360'").fetchall()
    assert found == [(1,)]


def test_the_pricers_table_writes_no_index_as_zero(lake, load_medicare):
    content = load_medicare(PRICER_AREAS)
    assert (content.read, content.loaded, content.release) == (6, 6, "FY2026")
    columns = "cbsa, release, effective_from, wage_index, rural_floor"
    assert rows(lake, "ipps_wage_areas", columns)[-2:] == [
        ("31", "FY2026", date(2025, 10, 1), None, Decimal("1.15")),
        ("39", "FY2026", date(2025, 10, 1), Decimal("0.92"), None),
    ]


def test_each_row_of_the_cobol_table_has_the_fiscal_year_of_its_own_date(lake, load_medicare):
    content = load_medicare(COBOL_AREAS, "CBSA212.txt")
    assert (content.read, content.loaded, content.release) == (6, 6, "by row")
    columns = "cbsa, release, size, wage_index, rural_floor, area_name"
    assert rows(lake, "ipps_wage_areas", columns) == [
        ("01", "FY2021", None, Decimal("0.6671"), None, "ALABAMA"),
        ("05", "FY2021", None, Decimal("1.2753"), Decimal("1.2753"), "CALIFORNIA"),
        ("1038*", "FY2016", None, Decimal("0.931"), None, "Aguadilla-Isabela, PR"),
        ("12540", "FY2020", None, Decimal("1.15"), None, "Bakersfield, CA"),
        ("12540", "FY2021", None, Decimal("1.1806"), None, "Bakersfield, CA"),
        ("31084", "FY2021", "L", Decimal("1.2895"), None, "Los Angeles-Long Beach-Glendale, CA"),
    ]


def test_the_outpatient_impact_file_is_named_for_its_year(lake, load_medicare):
    file = b"Provider Number,Provider Name,Post Reclassification Wage Index\n10001,A,0.71\n"
    content = load_medicare(file, "2026 NFRM OPPS Impact File.csv")
    assert content.release == "2026"
    assert rows(lake, "opps_wage_hospitals", "ccn, wage_index") == [("010001", Decimal("0.71"))]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b"0.6671", b"0.6671", None),
        (b"010001", b"01-001", "F304"),
        (b"\t20020\t", b"\t2002\t", "F304"),
        (b"0.7100", b"x", "F302"),
        (b"050008", b"010001", "F303"),
    ],
)
def test_rows_that_cannot_be_read_are_counted(load_medicare, old, new, rule):
    content = load_medicare(TABLE_2.replace(old, new))
    assert [s.reason for s in content.set_aside] == ([] if rule is None else [rule])
    assert content.loaded == 4 - len(content.set_aside)


@pytest.mark.files
def test_every_line_of_the_real_table_is_loaded(data_folder, load_medicare):
    # 7,804 lines by `wc -l`, 460 of them of 1 October 2020 by `grep -c 20201001`.
    content = load_medicare(data_folder / "medicare/ipps/fy2021/CBSA212.txt")
    assert (content.read, content.loaded) == (7_804, 7_804)


def test_the_weights_of_the_pricers_copybook_have_no_points(lake, load_medicare):
    content = load_medicare(COBOL_DRGS, "DRGSX211.cpy")
    assert (content.read, content.loaded, content.release) == (3, 3, "FY2021")
    columns = "drg, weight, geometric_days, arithmetic_days, is_post_acute, is_special_pay"
    assert rows(lake, "ipps_drgs", columns)[:2] == [
        ("003", Decimal("18.9911"), Decimal("22.4"), Decimal("30.2"), "Y", None),
        ("470", Decimal("1.9"), Decimal("2"), Decimal("2.4"), "Y", "Y"),
    ]


def test_the_rates_of_the_pricers_copybook_are_in_cents(lake, load_medicare):
    content = load_medicare(COBOL_RATES, "RATEX213.cpy")
    assert (content.read, content.loaded, content.release) == (8, 8, "FY2021")
    columns = "table_number, scope, labor, nonlabor, effective_from"
    found = rows(lake, "ipps_amounts", columns)
    assert ("tab3", "nat", Decimal("3696.01"), Decimal("2265.30"), date(2020, 10, 1)) in found
    assert ("tab1", "pr", None, None, date(2020, 10, 1)) in found


@pytest.mark.parametrize(
    ("old", "new", "set_aside"),
    [(b"0407157", b"040715", 2), (b"' 0369601", b"  0369601", 2), (b"TB4", b"TB4", 0)],
)
def test_amounts_that_are_not_where_they_should_be_are_counted(load_medicare, old, new, set_aside):
    content = load_medicare(COBOL_RATES.replace(old, new), "RATEX213.cpy")
    assert sum(s.count for s in content.set_aside) == set_aside
    assert content.read == 8


def test_rates_without_a_date_are_refused(load_medicare):
    with pytest.raises(UnreadableInput, match="no date stands before"):
        load_medicare(COBOL_RATES.replace(b"20201001", b"XXXXXXXX"), "RATEX213.cpy")


def test_severity_lists_are_dated_by_their_name(lake, load_medicare):
    file = b"TABLE 6I - COMPLETE MCC LIST\nDiagnosis Code\tDescription\nA021\tOwn words\nx\tno\n"
    content = load_medicare(file, "Table6I_FY2026_mcc_list.txt")
    assert (content.read, content.loaded, content.release) == (2, 1, "FY2026")
    assert rows(lake, "ipps_severities", "severity, diagnosis") == [("MCC", "A02.1")]


def test_a_provider_has_a_record_for_each_change(lake, load_medicare):
    one = {
        "providerCcn": "10001",
        "effectiveDate": "20251001",
        "terminationDate": "00000000",
        "internsToBedsRatio": "0.25",
        "vbpAdjustment": "1.00123456789",
        "specialWageIndex": "0",
    }
    content = load_medicare(providers(one, {**one, "effectiveDate": "2026-01-01"}, one))
    assert (content.read, content.loaded) == (3, 2)
    assert [s.reason for s in content.set_aside] == ["F303"]
    columns = "ccn, record_from, terminated_on, interns_to_beds, vbp_factor, special_wage_index"
    assert rows(lake, "ipps_providers", columns) == [
        ("010001", day, None, Decimal("0.25"), Decimal("1.00123456789"), None)
        for day in (date(2025, 10, 1), date(2026, 1, 1))
    ]


# Counted with grep, apart from the reader: lines that begin with a DRG or a diagnosis.
REAL = [
    ("fy2021/DRGSX211.cpy", "ipps_drgs", 767),
    ("fy2021/RATEX213.cpy", "ipps_amounts", 48),
    ("Table6I_FY2026_mcc_list.txt", "ipps_severities", 3_354),
    ("Table6J_FY2026_cc_list.txt", "ipps_severities", 15_078),
]


@pytest.mark.files
@pytest.mark.parametrize(("name", "table", "loaded"), REAL)
def test_the_real_files_of_inpatient_payment(data_folder, load_medicare, name, table, loaded):
    assert load_medicare(data_folder / "medicare/ipps" / name).rows[table] == loaded


def test_a_workbook_says_what_the_text_says(lake, tmp_path):
    """CMS ships Tables 2 and 3 as worksheets too; a spreadsheet takes a CCN for a number."""
    book = openpyxl.Workbook()
    cells = [line.split("\t") for line in TABLE_2.decode().replace('"', "").splitlines()]
    for row in cells:
        book.active.append([_as_typed(text) for text in row])
    book.save(tmp_path / "Table 2.xlsx")
    (tmp_path / "Table 2.txt").write_bytes(TABLE_2)
    columns = "ccn, wage_index, transition_index, geographic_cbsa, payment_cbsa, out_migration"
    found = {}
    for name in ("Table 2.xlsx", "Table 2.txt"):
        content = add(lake, tmp_path / name).content
        where = f"ipps_wage_hospitals WHERE content_id = '{content.content_id}'"
        found[name] = (content.read, content.release, rows(lake, where, columns))
    assert found["Table 2.xlsx"] == found["Table 2.txt"]


def _as_typed(text):
    bare = text.strip()
    return float(bare) if bare.replace(".", "", 1).isdigit() and "." in bare else bare or None
