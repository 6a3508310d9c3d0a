"""Published text made harmless for a page, a style sheet and a spreadsheet.

Payer and plan names come from strangers. Jinja escapes markup; this module deals with what markup
escaping does not: control and direction characters, links, long words, formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from ratepress.core import visible as _core

_BREAK_AFTER = re.compile(r"(?<=[_./\]\-])(?=\w)")
# Names, labels and sources repeat on every page.
_KEPT = 1 << 13
_LONG_WORD = 16
_LONGEST_PIECE = 20
visible = lru_cache(_KEPT)(_core.visible)
"""`ratepress.core.visible.visible`, which remembers."""
_FORMULA_START = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


@lru_cache(_KEPT)
def breakable(text: str) -> Markup:
    """`text` escaped, with places inside its long words where a line may break.

    >>> breakable("Driscoll_Medicaid_Adult <b>")
    Markup('Driscoll_<wbr>Medicaid_<wbr>Adult &lt;b&gt;')
    """
    words = (
        Markup("<wbr>").join(_pieces(word)) if len(word) > _LONG_WORD else escape(word)
        for word in visible(text).split(" ")
    )
    return Markup(" ").join(words)


def _pieces(word: str) -> Iterator[str]:
    for piece in _BREAK_AFTER.split(word):
        for start in range(0, len(piece), _LONGEST_PIECE):
            yield piece[start : start + _LONGEST_PIECE]


@lru_cache(_KEPT)
def escaped(text: str) -> str:
    """`text` made visible and escaped.

    >>> escaped("<b>")
    '&lt;b&gt;'
    """
    return str(escape(visible(text)))


def in_words(text: str) -> Markup:
    """`text` escaped, what stands between backticks as code.

    >>> in_words("notes: `ratepress add NOTES.yaml`")
    Markup('notes: <code>ratepress add NOTES.yaml</code>')
    """
    parts = escaped(text).split("`")
    if len(parts) % 2 == 0:
        return Markup("`".join(parts))  # noqa: S704  # escaped above
    made = (f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))
    return Markup("".join(made))  # noqa: S704  # escaped above


def printed(value: object) -> str:
    """What a template prints of a value: text visible and escaped, markup as it is.

    >>> printed("a & b"), printed(Markup("<b>")), printed(3)
    ('a &amp; b', Markup('<b>'), Markup('3'))
    """
    kind = type(value)
    if kind is str:
        return escaped(value)
    if kind is Markup:
        return value  # type: ignore[return-value] # as above
    return escape(visible(value) if isinstance(value, str) else value)


def safe_link(link: str | None) -> str | None:
    """`link` where it is an http or https address, else None: no script, data or file links.

    >>> safe_link("https://www.cms.gov/a"), safe_link(" javascript:alert(1)")
    ('https://www.cms.gov/a', None)
    """
    if link is None or visible(link) != link:
        return None
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    return link if parts.scheme in ("http", "https") and parts.netloc else None


@lru_cache(_KEPT)
def spreadsheet(text: str) -> str:
    r"""`text` that no spreadsheet takes for a formula: one that could be is led by an apostrophe.

    >>> spreadsheet('=HYPERLINK("http://x")'), spreadsheet("Aetna")
    ('\'=HYPERLINK("http://x")', 'Aetna')
    """
    shown = visible(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA_START) else shown
