"""The dossier as a data file: the same tree as the page, with nothing added or left out.

A source is stated once, in `citations`, and a fact names it by its place there: stated at each
fact, sources would be more than half of the file.
"""

from __future__ import annotations

import re

from ratepress.core.shapes import to_json
from ratepress.dossier.model import Dossier, Profile

# The sources of a fact are objects of texts, without objects in them; those of the dossier have
# some. A quotation mark inside a text is escaped, so that no text looks like a field.
# Possessive, for nothing in it can be read in two ways: without a way back it is twice as fast.
_SOURCE = rb'\{(?:[^"{}]++|"(?:[^"\\]++|\\.)*+")*+\}'
_SOURCES = re.compile(rb'"sources":\[(' + _SOURCE + rb"(?:," + _SOURCE + rb")*+)\]")
_ONE = re.compile(_SOURCE)


def document(dossier: Dossier | Profile) -> bytes:
    """The JSON of a dossier, for the place `code/<system>/<code>.json`. Money is text.

    >>> from datetime import date
    >>> empty = Dossier("cpt", "32557", "Chest drain", date(2026, 7, 15), "balanced", "1", (), ())
    >>> document(empty)[:31]
    b'{"system":"cpt","code":"32557",'
    """
    numbers: dict[bytes, int] = {}
    written: dict[bytes, bytes] = {}  # Most facts have the sources of another fact.

    def numbered(found: re.Match[bytes]) -> bytes:
        sources = found[1]
        short = written.get(sources)
        if short is None:
            listed = (numbers.setdefault(one, len(numbers)) for one in _ONE.findall(sources))
            short = b'"sources":[%s]' % b",".join(b"%d" % number for number in listed)
            written[sources] = short
        return short

    tree = _SOURCES.sub(numbered, to_json(dossier, pretty=False))
    return b'%s,"citations":[%s]}\n' % (tree[:-1], b",".join(numbers))
