"""National drug codes. Source of the forms: 21 CFR 207.33, and 45 CFR 162.1002 for 11 digits."""

from __future__ import annotations

import re
from typing import ClassVar

from ratepress.codes.base import Code

_ITEM_NUMBER = re.compile(r"\s*\[[0-9]{1,12}\]\Z")  # one hospital writes `0781-1943-39 [193249]`


class Ndc(Code):
    """National drug code: labeler, product, package.

    The Food and Drug Administration's ten digits are cut 4-4-2, 5-3-2 or 5-4-1; bills use eleven,
    5-4-2. Hyphens tell which part is short. Ten digits without hyphens do not, and stay as
    published: to guess would name another drug.

    >>> Ndc.parse("0781-1943-39").explain()
    'NDC 00781194339 is package 39 of product 1943 of labeler 00781.'
    """

    system: ClassVar[str] = "ndc"
    title: ClassVar[str] = "NDC"
    form: ClassVar[str] = "11 digits, or 10 with hyphens: 00781194339, 0781-1943-39"
    pattern: ClassVar[re.Pattern[str]] = re.compile(
        r"""
        [0-9]{11}    # labeler 5, product 4, package 2: the form of bills
        | [0-9]{10}  # one of three cuts, and nothing says which
        """,
        re.VERBOSE,
    )
    _hyphens: ClassVar[re.Pattern[str]] = re.compile(
        r"""
        (?P<labeler> [0-9]{4,5}) -
        (?P<product> [0-9]{3,4}) -
        (?P<package> [0-9]{1,2})
        """,
        re.VERBOSE,
    )

    @classmethod
    def normalise(cls, text: str) -> str | None:
        """Eleven digits where the parts are plain; ten without hyphens are kept.

        >>> [Ndc.normalise(c) for c in ("68516-521-08", "0781-1943-39 [193249]", "0781194339")]
        ['68516052108', '00781194339', '0781194339']
        >>> Ndc.normalise("781-1943-39")
        """
        code = _ITEM_NUMBER.sub("", text.strip()[:40])
        if len(text.strip()) > 40:
            return None
        parts = cls._hyphens.fullmatch(code)
        if parts is None:
            return code if cls.pattern.fullmatch(code) else None
        # At most one part may be short, or the code is cut in no way that exists.
        if len(code.replace("-", "")) < 10:
            return None
        return parts["labeler"].zfill(5) + parts["product"].zfill(4) + parts["package"].zfill(2)

    def explain(self) -> str:
        """Its three parts, or why they are not known."""
        if len(self.code) == 10:
            return f"NDC {self.code} has ten digits without hyphens, so its parts are not known."
        labeler, product, package = self.code[:5], self.code[5:9], self.code[9:]
        return f"NDC {self.code} is package {package} of product {product} of labeler {labeler}."
