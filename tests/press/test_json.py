"""The JSON is the dossier: it holds the same tree."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from dossier_sample import dossier
from hostile_text import CORPUS
from ratepress.press.json import document


def spelled_out(found: Any, citations: list[Any]) -> Any:
    """A tree in which each fact states its sources in place of their numbers."""
    if isinstance(found, list):
        return [spelled_out(one, citations) for one in found]
    if not isinstance(found, dict):
        return found
    return {
        name: [citations[number] for number in value]
        if name == "sources" and found.get("type") == "fact"
        else spelled_out(value, citations)
        for name, value in found.items()
    }


@pytest.mark.parametrize("words", [None, *CORPUS.values(), 'a"],"sources":[{"label":"x"}],"\\'])
def test_it_holds_the_whole_tree_and_nothing_else(words: str | None) -> None:
    """As the dossier's own structure says it, with dates and decimals as text."""
    made = dossier(words)
    found = json.loads(document(made))
    citations = found.pop("citations")
    plain = msgspec.to_builtins(made, builtin_types=())
    assert spelled_out(found, citations) == json.loads(json.dumps(plain))


def test_each_source_is_stated_once() -> None:
    citations = [json.dumps(one) for one in json.loads(document(dossier()))["citations"]]
    assert len(set(citations)) == len(citations) > 3


def test_money_is_text_with_its_digits() -> None:
    found = json.loads(document(dossier()))
    fee = found["sections"][4]["facts"][0]["cell"]
    assert fee["value"] == "129.26"
    assert fee["type"] == "fact"


@pytest.mark.parametrize("kind", CORPUS)
def test_a_strangers_text_is_kept_exactly_and_controls_are_escaped(kind: str) -> None:
    raw = document(dossier(CORPUS[kind]))
    assert json.loads(raw)["sources"][0]["publisher"] == CORPUS[kind]
    assert not any(byte < 32 and byte != 10 for byte in raw)
