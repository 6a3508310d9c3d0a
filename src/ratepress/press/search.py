"""The index of the search box: small scripts by first letters, which load from a plain folder.

What stands in it is our own words, codes, and the names of payers and hospitals; a descriptor of a
file only where the edition shows them. A name is a stranger's text: it stands in a string that
cannot end, and the page shows it as text.

What the rules and the glossary say is prose: a part of its own, which the page asks for where a
word is asked and no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from ratepress.press.text import visible

FOLDER = "search"
PROSE = f"{FOLDER}/prose.js"
_WORD = re.compile(r"[a-z0-9]+")
PART_NAME = re.compile(r"(?:[a-z]|[0-9]{1,2})\.js\Z")
"""What a file of the index is called."""
_MOST_WORDS = 12
_LONGEST = 120


class Entry(NamedTuple):
    """One page that can be found: its name, more words, and its address.

    `also` are words by which it is found and which the results do not show.
    """

    name: str
    words: str
    address: str
    also: str = ""


class Passage(NamedTuple):
    """A text that can be found by its words; `address` may end with an anchor: `glossary#vote`."""

    name: str
    kind: str
    address: str
    text: str


def index(entries: Iterable[Entry]) -> Iterator[tuple[str, bytes]]:
    r"""The files of the index with their places; the part of a word is its first letter, that of a
    number its first two digits.

    >>> found = dict(index([Entry("CPT 32557", "Chest drain", "code/cpt/32557")]))
    >>> sorted(found)
    ['search/32.js', 'search/c.js', 'search/d.js']
    >>> found["search/32.js"]
    b'ratepressPart("32",[["CPT 32557","Chest drain","code/cpt/32557"]]);\n'
    """
    parts: dict[str, list[Entry]] = {}
    for entry in entries:
        texts = (visible(text)[:_LONGEST] for text in (entry.name, entry.words, entry.also))
        name, words, also = texts
        kept = Entry(name, words, entry.address, also)
        for part in dict.fromkeys(map(part_of, _words(kept))):
            parts.setdefault(part, []).append(kept)
    for name, listed in sorted(parts.items()):
        yield f"{FOLDER}/{name}.js", _script(name, listed)


def prose(passages: Iterable[Passage]) -> bytes:
    r"""The part of the index that is found by any word of a text, for the place `PROSE`.

    >>> prose([Passage("M05 Percentiles", "rule", "rule/M05", "By interpolation.")])
    b'ratepressPart("prose",[["M05 Percentiles","rule","rule/M05","By interpolation."]]);\n'
    """
    return _script("prose", list(passages))


def _script(name: str, listed: Sequence[Entry] | Sequence[Passage]) -> bytes:
    """A part as a script; nothing in it can end its text or the script."""
    text = msgspec.json.encode(list(map(_stated, listed))).decode("utf-8")
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return f'ratepressPart("{name}",{text});\n'.encode()


def _stated(one: Entry | Passage) -> tuple[str, ...]:
    """What a part says of an entry: nothing for what most have none of."""
    if isinstance(one, Passage):
        return one
    return (*one[:3], "", one.also) if one.also else one[:3]


def part_of(word: str) -> str:
    """The part of the index that a word stands in.

    >>> part_of("32557"), part_of("drain"), part_of("j1100")
    ('32', 'd', 'j')
    """
    return word[:2] if word[0].isdigit() else word[0]


def _words(entry: Entry) -> list[str]:
    """The words that an entry is found by, without the word for its system."""
    name = _WORD.findall(entry.name.lower())
    if entry.address.startswith("code/"):
        name = name[-1:]
    also = _WORD.findall(entry.also.lower())[:_MOST_WORDS]
    return [*name, *_WORD.findall(entry.words.lower())][:_MOST_WORDS] + also
