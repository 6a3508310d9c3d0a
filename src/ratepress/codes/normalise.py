"""A published code type and code, made one name for one thing.

Real files call CPT codes HCPCS, write revenue code 0361 as 361, and type MS-DRGs as DRG. Here each
becomes its own system and form; what was published is kept beside it.
Source of the types: CMS data dictionaries for hospital and payer files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ratepress.codes.base import Code
from ratepress.codes.drugs import Ndc
from ratepress.codes.facility import Apc, Hipps, MsDrg, MsLtcDrg, RevenueCode
from ratepress.codes.procedures import Cdt, Cpt, Hcpcs

ALL_CODES = "CSTM-00"
"""What payer files write for every code of a type."""

_FORMS: dict[str, type[Code]] = {
    kind.system: kind for kind in (MsDrg, MsLtcDrg, Apc, Cdt, Hipps, Ndc, RevenueCode)
}
_TYPES = {
    "MS-DRG": "ms-drg", "R-DRG": "r-drg", "S-DRG": "s-drg", "APS-DRG": "aps-drg",
    "AP-DRG": "ap-drg", "APR-DRG": "apr-drg", "TRIS-DRG": "tris-drg", "MS-LTC-DRG": "ms-ltc-drg",
    "DRG": "drg", "APC": "apc", "NDC": "ndc", "HIPPS": "hipps", "LOCAL": "local", "EAPG": "eapg",
    "CDT": "cdt", "RC": "rc", "CDM": "cdm", "ICD": "icd", "CMG": "cmg", "CSTM-ALL": "custom",
}  # fmt: skip
_ORDER = (
    "cpt", "hcpcs", "ms-drg", "apr-drg", "ms-ltc-drg", "ap-drg", "aps-drg", "r-drg", "s-drg",
    "tris-drg", "drg", "apc", "eapg", "cdt", "hipps", "cmg", "ndc", "icd", "rc", "local", "cdm",
    "custom",
)  # fmt: skip
SYSTEMS = _ORDER
"""Every system that has a name of its own, in the order in which `comparable` prefers them."""

_RANK = {system: rank for rank, system in enumerate(_ORDER)}
# A publisher's own numbers keep their case: two that differ by case alone can be two items.
_OWN_NUMBERS = frozenset(("local", "cdm", "custom"))
_NAME_LIMIT = 20
_REMARKS = re.compile(r"#.*|\s+")
_OWN_NUMBER = "^[!-~](?:[ -~]*[!-~])?$"
_NO_SMALL_LETTERS = "^[!-`{-~](?:[ -`{-~]*[!-`{-~])?$"
# Longer text is no code. It is normalised all the same, but not kept in memory by the cache.
_CACHED_LENGTH = 64


class NormalisedCode(NamedTuple):
    """A code in its system, with what was published and the F rule it tripped, if any."""

    system: str
    code: str
    published_type: str | None
    published_code: str
    problem: str | None = None


def normalise(published_type: str | None, published_code: str) -> NormalisedCode:
    """The code in its system, whatever the file calls it.

    Level I goes to `cpt` and Level II to `hcpcs` where the type is either. A code that has not the
    form of its system goes to system `local` as it was written, under rule F005; an unknown type
    keeps its own name under rule F004, and never the name of a known system. `CSTM-00`, every code
    of a type, stays in its system. No text raises.

    >>> normalise("HCPCS", "32557")[:2], normalise("RC", "361")[:2], normalise("CPT", "J1100")[:2]
    (('cpt', '32557'), ('rc', '0361'), ('hcpcs', 'J1100'))
    >>> normalise("Rev. Code", "361")[:2], normalise("MS-DRG", "J1100")[:2]
    (('revcode', '361'), ('local', 'J1100'))
    """
    if len(published_code) > _CACHED_LENGTH or len(published_type or "") > _CACHED_LENGTH:
        return _normalise(published_type, published_code)
    return _cached(published_type, published_code)


def _normalise(published_type: str | None, published_code: str) -> NormalisedCode:
    written = published_code.strip()
    system, code, problem = _placed(_kind(published_type), written)
    return NormalisedCode(system, code, published_type, published_code, problem)


_cached = lru_cache(maxsize=1 << 16)(_normalise)


def plain_forms(published_type: str | None) -> tuple[tuple[str, str], ...]:
    """Systems and patterns of codes that `normalise` leaves as they stand, for a published type.

    A code belongs to the first that it matches, without a problem; one that matches none is for
    `normalise`. So a column of codes can be told by its few types. The patterns are in what
    Python's expressions and RE2 have in common.

    >>> plain_forms("HCPCS")[1], plain_forms("Rev. Code")
    (('hcpcs', '^(?:[A-HJ-MP-V][0-9]{4})$'), ())
    """
    kind = _kind(published_type)
    if kind in ("CPT", "HCPCS"):
        return tuple((form.system, _one_line(form)) for form in (Cpt, Hcpcs))
    system = _TYPES.get(kind)
    if system is None:
        return ()
    if system in _FORMS:
        return ((system, _one_line(_FORMS[system])),)
    return ((system, _OWN_NUMBER if system in _OWN_NUMBERS else _NO_SMALL_LETTERS),)


def _one_line(form: type[Code]) -> str:
    # RE2 knows no pattern with spaces and remarks.
    return f"^(?:{_REMARKS.sub('', form.pattern.pattern)})$"


def _kind(published_type: str | None) -> str:
    return "".join((published_type or "").split()).upper()


def _placed(kind: str, written: str) -> tuple[str, str, str | None]:
    if kind in ("CPT", "HCPCS"):
        for level in (Cpt, Hcpcs):
            if found := level.normalise(written):
                return level.system, found, None
        return _all_or_local(kind.lower(), written)
    system = _TYPES.get(kind)
    if system is None:
        return _own_name(kind), written, "F004"
    form = _FORMS.get(system)
    if form is None:
        return system, written if system in _OWN_NUMBERS else written.upper(), None
    found = form.normalise(written)
    return (system, found, None) if found else _all_or_local(system, written)


def _all_or_local(system: str, written: str) -> tuple[str, str, str | None]:
    if written.upper() == ALL_CODES:
        return system, ALL_CODES, None
    return "local", written, "F005"


def _own_name(kind: str) -> str:
    """A system's name for an unknown type. `C.P.T.` must not become `cpt`: its codes are unread."""
    name = re.sub(r"[^a-z0-9-]", "", kind.lower())[:_NAME_LIMIT] or "local"
    if name in _RANK and name != "local":
        return f"x-{name}"
    return name


def comparable(codes: Sequence[NormalisedCode]) -> NormalisedCode | None:
    """The one code of an item by which its prices are compared; None where it has no code.

    The order is that of `SYSTEMS`; within one system the code stated first.

    1. `cpt`, then `hcpcs`: they name one service, and Medicare and most payers price by them.
    2. The DRGs, MS-DRG first: they name one stay. The versions that grouped fewer patients follow,
       and a bare `DRG` is last of them, as it does not say which it is.
    3. `apc`, `eapg`, `cdt`, `hipps`, `cmg`: national too, but they group services or cases, or
       belong to one field.
    4. `ndc`, `icd`: a drug or a procedure that is mostly a part of what is priced.
    5. `rc`: a department. Many items share one, so it comes before a hospital's own numbers
       (`local`, `cdm`, `custom`) only because those compare with nothing outside their file.
    6. Unknown types.

    >>> codes = [normalise("CDM", "17"), normalise("RC", "361"), normalise("HCPCS", "32557")]
    >>> comparable(codes).code
    '32557'
    """
    return min(codes, key=lambda c: _RANK.get(c.system, len(_RANK)), default=None)
