"""The line of business of a price, with the words that decided it (rules M01 and F007).

Payer files state a market type. Hospital files state only the names of a payer and a plan, so the
line is read from their words by the ordered patterns of `lines_of_business.csv`.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib import resources

LINES = (
    "commercial", "exchange", "medicare advantage", "managed medicaid", "other government",
    "self-pay", "unknown",
)  # fmt: skip
"""Every line of business, in the order in which pages show them."""

UNSTATED = "no plan_market_type stated"
_MARKETS = {"group": "commercial", "individual": "exchange"}
_MEDICARE = re.compile(r"\bmedicare\b")
# Medicare and Medicaid agencies themselves, as payers: neither is a managed plan.
_PROGRAMME = re.compile(r"(medicare|original medicare|medicare (alternate|part [ab])|cms)\Z")
_NETWORKS = re.compile(r"\b(multiplan|phcs|claritev|private healthcare systems|first health)\b")


def of_market_type(market_type: str | None) -> tuple[str, str | None]:
    """The line of a payer file's `plan_market_type`: group or individual, else `unknown`.

    A file that serves many plans states none; calling it commercial would be a guess.

    >>> of_market_type("Group"), of_market_type(None)
    (('commercial', 'plan_market_type group'), ('unknown', 'no plan_market_type stated'))
    """
    kind = (market_type or "").strip().lower()
    if kind in _MARKETS:
        return _MARKETS[kind], f"plan_market_type {kind}"
    return "unknown", f"plan_market_type {kind[:40]}" if kind else UNSTATED


@lru_cache(maxsize=1 << 14)
def of_plan(payer_name: str, plan_name: str | None) -> tuple[str, str | None]:
    """The line of a hospital file's payer and plan, and the words that decided it.

    A programme word (Medicaid, exchange, TRICARE) anywhere decides before a product word (HMO).
    Medicare with a private payer is Medicare Advantage; Medicare as the payer is the programme
    itself, `other government`. A plan that only repeats an insurer's name, or a rented network,
    names no programme and is commercial. Anything else is `unknown`.

    >>> of_plan("Aetna", "Medicare Managed Care Plan")
    ('medicare advantage', 'medicare managed')
    >>> of_plan("MEDICARE [2001]", "HB MVH MEDICARE")
    ('other government', 'payer medicare')
    >>> of_plan("Bcbs", "Hmo"), of_plan("Simply", "Plan")
    (('commercial', 'hmo'), ('unknown', None))
    """
    payer, plan = _words(payer_name), _words(plan_name or "")
    if _PROGRAMME.match(payer):
        return "other government", f"payer {payer}"
    both = f"{plan} | {payer}"
    for line, pattern in _patterns():
        if line == "commercial" and (found := _MEDICARE.search(both)):
            return "medicare advantage", f"{found.group()} with a private payer"
        if found := pattern.search(both):
            return line, found.group()
    if found := _NETWORKS.search(both):
        return "commercial", found.group()
    if plan and payer and payer.split()[0] in plan.split():
        return "commercial", f"{plan}: the insurer's name alone"
    return "unknown", None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = (resources.files("ratepress.readers") / "lines_of_business.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((row["line"], re.compile(rf"\b({row['pattern']})\b")) for row in rows)


def _words(name: str) -> str:
    """Lower case words: `BlueCross [110001]` -> `bluecross`, `HMO_Inpatient` -> `hmo inpatient`."""
    bare = re.sub(r"\[[^\]]{0,40}\]", " ", name[:400])
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare.lower()).split())
