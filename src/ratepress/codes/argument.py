"""A code as a person types it: `32557`, `J1100`, `ms-drg:470`."""

from __future__ import annotations

from typing import NamedTuple

from ratepress.codes.normalise import LEVEL_I, LEVEL_II, SYSTEMS, normalise
from ratepress.core.errors import UsageError


class CodeRef(NamedTuple):
    """A code in its system, both normalised."""

    system: str
    code: str

    def __str__(self) -> str:
        return f"{self.system}:{self.code}"


def parse_code(text: str) -> CodeRef:
    """The code that `text` names; `UsageError` where the system is not plain from its form.

    >>> parse_code("32557"), parse_code("rc:361")
    (CodeRef(system='cpt', code='32557'), CodeRef(system='rc', code='0361'))
    """
    system, colon, code = text.strip().rpartition(":")
    if not colon:
        return _plain(code.strip().upper())
    system = system.strip().lower()
    if system not in SYSTEMS:
        raise UsageError(
            f"{text!r}: there is no code system {system!r}",
            expected=", ".join(SYSTEMS),
            todo="write system:code, as in ms-drg:470",
        )
    found = normalise("CPT" if system in ("cpt", "hcpcs") else system.upper(), code)
    if found.problem or found.system != system:
        raise UsageError(f"{text!r} has not the form of a code of {system}", todo="check the code")
    return CodeRef(found.system, found.code)


def _plain(code: str) -> CodeRef:
    if LEVEL_I.fullmatch(code):
        return CodeRef("cpt", code)
    if LEVEL_II.fullmatch(code):
        return CodeRef("hcpcs", code)
    number = code if code.isascii() and code.isdigit() and len(code) <= 4 else ""
    todo = (
        f"write ms-drg:{number.zfill(3)} or rc:{number.zfill(4)}"
        if number
        else "write system:code, as in ms-drg:470"
    )
    raise UsageError(
        f"{code!r}: the system of the code is not plain from its form",
        expected="a CPT or HCPCS code of five characters, or system:code",
        todo=todo,
    )
