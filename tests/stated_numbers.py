"""The numbers of a sentence, and those that its facts allow it to state."""

from __future__ import annotations

import re

from ratepress.core.facts import Fact
from ratepress.dossier.model import Sentence

_NUMBER = re.compile(r"-?\$?\d[\d,]*(?:\.\d+)?%?")


def unfounded(sentence: Sentence) -> list[str]:
    """Numbers that the sentence states and none of its facts: an amount, a count, a year.

    A year may be that of a fact's date. What a fact says in words may hold numbers, and so may a
    source's name: those are not the sentence's own.
    """
    text = sentence.text
    for fact in sorted(sentence.facts, key=lambda fact: -len(fact.text)):
        if fact.unit in ("text", "code", "date"):
            text = text.replace(fact.text, "")
    for name in {source.label for fact in sentence.facts for source in fact.sources}:
        text = text.replace(name, "")
    allowed = {token for fact in sentence.facts for token in _tokens(fact)}
    return [token for token in map(_bare, _NUMBER.findall(text)) if token not in allowed]


def _tokens(fact: Fact) -> set[str]:
    found = {_bare(fact.text)}
    return found | {str(fact.as_of.year)} if fact.as_of else found


def _bare(token: str) -> str:
    return token.rstrip(",")
