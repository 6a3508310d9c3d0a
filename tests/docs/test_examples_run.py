"""The Python and the SQL that the docs show run, on a lake of the example files."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import pytest

from ratepress.cli.app import app
from ratepress.cli.run import run
from ratepress.codes.argument import parse_code
from ratepress.lake.store import Lake
from ratepress.market.benchmark import run_market
from ratepress.readers.add import add

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
BLOCK = re.compile(r"^```(python|sql)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCKS = [
    pytest.param(language, code, id=f"{path.relative_to(ROOT)}-{position}")
    for path in PAGES
    for position, (language, code) in enumerate(BLOCK.findall(path.read_text("utf-8")))
    if "cluster" not in code  # tests/cluster runs those
]
# Lines whose files or ids are only names in the docs are not run.
ASKING = re.compile(
    r"^ratepress ((?:benchmark|code|explain|price|publish|sources|verify)\b[^#\n]*)", re.MULTILINE
)
LINES = sorted(
    {
        line.strip()
        for path in PAGES
        for line in ASKING.findall(path.read_text("utf-8"))
        if "[OPTIONS]" not in line and "--engine spark" not in line
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader of the docs has it: a lake, and a hospital's file beside it."""
    folder = tmp_path_factory.mktemp("reader")
    lake = Lake.create(folder / "lake")
    for path in sorted(EXAMPLES.iterdir()):
        if path.suffix in (".csv", ".json", ".gz"):
            add(lake, path)
    shutil.copy(EXAMPLES / "emory-university-hospital.csv", folder / "hospital.csv")
    (folder / "mine.csv").write_text("code,rate,volume\n32557,1250,40\n")
    return folder


@pytest.mark.parametrize(("language", "code"), BLOCKS)
def test_an_example_of_the_docs_runs(
    language: str, code: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    if language == "sql":
        with Lake.open("lake").connect() as connection:
            # What a page on the market's SQL shows stands in its temporary tables.
            run_market(connection, [parse_code("32557")], date(2026, 7, 15))
            connection.execute(code).fetchall()
    else:
        exec(compile(code, "example", "exec"), {})


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_the_docs_runs(
    line: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RATEPRESS_LAKE", "lake")
    code = run(app, shlex.split(line))
    said = capsys.readouterr()
    assert code == 0, said.err
    assert said.out


def test_the_explanation_in_the_tutorial_is_what_the_command_prints(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "tutorial" / "first-page.md").read_text("utf-8")
    shown = re.findall(r"^```text\n(32557, facility.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == 1
    monkeypatch.setenv("RATEPRESS_LAKE", str(folder / "lake"))
    line = "price 32557 --date 2026-07-15 --site facility --explain"
    assert line in LINES
    assert run(app, line.split()) == 0
    assert capsys.readouterr().out.startswith(shown[0])


def test_the_docs_have_examples_to_run() -> None:
    assert {parameter.values[0] for parameter in BLOCKS} == {"python", "sql"}
    assert {"price", "sources", "publish"} <= {line.split()[0] for line in LINES}


def test_the_query_of_the_tutorial_finds_the_prices_of_the_demo(folder: Path) -> None:
    page = (ROOT / "docs" / "tutorial" / "first-page.md").read_text("utf-8")
    sql = re.findall(r'sql\("""(.*?)"""', page, re.DOTALL)
    assert len(sql) == 1
    rows = Lake.open(folder / "lake").connect().sql(sql[0]).fetchall()
    assert "commercial" in {row[0] for row in rows}
