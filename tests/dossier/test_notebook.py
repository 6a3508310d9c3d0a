"""A dossier in a notebook: everything escaped, gaps said, nothing fetched."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from dossier_sample import dossier
from hostile_text import CORPUS
from ratepress.core.visible import visible
from ratepress.dossier.notebook import dossier_html


class Tags(HTMLParser):
    """The tags and attributes that a browser would see, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.said = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.said += f"{data} "


PLAIN = {"section", "h3", "p", "details", "summary", "table", "caption", "thead", "tbody", "tr",
         "th", "td", "em"}  # fmt: skip


@pytest.mark.parametrize("name", CORPUS)
def test_a_strangers_text_is_only_ever_text(name: str) -> None:
    html = Tags(dossier(CORPUS[name])._repr_html_())
    assert html.tags <= PLAIN
    assert html.attributes <= {"colspan"}
    assert visible(CORPUS[name])[:40] in html.said
    assert re.search("[\u202a-\u202e\u200b\u2066-\u2069\x00-\x08\x1b]", html.said) is None


def test_findings_stand_first_and_each_section_and_gap_is_there() -> None:
    sample = dossier()
    html = dossier_html(sample)
    said = unescape(html)
    assert said.index(sample.sections[0].sentences[0].text) < said.index("<details>")
    assert [section.title for section in sample.sections if section.title not in said][1:] == []
    for gap in sample.section("gaps").gaps:
        assert gap.why in said
