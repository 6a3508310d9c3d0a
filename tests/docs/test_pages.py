"""README, glossary and news are what a reader counts on."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRAGMENT = re.compile(r"\+[a-z0-9]+(-[a-z0-9]+)*\.(feature|change|fix|method)\.md\Z")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")
WRITTEN = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("[!_]*/**/*.md"), *ROOT.glob("docs/*.md")]
)


def glossary_terms() -> list[str]:
    return re.findall(r"^## (.+)$", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE)


def test_glossary_terms_are_in_alphabetical_order() -> None:
    terms = glossary_terms()
    assert terms == sorted(terms, key=str.casefold)


def test_a_glossary_term_stands_once() -> None:
    terms = [term.casefold() for term in glossary_terms()]
    assert len(set(terms)) == len(terms)


def test_a_glossary_term_is_explained_in_a_line_or_two() -> None:
    text = (ROOT / "GLOSSARY.md").read_text("utf-8")
    for section in text.split("\n## ")[1:]:
        term, _, explained = section.partition("\n")
        sentences = re.findall(r"[.:](?:\s|$)", explained)
        assert explained.strip().endswith("."), term
        assert 1 <= len(sentences) <= 5, term


def test_the_words_the_product_stands_on_are_in_the_glossary() -> None:
    wanted = {
        "allowed amount", "ballot", "billing class", "comparison key", "content", "fact", "funnel",
        "gap", "GPCI", "line of business", "locality", "modifier signature", "negotiated rate",
        "observation", "place of service", "release", "RVU", "set aside", "setting", "site",
        "strength", "vote",
    }  # fmt: skip
    assert wanted <= set(glossary_terms())


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_shows_the_commands_of_a_newcomer(command: str) -> None:
    assert re.search(rf"^{command}\b", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)


def test_the_readme_says_whose_cpt_is() -> None:
    assert "American Medical Association" in (ROOT / "README.md").read_text("utf-8")


def test_the_python_of_the_readme_runs_on_names_that_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        imports = [line for line in block.splitlines() if line.startswith(("from ", "import "))]
        assert imports
        exec("\n".join(imports), {})
        compile(block, "README.md", "exec")


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_link_to_another_file_leads_somewhere(path: Path) -> None:
    for target, _ in LINK.findall(path.read_text("utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (path.parent / target).exists(), target


def test_a_fragment_of_news_is_named_as_towncrier_wants_it() -> None:
    names = [path.name for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
    assert names
    assert [name for name in names if not FRAGMENT.match(name)] == []


def test_the_types_of_news_are_those_the_fragments_use() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    types = {entry["directory"] for entry in config["tool"]["towncrier"]["type"]}
    assert types == {"feature", "change", "fix", "method"}


def test_every_room_of_the_package_is_in_the_import_contract() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = {path.parent.name for path in (ROOT / "src" / "ratepress").glob("*/__init__.py")}
    assert rooms <= {layer.strip("()") for layer in layers}


def test_every_task_of_the_makefile_that_the_docs_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        named = set(re.findall(r"^make ([a-z-]+)", path.read_text("utf-8"), re.MULTILINE))
        assert named, path.name
        assert named <= targets, path.name


def test_every_dependency_is_in_the_architecture_with_its_reason() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = {re.split(r"[<>=\[ ]", entry)[0] for entry in config["project"]["dependencies"]}
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z0-9, -]+) \| [^|]+ \| [^|]+ \|$", page, re.MULTILINE)
    assert wanted <= {name for row in rows for name in row.split(", ")}
