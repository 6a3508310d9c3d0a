"""The JSON is the dossier: it holds the same tree."""

from __future__ import annotations

import json

import msgspec
import pytest

from dossier_sample import dossier
from hostile_text import CORPUS
from ratepress.press.json import document


def test_it_holds_the_whole_tree_and_nothing_else() -> None:
    """As the dossier's own structure says it, with dates and decimals as text."""
    plain = msgspec.to_builtins(dossier(), builtin_types=())
    assert json.loads(document(dossier())) == json.loads(json.dumps(plain))


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
