"""Checks of a whole file at load: rate and weight, localities, components. Rules F330 to F332."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from medicare_layouts import gpci, pprrvu

FACTOR = Decimal("89.169")
HEAD = (
    "\tAddendum B.-- OPPS Payment by HCPCS Code for CY 2025\t\t\t\t\t\n"
    "HCPCS Code\tShort Descriptor\t CI\t SI\t APC \tRelative Weight\tPayment Rate\n"
)


def problems(lake):
    sql = "SELECT rule_id, subject, count, first_place, sample FROM problems ORDER BY ALL"
    return [
        row for row in lake.connect().execute(sql).fetchall() if row[0] in {"F330", "F331", "F332"}
    ]


def addendum(n, **changed):
    """`n` codes of growing weight, each at its weight times 89.169 but those of `changed`."""
    lines = []
    for number in range(n):
        code, weight = f"{10000 + number}", Decimal(10) + Decimal(number) / 10
        rate = (weight * FACTOR).quantize(Decimal("0.01"), ROUND_HALF_UP)
        lines.append(f"{code}\tX\t\tS\t5000\t{weight}\t{changed.get(f'c{code}', rate)}")
    return (HEAD + "\n".join(lines) + "\n").encode()


def test_rates_that_are_weight_times_factor_are_no_problem(lake, load_medicare):
    load_medicare(addendum(30))
    assert problems(lake) == []


def test_a_rate_that_differs_by_a_cent_is_counted_with_its_place(lake, load_medicare):
    """Row 7 is the fifth code: weight 10.4 × 89.169 = 927.3576, so 927.36."""
    content = load_medicare(addendum(30, c10004="927.37"))
    assert problems(lake) == [("F330", "rate", 1, "row 7", "927.37 against 10.4 × 89.169")]
    assert content.loaded == content.read == 30


@pytest.mark.parametrize(("n", "is_checked"), [(9, False), (11, True)])
def test_a_factor_needs_ten_rows_that_agree(lake, load_medicare, n, is_checked):
    load_medicare(addendum(n, c10000="1.00"))
    assert bool(problems(lake)) is is_checked


def test_rows_without_a_weight_are_not_judged(lake, load_medicare):
    drug = "J1100\tX\t\tK\t9999\t\t5.00\n"
    load_medicare(addendum(30) + drug.encode())
    assert problems(lake) == []


@pytest.mark.parametrize(("n", "is_whole"), [(99, False), (100, True)])
def test_indices_of_too_few_localities_are_counted(lake, load_medicare, n, is_whole):
    rows = [("10112", "AL", f"{i:02d}", "PLACE", "1.0", "1.0", "1.0") for i in range(n)]
    load_medicare(gpci(*rows))
    found = [] if is_whole else [("F331", "localities", 1, "the whole file", str(n))]
    assert problems(lake) == found


WHOLE = {"HCPCS": "70551", "PCTC IND": "1", "WORK RVU": "1.44", "NON-FAC PE RVU": "4.50",
         "FACILITY PE RVU": "0.00", "FACILITY NA INDICATOR": "NA", "MP RVU": "0.06"}  # fmt: skip
READING = {**WHOLE, "MOD": "26", "NON-FAC PE RVU": "0.50", "FACILITY PE RVU": "0.50",
           "FACILITY NA INDICATOR": "", "MP RVU": "0.05"}  # fmt: skip
TEST = {**WHOLE, "MOD": "TC", "WORK RVU": "0.00", "NON-FAC PE RVU": "4.00", "MP RVU": "0.01"}


def test_components_that_add_to_the_whole_are_no_problem(lake, load_medicare):
    """1.44 + 0.00, 0.50 + 4.00, 0.05 + 0.01; the facility is NA for the whole and is not added."""
    load_medicare(pprrvu(WHOLE, READING, TEST))
    assert problems(lake) == []


def test_components_that_do_not_add_are_counted_at_the_whole(lake, load_medicare):
    load_medicare(pprrvu(WHOLE, {**READING, "WORK RVU": "1.43"}, TEST))
    assert problems(lake) == [
        ("F332", "work_rvu", 1, "row 10", "1.430000 against 1.440000")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        ({**WHOLE, "WORK RVU": "9.00"}, READING),  # no TC row
        ({**WHOLE, "WORK RVU": "9.00", "STATUS CODE": "C"}, {**READING, "STATUS CODE": "C"},
         {**TEST, "STATUS CODE": "C"}),  # the contractor prices it
        ({**WHOLE, "WORK RVU": "9.00", "PCTC IND": "0"}, READING, TEST),  # no components
    ],
)  # fmt: skip
def test_what_has_no_components_is_not_judged(lake, load_medicare, rows):
    load_medicare(pprrvu(*rows))
    assert problems(lake) == []


@pytest.mark.files
def test_the_files_of_cms_agree_with_themselves(data_folder, lake, load_medicare):
    """OPPS 2025: none of 5,975 and 258 weighted rows differs. ASC of October 2025: three do."""
    folder = data_folder / "medicare"
    for name in ("2025_NFRM_Addendum_A.11122024.txt", "2025_NFRM_Addendum_B.redacted.txt"):
        load_medicare(folder / "opps" / name)
    load_medicare(folder / "pfs/PPRRVU2026_Jul_nonQPP.redacted.csv")
    load_medicare(folder / "pfs/GPCI2026.csv")
    assert problems(lake) == []
    load_medicare(folder / "asc/2025/20251001/AA.redacted.csv")
    ((rule_id, subject, count, _, sample),) = problems(lake)
    assert (rule_id, subject, count) == ("F330", "rate", 3)
    assert sample.endswith("× 54.895")
