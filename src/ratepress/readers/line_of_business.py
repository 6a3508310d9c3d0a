"""The line of business of a price, with the words that decided it (rules M01 and F007).

Payer files state a market type. Hospital files state only the names of a payer and a plan, so the
line is read from their words by the ordered patterns of `lines_of_business.csv`: the first row that
matches decides. Its column `where` says what is matched: `any` of the two names, the `payer` alone,
or one text that stands in `both`.

Decisions:

- Medicare itself as the payer is `other government`: its amounts are Medicare's own, and a page
  states them as such. It is Medicare Advantage only with a private payer, or where a name says so.
- A state's Medicaid is with managed Medicaid, as these names rarely tell the two apart.
- A programme decides before a product: a Medicare HMO is no HMO here.
- Commercial wants a word: a product (HMO, PPO, indemnity), a network rented to commercial payers,
  or an insurer whose plan is called by its name alone. All else is `unknown`, which keeps it out of
  the commercial numbers: contracts for transplants and cell therapy serve several lines.
- Governments of other countries are `other government`. A plan that pays after Medicare is
  `unknown`: its price is not its own.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

LINES = (
    "commercial", "exchange", "medicare advantage", "managed medicaid", "other government",
    "self-pay", "unknown",
)  # fmt: skip
"""Every line of business, in the order in which pages show them."""

UNSTATED = "no plan_market_type stated"
_MARKETS = {"group": "commercial", "individual": "exchange"}
_NAME_LIMIT = 400


class Pattern(NamedTuple):
    """One row of `lines_of_business.csv`: the line, where its words stand, the words, and why."""

    line: str
    where: str
    words: re.Pattern[str]
    why: str


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


def of_plan(payer_name: str, plan_name: str | None) -> tuple[str, str | None]:
    """The line of a hospital file's payer and plan, and the words that decided it.

    `unknown` without words where no pattern matches. No text raises.

    >>> of_plan("Aetna", "Medicare Managed Care Plan")
    ('medicare advantage', 'medicare managed')
    >>> of_plan("MEDICARE [2001]", "HB MVH MEDICARE")
    ('other government', 'payer medicare')
    >>> of_plan("Bcbs", "Hmo"), of_plan("Optum", "CAR-T")
    (('commercial', 'hmo'), ('unknown', None))
    """
    return _of_plan(payer_name[:_NAME_LIMIT], (plan_name or "")[:_NAME_LIMIT])


@lru_cache(maxsize=1 << 14)
def _of_plan(payer_name: str, plan_name: str) -> tuple[str, str | None]:
    payer, plan = _words(payer_name), _words(plan_name)
    # Only its capitals tell the words of `SaudiArmedForces`; `TriCare` is one word all the same.
    any_of = f"{plan} | {payer} | {_words(_parted(plan_name))} | {_words(_parted(payer_name))}"
    for pattern in patterns():
        if pattern.where == "both":
            in_payer = set(pattern.words.findall(payer))
            alone = next((w for w in pattern.words.findall(plan) if w in in_payer), None)
            if alone:
                return pattern.line, f"{alone}: the insurer's name alone"
        elif pattern.where == "payer":
            if found := pattern.words.search(payer):
                return pattern.line, f"payer {found.group()}"
        elif found := pattern.words.search(any_of):
            return pattern.line, found.group()
    return "unknown", None


@cache
def patterns() -> tuple[Pattern, ...]:
    """The rows of `lines_of_business.csv`, in the order in which they decide.

    >>> patterns()[0].line
    'self-pay'
    """
    text = (resources.files("ratepress.readers") / "lines_of_business.csv").read_text("utf-8")
    return tuple(
        Pattern(row["line"], row["where"], _whole_words(row["pattern"]), row["why"])
        for row in csv.DictReader(text.splitlines())
    )


def _whole_words(pattern: str) -> re.Pattern[str]:
    # Groups inside a pattern only join its branches: `findall` is to give whole matches.
    plain = re.sub(r"\((?!\?)", "(?:", pattern)
    return re.compile(rf"\b(?:{plain})(?!\w)")


def _words(name: str) -> str:
    """Lower case words: `BlueCross [110001]` -> `bluecross`, `HMO_Inpatient` -> `hmo inpatient`."""
    bare = re.sub(r"\[[^\]]{0,40}\]", " ", name).replace("&", " and ").replace("'", "")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare.lower()).split())


def _parted(name: str) -> str:
    """Words told apart by capitals: `UAEPoliceAttache` -> `UAE Police Attache`."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", parted)
