"""The id of a set of places, modifiers or provider groups: its members themselves, or their hash.

A set repeats millions of times in a payer file; its id is the same wherever its members are.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

READABLE_LIMIT = 40


def set_id(members: Iterable[str]) -> str:
    """The id of a set: order and repeats do not matter, and an empty set is the empty text.

    Short sets are readable in a query; long ones are `#` and a 128-bit BLAKE2b hash.

    >>> set_id(["50", "26", "50"]), set_id([]), len(set_id(str(n) for n in range(99)))
    ('26|50', '', 33)
    """
    # A member that holds the separator would make two sets look like one.
    unique = sorted({member.replace("\\", "\\\\").replace("|", "\\|") for member in members})
    return _id("|".join(unique))


def set_id_of_digits(members: Iterable[str]) -> str:
    """The same where members are different, and digits alone: there is nothing to escape.

    >>> set_id_of_digits(["20", "3"]) == set_id(["3", "20"])
    True
    """
    return _id("|".join(sorted(members)))


def _id(joined: str) -> str:
    if len(joined) <= READABLE_LIMIT and not joined.startswith("#"):
        return joined
    return "#" + blake2b(joined.encode(), digest_size=16).hexdigest()
