"""Errors name the file, the place, what was found and expected, and what to do."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from ratepress.core import errors


def test_every_error_has_an_exit_code_of_its_own() -> None:
    kinds = errors.RatepressError.__subclasses__()
    codes = [kind.exit_code for kind in kinds]
    assert len(set(codes)) == len(codes)
    # Published in docs/reference/errors.md: scripts branch on them.
    assert {kind.code: kind.exit_code for kind in kinds} == {
        "usage": 2,
        "unreadable-input": 3,
        "does-not-reconcile": 4,
        "missing-reference-data": 5,
        "network-refused": 6,
        "lake-damaged": 7,
    }


def test_a_message_says_place_found_expected_and_what_to_do() -> None:
    error = errors.UnreadableInput(
        "a.csv: no price",
        place="row 812",
        found="N/A",
        expected="a number above 0",
        todo="mend it",
    )
    assert str(error) == (
        "a.csv: no price (row 812). Found: 'N/A'. Expected: a number above 0. What to do: mend it."
    )


def test_a_giant_value_is_cut_in_the_message() -> None:
    error = errors.UnreadableInput("a.csv: bad", found="x" * 10_000)
    assert len(str(error)) < 200
    assert "(10,000 characters)" in str(error)


def test_an_error_survives_a_process_border() -> None:
    error = errors.DoesNotReconcile("a.csv: rows are lost", found="3 read", todo="report it")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is errors.DoesNotReconcile
    assert str(again) == str(error)
    assert again.todo == "report it"


def test_bytes_of_a_name_that_are_not_utf8_are_written_out_in_every_part() -> None:
    name = "n\udcff.csv"
    error = errors.UsageError(name, place=name, found=name, expected=name, todo=name)
    parts = (error.message, error.place, error.found, error.expected, error.todo)
    assert set(parts) == {"n\\xff.csv"}


@given(st.text(st.characters()))
def test_what_is_printable_can_be_encoded_and_other_text_stays(text: str) -> None:
    made = errors.printable(text)
    made.encode("utf-8")
    if not any("\ud800" <= c <= "\udfff" for c in text):
        assert made == text
