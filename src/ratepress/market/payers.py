"""Who a published payer name is: a register of payers, their parents and the names files give them.

`payers.csv` holds the payers, `payer_aliases.csv` the names that mean another payer in some state.
The Blue Cross Blue Shield licence areas are those of the Blue Cross Blue Shield Association's list
of member companies. A name the register does not know passes through as published, and pages list
it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from hashlib import blake2b
from importlib import resources

import msgspec

from ratepress.market.states import STATES

BCBS_UNSPECIFIED = "bcbs-unspecified"
ANTHEM_UNSPECIFIED = "anthem-unspecified"
NATIONAL = (
    ("aetna", "Aetna"),
    ("bcbs", "any Blue Cross Blue Shield licensee"),
    ("cigna", "Cigna"),
    ("unitedhealthcare", "UnitedHealthcare"),
    ("humana", "Humana"),
    ("medicare", "Medicare, as a payer in a hospital's file"),
)
"""The payers that every page answers for, with a gap where nothing was found."""
NAME_LIMIT = 200

_BLUE = frozenset(("bcbs", "bluecross", "blueshield"))
_ANTHEM = frozenset(("anthem", *(f"anthem{blue}" for blue in _BLUE)))
_BLUE_OF_STATE = re.compile(r"bcbs[a-z]{2}")
_ANTHEM_PARENT = "Elevance Health"
_SUFFIXES = re.compile(r"( (inc|llc|ltd|corp|co|company|insurance company|of america))+\Z")
_DIVISION = re.compile(r" (?:an? (?:division|subsidiary|licensee) of|dba|d b a) ")
_LONGEST_NAME = 24  # words; the longest of the register has fewer

# Files of one hospital put plan and setting into the payer's name: `Driscoll_Medicaid_Inpatient`.
_PHRASES = re.compile(r"\b(managed care|open access plus|health plans?|behavioral health)\b")
_SETTINGS = frozenset(
    ("adult", "child", "pediatric", "inpatient", "outpatient", "professional", "facility", "md",
     "do", "mlp", "rate", "rates", "alternate")
)  # fmt: skip
_PRODUCTS = _SETTINGS | frozenset(
    ("advantage", "all", "aso", "commercial", "epo", "exchange", "group", "hdhp", "hmo",
     "indemnity", "individual", "ma", "managed", "marketplace", "medicaid", "medicare", "network",
     "networks", "other", "par", "plan", "plans", "pos", "ppo", "product", "products",
     "traditional", "transplant")
)  # fmt: skip
# As a word, these postal codes mean something else more often.
_WORDS = frozenset(("in", "or", "me", "hi", "ok"))


class PayerIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """A payer: its id, name and parent, whether the register knows it, and what decided.

    `kind` is `insurer`, `licensee` (of Blue Cross Blue Shield), `network`, `government`,
    `medical group` (one that takes a plan's risk) or `patient`; None where the register does not
    know the name.
    """

    payer_id: str
    name: str
    parent: str | None
    is_known: bool
    evidence: str
    kind: str | None = None


class _Register(msgspec.Struct, frozen=True):
    payers: dict[str, PayerIdentity]
    aliases: dict[str, str]
    regional: dict[tuple[str, str], str]
    licensees: dict[str, list[str]]


@cache
def _register() -> _Register:
    found = _Register({}, {}, {}, {})
    for row in _rows("payers.csv"):
        payer_id = row["payer_id"]
        found.payers[payer_id] = PayerIdentity(
            payer_id=payer_id,
            name=row["name"],
            parent=row["parent"] or None,
            kind=row["kind"],
            is_known=True,
            evidence="",
        )
        for alias in (row["name"], *row["aliases"].split("|")):
            key = _key(_words(alias))
            if found.aliases.setdefault(key, payer_id) != payer_id:
                raise ValueError(f"payers.csv: the alias {alias!r} stands for two payers")
        for state in row["bcbs_states"].split():
            found.licensees.setdefault(state, []).append(payer_id)
    for row in _rows("payer_aliases.csv"):
        for state in row["states"].split():
            found.regional[_key(_words(row["alias"])), state] = row["payer_id"]
    return found


def is_listed(payer_id: str) -> bool:
    """Whether the register has a payer of that id.

    >>> is_listed("aetna"), is_listed("aetnaa")
    (True, False)
    """
    return payer_id in _register().payers


def other_words(payer_id: str) -> tuple[str, ...]:
    """Words of other names of a payer of the register, that its own name does not have.

    >>> other_words("unitedhealthcare")[:2], other_words("nobody")
    (('united', 'uhc'), ())
    """
    register = _register()
    known = register.payers.get(payer_id)
    if known is None:
        return ()
    named = [alias for alias, one in register.aliases.items() if one == payer_id]
    named += [alias for (alias, _), one in register.regional.items() if one == payer_id]
    found = dict.fromkeys(word for alias in named for word in alias.split())
    if known.kind == "licensee":
        found = dict.fromkeys(("bcbs", "blue", "cross", "shield", *found))
    own = set(known.name.lower().split())
    return tuple(word for word in found if word not in own)


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("ratepress.market") / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1 << 14)
def identify(payer_name: str, state: str | None = None) -> PayerIdentity:
    """The payer that a published name means; `state` is that of the hospital whose file it is.

    Case, punctuation, bracketed numbers, spaces inside a name and legal endings decide nothing, and
    a product or setting may follow the name. A bare Blue Cross Blue Shield, stated by a hospital
    of a state with one licensee, is that licensee: a hospital contracts with its local plan, and
    BlueCard serves the others through it. Where the state has several or is not stated, the
    licensee is not stated. A bare Anthem is Anthem's own licensee of the state or none.
    A state in the name goes before the hospital's. No text raises.

    >>> [identify(*who).payer_id for who in (("AETNA [1001]",), ("Bcbs", "GA"), ("Bcbs",))]
    ['aetna', 'anthem-ga', 'bcbs-unspecified']
    >>> identify("BCBS of Alabama PPO", "GA").payer_id, identify("Anthem", "FL").payer_id
    ('bcbs-al', 'anthem-unspecified')
    """
    words = _words(payer_name)
    home = (state or "").strip().upper()
    for spelling in _spellings(words):
        if found := _named(spelling.split(), home):
            return found
    # As published; only white space is folded, and a hash keeps different long names apart.
    name = " ".join(payer_name.split())[:NAME_LIMIT].strip() or "(no payer name)"
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
    """The names that the register does not know, sorted.

    >>> unknown(["Aetna", "Acme", "Acme"])
    ['Acme']
    """
    return sorted({name for name in names if not identify(name).is_known})


def is_licensee(payer_id: str) -> bool:
    """Whether a payer is a Blue Cross Blue Shield plan.

    >>> is_licensee("carefirst"), is_licensee("aetna")
    (True, False)
    """
    payer = _register().payers.get(payer_id)
    return payer is not None and payer.kind == "licensee"


def missing_national(found: Iterable[str]) -> list[str]:
    """The names of the national payers that are not among the payer ids `found`.

    >>> missing_national(["aetna", "cigna", "unitedhealthcare", "humana", "medicare"])
    ['any Blue Cross Blue Shield licensee']
    """
    ids = set(found)
    has_blue = any(is_licensee(payer_id) for payer_id in ids)
    return [name for key, name in NATIONAL if key not in ids and not (key == "bcbs" and has_blue)]


def _spellings(words: str) -> Iterator[str]:
    """The name as it stands, without its legal ending, and each side of `a division of`, `dba`."""
    yield words
    for part in (words, *_DIVISION.split(words)):
        yield _SUFFIXES.sub("", part)


def _named(words: list[str], home: str) -> PayerIdentity | None:
    """The payer whose name these words begin with, the longest name first."""
    for size in range(min(len(words), _LONGEST_NAME), 0, -1):
        head, rest = " ".join(words[:size]), words[size:]
        found = _blue(head, rest, home) or _alias(head, rest, home)
        if found:
            return found
    return None


def _alias(head: str, rest: list[str], home: str) -> PayerIdentity | None:
    register = _register()
    key = _key(head)
    local = register.regional.get((key, home))
    payer_id = local or register.aliases.get(key)
    # `BCBS MA` in two words is `_blue`'s to judge; `BCBSMA` in one is a name.
    if payer_id is None or (" " in head and _BLUE_OF_STATE.fullmatch(key)):
        return None
    kind = register.payers[payer_id].kind
    if kind == "insurer":
        _, rest = _own_state(rest, home)  # Molina Healthcare of Ohio
    # What follows Medicare's own name can make it another payer: `Medicare Advantage`.
    if not _only(rest, _SETTINGS if kind == "government" else _PRODUCTS):
        return None
    return _known(payer_id, f"alias {head} in {home}" if local else f"alias {head}")


def _blue(head: str, rest: list[str], home: str) -> PayerIdentity | None:
    """A bare Blue Cross Blue Shield or Anthem, by the state in the name or the hospital's."""
    key = _key(head)
    if key not in _BLUE and key not in _ANTHEM:
        return None
    named, rest = _own_state(rest, home)
    if not _only(rest, _PRODUCTS):
        return None
    register, state = _register(), named or home
    if local := register.regional.get((key, state)):
        return _known(local, f"alias {head} in {state}")
    licensees = register.licensees.get(state, [])
    if key in _ANTHEM:
        ours = [i for i in licensees if register.payers[i].parent == _ANTHEM_PARENT]
        if len(ours) == 1:
            return _known(ours[0], f"Anthem's licence of {state}")
        if key in register.aliases:
            return None  # a name of its own: Anthem Blue Cross is California's
        return _known(ANTHEM_UNSPECIFIED, _why_unspecified(ours, state))
    if len(licensees) == 1:
        return _known(licensees[0], f"the licensee of {state}")
    return _known(BCBS_UNSPECIFIED, _why_unspecified(licensees, state))


def _why_unspecified(licensees: list[str], state: str) -> str:
    if not state:
        return "no state stated"
    return f"{len(licensees)} licensees in {state}" + "".join(f", {i}" for i in licensees)


def _own_state(words: list[str], home: str) -> tuple[str | None, list[str]]:
    """The state that follows a name (`of New York`, `GA`), and the words after it."""
    after = words[1:] if words[:1] == ["of"] else words
    for size in (3, 2, 1):
        if code := STATES.get(" ".join(after[:size])):
            return code, after[size:]
    code = after[0].upper() if after else ""
    if code in STATES.values():
        is_word = after[0] in _WORDS and len(after) > 1
        # `BCBS MA` is Medicare Advantage unless the hospital is in Massachusetts.
        is_product = code == "MA" and after is words and home not in ("MA", "")
        if not is_word and not is_product:
            return code, after[1:]
    return None, words


def _only(words: list[str], allowed: frozenset[str]) -> bool:
    """Whether these words name products, settings or numbers, and nobody."""
    text = _PHRASES.sub("plan" if allowed is _PRODUCTS else r"\1", " ".join(words))
    return all(word in allowed or word.isdigit() for word in text.split())


def _known(payer_id: str, evidence: str) -> PayerIdentity:
    return msgspec.structs.replace(_register().payers[payer_id], evidence=evidence)


def _key(words: str) -> str:
    """A name without its spaces: `united health care` and `unitedhealthcare` are one."""
    return re.sub(r"bluecross(?:and)?blueshield", "bcbs", words.replace(" ", ""))


def _words(name: str) -> str:
    """Lower case words, `&` as and, without bracketed numbers: `AETNA [1001]` -> `aetna`."""
    bare = re.sub(r"\[[^\]]{0,40}\]|\(\d{1,20}\)", " ", name[:1000]).replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare.lower().replace("'", "")).split())
