"""The reference pages say what the code declares."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ratepress.core import errors
from ratepress.lake.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def run_generator(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_generated_pages_are_current() -> None:
    done = run_generator("--check")
    assert done.returncode == 0, done.stderr


def test_the_check_fails_and_names_the_page_where_one_is_stale(tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT / 'docs')!r}); import generate, pathlib; "
    program += f"generate.REFERENCE = pathlib.Path({str(tmp_path)!r}); "
    program += "sys.argv = ['generate.py', '--check']; sys.exit(generate.main())"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "tables.md is not current" in done.stderr


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_documented_with_every_column(name: str) -> None:
    page = (REFERENCE / "tables.md").read_text("utf-8")
    _, _, rest = page.partition(f"\n## `{name}`\n")
    section = rest.partition("\n## ")[0]
    assert f"One row is {TABLES[name].grain}." in section
    for column in TABLES[name].columns:
        assert f"| `{column.name}` |" in section


@pytest.mark.parametrize("name", TABLES)
def test_a_column_of_a_table_says_what_it_is(name: str) -> None:
    for column in TABLES[name].columns:
        assert column.doc.strip(), column.name


KINDS: list[type[errors.RatepressError]] = [
    errors.RatepressError,
    *errors.RatepressError.__subclasses__(),
]


def test_each_error_has_an_exit_code_of_its_own() -> None:
    exit_codes = [kind.exit_code for kind in KINDS]
    assert len(set(exit_codes)) == len(exit_codes)
    assert 0 not in exit_codes


def test_exit_codes_keep_their_meaning() -> None:
    """These are public. A change here breaks scripts."""
    expected = {
        "error": 1,
        "usage": 2,
        "unreadable-input": 3,
        "does-not-reconcile": 4,
        "missing-reference-data": 5,
        "network-refused": 6,
        "lake-damaged": 7,
    }
    assert {kind.code: kind.exit_code for kind in KINDS} == expected
