"""One lake in which every step of the market and of the agreement has rows.

It is the lake made by hand that meets every rule, with registries, and beside it what that one has
not: enough sound contracts for the quartiles of Q05, a file whose lines a table of contents
decides, and a hospital that a payer's file names.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import market_strategies as generated
from market_lakes import Contents, Group, PriceFile, Rate
from market_registry_strategies import EVERYTHING_NAMED

FRESH = date(2026, 4, 1)
# NPI 77 is valid and in no registry, so rule Q09 is not assessed and nothing leaves the votes out.
_UNKNOWN = tuple(Group(f"u{i}", (("ein", f"8{i:02d}", "77"),)) for i in range(40))
_MERCY = (Group("mercy", (("ein", "900", "78"),)),)
_CASE = Rate(dollars=Decimal(1000), billing_class="facility", arrangement="m11")


def _quartiles() -> PriceFile:
    """Amounts of 150 to 409, and two above the upper fence of some 700 (Q05) that Q04 leaves."""
    amounts = [Decimal(150 + 7 * i) for i in range(38)] + [Decimal(2_000), Decimal(3_000)]
    rates = tuple(
        Rate(
            code="70551", dollars=amount, billing_class="facility", arrangement="q05",
            places=("22",), groups=(group.group_id,),
        )
        for amount, group in zip(amounts, _UNKNOWN, strict=True)
    )  # fmt: skip
    return PriceFile("quartiles", FRESH, rates, groups=_UNKNOWN)


def _line_unknown() -> PriceFile:
    rate = Rate(dollars=Decimal(100), line_of_business="unknown", groups=())
    return PriceFile("no line", FRESH, (rate,), origins=(generated.ORIGINS[3],))


EVERY_STEP = replace(
    EVERYTHING_NAMED,
    files=(
        *EVERYTHING_NAMED.files,
        _quartiles(),
        _line_unknown(),
        PriceFile("mercy", FRESH, (_CASE,), ("Mercy", "GA"), npis=("78",)),
        PriceFile(
            "names mercy", FRESH, (replace(_CASE, groups=("mercy",)),), groups=_MERCY
        ),
    ),
    tables=(Contents("toc", FRESH, ((("group", "individual"), generated.URLS[:3]),)),),
)  # fmt: skip
