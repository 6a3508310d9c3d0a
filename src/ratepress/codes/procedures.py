"""Codes of what is done and given: CPT, HCPCS Level II, CDT, and their modifiers.

The forms are those of the code sets that 45 CFR 162.1002 adopts. CPT is the American Medical
Association's; its descriptors are not used here.
"""

from __future__ import annotations

import re
from typing import ClassVar

from ratepress.codes.base import Code

_CPT_SUFFIXES = {
    "": "category I: an established service or procedure",
    "A": "category I: an immunization given",
    "F": "category II: it tracks performance and carries no payment of its own",
    "T": "category III: a temporary code for an emerging service",
    "U": "a proprietary laboratory analysis (PLA)",
    "M": "an administrative code for a multianalyte assay (MAAA)",
}
_HCPCS_LETTERS = {
    "A": "transport, medical and surgical supplies",
    "B": "enteral and parenteral therapy",
    "C": "the hospital outpatient payment system",
    "D": "dental services",
    "E": "durable medical equipment",
    "G": "procedures and professional services under review by CMS",
    "H": "behavioral health services, for Medicaid",
    "J": "drugs that are not self-administered",
    "K": "durable medical equipment, named by Medicare's contractors",
    "L": "orthotics and prosthetics",
    "M": "medical services and quality measures",
    "P": "pathology and laboratory services",
    "Q": "services, drugs and supplies of temporary standing",
    "R": "portable radiology",
    "S": "services that private payers asked to name",
    "T": "services that state Medicaid agencies asked to name",
    "U": "coronavirus laboratory tests",
    "V": "vision, hearing and speech services",
}


class Cpt(Code):
    """HCPCS Level I: the codes of CPT.

    >>> Cpt.parse("0042t").explain()
    'CPT 0042T is a Level I code of category III: a temporary code for an emerging service.'
    """

    system: ClassVar[str] = "cpt"
    title: ClassVar[str] = "CPT"
    form: ClassVar[str] = "five digits, or four and one of A, F, M, T, U: 32557, 0042T"
    pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"""
        [0-9]{5}      # category I: 32557
        | [0-9]{4} (?:
            F         # category II: 0001F
          | T         # category III: 0042T
          | U         # proprietary laboratory analyses: 0055U
          | M         # administrative codes of MAAA: 0002M
          | A         # immunizations given: 0001A
        )
        """,
        re.VERBOSE,
    )

    def explain(self) -> str:
        """What kind of code it is, told by its last character."""
        kind = _CPT_SUFFIXES[self.code[4:] if self.code[4].isalpha() else ""]
        joint = "of" if kind.startswith("category") else "for"
        return f"CPT {self.code} is a Level I code {joint} {kind}."


class Hcpcs(Code):
    """HCPCS Level II: a letter and four digits.

    >>> Hcpcs.parse("j1100").explain()
    'HCPCS J1100 is a Level II code for drugs that are not self-administered.'
    """

    system: ClassVar[str] = "hcpcs"
    title: ClassVar[str] = "HCPCS Level II"
    form: ClassVar[str] = "a letter from A to V and four digits: J1100"
    pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"""
        [A-HJ-MP-V]   # the chapter: I, N and O are not used, nor W to Z
        [0-9]{4}
        """,
        re.VERBOSE,
    )

    def explain(self) -> str:
        """What its chapter holds, told by its letter."""
        chapter = _HCPCS_LETTERS.get(self.code[0], "services outside its named chapters")
        return f"HCPCS {self.code} is a Level II code for {chapter}."


class Cdt(Code):
    """CDT, the dental codes of the American Dental Association.

    >>> Cdt.parse("d0120").explain()
    'CDT D0120 is a dental procedure code.'
    """

    system: ClassVar[str] = "cdt"
    title: ClassVar[str] = "CDT"
    form: ClassVar[str] = "D and four digits: D0120"
    pattern: ClassVar[re.Pattern[str]] = re.compile(r"D [0-9]{4}", re.VERBOSE)

    def explain(self) -> str:
        """That it is a dental code."""
        return f"CDT {self.code} is a dental procedure code."


class Modifier(Code):
    """A modifier: two characters that change what a procedure code says.

    >>> Modifier.parse("tc").explain()
    'Modifier TC is a Level II modifier, kept by CMS.'
    """

    system: ClassVar[str] = "modifier"
    title: ClassVar[str] = "modifier"
    form: ClassVar[str] = "two letters or digits: 26, TC"
    pattern: ClassVar[re.Pattern[str]] = re.compile(r"[A-Z0-9]{2}", re.VERBOSE)

    def explain(self) -> str:
        """Who keeps it. CPT's own are the numbers, P1 to P6 (state of a patient under anesthesia)
        and 1P, 2P, 3P, 8P (why a performance measure was not met).
        """
        is_cpt = re.fullmatch(r"[0-9]{2}|P[1-6]|[1238]P", self.code) is not None
        whose = "a CPT modifier, kept by the American Medical Association"
        return f"Modifier {self.code} is {whose if is_cpt else 'a Level II modifier, kept by CMS'}."
