"""The table that is set without rich is the one that rich sets, to the character."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratepress.cli import output

TEXT = st.text(alphabet="ab ,-|.9", max_size=12)

NAME = st.text(alphabet="ab-", min_size=1, max_size=9)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]], list[bool]]:
    width = draw(st.integers(1, 4))
    names = draw(st.lists(NAME, min_size=width, max_size=width))
    rows = draw(st.lists(st.lists(TEXT, min_size=width, max_size=width), max_size=4))
    return names, rows, draw(st.lists(st.booleans(), min_size=width, max_size=width))


@settings(max_examples=100, deadline=None)
@given(tables())
def test_both_ways_set_the_same_table(made: tuple[list[str], list[list[str]], list[bool]]) -> None:
    names, rows, is_number = made
    with redirect_stdout(io.StringIO()) as said:
        output._rich_table(names, rows, is_number, [False] * len(names))
    plain = output.in_a_pipe(names, rows, is_number)
    ends_in_space = any(cell.endswith(" ") for row in rows for cell in row)
    assert plain == (None if ends_in_space else said.getvalue())


@pytest.mark.parametrize("text", ["Börse", "病院", "x" * 10_000])
def test_what_is_not_plain_is_left_to_rich(text: str) -> None:
    assert output.in_a_pipe(["name"], [[text]], [False]) is None
