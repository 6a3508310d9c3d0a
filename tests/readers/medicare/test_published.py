"""The families of Medicare's tables: small files in the published layouts, and the real ones."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from ratepress.core.errors import UnreadableInput
from ratepress.readers.catalogue import READERS
from ratepress.readers.medicare.families import families
from ratepress.readers.medicare.readers import TABLE_READERS
from ratepress.readers.source import Source

ADDENDUM_B = (
    b"\tAddendum B.-- OPPS Payment by HCPCS Code for CY 2025\t\t\t\t\t\n"
    b'\t"A notice\nover two lines, quoted"\t\t\t\t\t\n'
    b"HCPCS Code\tShort Descriptor\t CI\t SI\t APC \tRelative Weight\tPayment Rate\n"
    b'32557\tOWN WORDS\t\tJ1\t5182\t17.4213\t"$1,553.44"\n'
    b"00100\tOWN WORDS\t\tN\t\t\t\n"
)
ADDENDUM_AA = (
    b'"Addendum AA -- ASC Covered Surgical Procedures for CY 2026\n(more)",,,,,,\n'
    b"HCPCS Code,,Short Descriptor,Subject to Multiple Procedure Discounting,"
    b"July 2026 Payment Indicator,July 2026  Payment Weight  ,July 2026 Payment Rate \n"
    b"32557,,OWN WORDS,Y,G2,11.5406,649.99\n"
    b"NOTE 1: a footnote,,,,,,\n"
)
FF = (
    b"Addendum FF -- ASC Device Offset Percentages for CY 2026,,,,,,,,\n"
    b"HCPCS Code,,Short Descriptor,July 2026 Payment Indicator,July 2026 APC,"
    b"July 2026 APC Device Offset Percentage,July 2026 OPPS Payment Rate,"
    b"July 2026 Device Offset Percentage,July 2026 Device Offset Amount / Device Portion\n"
    b"32557,,OWN WORDS,G2,5182,%s,1209.84,%s,189.28\n"
)


def rows(lake, table, columns):
    return lake.connect().sql(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()


def test_addendum_b_keeps_codes_as_text_and_reads_money(lake, load_medicare):
    content = load_medicare(ADDENDUM_B)
    assert (content.release, content.effective_until) == ("2025A", date(2025, 3, 31))
    assert rows(lake, "opps_codes", "code, status, apc, relative_weight, rate") == [
        ("00100", "N", None, None, None),
        ("32557", "J1", "5182", Decimal("17.4213"), Decimal("1553.44")),
    ]


def test_the_quarter_of_an_asc_addendum_stands_in_its_column_names(lake, load_medicare):
    content = load_medicare(ADDENDUM_AA)
    assert (content.read, content.release) == (1, "2026C")
    columns = "addendum, code, multiple_discount, payment_indicator, payment_weight, rate"
    assert rows(lake, "asc_codes", columns) == [
        ("AA", "32557", "Y", "G2", Decimal("11.5406"), Decimal("649.99"))
    ]


@pytest.mark.parametrize(("apc", "own"), [(b"12.07%", b"29.12%"), (b"0.1207", b"0.2912")])
def test_offsets_are_percentages_whether_written_so_or_as_shares(lake, load_medicare, apc, own):
    load_medicare(FF % (apc, own))
    columns = "apc, apc_offset_percent, offset_percent, offset_base_rate"
    assert rows(lake, "asc_offsets", columns) == [
        ("5182", Decimal("12.07"), Decimal("29.12"), Decimal("1209.84"))
    ]
    # The FF rate is no OPPS rate, and stands in no OPPS table.
    assert rows(lake, "opps_codes", "code") == []


def test_a_list_of_apc_rates_is_dated_by_its_rows(lake, load_medicare):
    content = load_medicare(
        b"apc,statusIndicator,effectiveDate,paymentRate\n05182,J1,20260101,1608.25\n"
    )
    assert (content.release, content.effective_from) == ("2026A", date(2026, 1, 1))
    assert rows(lake, "opps_apcs", "apc, status, rate") == [("5182", "J1", Decimal("1608.25"))]


def test_rates_without_dates_are_loaded_and_answer_for_no_day(lake, load_medicare):
    content = load_medicare(b"hcpcs,rate\n80047,13.73\n80047,13.73\n8004,1\n80048,x\n")
    assert (content.read, content.loaded, content.release) == (4, 1, "undated")
    assert content.effective_from is None
    assert [(s.reason, s.count) for s in content.set_aside] == [
        ("F302", 1),
        ("F303", 1),
        ("F304", 1),
    ]
    found = lake.connect().sql("SELECT rule_id FROM problems WHERE rule_id = 'F312'").fetchall()
    assert found == [("F312",)]


def test_a_title_without_a_year_is_refused(load_medicare):
    with pytest.raises(UnreadableInput, match="which period"):
        load_medicare(ADDENDUM_B.replace(b" for CY 2025", b" "))


def test_lost_zeros_of_localities_are_restored_and_states_read_from_above(lake, load_medicare):
    load_medicare(
        b"COUNTIES INCLUDED IN 2025 LOCALITIES.,,,,\n,,,,\n"
        b"Medicare Administrative Contractor,Locality Number,State ,Fee Schedule Area ,Counties\n"
        b"1182,18,CALIFORNIA,LOS ANGELES ,A\n1112,5,,SAN FRANCISCO,B\n",
        "25LOCCO.csv",
    )
    assert rows(lake, "pfs_localities", "mac, locality, state, area_name, release") == [
        ("01112", "05", "CALIFORNIA", "SAN FRANCISCO", "2025"),
        ("01182", "18", "CALIFORNIA", "LOS ANGELES", "2025"),
    ]


def test_text_lines_have_the_places_of_the_layout(lake, load_medicare):
    zip_line = b"AK995010210201 Z9   0 A" + b" " * 52 + b"20254\n"
    assert load_medicare(zip_line + b"9\n").loaded == 1
    assert rows(lake, "zip_localities", "state, zip_code, mac, locality, lab_area, release") == [
        ("AK", "99501", "02102", "01", "Z9", "2025D")
    ]
    load_medicare(b"02102       01    ALASKA".ljust(73) + b"2786\n", "ANES2025.txt")
    assert rows(lake, "pfs_anesthesia", "mac, locality, conversion_factor") == [
        ("02102", "01", Decimal("27.86"))
    ]


# Counted with the csv module and wc, apart from the reader: rows with a second cell filled.
REAL = [
    ("opps/2025_NFRM_Addendum_A.11122024.txt", "opps_apcs", 994, 994),
    ("opps/2025_NFRM_Addendum_B.redacted.txt", "opps_codes", 18_682, 18_682),
    ("opps/apc_rate_2026_clinical_transcribed.csv", "opps_apcs", 169, 169),
    ("asc/2026/20260701/AA.redacted.csv", "asc_codes", 4_833, 4_833),
    ("asc/2026/20260701/EE.redacted.csv", "asc_codes", 1_559, 1_559),
    ("asc/2026/20260701/FF.redacted.csv", "asc_offsets", 4_834, 4_834),
    ("asc/2025/20251001/BB.redacted.csv", "asc_codes", 2_534, 2_534),
    ("asc/2024/20241001/AA.redacted.csv", "asc_codes", 4_122, 4_122),
    ("asc/wage_index_2026.csv", "asc_wage_index", 486, 486),
    ("asc/wage_index_2025.txt", "asc_wage_index", 503, 470),
    ("asc/code_pairs_combined.csv", "asc_code_pairs", 623, 619),
    ("pfs/ANES2025.csv", "pfs_anesthesia", 109, 109),
    ("pfs/ANES2025.txt", "pfs_anesthesia", 109, 109),
    ("pfs/GPCI2025.txt", "pfs_gpci", 109, 109),
    ("pfs/25LOCCO.csv", "pfs_localities", 110, 109),
    ("pfs/25LOCCO.txt", "pfs_localities", 110, 109),
    ("pfs/OPPSCAP_Oct.csv", "pfs_opps_cap", 16_100, 16_100),
    ("pfs/arkrvu_2020_gpci_rvu20d.csv", "pfs_gpci", 112, 112),
    ("terminology/clfs_numbers_only.csv", "clfs_rates", 2_006, 2_006),
    ("terminology/northstar_hcpcs_lvl2_2024-07_indicators.csv", "hcpcs_codes", 8_033, 8_033),
    ("terminology/northstar_pos_codes.csv", "place_codes", 99, 99),
    ("ipps/Table5_FY2026_final_MSDRG_weights.txt", "ipps_drgs", 772, 772),
    ("ipps/ratex-2027_DSACMS_2255c69.csv", "ipps_amounts", 20, 20),
    ("geo/ZIP5_OCT2025.txt", "zip_localities", 42_956, 42_956),
]


@pytest.mark.files
@pytest.mark.parametrize(("name", "table", "read", "loaded"), REAL)
def test_every_row_of_the_real_files_is_counted(
    data_folder, lake, load_medicare, name, table, read, loaded
):
    content = load_medicare(data_folder / "medicare" / name)
    assert (content.read, content.loaded, content.rows[table]) == (read, loaded, loaded)


@pytest.mark.files
def test_the_text_forms_of_2025_say_what_the_csv_forms_say(data_folder, lake, load_medicare):
    folder = data_folder / "medicare" / "pfs"
    for name, table, columns in (
        ("GPCI2025", "pfs_gpci", "mac, locality, state, work_gpci, pe_gpci, malpractice_gpci"),
        ("ANES2025", "pfs_anesthesia", "mac, locality, conversion_factor"),
    ):
        load_medicare(folder / f"{name}.csv")
        load_medicare(folder / f"{name}.txt")
        twice = Counter(rows(lake, table, columns))
        assert set(twice.values()) == {2}, name
        assert len(twice) == 109


@pytest.mark.files
def test_addendum_b_has_every_row_that_the_csv_module_finds(data_folder, lake, load_medicare):
    path = data_folder / "medicare/opps/2025_NFRM_Addendum_B.redacted.txt"
    load_medicare(path)
    with path.open(encoding="utf-8", newline="") as stream:
        raw = list(csv.reader(stream, delimiter="\t"))[5:]
    wanted = Counter((r[0].rstrip("ÿ "), r[3].strip() or None, r[4].strip() or None) for r in raw)
    assert Counter(rows(lake, "opps_codes", "code, status, apc")) == wanted


@pytest.mark.files
def test_no_two_readers_recognise_one_real_file(data_folder):
    for name, *_ in REAL:
        head = Source(data_folder / "medicare" / name).head
        assert len([r.kind for r in READERS if r.recognise(head)]) == 1, name


def test_every_family_has_a_reader_and_its_key_in_the_layout():
    assert [r.kind for r in TABLE_READERS] == [f"medicare-{name}" for name in families()]
    for family in families().values():
        assert set(family.key) <= {field.column for field in family.fields}, family.name
