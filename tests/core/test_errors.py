"""Errors name the file, the place, what was found and expected, and what to do."""

from __future__ import annotations

import pickle

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
