"""Errors over HTTP: the one error shape, the status that goes with it, and nothing of our insides.

An error that is the asker's to mend is told whole. One that is ours (a damaged lake, a defect) is
told by its kind; the log has the rest.
"""

from __future__ import annotations

import logging

from ratepress.core.errors import (
    LakeDamaged,
    MissingReferenceData,
    RatepressError,
    UnreadableInput,
    UsageError,
)
from ratepress.core.shapes import failure, to_json

LOG = logging.getLogger("ratepress.service")
BAD, NOT_FOUND, WRONG_METHOD, TOO_LARGE, TOO_LONG = 400, 404, 405, 413, 414
RETRY = "retry-after"
WRONG_TYPE, WRONG_HOST, FAILED, UNAVAILABLE = 415, 421, 500, 503
_STATUS: tuple[tuple[type[RatepressError], int], ...] = (
    (MissingReferenceData, NOT_FOUND),
    (UsageError, BAD),
    (UnreadableInput, BAD),
    (LakeDamaged, UNAVAILABLE),
)


class Refusal(Exception):
    """An error that has an HTTP status of its own, and headers that go with it."""

    def __init__(self, status: int, error: RatepressError, **headers: str) -> None:
        super().__init__(status, str(error))
        self.status = status
        self.error = error
        self.headers = headers


def refused(status: int, message: str, *, todo: str, **facts: str) -> Refusal:
    """A request that is the asker's to mend.

    >>> refused(NOT_FOUND, "Nothing is there", todo="see /").error.code
    'usage'
    """
    return Refusal(status, UsageError(message, todo=todo, **facts))


def unavailable(message: str, wait: int = 2, todo: str = "") -> Refusal:
    """An answer that cannot be had now, and may be had in some seconds, `wait`."""
    error = RatepressError(message, todo=todo or f"ask again in {wait} seconds")
    return Refusal(UNAVAILABLE, error, **{RETRY: str(wait)})


def told(error: Exception) -> Refusal:
    """What may be told of an error to whoever asked; what may not goes to the log.

    >>> told(LakeDamaged("/srv/lake/data/x.parquet: is not there")).error.message
    'The lake of this service cannot be read'
    >>> told(UsageError("no such code")).status
    400
    """
    if isinstance(error, Refusal):
        return error
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), FAILED)
    if isinstance(error, LakeDamaged):
        LOG.error("%s", error)
        said: RatepressError = LakeDamaged("The lake of this service cannot be read")
    elif isinstance(error, RatepressError) and status != FAILED:
        said = error
    else:
        LOG.error("a question failed", exc_info=error)
        said = RatepressError("The service failed at this question", todo="tell its keeper when")
    return Refusal(status, said)


def body_of(command: str, error: RatepressError) -> bytes:
    """The error shape as bytes."""
    return to_json(failure(command, error), pretty=False) + b"\n"
