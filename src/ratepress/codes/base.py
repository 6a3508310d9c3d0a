"""What every coding system has: a form, a normal form, and a sentence that explains a code.

One subclass for each system. A code is text: `0361`, `00123` and `470` are never numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from ratepress.core.errors import UsageError


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """A code in its normal form. Made by `parse`, or by a caller who has normalised it."""

    code: str

    system: ClassVar[str]
    """Name of the system in tables: `ms-drg`."""
    title: ClassVar[str]
    """Name of the system for people: `MS-DRG`."""
    form: ClassVar[str]
    """The form in words, as an error message says it."""
    pattern: ClassVar[re.Pattern[str]]
    """The normal form."""

    @classmethod
    def normalise(cls, text: str) -> str | None:
        """The normal form of `text`, or None where it is no code of this system."""
        code = text.strip()
        # Letters of other alphabets can have a Latin capital: no code is meant by them.
        code = code.upper() if code.isascii() else ""
        return code if cls.pattern.fullmatch(code) else None

    @classmethod
    def is_valid(cls, text: str) -> bool:
        """Whether `text` has the form of this system, which is not yet that such a code exists."""
        return cls.normalise(text) is not None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The code that `text` is; `UsageError` where it has not the form of this system."""
        code = cls.normalise(text)
        if code is None:
            raise UsageError(
                f"This is no {cls.title} code",
                found=text,
                expected=cls.form,
                todo="check the code and its type",
            )
        return cls(code)

    def explain(self) -> str:
        """What the code is, in one sentence, as far as its form tells."""
        return f"{self.title} {self.code}."

    def __str__(self) -> str:
        return self.code


def pad(text: str, width: int) -> str | None:
    """A number of at most `width` digits with its leading zeros, which spreadsheets drop.

    >>> pad(" 361 ", 4), pad("36X", 4), pad("36110", 4)
    ('0361', None, None)
    """
    code = text.strip()
    is_number = code.isascii() and code.isdigit() and len(code) <= width
    return code.zfill(width) if is_number else None
