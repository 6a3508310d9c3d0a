"""A code as a person types it: `32557`, `J1100`, `ms-drg:470`."""

from __future__ import annotations

import re
from typing import NamedTuple

from ratepress.codes.base import pad
from ratepress.codes.normalise import SYSTEMS, normalise
from ratepress.codes.procedures import Cpt, Hcpcs
from ratepress.core.errors import UsageError

_MODIFIED = re.compile(r"(\w{5})[-\s.]+(\w{2})")


class CodeRef(NamedTuple):
    """A code in its system, both normalised."""

    system: str
    code: str

    def __str__(self) -> str:
        return f"{self.system}:{self.code}"


def parse_code(text: str | CodeRef) -> CodeRef:
    """The code that `text` names; `UsageError` where the system is not plain from its form.

    A `CodeRef` is returned as it is: files also name codes of systems that nobody knows.

    >>> parse_code("32557"), parse_code("rc:361")
    (CodeRef(system='cpt', code='32557'), CodeRef(system='rc', code='0361'))
    """
    if isinstance(text, CodeRef):
        return text
    system, colon, code = text.strip().partition(":")
    if not colon:
        return _plain(text.strip())
    system = system.strip().lower()
    if system not in SYSTEMS:
        raise UsageError(
            "There is no such code system",
            found=system,
            expected=", ".join(SYSTEMS),
            todo="write system:code, as in ms-drg:470",
        )
    found = normalise("CSTM-ALL" if system == "custom" else system, code)
    # CPT codes are HCPCS Level I, so `hcpcs:32557` is right, and is `cpt`.
    is_right = found.system == system or (system, found.system) == ("hcpcs", "cpt")
    if not found.code or found.problem or not is_right:
        raise UsageError(
            f"The code has not the form of a code of {system}",
            found=code.strip(),
            todo="check the code and its system",
        )
    return CodeRef(found.system, found.code)


def _plain(text: str) -> CodeRef:
    for level in (Cpt, Hcpcs):
        if code := level.normalise(text):
            return CodeRef(level.system, code)
    modified = _MODIFIED.fullmatch(text)
    if modified and (Cpt.normalise(modified[1]) or Hcpcs.normalise(modified[1])):
        raise UsageError(
            "This is a code with a modifier",
            found=text,
            expected="a code alone",
            todo=f"write {modified[1]}, and the modifier {modified[2]} apart",
        )
    number = pad(text, 4) if text else None
    guesses = []
    if number:
        guesses = [f"rc:{number}"]
        if len(text) <= 3:
            guesses.insert(0, f"ms-drg:{text.zfill(3)}")
    raise UsageError(
        "The system of the code is not plain from its form",
        found=text,
        expected="a CPT or HCPCS code of five characters, or system:code",
        todo=f"write {' or '.join(guesses)}" if guesses else "write system:code, as in ms-drg:470",
    )
