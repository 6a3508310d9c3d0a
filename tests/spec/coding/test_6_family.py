"""The family of a code

The codes that a reader may have meant instead.
"""

from coding_subjects import JULY
from medicare_layouts import load_medicare, pprrvu  # noqa: F401
from ratepress.coding.family import family
from ratepress.coding.subject import find_subject


def _family(lake, load, *rows):
    load(pprrvu(*rows))
    return family(lake.connect(), find_subject(lake.connect(), "43239", JULY, "x"))


def test_c43(lake, load_medicare):  # noqa: F811
    """A code is of the family where it shares the first four places, an endoscopic base or an
    add-on link. 43239 has 43235 for its base, so 43255 belongs with it though its number is
    further away, and 43270, of another base, does not.
    """
    found = _family(
        lake,
        load_medicare,
        {"HCPCS": "43235"},
        {"HCPCS": "43239", "MULT PROC": "3", "ENDO BASE": "43235"},
        {"HCPCS": "43255", "MULT PROC": "3", "ENDO BASE": "43235"},
        {"HCPCS": "43270", "MULT PROC": "3", "ENDO BASE": "43260"},
    )
    assert [m.code for m in found.members] == ["43235", "43239", "43255"]


def test_c44(lake, load_medicare):  # noqa: F811
    """What differs is a column; what is the same for all is said once. Here the multiple procedure
    indicator differs, and the global period does not.
    """
    found = _family(
        lake,
        load_medicare,
        {"HCPCS": "43235"},
        {"HCPCS": "43239", "MULT PROC": "3", "ENDO BASE": "43235"},
    )
    assert "multiple_procedure" in {c.id for c in found.columns}
    assert "Global period" in {one.label for one in found.alike}
