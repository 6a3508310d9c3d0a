"""Every error that ratepress raises on purpose, and the exit code of each.

The exit codes are public: scripts branch on them. How a message is written is in
CONTRIBUTING.md, "The error-message ladder".
"""

from __future__ import annotations

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
        self.message = message
        self.place = place
        self.found = None if found is None else clip(found)
        self.expected = expected
        self.todo = todo
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


def _rebuild(kind: type[RatepressError], message: str, state: dict[str, str]) -> RatepressError:
    return kind(message, **state)
