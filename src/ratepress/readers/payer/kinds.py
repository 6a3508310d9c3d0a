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


_PAYER = "reporting_entity_name"
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
    keys, is_open = _top_level(head)
    found = next((_DECIDING[key] for key in keys if key in _DECIDING), None)
    if found is None and is_open and _PAYER in keys:
        return Kind.IN_NETWORK
    return found


def refusal(name: str, head: bytes) -> UnreadableInput | None:
    """What to raise for a payer's file that says nothing by itself; None for any other file.

    >>> refusal("members.json", b'{"provider_groups": []}').message
    "members.json: this is a payer's provider-reference file, which holds no prices"
    """
    keys, _ = _top_level(head)
    if kind_of(head) is Kind.PROVIDER_REFERENCE:
        return UnreadableInput(
            f"{name}: this is {Kind.PROVIDER_REFERENCE.value}, which holds no prices",
            expected=Kind.IN_NETWORK.value,
            todo="add the in-network file whose `location` names it, with --fetch-references",
        )
    if "$schema" in keys:
        return UnreadableInput(
            f"{name}: this is a JSON schema, which describes files and holds no prices",
            expected="a file of the kind that it describes",
            todo="`ratepress inspect` holds payer files to the CMS schemas: it needs none",
        )
    if _PAYER in keys:
        return UnreadableInput(
            f"{name}: this is the header of a payer's file and nothing more",
            expected="one of in_network, out_of_network and reporting_structure under it",
            todo="download it again, or tell the payer",
        )
    return None


def _top_level(head: bytes) -> tuple[list[str], bool]:
    """The keys of a document that is an object, and whether it goes on behind the head."""
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return [], False
    depth = 0
    keys: list[str] = []
    for event, value in head_tokens(head):
        if event == "map_key" and depth == 1:
            keys.append(value)
        elif event in ("start_map", "start_array"):
            depth += 1
        elif event in ("end_map", "end_array"):
            depth -= 1
    return keys, depth > 0
