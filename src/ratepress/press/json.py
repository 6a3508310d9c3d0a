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
_LISTED = re.compile(_SOURCE + rb"(?:," + _SOURCE + rb")*+(?=\])")
_ONE = re.compile(_SOURCE)
_FIELD = b'"sources":['


def document(dossier: Dossier | Profile) -> bytes:
    """The JSON of a dossier, for the place `code/<system>/<code>.json`. Money is text.

    >>> from datetime import date
    >>> empty = Dossier("cpt", "32557", "Chest drain", date(2026, 7, 15), "balanced", "1", (), ())
    >>> document(empty)[:31]
    b'{"system":"cpt","code":"32557",'
    """
    numbers: dict[bytes, int] = {}
    written: dict[bytes, bytes] = {}
    first, *rest = to_json(dossier, pretty=False).split(_FIELD)
    made = [first]
    for piece in rest:
        # Most facts have the sources of another fact, whose text is known. Where these signs stand
        # inside a text the part before them is no list of sources, and so not known as one.
        sources = piece[: piece.find(b"}]") + 1]
        short = written.get(sources)
        if short is None:
            found = _LISTED.match(piece)
            if found is None:  # Those of the dossier itself, which are stated whole.
                made.append(piece)
                continue
            sources = found[0]
            listed = (numbers.setdefault(one, len(numbers)) for one in _ONE.findall(sources))
            short = written[sources] = b",".join(b"%d" % number for number in listed)
        made.append(short + piece[len(sources) :])
    tree = _FIELD.join(made)
    return b'%s,"citations":[%s]}\n' % (tree[:-1], b",".join(numbers))
