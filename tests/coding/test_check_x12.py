"""X12 837 claims as claim lines: small interchanges, made for tests."""

import pytest

from ratepress.coding.claims.run import check_lines
from ratepress.coding.claims.x12 import is_x12, read_x12
from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake


def interchange(guide: str, *segments: str) -> str:
    """An interchange of one transaction set around segments."""
    body = [f"ST*837*0001*{guide}", "BHT*0019*00*1*20260715*1200*CH", *segments]
    return "~\n".join(
        [
            "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260715*1200"
            "*^*00501*000000001*0*T*:",
            f"GS*HC*SENDER*RECEIVER*20260715*1200*1*X*{guide}",
            *body,
            f"SE*{len(body) + 1}*0001",
            "GE*1*1",
            "IEA*1*000000001",
            "",
        ]
    )


PROFESSIONAL = (
    "HL*1**20*1",
    "NM1*85*2*CLINIC*****XX*1234567893",
    "HL*2*1*22*1",
    "NM1*IL*1*DOE*JANE****MI*M1",
    "CLM*C1*500***22:B:1*Y*A*Y*Y",
    "HI*ABK:J90*ABF:R0602",
    "NM1*82*1*ROE*RICHARD****XX*1987654321",
    "LX*1",
    "SV1*HC:32557:RT*300*UN*1***1",
    "DTP*472*D8*20260715",
    "LX*2",
    "SV1*HC:76942:26*100*UN*1*11**1",
    "DTP*472*RD8*20260715-20260716",
    "HL*3*2*23*0",
    "NM1*QC*1*DOE*JOHN",
    "CLM*C2*80***11:B:1*Y*A*Y*Y",
    "LX*1",
    "SV1*HC:99213:25*80*UN*1***1",
    "DTP*472*D8*20260716",
)
INSTITUTIONAL = (
    "HL*1**20*1",
    "NM1*85*2*HOSPITAL*****XX*1234567893",
    "HL*2*1*22*0",
    "NM1*IL*1*DOE*JANE****MI*M1",
    "CLM*C3*900***13:A:1**A*Y*Y",
    "DTP*434*RD8*20260715-20260715",
    "HI*ABK:J90",
    "LX*1",
    "SV2*0361*HC:32557:59*700*UN*1",
    "LX*2",
    "SV2*0258**200*UN*3",
)


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "claims.x12"
        path.write_text(text)
        return path

    return write


def test_professional_lines_have_what_the_claim_says(write):
    path = write(interchange("005010X222A1", *PROFESSIONAL))
    assert is_x12(path)
    found = read_x12(path)
    assert (found.read, found.without_code) == (3, 0)
    first, second, third = found.lines.to_pylist()
    assert first == {
        "claim_id": "C1", "line": "1", "date": "2026-07-15", "code": "32557", "modifiers": "RT",
        "units": "1", "pos": "22", "claim_type": "professional", "patient": "M1",
        "npi": "1987654321", "charge": "300", "diagnoses": "J90",
    }  # fmt: skip
    assert (second["pos"], second["date"], second["modifiers"]) == ("11", "2026-07-15", "26")
    assert (third["patient"], third["npi"], third["diagnoses"]) == ("M1 DOE JOHN", "1234567893", "")


@pytest.mark.parametrize(
    ("pointers", "expected"),
    [("2", "R0602"), ("2:1", "R0602 J90"), ("1:1:2", "J90 R0602"), ("9", "J90 R0602"),
     ("", "J90 R0602"), ("x:2", "R0602"), ("0:2", "R0602")],
)  # fmt: skip
def test_a_line_has_the_diagnoses_to_which_it_points(write, pointers, expected):
    text = interchange("005010X222A1", *PROFESSIONAL).replace("UN*1***1", f"UN*1***{pointers}", 1)
    assert read_x12(write(text)).lines["diagnoses"][0].as_py() == expected


def test_a_pointer_counts_a_diagnosis_that_stands_twice(write):
    text = interchange("005010X222A1", *PROFESSIONAL)
    text = text.replace("HI*ABK:J90*ABF:R0602", "HI*ABK:J90*ABF:J90*ABF:R0602")
    found = read_x12(write(text.replace("UN*1***1", "UN*1***3", 1))).lines["diagnoses"]
    assert found.to_pylist() == ["R0602", "J90", ""]


def test_institutional_lines_without_a_code_are_counted(write):
    found = read_x12(write(interchange("005010X223A2", *INSTITUTIONAL)))
    assert (found.read, found.without_code) == (2, 1)
    (line,) = found.lines.to_pylist()
    assert (line["code"], line["claim_type"], line["date"]) == ("32557", "outpatient", "2026-07-15")
    inpatient = interchange("005010X223A2", *INSTITUTIONAL).replace("13:A", "11:A")
    assert read_x12(write(inpatient)).lines["claim_type"].to_pylist() == ["inpatient"]


def test_the_check_takes_the_lines(write, tmp_path):
    path = write(interchange("005010X222A1", *PROFESSIONAL))
    lake = Lake.create(tmp_path / "lake")
    checked, counts = check_lines(lake, path)
    assert [one.claim_id for one in checked] == ["C1", "C1", "C2"]
    assert counts.by_status == {"pass": 3}
    path = write(interchange("005010X223A2", *INSTITUTIONAL))
    assert check_lines(lake, path)[1].notes[0].startswith("1 of 2 service lines")


@pytest.mark.parametrize(
    "text", ["ISA*00", "ISA", interchange("005010X221A1", "BPR*I"), "claim_id,date\n"]
)
def test_other_files_are_refused(write, text):
    with pytest.raises(UnreadableInput):
        read_x12(write(text))
