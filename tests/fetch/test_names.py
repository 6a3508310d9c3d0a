"""Whatever a server or a URL says, a file name is one plain part of a path."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ratepress.fetch.names import LONGEST, distinct, file_name


@pytest.mark.parametrize(
    ("target", "disposition", "expected"),
    [
        ("/a/2026-01-01_west_in-network.json.gz", None, "2026-01-01_west_in-network.json.gz"),
        ("/a/b%20c.csv", None, "b c.csv"),
        ("/a/b%2F..%2Fc.csv", None, "c.csv"),
        ("/", None, "download"),
        ("/..", None, "download"),
        ("/x", 'attachment; filename="rates.json"', "rates.json"),
        ("/x", "attachment; filename=C:\\temp\\rates.json", "rates.json"),
        ("/x", "attachment; filename*=UTF-8''r%C3%A4tes.json", "r_tes.json"),
        ("/x.csv", 'attachment; filename=".."', "x.csv"),
        ("/x.csv", "attachment", "x.csv"),
        ("/CON.txt", None, "_CON.txt"),
        ("/.bashrc", None, "bashrc"),
        ("/-rf", None, "rf"),
    ],
)
def test_names(target: str, disposition: str | None, expected: str) -> None:
    assert file_name(target, disposition) == expected


def test_a_long_name_keeps_its_suffix() -> None:
    name = file_name("/" + "x" * 400 + ".json.gz")
    assert (len(name), name[-8:]) == (LONGEST, ".json.gz")


@settings(deadline=None)
@given(st.text(max_size=300), st.none() | st.text(max_size=300))
@example("/x", "attachment; filename*=\"bad-charset''%ff\"")
@example("/x", "attachment; filename*=utf-8''%00%2e%2e%2f")
def test_every_name_is_one_plain_part(target: str, disposition: str | None) -> None:
    for stated in (disposition, f"attachment; filename={disposition}"):
        name = file_name(f"/{target}", stated)
        for safe in (name, distinct(name, "1f0a")):
            assert 0 < len(safe) <= LONGEST + 5
            assert safe.isascii()
            assert not set(safe) & set('/\\:*?"<>|\0\n\r')
            assert not safe.startswith((".", "-", " "))
            assert not safe.endswith((".", " "))
