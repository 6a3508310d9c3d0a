"""Every error that ratepress raises on purpose, and the exit code of each.

The exit codes are public: scripts branch on them. How a message is written is in
CONTRIBUTING.md, "The error-message ladder".
"""

from __future__ import annotations

import os
from typing import ClassVar


class RatepressError(Exception):
    """The root of all errors that are somebody's to mend.

    Parameters
    ----------
    message
        What is wrong, in one sentence, naming the file.
    place
        Where in it: ``row 812, column standard_charge|negotiated_dollar`` or ``byte 1,024``.
    found, expected
        The value met, and what would have been right.
    todo
        What the reader of the message can do about it.

    >>> str(UnreadableInput("a.csv: not a price file", todo="run `ratepress inspect a.csv`"))
    'a.csv: not a price file. What to do: run `ratepress inspect a.csv`.'
    """

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        place: str | None = None,
        found: str | None = None,
        expected: str | None = None,
        todo: str | None = None,
    ) -> None:
        self.message = printable(message)
        self.place = None if place is None else printable(place)
        self.found = None if found is None else clip(printable(found))
        self.expected = None if expected is None else printable(expected)
        self.todo = None if todo is None else printable(todo)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        parts = [self.message.rstrip(".")]
        if self.place:
            parts[0] += f" ({self.place})"
        if self.found is not None:
            parts.append(f"Found: {self.found!r}")
        if self.expected:
            parts.append(f"Expected: {self.expected}")
        if self.todo:
            parts.append(f"What to do: {self.todo}")
        return ". ".join(part.rstrip(".") for part in parts) + "."

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders (`--jobs`); keyword-only arguments need this.
        state = {k: getattr(self, k) for k in ("place", "found", "expected", "todo")}
        return (_rebuild, (type(self), self.message, state))


class UsageError(RatepressError):
    """The command or the call is wrong: an unknown code, a bad date, a missing argument."""

    exit_code = 2
    code = "usage"


class UnreadableInput(RatepressError):
    """A file is not what any reader knows, is truncated, or is hostile."""

    exit_code = 3
    code = "unreadable-input"


class DoesNotReconcile(RatepressError):
    """Rows read are not rows loaded plus rows set aside; nothing of the file was kept."""

    exit_code = 4
    code = "does-not-reconcile"


class MissingReferenceData(RatepressError):
    """An answer needs a release, a factor or a register that is not loaded."""

    exit_code = 5
    code = "missing-reference-data"


class NetworkRefused(RatepressError):
    """A URL is not allowed, or the network did not give what it promised."""

    exit_code = 6
    code = "network-refused"


class LakeDamaged(RatepressError):
    """The lake's files and its manifest disagree, or the folder is not a lake."""

    exit_code = 7
    code = "lake-damaged"


def clip(value: str, limit: int = 120) -> str:
    """A value short enough to print, with what was cut said.

    >>> clip("a" * 130)[-20:]
    '... (130 characters)'
    """
    if len(value) <= limit:
        return value
    return f"{value[:limit]}... ({len(value):,} characters)"


def printable(path: str | os.PathLike[str]) -> str:
    r"""A path, or text that names one, as text that any file and any JSON can hold.

    A file name need not be UTF-8; Python keeps its other bytes as lone surrogates, which no
    encoder takes. They are written out.

    >>> printable("n\udcff.csv")
    'n\\xff.csv'
    """
    text = os.fspath(path)
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # A surrogate that stands for no byte: from an escape in JSON.
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _rebuild(kind: type[RatepressError], message: str, state: dict[str, str]) -> RatepressError:
    return kind(message, **state)
