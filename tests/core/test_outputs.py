"""Where a result may be written: told before the work, and never over what is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratepress.core.errors import UsageError
from ratepress.core.outputs import check_output


def test_the_file_that_is_read_is_not_written_by_any_name(tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_text("code\n")
    link = tmp_path / "same.csv"
    link.symlink_to(lines)
    for out in (lines, link, tmp_path / "." / "lines.csv"):
        with pytest.raises(UsageError, match="the file that is read"):
            check_output(out, lines)
    check_output(tmp_path / "other.csv", lines)


def test_a_folder_and_a_place_in_no_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this is a folder"):
        check_output(tmp_path)
    with pytest.raises(UsageError, match="no such folder"):
        check_output(tmp_path / "absent" / "lines.csv")


@pytest.mark.parametrize(("name", "is_fine"), [("a.csv", True), ("a.CSV", True), ("a.xlsx", False)])
def test_the_name_says_the_form(tmp_path: Path, name: str, is_fine: bool) -> None:
    if is_fine:
        check_output(tmp_path / name, forms=(".csv",))
    else:
        with pytest.raises(UsageError, match=r"ends with \.csv"):
            check_output(tmp_path / name, forms=(".csv",))
