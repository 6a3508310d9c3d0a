"""Every rule is documented, and the chapter on method names only rules that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratepress.core.rules import Rule, registry

DOCS = Path(__file__).resolve().parents[2] / "docs"
RULES = list(registry().values())
STRENGTHS = ("minimum", "balanced", "maximum")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_stands_on_the_rules_page(rule: Rule) -> None:
    page = (DOCS / "reference" / "rules.md").read_text("utf-8")
    assert f"### {rule.id}: {rule.name}\n" in page


def test_a_stricter_strength_keeps_out_all_that_a_laxer_one_does() -> None:
    for rule in RULES:
        assert rule.strengths == STRENGTHS[len(STRENGTHS) - len(rule.strengths) :], rule.id


def test_rules_that_the_method_chapter_links_exist() -> None:
    chapter = (DOCS / "method" / "index.md").read_text("utf-8")
    linked = {part[:3].upper() for part in chapter.split("#rule-")[1:]}
    assert linked
    assert linked <= set(registry())


SPEC = DOCS.parent / "tests" / "spec" / "coding"
OF_SPEC = [f"C{number}" for number in range(11, 60)]


@pytest.mark.parametrize("rule_id", [one for one in OF_SPEC if one in registry()])
def test_a_coding_rule_has_a_spec_test_that_is_a_paragraph(rule_id: str) -> None:
    page = (DOCS / "reference" / "what-may-be-billed.md").read_text("utf-8")
    tests = "".join(path.read_text("utf-8") for path in SPEC.glob("test_*.py"))
    assert f"def test_{rule_id.lower()}" in tests
    assert f"**[{rule_id}](rules.md#rule-{rule_id.lower()})** " in page
