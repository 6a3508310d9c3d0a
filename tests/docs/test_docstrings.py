"""Public names are explained, and those of the Python reference show an example that runs.

Ruff's D1 only sees that a docstring is there. The examples themselves run as doctests.
"""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "ratepress"
MODULES = sorted(PACKAGE.rglob("*.py"))
REFERENCE = (ROOT / "docs" / "reference" / "python.md").read_text("utf-8")
LISTED = re.findall(r"^\.\. auto(?:function|class):: (\S+)$", REFERENCE, re.MULTILINE)


def resolve(dotted: str) -> Any:
    module, _, name = dotted.rpartition(".")
    return getattr(import_module(module), name)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_and_its_public_names_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    public = [n for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")]
    missing = [node.name for node in public if not ast.get_docstring(node)]
    assert missing == []
    assert ast.get_docstring(tree), "the first lines of a file say what it is for"


def test_the_python_reference_lists_the_faces_of_the_library() -> None:
    assert len(LISTED) >= 8
    assert len(set(LISTED)) == len(LISTED)


@pytest.mark.parametrize("dotted", LISTED)
def test_a_listed_function_shows_an_example(dotted: str) -> None:
    """Classes that only hold a result are shown by the function that returns them."""
    found = resolve(dotted)
    said = inspect.getdoc(found) or ""
    assert said
    assert ">>> " in said or inspect.isclass(found)


@pytest.mark.parametrize("dotted", LISTED)
def test_a_listed_function_is_typed(dotted: str) -> None:
    found = resolve(dotted)
    if inspect.isfunction(found):
        signature = inspect.signature(found)
        assert signature.return_annotation is not inspect.Signature.empty
        for parameter in signature.parameters.values():
            assert parameter.annotation is not inspect.Parameter.empty, parameter.name
