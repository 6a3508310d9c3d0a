"""Codes that hospitals are paid and billed by: MS-DRG, APC, revenue codes, HIPPS.

Sources: 42 CFR 412.60 (DRGs), OPPS Addendum A (APCs), the NUBC's revenue codes of four digits, and
what hospitals' own files hold.
"""

from __future__ import annotations

import re
from typing import ClassVar

from ratepress.codes.base import Code, pad


class MsDrg(Code):
    """Medicare severity diagnosis-related group. A bare `DRG` is not one.

    >>> MsDrg.parse("64").explain()
    'MS-DRG 064 is a Medicare severity diagnosis-related group: one payment for an inpatient stay.'
    """

    system: ClassVar[str] = "ms-drg"
    title: ClassVar[str] = "MS-DRG"
    form: ClassVar[str] = "three digits: 470"
    pattern: ClassVar[re.Pattern[str]] = re.compile(r"[0-9]{3}", re.VERBOSE)

    @classmethod
    def normalise(cls, text: str) -> str | None:
        """Three digits, leading zeros put back.

        >>> MsDrg.normalise("64"), MsDrg.normalise("0470")
        ('064', None)
        """
        return pad(text, 3)

    def explain(self) -> str:
        """What a payment by it covers."""
        kind = "Medicare severity diagnosis-related group"
        return f"{self.title} {self.code} is a {kind}: one payment for an inpatient stay."


class MsLtcDrg(MsDrg):
    """The same groups with the weights of long-term care hospitals (42 CFR 412.513).

    >>> MsLtcDrg.parse("189").explain()
    'MS-LTC-DRG 189 is a diagnosis-related group as a long-term care hospital is paid by it.'
    """

    system: ClassVar[str] = "ms-ltc-drg"
    title: ClassVar[str] = "MS-LTC-DRG"

    def explain(self) -> str:
        """What a payment by it covers."""
        kind = "diagnosis-related group as a long-term care hospital is paid by it"
        return f"{self.title} {self.code} is a {kind}."


class Apc(Code):
    """Ambulatory payment classification.

    >>> Apc.parse("5181").explain()
    'APC 5181 is an ambulatory payment classification: Medicare pays outpatient hospitals by it.'
    """

    system: ClassVar[str] = "apc"
    title: ClassVar[str] = "APC"
    form: ClassVar[str] = "four digits: 5181"
    pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"""
        [0-9]{4}        # the APCs of Addendum A: 5181
        | [A-Z][0-9]{3} # no APC of Medicare's: what groupers give a line that is not paid by
                        # one. Two hospitals' files of 2026 hold N700 to N905.
        """,
        re.VERBOSE,
    )

    @classmethod
    def normalise(cls, text: str) -> str | None:
        """Four digits. A real file writes 5501 as 05501: a fifth digit can only be a zero.

        >>> Apc.normalise("05501"), Apc.normalise("131"), Apc.normalise("15501")
        ('5501', '0131', None)
        """
        number = pad(text, 5)
        if number is None:
            return super().normalise(text)
        return number[1:] if number[0] == "0" else None

    def explain(self) -> str:
        """What is paid by it."""
        if self.code[0].isalpha():
            return f"APC {self.code} is a grouper's own mark for a line that no APC pays."
        kind = "ambulatory payment classification"
        return f"APC {self.code} is an {kind}: Medicare pays outpatient hospitals by it."


class RevenueCode(Code):
    """Revenue code: the department or kind of service of a line on a hospital's bill.

    >>> RevenueCode.parse("361").explain()
    "Revenue code 0361 names the department or kind of service of a line on a hospital's bill."
    """

    system: ClassVar[str] = "rc"
    title: ClassVar[str] = "revenue"
    form: ClassVar[str] = "four digits: 0361"
    pattern: ClassVar[re.Pattern[str]] = re.compile(r"[0-9]{4}", re.VERBOSE)

    @classmethod
    def normalise(cls, text: str) -> str | None:
        """Four digits, leading zeros put back.

        >>> RevenueCode.normalise("361"), RevenueCode.normalise("36X")
        ('0361', None)
        """
        return pad(text, 4)

    def explain(self) -> str:
        """What such a code names."""
        what = "the department or kind of service of a line on a hospital's bill"
        return f"Revenue code {self.code} names {what}."


class Hipps(Code):
    """Health insurance prospective payment system code: the case mix of post-acute care.

    >>> Hipps.parse("1aa11").explain()
    'HIPPS 1AA11 is a case-mix group of a nursing facility, home health agency or rehabilitation.'
    """

    system: ClassVar[str] = "hipps"
    title: ClassVar[str] = "HIPPS"
    form: ClassVar[str] = "five letters or digits: 1AA11"
    pattern: ClassVar[re.Pattern[str]] = re.compile(r"[A-Z0-9]{5}", re.VERBOSE)

    def explain(self) -> str:
        """What such a code names."""
        whose = "a nursing facility, home health agency or rehabilitation"
        return f"HIPPS {self.code} is a case-mix group of {whose}."
