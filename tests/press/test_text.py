"""Text of strangers made harmless: nothing hides or reorders, nothing is a formula or a link."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from ratepress.press.text import breakable, safe_link, spreadsheet, visible

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


@pytest.mark.parametrize("char", [*BIDI, *ZERO_WIDTH, "\x1b", "\x00", "\x7f", "\x9b", "\u2028"])
def test_a_hidden_character_is_shown_as_its_code_point(char: str) -> None:
    assert visible(f"A{char}B") == f"A‹U+{ord(char):04X}›B"


def test_letters_of_any_language_and_line_ends_are_left_readable() -> None:
    assert visible("Clínica São\r\nJosé 保険 שלום") == "Clínica São  José 保険 שלום"


@given(st.text())
def test_what_is_shown_holds_no_hidden_character(text: str) -> None:
    shown = visible(text)
    assert {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} == set()


@given(st.text())
def test_breaks_add_nothing_but_places_to_break(text: str) -> None:
    assert breakable(text).replace(Markup("<wbr>"), "") == escape(visible(text))


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/x",
        "https:javascript",
        "http://[bad",
        "https://example.org/\u202e",
        "",
        None,
    ],
)
def test_only_web_addresses_are_links(link: str | None) -> None:
    assert safe_link(link) is None


def test_a_web_address_is_kept_as_it_is() -> None:
    assert safe_link("https://www.cms.gov/a?b=c#d") == "https://www.cms.gov/a?b=c#d"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\u200b=1"]
)
def test_a_formula_is_led_by_an_apostrophe_or_by_a_code_point(text: str) -> None:
    """A zero-width character before the sign is printed, so the sign no longer comes first."""
    assert spreadsheet(text)[0] in "'‹"


def test_plain_text_is_not_touched_by_the_spreadsheet_guard() -> None:
    assert spreadsheet("% of Medicare (p10 - p90)") == "% of Medicare (p10 - p90)"
