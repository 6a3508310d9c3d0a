"""Which of a payer's files a file is, told by its first bytes.

CMS price-transparency-guide: a table of contents has `reporting_structure`, allowed amounts have
`out_of_network`, in-network rates have `in_network`, a provider-reference file of version 1 has
`provider_groups` at its top level.
"""

from __future__ import annotations

from enum import Enum

from ratepress.core.errors import UnreadableInput
from ratepress.readers.payer.tokens import head_tokens


class Kind(Enum):
    """A kind of payer file; the value is what people call it."""

    IN_NETWORK = "in-network rates"
    ALLOWED_AMOUNTS = "a payer's file of out-of-network allowed amounts"
    TABLE_OF_CONTENTS = "a payer's table of contents"
    PROVIDER_REFERENCE = "a payer's provider-reference file"


_DECIDING = {
    "in_network": Kind.IN_NETWORK,
    "provider_references": Kind.IN_NETWORK,
    "out_of_network": Kind.ALLOWED_AMOUNTS,
    "reporting_structure": Kind.TABLE_OF_CONTENTS,
    "provider_groups": Kind.PROVIDER_REFERENCE,
}


def kind_of(head: bytes) -> Kind | None:
    """The kind of a payer file by the keys of its top level, or None where it is none.

    Where the head ends in a value before any deciding key came, and the file names a reporting
    entity, it is taken for in-network rates: only they are that long.

    >>> kind_of(b'{"version": "2.2.0", "reporting_structure": []}')
    <Kind.TABLE_OF_CONTENTS: "a payer's table of contents">
    """
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    depth = 0
    is_payer = False
    for event, value in head_tokens(head):
        if event == "map_key" and depth == 1:
            if value in _DECIDING:
                return _DECIDING[value]
            is_payer = is_payer or value == "reporting_entity_name"
        elif event in ("start_map", "start_array"):
            depth += 1
        elif event in ("end_map", "end_array"):
            depth -= 1
    return Kind.IN_NETWORK if is_payer and depth > 0 else None


def refusal(name: str, head: bytes) -> UnreadableInput | None:
    """What to raise for a payer's file that says nothing by itself; None for any other file.

    >>> refusal("members.json", b'{"provider_groups": []}').message
    "members.json: this is a payer's provider-reference file, which holds no prices"
    """
    if kind_of(head) is not Kind.PROVIDER_REFERENCE:
        return None
    return UnreadableInput(
        f"{name}: this is {Kind.PROVIDER_REFERENCE.value}, which holds no prices",
        expected=Kind.IN_NETWORK.value,
        todo="add the in-network file whose `location` names it, with --fetch-references",
    )
