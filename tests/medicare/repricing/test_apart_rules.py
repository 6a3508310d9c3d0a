"""Anesthesia (P35 to P37), laboratory tests (P82), ZIP codes (P74), and modifiers that pay a part
of the fee (P72, P73, P75, P90): each with its cases, both ways of pricing held to each other.

National amounts in a facility, July 2026, unless the line says otherwise; fees in dollars.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from claim_lines import row, table
from medicare_layouts import FACTORS, TESTS, UNITS, ZIPS, gpci, pprrvu
from ratepress.core.facts import Fact
from ratepress.lake.store import Lake
from ratepress.medicare.anesthesia import anesthesia_price
from ratepress.medicare.repricing.plain import explain_lines
from ratepress.medicare.repricing.run import reprice
from ratepress.readers.add import add

ROWS = (
    row("32557", work="3.04", pe="0.50", mp="0.33", mult="2", bilat="1", **{"global": "000"}),
    row("44140", "1000.00", mult="2", before="0.10", during="0.76", after="0.14", **{"global": "090"}),  # noqa: E501
    row("97110", "30.00", mult="5"),
    row("71046", "100.00", pctc="1"),
    row("71046", "60.00", mod="TC", pctc="1"),
    row("71046", "40.00", mod="26", pctc="1"),
    row("80053", status="X"),
    *(row(code, status="J") for code in ("00537", "00100", "01968", "00199")),
)  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("apart")
    lake = Lake.create(folder / "lake")
    files = {
        "PPRRVU2026_Jul.csv": pprrvu(*ROWS),
        "GPCI2026.csv": gpci(),
        "units.csv": UNITS,
        "ANES2026.csv": FACTORS,
        "CLFS 2026.csv": TESTS,
        "ZIP5.txt": ZIPS,
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
        add(lake, folder / name)
    return lake


@pytest.fixture(scope="module")
def price(lake):
    def of(*lines):
        given = table(*({"claim_id": str(n), **line} for n, line in enumerate(lines)))
        fast = reprice(lake, given).to_pylist()
        slow = explain_lines(lake, given.to_pylist())
        found = [(r["allowed_amount"], r["rules"]) for r in fast]
        assert found == [(one.allowed_amount, " ".join(one.rules)) for one in slow]
        for line, one in zip(fast, slow, strict=True):
            assert one.status == line["status"]
            assert one.status == "priced" or one.reason == line["reason"]
        return fast

    return of


def check(price, cases):
    """Each case a line and its amount, or a rule and a part of the reason."""
    found = price(*(line for line, *_ in cases))
    for (line, amount, words), answer in zip(cases, found, strict=True):
        if isinstance(amount, str) and amount[0] == "P":
            assert (answer["allowed_amount"], answer["rules"]) == (None, amount), line
            assert words in answer["reason"], line
        else:
            assert answer["allowed_amount"] == Decimal(amount), (line, answer)
            assert set(words.split()) <= set(answer["rules"].split()), (line, answer)


def anesthesia(modifiers="AA", code="00537", minutes="63", **cells):
    return {"code": code, "modifiers": modifiers, "minutes": minutes, **cells}


def test_p35_p36_base_and_time_units_by_the_factor_and_who_performed_it(price):
    check(price, [
        # 7 + 63/15 = 11.2 units; x 20.4976 = 229.57.
        (anesthesia("AA"), "229.57", "P35 P36"),
        (anesthesia("QZ"), "229.57", "P35"),
        # A physician who directs, and the one directed: half, 114.785.
        (anesthesia("QK"), "114.79", "P36"),
        (anesthesia("QX"), "114.79", "P36"),
        (anesthesia("QY"), "114.79", "P36"),
        # Supervision of more than four: 3 units, no time: 61.49.
        (anesthesia("AD", minutes=""), "61.49", "P36"),
        # Physical status and monitored care change nothing.
        (anesthesia("AA P5 QS"), "229.57", "P35"),
        # 7/15 = 0.47, half up to 0.5: 7.5 x 20.4976 = 153.73.
        (anesthesia(minutes="7"), "153.73", "P35"),
        # The locality has a factor of its own: 11.2 x 19.50 = 218.40.
        (anesthesia(locality="10112-00"), "218.40", "P35"),
        # Qualifying participants: 11.2 x 20.5998 = 230.72.
        (anesthesia(qp="yes"), "230.72", "P35"),
        # 95% of 229.57 = 218.09; a lower charge.
        (anesthesia(participating="no"), "218.09", "P30"),
        (anesthesia(charge="200"), "200.00", "P31"),
        (anesthesia(""), "P36", "none of AA, AD, QK, QX, QY and QZ"),
        (anesthesia("AA QK"), "P36", "AA and QK contradict each other"),
        (anesthesia("AA 50"), "P36", "no modifier of parts, sides or roles"),
        (anesthesia(minutes=""), "P35", "minutes are missing"),
        (anesthesia(minutes="1.5"), "P15", "minutes is no whole number"),
        (anesthesia(code="00199"), "P35", "00199 has no base units in the release"),
        (anesthesia(locality="02102-01"), "P35", "the locality has no anesthesia conversion"),
        (anesthesia(locality="10112-00", qp="yes"), "P35", "qualifying participants by locality"),
        ({"modifiers": "AA"}, "P36", "modifier AA is for anesthesia, and 32557 is none"),
    ])  # fmt: skip


def test_p37_one_session_has_the_highest_base_units_once(price):
    claim = {"claim_id": "x"}
    # 229.57; the time of the other alone, 2.0 x 20.4976 = 41.00; an add-on keeps its base:
    # (2 + 2.0) x 20.4976 = 81.99. Another who performs is another session: (5 + 2) x 20.4976 / 2.
    check(price, [
        ({**anesthesia(), **claim}, "229.57", "P35"),
        ({**anesthesia(code="00100", minutes="30"), **claim}, "41.00", "P37"),
        ({**anesthesia(code="01968", minutes="30"), **claim}, "81.99", "P35"),
        ({**anesthesia("QX", code="00100", minutes="30"), **claim}, "71.74", "P35"),
    ])  # fmt: skip


def test_p35_one_service_by_itself(lake):
    found = anesthesia_price(lake, "00537", date(2026, 7, 15), 63, ["QK"], locality="10112-00")
    # Half of 218.40.
    assert found.amount == Decimal("109.20")
    assert isinstance(found.result, Fact)
    assert found.result.rules == ("P35", "P36")


def test_p72_parts_of_the_global_package(price):
    check(price, [
        # 10% before, 76% the operation, 14% after.
        ({"code": "44140", "modifiers": "54"}, "860.00", "P72"),
        ({"code": "44140", "modifiers": "55"}, "140.00", "P72"),
        ({"code": "44140", "modifiers": "56"}, "100.00", "P72"),
        ({"code": "44140", "modifiers": "78"}, "760.00", "P72"),
        # Global period 000 has no parts: a return is paid whole, a part has no amount.
        ({"modifiers": "78"}, "129.26", "P72"),
        ({"modifiers": "54"}, "P72", "divides no global package of 32557"),
        ({"code": "44140", "modifiers": "54 55"}, "P72", "54 and 55 contradict each other"),
    ])  # fmt: skip


def test_p72_the_part_is_taken_of_what_other_procedures_leave(price):
    # 1,000.00 ranks first; 129.26 is halved to 64.63. 76% of 1,000.00.
    claim = {"claim_id": "x"}
    check(price, [
        ({**claim, "code": "44140", "modifiers": "78"}, "760.00", "P72"),
        (claim, "64.63", "P20"),
    ])  # fmt: skip


def test_p73_p75_p90_shares_of_therapy_and_of_technical_parts(price):
    check(price, [
        ({"modifiers": "22"}, "P73", "the contractor sets the amount by report"),
        # 85% of 30.00; of therapy alone.
        ({"code": "97110", "modifiers": "CQ"}, "25.50", "P75"),
        ({"code": "97110", "modifiers": "CO GO"}, "25.50", "P75"),
        ({"modifiers": "CQ"}, "P75", "modifier CQ is for therapy services"),
        # Film takes 20% of the technical 60.00, computed radiography 10%, an old scanner 15%.
        ({"code": "71046", "modifiers": "FX"}, "88.00", "P90"),
        ({"code": "71046", "modifiers": "TC FX"}, "48.00", "P90"),
        ({"code": "71046", "modifiers": "FY"}, "94.00", "P90"),
        ({"code": "71046", "modifiers": "CT"}, "91.00", "P90"),
        ({"code": "71046", "modifiers": "26 FX"}, "P90", "the line has none"),
        ({"modifiers": "FX"}, "P90", "the line has none"),
        ({"code": "71046", "modifiers": "FX FY"}, "P90", "FX and FY contradict each other"),
        # A bonus for a shortage area is paid apart.
        ({"modifiers": "AQ"}, "129.26", "P01"),
    ])  # fmt: skip


def test_p82_laboratory_tests_have_one_national_rate(price):
    check(price, [
        ({"code": "80053"}, "10.56", "P82"),
        ({"code": "80053", "units": "2"}, "21.12", "P82"),
        ({"code": "80053", "modifiers": "QW 91"}, "10.56", "P82"),
        ({"code": "80053", "modifiers": "90", "locality": "02102-01"}, "10.56", "P82"),
        ({"code": "80053", "charge": "8.00"}, "8.00", "P31 P82"),
        # In the laboratory schedule alone.
        ({"code": "80047"}, "13.73", "P82"),
        # A rate of 0 is none: the contractor prices the test.
        ({"code": "80048"}, "P03", "the code is not in the release by itself"),
        ({"code": "80053", "modifiers": "80"}, "P03", "status X is not priced"),
    ])  # fmt: skip


def test_p74_a_zip_code_has_the_locality_that_the_file_states(price):
    check(price, [
        # Alabama: (3.04 + 0.50 x 0.875 + 0.33 x 0.566) x 33.4009 = 122.39. The file is that of
        # the second quarter, so it stands in.
        ({"zip": "35004"}, "122.39", "P00 P08 P74"),
        ({"zip": "35004-1234"}, "122.39", "P74"),
        ({"zip": "35004", "date": "2026-06-30"}, "122.39", "P74"),
        ({**anesthesia(), "zip": "35004"}, "218.40", "P35 P74"),
        # A locality that is stated decides before the ZIP code.
        ({"zip": "35004", "locality": "national"}, "129.26", "P08"),
        ({"zip": "99999"}, "P74", "there is no ZIP code 99999 in the file 2026B"),
        ({"zip": "35005"}, "P74", "the last four digits decide"),
        ({"zip": "00001"}, "P08", "no geographic indices are loaded for the locality"),
        ({"zip": "3500"}, "P15", "zip is no ZIP code of five or nine digits"),
        ({"zip": "35004", "date": "2026-03-31"}, "P74", "no ZIP code to locality file of 2026A"),
    ])  # fmt: skip
