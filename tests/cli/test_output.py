"""What is printed is safe for a terminal, exact for a program, and whole in a pipe."""

from __future__ import annotations

import io
import json
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratepress.cli.output import reading_each, safe, say, table, write_json

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_no_control_character_is_left(text: str) -> None:
    """Cc are the controls, Cs lone surrogates, Zl and Zp the separators of lines."""
    assert not [c for c in safe(text) if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\ufeff", "\u200b"])
def test_marks_that_reorder_or_hide_text_are_written_out(mark: str) -> None:
    assert safe(f"a{mark}b") == f"a\\u{ord(mark):04x}b"


def test_words_of_any_script_stay_as_they_are() -> None:
    for words in ("Clínica São João", "病院", "مستشفى", "Ōtsu", "€ 1,200.50", "[red]"):
        assert safe(words) == words


def test_markup_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    say("[bold]x[/bold] [link=https://example.org]y[/link] :heart:")
    table(["[b]head[/b]"], [["[i]cell[/i]"]])
    out = capsys.readouterr().out
    assert "[bold]x[/bold] [link=https://example.org]y[/link] :heart:" in out
    assert "[b]head[/b]" in out
    assert "[i]cell[/i]" in out


def test_a_row_is_one_line_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    table(["name", "words"], [["a", "word " * 300], ["b", "two\nlines"]])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert len(lines) == 4
    assert lines[2].count("word") == 300
    assert "two\\x0alines" in lines[3]


def test_a_column_in_which_nothing_stands_is_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(["full", "empty", "zero"], [["a", None, 0], ["b", "", 0]])
    head = capsys.readouterr().out.splitlines()[1]
    assert head.split() == ["full", "zero"]


class Terminal(io.StringIO):
    """What is written to it, as a terminal."""

    def isatty(self) -> bool:
        return True


def test_each_file_that_is_read_has_a_bar_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several at once, by name and size; what is shown last holds those at work alone."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    with reading_each() as bar:
        bar("a\x1b[31m.json", 1_000, 2_000)
        bar("b.json", 500, None)
        bar("a\x1b[31m.json")
        bar("never begun")
        shown = terminal.tell()
    assert "b.json" in terminal.getvalue()
    assert "\x1b[31m" not in terminal.getvalue()
    assert "a\\x1b[31m.json" not in terminal.getvalue()[shown:]


def test_nothing_is_shown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with reading_each() as bar:
        bar("a.json", 1_000, 2_000)
    assert capsys.readouterr() == ("", "")


@given(ANY_TEXT.filter(lambda t: not any(0xD800 <= ord(c) < 0xE000 for c in t)))
def test_json_gives_back_the_text_and_holds_no_control_character(text: str) -> None:
    import sys

    raw = io.BytesIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
        write_json({"text": text})
        printed = raw.getvalue().decode("utf-8")
    assert json.loads(printed) == {"text": text}
    controls = {c for c in printed if unicodedata.category(c) == "Cc"}
    assert controls <= {"\n"}


def test_json_keeps_the_digits_of_money(capsys: pytest.CaptureFixture[str]) -> None:
    write_json({"amount": Decimal("129.2600")})
    assert json.loads(capsys.readouterr().out) == {"amount": "129.2600"}
