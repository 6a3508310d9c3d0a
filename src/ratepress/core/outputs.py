"""Where a result may be written, asked before the work that it takes is done."""

from __future__ import annotations

from pathlib import Path

from ratepress.core.errors import UsageError


def check_output(
    out: Path | str, *inputs: Path | str, forms: tuple[str, ...] = (), form: str = "file"
) -> None:
    """`UsageError` where `out` cannot be written or is one of the files that are read.

    `forms` are the endings that it may have (`.csv`); none where any will do, and `form` is what
    the result is called.

    >>> check_output("lines.xlsx", forms=(".csv",), form="CSV file")
    Traceback (most recent call last):
    ...
    ratepress.core.errors.UsageError: lines.xlsx: the result is a CSV file. Expected: a name that ends with .csv. What to do: name such a file.
    """  # noqa: E501
    path = Path(out)
    if forms and path.suffix.lower() not in forms:
        *others, last = forms
        listed = f"{', '.join(others)} or {last}" if others else last
        raise UsageError(
            f"{out}: the result is a {form}",
            expected=f"a name that ends with {listed}",
            todo="name such a file",
        )
    if path.is_dir():
        raise UsageError(f"{out}: this is a folder", todo=f"name a {form} in it")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: there is no such folder", todo="make it first")
    for one in inputs:
        if path.exists() and Path(one).exists() and path.samefile(one):
            raise UsageError(
                f"{out}: this is the file that is read", todo="name another file for the result"
            )
