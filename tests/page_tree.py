"""A page as its tags, attributes and words, for tests that look at what a page holds."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "wbr", "img", "input"}
# HTML ends these where the next one begins, and where what holds them ends.
ENDS = {
    "td": {"td", "th"},
    "th": {"td", "th"},
    "tr": {"tr", "td", "th"},
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
}
IMPLIED = {
    **{tag: {"td", "th", "tr"} for tag in ("tbody", "thead", "table")},
    **{tag: {"li"} for tag in ("ul", "ol")},
    **{tag: {"dt", "dd"} for tag in ("dl", "div")},
}
SHAPES = {"circle", "rect", "line", "use"}


class Tree(HTMLParser):
    """Tags, attributes and text of a page; fails where a tag is not closed in order.

    Cells, rows and items of lists may leave out their end, as HTML says.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while self.open and self.open[-1] in ENDS.get(tag, ()):
            self.open.pop()
        # Linked data is no script: a browser runs nothing of it.
        is_data = tag == "script" and ("type", "application/ld+json") in attrs
        self.tags["linked data" if is_data else tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID and not (tag in SHAPES and self.get_starttag_text().endswith("/>")):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        while self.open[-1] in IMPLIED.get(tag, ()):
            self.open.pop()
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        else:
            self.words.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, found, value in self.attributes if found == name]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))
