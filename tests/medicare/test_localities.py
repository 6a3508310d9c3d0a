"""From a ZIP code to a locality: found, split, unknown, a file of another quarter. Rule P74."""

from datetime import date

import pytest

from medicare_layouts import gpci, pprrvu
from ratepress.core.errors import MissingReferenceData, UsageError
from ratepress.medicare.localities import locality_of_zip
from ratepress.medicare.price import price

OCTOBER, JULY = date(2025, 10, 15), date(2026, 7, 15)


def zip_file(quarter: str = "20254") -> bytes:
    """Lines of CMS's ZIP5 file: state, ZIP, carrier, locality, …, plus-four flag, …, quarter."""
    rows = [("AL", "36732", "10112", "00", "0"), ("AK", "99501", "02102", "01", "0"),
            ("CA", "94505", "01182", "05", "1")]  # fmt: skip
    lines = [f"{s}{z}{mac}{loc} Z9   {plus}{' ' * 54}{quarter}" for s, z, mac, loc, plus in rows]
    return ("\n".join(lines) + "\n").encode()


@pytest.fixture
def files(load_medicare):
    load_medicare(pprrvu({"HCPCS": "32557"}))
    load_medicare(gpci())
    load_medicare(zip_file(), "zip.txt")


def test_a_zip_code_prices_at_its_locality(files, lake):
    by_zip = price(lake, "32557", JULY, zip_code="99501")
    by_name = price(lake, "32557", JULY, locality="02102-01")
    assert [p.amount for p in by_zip] == [p.amount for p in by_name]
    assert by_zip[0].locality == "02102-01"
    assert by_zip[0].amount != price(lake, "32557", JULY)[0].amount
    assert "P74" in by_zip[0].result.rules
    assert any("ZIP code" in source.label for source in by_zip[0].result.sources)


def test_the_last_four_digits_may_stand_behind(files, lake):
    assert price(lake, "32557", JULY, zip_code="36732-1234")[0].locality == "10112-00"


def test_a_zip_code_in_several_localities_is_refused_with_its_main_one(files, lake):
    with pytest.raises(UsageError, match=r"several Medicare localities.*01182-05"):
        price(lake, "32557", JULY, zip_code="94505")


def test_an_unknown_zip_code_is_refused(files, lake):
    with pytest.raises(UsageError, match="no ZIP code 00000"):
        price(lake, "32557", JULY, zip_code="00000")


@pytest.mark.parametrize("text", ["3673", "ABCDE", "36732'; DROP", "367321"])
def test_a_malformed_zip_code_is_refused(files, lake, text):
    with pytest.raises(UsageError, match="no ZIP code"):
        price(lake, "32557", JULY, zip_code=text)


def test_a_zip_code_and_a_locality_are_refused_together(files, lake):
    with pytest.raises(UsageError, match="both given"):
        price(lake, "32557", JULY, zip_code="36732", locality="10112-00")


def test_an_earlier_file_stands_in_marked_and_a_later_one_never(files, lake):
    with lake.connect() as connection:
        assert locality_of_zip(connection, "36732", OCTOBER).note is None
        found = locality_of_zip(connection, "36732", JULY)
        assert "2025D" in found.note
        assert "2026C" in found.note
        with pytest.raises(MissingReferenceData, match="or before"):
            locality_of_zip(connection, "36732", date(2025, 9, 30))
        with pytest.raises(MissingReferenceData, match="in force on 2026-07-15"):
            locality_of_zip(connection, "36732", JULY, strict=True)
    paid = price(lake, "32557", JULY, zip_code="36732")[0]
    assert {"P00", "P74"} <= set(paid.result.rules)
    assert found.note in paid.notes


@pytest.mark.files
def test_zip_codes_of_the_published_file(data_folder, lake, load_medicare):
    """42,956 lines in October 2025, 580 of them in several localities."""
    path = data_folder / "medicare/geo/ZIP5_OCT2025.txt"
    content = load_medicare(path)
    lines = path.read_text("latin-1").splitlines()
    split = [line[2:7] for line in lines if line[20] == "1"]
    assert (content.loaded, len(split)) == (42_956, 580)
    with lake.connect() as connection:
        for line in [one for one in lines if one[20] == "0"][::4000]:
            found = locality_of_zip(connection, line[2:7], OCTOBER)
            assert (found.locality, found.state) == (f"{line[7:12]}-{line[12:14]}", line[:2])
        with pytest.raises(UsageError, match="several"):
            locality_of_zip(connection, split[0], OCTOBER)
