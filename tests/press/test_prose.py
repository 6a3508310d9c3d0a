"""What rules and the glossary say can be found by the search, each rule and each word once."""

from __future__ import annotations

import json

from page_tree import Tree
from ratepress.core.rules import registry
from ratepress.press.lists import glossary_page, method_page, prose_file


def entries() -> list[list[str]]:
    script = prose_file().decode("utf-8")
    start, end = 'ratepressPart("prose",', ");\n"
    assert script.startswith(start)
    assert script.endswith(end)
    found: list[list[str]] = json.loads(script.removeprefix(start).removesuffix(end))
    return found


def test_each_rule_stands_in_it_with_what_it_decides_and_why() -> None:
    said = {address: text for _, kind, address, text in entries() if kind == "rule"}
    assert said == {f"rule/{r.id}": f"{r.decides} {r.why}" for r in registry().values()}
    assert all(r.decides in Tree(method_page().decode()).text for r in registry().values())


def test_each_word_of_the_glossary_stands_in_it_with_its_anchor() -> None:
    ids = set(Tree(glossary_page().decode()).values("id"))
    anchors = [a.removeprefix("glossary#") for _, kind, a, _ in entries() if kind == "glossary"]
    assert len(anchors) == len(set(anchors)) > 50
    assert set(anchors) == ids - {"main"}


def test_no_text_of_it_can_end_the_script() -> None:
    assert b"<" not in prose_file()
    assert b"&" not in prose_file()
