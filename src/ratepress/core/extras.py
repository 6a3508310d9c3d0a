"""Parts that are installed on demand: the one error where such a part is not there."""

from __future__ import annotations

from ratepress.core.errors import UsageError


def missing(what: str, extra: str) -> UsageError:
    """The error to raise where `what` needs an extra that is not installed.

    >>> str(missing("A workbook", "xlsx"))
    'A workbook needs an extra. What to do: install it: pip install "ratepress[xlsx]".'
    """
    return UsageError(
        f"{what} needs an extra", todo=f'install it: pip install "ratepress[{extra}]"'
    )
