"""An item of a hospital JSON file as the decoder gives it, and how many keys it states.

Only what the template has passes; any other key, or a value of another type, is a
`msgspec.ValidationError`, and the item is one for the plain reader. A number stays the text it is
written as (`Raw`): no float is ever made of it.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET, Raw, Struct, UnsetType

ABSENT = Raw(b"")
"""A number that is not stated."""

Text = str | None | UnsetType


class Payer(Struct, gc=False, forbid_unknown_fields=True):
    """One element of payers_information: texts first, then numbers."""

    payer_name: Text = UNSET
    plan_name: Text = UNSET
    methodology: Text = UNSET
    standard_charge_algorithm: Text = UNSET
    additional_payer_notes: Text = UNSET
    count: Text = UNSET
    standard_charge_dollar: Raw = ABSENT
    standard_charge_percentage: Raw = ABSENT
    median_amount: Raw = ABSENT
    p10: Raw = msgspec.field(default=ABSENT, name="10th_percentile")
    p90: Raw = msgspec.field(default=ABSENT, name="90th_percentile")
    estimated_amount: Raw = ABSENT


PAYER_KEYS = Payer.__struct_encode_fields__
N_TEMPLATE, N_TEXTS = 5, 6
"""A payer's first five texts repeat over many rates; the count is the sixth."""


class Charge(Struct, gc=False, forbid_unknown_fields=True):
    """One element of standard_charges."""

    setting: Text = UNSET
    billing_class: Text = UNSET
    modifier_code: list[str] | UnsetType | None = UNSET
    additional_generic_notes: Text = UNSET
    gross_charge: Raw = ABSENT
    discounted_cash: Raw = ABSENT
    minimum: Raw = ABSENT
    maximum: Raw = ABSENT
    payers_information: Raw = ABSENT
    """Payers are most of a file, and read apart: `payers`."""


class Code(Struct, gc=False, forbid_unknown_fields=True):
    """One element of code_information."""

    type: Text = UNSET
    code: Text = UNSET


class Drug(Struct, gc=False, forbid_unknown_fields=True):
    """drug_information; its unit is a text in v2 and a number in v3."""

    unit: Raw = ABSENT
    type: Text = UNSET


class Item(Struct, gc=False, forbid_unknown_fields=True):
    """One element of standard_charge_information that has charges."""

    description: Text = UNSET
    code_information: list[Code] | UnsetType | None = UNSET
    drug_information: Drug | UnsetType | None = UNSET
    standard_charges: list[Charge] | UnsetType = UNSET


ITEMS = msgspec.json.Decoder(list[Item])
ITEM = msgspec.json.Decoder(Item)
PAYERS = msgspec.json.Decoder(list[Payer] | None)
RAWS = msgspec.json.Decoder(list[Raw])

_QUOTE, _BACKSLASH, _COLON = b'"\\:'
_SPACE, _LONGEST_GAP = 32, 64
_STEP = 1 << 17


def cleaned(text: Any) -> str:
    """A text of the template without the spaces round it; empty where it is not stated."""
    return text.strip() if isinstance(text, str) else ""


def keys_in(text: bytes) -> int:
    r"""How many keys the objects of valid JSON state, repeats included.

    Where more are stated than the decoded objects have, one of them stands twice. A quotation
    mark before a colon ends a key, unless a backslash makes it a part of a text. It may also begin
    a text whose first character is a colon: then the count is too high, and never too low.

    >>> keys_in(b'[{"a": "\\": x", "b" : 2}, {"b": "c"}]'), keys_in(b'{"a": ":"}')
    (3, 2)
    """
    data = np.frombuffer(text, np.uint8)
    n_keys = 0
    # A part at a time stays in the processor's cache. No colon is among the first two bytes.
    for start in range(0, len(data) - 2, _STEP):
        part = data[start : start + _STEP + 2]
        is_colon, before = part[2:] == _COLON, part[1:-1]
        is_end = is_colon & (before == _QUOTE)
        n_keys += int(np.count_nonzero(is_end))
        n_keys -= int(np.count_nonzero(is_end & (part[:-2] == _BACKSLASH)))
        is_apart = is_colon & (before <= _SPACE)
        if is_apart.any():
            n_keys += _keys_apart(text, np.flatnonzero(is_apart) + start + 2)
    return n_keys


def _keys_apart(text: bytes, colons: Any) -> int:
    """How many of these colons, before which white space stands, are behind a key."""
    n_keys = 0
    for colon in colons.tolist():
        key = text[max(colon - _LONGEST_GAP, 0) : colon].rstrip(b" \t\r\n")
        n_keys += not key or (key.endswith(b'"') and not key.endswith(b'\\"'))
    return n_keys


class Numbered(dict[Any, int]):
    """Numbers things in the order in which they are first asked for.

    >>> seen = Numbered()
    >>> [seen[text] for text in ("b", "a", "b")], list(seen)
    ([0, 1, 0], ['b', 'a'])
    """

    __slots__ = ()

    def __missing__(self, key: Any) -> int:
        number = self[key] = len(self)
        return number
