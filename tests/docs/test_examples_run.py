"""The Python and the SQL that the docs show run, on a lake of the example files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from ratepress.lake.store import Lake
from ratepress.readers.add import add

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
BLOCK = re.compile(r"^```(python|sql)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCKS = [
    pytest.param(language, code, id=f"{path.relative_to(ROOT)}-{position}")
    for path in PAGES
    for position, (language, code) in enumerate(BLOCK.findall(path.read_text("utf-8")))
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader of the docs has it: a lake, and a hospital's file beside it."""
    folder = tmp_path_factory.mktemp("reader")
    lake = Lake.create(folder / "lake")
    for path in sorted(EXAMPLES.iterdir()):
        if path.suffix in (".csv", ".json", ".gz"):
            add(lake, path)
    shutil.copy(EXAMPLES / "emory-university-hospital.csv", folder / "hospital.csv")
    return folder


@pytest.mark.parametrize(("language", "code"), BLOCKS)
def test_an_example_of_the_docs_runs(
    language: str, code: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    if language == "sql":
        Lake.open("lake").connect().sql(code).fetchall()
    else:
        exec(compile(code, "example", "exec"), {})


def test_the_docs_have_examples_to_run() -> None:
    assert {parameter.values[0] for parameter in BLOCKS} == {"python", "sql"}


def test_the_query_of_the_tutorial_finds_the_prices_of_the_demo(folder: Path) -> None:
    page = (ROOT / "docs" / "tutorial" / "first-page.md").read_text("utf-8")
    sql = re.findall(r'sql\("""(.*?)"""', page, re.DOTALL)
    assert len(sql) == 1
    rows = Lake.open(folder / "lake").connect().sql(sql[0]).fetchall()
    assert "commercial" in {row[0] for row in rows}
