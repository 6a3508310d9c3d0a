"""The commands that the docs tell a reader to type exist, and so do their options."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = sorted(
    [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.html.j2")]
)
SHOWN = re.compile(r"`ratepress ([^`\n]+)`|^\s*(?:\.venv/bin/)?ratepress ([^\n]+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def known() -> dict[str, set[str]]:
    """Each command, and the options it takes."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import commands
    finally:
        sys.path.pop(0)
    from ratepress.cli.app import app

    return {
        name: {
            option
            for parameter in commands.parameters(function)
            for option in re.findall(r"`(--[a-z-]+)`", parameter.written)
        }
        for name, function, _ in commands.listed(app)
    }


def shown(path: Path) -> list[str]:
    return [a or b.split("  #")[0] for a, b in SHOWN.findall(path.read_text("utf-8"))]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_command_that_is_shown_exists(path: Path, known: dict[str, set[str]]) -> None:
    for line in shown(path):
        name, *words = line.split()
        if name.startswith("--") or name.isupper():
            continue
        assert name in known, line
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert options <= known[name] | {"--help"}, line


def test_commands_are_found_in_the_docs() -> None:
    """Otherwise the test above would pass on nothing."""
    assert {line.split()[0] for path in WRITTEN for line in shown(path)} >= {"add", "price"}


def test_every_command_takes_json(known: dict[str, set[str]]) -> None:
    # What `mcp` prints is the protocol's, and JSON already.
    assert [name for name, options in known.items() if "--json" not in options] == ["mcp"]


def test_every_command_is_on_the_commands_page(known: dict[str, set[str]]) -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    assert re.findall(r"^## `(.+)`$", page, re.MULTILINE) == sorted(known)
