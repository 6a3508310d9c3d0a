"""Which deviation of the readers states what a rule of the template states.

`ratepress inspect` tells both what reading makes of a file (F2xx, which `add` counts too) and what
its template says of it (F4xx). Where they are one fact, the first names the second, and people
are shown it once.
"""

from __future__ import annotations

from collections.abc import Iterable

_STATEMENT = frozenset({"affirmation", "attestation"})
# By rule of the readers: the rules of the template that may state the same, the likeliest first,
# and of which subjects: its own (None), any (empty), or these.
_SAME: dict[str, tuple[tuple[str, frozenset[str] | None], ...]] = {
    "F004": (("F412", frozenset({"type"})),),
    "F203": (("F414", None), ("F417", None)),
    "F204": (("F414", None), ("F417", None)),
    "F205": (("F414", None),),
    "F206": (("F440", None),),
    "F207": (("F422", frozenset()),),
    "F208": (("F433", frozenset({"payer_name"})),),
    "F209": (("F412", None),),
    "F210": (("F412", None),),
    "F212": (("F436", frozenset()), ("F412", None)),
    "F213": (("F435", frozenset()),),
    "F214": (("F413", None), ("F411", None), ("F402", None)),
    "F215": (("F443", frozenset()), ("F411", _STATEMENT), ("F402", _STATEMENT)),
    "F216": (("F441", None), ("F400", None)),
    "F217": (("F405", None),),
    "F218": (("F406", frozenset()), ("F403", frozenset())),
    "F219": (("F417", None),),
    "F221": (("F421", frozenset()),),
    "F222": (("F411", None), ("F404", frozenset()), ("F402", None)),
    "F225": (("F415", None), ("F417", None)),
    "F227": (("F420", frozenset()),),
    "F230": (("F434", frozenset()),),
    "F231": (("F408", frozenset()),),
    "F232": (("F434", frozenset()),),
    "F236": (("F419", frozenset()), ("F401", frozenset())),
    "F237": (("F419", frozenset()),),
    "F238": (("F419", frozenset()),),
    "F240": (("F419", frozenset()),),
    "F244": (("F441", frozenset()), ("F400", frozenset())),
    "F260": (("F416", frozenset()),),
    "F261": (("F416", frozenset()),),
    "F262": (("F416", frozenset()),),
    "F263": (("F416", frozenset()),),
}


def same_fact(rule_id: str, subject: str, met: Iterable[tuple[str, str]]) -> str | None:
    """The rule of the template that was met and states the fact of a reader's deviation.

    `met` are rules of the template and their subjects.

    >>> met = [("F412", "standard_charge|methodology"), ("F421", "standard_charge|gross")]
    >>> same_fact("F209", "standard_charge|methodology", met), same_fact("F221", "row", met)
    ('F412', 'F421')
    >>> same_fact("F210", "setting", met) is None
    True
    """
    found = [(rule, _element(of)) for rule, of in met]
    for wanted, subjects in _SAME.get(rule_id, ()):
        of = {_element(subject)} if subjects is None else subjects
        if any(rule == wanted and (not of or element in of) for rule, element in found):
            return wanted
    return None


def _element(subject: str) -> str:
    """A header without what stands before its last pipe: layouts name the rest differently."""
    return subject.rpartition("|")[2]
