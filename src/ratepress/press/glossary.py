"""The glossary of the project as entries for a page: GLOSSARY.md, packaged beside the modules."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup, escape

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*([^*]+)\*")


class Term(NamedTuple):
    """One word and what it means; `anchor` is its place on the page."""

    anchor: str
    word: str
    paragraphs: tuple[Markup, ...]


def terms() -> tuple[Term, ...]:
    """Every entry of the glossary in its order; none where the installation lacks the file.

    >>> next(term.word for term in terms() if term.anchor == "as-of-date")
    'as-of date'
    """
    package = Path(str(files("ratepress")))
    # Beside the modules in a wheel; beside `src` in a checkout.
    places = (package / "GLOSSARY.md", package.parents[1] / "GLOSSARY.md")
    found = next((place for place in places if place.is_file()), None)
    return () if found is None else tuple(_terms(found.read_text("utf-8")))


def _terms(text: str) -> list[Term]:
    made = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        word, _, body = part.partition("\n")
        anchor = re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")
        paragraphs = (p.strip() for p in body.split("\n\n"))
        made.append(Term(anchor, word.strip(), tuple(_shown(p) for p in paragraphs if p)))
    return made


def _shown(paragraph: str) -> Markup:
    """A paragraph of Markdown: code and emphasis kept, links by their words."""
    text = _LINK.sub(r"\1", " ".join(paragraph.split()))
    html = str(escape(text))
    html = _CODE.sub(r"<code>\1</code>", html)
    return Markup(_STRONG.sub(r"<em>\1</em>", html))  # noqa: S704  # escaped before it was marked
