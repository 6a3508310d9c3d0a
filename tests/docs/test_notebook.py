"""The tutorial notebook runs from its first cell to its last, over the lake of the demo."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "notebook.ipynb"


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return found


def run(source: str, names: dict[str, Any]) -> Any:
    """What a notebook would show for a cell: the value of its last expression."""
    tree = ast.parse(source)
    last = tree.body[-1]
    body = tree.body[:-1] if isinstance(last, ast.Expr) else tree.body
    exec(compile(ast.Module(body, []), NOTEBOOK.name, "exec"), names)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names)
    return None


@pytest.fixture(scope="module")
def ran(
    examples: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Any], dict[str, Any]]:
    """What each code cell shows, and the names at the end."""
    folder = tmp_path_factory.mktemp("notebook")
    shutil.copytree(examples, folder / "demo" / "lake")
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        code = ["".join(c["source"]) for c in cells() if c["cell_type"] == "code"]
        return [run(source, names) for source in code], names


def test_the_notebook_is_kept_without_what_it_showed() -> None:
    for cell in cells():
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert cell["id"]
    assert len({cell["id"] for cell in cells()}) == len(cells())


def test_every_cell_runs_and_shows_what_its_text_promises(
    ran: tuple[list[Any], dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    shown, names = ran
    assert shown[1]._repr_html_().startswith("<section><h3>CPT 32557")
    assert "<svg" in shown[3]._repr_html_()
    text, rules, label = shown[2]
    assert (bool(text), bool(rules), bool(label)) == (True, True, True)
    medians = names["medians"].fetchall()
    assert medians
    stated = {(row["key_id"], row["payer"], row["p50"]) for row in names["prices"].to_pylist()}
    assert {(row[8], row[1], row[6]) for row in medians} <= stated
    assert shown[5]
    svg = names["Bars"]()._repr_svg_()
    assert svg.count("<rect") == len(names["bars"]) > 0
