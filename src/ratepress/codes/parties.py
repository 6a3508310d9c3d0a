"""Numbers of who bills: NPI and TIN. Sources: 45 CFR 162.406 (NPI) and 26 CFR 301.6109-1 (EIN)."""

from __future__ import annotations

import re
from typing import ClassVar

from ratepress.codes.base import Code


class Npi(Code):
    """National provider identifier: nine digits and a check digit.

    >>> Npi.parse("1234567893").explain()
    'NPI 1234567893 identifies one health care provider; its check digit is right.'
    """

    system: ClassVar[str] = "npi"
    title: ClassVar[str] = "NPI"
    form: ClassVar[str] = "ten digits, the first 1 or 2, with a right check digit: 1234567893"
    pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"""
        [12]      # no other first digit is given out
        [0-9]{8}
        [0-9]     # the check digit, by `has_check_digit`
        """,
        re.VERBOSE,
    )

    @classmethod
    def normalise(cls, text: str) -> str | None:
        """Ten digits with a right check digit. `0`, by which payers say "by TIN", is no NPI.

        >>> Npi.normalise("1234567893"), Npi.normalise("1234567890"), Npi.normalise("0")
        ('1234567893', None, None)
        """
        code = super().normalise(text)
        return code if code and has_check_digit(code) else None

    def explain(self) -> str:
        """What it identifies."""
        return f"NPI {self.code} identifies one health care provider; its check digit is right."


class Tin(Code):
    """Taxpayer identification number of a payee, mostly an employer's (EIN): nine digits.

    >>> Tin.parse("12-3456789").explain()
    'TIN 123456789 is the tax number that a contract is made with or paid to.'
    """

    system: ClassVar[str] = "tin"
    title: ClassVar[str] = "TIN"
    form: ClassVar[str] = "nine digits, with or without the hyphen of an EIN: 12-3456789"
    pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"""
        [0-9]{2} -? [0-9]{7} # 12-3456789. Not as a person's number is written, 123-45-6789.
        """,
        re.VERBOSE,
    )

    @classmethod
    def normalise(cls, text: str) -> str | None:
        """Nine digits without the hyphen. Zeros alone are a placeholder.

        >>> Tin.normalise("12-3456789"), Tin.normalise("000000000")
        ('123456789', None)
        """
        code = super().normalise(text)
        digits = code.replace("-", "") if code else ""
        return digits if digits.strip("0") else None

    def explain(self) -> str:
        """What it stands for."""
        return f"TIN {self.code} is the tax number that a contract is made with or paid to."


def has_check_digit(npi: str) -> bool:
    """Whether ten digits end with the right check digit: Luhn's sum over 80840 and the NPI.

    >>> has_check_digit("1234567893"), has_check_digit("1234567894")
    (True, False)
    """
    digits = [int(digit) for digit in reversed("80840" + npi)]
    doubled = (digit * 2 for digit in digits[1::2])
    return (sum(digits[::2]) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0
