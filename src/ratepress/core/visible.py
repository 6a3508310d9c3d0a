"""Published text with nothing hidden in it, for whatever shows text."""

from __future__ import annotations

import unicodedata

# Zero-width and direction characters hide or reorder what a reader sees (CVE-2021-42574).
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_SPACES = str.maketrans({"\t": " ", "\n": " ", "\r": " "})


def visible(text: str) -> str:
    r"""`text` with each control, direction and zero-width character shown as its code point.

    >>> visible("Aetna\x1b[31m \u202eanteA")
    'Aetna‹U+001B›[31m ‹U+202E›anteA'
    """
    text = text.translate(_SPACES)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"‹U+{ord(char):04X}›" if unicodedata.category(char) in _HIDDEN else char for char in text
    )
