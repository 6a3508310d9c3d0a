"""Headers and bodies are hostile: whatever they say, the answer is a state or a number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ratepress.fetch.refusals import (
    page_in_place_of_data,
    refusal,
    seconds_of,
    whole_number,
)
from ratepress.fetch.states import ADVICE, Refused, State
from ratepress.fetch.store import Record

HEADER = st.text(max_size=80)


def test_every_state_says_what_to_do() -> None:
    assert set(ADVICE) == set(State) - {State.FETCHED}


@given(st.integers(100, 599), st.binary(max_size=200), st.none() | HEADER)
@settings(deadline=None)
def test_every_status_has_a_state(status: int, body: bytes, retry_after: str | None) -> None:
    found = refusal(status, body, retry_after)
    assert isinstance(found, Refused)
    assert found.status == status


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_json_and_csv_are_never_taken_for_a_page(data: bytes) -> None:
    for start in (b"{", b"[", b"hospital_name,", b"\x1f\x8b", b"PK\x03\x04", b" \n{"):
        assert page_in_place_of_data(start + data) is None


@given(HEADER)
@example("9" * 5_000)
@example("\u0663")
@example("Tue, 06 Jan 2026 10:00:00 GMT")
@example("Tue, 06 Jan 99999 10:00:00 GMT")
@example("Tue, 06 Jan 2026 10:00:00 +9999")
@settings(deadline=None)
def test_any_header_is_a_number_or_none(text: str) -> None:
    number, seconds = whole_number(text), seconds_of(text)
    assert number is None or 0 <= number < 10**18
    assert seconds is None or seconds >= 0
    record = Record(url="", final_url="", last_modified=text, answered_at=text)
    assert record.validator is None, "a date is strong only where the answer is younger"


def test_a_date_in_retry_after_counts_from_now() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    found = seconds_of(soon)
    assert found is not None
    assert 85 < found <= 90
    assert seconds_of("Tue, 06 Jan 2015 10:00:00 GMT") == 0


@pytest.mark.parametrize(
    ("etag", "modified", "answered", "validator"),
    [
        ('"a"', None, None, '"a"'),
        ('W/"a"', "Tue, 06 Jan 2026 10:00:00 GMT", "Tue, 06 Jan 2026 11:00:00 GMT", None),
        (None, "Tue, 06 Jan 2026 10:00:00 GMT", "Tue, 06 Jan 2026 10:00:00 GMT", None),
        (None, "Tue, 06 Jan 2026 10:00:00 GMT", None, None),
        (
            None,
            "Tue, 06 Jan 2026 10:00:00 GMT",
            "Tue, 06 Jan 2026 10:00:01 GMT",
            "Tue, 06 Jan 2026 10:00:00 GMT",
        ),
    ],
)
def test_what_may_stand_in_if_range(
    etag: str | None, modified: str | None, answered: str | None, validator: str | None
) -> None:
    """RFC 9110, 13.1.5: a strong ETag, or a date a second or more before the answer."""
    record = Record(url="", final_url="", etag=etag, last_modified=modified, answered_at=answered)
    assert record.validator == validator
