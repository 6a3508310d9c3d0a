"""Diagnoses of a claim line

Medicare's coverage documents say which diagnoses support a code; a claim line is held to those in
force on its day.
"""

from claim_lines import table
from coverage_layouts import article, linked, mcd
from medicare_layouts import gpci, load_medicare, pprrvu  # noqa: F401
from ratepress.coding.claims.run import check_lines


def _documents(load, *, excluded=()):
    """Article 50001 covers 32557 for J90, and under a condition for J91.0; it holds in Alabama."""
    who = {"contractor_id": "10", "contractor_type_id": "12", "contractor_version": "1"}
    covered = (("J90", "N"), ("J91.0", "Y"))
    files = {
        "rvu.csv": pprrvu({"HCPCS": "32557"}),
        "gpci.csv": gpci(),
        "a.csv": mcd("article", article("50001", "1", "2020-01-01")),
        "b.csv": mcd("article_x_hcpc_code", linked("article", "50001", "1", hcpc_code_id="32557")),
        "c.csv": mcd(
            "article_x_icd10_covered",
            *(linked("article", "50001", "1", icd10_code_id=c, asterisk=a) for c, a in covered),
        ),
        "d.csv": mcd(
            "article_x_icd10_noncovered",
            *(linked("article", "50001", "1", icd10_code_id=c) for c in excluded),
        ),
        "e.csv": mcd("article_x_contractor", linked("article", "50001", "1", **who)),
        "f.csv": mcd("contractor_jurisdiction", who | {"state_id": "1"}),
        "g.csv": mcd("state_lookup", {"state_id": "1", "state_abbrev": "AL"}),
    }
    for name, data in files.items():
        load(data, name)


def _cases(lake, *texts, **cells):
    lines = [{"code": "32557", "claim_id": str(n), "diagnoses": d, **cells}
             for n, d in enumerate(texts)]  # fmt: skip
    found, _ = check_lines(lake, table(*lines))
    return [[(f.case, f.verdict) for f in one.findings] for one in found]


def test_c84(lake, load_medicare):  # noqa: F811
    """A line is supported by one diagnosis that a document in force covers and does not exclude;
    others beside it do no harm. A line with none is left to review, never denied: the document is
    named, and where it holds, if the line does not say where the service was. In a state that its
    contractor does not serve the document is not asked.
    """
    _documents(load_medicare, excluded=("R05.9",))
    assert _cases(lake, "J90", "R05.9 J90", "R05.9", "I10", "") == [
        [], [], [("diagnosis-excluded", "review")], [("diagnosis-not-listed", "review")], [],
    ]  # fmt: skip
    assert _cases(lake, "I10", locality="02102-01") == [[]]
    assert _cases(lake, "I10", locality="10112-00") == [[("diagnosis-not-listed", "review")]]


def test_c85(lake, load_medicare):  # noqa: F811
    """A diagnosis with a mark is covered under a condition that the document states in prose, often
    a second diagnosis. The line passes and says so, unless an unmarked one supports it as well.
    """
    _documents(load_medicare)
    assert _cases(lake, "J91.0", "J91.0 J90") == [[("diagnosis-conditional", "pass")], []]


def test_c86(lake, load_medicare):  # noqa: F811
    """A diagnosis is written with its point or without, in small letters or capitals, and several
    stand between blanks or commas. What has not the form of a code leaves the line to review,
    whether a document asks for diagnoses or not.
    """
    _documents(load_medicare)
    assert _cases(lake, "j90", "J910,J90", "cough") == [
        [], [], [("diagnosis-malformed", "review")],
    ]  # fmt: skip
