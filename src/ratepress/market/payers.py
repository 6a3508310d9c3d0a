"""Who a published payer name is: a register of payers, their parents and the names files give them.

`payers.csv` stands beside this file. The Blue Cross Blue Shield licence areas are those of the
Blue Cross Blue Shield Association's list of member companies. A name the register does not know
passes through as published, and pages list it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from hashlib import blake2b
from importlib import resources

import msgspec

BCBS_UNSPECIFIED = "bcbs-unspecified"
NATIONAL = (
    ("aetna", "Aetna"),
    ("bcbs", "any Blue Cross Blue Shield licensee"),
    ("cigna", "Cigna"),
    ("unitedhealthcare", "UnitedHealthcare"),
    ("humana", "Humana"),
    ("medicare", "Medicare, as a payer in a hospital's file"),
)
"""The payers that every page answers for, with a gap where nothing was found."""
_BARE_BCBS = frozenset(
    ("bcbs", "blue cross blue shield", "blue cross and blue shield", "bluecrossblueshield",
     "bluecross blueshield", "blue cross", "bluecross", "anthem", "anthem bcbs",
     "anthem blue cross blue shield", "anthem blue cross and blue shield")
)  # fmt: skip
_SUFFIXES = re.compile(r"( (inc|llc|ltd|corp|co|company|insurance company|of america))+\Z")
NAME_LIMIT = 200


class PayerIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """A payer: its id, name and parent, whether the register knows it, and what decided."""

    payer_id: str
    name: str
    parent: str | None
    is_known: bool
    evidence: str


class _Register(msgspec.Struct, frozen=True):
    names: dict[str, tuple[str, str | None]]
    aliases: dict[str, str]
    licensees: dict[str, list[str]]


@cache
def _register() -> _Register:
    text = (resources.files("ratepress.market") / "payers.csv").read_text("utf-8")
    found = _Register({}, {}, {})
    for row in csv.DictReader(text.splitlines()):
        payer_id = row["payer_id"]
        found.names[payer_id] = (row["name"], row["parent"] or None)
        for alias in (row["name"], *row["aliases"].split("|")):
            words = _words(alias)
            if found.aliases.setdefault(words, payer_id) != payer_id:
                raise ValueError(f"payers.csv: the alias {words!r} stands for two payers")
        for state in row["bcbs_states"].split():
            found.licensees.setdefault(state, []).append(payer_id)
    return found


@lru_cache(maxsize=1 << 14)
def identify(payer_name: str, state: str | None = None) -> PayerIdentity:
    """The payer that a published name means.

    A bare Blue Cross Blue Shield or Anthem, stated by a hospital of a state with one licensee, is
    that licensee: a hospital contracts with its local plan, and BlueCard serves the others through
    it. Without a state, or where a state has several, the licensee is not stated.

    >>> [identify(*who).payer_id for who in (("AETNA [1001]",), ("Bcbs", "GA"), ("Bcbs",))]
    ['aetna', 'anthem-ga', 'bcbs-unspecified']
    """
    register = _register()
    words = _words(payer_name)
    if words in _BARE_BCBS:
        licensees = register.licensees.get((state or "").upper(), [])
        if len(licensees) == 1:
            return _known(licensees[0], f"the licensee of {state}")
        why = f"{len(licensees)} licensees in {state}" if state else "no state stated"
        return PayerIdentity(
            payer_id=BCBS_UNSPECIFIED,
            name="Blue Cross Blue Shield (licensee not stated)",
            parent=None,
            is_known=True,
            evidence=why,
        )
    payer_id = register.aliases.get(words) or register.aliases.get(_SUFFIXES.sub("", words))
    if payer_id:
        return _known(payer_id, f"alias {words}")
    # As published; only white space is folded, and a hash keeps different long names apart.
    name = " ".join(payer_name.split())[:NAME_LIMIT] or "(no payer name)"
    slug = words.replace(" ", "-")[:60] or "unnamed"
    digest = blake2b(payer_name.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return PayerIdentity(
        payer_id=f"x-{slug}-{digest}",
        name=name,
        parent=None,
        is_known=False,
        evidence="not in the register",
    )


def unknown(names: Iterable[str]) -> list[str]:
    """The names that the register does not know, sorted."""
    return sorted({name for name in names if not identify(name).is_known})


def is_licensee(payer_id: str) -> bool:
    """Whether a payer is a Blue Cross Blue Shield plan.

    >>> is_licensee("carefirst"), is_licensee("aetna")
    (True, False)
    """
    if payer_id == BCBS_UNSPECIFIED:
        return True
    name, _ = _register().names.get(payer_id, ("", None))
    licensed = any(payer_id in ids for ids in _register().licensees.values())
    return (
        licensed or re.search(r"\bblue ?(cross|shield)|highmark|anthem", name.lower()) is not None
    )


def missing_national(found: Iterable[str]) -> list[str]:
    """The names of the national payers that are not among the payer ids `found`."""
    ids = set(found)
    has_blue = any(is_licensee(payer_id) for payer_id in ids)
    return [name for key, name in NATIONAL if key not in ids and not (key == "bcbs" and has_blue)]


def _known(payer_id: str, evidence: str) -> PayerIdentity:
    name, parent = _register().names[payer_id]
    return PayerIdentity(
        payer_id=payer_id, name=name, parent=parent, is_known=True, evidence=evidence
    )


def _words(name: str) -> str:
    """Lower case words, `&` as and, without bracketed numbers: `AETNA [1001]` -> `aetna`."""
    bare = re.sub(r"\[[^\]]{0,40}\]|\(\d{1,20}\)", " ", name[:1000]).replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare.lower().replace("'", "")).split())
