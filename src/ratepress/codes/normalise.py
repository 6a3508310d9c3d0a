"""A published code type and code, made one name for one thing.

Real files call CPT codes HCPCS, write revenue code 0361 as 361, and type MS-DRGs as DRG. Here each
becomes its own system and form; what was published is kept beside it.
Source of the types: CMS data dictionaries for hospital and payer files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

ALL_CODES = "CSTM-00"
LEVEL_I = re.compile(
    r"""
    \d{5}            # category I: 32557
    | \d{4} [FTUMAB] # categories II (0001F), III (0042T), PLA (0055U), MAAA (0002M), others
    """,
    re.VERBOSE,
)
LEVEL_II = re.compile(r"[A-V]\d{4}")


class NormalisedCode(NamedTuple):
    """A code in its system, with what was published and the F rule it tripped, if any."""

    system: str
    code: str
    published_type: str | None
    published_code: str
    problem: str | None = None


def _level(code: str) -> tuple[str, str] | None:
    if LEVEL_I.fullmatch(code):
        return "cpt", code
    if LEVEL_II.fullmatch(code):
        return "hcpcs", code
    return None


def _digits(width: int) -> Callable[[str], str | None]:
    def pad(code: str) -> str | None:
        is_number = code.isascii() and code.isdigit() and len(code) <= width
        return code.zfill(width) if is_number else None

    return pad


_FIXED: dict[str, Callable[[str], str | None]] = {"ms-drg": _digits(3), "rc": _digits(4)}
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


@lru_cache(maxsize=1 << 16)
def normalise(published_type: str | None, published_code: str) -> NormalisedCode:
    """The code in its system, whatever the file calls it.

    A code that has not the form of its system goes to system `local` under rule F005; an unknown
    type keeps its own name under rule F004.

    >>> normalise("HCPCS", "32557")[:2], normalise("RC", "361")[:2], normalise("CPT", "J1100")[:2]
    (('cpt', '32557'), ('rc', '0361'), ('hcpcs', 'J1100'))
    """
    kind = (published_type or "").strip().upper()
    code = published_code.strip().upper()
    if kind in ("CPT", "HCPCS"):
        found = _level(code)
        if found:
            return NormalisedCode(*found, published_type, published_code)
        if code == ALL_CODES:
            return NormalisedCode(kind.lower(), code, published_type, published_code)
        return NormalisedCode("local", code, published_type, published_code, "F005")
    system = _TYPES.get(kind)
    if system is None:
        named = re.sub(r"[^a-z0-9-]", "", kind.lower())[:20] or "local"
        return NormalisedCode(named, code, published_type, published_code, "F004")
    form = _FIXED.get(system)
    if form is None or code == ALL_CODES:
        return NormalisedCode(system, code, published_type, published_code)
    fixed = form(code)
    if fixed is None:
        return NormalisedCode("local", code, published_type, published_code, "F005")
    return NormalisedCode(system, fixed, published_type, published_code)


def comparable(codes: Sequence[NormalisedCode]) -> NormalisedCode | None:
    """The one code of an item by which its prices are compared: the most specific national one.

    >>> codes = [normalise("CDM", "17"), normalise("RC", "361"), normalise("HCPCS", "32557")]
    >>> comparable(codes).code
    '32557'
    """
    return min(codes, key=lambda c: _RANK.get(c.system, len(_RANK)), default=None)
