"""Diagnoses: ICD-10-CM, kept by the National Center for Health Statistics and CMS.

The form is that of 45 CFR 162.1002(c)(2). Which codes exist in a fiscal year is a list that the
lake may hold (table `icd10_codes`): the form alone does not tell.
"""

from __future__ import annotations

import re
from typing import ClassVar

from ratepress.codes.base import Code


class Icd10Cm(Code):
    """A diagnosis code, with its point after the third character.

    >>> Icd10Cm.parse("j9601").code, Icd10Cm.parse("C45").code
    ('J96.01', 'C45')
    """

    system: ClassVar[str] = "icd-10-cm"
    title: ClassVar[str] = "ICD-10-CM"
    form: ClassVar[str] = "a letter, a digit, and one to five more, with or without a point: J96.01"
    pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"""
        [A-Z] [0-9] [0-9A-Z]       # the category: C45, O9A, C4A
        (?: \. [0-9A-Z]{1,4} )?    # what makes it specific: J96.01, S27.0XXA
        """,
        re.VERBOSE,
    )

    @classmethod
    def normalise(cls, text: str) -> str | None:
        """The code with its point; None for what has not the form.

        >>> [Icd10Cm.normalise(c) for c in (" s270xxa ", "J90", "XX000", "J9.6")]
        ['S27.0XXA', 'J90', None, None]
        """
        code = text.strip()
        code = code.upper() if code.isascii() else ""
        if "." not in code and len(code) > 3:
            code = f"{code[:3]}.{code[3:]}"
        return code if cls.pattern.fullmatch(code) else None

    def explain(self) -> str:
        """The category that it belongs to."""
        return f"ICD-10-CM {self.code} is a diagnosis of category {self.code[:3]}."
